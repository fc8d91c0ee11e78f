"""docs/mutations.md: which fault is caught by what, from the records that the tests have left."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import HandoffError, MeasurementError
from .mutation_runs import SCHEMA
from .mutations import BY_CHANCE, CAUGHT, CHECKS, DEEP, ROOT, Mutation

Json = dict[str, Any]

PAGE = ROOT / "docs/mutations.md"
NOT_APPLICABLE = "–"

_START, _END = "<!-- table: made by scripts/mutations.py page -->", "<!-- end of table -->"
_MARKED = re.compile(f"{re.escape(_START)}.*?{re.escape(_END)}", re.DOTALL)
_HEAD = ["fault", "what it is", *(check.replace("_", " ") for check in CHECKS), "reported"]


def records(builds: Iterable[Path]) -> dict[str, Json]:
    """By the fault's name; the checks of all builds together."""
    found: dict[str, Json] = {}
    for build in builds:
        files = sorted((build / "proofs/mutations" / DEEP).glob("*.json"))
        if not files:
            raise HandoffError(
                f"'{build}' has no records of mutations; run ctest --test-dir {build} -L mutations"
            )
        for file in files:
            record = json.loads(file.read_text(encoding="utf-8"))
            if record.get("schema") != SCHEMA:
                raise HandoffError(f"'{file}': unknown schema {record.get('schema')!r}; valid: '{SCHEMA}'")
            found.setdefault(record["mutation"], {}).update(record["checks"])
    return found


def page(text: str, table: Sequence[Mutation], recorded: Mapping[str, Json]) -> str:
    """The page with its table made anew; a record that is missing or not as expected is an error."""
    rows = [_row(one, recorded.get(one.name, {})) for one in table]
    lines = [_line(_HEAD), _line(["---"] * len(_HEAD)), *(_line(row) for row in rows)]
    if len(_MARKED.findall(text)) != 1:
        raise HandoffError(f"{PAGE.name}: the markers '{_START}' and '{_END}' must stand in it once")
    content = "\n".join([_START, _summary(table), "", *lines, _END])
    return _MARKED.sub(lambda _: content, text)


def stated(text: str) -> dict[str, dict[str, str]]:
    """The verdicts that the page states, by fault and check."""
    marked = _MARKED.search(text)
    if marked is None:
        raise HandoffError(f"{PAGE.name}: there is no table between '{_START}' and '{_END}'")
    rows = [line.strip("| ").split(" | ") for line in marked[0].splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): dict(zip(CHECKS, row[2 : 2 + len(CHECKS)], strict=True)) for row in rows}


def verdicts(table: Iterable[Mutation]) -> dict[str, dict[str, str]]:
    """The same as the tests require them."""
    return {
        one.name: {check: NOT_APPLICABLE for check in CHECKS}
        | {cell.check: cell.expected for cell in one.cells}
        for one in table
    }


def _row(mutation: Mutation, recorded: Json) -> list[str]:
    for cell in mutation.cells:
        verdict = recorded.get(cell.check, {}).get("verdict")
        if verdict is None:
            raise MeasurementError(f"{mutation.name}: no record of {cell.check}")
        if cell.expected not in (verdict, BY_CHANCE):
            told = f"'{verdict}', where mutations.toml says '{cell.expected}'"
            raise MeasurementError(f"{mutation.name}, {cell.check}: {told}")
    named = next(cell for cell in mutation.cells if cell.expected == CAUGHT)
    reported = str(recorded[named.check]["reported"]).replace("|", "\\|")
    return [f"`{mutation.name}`", mutation.what, *verdicts([mutation])[mutation.name].values(), reported]


def _summary(table: Sequence[Mutation]) -> str:
    caught = [
        f"{check.replace('_', ' ')} {sum(bool(one.named([check])) for one in table)}" for check in CHECKS
    ]
    return f"{len(table)} faults, each caught; by {', '.join(caught)}."


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
