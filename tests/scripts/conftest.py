"""A home of the tests' own; a build of fake benchmarks; and a copy of the scripts whose report is fake, too."""

from __future__ import annotations

import json
import os
import py_compile
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import campaign
import pytest
from fakes import FAKE_BENCHMARK, in_this_process

from handoff.campaign import catalog, schedule
from handoff.campaign.runner import Settings
from handoff.run import sampling

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# What takes longer hangs. No test passes or fails by how fast it is: a machine with other work takes its time.
HANG_S = 300.0

WORKLOADS = (
    "producer_consumer",
    "bulk",
    "ping_pong",
    "load",
    "nearly_full",
    "stall",
    "counter",
    "lock",
    "wait",
    "download",
    "download_strategies",
    "download_saving",
    "memory",
    "core_to_core",
)

FAKE_REPORT = """import pathlib, sys
pathlib.Path(sys.argv[1], "report.html").write_text("a report")
print("report written")
"""


# What a user has set for programs that the tests run: where their settings and caches are, which repository is meant.
USERS_SETTINGS = ("XDG_", "GIT_", "MPL", "MATPLOTLIBRC", "HANDOFF_SEED")
SEED_OF_TESTS = "SEED_OF_THESE_TESTS"
# Git refuses a repository of another user where no setting allows it: a source tree that is mounted, for one.
GIT_SETTINGS = "[safe]\n\tdirectory = *\n"

_homes: list[tempfile.TemporaryDirectory[str]] = []


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is imported that reads its settings: git and matplotlib keep theirs in HOME. The processes that
    share the tests get the home of the one that has started them."""
    if hasattr(config, "workerinput"):
        return
    home = tempfile.TemporaryDirectory(prefix="handoff-home-")
    _homes.append(home)
    # What the tests draw from it is repeated; the programs that they run are not to see it.
    if "HANDOFF_SEED" in os.environ:
        os.environ[SEED_OF_TESTS] = os.environ["HANDOFF_SEED"]
    for name in [name for name in os.environ if name.startswith(USERS_SETTINGS)]:
        del os.environ[name]
    os.environ |= {"HOME": home.name, "GIT_CONFIG_NOSYSTEM": "1"}
    (Path(home.name) / ".gitconfig").write_text(GIT_SETTINGS, encoding="utf-8")


def pytest_unconfigure() -> None:
    while _homes:
        _homes.pop().cleanup()


def queue(name: str, **spec: Any) -> dict[str, Any]:
    mpmc_ring = {"producers": "many", "consumers": "many", "bound": "bounded", "delivery": "fifo"}
    rest = {"failure": "exact", "own_wait": False, "control": None}
    return {"name": name} | mpmc_ring | rest | spec


def counter(name: str, value: str = "exact", control: str | None = None) -> dict[str, Any]:
    return {"name": name, "value": value, "control": control}


def lock(name: str, control: str | None = None, **spec: Any) -> dict[str, Any]:
    return {"name": name, "fairness": "none", "shared": False, "may_block": False, "control": control} | spec


def way_to_wait(name: str, meanwhile: str, control: str | None = None, **spec: Any) -> dict[str, Any]:
    rest = {"notify": "wait_free", "waiters": "many", "control": control}
    return {"name": name, "meanwhile": meanwhile} | rest | spec


def copy_scripts(root: Path) -> None:
    """The project's scripts into a project of a test's own, with what Python has compiled of them: whoever starts one of
    them would compile all of it anew, which takes longer than most of them run."""
    # What another process is compiling at this moment has such a name.
    being_compiled = shutil.ignore_patterns("*.pyc.*")
    shutil.copytree(ROOT / "scripts", root / "scripts", ignore=being_compiled)


@dataclass
class FakeBuild:
    """BUILD/benchmarks full of fakes."""

    dir: Path

    @property
    def benchmarks(self) -> Path:
        return self.dir / "benchmarks"

    def set_cases(self, *names: str) -> None:
        (self.benchmarks / "cases.json").write_text(json.dumps(names))

    def misbehave(self, *rules: dict[str, Any]) -> None:
        """Each rule: `case`, a pattern; `do`; and `after` how many trials it begins."""
        (self.benchmarks / "behaviour.json").write_text(json.dumps(rules))

    def calls(self) -> int:
        counted = self.benchmarks / "calls"
        return counted.stat().st_size if counted.exists() else 0


# Case names for campaigns that run: few, of every workload, with a faulty control among them.
CASES = (
    "producer_consumer/good_ring/p:1/c:1/wait:spin/item:8/capacity:1024",
    "producer_consumer/good_ring/p:2/c:2/wait:block/item:8/capacity:1024",
    "producer_consumer/lossy_queue/p:1/c:1/wait:spin/item:8/capacity:1024",
    "ping_pong/good_ring/queues:2/wait:spin/report:mean",
    "counter/atomic_counter/t:2/mix:increment",
    "download/good_ring/n:8/m:2/wait:block/items:64",
    "core_to_core/cache_line/a:0/b:1",
)
COUNT = len(CASES)


@pytest.fixture
def build(tmp_path: Path) -> FakeBuild:
    fake = FakeBuild(tmp_path / "build")
    fake.benchmarks.mkdir(parents=True)
    # Compiled: each trial would do it again.
    py_compile.compile(
        str(HERE / "fake_benchmark.py"), str(fake.benchmarks / "fake_benchmark.pyc"), doraise=True
    )
    for name in ("catalog", *WORKLOADS):
        binary = fake.benchmarks / name
        binary.write_text(FAKE_BENCHMARK)
        binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    catalog = {
        "schema": 1,
        "queues": [queue("good_ring"), queue("lossy_queue", control="lossy")],
        "counters": [counter("atomic_counter")],
        "workloads": WORKLOADS,
    }
    (fake.benchmarks / "catalog.json").write_text(json.dumps(catalog))
    fake.set_cases(*CASES)
    fake.misbehave({"case": "lossy_queue", "do": "unverified"})
    return fake


@dataclass
class Scripts:
    """A copy of the project's scripts, run as a user runs them."""

    root: Path
    build: FakeBuild

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            # A test that limits the size of files must not leave half a compiled module behind.
            "-B",
            str(self.root / "scripts" / "campaign.py"),
            "--build-dir",
            str(self.build.dir),
        ]
        return subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )

    def campaign(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=HANG_S)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture
def scripts(tmp_path: Path, build: FakeBuild) -> Scripts:
    root = tmp_path / "project"
    copy_scripts(root)
    (root / "scripts" / "report.py").write_text(FAKE_REPORT)
    return Scripts(root, build)


def wait_until(condition: Callable[[], bool], every_s: float = 0.01) -> None:
    end = time.monotonic() + HANG_S
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(every_s)


def lines(run: Path) -> list[dict[str, Any]]:
    """The whole lines of a run's samples."""
    path = run / "samples.jsonl"
    content = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in content[: content.rfind(b"\n") + 1].splitlines()]


def one_line(text: str) -> str:
    """The text, which must be a single line about an error."""
    said = text.splitlines()
    assert len(said) == 1 and said[0].startswith("error: "), text
    return said[0]


def run_here(build: FakeBuild, *arguments: str, looks: bool = True) -> int:
    """A campaign in this process, which is faster; the machine's description is real. `looks`: these are taken here, too."""
    with in_this_process(looks):
        return campaign.main(["--build-dir", str(build.dir), "--profile", "full", "--no-report", *arguments])


def environment(run: Path) -> dict[str, Any]:
    found = json.loads((run / "environment.json").read_text())
    assert isinstance(found, dict)
    return found


def planned_order(build: FakeBuild, seed: int, blocks: int) -> list[tuple[int, str]]:
    suite = catalog.load(build.dir, Settings())
    plan = sampling.full_block(suite.cases)
    trials = [trial for block in range(blocks) for trial in schedule.block_trials(plan, seed, block)]
    return [(trial.block, trial.case.name) for trial in trials]


def measured_order(run: Path) -> list[tuple[int, str]]:
    return [(line["block"], line["case"]) for line in lines(run)]
