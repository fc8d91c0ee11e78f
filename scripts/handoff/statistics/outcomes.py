"""What may be said of two members of a group, and how it is called wherever it is shown."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

EQUIVALENCE = 0.03  # docs/method.md: within ±3% two costs are the same for a design decision
CARE = 0.10  # of two costs, a difference that hardly anybody cares about; where it is the bound, it is named


class Outcome(enum.Enum):
    """Of the first member against the second one. Only `EQUIVALENT` is a tie."""

    FASTER = "faster"
    SLOWER = "slower"
    EQUIVALENT = "equivalent"
    REGIME_DEPENDENT = "regime-dependent"
    NOT_KNOWN = "not known"

    @property
    def turned(self) -> Outcome:
        """The same of the second member against the first one."""
        return {Outcome.FASTER: Outcome.SLOWER, Outcome.SLOWER: Outcome.FASTER}.get(self, self)


ALIKE = f"{Outcome.EQUIVALENT.value} within ±{100 * CARE:.0f}%"  # how that is shown, with its bound


@dataclass(frozen=True)
class RegimeRatio:
    """The ratio of the two costs in one regime of the machine, with its 95% interval."""

    regime: str
    ratio: float
    low: float
    high: float
    trials: int  # of the member that has fewer of them
    shows: Outcome  # by itself
    resolvable: float  # the smallest difference that would mostly have been shown; NaN: none

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "shows": self.shows.value}


@dataclass(frozen=True)
class Verdict:
    """One outcome and what it rests on. Ratios are ratios of cost: above 1, the first member is dearer."""

    outcome: Outcome
    ratio: float  # over all regimes
    low: float
    high: float
    trials: int  # of the member that has fewer of them
    regimes: tuple[RegimeRatio, ...]
    bound: float  # within ±this it is equivalent; of another outcome, what it was tried with
    resolvable: float  # the smallest difference that would mostly have been shown; NaN: none
    more_blocks: int | None  # how many more would settle what is not known; None: known, or no sensible number

    @property
    def is_alike(self) -> bool:
        """Whether it is equivalent, but only within a bound that has to be named."""
        return self.outcome is Outcome.EQUIVALENT and self.bound > EQUIVALENCE

    @property
    def word(self) -> str:
        """The outcome, as each view shows it."""
        return ALIKE if self.is_alike else self.outcome.value

    @property
    def sizes_differ(self) -> bool:
        """Whether no ratio is common to all regimes, so that it has to be told for each."""
        known = [one for one in self.regimes if one.trials > 1]
        return max((one.low for one in known), default=0.0) > min((one.high for one in known), default=0.0)

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.word,
            "ratio": self.ratio,
            "low": self.low,
            "high": self.high,
            "n": self.trials,
            "bound": self.bound,
            "resolvable": self.resolvable,
            "more_blocks": self.more_blocks,
            "sizes_differ": self.sizes_differ,
            "by_regime": [one.as_dict() for one in self.regimes],
        }
