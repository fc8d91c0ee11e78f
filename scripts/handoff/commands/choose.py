"""The work of scripts/choose.py: an answer to a question, measured now or from a stored run."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..campaign import question_options
from ..campaign.question import Question
from ..errors import EXIT_INTERRUPTED, MeasurementError
from ..host.build import ROOT
from ..proofs import record as proof_record, sources as proof_sources, table as proof_table
from ..proofs.table import ProofTable
from ..report import choice, choice_words, price, summary
from ..report.choice import Answer
from ..report.evidence import Evidence
from ..run import results
from ..statistics.outcomes import ALIKE
from . import asking, racing

# How wide a terminal must be to have room for these columns.
ROOM = {
    choice_words.PROMISES: 140,
    choice_words.STALLED: 110,
    choice_words.PROVEN_OF: 100,
    choice_words.MEMORY: 94,
}
NARROWEST = {1: 14, 2: 12}  # columns of a figure or a ratio with its interval, which may take a second line
WIDE = 160  # of output that is no terminal

_STYLES = {
    "best": "bold green",
    "equivalent": "green",
    ALIKE: "green",
    "slower": "dim",
    "not known": "yellow",
}


def run(given: argparse.Namespace) -> int:
    return _answer(question_options.question_of(given), given, time.monotonic())


def _answer(question: Question, given: argparse.Namespace, began: float) -> int:
    if given.stored is not None:
        show(_from(given.stored, question, measured_now=False), given.json)
        return 0
    raced = racing.measure(question, given, began)
    if raced.left_out:
        print(f"no time for the price of: {', '.join(raced.left_out)}", file=sys.stderr)
    show(_from(raced.path, question, measured_now=True), given.json)
    if raced.interrupted:
        return EXIT_INTERRUPTED
    if raced.failed:
        raise MeasurementError(raced.failed)
    return 0


def _from(path: Path, question: Question, measured_now: bool) -> Answer:
    found = results.load(path)
    for warning in found.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    question.check_wait(found.environment["catalog"].get("waits", ()))  # older runs do not say
    return choice.answer(question, Evidence(found), measured_now)


def show(answer: Answer, as_json: bool) -> None:
    proofs = _proofs(answer)
    if as_json:
        told = summary.clean(choice_words.as_dict(answer, proofs))
        print(json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False))
        return
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    _say(console, choice_words.headline(answer), bold=True)
    _say(console, f"→ {choice_words.conclusion(answer)}", bold=True)
    _say(console, f"From {choice_words.source(answer)}")
    if not answer.place.is_exact:
        which = "there is" if answer.measured_now else "measured"
        _say(
            console, f"NOT the setting asked for, but the nearest one {which}: {choice_words.differs(answer)}"
        )
        if not answer.measured_now:
            _say(console, f"This measures it: {choice_words.command(answer)}")
    _say(console, choice_words.citable(answer))
    console.print()
    console.print(table_of(answer, proofs, console.width))
    console.print()
    for line in choice_words.legend(answer, proofs):
        _say(console, line)
    _aside(console, answer)
    if answer.prices:
        _say(console, "\nThe price of each promise", bold=True)
        for one in answer.prices:
            _say(console, f"  {price.sentence(one)}")
    _say(console, "\nFor a design review", bold=True)
    _say(console, choice_words.paragraph(answer, proofs))


def _say(console: Console, text: str, bold: bool = False) -> None:
    console.print(text, markup=False, soft_wrap=True, style="bold" if bold else None)


def table_of(answer: Answer, proofs: ProofTable, width: int) -> Table:
    """On a narrow terminal without the last columns, which are in the data."""
    heads = choice_words.heads(answer)
    measured = any(rank.stalled for rank in answer.ranks)
    shown = [
        at
        for at, head in enumerate(heads)
        if width >= ROOM.get(head, 0) and (measured or head != choice_words.STALLED)
    ]
    table = Table(box=None, pad_edge=False)
    for at in shown:
        wraps = at in NARROWEST or heads[at] == choice_words.PROMISES
        table.add_column(
            heads[at],
            justify="right" if heads[at] in (choice_words.MEMORY, choice_words.STALLED) else "left",
            no_wrap=not wraps,
            min_width=NARROWEST.get(at),
            overflow="fold",
        )
    for rank in answer.ranks:
        cells = choice_words.cells(rank, answer, proofs)
        table.add_row(*(cells[at] for at in shown), style=_STYLES.get(rank.outcome))
    return table


def _aside(console: Console, answer: Answer) -> None:
    """Who is not in the ranking, and why."""
    missing = answer.not_measured
    for why in dict.fromkeys(missing.values()):
        _say(console, f"\n{why}: {', '.join(name for name in missing if missing[name] == why)}")
    if answer.candidates.out:
        told = [f"{word} ({', '.join(names)})" for word, names in choice_words.dropped(answer)]
        _say(console, f"\nNot for this job: {'; '.join(told)}")


def _proofs(answer: Answer) -> ProofTable:
    """Of the sources that were measured. Without the record, nothing is shown as proven."""
    path = ROOT / proof_record.DEFAULT
    record = proof_record.load(path) if path.exists() else None
    measured = proof_sources.measured(ROOT, answer.evidence.run.environment)
    names = {rank.member.name for rank in answer.ranks}
    entries = [one for one in answer.evidence.queues if one["name"] in names]
    return proof_table.table(record, entries, measured, proof_table.MEASURED)


def ask_and_run(given: argparse.Namespace) -> int:
    console = Console(highlight=False)
    question = asking.question(console)
    given.stored = asking.stored(console)
    source = ["--from", str(given.stored)] if given.stored is not None else []
    told = shlex.join([*question.arguments(), *source])
    _say(console, f"\nThe same, without being asked: scripts/choose.py {told}\n")
    return _answer(question, given, time.monotonic())
