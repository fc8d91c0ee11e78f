"""The question of scripts/choose.py, asked for piece by piece on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.prompt import Confirm, Prompt

from ..campaign.question import GOALS, MOVE_ONLY, ORDERS, Question
from ..errors import HandoffError
from ..run.run_folder import ENVIRONMENT_NAME

UNBOUNDED, EITHER = "unbounded", "either"


def question(console: Console) -> Question:
    """Each answer is checked before the next piece is asked for."""
    asked = Question()
    try:
        asked = _one(console, asked, f"Best at what? {', '.join(GOALS)}", asked.goal, _goal)
        if asked.goal == "p99":
            asked = _one(
                console, asked, "At which rate? items per second such as 200k, or 80%", "100k", _rate
            )
        asked = _one(console, asked, "How many producers?", "1", _producers)
        asked = _one(console, asked, "How many consumers?", "1", _consumers)
        asked = _one(console, asked, f"Bytes of an item? a number, or {MOVE_ONLY}", "8", _item)
        asked = _one(console, asked, f"In which order? {', '.join(ORDERS)}", "fifo", _order)
        asked = _one(console, asked, f"Bounded? items at most, {UNBOUNDED} or {EITHER}", EITHER, _bound)
        never = Confirm.ask("Must others go on when a thread stalls?", console=console, default=False)
        spins = Confirm.ask("May a waiting thread spin?", console=console, default=True)
    except EOFError as error:
        raise HandoffError("the answers ended before the questions; --help lists them as options") from error
    return replace(asked, lock_free=never, wait="pause" if spins else "block")


def stored(console: Console) -> Path | None:
    """The run to answer from; None: measure."""
    while True:
        try:
            told = Prompt.ask(
                "Answer from a stored run? its folder, or measure", console=console, default="measure"
            )
        except EOFError as error:
            raise HandoffError(
                "the answers ended before the questions; --help lists them as options"
            ) from error
        if told == "measure":
            return None
        if (Path(told) / ENVIRONMENT_NAME).is_file():
            return Path(told)
        console.print(f"'{told}' is no run: it has no {ENVIRONMENT_NAME}", markup=False)


def _one(
    console: Console, asked: Question, text: str, default: str, put: Callable[[Question, str], Question]
) -> Question:
    while True:
        told = Prompt.ask(text, console=console, default=default).strip()
        try:
            found = put(asked, told)
            if found.goal != "p99" or found.rate:
                found.check()
            return found
        except (HandoffError, ValueError) as error:
            # int() says less than we do.
            why = error if isinstance(error, HandoffError) else f"'{told}' is no whole number"
            console.print(str(why), markup=False, highlight=False)


def _goal(asked: Question, told: str) -> Question:
    return replace(asked, goal=told)


def _rate(asked: Question, told: str) -> Question:
    return replace(asked, rate=told)


def _producers(asked: Question, told: str) -> Question:
    return replace(asked, producers=int(told))


def _consumers(asked: Question, told: str) -> Question:
    return replace(asked, consumers=int(told))


def _item(asked: Question, told: str) -> Question:
    return replace(asked, item=told)


def _order(asked: Question, told: str) -> Question:
    return replace(asked, order=told)


def _bound(asked: Question, told: str) -> Question:
    if told in (UNBOUNDED, EITHER):
        return replace(asked, bounded=None, unbounded=told == UNBOUNDED)
    return replace(asked, bounded=int(told), unbounded=False)
