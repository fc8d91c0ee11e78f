"""From which gap between items on sleeping costs less CPU time than polling: where "spin or block?" turns over."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ..run import kinds
from ..statistics import states

Json = dict[str, Any]

POLLS, SLEEPS = "polls", "sleeps"  # what does both, or naps, is neither
ALONE = {"waiters": "1", "hungry": "0"}


def find(cases: Iterable[Json], catalog: Json) -> Json | None:
    """`cases`: of the summary. `gap_us`: where the cheapest of those that sleep and of those that poll cost the same,
    between two measured gaps; None where one of the two is the cheaper one at all of them: `cheaper`. None where both
    kinds were not measured at two gaps."""
    kind = {entry["name"]: entry["meanwhile"] for entry in kinds.entries(catalog) if kinds.is_wait(entry)}
    rows = [row for row in cases if row["workload"] == "wait" and not row["control"]]
    rows = [row for row in rows if all(row["keys"].get(key) == value for key, value in ALONE.items())]
    regime = states.main_regime(rows)
    cheapest: dict[int, dict[str, float]] = {}
    for row in rows:
        state = states.state_of(row, regime)
        cpu = state["cpu_ns"]["median"] if state and state["cpu_ns"] else None
        does = kind.get(row["implementation"])
        if cpu and does in (POLLS, SLEEPS):
            at = cheapest.setdefault(int(row["keys"]["gap_us"]), {})
            at[does] = min(cpu, at.get(does, math.inf))
    gaps = sorted(gap for gap, at in cheapest.items() if len(at) == 2)
    if len(gaps) < 2:
        return None
    # Above 0: sleeping is cheaper.
    gains = [math.log(cheapest[gap][POLLS] / cheapest[gap][SLEEPS]) for gap in gaps]
    found = {"from_us": gaps[0], "to_us": gaps[-1], "gap_us": None, "cheaper": None}
    if gains[0] > 0 or gains[-1] <= 0:
        return found | {"cheaper": SLEEPS if gains[-1] > 0 else POLLS}
    after = next(place for place, gain in enumerate(gains) if all(later > 0 for later in gains[place:]))
    below, above = gaps[after - 1], gaps[after]
    share = -gains[after - 1] / (gains[after] - gains[after - 1])
    return found | {"gap_us": below * (above / below) ** share}


def text(found: Json | None) -> str:
    """A sentence; empty where it is not known."""
    if found is None:
        return ""
    if found["gap_us"] is None:
        does = "sleeping" if found["cheaper"] == SLEEPS else "polling"
        return f"Here {does} costs less CPU at all gaps from {found['from_us']} to {found['to_us']} µs."
    return (
        f"Turns over at a gap of about {found['gap_us']:.2g} µs: what comes sooner is had earlier by polling, and for no "
        "more CPU; what comes later costs less CPU if the thread sleeps."
    )
