"""What is known of how far the numbers hold: campaigns over one binary, held against one another.

Each function takes runs and gives a table: heads and rows of text, and whether it came out as it must.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..run import cases
from ..run.results import Run
from ..statistics import controls, known_pairs, verdicts
from ..statistics.outcomes import Outcome
from ..statistics.pairs import of_rows
from ..statistics.prepared import prepare
from . import compare

REGRESSION_PAST = compare.THRESHOLD
AGREEMENT = 0.95  # of the orders of two campaigns
COST_LIMITS = (0.95, 1.05)  # harness over the loop by hand
PACKAGED = 6  # at least this many packaged queues

Json = dict[str, Any]

_SIGNS = {Outcome.FASTER: -1, Outcome.SLOWER: 1}


@dataclass(frozen=True)
class ValidationTable:
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    passed: bool
    conclusion: str


def _usable(run: Run) -> pd.DataFrame:
    return prepare(run.complete_samples()).usable


# ---- one binary, many campaigns --------------------------------------------------------------------------


def same_twice(runs: Sequence[Run]) -> ValidationTable:
    """A/A within each campaign, and each campaign against the one before it, in which nothing changed."""
    pairs = [pair for run in runs for pair in known_pairs.same_twice(_usable(run))]
    wrong = sum(pair.outcome in _SIGNS for pair in pairs)
    successive = [compare.compare(a, b, REGRESSION_PAST) for a, b in zip(runs, runs[1:])]
    changed = [sum(bool(change.effect) for change in one.changes) for one in successive]
    compared = sum(len(one.changes) for one in successive)
    widest = max((abs(np.log(pair.ratio)) for pair in pairs), default=np.nan)
    rows = [
        (
            "one queue under two labels, within a campaign",
            f"{len(pairs)}",
            _counted(pair.outcome.value for pair in pairs),
            f"{wrong}",
            f"ratios within {100 * np.expm1(widest):.1f}% of 1",
        ),
        (
            "each campaign against the one before it, `compare.py`",
            f"{len(successive)}",
            f"{compared} cases and regimes compared",
            f"{sum(bool(n) for n in changed)}",
            f"{sum(changed)} changes past {100 * REGRESSION_PAST:g}% claimed in all",
        ),
    ]
    heads = ("what is alike", "comparisons", "verdicts", "declared different", "")
    passed = len(pairs) == len(runs) and wrong <= len(runs) / 20 and sum(map(bool, changed)) <= len(runs) / 20
    return ValidationTable(
        heads, rows, passed, "At most one campaign in 20 may declare a difference that is not there."
    )


def power(runs: Sequence[Run]) -> ValidationTable:
    """Whether the differences that were put in are found."""
    five = [pair for run in runs if (pair := known_pairs.against_paced(_usable(run), "slowed")) is not None]
    two = [pair for run in runs if (pair := known_pairs.against_paced(_usable(run), "slight")) is not None]
    found = sum(pair.outcome is Outcome.SLOWER for pair in five)
    missed = [pair for pair in two if pair.misses(known_pairs.SLIGHT)]
    rows = [_power_row("+5%", five), _power_row("+2%", two)]
    heads = (
        "put in",
        "campaigns",
        "interval above 1",
        "verdicts",
        "ratio: median, all",
        "resolves: median, all",
    )
    passed = len(five) == len(two) == len(runs) and found >= 0.9 * len(runs) and not missed
    return ValidationTable(
        heads,
        rows,
        passed,
        "+5% must be found in 18 of 20; +2% found, or less than the campaign says it resolves.",
    )


def _power_row(put_in: str, pairs: Sequence[known_pairs.KnownPair]) -> tuple[str, ...]:
    return (
        put_in,
        f"{len(pairs)}",
        f"{sum(pair.low > 1.0 for pair in pairs)}",
        _counted(pair.outcome.value for pair in pairs),
        _range(pair.ratio for pair in pairs),
        _percents(pair.resolvable for pair in pairs),
    )


def _counted(outcomes: Any) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(Counter(outcomes).items()))


def _range(values: Any) -> str:
    known = np.array(list(values), dtype=float)
    return f"{np.median(known):.3f}, {known.min():.3f} – {known.max():.3f}" if known.size else "–"


def _percents(values: Any) -> str:
    known = 100 * np.array(list(values), dtype=float)
    return f"{np.median(known):.1f}%, {known.min():.1f} – {known.max():.1f}%" if known.size else "–"


# ---- two campaigns ---------------------------------------------------------------------------------------


def repeatability(a: Run, b: Run) -> ValidationTable:
    """Every pair of implementations in every group that both campaigns measured."""
    signs_a, signs_b = _signs(a), _signs(b)
    common = sorted(set(signs_a) & set(signs_b))
    totals: dict[str, list[tuple[int, int]]] = {}
    opposite: list[str] = []
    for name in common:
        pairs = [
            (signs_a[name][pair], signs_b[name][pair]) for pair in signs_a[name].keys() & signs_b[name].keys()
        ]
        totals.setdefault(name.split("/")[0], []).extend(pairs)
        opposite += [name for one, other in pairs if one * other < 0]
    rows = [
        (
            workload,
            f"{sum(name.startswith(workload + '/') for name in common)}",
            f"{len(pairs)}",
            f"{sum(x != 0 and x == y for x, y in pairs)}",
            f"{sum(x == 0 and y == 0 for x, y in pairs)}",
            f"{sum((x == 0) != (y == 0) for x, y in pairs)}",
            f"{sum(x * y < 0 for x, y in pairs)}",
            _text_of(agreement(pairs)),
        )
        for workload, pairs in sorted(totals.items())
    ]
    heads = (
        "workload",
        "groups",
        "pairs",
        "different in both, alike",
        "not told apart in both",
        "told apart in one",
        "opposite",
        "τ-b of the signs",
    )
    tau = agreement(totals.get("ping_pong", []))
    passed = not opposite and tau >= AGREEMENT
    told = f"No pair may be opposite, and ping-pong's τ-b must reach {AGREEMENT:g}; it is {_text_of(tau)}."
    return ValidationTable(heads, rows, passed, told)


def _signs(run: Run) -> dict[str, dict[tuple[str, str], int]]:
    """For each group each pair of names in order: -1 if the first is cheaper, +1 if dearer, 0 if not told apart."""
    known = controls.names(run.environment.get("catalog", {}))
    rows = _usable(run)
    rows = rows[~rows["implementation"].isin(known) & (rows["label"] == rows["implementation"])]
    found: dict[str, dict[tuple[str, str], int]] = {}
    for name, members in rows.dropna(subset=["log_cost"]).groupby("group"):
        group = of_rows(members)
        if len(group.names) < 2:
            continue
        said = verdicts.all_pairs(group)
        found[str(name)] = {
            (group.names[i], group.names[j]): _SIGNS.get(said[i, j], 0)
            for i, j in combinations(range(len(group.names)), 2)
        }
    return found


def agreement(signs_of: Sequence[tuple[int, int]]) -> float:
    """Daniels' general correlation of two sets of signs (Biometrika 33, 1944): Kendall's τ-b, with the
    verdict "not told apart" as the tie."""
    signs = np.array(signs_of, dtype=float).reshape(-1, 2)
    norm = np.sqrt((signs[:, 0] ** 2).sum() * (signs[:, 1] ** 2).sum())
    return float((signs[:, 0] * signs[:, 1]).sum() / norm) if norm else float("nan")


def _text_of(tau: float) -> str:
    return f"{tau:.3f}" if np.isfinite(tau) else "–"


# ---- against loops by hand -------------------------------------------------------------------------------


def against_others(record: Json, packaged: set[str]) -> ValidationTable:
    """The ping-pong of packaged queues, by the harness over by hand, in each regime of the machine."""
    rows: list[tuple[str, ...]] = []
    inside: set[str] = set()
    for one in record["cases"]:
        case = cases.parse(one["case"])
        if case.keys.get("of") != "ping_pong" or case.implementation not in packaged:
            continue
        found = one.get("regimes", [])
        if found and all(COST_LIMITS[0] <= place["ratio"] <= COST_LIMITS[1] for place in found):
            inside.add(f"{case.implementation}, {case.keys['wait']}")
        rows += [
            (
                f"`{case.implementation}`",
                case.keys["wait"],
                f"{place['yardstick_ns']:.0f} ns",
                f"{place['processes']}",
                f"{place['ratio']:.3f}",
                f"{place['ratio_low']:.3f} – {place['ratio_high']:.3f}",
                f"{place['own_wait']:.3f}, {place['own_wait_otherwise']:.3f}",
            )
            for place in found
        ]
    heads = (
        "queue",
        "wait",
        "yardstick",
        "processes",
        "harness / by hand",
        "95% interval",
        "loops that wait otherwise",
    )
    waits = {wait: sum(text.endswith(f", {wait}") for text in inside) for wait in ("pause", "spin")}
    passed = max(waits.values(), default=0) >= PACKAGED
    told = ", ".join(f"{count} queues with {wait}" for wait, count in waits.items())
    return ValidationTable(
        heads,
        rows,
        passed,
        f"Within {COST_LIMITS[0]:g} – {COST_LIMITS[1]:g} in every regime must be {PACKAGED}: {told}.",
    )
