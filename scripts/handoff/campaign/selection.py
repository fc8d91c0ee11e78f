"""What the command line leaves of a profile's cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import HandoffError, unknown
from ..run.cases import Case
from .catalog import Suite
from .profiles import Profile


@dataclass(frozen=True)
class Selection:
    """Empty means all. A case must meet each of them."""

    implementations: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    pattern: str | None = None

    def of(self, profile: Profile, suite: Suite) -> list[Case]:
        self.check(suite.cases)
        selected = [case for case in profile.select(suite) if self.takes(case)]
        if not selected:
            raise HandoffError(self._why_none(profile, suite))
        return selected

    def requires(self, workload: str) -> bool:
        """Whether its benchmark must be built: nobody who asks for some cases has to build all the others."""
        if self.workloads:
            return workload in self.workloads
        return not (self.implementations or self.waits or self.pattern)

    def check(self, cases: Sequence[Case]) -> None:
        """Whether each name is one of theirs."""
        _known("implementation", self.implementations, (case.implementation for case in cases))
        _known("workload", self.workloads, (case.workload for case in cases))
        _known("wait", self.waits, (case.keys["wait"] for case in cases if "wait" in case.keys))
        check_pattern(self.pattern)

    def takes(self, case: Case) -> bool:
        return (
            (not self.implementations or case.implementation in self.implementations)
            and (not self.workloads or case.workload in self.workloads)
            and (not self.waits or case.keys.get("wait") in self.waits)
            and (self.pattern is None or re.search(self.pattern, case.name) is not None)
        )

    def _why_none(self, profile: Profile, suite: Suite) -> str:
        elsewhere = sum(self.takes(case) for case in suite.cases)
        if elsewhere:
            return f"profile '{profile.name}' has no case that matches; --profile full has {elsewhere}"
        return f"no case matches; --list --profile full prints all {len(suite.cases)}"


def check_pattern(pattern: str | None) -> None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise HandoffError(f"--filter '{pattern}' is not a regular expression: {error}") from error


def _known(thing: str, values: Iterable[str], valid: Iterable[str]) -> None:
    choices = list(dict.fromkeys(valid))
    for value in values:
        if value not in choices:
            raise unknown(thing, value, choices)
