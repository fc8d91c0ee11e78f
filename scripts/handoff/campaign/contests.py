"""What is measured for a question: who races against whom, in which cases, beside which controls."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..errors import HandoffError
from ..run.cases import Case
from ..run.control_kinds import comparison
from ..run.sampling import BLOCKS_FOR_AN_INTERVAL, COLUMNS, USUAL_COLUMN, BlockPlan
from . import candidates, nearest, whose
from .catalog import Suite
from .nearest import Place, Setting
from .question import Question
from .rules import CaseRule
from .schedule import TrialCosts

# The first blocks hold everything, because with fewer trials nothing is said of anybody.
FIRST_BLOCKS = BLOCKS_FOR_AN_INTERVAL
# Trials of each label of the controls of the comparison: in the first blocks, and later no more than half as many as
# there are contenders, who need the time.
MOST_REPEATS = 3
CONTENDERS_PER_REPEAT = 8
# Blocks after which a race with a single contender ends: the controls have had their trials.
ENOUGH_BLOCKS = 12
# Of the time, the share that the first blocks may take; prices for which there is no time are left out.
FIRST_SHARE = 0.7

_THROUGHPUT = {"p": "1", "c": "1", "wait": "spin", "item": "8", "capacity": "1024"}
CONTROLS = (
    CaseRule("producer_consumer", whose.other_controls, (_THROUGHPUT,)),
    CaseRule(
        "ping_pong", whose.controls_of_comparison, ({"queues": "2", "wait": "pause", "report": "mean"},)
    ),
    CaseRule("counter", whose.other_controls, ({"t": "2", "mix": "increment"},)),
)


@dataclass(frozen=True)
class Contest:
    """`own`: those whose trials end when they are out of this contest; the others are in it as what they must beat."""

    promise: str  # without which it is; empty: that of the question itself
    column: str
    cases: tuple[Case, ...]
    own: frozenset[str]  # names of cases


@dataclass(frozen=True)
class Contests:
    place: Place
    all: tuple[Contest, ...]  # the question's own first
    memory: tuple[Case, ...]  # told of each, and measured once
    controls: tuple[Case, ...]
    left_out: tuple[str, ...] = ()  # promises whose price there is no time for

    @property
    def scatters(self) -> bool:
        """Bytes are the same each time, and no race."""
        return any(one.column != COLUMNS["memory"] for one in self.all)

    @property
    def racing(self) -> tuple[Case, ...]:
        found = {case.name: case for contest in self.all for case in contest.cases}
        return tuple(found.values())

    @property
    def cases(self) -> list[Case]:
        """Of the whole run."""
        every = {case.name: case for case in (*self.racing, *self.memory, *self.controls)}
        return list(every.values())

    def first_block(self, block: int) -> BlockPlan:
        once = self.memory if block == 0 else ()
        every = {case.name: case for case in (*self.racing, *once, *self.controls)}
        return BlockPlan(tuple(every.values()), MOST_REPEATS)

    def later_block(self, left: Collection[str]) -> BlockPlan:
        """With the contenders, and the controls of the comparison."""
        contending = [case for case in self.racing if case.name in left]
        compared = comparison(self.controls)
        beside = [case for case in self.controls if case.name in compared]
        repeats = max(1, min(MOST_REPEATS, len(contending) // CONTENDERS_PER_REPEAT))
        return BlockPlan((*contending, *beside), repeats)

    def first_s(self, costs: TrialCosts) -> float:
        """How long the first blocks should take."""
        return sum(costs.of_block(self.first_block(block)) for block in range(FIRST_BLOCKS))


def of(question: Question, suite: Suite, names: Collection[str]) -> Contests:
    """`names`: of those that would do. Raises HandoffError where the build measures none of them so."""
    settings = settings_of(suite)
    place = nearest.place(question, settings.values(), names)
    if place is None:
        workload = nearest.WORKLOADS[question.goal]
        raise HandoffError(f"the build has no case of '{workload}' for any of {', '.join(names)}")
    by_group = _by_group(suite.cases)
    column = COLUMNS.get(question.goal, USUAL_COLUMN)
    entrants = _of(by_group[place.setting.group], names)
    contests = [Contest("", column, entrants, frozenset(case.name for case in entrants))]
    for one in candidates.relaxed(question):
        able = candidates.of(suite.catalog["queues"], one.question).names
        more, beside = _of(by_group[place.setting.group], set(able) - set(names)), entrants
        if one.promise == "wait":
            setting = nearest.spinning(place, settings.values())
            more, beside = (_of(by_group[setting.group], able) if setting else ()), ()
        if more:
            contests.append(
                Contest(one.promise, column, (*beside, *more), frozenset(case.name for case in more))
            )
    return Contests(place, tuple(contests), _memory(question, settings, by_group, contests), _controls(suite))


def settings_of(suite: Suite) -> dict[str, Setting]:
    """All settings of the build."""
    ranked = whose.ranked(suite)
    return {
        group: Setting(group, members[0].workload, members[0].keys, frozenset(names))
        for group, members in _by_group(suite.cases).items()
        if (names := [case.implementation for case in members if case.implementation in ranked])
    }


def affordable(contests: Contests, costs: TrialCosts, budget_s: float) -> Contests:
    """Without the prices that there is no time for, the last first. Raises HandoffError where there is none for the
    question itself."""
    kept, left_out = contests, list[str]()
    while kept.first_s(costs) > FIRST_SHARE * budget_s and len(kept.all) > 1:
        left_out.append(kept.all[-1].promise)
        kept = Contests(kept.place, kept.all[:-1], kept.memory, kept.controls, tuple(left_out))
    if kept.first_s(costs) > budget_s:
        raise HandoffError(
            f"--time-budget leaves {max(0.0, budget_s):.0f} s to measure; {len(kept.all[0].cases)} queues and the "
            f"controls take at least {kept.first_s(costs):.0f} s"
        )
    return kept


def _by_group(cases: Iterable[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.group, []).append(case)
    return found


def _of(cases: Iterable[Case], names: Collection[str]) -> tuple[Case, ...]:
    return tuple(case for case in cases if case.implementation in names)


def _memory(
    question: Question, settings: dict[str, Setting], by_group: dict[str, list[Case]], contests: list[Contest]
) -> tuple[Case, ...]:
    """Of everybody in the question's own contest."""
    names = {case.implementation for case in contests[0].cases}
    place = nearest.place(nearest.of_memory(question), settings.values(), names)
    return _of(by_group[place.setting.group], names) if place else ()


def _controls(suite: Suite) -> tuple[Case, ...]:
    names = set[str]().union(*(rule.select(suite) for rule in CONTROLS))
    return tuple(case for case in suite.cases if case.name in names)
