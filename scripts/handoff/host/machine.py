"""What the machine is and how it is set, as far as it can be read."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import resource
from importlib import metadata
from pathlib import Path
from typing import Any

from . import probe

CPUS = Path("/sys/devices/system/cpu")

# Without these the time stamp counter is no clock (notes in benchmarks/harness/machine/clock.hpp).
TSC_FLAGS = ("constant_tsc", "nonstop_tsc", "rdtscp", "tsc_known_freq")

# Variables that change the allocator, the loader or the threads of a measured process.
TELLING_VARIABLES = (
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "GLIBC_TUNABLES",
    "MALLOC_",
    "TBB_",
    "TCMALLOC_",
    "JEMALLOC_",
)

LIMITS = {
    "address_space": resource.RLIMIT_AS,
    "cpu_time": resource.RLIMIT_CPU,
    "file_size": resource.RLIMIT_FSIZE,
    "memlock": resource.RLIMIT_MEMLOCK,
    "open_files": resource.RLIMIT_NOFILE,
    "processes": resource.RLIMIT_NPROC,
    "rtprio": resource.RLIMIT_RTPRIO,
    "stack": resource.RLIMIT_STACK,
}

PYTHON_MODULES = ("numpy", "scipy", "pandas", "matplotlib", "jinja2", "rich")


def describe() -> dict[str, Any]:
    lscpu = _lscpu()
    return {
        "model": lscpu.get("Model name") or platform.machine(),
        "slug": slug(lscpu.get("Model name") or platform.machine(), os.cpu_count() or 0),
        "architecture": platform.machine(),
        "cpus": os.cpu_count(),
        "host": host(),
        "affinity": affinity(),
        "cpu": _cpu(lscpu),
        "topology": (probe.parsed("lscpu", "-e", "-J") or {}).get("cpus"),
        "caches": _caches(),
        "numa_nodes": lscpu.get("NUMA node(s)"),
        "smt": probe.text(CPUS / "smt" / "control"),
        "hypervisor": lscpu.get("Hypervisor vendor"),
        "virtualization": lscpu.get("Virtualization type"),
        "memory": _memory(),
        "kernel": _kernel(),
        "mitigations": _mitigations(),
        "frequency": _frequency(),
        "clock": _clock(),
        "scheduling": _scheduling(),
        "limits": {name: list(resource.getrlimit(which)) for name, which in LIMITS.items()},
        "cgroup": _cgroup(),
        "state": state(),
        "software": _software(),
        "lscpu": lscpu,
    }


def state() -> dict[str, Any]:
    """What changes from one minute to the next."""
    load = probe.text("/proc/loadavg")
    return {
        "load": [float(value) for value in load.split()[:3]] if load else None,
        "pressure": {name: probe.text(f"/proc/pressure/{name}") for name in ("cpu", "memory", "io")},
    }


def host() -> str:
    """Tells most hosts of one kind apart. Of so few digits nobody finds a name again."""
    told = "\n".join([probe.text("/etc/machine-id") or "", os.uname().nodename])
    return hashlib.sha256(told.encode()).hexdigest()[:4]


def affinity() -> list[int] | None:
    """The CPUs that this process may use; null where asking is forbidden."""
    try:
        return sorted(os.sched_getaffinity(0))
    except OSError:
        return None


def slug(model: str, cpus: int) -> str:
    """A short name: "Intel(R) Xeon(R) Processor @ 2.2GHz" and 2 become intel-xeon-2c."""
    plain = re.sub(r"\((?:r|tm)\)|@.*|\b(?:processor|cpu|with|\d+-core)\b", " ", model.lower())
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join([*words[:4], f"{cpus}c"])


def _lscpu() -> dict[str, str]:
    answer = probe.parsed("lscpu", "-J") or {}
    fields: dict[str, str] = {}
    pending = list(answer.get("lscpu", []))
    while pending:  # newer versions nest fields
        entry = pending.pop(0)
        if entry.get("data") is not None:
            fields[str(entry["field"]).rstrip(":")] = str(entry["data"])
        pending = list(entry.get("children", [])) + pending
    return fields


def _cpu(lscpu: dict[str, str]) -> dict[str, Any]:
    flags = lscpu.get("Flags", "").split()
    microcode = re.search(r"^microcode\s*:\s*(\S+)", probe.text("/proc/cpuinfo") or "", re.MULTILINE)
    return {
        "vendor": lscpu.get("Vendor ID"),
        "family": lscpu.get("CPU family"),
        "model": lscpu.get("Model"),
        "stepping": lscpu.get("Stepping"),
        "microcode": microcode[1] if microcode else None,
        "max_mhz": lscpu.get("CPU max MHz"),
        "tsc_flags": {flag: flag in flags for flag in TSC_FLAGS} if flags else None,
    }


def _caches() -> list[dict[str, Any]]:
    """Of each cache once: level, kind, size, line, and who shares it."""
    seen: dict[tuple[str | None, ...], dict[str, Any]] = {}
    names = ("level", "type", "size", "coherency_line_size", "ways_of_associativity", "shared_cpu_list")
    for index in sorted(CPUS.glob("cpu[0-9]*/cache/index[0-9]*")):
        values = {name: probe.text(index / name) for name in names}
        seen.setdefault((values["level"], values["type"], values["shared_cpu_list"]), values)
    return list(seen.values())


def _memory() -> dict[str, Any]:
    fields = dict(re.findall(r"^(\w+):\s*(\d+) kB", probe.text("/proc/meminfo") or "", re.MULTILINE))
    pages = Path("/sys/kernel/mm/transparent_hugepage")
    return {
        "total_kib": int(fields["MemTotal"]) if "MemTotal" in fields else None,
        "available_kib": int(fields["MemAvailable"]) if "MemAvailable" in fields else None,
        "page_size": os.sysconf("SC_PAGE_SIZE"),
        "transparent_hugepages": probe.choice(pages / "enabled"),
        "transparent_hugepages_defrag": probe.choice(pages / "defrag"),
    }


def _kernel() -> dict[str, Any]:
    return {
        "name": os.uname().sysname,
        "release": os.uname().release,
        "version": os.uname().version,
        "command_line": timing_parameters(probe.text("/proc/cmdline")),
        "aslr": probe.number("/proc/sys/kernel/randomize_va_space"),
        "sched_autogroup": probe.number("/proc/sys/kernel/sched_autogroup_enabled"),
        "numa_balancing": probe.number("/proc/sys/kernel/numa_balancing"),
        "perf_event_paranoid": probe.number("/proc/sys/kernel/perf_event_paranoid"),
    }


# What on the kernel's command line bears on timing. The rest may name hosts, ports and disks.
_TIMING_PARAMETERS = re.compile(
    r"(mitigations|spec\w*|nosmt|isolcpus|nohz\w*|rcu_nocbs|irqaffinity|idle|processor\.\w+|intel_\w+|amd_\w+|"
    r"cpuidle\w*\.\w+|haltpoll\.\w+|tsc|clocksource|hugepages\w*|transparent_hugepage|preempt|sched_\w+|"
    r"numa\w*|maxcpus|nr_cpus|psi|threadirqs)(=|$)"
)


def timing_parameters(command_line: str | None) -> str | None:
    if command_line is None:
        return None
    # What follows "--" is for the first process, not for the kernel.
    kernel = command_line.split(" -- ")[0]
    return " ".join(word for word in kernel.split() if _TIMING_PARAMETERS.match(word))


def _mitigations() -> dict[str, str | None]:
    return {path.name: probe.text(path) for path in sorted((CPUS / "vulnerabilities").glob("*"))}


def _frequency() -> dict[str, Any]:
    policies = sorted(CPUS.glob("cpufreq/policy*"))
    return {
        "governors": sorted({probe.text(p / "scaling_governor") or "?" for p in policies}) or None,
        "drivers": sorted({probe.text(p / "scaling_driver") or "?" for p in policies}) or None,
        "boost": probe.number(CPUS / "cpufreq" / "boost"),
        "intel_no_turbo": probe.number(CPUS / "intel_pstate" / "no_turbo"),
        "idle_driver": probe.text(CPUS / "cpuidle" / "current_driver"),
        "idle_governor": probe.text(CPUS / "cpuidle" / "current_governor"),
    }


def _clock() -> dict[str, Any]:
    source = Path("/sys/devices/system/clocksource/clocksource0")
    available = probe.text(source / "available_clocksource")
    return {
        "source": probe.text(source / "current_clocksource"),
        "available": available.split() if available else None,
    }


def _scheduling() -> dict[str, Any]:
    names = {
        os.SCHED_OTHER: "other",
        os.SCHED_BATCH: "batch",
        os.SCHED_IDLE: "idle",
        os.SCHED_FIFO: "fifo",
        os.SCHED_RR: "rr",
    }
    try:
        policy, priority = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority
    except OSError:  # asking is forbidden in some containers
        return {"class": None, "priority": None, "nice": os.getpriority(os.PRIO_PROCESS, 0)}
    return {
        "class": names.get(policy, str(policy)),
        "priority": priority,
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
    }


def _cgroup() -> dict[str, Any]:
    """The tightest quota above this process, in CPUs; null where none is set."""
    quotas = [quota for quota in map(_quota, _cgroup_folders()) if quota is not None]
    memory = [probe.text(folder / "memory.max") for folder in _cgroup_folders()]
    return {
        "cpu_quota": min(quotas, default=None),
        "memory_max": next((value for value in memory if value not in (None, "max")), None),
        "cpuset": next(
            (s for f in _cgroup_folders() if (s := probe.text(f / "cpuset.cpus.effective"))), None
        ),
    }


def _cgroup_folders() -> list[Path]:
    """This process's groups and those above them, in both versions of the hierarchy."""
    root = Path("/sys/fs/cgroup")
    folders: dict[Path, None] = {}
    for line in (probe.text("/proc/self/cgroup") or "").splitlines():
        _, controllers, path = line.split(":", 2)
        base = root / controllers if controllers else root
        own = base / path.lstrip("/")
        folders.update(dict.fromkeys(f for f in (own, *own.parents) if f.is_relative_to(base) and f.is_dir()))
    return list(folders)


def _quota(folder: Path) -> float | None:
    unified = (probe.text(folder / "cpu.max") or "").split()
    if len(unified) == 2 and unified[0] != "max":
        return int(unified[0]) / int(unified[1])
    quota, period = probe.number(folder / "cpu.cfs_quota_us"), probe.number(folder / "cpu.cfs_period_us")
    return quota / period if quota and period and quota > 0 else None


def _software() -> dict[str, Any]:
    release = probe.text("/etc/os-release") or ""
    pretty = re.search(r'^PRETTY_NAME="?([^"\n]*)', release, re.MULTILINE)
    return {
        "system": pretty[1] if pretty else None,
        "libc": " ".join(platform.libc_ver()) or None,
        "python": platform.python_version(),
        "python_modules": {name: _module_version(name) for name in PYTHON_MODULES},
        "variables": {
            name: value for name, value in sorted(os.environ.items()) if name.startswith(TELLING_VARIABLES)
        },
    }


def _module_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
