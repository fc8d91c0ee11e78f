"""Ranked lists as the page's data: each text and each figure once, and lines that point to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import choice_words
from .choice import Answer, Figure, Rank

Json = dict[str, Any]
Line = list[int]  # the name, its figure, the ratio to the best, the verdict


class Interned:
    """What is there once, in the order in which it came."""

    def __init__(self, first: Sequence[Any] = ()) -> None:
        self._places = {one: at for at, one in enumerate(first)}

    def place(self, one: Any) -> int:
        return self._places.setdefault(one, len(self._places))

    @property
    def all(self) -> list[Any]:
        return list(self._places)


class Lines:
    """`names`: those that have a place already, which masks of candidates count by."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = Interned(names)
        self._texts = Interned(("",))
        self._figures = Interned()

    def answer(self, answer: Answer) -> Json:
        return {
            "lines": [self._line(rank, answer) for rank in answer.ranks],
            "conclusion": choice_words.conclusion(answer),
            "resolved": answer.resolved,
        }

    def _line(self, rank: Rank, answer: Answer) -> Line:
        return self.line(
            rank.member.name,
            rank.figure,
            choice_words.figure(rank.figure, answer),
            choice_words.ratio(rank),
            choice_words.outcome(rank, answer),
        )

    def line(self, name: str, figure: Figure | None, told: str, ratio: str, outcome: str) -> Line:
        return [
            self._names.place(name),
            self._figures.place(_figure(figure, told)),
            self._texts.place(ratio),
            self._texts.place(outcome),
        ]

    def as_dict(self) -> Json:
        return {"names": self._names.all, "texts": self._texts.all, "figures": self._figures.all}


def _figure(found: Figure | None, told: str) -> tuple[Any, ...]:
    """The text, and what a bar is drawn from."""
    if found is None:
        return (told,)
    ends = (float(f"{value:.4g}") for value in (found.median, found.low, found.high))
    return (told, *ends, found.n, found.regime)
