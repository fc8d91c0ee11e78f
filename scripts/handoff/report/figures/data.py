"""Reading the summary the way figures need it: rows of one regime, groups, plain orders of keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ...statistics import states
from ...statistics.outcomes import Outcome
from ...statistics.verdicts import BEST

Json = dict[str, Any]


def rows_of(summary: Json, workload: str, **keys: str) -> list[Json]:
    """Cases with at least one usable sample. Controls are left out: they are not what is compared."""
    return [
        row
        for row in summary["cases"]
        if row["workload"] == workload
        and not row["control"]
        and row["label"] == row["implementation"]
        and row["regimes"]
        and all(row["keys"].get(key) == value for key, value in keys.items())
    ]


def main_regime(summary: Json, rows: Iterable[Json]) -> str:
    return states.main_regime(rows)


def state_of(row: Json, regime: str) -> Json | None:
    return states.state_of(row, regime)


def yardstick(summary: Json, regime: str) -> float | None:
    return next((float(r["median_ns"]) for r in summary["regimes"] if r["name"] == regime), None)


def regime_text(summary: Json, regime: str) -> str:
    median = yardstick(summary, regime)
    others = len(summary["regimes"]) - 1
    if median is None:
        return f"regime: {regime}"
    more = f", {others} other{'s' if others > 1 else ''} in the report" if others > 0 else ""
    return f"regime {regime}: yardstick {median:.0f} ns{more}"


def n_text(counted: Iterable[Json]) -> str:
    counts = [state["n"] for state in counted]
    if not counts:
        return "n = 0"
    low, high = min(counts), max(counts)
    return f"n = {low}" if low == high else f"n = {low}–{high}"


def commonest(rows: list[Json], *keys: str) -> dict[str, str]:
    """The combination of values of these keys that most cases have."""
    counts = Counter(tuple(row["keys"].get(key, "") for key in keys) for row in rows)
    if not counts:
        return {}
    best = max(sorted(counts), key=lambda combination: counts[combination])
    return dict(zip(keys, best))


def wait_order(summary: Json) -> Callable[[str], tuple[int, str]]:
    """A sort key: the ways to wait as the run's catalog lists them."""
    waits = summary["environment"].get("catalog", {}).get("waits", [])
    return lambda wait: (waits.index(wait) if wait in waits else len(waits), wait)


def group_of(summary: Json, group_id: str) -> Json | None:
    return next((group for group in summary["groups"] if group["id"] == group_id), None)


def members_of(group: Json | None) -> dict[str, Json]:
    """Each implementation of the group with its verdict against the best."""
    return {member["implementation"]: member for member in (group or {}).get("members", [])}


def leads(summary: Json, row: Json) -> bool:
    """Whether it is the best of its group or equivalent to it."""
    own = members_of(group_of(summary, row["group"])).get(row["implementation"])
    return own is not None and own["outcome"] in (BEST, Outcome.EQUIVALENT.value)


def best_group(
    summary: Json, workload: str, prefer: Iterable[tuple[str, str | tuple[str, ...]]]
) -> Json | None:
    """The group of a workload that has most of the preferred keys, where equal the one with most members. Of several
    values of a key the first is preferred."""
    wanted = list(prefer)
    groups: list[Json] = [group for group in summary["groups"] if group["workload"] == workload]

    def merit(group: Json) -> tuple[int, list[int], int]:
        places = [_place(group["keys"].get(key), value) for key, value in wanted]
        found = [place for place in places if place is not None]
        return len(found), [-place for place in found], len(group["members"])

    return max(groups, key=merit) if groups else None


def _place(value: str | None, wanted: str | tuple[str, ...]) -> int | None:
    choices = (wanted,) if isinstance(wanted, str) else wanted
    return choices.index(value) if value in choices else None
