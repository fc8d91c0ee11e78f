"""One implementation over the runs of an archive, machine by machine. Figures are shown as multiples of the yardstick
where they have one, because it travels better from day to day; whether a run is slower than the one before it is what
their comparison says, which is read here and not made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...compare import changes, told
from ...statistics import measures
from .. import page
from . import comparing

Json = dict[str, Any]

WIDTH, HEIGHT, EDGE = 640, 120, 10  # of a picture, in its own units
NOT_COMPARED = "not compared"


@dataclass(frozen=True)
class Point:
    """A run that has the case."""

    run: Json
    figure: Json  # of the entry's cases
    against: str  # what is said of it against the run before it; empty: it is the first
    outcome: str

    @property
    def shown(self) -> tuple[float, float, float] | None:
        """Value and interval of what is drawn."""
        of = self.figure["multiple"] or self.figure
        middle, low, high = of["median"], of["low"], of["high"]
        return (middle, low, high) if middle and low and high else None


@dataclass(frozen=True)
class Series:
    """A case on a machine, the oldest run first."""

    machine: str
    points: list[Point]

    @property
    def drawn(self) -> list[Json]:
        """Places within the picture."""
        values = [(at, one.shown) for at, one in enumerate(self.points) if one.shown]
        known = [value for _, shown in values for value in shown or ()]
        if len(values) < 2:
            return []
        least, most = math.log(min(known)), math.log(max(known))
        span = (most - least) or 1.0

        def down(value: float) -> float:
            return round(HEIGHT - EDGE - (math.log(value) - least) / span * (HEIGHT - 2 * EDGE), 1)

        step = (WIDTH - 2 * EDGE) / (len(self.points) - 1)
        return [
            {
                "x": round(EDGE + at * step, 1),
                "y": down(shown[0]),
                "low": down(shown[1]),
                "high": down(shown[2]),
            }
            | {"point": self.points[at]}
            for at, shown in values
            if shown
        ]


def names(entries: Iterable[Json]) -> list[str]:
    return sorted({case["implementation"] for one in entries for case in one["cases"]})


def render(name: str, entries: Sequence[Json], comparisons: Sequence[Json]) -> str:
    found = _series(name, entries, _said(comparisons))
    runs = {point.run["id"] for each in found.values() for one in each for point in one.points}
    template = page.environment().get_template("archive_history.html.j2")
    return template.render(name=name, cases=found, runs=len(runs), width=WIDTH, height=HEIGHT, figure=figure)


def figure(point: Point) -> str:
    told_figure = point.figure
    middle, low, high = (
        measures.text(told_figure[key], told_figure["unit"]) for key in ("median", "low", "high")
    )
    return f"{middle} ({low} – {high})"


Said = dict[tuple[str, str], dict[str, list[Json]]]


def _said(comparisons: Iterable[Json]) -> Said:
    """What decides of each case, by the two runs."""
    found: Said = {}
    for one in comparisons:
        if one["kind"] == comparing.CHANGES:
            by_case = found.setdefault((one["a"], one["b"]), {})
            for change in one["told"]["changes"]:
                if change["decides"]:
                    by_case.setdefault(change["case"], []).append(change)
    return found


def _series(name: str, entries: Sequence[Json], said: Said) -> dict[str, list[Series]]:
    """By case, those of most runs first."""
    rows: dict[str, dict[str, list[tuple[Json, Json]]]] = {}
    for run in entries:
        for case in run["cases"]:
            if case["implementation"] == name:
                rows.setdefault(case["case"], {}).setdefault(run["machine"], []).append((run, case))
    ordered = sorted(rows, key=lambda case: (-sum(map(len, rows[case].values())), case))
    return {
        case: [Series(machine, _points(case, found, said)) for machine, found in sorted(rows[case].items())]
        for case in ordered
    }


def _points(case: str, found: Sequence[tuple[Json, Json]], said: Said) -> list[Point]:
    points = []
    for at, (run, row) in enumerate(found):
        before = found[at - 1][0]["id"] if at else None
        verdicts = said.get((before, run["id"]), {}).get(case, []) if before else []
        text = "; ".join(map(_verdict, verdicts)) or (NOT_COMPARED if before else "")
        points.append(Point(run, row, text, verdicts[0]["outcome"] if verdicts else ""))
    return points


def _verdict(change: Json) -> str:
    """As compare.py has it."""
    word: str = changes.effect_text(change.get("effect") or "", change["outcome"])
    if None in (change["ratio"], change["low"], change["high"]):
        return word
    low, high = told.ratio(change["low"]), told.ratio(change["high"])
    return f"{word}: {told.ratio(change['ratio'])}× ({low} – {high})"
