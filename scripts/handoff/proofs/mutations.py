"""The faults that can be switched on in our sources, and the table that says what must catch each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError, unknown
from . import toml_table

ROOT = Path(__file__).resolve().parents[3]
TABLE = ROOT / "tests/mutants/mutations.toml"

# In the order in which they are tried: the first that must catch a fault is its named check.
CHECKS = (
    "exploration",
    "conformance",
    "linearizability",
    "progress",
    "thread_sanitizer",
    "address_sanitizer",
)
CAUGHT, NOT_CAUGHT, BY_CHANCE = "caught", "not caught", "by chance"

QUICK, DEEP = "quick", "deep"

_FAULT = re.compile(r"\bHANDOFF_(?:MUTATION|WEAKENED|INSERTED|OMITTED)\(\s*([a-z]\w*)")
_CAUGHT_CELL = re.compile(r"(?P<subject>\w+)(?:\.(?P<test>\w+))?: (?P<reason>.+)")
_KEYS = {"what", "in", "catalogue"}


@dataclass(frozen=True)
class Cell:
    """What one check makes of one fault."""

    check: str
    expected: str
    subject: str  # an implementation, or a lock
    test: str | None  # of the suite; None: all of them
    reason: re.Pattern[str]  # of the failure

    @property
    def has_threads(self) -> bool:
        """The explorer runs them one at a time, on a thread of its own."""
        return self.check != "exploration"

    @property
    def hangs(self) -> bool:
        """Whether a hang alone is the reason: where it is one of several, the others may take their time."""
        return self.reason.pattern.endswith("did not end") and "|" not in self.reason.pattern


@dataclass(frozen=True)
class Mutation:
    name: str
    what: str
    implementations: tuple[str, ...]
    catalogue: int | None
    cells: tuple[Cell, ...]

    def of(self, checks: Iterable[str]) -> list[Cell]:
        wanted = set(checks)
        return [cell for cell in self.cells if cell.check in wanted]

    def named(self, checks: Iterable[str]) -> list[Cell]:
        """The one check by which the fault is tested whenever anything is."""
        return [cell for cell in self.of(checks) if cell.expected == CAUGHT][:1]

    def chosen(self, checks: Iterable[str], effort: str) -> list[Cell]:
        return self.named(checks) if effort == QUICK else self.of(checks)


def read(path: Path = TABLE) -> list[Mutation]:
    return [_mutation(name, entry) for name, entry in toml_table.read(path).items()]


def find(name: str, among: Iterable[Mutation]) -> Mutation:
    by_name = {one.name: one for one in among}
    if name not in by_name:
        raise unknown("mutation", name, by_name)
    return by_name[name]


def in_sources(root: Path = ROOT) -> set[str]:
    """The names of all faults that stand in the sources."""
    files = [*root.glob("impls/**/*.hpp"), *root.glob("benchmarks/harness/**/*.[ch]pp")]
    return {
        f"{file.stem}.{name}"
        for file in files
        if file.name != "mutation.hpp"
        for name in _FAULT.findall(file.read_text(encoding="utf-8"))
    }


def complaints(table: Iterable[Mutation], sources: set[str]) -> list[str]:
    """What is wrong with the table: a fault that it lacks, or that nothing catches, or that is gone."""
    known = {one.name: one for one in table}
    return [
        *(f"{name}: no entry says what catches it" for name in sorted(sources - known.keys())),
        *(f"{name}: stands in no source" for name in sorted(known.keys() - sources)),
        *(f"{one.name}: nothing catches it" for one in known.values() if not one.named(CHECKS)),
    ]


def _mutation(name: str, entry: Any) -> Mutation:
    if not isinstance(entry, dict) or not isinstance(entry.get("what"), str):
        raise HandoffError(f"mutation '{name}': 'what' must say what the fault is")
    for key in entry.keys() - _KEYS - set(CHECKS):
        raise unknown(f"key of mutation '{name}'", key, sorted(_KEYS) + list(CHECKS))
    implementations = tuple(entry.get("in", [name.partition(".")[0]]))
    cells = tuple(_cell(name, check, entry[check], implementations[0]) for check in CHECKS if check in entry)
    return Mutation(name, entry["what"], implementations, entry.get("catalogue"), cells)


def _cell(name: str, check: str, text: str, subject: str) -> Cell:
    """What must be caught names its reason; of what need not be, any complaint is as good."""
    if text in (NOT_CAUGHT, BY_CHANCE):
        return Cell(check, text, subject, None, re.compile(""))
    match = _CAUGHT_CELL.fullmatch(text)
    if match is None:
        raise HandoffError(
            f"mutation '{name}', {check}: '{text}' is no cell; valid: "
            f"'SUBJECT: REASON', 'SUBJECT.TEST: REASON', '{BY_CHANCE}', '{NOT_CAUGHT}'"
        )
    try:
        reason = re.compile(match["reason"])
    except re.error as error:
        raise HandoffError(
            f"mutation '{name}', {check}: '{text}' has no sound expression: {error}"
        ) from error
    return Cell(check, CAUGHT, match["subject"], match["test"], reason)
