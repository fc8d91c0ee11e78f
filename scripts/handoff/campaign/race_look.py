"""A look at a race while it is measured: who is still in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..run import results
from ..run.cases import parse
from ..statistics import pairs
from ..statistics.prepared import prepare
from ..statistics.racing import Race
from .race import Standing

NO_FAULT_OF_ITS_OWN = ("ok", "voided")  # statuses of a trial


class Watched:
    """Keeps who is out from look to look."""

    def __init__(self, contests: Sequence[dict[str, Any]]) -> None:
        self._contests = contests
        self._races = [
            Race([parse(name).implementation for name in contest["cases"]]) for contest in contests
        ]

    def look(self, run: Path) -> Standing:
        """At the complete blocks on the disk. A case whose trial has failed is out: more of it would not help."""
        samples = results.load(run).complete_samples()
        failed = set(samples.loc[~samples["status"].isin(NO_FAULT_OF_ITS_OWN), "implementation"])
        good = prepare(samples).usable
        good = good[good["label"] == good["implementation"]]
        left: set[str] = set()
        for contest, race in zip(self._contests, self._races):
            race.left = [name for name in race.left if name not in failed]
            race.look(pairs.of_rows(good[good["case"].isin(contest["cases"])], contest["column"]))
            left |= {name for name in contest["own"] if parse(name).implementation in race.left}
        return Standing(frozenset(left), all(len(race.left) <= 1 for race in self._races))
