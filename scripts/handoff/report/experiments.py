"""The experiments of the source material: the report's section on them, from a table and from the run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError, unknown
from ..proofs.mutations import sections
from ..statistics import measures, states

Json = dict[str, Any]

TABLE = Path(__file__).parent / "templates" / "experiments.toml"

# Places of the page, beside its figures, that an experiment may point to.
ANCHORS = (
    "downloads-numbers",
    "downloads-order",
    "downloads-ends",
    "downloads-stages",
    "downloads-strategies",
    "pitfalls",
)

# How many cases of each experiment are shown; the explorer has all.
SHOWN = 12


@dataclass(frozen=True)
class Experiment:
    name: str
    source: str
    here: str
    cases: tuple[re.Pattern[str], ...]
    figures: tuple[str, ...]
    see: tuple[str, ...]
    shows: str

    def has(self, case: str) -> bool:
        return any(pattern.fullmatch(case) for pattern in self.cases)


_LISTS = ("cases", "figures", "see")
_KEYS = tuple(key for key in Experiment.__dataclass_fields__ if key != "name")


def read(path: Path = TABLE) -> list[Experiment]:
    return [_experiment(name, entry) for name, entry in sections(path).items()]


def _experiment(name: str, entry: Mapping[str, Any]) -> Experiment:
    for key in entry.keys() - set(_KEYS):
        raise unknown(f"key of experiment '{name}'", key, _KEYS)
    for key in _KEYS:
        kind = list if key in _LISTS else str
        if not isinstance(entry.get(key), kind):
            raise HandoffError(
                f"experiment '{name}': '{key}' is {entry.get(key)!r}; valid: a {kind.__name__}"
            )
    try:
        patterns = tuple(re.compile(text) for text in entry["cases"])
    except re.error as error:
        raise HandoffError(f"experiment '{name}': 'cases' has no sound expression: {error}") from error
    texts = {key: " ".join(entry[key].split()) for key in ("source", "here", "shows")}
    return Experiment(name, cases=patterns, figures=tuple(entry["figures"]), see=tuple(entry["see"]), **texts)


def section(
    summary: Json, anchors: Mapping[str, str], table: Iterable[Experiment] | None = None
) -> list[Json]:
    """For each experiment what the run has of it. `anchors`: of the places that the page has, by name."""
    return [
        {
            "name": one.name,
            "source": one.source,
            "here": one.here,
            "shows": one.shows,
            "figures": one.figures,
            "see": [(name, anchors[name]) for name in one.see if name in anchors],
            "rows": (rows := _rows(summary, one))[:SHOWN],
            "more": max(0, len(rows) - SHOWN),
        }
        for one in (read() if table is None else table)
    ]


def any_measured(summary: Json) -> bool:
    return any(_rows(summary, one) for one in read())


def anchors(figures: Collection[str], downloads: Json, pitfalls: bool = False) -> dict[str, str]:
    """Where the page has something to show: by the name of a figure, a table or a section its element."""
    tables = {f"downloads-{name}" for name in downloads if downloads[name]}
    # Settings are what each strategy's table is divided by.
    if downloads["settings"]:
        tables.add("downloads-strategies")
    if pitfalls:
        tables.add("pitfalls")
    known = {name: f"figure-{name}" for name in figures}
    return known | {name: name for name in ANCHORS if name in tables}


def _rows(summary: Json, experiment: Experiment) -> list[Json]:
    rows = [row for row in summary["cases"] if row["regimes"] and experiment.has(row["case"])]
    found = []
    for row in sorted(rows, key=lambda one: (one["group"], one["implementation"])):
        state = states.state_of(row, states.main_regime([row]))
        if state is not None:
            values = [(name, figure_text(name, state["figures"].get(name))) for name in experiment.figures]
            found.append({"case": row, "state": state, "values": values})
    return found


_UNITS = (("bytes_per_second", "B/s"), ("_per_second", "1/s"), ("_ns", "ns"), ("_s", "s"), ("_bytes", "B"))


def figure_text(name: str, value: float | None) -> str:
    """A figure of the samples, whose name ends in its unit; a count or a ratio has none. A thread's figures
    end in its number."""
    plain = re.sub(r"_\d+$", "", name)
    unit = next((unit for ending, unit in _UNITS if plain.endswith(ending)), "")
    if value is not None and not unit and value == round(value):
        return f"{value:.0f}"
    return measures.text(value, unit)
