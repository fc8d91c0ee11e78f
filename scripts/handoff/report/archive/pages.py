"""All pages of an archive, from its entries and comparisons: the index as a page and as data, and a page for each
implementation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .. import page
from . import comparing, history
from .folder import COMPARISONS, HISTORY, INDEX_DATA, INDEX_PAGE, RUNS, in_order

Json = dict[str, Any]

SCHEMA = 1
IN_DATA = tuple(
    "id machine started finished profile commit dirty version compiler method blocks trials citable stamps controls "
    "data_sha256 environment_sha256 headlines".split()
)


def all_of(entries: Sequence[Json], comparisons: Sequence[Json]) -> dict[str, str]:
    """Each text by its path within the archive."""
    entries = in_order(entries)
    comparisons = sorted(comparisons, key=lambda one: (one["a"], one["b"]))
    names = history.names(entries)
    pages = {f"{HISTORY}/{name}.html": history.render(name, entries, comparisons) for name in names}
    pages[INDEX_DATA] = _data(entries, comparisons)
    pages[INDEX_PAGE] = _index(entries, comparisons, names)
    return pages


def _data(entries: Sequence[Json], comparisons: Sequence[Json]) -> str:
    """For a program. What a run has of each case stands in its own entry."""
    told = {
        "schema": SCHEMA,
        "runs": [
            {
                **{key: one[key] for key in IN_DATA},
                "report": f"{_run(one)}report.html",
                "entry": f"{_run(one)}entry.json",
            }
            for one in entries
        ],
        "comparisons": [
            {**{key: one[key] for key in ("kind", "a", "b", "said")}, "page": _page(one)}
            for one in comparisons
        ],
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _run(entry: Json) -> str:
    return f"{RUNS}/{entry['id']}/"


def _page(comparison: Json) -> str:
    folder = comparing.folder_name(comparison["a"], comparison["b"])
    return f"{COMPARISONS}/{folder}/{comparing.PAGES[comparison['kind']]}"


def _index(entries: Sequence[Json], comparisons: Sequence[Json], names: Sequence[str]) -> str:
    newest = list(reversed(entries))
    machines = list(dict.fromkeys(one["machine"] for one in newest))
    titles = _titles(entries)
    shown = [{**one, "page": _page(one)} for one in comparisons]
    return (
        page.environment()
        .get_template("archive.html.j2")
        .render(
            runs=newest,
            machines=machines,
            profiles=sorted({one["profile"] for one in entries}),
            marked=[one["id"] for one in entries if not one["citable"]],
            situations=[(title, _by_machine(title, newest, machines)) for title in titles],
            first=titles[0] if titles else "",
            headline=_headline,
            comparisons=sorted(shown, key=lambda one: (one["b"], one["a"]), reverse=True),
            names=names,
            data=page.packed(
                {
                    "titles": titles,
                    "runs": [one["id"] for one in newest],
                    "headlines": [[_words(one, title) for title in titles] for one in newest],
                    "comparisons": {
                        comparing.folder_name(one["a"], one["b"]): [one["page"], one["said"]] for one in shown
                    },
                }
            ),
        )
    )


def _titles(entries: Sequence[Json]) -> list[str]:
    """In the order of the report's table; a title of an earlier version comes behind them."""
    return list(dict.fromkeys(row["title"] for one in reversed(entries) for row in one["headlines"]))


def _headline(entry: Json, title: str) -> Json | None:
    return next((row for row in entry["headlines"] if row["title"] == title), None)


def _words(entry: Json, title: str) -> list[str] | None:
    row = _headline(entry, title)
    return [row["words"], row["figure"]] if row else None


def _by_machine(title: str, newest: Sequence[Json], machines: Sequence[str]) -> list[tuple[Json, Json]]:
    """Of each machine the run that says most of it: one that may be cited, of most candidates, the newest."""
    found = []
    for machine in machines:
        rows = [(one, row) for one in newest if one["machine"] == machine and (row := _headline(one, title))]
        if rows:
            found.append(max(rows, key=lambda pair: (pair[0]["citable"], pair[1]["measured"])))
    return found
