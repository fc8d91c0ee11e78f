"""Runs of several machines beside one another. Each keeps its own statistics: nothing is computed across
machines, except whether a verdict that each of them has reached for itself points the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ..compare import identity
from ..compare.compare import require_same_method
from ..errors import HandoffError
from ..run import strategies
from ..run.results import Run
from . import summary

Json = dict[str, Any]

# Of two implementations on several machines.
SAME = "same on each"
OPPOSITE = "opposite"
PARTLY = "not shown on each"
TIED = "not told apart on any"
OUTCOMES = (OPPOSITE, SAME, PARTLY, TIED)


@dataclass(frozen=True)
class Machine:
    """One run with the name of what it was measured on; its summary holds only what all of them measured."""

    label: str
    run: Run
    summary: Json


@dataclass(frozen=True)
class MachinesPair:
    """Two implementations in one group: which of the two is ahead on each machine; "" where the machine's run
    did not tell them apart, None where it does not rank both."""

    one: str
    other: str
    ahead: list[str | None]

    @property
    def outcome(self) -> str:
        known = [name for name in self.ahead if name is not None]
        shown = set(known) - {""}
        if len(shown) > 1:
            return OPPOSITE
        return TIED if not shown else PARTLY if "" in known else SAME


@dataclass(frozen=True)
class PairOverall:
    """Two implementations over all groups: on how many machines the same one was ahead. A machine on which each was ahead
    in some group, be it in several of its runs, is mixed."""

    one: str
    other: str
    one_ahead: int
    other_ahead: int
    mixed: int
    not_told_apart: int

    @property
    def machines(self) -> int:
        return self.one_ahead + self.other_ahead + self.mixed + self.not_told_apart

    @property
    def ahead(self) -> str:
        """Whoever is ahead on more machines; "" where that is nobody."""
        if self.one_ahead == self.other_ahead:
            return ""
        return self.one if self.one_ahead > self.other_ahead else self.other


@dataclass(frozen=True)
class Agreement:
    group: str
    pairs: list[MachinesPair]

    def count(self, outcome: str) -> int:
        return sum(pair.outcome == outcome for pair in self.pairs)


def machines(runs: Sequence[Run]) -> tuple[list[Machine], list[str]]:
    """The runs, named; and the groups (workload and keys) that not all of them have, which are left out."""
    _check(runs)
    whole = [summary.build(run) for run in runs]
    groups = [{row["group"] for row in one["cases"] if row["workload"] != "core_to_core"} for one in whole]
    shared = set.intersection(*groups)
    if not shared:
        raise HandoffError(
            f"the {len(runs)} runs have nothing in common: no workload and setting is in all of them; valid: runs "
            "of the same profile or filter"
        )
    kept = [_only(one, shared) for one in whole]
    named = [Machine(label, run, own) for label, run, own in zip(labels(runs), runs, kept)]
    return named, sorted(set.union(*groups) - shared)


def labels(runs: Sequence[Run]) -> list[str]:
    """CPU and digits of a hash. Machines that nothing stored tells apart (two instances of one type, or one and
    the same) are told apart by run: they are not pooled either."""
    short = [identity.label(run.environment.get("machine", {})) for run in runs]
    often = Counter(short)
    return [
        f"{label}, run {_run_id(run).rpartition('-')[2]}" if often[label] > 1 else label
        for label, run in zip(short, runs)
    ]


def alike(named: Sequence[Machine]) -> bool:
    """Whether some of them had to be told apart by run."""
    return any(
        count > 1 for count in Counter(identity.label(m.run.environment["machine"]) for m in named).values()
    )


def agreement(named: Sequence[Machine]) -> list[Agreement]:
    """For each group every pair that at least two machines rank."""
    ranked = [
        {
            group["id"]: {name: set(others) for name, others in group["ahead_of"].items()}
            for group in machine.summary["groups"]
        }
        for machine in named
    ]
    found = []
    for group in sorted(set().union(*ranked)):
        beaten = [one.get(group, {}) for one in ranked]
        names = sorted(set().union(*beaten))
        pairs = [
            MachinesPair(one, other, [_ahead(one, other, each) for each in beaten])
            for one, other in combinations(names, 2)
        ]
        kept = [pair for pair in pairs if sum(ahead is not None for ahead in pair.ahead) > 1]
        if kept:
            found.append(Agreement(group, kept))
    return found


def overall(named: Sequence[Machine], found: Sequence[Agreement]) -> list[PairOverall]:
    """One line for each pair; several runs of one machine count as that machine."""
    hosts = [_host(machine.run) for machine in named]
    seen: dict[tuple[str, str], dict[str, set[str]]] = {}
    for pair in (pair for one in found for pair in one.pairs):
        by_host = seen.setdefault((pair.one, pair.other), {})
        for host, ahead in zip(hosts, pair.ahead):
            if ahead is not None:
                by_host.setdefault(host, set()).update({ahead} - {""})
    return [_over_hosts(one, other, list(seen[one, other].values())) for one, other in sorted(seen)]


def _over_hosts(one: str, other: str, ahead: Sequence[set[str]]) -> PairOverall:
    counts = (ahead.count({one}), ahead.count({other}), ahead.count({one, other}), ahead.count(set()))
    return PairOverall(one, other, *counts)


def _host(run: Run) -> str:
    machine = run.environment.get("machine", {})
    return f"{identity.label(machine)} {machine.get('host')}"


def _check(runs: Sequence[Run]) -> None:
    for one, other in combinations(runs, 2):
        if one.path.resolve() == other.path.resolve() or _run_id(one) == _run_id(other):
            raise HandoffError(
                f"'{one.path}' and '{other.path}' are the same run {_run_id(one)}; valid: each run once"
            )
    for other in runs[1:]:
        require_same_method(runs[0], other)


def _run_id(run: Run) -> str:
    return str(run.environment.get("run_id", run.path.name))


def _only(whole: Json, groups: set[str]) -> Json:
    cases = [row for row in whole["cases"] if row["group"] in groups or row["workload"] == "core_to_core"]
    kept = {group for group in groups if group.startswith(f"{strategies.WORKLOAD}/")}
    downloads = whole["downloads"] if kept else whole["downloads"] | {"jobs": []}
    ranked = [group for group in whole["groups"] if group["id"] in groups]
    return {**whole, "cases": cases, "groups": ranked, "downloads": downloads}


def _ahead(one: str, other: str, beaten: dict[str, set[str]]) -> str | None:
    if one not in beaten or other not in beaten:
        return None
    return one if other in beaten[one] else other if one in beaten[other] else ""
