"""The table of faults: what text of our sources each of them changes, and what must catch it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError, unknown

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

_CAUGHT_CELL = re.compile(r"(?P<subject>\w+)(?:\.(?P<test>\w+))?: (?P<reason>.+)")
_KEYS = ("what", "in", "catalogue", "file", "include", "original", "mutated")


@dataclass(frozen=True)
class FaultCheck:
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
    def may_hang(self) -> bool:
        """Whether a hang is among the reasons."""
        return "did not end" in self.reason.pattern

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
    cells: tuple[FaultCheck, ...]
    file: str  # as seen from the root
    original: tuple[str, ...]  # one text for each place, which becomes:
    mutated: tuple[str, ...]
    include: tuple[str, ...] = ()  # what the mutated text needs and the file does not include

    def of(self, checks: Iterable[str]) -> list[FaultCheck]:
        wanted = set(checks)
        return [cell for cell in self.cells if cell.check in wanted]

    def named(self, checks: Iterable[str]) -> list[FaultCheck]:
        """The one check by which the fault is tested whenever anything is."""
        return [cell for cell in self.of(checks) if cell.expected == CAUGHT][:1]

    def chosen(self, checks: Iterable[str], effort: str) -> list[FaultCheck]:
        return self.named(checks) if effort == QUICK else self.of(checks)


def sections(path: Path) -> dict[str, dict[str, Any]]:
    """A table kept by hand as a TOML file: a section for each entry."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise HandoffError(f"'{path}' cannot be read: {error}") from error


def read(path: Path = TABLE) -> list[Mutation]:
    return [_mutation(name, entry) for name, entry in sections(path).items()]


def find(name: str, among: Iterable[Mutation]) -> Mutation:
    by_name = {one.name: one for one in among}
    if name not in by_name:
        raise unknown("mutation", name, by_name)
    return by_name[name]


def complaints(table: Iterable[Mutation]) -> list[str]:
    """What is wrong with the table: a fault that nothing catches."""
    return [f"{one.name}: nothing catches it" for one in table if not one.named(CHECKS)]


def _mutation(name: str, entry: Any) -> Mutation:
    if not isinstance(entry, dict) or not isinstance(entry.get("what"), str):
        raise HandoffError(f"mutation '{name}': 'what' must say what the fault is")
    for key in entry.keys() - {*_KEYS, *CHECKS}:
        raise unknown(f"key of mutation '{name}'", key, [*_KEYS, *CHECKS])
    implementations = tuple(entry.get("in", [name.partition(".")[0]]))
    cells = tuple(_cell(name, check, entry[check], implementations[0]) for check in CHECKS if check in entry)
    file, original, mutated = _change(name, entry)
    include = tuple(entry.get("include", ()))
    return Mutation(
        name, entry["what"], implementations, entry.get("catalogue"), cells, file, original, mutated, include
    )


def _change(name: str, entry: dict[str, Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What text becomes what; a fault of several places has lists."""
    file, original, mutated = (entry.get(key) for key in ("file", "original", "mutated"))
    if not isinstance(file, str) or not original or mutated is None:
        raise HandoffError(
            f"mutation '{name}': 'file', 'original' and 'mutated' must say which text becomes what"
        )
    if Path(file).stem != name.partition(".")[0]:
        raise HandoffError(
            f"mutation '{name}': its name must begin with '{Path(file).stem}.', after its file"
        )
    originals, mutants = _texts(original), _texts(mutated)
    if len(originals) != len(mutants):
        raise HandoffError(
            f"mutation '{name}': {len(originals)} originals, but {len(mutants)} that they become"
        )
    return file, originals, mutants


def _texts(one_or_several: str | list[str]) -> tuple[str, ...]:
    return (one_or_several,) if isinstance(one_or_several, str) else tuple(one_or_several)


def _cell(name: str, check: str, text: str, subject: str) -> FaultCheck:
    """What must be caught names its reason; of what need not be, any complaint is as good."""
    if text in (NOT_CAUGHT, BY_CHANCE):
        return FaultCheck(check, text, subject, None, re.compile(""))
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
    return FaultCheck(check, CAUGHT, match["subject"], match["test"], reason)
