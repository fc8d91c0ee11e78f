"""Two runs of an archive beside each other. What is said of them is what compare.py says of two runs of one machine, and
what a report of several machines says of two machines; a page shows it, and nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...compare import as_json, compare, gate, identity, memory_changes, told
from ...compare.changes import Change
from ...compare.told import Told
from ...errors import HandoffError, describe
from ...run import shapes, strict_json
from ...run.results import Run
from .. import page

Json = dict[str, Any]

FILE_NAME = "comparison.json"
SCHEMA = 1
# Of one machine, compiler and libraries, so that what changed is the source; or of two machines.
CHANGES, MACHINES = "changes", "machines"
PAGES = {CHANGES: "index.html", MACHINES: page.FILE_NAME}
MACHINES_SAID = "two machines: where their own verdicts agree"


def folder_name(a: str, b: str) -> str:
    """No run's name has an underscore."""
    return f"{a}_{b}"


def kind_of(a: Run, b: Run) -> str:
    return MACHINES if identity.differences(a, b) else CHANGES


def changes(a: Run, b: Run) -> Told:
    """What compare.py would say, with its own bounds."""
    across = identity.differences(a, b)
    found = compare.compare(a, b, compare.THRESHOLD)
    return told.of_runs(a, b, across, gate.judge(found, gate.RESOLVE))


def of_changes(what: Told) -> Json:
    return _comparison(CHANGES, what.a.run_id, what.b.run_id, told.answer(what.gate), as_json.of_told(what))


def of_machines(a: Run, b: Run) -> Json:
    ids = [identity.of_run(run).run_id for run in (a, b)]
    return _comparison(MACHINES, ids[0], ids[1], MACHINES_SAID, None)


def _comparison(kind: str, a: str, b: str, said: str, whole: Json | None) -> Json:
    return {"schema": SCHEMA, "kind": kind, "a": a, "b": b, "said": said, "told": whole}


def text(comparison: Json) -> str:
    return json.dumps(comparison, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


_COMPARISON = shapes.fields(
    {
        "schema": shapes.one_of((SCHEMA,)),
        "kind": shapes.one_of((CHANGES, MACHINES)),
        "a": shapes.text,
        "b": shapes.text,
        "said": shapes.text,
        "told": shapes.nullable(
            shapes.fields(
                {
                    "answer": shapes.text,
                    "changes": shapes.list_of(
                        shapes.fields(
                            {"case": shapes.text, "outcome": shapes.text, "decides": shapes.flag}
                            | {
                                name: shapes.nullable(shapes.number(0, 1e18))
                                for name in ("ratio", "low", "high")
                            },
                            {},
                        )
                    ),
                },
                {},
            )
        ),
    },
    {},
)


def read(folder: Path) -> Json:
    path = folder / FILE_NAME
    try:
        found: Json = strict_json.loads(path.read_bytes())
        _COMPARISON(found, "")
        if folder_name(found["a"], found["b"]) != folder.name:
            raise ValueError("it is of other runs than its folder")
    except OSError as error:
        raise HandoffError(f"cannot read {describe(error)}; archive.py refresh makes it again") from error
    except ValueError as error:
        raise HandoffError(f"{path}: {error}; archive.py refresh makes it again") from error
    return found


def neighbours(new: Json, others: Sequence[Json]) -> tuple[Json | None, Json | None]:
    """The runs right before and right after it that a change of code could be seen against. `others`: the oldest
    first."""
    alike = [one for one in others if _is_alike(one, new)]
    key = (new["started"], new["id"])
    before = [one for one in alike if (one["started"], one["id"]) < key]
    after = [one for one in alike if (one["started"], one["id"]) > key]
    return (before[-1] if before else None), (after[0] if after else None)


def _is_alike(one: Json, other: Json) -> bool:
    if any(one[key] != other[key] for key in ("machine", "compiler", "profile", "measured_by")):
        return False
    return bool({case["case"] for case in one["cases"]} & {case["case"] for case in other["cases"]})


def render(what: Told) -> str:
    """The page of two runs of one machine."""
    of = what.gate
    sections: list[tuple[str, list[tuple[Change, list[Change]]]]] = [
        ("Regressions", told.with_regimes(of, of.found.regressions)),
        ("Improvements", told.with_regimes(of, of.found.improvements)),
        ("Could not be seen", [(one, []) for one in of.unseen]),
        ("Without a change", [(one, []) for one in of.unchanged]),
    ]
    return (
        page.environment()
        .get_template("comparison.html.j2")
        .render(
            what=what,
            answer=told.answer(of),
            remarks=told.remarks(of),
            heads=told.HEADS,
            sections=[
                (title, [told.cells(one) for change, behind in rows for one in (change, *behind)])
                for title, rows in sections
            ],
            names=told.names(of),
            memory_heads=memory_changes.HEADS,
            memory=[memory_changes.cells(one) for one in of.found.memory],
        )
    )
