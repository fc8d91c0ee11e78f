"""A comparison on the terminal: who was compared, the summary, then regressions, improvements and what could not be
seen. No line is longer than 100 columns."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from ..statistics.measures import at_least, text
from . import memory_changes, told
from .changes import POOLED, REGRESSION, Change
from .identity import Identity
from .told import Told

WIDTH = 100
MOST_LISTED = 20  # of what shows nothing; --all lists the rest

_ROW = "    {:<7} {:>8} {:>15}  {:>10}  {:<25} {}"


def lines(what: Told, everything: bool) -> Iterator[tuple[str, str]]:
    """Each line with the style that it has on a terminal."""
    yield from ((line, "") for line in _head(what))
    style = {"pass": "bold green", "regression": "bold red"}.get(what.gate.answer.value, "bold yellow")
    for line in _wrapped(told.answer(what.gate) + "."):
        yield line, style
    for remark in told.remarks(what.gate):
        yield from ((line, "") for line in _wrapped(f"{remark[0].upper()}{remark[1:]}."))
    yield from _sections(what, everything)
    for title, cases in told.names(what.gate):
        yield from (("", ""), (f"{title}:", "bold"))
        yield from ((line, "") for case in cases for line in folded(case, "  "))


def _head(what: Told) -> Iterator[str]:
    for side, one in (("A", what.a), ("B", what.b)):
        yield f"{side}  {one.run_id}"
        yield from _wrapped(_measured(one), "   ")
    if what.across:
        yield from _wrapped(f"ACROSS what is not the same: {'; '.join(map(str, what.across))}.")
    yield ""


def _measured(one: Identity) -> str:
    started = one.started.replace("T", " ").split("+")[0]
    return f"commit {one.source}, {one.machine}, {one.compiler}, {one.blocks} blocks from {started.rstrip('Z')} UTC"


def _sections(what: Told, everything: bool) -> Iterator[tuple[str, str]]:
    gate = what.gate
    yield from _section("Regressions", told.with_regimes(gate, gate.found.regressions), "red")
    yield from _memory(what, REGRESSION, "red")
    yield from _section("Improvements", told.with_regimes(gate, gate.found.improvements), "green")
    yield from _memory(what, "improvement", "green")
    shown = gate.unseen if everything else gate.unseen[:MOST_LISTED]
    yield from _section("Could not be seen", [(one, []) for one in shown], "yellow")
    if len(shown) < len(gate.unseen):
        yield f"  and {len(gate.unseen) - len(shown)} more; --all lists them", ""
    if everything:
        yield from _section("Without a change", [(one, []) for one in gate.unchanged], "")


def _section(
    title: str, rows: Sequence[tuple[Change, list[Change]]], style: str
) -> Iterator[tuple[str, str]]:
    if not rows:
        return
    yield from (("", ""), (f"{title}:", f"bold {style}".strip()))
    yield _ROW.format("regime", "cost B/A", "95% interval", "n", "resolves", "A → B").rstrip(), "dim"
    for change, behind in rows:
        yield from ((line, style) for line in folded(change.case, "  "))
        yield from ((_figures(one), "") for one in (change, *behind))


def _figures(change: Change) -> str:
    both = [text(value, change.unit) for value in (change.median_a, change.median_b)]
    return _ROW.format(
        change.regime,
        told.ratio(change.ratio),
        told.interval(change),
        f"{change.n_a}, {change.n_b}",
        at_least(change.resolvable),
        "" if change.regime == POOLED else " → ".join(both),
    ).rstrip()


def _memory(what: Told, effect: str, style: str) -> Iterator[tuple[str, str]]:
    rows = [one for one in what.gate.found.memory if one.effect == effect]
    if not rows:
        return
    yield from (("", ""), (f"Memory, {effect}s:", f"bold {style}"))
    for one in rows:
        case, figure, a, b, _ = memory_changes.cells(one)
        yield from ((line, style) for line in folded(case, "  "))
        yield f"    {figure}: {a} → {b}", ""


def folded(name: str, indent: str) -> list[str]:
    """A name on as many lines as it needs, broken after a slash."""
    rows = [indent]
    for part in re.findall(r"[^/]*/|[^/]+$", name):
        if len(rows[-1]) + len(part) > WIDTH and rows[-1].strip():
            rows.append(indent + "    ")
        rows[-1] += part
    return rows


def _wrapped(sentence: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        sentence, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
