"""How a verdict is told: the same words in the page, in its short form, and across machines."""

from __future__ import annotations

from typing import Any

from ..statistics import measures
from ..statistics.outcomes import ALIKE, Outcome
from ..statistics.verdicts import BEST

Json = dict[str, Any]  # a member of a group in the summary, or an entry of a decision's lists


def detail(member: Json, regime: str | None = None) -> str:
    """The ratio to the best, in this regime if it is told for each; and what it takes where the outcome is not known."""
    if member["outcome"] == BEST:
        return ""
    own = next((one for one in member["by_regime"] if one["regime"] == regime), None)
    told = ratio(own or member)
    return f"{told}; {wanted(member)}" if member["outcome"] == Outcome.NOT_KNOWN.value else told


def ratio(told: Json) -> str:
    """1.31× (1.26× – 1.34×)"""
    if told["ratio"] is None:
        return "no regime in common"
    return f"{measures.times(told['ratio'])} ({measures.times(told['low'])} – {measures.times(told['high'])})"


def wanted(told: Json) -> str:
    """What it would take to know."""
    more = told["more_blocks"]
    if more is None:
        return "no sensible number of blocks would tell"
    return f"about {more} more block{'s' if more != 1 else ''} would tell"


def not_known(row: Json) -> str:
    """Those of a decision that may be as good as the best or better."""
    return ", ".join(f"{one['implementation']} ({ratio(one)}; {wanted(one)})" for one in row["not_known"])


def alike(row: Json, at_most: int | None = None) -> str:
    """Those that are equivalent to the best one of a decision within the wider bound; empty: none."""
    if not row["alike"]:
        return ""
    names = row["alike"][:at_most]
    more = len(row["alike"]) - len(names)
    return f"{ALIKE}: {', '.join(names)}" + (f" and {more} more" if more else "")


def instead_of_best(row: Json) -> str:
    """Why a decision names no best one; empty where it does."""
    if row["resolved"]:
        return ""
    return "not known: no difference is shown between them, and none to be equivalent"


def in_brief(row: Json, most_named: int, quote: str = "") -> str:
    """What a decision says, in one cell: the best ones, and how many others are near."""
    if not row["group"]:
        return "not measured"
    if not row["resolved"]:
        return "not known"
    names = [f"{quote}{name}{quote}" for name in row["best"][:most_named]]
    more = len(row["best"]) - len(names)
    alike_too = f"; {len(row['alike'])} within ±10%" if row["alike"] else ""
    open_still = f"; {len(row['not_known'])} not told apart" if row["not_known"] else ""
    return ", ".join(names) + (f" and {more} more" if more else "") + alike_too + open_still
