"""A campaign that answers one question: whoever is shown to be behind gets no more trials (statistics/racing.py)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..run.sampling import BlockPlan
from . import contests
from .contests import Contests
from .interrupt import Interrupt
from .look import Beside, Look
from .measuring import Campaign, Design, MeasuredBuild
from .progress import Display
from .runner import Settings

KEY = "race"  # of environment.json

Json = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """After a look."""

    left: frozenset[str]  # names of the cases that are still in
    settled: bool  # whether no contest has two left


def described(found: Contests) -> Json:
    """For environment.json, from which the look takes who races against whom."""
    return {
        "contests": [
            {
                "promise": one.promise,
                "column": one.column,
                "cases": [case.name for case in one.cases],
                "own": sorted(one.own),
            }
            for one in found.all
        ],
        "left_out": list(found.left_out),
    }


class RaceLook(Beside):
    def __init__(self, run: Path) -> None:
        super().__init__(run, "race")

    def standing(self) -> Standing:
        told = self.ask()
        return Standing(frozenset(told["left"]), bool(told["settled"]))


class Race(Campaign):
    def __init__(self, build: MeasuredBuild, settings: Settings, design: Design, found: Contests) -> None:
        super().__init__([build], settings, design)
        self._contests = found
        self._look = RaceLook(build.folder.path)

    def measure(self, interrupt: Interrupt, display: Display) -> None:
        try:
            super().measure(interrupt, display)
        finally:
            self._look.close()

    def _plan(self, block: int, look: Look | None) -> BlockPlan | None:
        if block < contests.FIRST_BLOCKS:
            return self._contests.first_block(block)
        start = time.monotonic()
        standing = self._look.standing()
        self._spent_s += time.monotonic() - start
        enough = standing.settled or not self._contests.scatters
        if enough and block >= contests.ENOUGH_BLOCKS:
            return None
        return self._contests.later_block(standing.left)


# ---- the other side of the look ------------------------------------------------------------------------------


def answers(run: Path) -> Iterator[Json]:
    """Who is still in, at each look."""
    # Not before: see look.py.
    from ..run.run_folder import ENVIRONMENT_NAME, read_environment
    from .race_look import Watched

    watched = Watched(read_environment(run / ENVIRONMENT_NAME)[KEY]["contests"])
    while True:
        standing = watched.look(run)
        yield asdict(standing) | {"left": sorted(standing.left)}
