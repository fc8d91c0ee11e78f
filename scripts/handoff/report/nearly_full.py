"""How often calls fail for nothing: a push although there is room, a pop although there are items."""

from __future__ import annotations

from typing import Any

from ..statistics import states

Json = dict[str, Any]

WORKLOAD = "nearly_full"
FIGURES = ("failed_push_share", "failed_pop_share", "held", "capacity", "thread_share_min")

READING = (
    "Each thread pushes an item and pops one, again and again, on a queue that always has room and always has items. So "
    "no call would have to fail. Those that do find a place or an item that a call under way has taken and not given "
    "back yet: the price of a queue whose failures are “in flight”, which tries instead of waiting. Failed: the share "
    "of all tries, median of the trials. A queue whose failures are “exact” must have 0%; there the calls wait within "
    "for one another, and that time is in the passes per second. A program that takes a failed push for “full” and "
    "drops the item, or a failed pop for “empty” and goes to sleep, pays this share."
)


def table(rows: list[Json], failures: dict[str, str]) -> list[Json]:
    """One entry per setting, those with most members first; its members from few failures to many. `rows` are the cases
    of the summary; `failures`: by queue when its try_ calls may fail, as in the catalog."""
    found: dict[str, list[Json]] = {}
    for row in rows:
        if row["workload"] == WORKLOAD and row["regimes"] and not row["withheld"]:
            found.setdefault(row["group"], []).append(row)
    settings = [_setting(members, failures) for members in found.values()]
    return sorted(settings, key=lambda one: (-len(one["members"]), one["threads"], one["wait"]))


def _setting(rows: list[Json], failures: dict[str, str]) -> Json:
    regime = states.main_regime(rows)
    known = [(row, states.state_of(row, regime)) for row in rows]
    members = [_member(row, state, failures) for row, state in known if state is not None]
    keys = rows[0]["keys"]
    return {
        "threads": int(keys["t"]),
        "wait": keys["wait"],
        "free": int(keys["free"]),
        "oversubscribed": rows[0]["oversubscribed"],
        "regime": regime,
        "members": sorted(
            members,
            key=lambda one: (one["failed_push_share"] + one["failed_pop_share"], one["implementation"]),
        ),
    }


def _member(row: Json, state: Json, failures: dict[str, str]) -> Json:
    return {
        "implementation": row["implementation"],
        "failure": failures.get(row["implementation"], ""),
        "n": state["n"],
        "items_per_second": state["median"],
        "low": state["low"],
        "high": state["high"],
        **{name: state["figures"][name] for name in FIGURES},
    }


def share(value: float) -> str:
    """Of all tries: 0%, 0.012%, 71%."""
    if value == 0:
        return "0%"
    return f"{100 * value:.0f}%" if value >= 0.1 else f"{100 * value:.2g}%" if value >= 1e-6 else "<0.0001%"
