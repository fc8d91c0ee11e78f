"""Whether a run may go on here: what was measured on another machine, or on less of this one, is another run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Of environment.json's `machine`: what a figure depends on and what stays from one minute to the next. Each as a path,
# and how it is called.
_PARTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("host",), "host"),
    (("model",), "CPU model"),
    (("architecture",), "architecture"),
    (("cpus",), "number of CPUs"),
    (("affinity",), "CPUs that it may use (affinity)"),
    (("cgroup", "cpu_quota"), "CPU quota"),
    (("cgroup", "cpuset"), "cpuset"),
    (("topology",), "topology of CPUs"),
    (("caches",), "caches"),
    (("numa_nodes",), "number of NUMA nodes"),
    (("smt",), "SMT setting"),
    (("hypervisor",), "hypervisor"),
    (("cpu", "microcode"), "microcode"),
    (("mitigations",), "mitigations"),
    (("kernel", "release"), "kernel"),
    (("kernel", "command_line"), "kernel's command line"),
    (("frequency", "governors"), "frequency governor"),
    (("frequency", "drivers"), "frequency driver"),
    (("frequency", "boost"), "boost setting"),
    (("frequency", "intel_no_turbo"), "turbo setting"),
    (("clock", "source"), "clock source"),
    (("scheduling",), "scheduling class and priority"),
    (("memory", "transparent_hugepages"), "transparent huge pages"),
    (("software", "libc"), "C library"),
    (("software", "variables"), "variables of loader and allocator"),
)
_SHOWN = 80


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Each as "its CPU model was A and is B now". What an older run has not recorded is not compared."""
    found = []
    for path, name in _PARTS:
        before, after = _part(was, path), _part(now, path)
        if before is not _NOT_RECORDED and _plain(before) != _plain(after):
            found.append(f"its {name} was {_short(before)} and is {_short(after)} now")
    return found


_NOT_RECORDED = object()


def _part(machine: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = machine
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return _NOT_RECORDED
        value = value[key]
    return value


def _plain(value: Any) -> Any:
    """Without how fast each CPU runs at the moment, which newer versions of lscpu tell, too."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: one for key, one in value.items() if not str(key).endswith("mhz")}
    return value


def _short(value: Any) -> str:
    if value is _NOT_RECORDED or value is None:
        return "unknown" if value is _NOT_RECORDED else "none"
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
