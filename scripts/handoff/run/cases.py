"""Case names: workload/implementation/key:value/… (docs/samples.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import HandoffError

# Google Benchmark appends this to what it lists, prints and filters by.
LISTING_SUFFIX = "/iterations:1/manual_time"

# Those that mean something in a regular expression of any flavour that Google Benchmark may be built with.
_REGEX_CHARACTERS = frozenset(r"\.^$*+?()[]{}|")


@dataclass(frozen=True)
class Case:
    name: str
    workload: str
    implementation: str
    keys: dict[str, str]
    control: str = field(default="", compare=False)  # what its implementation is a control for; empty: none

    def __hash__(self) -> int:  # the name says it all, and a dict has no hash
        return hash(self.name)

    @property
    def group(self) -> str:
        """What it shares with the cases that it is compared with: all but the implementation."""
        return "/".join([self.workload, *(f"{key}:{value}" for key, value in self.keys.items())])

    def number(self, key: str) -> int:
        """The value of a key that counts something."""
        try:
            return int(self.keys[key])
        except (KeyError, ValueError) as error:
            raise HandoffError(f"case '{self.name}' has no number for the key '{key}'") from error


LONGEST_SHOWN = 200  # of a name in a message: in a file that is no run it may be of any length

NO_CONTROLS: Mapping[str, str] = {}


def parse(name: str, controls: Mapping[str, str] = NO_CONTROLS) -> Case:
    """`controls`: the kinds of the catalog's controls (control_kinds.of), where these matter."""
    workload, slash, rest = name.partition("/")
    implementation, *pairs = rest.split("/")
    if not (workload and slash and implementation):
        raise HandoffError(f"case '{_shown(name)}' is not of the form workload/implementation/key:value/…")
    keys: dict[str, str] = {}
    for pair in pairs:
        key, colon, value = pair.partition(":")
        if not (key and colon and value):
            raise HandoffError(f"case '{_shown(name)}': '{_shown(pair)}' is not of the form key:value")
        if key in keys:
            raise HandoffError(f"case '{_shown(name)}' has the key '{_shown(key)}' twice")
        keys[key] = value
    return Case(name, workload, implementation, keys, controls.get(implementation, ""))


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def from_listing(line: str, controls: Mapping[str, str] = NO_CONTROLS) -> Case:
    """The case behind a name that a benchmark lists or prints."""
    return parse(line.strip().removesuffix(LISTING_SUFFIX), controls)


def listing_filter(case: Case) -> str:
    """The --benchmark_filter that selects exactly this case."""
    escaped = "".join("\\" + c if c in _REGEX_CHARACTERS else c for c in case.name + LISTING_SUFFIX)
    return f"^{escaped}$"


def threads(case: Case) -> int:
    """How many a case has, as far as its keys say; a round trip has two."""
    count = sum(int(case.keys[key]) for key in ("p", "c", "t") if key in case.keys)
    return count or 2


def python_forms(catalog: Mapping[str, Any]) -> set[str]:
    """The implementations of a run that are Python forms."""
    return {str(form["name"]) for form in catalog.get("python", {}).get("forms", [])}
