"""What Ninja's log says of a build, and how long the rest of it may take."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import build_times
import pytest
from conftest import one_line

from handoff.host import compiling

ENTRY = "impls/CMakeFiles/entry_ring.dir/__/generated/entry/ring.cpp.o"
CONFORMANCE = "impls/CMakeFiles/conformance_ring.dir/__/generated/conformance/ring.cpp.o"
HARNESS = "benchmarks/CMakeFiles/handoff_harness.dir/harness/sample.cpp.o"
PING_PONG = "benchmarks/CMakeFiles/ping_pong.dir/workloads/ping_pong.cpp.o"
TEST = "tests/harness/CMakeFiles/harness_tests.dir/Unity/unity_0_cxx.cxx.o"

LOG = f"""# ninja log v5
0\t9000\t1\t{ENTRY}\ta
0\t2500\t1\t{ENTRY}\ta
100\t1600\t1\t{CONFORMANCE}\tb
0\t500\t1\t{HARNESS}\tc
500\t1500\t1\t{PING_PONG}\td
0\t4000\t1\t{TEST}\te
5\t99999\t1\tbenchmarks/ping_pong\tf
"""


def logged(folder: Path, text: str) -> Path:
    (folder / ".ninja_log").write_text(text)
    return folder


def test_the_latest_build_of_each_object_counts_and_links_do_not(tmp_path: Path) -> None:
    objects = compiling.compiled(logged(tmp_path, LOG))
    assert [(one.path, one.seconds) for one in objects] == [
        (TEST, 4.0),
        (ENTRY, 2.5),
        (CONFORMANCE, 1.5),
        (PING_PONG, 1.0),
        (HARNESS, 0.5),
    ]


def test_seconds_are_told_by_kind_and_what_only_tests_need_comes_last(tmp_path: Path) -> None:
    kinds = compiling.kinds(compiling.compiled(logged(tmp_path, LOG)))
    assert [(kind.name, kind.objects, kind.seconds) for kind in kinds] == [
        ("entry of an implementation", 1, 2.5),
        ("ping_pong", 1, 1.0),
        ("handoff_harness", 1, 0.5),
        (compiling.TESTS, 2, 5.5),
    ]


def test_a_build_without_tests_says_that_they_took_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [line for line in LOG.splitlines() if "conformance" not in line and "tests/" not in line]
    assert build_times.main([str(logged(tmp_path, "\n".join(lines)))]) == 0
    assert "     0.0 s    0  only tests need these\n" in capsys.readouterr().out


def test_a_folder_without_a_build_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build_times.main([str(tmp_path / "none")]) == 2
    assert "none/.ninja_log: No such file" in one_line(capsys.readouterr().err)


# Each object includes one header of its own, as the depfile says.
NINJA = """
rule CXX_COMPILER__target
  command = echo '$out: $in $header' > $out.d && touch $out
  depfile = $out.d
  deps = gcc
"""


class Build:
    """A folder in which Ninja builds objects of sources that need no compiler."""

    def __init__(self, folder: Path, count: int, jobs: int) -> None:
        self.folder = folder
        names = [f"unit_{i}" for i in range(count)]
        edges = ""
        for name in names:
            (folder / f"{name}.cpp").touch()
            (folder / f"{name}.hpp").touch()
            edges += f"build {name}.o: CXX_COMPILER__target {name}.cpp\n  header = {name}.hpp\n"
        (folder / "build.ninja").write_text(f"{NINJA}\n{edges}\nbuild all: phony {'.o '.join(names)}.o\n")
        (folder / "CMakeCache.txt").write_text(f"HANDOFF_COMPILE_JOBS:INTERNAL={jobs}\n")

    def add_program(self, name: str, *objects: str) -> None:
        """As CMake's generator writes it: the target's name stands for a file in a folder."""
        with open(self.folder / "build.ninja", "a") as out:
            out.write(f"rule LINK\n  command = touch $out\nbuild programs/{name}: LINK {' '.join(objects)}\n")
            out.write(f"build {name}: phony programs/{name}\n")

    def make(self, *targets: str) -> None:
        subprocess.run(["ninja", "-C", self.folder, *targets], check=True, capture_output=True)

    def change(self, name: str) -> None:
        later = time.time() + 10
        os.utime(self.folder / name, (later, later))

    def log(self, seconds: float, count: int) -> None:
        rows = [f"0\t{seconds * 1000:.0f}\t1\tunit_{i}.o\ta" for i in range(count)]
        (self.folder / ".ninja_log").write_text("\n".join(["# ninja log v5", *rows]))


def test_what_is_left_is_what_is_missing_or_older_than_its_sources(tmp_path: Path) -> None:
    build = Build(tmp_path, 6, 4)
    assert compiling.outlook(tmp_path).objects == 6
    build.make("unit_0.o", "unit_1.o", "unit_2.o", "unit_3.o")
    assert compiling.outlook(tmp_path).objects == 2
    build.change("unit_1.hpp")
    build.change("unit_3.cpp")
    (tmp_path / "unit_2.hpp").unlink()
    assert compiling.outlook(tmp_path).objects == 5


def test_of_some_targets_only_what_they_need_is_left(tmp_path: Path) -> None:
    build = Build(tmp_path, 6, 4)
    build.add_program("ping_pong", "unit_1.o", "unit_4.o")
    assert compiling.outlook(tmp_path, ["ping_pong"]).objects == 2
    build.make("unit_4.o")
    assert compiling.outlook(tmp_path, ["ping_pong"]).objects == 1
    assert compiling.outlook(tmp_path).objects == 5


def test_a_build_that_is_up_to_date_has_nothing_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Build(tmp_path, 3, 4).make()
    assert build_times.main(["--ahead", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path}: nothing to compile\n"


def test_seconds_come_from_the_log_of_the_folder_if_that_has_enough(tmp_path: Path) -> None:
    build = Build(tmp_path, 40, 4)
    build.log(3.0, compiling.ENOUGH_OBJECTS)
    left = compiling.outlook(tmp_path)
    assert (left.objects, left.jobs, left.seconds_each, left.seconds) == (40, 4, 3.0, 30.0)
    assert left.source == "as it took in this folder before"


def test_seconds_come_from_the_stored_mean_if_the_log_has_too_little(tmp_path: Path) -> None:
    build = Build(tmp_path, 40, 1)
    build.log(3.0, compiling.ENOUGH_OBJECTS - 1)
    left = compiling.outlook(tmp_path)
    assert (left.jobs, left.seconds_each) == (1, compiling.STORED_SECONDS)
    assert left.seconds == pytest.approx(40 * compiling.STORED_SECONDS)


def test_the_estimate_is_told_with_where_it_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Build(tmp_path, 40, 2).log(3.0, 40)
    assert build_times.main(["--ahead", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        f"{tmp_path}: 40 objects to compile, about 1:00 (an estimate: 3.0 s each, as it took in this folder "
        "before; 2 at once)\n"
    )


def test_fewer_objects_than_compilers_take_as_long_as_one(tmp_path: Path) -> None:
    Build(tmp_path, 40, 8).log(3.0, 40)
    (tmp_path / "build.ninja").write_text(
        f"{NINJA}\nbuild unit_0.o: CXX_COMPILER__target unit_0.cpp\nbuild all: phony unit_0.o\n"
    )
    assert compiling.outlook(tmp_path).seconds == 3.0


def test_a_folder_of_another_project_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Build(tmp_path, 1, 1)
    (tmp_path / "CMakeCache.txt").write_text("CMAKE_BUILD_TYPE:STRING=Release\n")
    assert build_times.main(["--ahead", str(tmp_path)]) == 2
    assert "is not configured by this project" in one_line(capsys.readouterr().err)
