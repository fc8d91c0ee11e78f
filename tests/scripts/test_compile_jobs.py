"""How many compilers a build runs at once: by CPUs, by memory, and by the limit of a control group."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

MODULE = Path(__file__).resolve().parent.parent.parent / "cmake" / "compile_jobs.cmake"
MIB = 1 << 20


def cmake(folder: Path, code: str) -> str:
    """What the CMake code prints."""
    script = folder / "script.cmake"
    script.write_text(f"include({MODULE})\n{code}\n")
    told = subprocess.run(["cmake", "-P", str(script)], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return told.stderr.strip()


@pytest.mark.parametrize(
    "cpus, free_mb, unit_mb, jobs",
    [
        (2, 24000, 500, 4),  # CPUs + 2
        (64, 128000, 500, 66),
        (64, 8000, 500, 16),  # free memory / the largest unit
        (64, 8499, 500, 16),  # not one more that would not fit
        (2, 1999, 500, 3),
        (8, 499, 500, 1),  # one at least
        (8, 0, 500, 1),
    ],
)
def test_compilers_are_limited_by_cpus_and_by_memory(
    tmp_path: Path, cpus: int, free_mb: int, unit_mb: int, jobs: int
) -> None:
    code = f"handoff_compile_jobs(jobs {cpus} {free_mb} {unit_mb})\nmessage(${{jobs}})"
    assert cmake(tmp_path, code) == str(jobs)


class Machine:
    """A root with /proc and /sys as a machine has them."""

    def __init__(self, root: Path, available_mib: int, group: str = "/") -> None:
        self.root = root
        (root / "proc/self").mkdir(parents=True)
        (root / "sys/fs/cgroup").mkdir(parents=True)
        (root / "proc/meminfo").write_text(
            f"MemTotal:       99999999 kB\nMemFree:        1 kB\nMemAvailable:   {available_mib * 1024} kB\n"
        )
        (root / "proc/self/cgroup").write_text(f"0::{group}\n")

    def limit(self, group: str, limit: str, used: int = 0, cached: int = 0) -> None:
        folder = self.root / "sys/fs/cgroup" / group
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "memory.max").write_text(f"{limit}\n")
        (folder / "memory.current").write_text(f"{used}\n")
        (folder / "memory.stat").write_text(f"anon 1\ninactive_file {cached}\nactive_file 5\n")

    def free_mib(self, folder: Path) -> int:
        return int(cmake(folder, f'handoff_free_memory(free "{self.root}")\nmessage(${{free}})'))


def test_free_memory_is_what_the_kernel_can_give(tmp_path: Path) -> None:
    assert Machine(tmp_path / "root", 7000).free_mib(tmp_path) == 7000


def test_a_container_has_what_its_limit_leaves(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root", 7000)
    machine.limit(".", str(2000 * MIB), used=1500 * MIB, cached=400 * MIB)
    assert machine.free_mib(tmp_path) == 900


def test_the_tightest_of_nested_limits_counts(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root", 7000, group="/user.slice/build.scope")
    machine.limit("user.slice", str(3000 * MIB))
    machine.limit("user.slice/build.scope", "max", used=100 * MIB)
    assert machine.free_mib(tmp_path) == 3000


def test_a_limit_above_what_the_machine_has_changes_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root", 700)
    machine.limit(".", str(3000 * MIB))
    assert machine.free_mib(tmp_path) == 700


def test_without_control_groups_of_version_2_the_machine_decides(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root", 700)
    (machine.root / "proc/self/cgroup").write_text("4:memory:/somewhere\n")
    assert machine.free_mib(tmp_path) == 700
