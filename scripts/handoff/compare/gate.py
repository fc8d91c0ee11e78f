"""Whether a comparison lets a change pass: no regression alone is not enough, one must have been visible."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import EXIT_FAILED, EXIT_INCONCLUSIVE, HandoffError
from ..statistics.outcomes import EQUIVALENCE, Outcome
from .changes import REGRESSION, Change
from .compare import Comparison

RESOLVE = 0.05  # unless another one is asked for


class Answer(enum.Enum):
    PASS = "pass"
    REGRESSION = "regression"
    INCONCLUSIVE = "inconclusive"

    @property
    def exit_code(self) -> int:
        return {Answer.REGRESSION: EXIT_FAILED, Answer.INCONCLUSIVE: EXIT_INCONCLUSIVE}.get(self, 0)


@dataclass(frozen=True)
class Gate:
    answer: Answer
    resolve: float
    unseen: list[Change]  # of those that decide, the least known first
    found: Comparison

    @property
    def unchanged(self) -> list[Change]:
        """Those that decide, show nothing past the threshold, and would have."""
        left = set(self.unseen)
        return [one for one in self.found.deciding if not one.effect and one not in left]

    @property
    def too_few(self) -> int:
        """How many have so few trials that nothing is known of their scatter either."""
        return sum(bool(np.isnan(one.resolvable)) for one in self.unseen)

    @property
    def times_as_many_blocks(self) -> float | None:
        """How many times as many blocks would do for half of the others that were not seen."""
        wanted = np.log1p(self.resolve)
        known = [one.resolvable for one in self.unseen if not np.isnan(one.resolvable)]
        # What is visible shrinks with the root of the number.
        return float(max(1.0, np.median(np.log1p(known) / wanted) ** 2)) if known else None


def judge(found: Comparison, resolve: float) -> Gate:
    if not found.changes and not found.memory_cases and not found.not_compared:
        raise HandoffError("nothing to compare: the runs have no case in common that is compared")
    unseen = [one for one in found.deciding if not is_settled(one, found.threshold, resolve)]
    unseen.sort(key=lambda one: (-np.nan_to_num(one.resolvable, nan=np.inf), one.case, one.regime))
    return Gate(_answer(found, unseen), resolve, unseen, found)


def is_settled(change: Change, threshold: float, resolve: float) -> bool:
    """Whether it is known that there is a regression or none. A direction that is shown and a ratio that is shown to
    be 1 need no more; otherwise a change of `resolve` must have been visible, and none may be suspected."""
    equivalent = change.outcome is Outcome.EQUIVALENT and resolve >= EQUIVALENCE
    if change.effect or equivalent or change.outcome is Outcome.FASTER:
        return True
    return bool(change.resolvable <= resolve and change.ratio <= 1 + threshold)


def _answer(found: Comparison, unseen: Sequence[Change]) -> Answer:
    if found.regressions or found.newly_failing or any(one.effect == REGRESSION for one in found.memory):
        return Answer.REGRESSION
    return Answer.INCONCLUSIVE if unseen or found.not_compared else Answer.PASS
