"""The answer to a question, from the trials of a run: who does the job, how well, and how surely that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..campaign import candidates, nearest
from ..campaign.candidates import Candidates
from ..campaign.nearest import Place
from ..campaign.question import Question
from ..errors import HandoffError
from ..run.sampling import COLUMNS, USUAL_COLUMN
from ..statistics import measures, states, verdicts
from ..statistics.outcomes import ALIKE, Outcome
from ..statistics.stats import CONFIDENCE
from ..statistics.verdicts import Member, Standing
from . import price, stalls
from .evidence import Evidence
from .price import Price

SCHEMA = 1

ALONE = "alone"  # nothing to compare it with

Json = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A median with its interval, in one regime."""

    median: float
    low: float
    high: float
    n: int
    regime: str
    known: bool  # whether it may be shown as a number


@dataclass(frozen=True)
class Rank:
    """A line of the ranking."""

    member: Member
    outcome: str
    figure: Figure | None
    bytes_per_item: float | None
    stalled: stalls.Harm | None  # of the others, by a stalled thread
    spec: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    question: Question
    place: Place
    measured_now: bool
    evidence: Evidence
    candidates: Candidates
    standing: Standing
    ranks: list[Rank]
    unit: str  # of the figures
    memory: Place | None  # where the bytes per item are from
    prices: list[Price]

    @property
    def resolved(self) -> bool:
        """Whether the first one is shown better than another one, or as good as one."""
        shown = (Outcome.SLOWER.value, Outcome.EQUIVALENT.value, ALIKE)
        return any(rank.outcome in shown for rank in self.ranks)

    @property
    def not_measured(self) -> dict[str, str]:
        """Those that would do, and have no figure here."""
        told = self.evidence.withheld
        ranked = {rank.member.name for rank in self.ranks}
        tried = self.evidence.tried(self.place.setting.group)
        return {
            name: told.get(
                name, "no trial of it ended well" if name in tried else "not measured in this setting"
            )
            for name in self.candidates.names
            if name not in ranked
        }

    @property
    def oversubscribed(self) -> bool:
        rows = self.evidence.rows(self.place.setting.group)
        return "oversubscribed" in rows and bool((rows["oversubscribed"] == 1).any())


def answer(question: Question, evidence: Evidence, measured_now: bool) -> Answer:
    """Raises HandoffError where nothing in the catalog does the job, or nothing of the kind was measured."""
    able = able_to(question, evidence.queues)
    place = nearest.place(question, evidence.settings, able.names)
    if place is None:
        raise HandoffError(_nothing_measured(question, evidence, able))
    return at(place, question, able, evidence, measured_now)


def at(
    place: Place,
    question: Question,
    able: Candidates,
    evidence: Evidence,
    measured_now: bool = False,
    in_full: bool = True,
) -> Answer:
    """The answer of this setting. `in_full`: with the bytes per item and the price of each promise."""
    column = COLUMNS.get(question.goal, USUAL_COLUMN)
    standing = verdicts.against_best(evidence.compared(place.setting.group, column), able.names)
    if standing is None:
        raise HandoffError(f"run '{evidence.run.path}': no figure of '{place.setting.group}' can be ranked")
    memory, taken = _memory(question, evidence, able) if in_full else (None, {})
    figures = _figures(question, evidence, place, [one.name for one in standing.members])
    harm = _stalled(evidence) if in_full else {}
    specs = {str(one["name"]): one for one in evidence.queues}
    ranks = [
        Rank(
            member=one,
            outcome=_outcome(one, standing),
            figure=figures.get(one.name),
            bytes_per_item=taken.get(one.name),
            stalled=harm.get(one.name),
            spec=specs[one.name],
        )
        for one in standing.members
    ]
    prices = price.of(question, evidence, place, standing, column) if in_full else []
    measure = measures.MEASURES[place.setting.workload]
    unit = "ns" if question.goal == "cpu" else measure.unit
    return Answer(question, place, measured_now, evidence, able, standing, ranks, unit, memory, prices)


def able_to(question: Question, queues: Sequence[Mapping[str, Any]]) -> Candidates:
    """Raises HandoffError where there is none, and says what would help."""
    able = candidates.of(queues, question)
    if able.names:
        return able
    helps = [
        f"{one.said} there would be {len(found)}"
        for one in candidates.relaxed(question)
        if (found := candidates.of(queues, one.question).names)
    ]
    raise HandoffError(
        f"no queue promises all of this: {question.needs}; "
        + (", ".join(helps) if helps else "no single promise less would help")
    )


def _nothing_measured(question: Question, evidence: Evidence, able: Candidates) -> str:
    workload = nearest.WORKLOADS[question.goal]
    known = sorted({one.workload for one in evidence.settings})
    goals = [goal for goal, name in nearest.WORKLOADS.items() if name in known]
    if workload in known:
        return f"run '{evidence.run.path}' has figures of none of the {len(able.names)} queues that would do"
    return (
        f"run '{evidence.run.path}' has no figure of '{workload}', which --goal {question.goal} needs; valid: "
        + (", ".join(goals) or "none")
    )


def _outcome(one: Member, standing: Standing) -> str:
    """The first one is the best only if something is shown of it."""
    if one.verdict is not None:
        return one.verdict.word
    if len(standing.members) == 1:
        return ALONE
    shown = standing.named(Outcome.SLOWER, Outcome.EQUIVALENT)
    return verdicts.BEST if shown else Outcome.NOT_KNOWN.value


def _figures(question: Question, evidence: Evidence, place: Place, names: Sequence[str]) -> dict[str, Figure]:
    """Of each queue in the regime that has most of all trials; where it has none there, in its own."""
    of_all = evidence.known(place.setting.group)
    known = {name: of_all[name] for name in names if name in of_all}
    main = states.main_regime({"regimes": found} for found in known.values())
    found: dict[str, Figure] = {}
    for name, regimes in known.items():
        state = states.state_of({"regimes": regimes}, main) or max(regimes, key=lambda one: int(one["n"]))
        if figure := figure_of(question, state):
            found[name] = figure
    return found


def figure_of(question: Question, state: Json) -> Figure | None:
    told = state["cpu_ns"] if question.goal == "cpu" else state
    if told is None or not state["n"]:
        return None
    median, low, high = (float(told[key]) for key in ("median", "low", "high"))
    known = state["coverage"] >= CONFIDENCE
    if question.goal == "p99":
        known = known and state["known"]
    return Figure(median, low, high, int(state["n"]), str(state["regime"]), known)


def _memory(
    question: Question, evidence: Evidence, able: Candidates
) -> tuple[Place | None, dict[str, float]]:
    """Bytes per item of those that would do, in the nearest setting that has them."""
    place = nearest.place(nearest.of_memory(question), evidence.settings, able.names)
    if place is None:
        return None, {}
    rows = evidence.rows(place.setting.group, able.names)
    medians = rows.groupby("implementation")["value"].median()
    return place, {str(name): float(value) for name, value in medians.items()}


def _stalled(evidence: Evidence) -> dict[str, stalls.Harm]:
    """What a stalled thread costs the others, by queue, in the shortest stops that were measured."""
    measured = [one for one in evidence.settings if one.workload == stalls.WORKLOAD]
    shortest = min((int(one.keys["stop_ms"]) for one in measured), default=0)
    found: dict[str, stalls.Harm] = {}
    for one in measured:
        if int(one.keys["stop_ms"]) == shortest:
            for name, samples in evidence.rows(one.group).groupby("implementation"):
                if str(name) not in evidence.withheld:
                    found[str(name)] = stalls.harm(samples)
    return found
