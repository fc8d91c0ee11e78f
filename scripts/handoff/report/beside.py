"""What a comparison with a peer's own benchmark says on the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..run.peers.folder import Measured
from ..statistics import measures
from ..statistics.beside import Beside, Comparison
from ..statistics.outcomes import RegimeRatio, Verdict


def lines(measured: Measured, compared: Comparison) -> Iterator[str]:
    suite = measured.suite
    yield (
        f"The benchmark of {suite.name} beside ours, on CPUs {', '.join(map(str, measured.header['cpus']))}, "
        f"{_count(measured.blocks, 'block')}."
    )
    yield f"Made true: {compared.corrected}."
    if compared.withheld:
        yield f"Left out: {compared.withheld}."
    yield "Regimes of the yardstick: " + "; ".join(
        f"{one.name}, {one.median_ns:.0f} ns, {_count(one.samples, 'trial')}" for one in compared.regimes
    ) + (f"; {compared.set_aside} set aside, the machine moved in them." if compared.set_aside else ".")
    if compared.failed:
        yield f"{_count(len(compared.failed), 'trial')} without a figure, the first: {compared.failed[0]}"
    yield "Ratios are what an operation costs there over what it costs here, with an interval of 95%."
    for one in compared.found:
        yield ""
        yield from _entry(suite.summary, one)
    yield ""
    yield "What all of them differ in:"
    yield from (f"  {one}" for one in suite.differs)


def _entry(summary: str, one: Beside) -> Iterator[str]:
    bound = "at least " if one.at_least else ""
    yield f"{one.counterpart.row}  beside  {one.counterpart.case}"
    yield f"  {_told(one.verdict, bound)}"
    for place in one.verdict.regimes:
        theirs, ours = (measures.text(ns, "ns") for ns in one.medians[place.regime])
        yield (
            f"    in regime {place.regime}: {bound}{_ratio(place)}, {_count(place.trials, 'block')}; "
            f"theirs {bound}{theirs}, ours {ours}"
        )
    if one.summarised is not None:
        yield f"  ours taken as theirs ({summary}): {_told(one.summarised, bound)}"
    yield f"  it printed {one.printed} first, which is {bound}{measures.text(one.ns, 'ns')}"
    yield from (f"  {differs}" for differs in one.counterpart.differs)


def _told(verdict: Verdict, bound: str) -> str:
    if not verdict.regimes:
        return "no regime saw both"
    outcome = verdict.word if not bound or verdict.ratio > 1 else "not known, as it is a bound"
    return f"{bound}{_ratio(verdict)}: {outcome}"


def _ratio(told: Verdict | RegimeRatio) -> str:
    if not math.isfinite(told.high) or told.high > measures.NO_DIFFERENCE * told.ratio:
        return f"{_times(told.ratio)} [too few blocks for an interval]"
    return f"{_times(told.ratio)} [{_times(told.low)} – {_times(told.high)}]"


def _times(ratio: float) -> str:
    return measures.times(ratio) if ratio >= 0.1 else f"{ratio:.2g}×"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
