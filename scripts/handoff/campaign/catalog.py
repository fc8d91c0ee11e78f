"""What was built: the catalog of implementations and the cases that the benchmarks list."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import HandoffError
from ..host import probe
from ..run import cases, control_kinds, kinds
from ..run.cases import Case
from .runner import Settings

CATALOG_SCHEMA = 1

# Listing runs nothing; what takes longer does not work.
LISTING_LIMIT_S = 60.0

# The harness itself gives up on a queue that keeps its threads after 6 s (drain_limit in benchmarks/harness/sample.cpp).
LATE_AT_LEAST_S = 10.0


@dataclass(frozen=True)
class Suite:
    """A build: its catalog, and every case with the binary that runs it, in the order of the listing."""

    build_dir: Path
    catalog: dict[str, Any]
    binaries: dict[str, Path]  # by workload
    cases: list[Case]
    not_built: tuple[str, ...] = field(default=(), kw_only=True)  # workloads that nobody insisted on

    def binary(self, case: Case) -> Path:
        return self.binaries[case.workload]

    def command(self, case: Case) -> list[str]:
        """What runs the case, before its flags."""
        return [str(self.binary(case).absolute())]

    def late_at_least_s(self, case: Case) -> float:
        """Before these seconds are over no trial of the case counts as one that hangs."""
        return LATE_AT_LEAST_S

    def tsc_hz(self) -> float:
        """Frequency of this machine's time stamp counter; 0 where there is none to go by."""
        clock = self.catalog.get("clock", {})
        return float(clock["hz"]) if clock.get("counter") == "tsc" else 0.0

    def entries(self) -> list[dict[str, Any]]:
        return kinds.entries(self.catalog)

    def controls(self) -> set[str]:
        """Implementations whose outcome is known beforehand, some of which must fail."""
        return {entry["name"] for entry in self.entries() if entry["control"]}


def all_of_them(workload: str) -> bool:
    return True


def load(build_dir: Path, settings: Settings, required: Callable[[str], bool] = all_of_them) -> Suite:
    """Asks the binaries, which check the settings on the way: only they know the machine's placements. `required`:
    which workloads must be built."""
    folder = build_dir / "benchmarks"
    catalog = _catalog(built(folder / "catalog"))
    controls = control_kinds.of(catalog)
    there = [workload for workload in catalog["workloads"] if (folder / workload).is_file()]
    binaries = {
        workload: built(folder / workload)
        for workload in catalog["workloads"]
        if workload in there or required(workload) or not there
    }
    listed = [
        case
        for workload, binary in binaries.items()
        for case in list_cases([str(binary)], settings.flags(workload), controls)
    ]
    if not listed:
        raise HandoffError(f"the benchmarks in '{folder}' list no case")
    missing = tuple(workload for workload in catalog["workloads"] if workload not in binaries)
    return Suite(build_dir, catalog, binaries, listed, not_built=missing)


def built(binary: Path) -> Path:
    if not binary.is_file():
        raise HandoffError(
            f"benchmark '{binary}' is not built; {_how_to_build(binary)}, --build-dir names another build"
        )
    return binary


def _how_to_build(binary: Path) -> str:
    build_dir = binary.parent.parent
    if not (build_dir / "CMakeCache.txt").is_file():
        return "scripts/bench.sh makes a build"
    target = "print_catalog" if binary.name == "catalog" else binary.name
    return f"cmake --build {shlex.quote(str(build_dir))} --target {target} builds it"


def _catalog(binary: Path) -> dict[str, Any]:
    try:
        catalog = json.loads(ask([str(binary)]))
    except ValueError as error:
        raise HandoffError(f"'{binary}' does not print a catalog ({error})") from error
    if not isinstance(catalog, dict) or catalog.get("schema") != CATALOG_SCHEMA:
        schema = catalog.get("schema") if isinstance(catalog, dict) else None
        raise HandoffError(f"'{binary}': unknown catalog schema {schema!r}; valid: {CATALOG_SCHEMA}")
    return catalog


def list_cases(
    command: list[str], flags: list[str], kinds: Mapping[str, str] = cases.NO_CONTROLS
) -> list[Case]:
    listing = ask([*command, *flags, "--benchmark_list_tests"])
    return [cases.from_listing(line, kinds) for line in listing.splitlines() if line.strip()]


def ask(command: list[str]) -> str:
    """What the program prints."""
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LISTING_LIMIT_S,
            env=probe.without_flags(),
        )
    except OSError as error:
        raise HandoffError(f"cannot run '{command[0]}': {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise HandoffError(
            f"'{command[0]}' has not listed anything within {LISTING_LIMIT_S:.0f} s"
        ) from error
    if answer.returncode != 0:
        said = answer.stderr.strip().splitlines()
        raise HandoffError(said[-1] if said else f"'{command[0]}' ended with exit code {answer.returncode}")
    return answer.stdout
