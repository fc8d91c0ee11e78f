"""The decision table: which implementations this run supports for the usual situations, and when it does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..campaign.rows import ROWS, Row
from ..run import kinds
from ..statistics import contests, verdicts
from ..statistics.outcomes import Outcome
from ..statistics.verdicts import Member, Standing
from . import turnover

Json = dict[str, Any]


@dataclass(frozen=True)
class _Evidence:
    """Cases that answer a row, as the summary tells them."""

    distance: tuple[int, ...]  # from what the row asks, to be compared with others
    cases: tuple[Json, ...]

    @property
    def is_crowded(self) -> bool:
        return any(case["oversubscribed"] for case in self.cases)


def table(cases: list[Json], usable: pd.DataFrame, catalog: Json) -> list[Json]:
    """`cases`: of the summary. Without the rows that nobody of the catalog can answer: what was built before there were
    locks has none."""
    listed = kinds.entries(catalog)
    asked = [row for row in ROWS if not listed or any(row.offers(entry) for entry in listed)]
    turns = turnover.find(cases, catalog)
    return [_row(row, _evidence(row, cases, listed), usable, turns) for row in asked]


def _evidence(row: Row, cases: Iterable[Json], entries: Iterable[Json]) -> list[_Evidence]:
    """The closest first."""
    able = {entry["name"] for entry in entries if not entry.get("control") and row.offers(entry)}
    by_group: dict[str, list[Json]] = {}
    for case in cases:
        if case["implementation"] in able and case["label"] == case["implementation"]:
            by_group.setdefault(case["group"], []).append(case)
    found = []
    for members in by_group.values():
        crowded = any(case["oversubscribed"] for case in members)
        # By the rule of the campaign (rows.contests), which raced the candidates there.
        far = row.distance(members[0]["workload"], members[0]["keys"], crowded)
        if far is not None:
            found.append(_Evidence(far, tuple(members)))
    return sorted(_by_queue(found) if row.of_waits else found, key=lambda one: one.distance)


def _by_queue(found: Iterable[_Evidence]) -> list[_Evidence]:
    """Whoever was measured with the most waits is closest."""
    own: dict[str, list[Json]] = {}
    for one in sorted(found, key=lambda one: one.distance):
        for case in one.cases:
            own.setdefault(case["implementation"], []).append(case)
    return [_Evidence((-len(cases),), tuple(cases)) for cases in own.values()]


def _row(row: Row, evidence: Iterable[_Evidence], usable: pd.DataFrame, turns: Json | None) -> Json:
    told: Json = {
        "title": row.title,
        "asks": row.asks,
        "promise": row.promise,
        "limit": f"{row.limit} {turnover.text(turns)}".strip() if row.turns_over else row.limit,
        "turns_over": turns if row.turns_over else None,
        "column": row.column,
        "of_waits": row.of_waits,
    }
    for one in evidence:
        names = [case["case"] for case in one.cases]
        found = verdicts.against_best(contests.group(usable, names, row.column, row.of_waits))
        # One entrant is no contest: of it alone nothing can be advised.
        if found is None or len(found.members) == 1:
            continue
        return {**told, **_where(one, row), "oversubscribed": one.is_crowded, **_answer(found, one, row)}
    nothing: Json = {
        "best": [],
        "alike": [],
        "slower": [],
        "by_regime": [],
        "not_known": [],
        "blocks": 0,
        "resolved": False,
        "members": [],
    }
    return {**told, "group": None, "queue": None, "measured": 0, "next": None, **nothing}


def _where(one: _Evidence, row: Row) -> Json:
    """The group, or of waits that of the first of them, and the queue that they were measured over."""
    first = one.cases[0]
    return {"group": first["group"], "queue": first["implementation"] if row.of_waits else None}


def _answer(found: Standing, of: _Evidence, row: Row) -> Json:
    """`best`: it and those that are equivalent to it; `alike`: those that are within ±10%; `resolved`: whether it is
    shown better than any other, or as good. Where it is not, there is no best one, and it is as little known as the
    others are."""
    by_name = {case["keys"]["wait"] if row.of_waits else case["implementation"]: case for case in of.cases}
    slower = found.named(Outcome.SLOWER)
    best = found.tied
    resolved = bool(slower or len(best) > 1 or found.alike)
    return {
        "best": best,
        "alike": found.alike,
        "slower": slower,
        "by_regime": found.named(Outcome.REGIME_DEPENDENT),
        "not_known": [_open(found, name) for name in found.named(Outcome.NOT_KNOWN)],
        "next": _open(found, slower[0]) if slower else None,
        "measured": len(found.members),
        "blocks": found.blocks,
        "resolved": resolved,
        "members": [_member(one, by_name[one.name]["case"]) for one in found.members],
    }


def _member(one: Member, case: str) -> Json:
    ratio = one.verdict.ratio if one.verdict else 1.0
    return {"implementation": one.name, "case": case, "outcome": one.outcome, "ratio": ratio}


def _open(found: Standing, name: str) -> Json:
    told = found.of(name).verdict
    assert told is not None  # the best one is in none of these lists
    return {
        "implementation": name,
        "ratio": told.ratio,
        "low": told.low,
        "high": told.high,
        "more_blocks": told.more_blocks,
    }
