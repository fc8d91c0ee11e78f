"""Who comes along with the implementations that were asked for: the controls, without which a run cannot be cited, and
a few peers, without which it compares them with nobody."""

from __future__ import annotations

from dataclasses import dataclass

from ..run.cases import Case
from ..run.control_kinds import comparison
from . import whose
from .catalog import Suite
from .rules import CaseRule

_THROUGHPUT = {"p": "1", "c": "1", "wait": "spin", "item": "8", "capacity": "1024"}
_CONTROLS = (
    CaseRule("producer_consumer", whose.other_controls, (_THROUGHPUT,)),
    CaseRule("counter", whose.other_controls, ({"t": "2", "mix": "increment"},)),
)
# Which a run of locks, or of ways to wait, must have, and no other.
_OF_ONE_KIND = (CaseRule("lock", whose.other_controls, ({},)), CaseRule("wait", whose.other_controls, ({},)))


@dataclass(frozen=True)
class Company:
    controls: frozenset[Case] = frozenset()
    peers: frozenset[Case] = frozenset()

    def with_those(self, chosen: list[Case], suite: Suite) -> list[Case]:
        """All of them, in the order of the listing."""
        wanted = {*chosen, *self.controls, *self.peers}
        return [case for case in suite.cases if case in wanted]

    def __str__(self) -> str:
        controls = {case.implementation for case in self.controls}
        peers = sorted({case.implementation for case in self.peers})
        told = [f"{len(controls)} controls, so that the run can be cited"] if controls else []
        told += [f"{', '.join(peers)} to compare with, in {len(self.peers)} cases"] if peers else []
        return f"taken along: {'; '.join(told)}; --alone leaves them out" if told else ""


NOBODY = Company()


def of(chosen: list[Case], suite: Suite) -> Company:
    """Peers come to groups of which a single implementation was asked for."""
    names = comparison(suite.cases).union(*(rule.select(suite) for rule in _CONTROLS))
    asked = {case.workload for case in chosen}
    names = names.union(*(rule.select(suite) for rule in _OF_ONE_KIND if rule.workload in asked))
    names -= {case.name for case in chosen}
    members: dict[str, set[str]] = {}
    for case in chosen:
        if not case.control:
            members.setdefault(case.group, set()).add(case.implementation)
    lonely = {group for group, own in members.items() if len(own) == 1}
    representative = (
        whose.representative_queues(suite)
        | whose.representative_counters(suite)
        | whose.representative_locks(suite)
        | whose.representative_waits(suite)
    )
    return Company(
        frozenset(case for case in suite.cases if case.name in names),
        frozenset(
            case
            for case in suite.cases
            if case.group in lonely
            and case.implementation in representative - members[case.group]
            and not case.control
        ),
    )
