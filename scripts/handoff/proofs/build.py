"""A build whose tests prove something: what is stamped before they run, and what is read when they are done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError, describe, unknown
from ..host import build as build_info, machine, probe
from ..host.privacy import anonymous
from ..run.run_folder import now
from . import ctest, sources
from .files import Collected
from .record import Record

PRESETS = ("release", "tsan", "asan-ubsan")
# The same sanitizers by the other compiler: fewer of the tests, and not by default.
SECOND_COMPILER = ("tsan-gcc", "asan-ubsan-clang")
STAMP = "begun.json"
RESULTS = "results.xml"  # by ctest --output-junit
SCHEMA = 1

# The labels of the tests that say something of an implementation.
LABELS = "^(conformance|linearizability|exploration|progress|mutations)$"
SECOND_COMPILER_LABELS = "^(conformance|linearizability)$"
# What a test may print: what ThreadSanitizer has suppressed stands at the end.
OUTPUT_SIZE = "100000"

Json = dict[str, Any]


@dataclass(frozen=True)
class ProvingBuild:
    """A preset of this project, or a build of somebody else's."""

    root: Path  # of handoff
    name: str
    dir: Path
    is_preset: bool

    @property
    def proofs(self) -> Path:
        return self._binary_dir / "proofs"

    @property
    def own(self) -> Path | None:
        return None if self.is_preset else sources.own_project(self.dir)

    @property
    def _binary_dir(self) -> Path:
        inner = self.dir / "handoff"
        return inner if (inner / "build_info.json").exists() else self.dir

    @property
    def info_path(self) -> Path:
        return self._binary_dir / "build_info.json"

    @property
    def info(self) -> Json:
        """What CMake has written beside the binaries."""
        found: Json = json.loads(probe.text(self.info_path) or "{}")
        if "compiler" not in found:
            raise HandoffError(f"'{self.dir}' is no build of handoff's: it has no build_info.json")
        return found

    def compile(self) -> None:
        """Configured and built; somebody else's build is theirs to make."""
        if self.is_preset:
            for command in (["cmake", "--preset", self.name], ["cmake", "--build", "--preset", self.name]):
                if _run(command, self.root) != 0:
                    raise HandoffError(f"preset {self.name} does not build: {' '.join(command)} failed")

    def test(self, deep: bool) -> bool:
        """Runs the tests that prove; whether all passed."""
        labels = SECOND_COMPILER_LABELS if self.name in SECOND_COMPILER else LABELS
        command = ["ctest", "--test-dir", str(self.dir), "--output-on-failure", "--no-tests=error", "-j", "2"]
        command += ["-L", labels, "-L" if deep else "-LE", "^deep$"]
        command += ["--output-junit", str(self.proofs.absolute() / RESULTS)]
        command += ["--test-output-size-passed", OUTPUT_SIZE, "--test-output-size-failed", OUTPUT_SIZE]
        return _run(command, self.root, self._test_environment()) == 0

    def _test_environment(self) -> dict[str, str]:
        """As the test preset sets it: which reports ThreadSanitizer suppresses."""
        if not self.is_preset:
            return {}
        presets = json.loads((self.root / "CMakePresets.json").read_text(encoding="utf-8"))["testPresets"]
        values = _environment_of(self.name, {one["name"]: one for one in presets})
        return {name: value.replace("${sourceDir}", str(self.root)) for name, value in values.items()}


def _environment_of(name: str, presets: Mapping[str, Json]) -> dict[str, str]:
    """What a test preset sets and inherits: of what several set, its own comes first, then the first one's."""
    inherited = presets[name].get("inherits", [])
    values: dict[str, str] = {}
    for parent in reversed([inherited] if isinstance(inherited, str) else inherited):
        values |= _environment_of(parent, presets)
    own: Mapping[str, str] = presets[name].get("environment", {})
    return values | own


def preset(root: Path, name: str) -> ProvingBuild:
    valid = PRESETS + SECOND_COMPILER
    if name not in valid:
        raise unknown("preset", name, valid)
    return ProvingBuild(root, name, root / "build" / name, is_preset=True)


def elsewhere(root: Path, build_dir: Path) -> ProvingBuild:
    build = ProvingBuild(root, build_dir.absolute().name, build_dir, is_preset=False)
    _ = build.info  # refuses what is none
    return build


def begin(build: ProvingBuild) -> None:
    """Stamps the build with its sources, before it is compiled: what changes from here on is not proven."""
    source = build_info.source(build.own or build.root)
    stamp = {
        "schema": SCHEMA,
        "began": now(),
        "commit": source["commit"],
        "dirty": source["dirty"],
        "sources": sources.hashes(build.root, build.own),
    }
    build.proofs.mkdir(parents=True, exist_ok=True)
    (build.proofs / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def refuse_changes(build: ProvingBuild) -> None:
    """This project's record is about commits. A user's own project keeps its record for itself."""
    if build.is_preset and build_info.source(build.root)["dirty"]:
        raise HandoffError("the tree has changes that are not committed; commit them, then record the proofs")


def collect(build: ProvingBuild, record: Record) -> list[str]:
    """Adds what the tests have left since the stamp; returns what kept something out of the record."""
    path = build.proofs / STAMP
    stamp = json.loads(probe.text(path) or "{}")
    if stamp.get("schema") != SCHEMA:
        raise HandoffError(f"'{build.dir}' has no proofs of a known source; scripts/proofs.py run makes them")
    if build.is_preset and stamp["dirty"]:
        raise HandoffError(
            f"preset {build.name}: its tests began in a tree with changes that were not committed; "
            "commit them, then scripts/proofs.py run"
        )
    since = path.stat().st_mtime
    results = build.proofs / RESULTS
    if results.is_file() and results.stat().st_mtime < since:
        raise HandoffError(f"'{results}' is older than the stamp beside it: the tests have not ended")
    if results.is_file() and build.info_path.stat().st_mtime > results.stat().st_mtime:
        raise HandoffError(f"'{build.info_path}' is newer than '{results}': what was tested is another build")
    at_hand = sources.hashes(build.root, build.own)
    same = {name: value for name, value in stamp["sources"].items() if at_hand.get(name) == value}
    run_id = f"{stamp['began']} {build.name}"
    outcomes = ctest.read(results)
    libraries = build.info.get("libraries", {})
    proofs = Collected(build.proofs, build.name, run_id, since, same, libraries, outcomes).proofs()
    record.add(run_id, _run_of(build, stamp), proofs)
    warnings = [
        f"{build.name}: {name} is left out: its source has changed since its tests began"
        for name in sorted(stamp["sources"].keys() - same.keys())
    ]
    return warnings if proofs else [*warnings, f"{build.name}: its tests prove nothing: none has run"]


def _run_of(build: ProvingBuild, stamp: Json) -> Json:
    """Where proofs come from: what is true of all of one run."""
    host = machine.describe()
    run = {
        "preset": build.name,
        **{key: stamp[key] for key in ("commit", "dirty", "began")},
        **{key: build.info[key] for key in ("compiler", "flags", "sanitizers")},
        "machine": host["model"],
        "cpus": host["cpus"],
    }
    named: Json = anonymous(run)
    return named


def _run(command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> int:
    print(f"== {' '.join(command)}", file=sys.stderr)
    try:
        return subprocess.run(command, cwd=folder, env={**os.environ, **(environment or {})}).returncode
    except OSError as error:
        raise HandoffError(f"cannot run {describe(error)}") from error
