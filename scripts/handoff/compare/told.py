"""What a gate says, for whatever shows it: the two runs, the answer in words, and the rows of each section."""

from __future__ import annotations

from dataclasses import dataclass

from ..run.results import Run
from ..statistics.pairs import MIN_TRIALS
from ..statistics.measures import at_least, percent, text
from . import identity
from .changes import REGRESSION, Change, effect_text
from .gate import Answer, Gate
from .identity import Difference, Identity

NO_SENSIBLE_FACTOR = 100.0
HEADS = ("case", "regime", "A", "B", "cost B/A", "95% interval", "n", "resolves", "outcome")


@dataclass(frozen=True)
class Told:
    a: Identity
    b: Identity
    across: list[Difference]  # in spite of which they were compared
    gate: Gate


def of_runs(a: Run, b: Run, across: list[Difference], gate: Gate) -> Told:
    return Told(identity.of_run(a), identity.of_run(b), across, gate)


def cells(change: Change) -> tuple[str, ...]:
    """One row of text for a table of HEADS."""
    return (
        change.case,
        change.regime,
        text(change.median_a, change.unit),
        text(change.median_b, change.unit),
        ratio(change.ratio),
        interval(change),
        f"{change.n_a}, {change.n_b}",
        at_least(change.resolvable),
        effect_text(change.effect, change.outcome.value),
    )


def interval(change: Change) -> str:
    return f"{ratio(change.low)} – {ratio(change.high)}"


def ratio(value: float) -> str:
    """To a thousandth where that may matter; what is known to nobody has no end."""
    return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 1000 else "∞"


def answer(gate: Gate) -> str:
    """The summary's first sentence."""
    found = gate.found
    worse = [
        *_some(len(found.regressions), "comparison is slower", "comparisons are slower"),
        *_some(_memory_regressions(gate), "figure of memory is larger", "figures of memory are larger"),
        *_some(len(found.newly_failing), "case fails that did not", "cases fail that did not"),
    ]
    past = f"past {percent(found.threshold)}"
    if gate.answer is Answer.REGRESSION:
        return f"REGRESSION: {', '.join(worse)} ({past})"
    if gate.answer is Answer.INCONCLUSIVE:
        return f"INCONCLUSIVE: no regression {past} is shown, but {_unseen(gate)}"
    return (
        f"PASS: no regression {past}, and one of {percent(gate.resolve)} would have shown in each comparison"
    )


def _some(count: int, one: str, many: str) -> list[str]:
    return [f"{count} {one if count == 1 else many}"] if count else []


def _memory_regressions(gate: Gate) -> int:
    return sum(one.effect == REGRESSION for one in gate.found.memory)


def _unseen(gate: Gate) -> str:
    found = gate.found
    told = []
    if gate.unseen:
        told.append(
            f"{len(gate.unseen)} of {len(found.deciding)} comparisons cannot tell "
            f"whether there is one of {percent(gate.resolve)}"
        )
    if found.not_compared:
        cases = "case has" if len(found.not_compared) == 1 else "cases have"
        told.append(f"{len(found.not_compared)} {cases} no regime in common")
    return " and ".join(told)


def remarks(gate: Gate) -> list[str]:
    """The rest of the summary, a sentence each."""
    found = gate.found
    cases = len({one.case for one in found.deciding})
    told = [
        f"{cases} cases compared: {len(found.regressions)} regressions, {len(found.improvements)} improvements, "
        f"{len(gate.unchanged)} without a change past {percent(found.threshold)}, {len(gate.unseen)} not seen"
    ]
    if gate.unseen:
        told.append(_wanted(gate))
    if found.memory_cases:
        told.append(
            f"{found.memory_cases} cases of memory compared, "
            + (f"{len(found.memory)} figures changed" if found.memory else "no figure changed")
        )
    told.append(
        "measured interleaved in one campaign: n counts pairs of trials of the same block and regime"
        if found.paired
        else "measured apart: a change must show in the cost and in the cost as a multiple of the yardstick"
    )
    return told


def _wanted(gate: Gate) -> str:
    """What it would take to see more."""
    times, few = gate.times_as_many_blocks, gate.too_few
    told = [f"{few} of those not seen have too few trials, {MIN_TRIALS} of each side at least"] if few else []
    if times is not None:
        share = "half of the others" if few else "half of those not seen"
        told.append(
            f"about {times:.1f} times as many blocks would do for {share}"
            if times < NO_SENSIBLE_FACTOR
            else f"no sensible number of blocks would do for {share}"
        )
    return "; ".join(told)


def names(gate: Gate) -> list[tuple[str, list[str]]]:
    """Cases that have no row: what they are, and which."""
    found = gate.found
    lists = (
        ("failed in B and not in A", found.newly_failing),
        ("no regime in common, so not compared", found.not_compared),
        ("only in A", found.only_a),
        ("only in B", found.only_b),
    )
    return [(what, cases) for what, cases in lists if cases]


def with_regimes(gate: Gate, chosen: list[Change]) -> list[tuple[Change, list[Change]]]:
    """Each with what is behind it, regime by regime."""
    behind: dict[str, list[Change]] = {}
    for change in gate.found.changes:
        if not change.decides:
            behind.setdefault(change.case, []).append(change)
    return [(change, behind.get(change.case, [])) for change in chosen]
