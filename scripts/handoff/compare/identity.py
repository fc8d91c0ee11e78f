"""Where a run was measured and with what: what it says of its machine, compiler and libraries, and in what two runs
differ. A change of code is seen only where all of these are the same."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import PACKAGES
from ..run.results import Run
from ..run.run_folder import interleaved

Json = dict[str, Any]

# What says which machine it is, as far as a run stores it: neither names, nor what an update changes.
_IDENTITY = ("model", "cpu_model", "architecture", "cpus", "caches", "topology", "numa_nodes", "hypervisor")
# Clouds call processors of several generations by one name.
_PROCESSOR = ("vendor", "family", "model", "stepping")
_COMPILER = ("compiler",)
_FLAGS = ("flags", "build_type", "sanitizers")
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Difference:
    """Something that is not the same in A and B."""

    what: str
    a: str
    b: str

    def __str__(self) -> str:
        return f"{self.what} is {self.a} in A and {self.b} in B"


@dataclass(frozen=True)
class Identity:
    """A run by what a reader asks first."""

    run_id: str
    commit: str
    dirty: bool
    machine: str
    compiler: str
    started: str
    blocks: int

    @property
    def source(self) -> str:
        return self.commit[:10] + (" with changes" if self.dirty else "")


def of_run(run: Run) -> Identity:
    build = run.environment.get("build", {})
    return Identity(
        run_id=str(run.environment.get("run_id", run.path.name)),
        commit=str(build.get("commit") or UNKNOWN),
        dirty=bool(build.get("dirty")),
        machine=label(run.environment.get("machine", {})),
        compiler=str(build.get("compiler") or UNKNOWN),
        started=str(run.environment.get("started") or UNKNOWN),
        blocks=len(run.complete_blocks()),
    )


def label(machine: Json) -> str:
    """CPU, number of CPUs, and six digits of a hash of what else tells machines apart."""
    model = re.sub(
        r"\((?:R|TM)\)|\s+", " ", str(machine.get("cpu_model") or machine.get("model") or "unknown CPU")
    )
    digits = hashlib.sha256(json.dumps(_hardware(machine), sort_keys=True).encode()).hexdigest()[:6]
    return f"{' '.join(model.split())}, {machine.get('cpus', '?')} CPUs ({digits})"


def _hardware(machine: Json) -> Json:
    found = {key: machine.get(key) for key in _IDENTITY}
    if found["topology"]:  # beside what never changes it tells how fast each CPU is just now
        found["topology"] = [
            {name: value for name, value in cpu.items() if "mhz" not in name} for cpu in found["topology"]
        ]
    return found


def differences(a: Run, b: Run) -> list[Difference]:
    """All but the source, part of which are flags and libraries where two commits were built for one campaign."""
    one, other = a.environment, b.environment
    built = one.get("build", {}), other.get("build", {})
    found = [*_machines(one.get("machine", {}), other.get("machine", {})), *_fields(_COMPILER, *built)]
    if not interleaved(one, other):
        found += [*_fields(_FLAGS, *built), *_libraries(*built)]
    return found


def _machines(a: Json, b: Json) -> Iterator[Difference]:
    own, others = _hardware(a), _hardware(b)
    parts = [key for key in _IDENTITY if own[key] != others[key]]
    parts += [f"processor's {key}" for key in _PROCESSOR if _of(a, "cpu", key) != _of(b, "cpu", key)]
    if parts:
        yield Difference("machine", label(a), f"{label(b)} (another {' and '.join(parts)})")
    for what, key in (("affinity", ("affinity",)), ("CPU quota", ("cgroup", "cpu_quota"))):
        yield from _different(what, _of(a, *key), _of(b, *key))
    yield from _different("kernel", _of(a, "kernel", "release"), _of(b, "kernel", "release"))
    yield from _different("C library", _of(a, "software", "libc"), _of(b, "software", "libc"))


def _of(found: Any, *keys: str) -> Any:
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _fields(keys: tuple[str, ...], a: Json, b: Json) -> Iterator[Difference]:
    for key in keys:
        yield from _different(key.replace("_", " "), a.get(key), b.get(key))


def _different(what: str, a: object, b: object) -> Iterator[Difference]:
    if a != b:
        yield Difference(what, _text(a), _text(b))


def _text(value: object) -> str:
    return UNKNOWN if value is None else "none" if value == "" else str(value)


def _libraries(a: Json, b: Json) -> Iterator[Difference]:
    """Versions that both of them know. A run from before it recorded what it was compiled with has the versions that
    were installed."""
    key = "compiled_with" if a.get("compiled_with") and b.get("compiled_with") else "libraries"
    one, other = a.get(key) or {}, b.get(key) or {}
    names = _packages() if key == "libraries" else sorted(one.keys() & other.keys())
    told: set[tuple[str, str]] = set()  # several implementations are written over one library
    for name in names:
        versions = str(one.get(name) or ""), str(other.get(name) or "")
        if all(versions) and versions[0] != versions[1] and versions not in told:
            told.add(versions)
            yield Difference(f"library {name}" if key == "libraries" else f"library of {name}", *versions)


def _packages() -> list[str]:
    """What can be compiled into a benchmark."""
    with open(PACKAGES, encoding="utf-8") as file:
        return [
            row[0]
            for row in csv.reader(file, delimiter="\t")
            if row[1] == "bench" and row[0].startswith("lib")
        ]
