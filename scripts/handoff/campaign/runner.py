"""One trial: a fresh process of a benchmark, watched, and what came of it."""

from __future__ import annotations

import json
import math
import os
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..host.privacy import anonymous
from ..run import strategies
from ..run.cases import Case, listing_filter, threads
from . import watched
from .interrupt import Interrupt
from .redis_server import RedisServer
from .watched import Ended

# The numbers of a Google Benchmark entry that are its own and no counters of ours.
GOOGLE_BENCHMARK_KEYS = frozenset(
    "family_index per_family_instance_index repetitions repetition_index threads iterations real_time cpu_time".split()
)
# Under the documented name `threads` the harness would collide with Google Benchmark's own.
RENAMED_FIGURES = {"team": "threads"}

# First words of an error message by which the harness says what kind of failure it is.
MESSAGE_CLASSES = ("unverified", "voided")

USUAL_WINDOW_MS, USUAL_RAMP_MS = 50.0, 10.0
# A trial took 60 ms beside its window when this was measured. Of 17 cases on 2 CPUs, 16 trials each with 12, 25 and 50 ms in turns: where each
# thread had a CPU, 12 ms told most for the time (1.3 to 4 times as much as 50 ms; round trips of sleepers as much).
# Where threads shared CPUs it told a fifth, in three of four shapes: time slices are as long. A tail's percentile depends on the window.
BRIEF_RAMP_MS, BRIEF_MS = 3.0, 12.0
STEADY = ("ping_pong", "producer_consumer", "bulk", "counter", "lock", "wait")


def is_steady(case: Case) -> bool:
    """Whether a short window tells as much of it as a long one: a rate or a mean, with a CPU for each thread."""
    if case.workload not in STEADY or case.keys.get("report") == "distribution":
        return False
    return threads(case) <= len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Settings:
    """What every trial of a campaign has in common."""

    placement: str = "compact"
    window_ms: float = USUAL_WINDOW_MS
    ramp_ms: float = USUAL_RAMP_MS
    brief_ms: float | None = None  # the window of steady cases; None: that of the others
    # Frequency of the time stamp counter, believed by every trial, which checks it against wall time as it would
    # its own; 0: each trial takes 10 ms to find it out.
    tsc_hz: float = 0.0
    redis: RedisServer | None = None  # None: each run that needs a server has one of its own

    def times_ms(self, case: Case) -> tuple[float, float]:
        """Ramp and window."""
        if self.brief_ms is not None and is_steady(case):
            return BRIEF_RAMP_MS, self.brief_ms
        return self.ramp_ms, self.window_ms

    def flags(self, workload: str, case: Case | None = None) -> list[str]:
        """Of a trial; without a case, of a listing."""
        ramp_ms, window_ms = self.times_ms(case) if case else (self.ramp_ms, self.window_ms)
        believed = [f"--tsc_hz={self.tsc_hz:.17g}"] if self.tsc_hz else []
        server = self.redis if workload == strategies.WORKLOAD else None
        return [
            f"--placement={self.placement}",
            f"--window_ms={window_ms:g}",
            f"--ramp_ms={ramp_ms:g}",
            *believed,
            *(server.flags() if server else []),
        ]

    def anonymous(self, text: str) -> str:
        return str(anonymous(text, self.redis.where() if self.redis else ()))


@dataclass(frozen=True)
class Layout:
    """Where a trial's memory lies: no two trials should have it at the same place, or a lucky or unlucky
    one would be taken for a property of the implementation."""

    padding: int = 0  # bytes by which the process's environment is longer; its size moves the stack
    heap_gap: int = 0  # bytes allocated before anything else; they move the heap


@dataclass(frozen=True)
class TrialOutcome:
    started: str
    seconds: float
    status: str
    exit: int
    message: str = ""
    output: str = ""
    placement: str = ""
    cpus: list[int] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)


def run(
    program: Sequence[str],
    case: Case,
    settings: Settings,
    layout: Layout,
    limit_s: float,
    interrupt: Interrupt,
) -> TrialOutcome | None:
    """Runs the case once; None if the interruption came first."""
    command = [
        *program,
        f"--benchmark_filter={listing_filter(case)}",
        "--benchmark_format=json",
        *settings.flags(case.workload, case),
        f"--heap_gap={layout.heap_gap}",
    ]
    ended = watched.run(command, {"HANDOFF_PADDING": "x" * layout.padding}, limit_s, interrupt)
    if ended.why == watched.INTERRUPTED:
        return None
    if ended.why == watched.LATE:
        message = f"hung: no end within {limit_s:.0f} s"
        kept = _kept(ended, settings)
        return TrialOutcome(
            ended.started, ended.seconds, "hung", ended.exit, message, kept, settings.placement
        )
    return _judge(case, settings, ended)


def _kept(ended: Ended, settings: Settings) -> str:
    parts = [text for text in (ended.stdout, ended.stderr) if text.strip()]
    # Blotted first and cut then: a name that straddles the cut would not be found.
    return settings.anonymous("\n".join(parts))[-watched.KEPT_OUTPUT :]


def _judge(case: Case, settings: Settings, ended: Ended) -> TrialOutcome:
    context, entry, flaw = _entry(case, ended.stdout)
    placement = str(context.get("handoff_placement", settings.placement))
    cpus = _cpus(entry)
    figures = _figures(entry)
    status, message = _verdict(ended, entry, figures, flaw)
    message = settings.anonymous(message)
    started, seconds = ended.started, ended.seconds
    if status == "ok":
        return TrialOutcome(started, seconds, status, ended.exit, "", "", placement, cpus, figures)
    return TrialOutcome(
        started, seconds, status, ended.exit, message, _kept(ended, settings), placement, cpus
    )


def _entry(case: Case, stdout: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Google Benchmark's context and entry for the case, and what is wrong with its output."""
    try:
        document = json.loads(stdout)
        context, (entry,) = document["context"], document["benchmarks"]
        printed = entry["name"]
    except (ValueError, KeyError, TypeError) as error:
        return {}, {}, f"the output is not that of one benchmark ({type(error).__name__}: {error})"
    if not printed.startswith(case.name):
        return context, entry, f"the output is that of '{printed}'"
    return context, entry, ""


def _cpus(entry: Mapping[str, Any]) -> list[int]:
    """From the entry's label, "cpus:0,1"; a trial that failed early has none."""
    listed = re.fullmatch(r"cpus:(-?\d+(?:,-?\d+)*)", str(entry.get("label", "")))
    return [int(cpu) for cpu in listed[1].split(",")] if listed else []


def _figures(entry: Mapping[str, Any]) -> dict[str, float]:
    return {
        RENAMED_FIGURES.get(name, name): float(value)
        for name, value in entry.items()
        if name not in GOOGLE_BENCHMARK_KEYS
        and isinstance(value, (int, float))
        and not isinstance(value, bool)
    }


def _verdict(
    ended: Ended, entry: Mapping[str, Any], figures: Mapping[str, float], flaw: str
) -> tuple[str, str]:
    if ended.exit < 0:
        return "crashed", f"crashed: signal {-ended.exit} ({signal.strsignal(-ended.exit)})"
    said = _one_line(str(entry.get("error_message", ""))) or _last_line(ended.stderr)
    if entry.get("error_occurred") or ended.exit != 0:
        kind = said.partition(":")[0]
        message = said or f"failed: exit code {ended.exit} without a word"
        return (kind if kind in MESSAGE_CLASSES else "failed"), message
    if flaw:
        return "failed", f"failed: {flaw}"
    for name, value in figures.items():
        if not math.isfinite(value):
            return "failed", f"failed: the figure '{name}' is {value}"
    if not figures:
        return "failed", "failed: the output has no figures"
    return "ok", ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return _one_line(lines[-1]) if lines else ""
