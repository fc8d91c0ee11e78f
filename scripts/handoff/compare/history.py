"""The history of a branch: of each commit the ratio of each case to a baseline that was measured in turns with it.

Ratios and no times, because a hosted CI gives another machine each day. A history is small and bounded, so that it can
be kept in a repository.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import HandoffError, describe
from . import as_json

Json = dict[str, Any]

SCHEMA = 1
DIGITS = 4  # of a ratio: a ten-thousandth is less than any run resolves


@dataclass(frozen=True)
class Entry:
    """A commit and what it cost, as multiples of what the baseline cost."""

    commit: str
    dirty: bool
    date: str
    base: str
    machine: str
    run_id: str
    answer: str
    cases: Mapping[str, tuple[float, float, float]] = field(hash=False)  # ratio, low, high

    @property
    def key(self) -> tuple[str, bool, str]:
        """What is measured anew replaces what was."""
        return self.commit, self.dirty, self.base


def of_comparison(path: Path) -> Entry:
    """The B of a comparison that `compare.py --json` printed."""
    found = _read(path, "comparison", as_json.SCHEMA)
    try:
        b = found["b"]
        return Entry(
            commit=b["commit"],
            dirty=b["dirty"],
            date=b["started"],
            base=found["a"]["commit"],
            machine=b["machine"],
            run_id=b["run_id"],
            answer=found["answer"],
            cases={one["case"]: _ratio(one) for one in _deciding(found["changes"])},
        )
    except (KeyError, TypeError) as error:
        raise HandoffError(f"{path}: not a comparison of compare.py --json ({error!r})") from error


def _deciding(changes: list[Json]) -> list[Json]:
    """Whose interval is known. Of a case whose direction depends on the regime, the worst one comes last and stays."""
    known = [one for one in changes if one["decides"] and None not in (one["ratio"], one["low"], one["high"])]
    return sorted(known, key=lambda one: (one["case"], one["ratio"]))


def _ratio(one: Json) -> tuple[float, float, float]:
    return round(one["ratio"], DIGITS), round(one["low"], DIGITS), round(one["high"], DIGITS)


def load(path: Path) -> list[Entry]:
    """The oldest first."""
    found = _read(path, "history", SCHEMA)
    try:
        return [_entry(one) for one in found["entries"]]
    except (KeyError, TypeError, ValueError) as error:
        raise HandoffError(f"{path}: not a history of handoff ({error!r})") from error


def _entry(found: Json) -> Entry:
    cases = {
        name: (float(ratio), float(low), float(high)) for name, (ratio, low, high) in found["cases"].items()
    }
    if not all(math.isfinite(value) and value > 0 for values in cases.values() for value in values):
        raise ValueError("a ratio that is none")
    texts = {name: str(found[name]) for name in ("commit", "date", "base", "machine", "run_id", "answer")}
    return Entry(dirty=bool(found["dirty"]), cases=cases, **texts)


def appended(entries: list[Entry], new: Entry, keep: int) -> list[Entry]:
    """With the new one as the last; an entry of the same commit and baseline goes, and so do the oldest."""
    return [*(one for one in entries if one.key != new.key), new][-keep:]


def save(path: Path, entries: list[Entry]) -> None:
    """Replaces the file as a whole: it is never half written. One entry a line, so that git can tell what is new."""
    rows = ",\n".join(json.dumps(vars(one), ensure_ascii=False, allow_nan=False) for one in entries)
    new = path.with_name(f"{path.name}.new")
    new.write_text(f'{{"schema": {SCHEMA}, "entries": [\n{rows}\n]}}\n', encoding="utf-8")
    os.replace(new, path)


def _read(path: Path, what: str, schema: int) -> Json:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise HandoffError(f"cannot read the {what} {describe(error)}") from error
    except ValueError as error:
        raise HandoffError(f"{path}: corrupt, not JSON ({error})") from error
    if not isinstance(found, dict) or found.get("schema") != schema:
        stated = found.get("schema") if isinstance(found, dict) else None
        raise HandoffError(f"{path}: a {what} of schema {stated!r}; valid: {schema}")
    return found
