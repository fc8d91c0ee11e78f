"""What a build has compiled and what it has yet to compile, as Ninja knows it. Needs only the standard library: a
machine that is being set up has no more."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import HandoffError, describe
from . import machine

LOG = ".ninja_log"
CACHE = "CMakeCache.txt"

# Mean CPU time of an object of the preset bench: for a build without a log. What the profile smoke needs, 95 objects,
# took two CPUs 157 s (g++ 12).
STORED_SECONDS = 3.3
STORED_WHERE = "on a CPU of an AMD EPYC"

# Fewer objects say little about the mean of a build: some take a second and some take twenty.
ENOUGH_OBJECTS = 20

# What only tests need: everything below tests/, and the conformance entry of each implementation.
TESTS = "tests"
OF_TESTS = re.compile(r"(?:.*/)?tests/|.*/conformance_\w+\.dir/")
ENTRY = re.compile(r"impls/CMakeFiles/([a-z]+)_\w+\.dir/")
TARGET = re.compile(r".*?CMakeFiles/([^/]+)\.dir/")

COMPILES = "CXX_COMPILER__"  # as CMake's generator begins the names of such rules


@dataclass(frozen=True)
class Object:
    path: str  # in the build folder
    seconds: float

    @property
    def kind(self) -> str:
        """`tests`, the purpose of a generated entry, or the target that the object belongs to."""
        if OF_TESTS.match(self.path):
            return TESTS
        entry = ENTRY.match(self.path)
        if entry is not None:
            return f"{entry[1]} of an implementation"
        target = TARGET.match(self.path)
        return target[1] if target is not None else "others"


@dataclass(frozen=True)
class UnitKind:
    name: str
    objects: int
    seconds: float


@dataclass(frozen=True)
class Outlook:
    """How long what is left of a build may take."""

    objects: int
    jobs: int  # that run at once
    seconds_each: float
    source: str  # of seconds_each

    @property
    def seconds(self) -> float:
        return self.objects * self.seconds_each / max(1, min(self.jobs, self.objects))


def compiled(build_dir: Path) -> list[Object]:
    """The latest build of each object, the slowest first."""
    try:
        lines = (build_dir / LOG).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise HandoffError(f"no build of Ninja's: {describe(error)}") from error
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    latest = {
        row[3]: Object(row[3], (int(row[1]) - int(row[0])) / 1000) for row in rows if row[3].endswith(".o")
    }
    return sorted(latest.values(), key=lambda one: one.seconds, reverse=True)


def kinds(objects: Iterable[Object]) -> list[UnitKind]:
    """The most expensive first; what only tests need comes last, be it nothing."""
    groups: dict[str, list[float]] = {TESTS: []}
    for one in objects:
        groups.setdefault(one.kind, []).append(one.seconds)
    found = [UnitKind(name, len(seconds), sum(seconds)) for name, seconds in groups.items()]
    return sorted(found, key=lambda kind: (kind.name == TESTS, -kind.seconds))


def outlook(build_dir: Path, targets: Sequence[str] = ("all",)) -> Outlook:
    """Of a configured build folder, as far as these targets need it."""
    jobs = _jobs(build_dir)
    left = len(_to_compile(build_dir, targets))
    known = compiled(build_dir) if (build_dir / LOG).exists() else []
    if len(known) >= ENOUGH_OBJECTS:
        mean = sum(one.seconds for one in known) / len(known)
        return Outlook(left, jobs, mean, "as it took in this folder before")
    cpus = len(machine.affinity() or range(os.cpu_count() or 1))
    return Outlook(left, min(jobs, cpus), STORED_SECONDS, f"as it took {STORED_WHERE}")


def _jobs(build_dir: Path) -> int:
    """As cmake/compile_jobs.cmake has limited them."""
    text = (build_dir / CACHE).read_text(encoding="utf-8")
    limit = re.search(r"^HANDOFF_COMPILE_JOBS:INTERNAL=(\d+)$", text, re.MULTILINE)
    if limit is None:
        raise HandoffError(f"'{build_dir}' is not configured by this project; cmake --preset does that")
    return int(limit[1])


def _to_compile(build_dir: Path, targets: Sequence[str]) -> set[str]:
    """The objects that are not there, or older than a file that they were made from."""
    made = (line.partition(": ") for line in _ninja(build_dir, "targets", "all"))
    wanted = {path for path, _, rule in made if rule.startswith(COMPILES)}
    if "all" not in targets:
        wanted &= set(_ninja(build_dir, "inputs", *targets))
    fresh = {path for path, sources in _sources(build_dir) if _is_newer(build_dir, path, sources)}
    return wanted - fresh


def _is_newer(build_dir: Path, path: str, sources: list[str]) -> bool:
    made = _changed(build_dir / path)
    changes = [_changed(build_dir / source) for source in sources]
    return made is not None and all(change is not None and change <= made for change in changes)


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _sources(build_dir: Path) -> Iterator[tuple[str, list[str]]]:
    """Each object that was compiled, with all files that it was made from."""
    path, sources = "", list[str]()
    for line in [*_ninja(build_dir, "deps"), ""]:
        if line.startswith(" "):
            sources.append(line.strip())
        elif line:
            path, sources = line.partition(": #deps")[0], []
        elif path:
            yield path, sources
            path = ""


def _ninja(build_dir: Path, tool: str, *arguments: str) -> list[str]:
    command = ["ninja", "-C", str(build_dir), "-t", tool, *arguments]
    try:
        told = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise HandoffError(f"cannot run {describe(error)}") from error
    if told.returncode != 0:
        raise HandoffError(f"{' '.join(command)}: {told.stderr.strip()}")
    return told.stdout.splitlines()
