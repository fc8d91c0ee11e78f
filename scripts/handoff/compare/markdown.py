"""A comparison as a comment of a pull request: what the terminal shows, and folded below it what did not change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import memory_changes, told
from .changes import Change
from .identity import Identity
from .told import Told


def render(what: Told) -> str:
    return "\n".join(_lines(what))


def _lines(what: Told) -> Iterator[str]:
    gate = what.gate
    yield from (f"**{told.answer(gate)}.**", "")
    yield from (f"- {remark}" for remark in told.remarks(gate))
    yield from ("", "| | run | commit | machine | compiler | blocks |", "|---|---|---|---|---|---|")
    yield from (_run(side, one) for side, one in (("A", what.a), ("B", what.b)))
    if what.across:
        yield from ("", f"**Across** what is not the same: {'; '.join(map(str, what.across))}.")
    yield from _table("Regressions", told.with_regimes(gate, gate.found.regressions))
    yield from _table("Improvements", told.with_regimes(gate, gate.found.improvements))
    if gate.found.memory:
        yield from ("", "### Memory", "")
        yield from _rows(memory_changes.HEADS, [memory_changes.cells(one) for one in gate.found.memory])
    yield from _table("Could not be seen", [(one, []) for one in gate.unseen])
    if gate.unchanged:
        yield from ("", "<details><summary>Without a change</summary>", "")
        yield from _rows(told.HEADS, [told.cells(one) for one in gate.unchanged])
        yield from ("", "</details>")
    for title, cases in told.names(gate):
        yield from ("", f"{title}: {', '.join(f'`{case}`' for case in cases)}.")


def _run(side: str, one: Identity) -> str:
    cells = (side, one.run_id, one.source, one.machine, one.compiler, str(one.blocks))
    return f"| {' | '.join(map(_cell, cells))} |"


def _table(title: str, rows: Sequence[tuple[Change, list[Change]]]) -> Iterator[str]:
    if rows:
        yield from ("", f"### {title}", "")
        yield from _rows(told.HEADS, [told.cells(one) for row, behind in rows for one in (row, *behind)])


def _rows(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for case, *rest in rows:
        yield f"| {' | '.join([f'`{case}`', *map(_cell, rest)])} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
