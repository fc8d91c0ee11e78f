"""What an archive knows of one of its runs: entry.json beside the run, made from its samples alone, from which all pages
are made. A page of many runs is made without reading their samples again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...compare import identity
from ...errors import HandoffError, describe
from ...run import shapes, strict_json
from ...run.run_folder import ENVIRONMENT_NAME
from ...statistics import states
from .. import ending, summary, verdict_words
from .checking import Checked

Json = dict[str, Any]

FILE_NAME = "entry.json"
SCHEMA = 1
MOST_NAMED = 4  # of those that are best
DIGITS = 6  # of a figure

# Runs that differ in one of these were not measured in the same way.
MEASURED_BY = ("method", "window_ms", "ramp_ms", "brief_ms", "placement", "redis")


def build(found: Checked) -> Json:
    told = identity.of_run(found.run)
    environment, summed = found.run.environment, found.summary
    result: Json = {
        "schema": SCHEMA,
        "id": found.id,
        "data_sha256": found.data_sha256,
        "environment_sha256": found.environment_sha256,
        "method": summed["method"],
        "profile": str(environment.get("profile", "")),
        "started": told.started,
        "finished": str(environment["finished"]),
        "machine": told.machine,
        "compiler": told.compiler,
        "commit": told.commit,
        "dirty": told.dirty,
        "version": str(environment.get("build", {}).get("version") or ""),
        "blocks": told.blocks,
        "trials": summed["counts"]["trials"],
        "citable": summed["citable"],
        "stamps": summed["stamps"],
        "controls": [{key: one[key] for key in ("name", "outcome")} for one in summed["controls"]],
        "measured_by": {key: environment.get(key) for key in MEASURED_BY},
        "headlines": [_headline(row, summed) for row in summed["decisions"] if row["group"]],
        "cases": [one for row in summed["cases"] for one in _case(row)],
    }
    cleaned: Json = summary.clean(result)
    return cleaned


def _headline(row: Json, summed: Json) -> Json:
    """A row of the decision table: the words are the report's."""
    return {
        "title": row["title"],
        "group": row["group"],
        "queue": row["queue"] or "",
        "measured": row["measured"],
        "resolved": row["resolved"],
        "best": row["best"] if row["resolved"] else [],
        "words": verdict_words.in_brief(row, MOST_NAMED),
        "figure": ending.figure_of_best(row, summed) if row["resolved"] else "",
    }


def _case(row: Json) -> list[Json]:
    """In the regime of most of its samples. Nothing of controls, of second labels, of what is withheld or not known."""
    if row["control"] or row["withheld"] or not row["figure"] or row["label"] != row["implementation"]:
        return []
    state = states.state_of(row, states.main_regime([row]))
    if row["workload"] == "core_to_core" or state is None or not state["known"]:
        return []
    return [
        {
            "case": row["case"],
            "implementation": row["implementation"],
            "unit": row["unit"],
            "regime": state["regime"],
            "n": state["n"],
            **_interval(state),
            "multiple": _interval(state["multiple"]) if state["multiple"] else None,
        }
    ]


def _interval(of: Json) -> Json:
    return {name: _short(of[name]) for name in ("median", "low", "high")}


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


_NUMBER = shapes.nullable(shapes.number(-1e18, 1e18))
_INTERVAL = {name: _NUMBER for name in ("median", "low", "high")}
_COUNT = shapes.whole(0, 2**53)
_HEADLINE = shapes.fields(
    {
        **{name: shapes.text for name in ("title", "group", "queue", "words", "figure")},
        "measured": _COUNT,
        "resolved": shapes.flag,
        "best": shapes.list_of(shapes.text),
    },
    {},
)
_CASE = shapes.fields(
    {
        **{name: shapes.text for name in ("case", "implementation", "unit", "regime")},
        **_INTERVAL,
        "multiple": shapes.nullable(shapes.fields(_INTERVAL, {})),
        "n": _COUNT,
    },
    {},
)
_TEXTS = "id data_sha256 environment_sha256 profile started finished machine compiler commit version".split()
ENTRY = shapes.fields(
    {
        "schema": shapes.one_of((SCHEMA,)),
        **{name: shapes.text for name in _TEXTS},
        "method": _COUNT,
        "dirty": shapes.flag,
        "citable": shapes.flag,
        "blocks": _COUNT,
        "trials": _COUNT,
        "stamps": shapes.list_of(shapes.text),
        "controls": shapes.list_of(shapes.fields({"name": shapes.text, "outcome": shapes.text}, {})),
        "measured_by": shapes.map_of(shapes.anything),
        "headlines": shapes.list_of(_HEADLINE),
        "cases": shapes.list_of(_CASE),
    },
    {},
)


def text(entry: Json) -> str:
    return json.dumps(entry, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def read(run_dir: Path) -> Json:
    """That of a run of the archive, whose folder has its name."""
    path = run_dir / FILE_NAME
    try:
        found = strict_json.loads(path.read_bytes())
        ENTRY(found, "")
        if found["id"] != run_dir.name:
            raise ValueError(f"it is of run {strict_json.quoted(found['id'])}")
    except OSError as error:
        raise HandoffError(f"cannot read {describe(error)}; archive.py refresh makes it again") from error
    except ValueError as error:
        raise HandoffError(f"{path}: {error}; archive.py refresh makes it again") from error
    entry: Json = found
    return entry


def differs(run_dir: Path, found: Checked) -> str:
    """In what the run is not the one that joined; empty: in nothing."""
    joined = read(run_dir)
    for what, now in (("data", found.data_sha256), ("environment", found.environment_sha256)):
        if joined[f"{what}_sha256"] != now:
            name = ENVIRONMENT_NAME if what == "environment" else "what was measured"
            return f"{name} is not that of the run that joined"
    return ""
