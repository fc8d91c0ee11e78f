"""Each two implementations of each setting against each other, packed for the page, which unpacks and shows them.

A pair is a run of characters: the verdict, the logarithm of the ratio of costs, how far its interval reaches to each
side, and the trials; then for each regime the ratio, the reach, the trials, and what it shows by itself. The pairs of a
setting stand in columns, the first character of all, then the second of all: what is alike stands together, and gzip
makes half of it.
"""

from __future__ import annotations

import math
from typing import Any

from ..statistics import verdicts
from ..statistics.outcomes import ALIKE, Outcome, Verdict
from ..statistics.pairs import Group
from ..statistics.verdicts import BEST
from ..run.sampling import COLUMNS, USUAL_COLUMN
from .evidence import Evidence

Json = dict[str, Any]

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
WORDS = [*(one.value for one in Outcome), ALIKE]
STEP = 1e-4  # of logarithms: finer than what is shown
MIDDLE = 64**3 // 2  # of three characters, for what may be below nought


def build(evidence: Evidence, summary: Json) -> Json:
    """By setting, in the order of the summary's groups. Nothing is decided here: the verdicts are those of the family
    of all pairs, and against the best one those of the family of the best."""
    told = [one for one in summary["groups"] if len(one["members"]) > 1]
    names = sorted({member["implementation"] for one in told for member in one["members"]})
    return {"words": WORDS, "names": names, "settings": [_setting(one, evidence, names) for one in told]}


def _setting(group: Json, evidence: Evidence, names: list[str]) -> Json:
    column = COLUMNS["memory"] if group["unit"] == "B" else USUAL_COLUMN
    of = evidence.compared(group["id"], column)
    ranked = {member["implementation"]: member for member in group["members"]}
    said = verdicts.all_pairs(of)
    members = [name for name in of.names if name in ranked]
    pairs = []
    for at, one in enumerate(members):
        for other in members[at + 1 :]:
            i, j = of.names.index(one), of.names.index(other)
            pairs.append(_packed(_verdict(of, i, j, said[i, j], ranked), of.regimes))
    return {
        "group": group["id"],
        "figure": group["figure"],
        "crowded": group["oversubscribed"],
        "members": [names.index(name) for name in members],
        "regimes": list(of.regimes),
        "pairs": "".join(map("".join, zip(*pairs))),
    }


def _verdict(of: Group, i: int, j: int, outcome: Outcome, ranked: dict[str, Json]) -> tuple[str, Verdict]:
    """The word, and the numbers. Where one of the two is the best of the setting, it is the word that each view has."""
    told = verdicts.verdict(of, i, j, outcome=outcome)
    if ranked[of.names[j]]["outcome"] == BEST:
        return ranked[of.names[i]]["outcome"], told
    if ranked[of.names[i]]["outcome"] == BEST:
        return _turned(ranked[of.names[j]]["outcome"]), told
    return told.word, told


def _turned(word: str) -> str:
    return word if word == ALIKE else Outcome(word).turned.value


def _packed(told: tuple[str, Verdict], regimes: tuple[str, ...]) -> str:
    word, of = told
    by_name = {one.regime: one for one in of.regimes}
    text = _number(WORDS.index(word), 1) + _ratio(of.ratio, of.high) + _number(of.trials, 2)
    for regime in regimes:
        one = by_name.get(regime)
        if one is None:
            text += _ratio(math.nan, math.nan) + _number(0, 2) + _number(0, 1)
        else:
            shows = WORDS.index(one.shows.value)
            text += _ratio(one.ratio, one.high) + _number(one.trials, 2) + _number(shows, 1)
    return text


def _ratio(ratio: float, high: float) -> str:
    """Nothing where it is not known; an interval without an end reaches as far as can be told."""
    if not (math.isfinite(ratio) and ratio > 0):
        return _number(0, 3) + _number(0, 3)
    middle = round(math.log(ratio) / STEP)
    reach = math.log(high / ratio) / STEP if math.isfinite(high) and high > 0 else math.inf
    most = 64**3 - 1
    return _number(min(max(middle + MIDDLE, 1), most), 3) + _number(
        int(min(round(min(reach, most)), most)), 3
    )


def _number(value: int, places: int) -> str:
    value = min(value, 64**places - 1)
    return "".join(DIGITS[value >> 6 * at & 63] for at in reversed(range(places)))
