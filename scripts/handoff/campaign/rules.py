"""A rule of a profile: of whose cases which ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..run.cases import Case
from .catalog import Suite

Value = str | tuple[str, ...] | None  # None: the case has no such key
Values = Mapping[str, Value]
Chooser = Callable[[Suite], set[str]]


@dataclass(frozen=True)
class CaseRule:
    """Of each chosen implementation, the cases of a workload whose keys have the given values. Of several
    alternatives an implementation gets the first that it has cases for. Keys not named are free."""

    workload: str
    whose: Chooser
    alternatives: tuple[Values, ...]
    at_most: int | None = None  # of an implementation's cases, spread evenly over the listing

    def select(self, suite: Suite) -> set[str]:
        chosen = self.whose(suite)
        candidates: dict[str, list[Case]] = {}
        for case in suite.cases:
            if case.workload == self.workload and case.implementation in chosen:
                candidates.setdefault(case.implementation, []).append(case)
        return {case.name for cases in candidates.values() for case in self._first_match(cases)}

    def _first_match(self, cases: list[Case]) -> list[Case]:
        for values in self.alternatives:
            if found := [case for case in cases if matches(case.keys, values)]:
                return _spread(found, self.at_most)
        return []


def matches(keys: Mapping[str, str], values: Values) -> bool:
    return all(
        keys.get(key) in (allowed if isinstance(allowed, tuple) else (allowed,))
        for key, allowed in values.items()
    )


def _spread(cases: list[Case], at_most: int | None) -> list[Case]:
    if at_most is None or len(cases) <= at_most:
        return cases
    return [cases[i * len(cases) // at_most] for i in range(at_most)]
