"""What each promise costs: the best that there would be without it, against the best that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..campaign import candidates, nearest
from ..campaign.candidates import Relaxed
from ..campaign.nearest import Place
from ..campaign.question import SPINNING, Question
from ..statistics import measures, pairs, verdicts
from ..statistics.outcomes import Outcome, Verdict
from ..statistics.verdicts import Standing
from .evidence import Evidence

Json = dict[str, Any]

# By what a name of one setting is told from the same name of another one, where both are compared.
_ELSEWHERE = " with "

TOO_FEW = f"fewer than {pairs.MIN_TRIALS} trials"


@dataclass(frozen=True)
class Price:
    """Of one promise. `verdict`: of the best that makes it, against the best without it; None: nothing was found that
    could be compared, and `why` says what is missing."""

    promise: str
    said: str  # the condition, in words
    best: str | None  # without the promise
    verdict: Verdict | None
    why: str = ""

    @property
    def free(self) -> bool:
        """Whether the best one without the promise makes it all the same."""
        return self.best is not None and self.verdict is None

    def as_dict(self) -> Json:
        told = self.verdict.as_dict() if self.verdict else None
        return {"promise": self.promise, "if": self.said, "best": self.best, "verdict": told, "why": self.why}


def of(question: Question, evidence: Evidence, place: Place, standing: Standing, column: str) -> list[Price]:
    """`place`, `standing`: what the answer is from."""
    found = []
    for one in candidates.relaxed(question):
        if one.promise == "wait":
            found.append(_of_waiting(one, evidence, place, standing, column))
        else:
            found.append(_of_others(one, evidence, place, standing, column))
    return found


def _of_others(one: Relaxed, evidence: Evidence, place: Place, standing: Standing, column: str) -> Price:
    """In the same setting, among more queues."""
    rows = evidence.rows(place.setting.group)
    able = candidates.of(evidence.queues, one.question).names
    more = set(able) & set(place.setting.measured) - {member.name for member in standing.members}
    if not more:
        unmeasured = set(able) - {member.name for member in standing.members}
        why = "no further queue was measured here" if unmeasured else "no queue more"
        return Price(one.promise, one.said, None, None, why)
    return _compared(one, rows, able, standing, column)


def _of_waiting(one: Relaxed, evidence: Evidence, place: Place, standing: Standing, column: str) -> Price:
    """In the setting that differs in the wait alone, if there is one, among the queues that would do."""
    names = [member.name for member in standing.members]
    able = candidates.of(evidence.queues, one.question).names
    setting = nearest.spinning(place, evidence.settings)
    if setting is None or place.setting.keys.get("wait") in SPINNING:
        return Price(one.promise, one.said, None, None, "no such setting was measured")
    there = evidence.rows(setting.group, able)
    wait = setting.keys["wait"]
    moved = there.assign(implementation=there["implementation"] + _ELSEWHERE + wait)
    rows = pd.concat([evidence.rows(place.setting.group, names), moved])
    return _compared(one, rows, sorted(set(moved["implementation"])), standing, column)


def _compared(
    one: Relaxed, rows: pd.DataFrame, able: list[str] | tuple[str, ...], standing: Standing, column: str
) -> Price:
    group = pairs.of_rows(rows, column)
    without = verdicts.against_best(group, able)
    if without is None:
        return Price(one.promise, one.said, None, None, "no figure of it can be ranked")
    if without.best in {member.name for member in standing.members}:
        return Price(one.promise, one.said, without.best, None)
    i, j = group.names.index(standing.best), group.names.index(without.best)
    return Price(one.promise, one.said, without.best, verdicts.verdict(group, i, j))


def sentence(price: Price) -> str:
    """The condition, and what it would be worth."""
    if price.verdict is None:
        return f"{price.said}: {f'{price.best} is still the best' if price.free else price.why}"
    if price.verdict.trials < pairs.MIN_TRIALS:
        return f"{price.said}: not known, {TOO_FEW}"
    return f"{price.said}: {price.best}, {_worth(price.verdict)}"


def _worth(told: Verdict) -> str:
    """`told` is of the best with the promise, against the best without it."""
    cost = ratio(told)
    return {
        Outcome.SLOWER: f"and keeping the promise costs {cost} as much",
        Outcome.FASTER: f"which is no gain: keeping the promise costs {cost} as much",
        Outcome.EQUIVALENT: f"equivalent within ±{measures.percent(told.bound)}: the promise is free, {cost}",
        Outcome.REGIME_DEPENDENT: f"faster or slower by the state of the machine, {cost}",
        Outcome.NOT_KNOWN: f"not known whether the promise costs anything, {cost}",
    }[told.outcome]


def ratio(told: Verdict) -> str:
    """1.31× (1.26 – 1.34), of costs."""
    low, high = (measures.times(end).removesuffix("×") for end in (told.low, told.high))
    return f"{measures.times(told.ratio)} ({low} – {high})"
