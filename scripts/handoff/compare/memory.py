"""What queues take of memory: a table per setting. Bytes are no times: nothing here is ranked."""

from __future__ import annotations

from typing import Any

from ..statistics.measures import short_number

Json = dict[str, Any]

WORKLOAD = "memory"
FIGURES = ("empty_bytes", "retained_bytes", "peak_bytes", "allocations_per_item", "items", "capacity")

READING = (
    "Bytes are those that the allocator handed out. Per item: all that the queue takes while it is full, over "
    "the items that it then holds. A bounded queue is made for that number of items and filled to its capacity; an "
    "unbounded one is filled with that number. Empty: the queue itself, with a handle for each end, before the "
    "first item: where that is nearly the peak, memory is paid for in advance. Drained: what it keeps when the "
    "last item has gone. Allocations: how often an item that passes through an almost empty queue makes it ask "
    "the allocator; “none” is what a thread that must not wait for an allocator needs. One thread does all "
    "this, untimed, so the figures are the same in each run but for some bytes of alignment."
)


def table(rows: list[Json]) -> list[Json]:
    """One entry per setting, those with most members first, then small items before large ones; its members
    from few bytes per item to many. `rows` are the cases of the summary."""
    found: dict[tuple[str, str], list[Json]] = {}
    for row in rows:
        if row["workload"] == WORKLOAD and row["regimes"]:
            found.setdefault((row["keys"]["item"], row["keys"]["items"]), []).append(_member(row))
    settings = [
        {
            "item": item,
            "items": int(items),
            "members": sorted(members, key=lambda one: (one["bytes_per_item"], one["implementation"])),
        }
        for (item, items), members in found.items()
    ]
    return sorted(settings, key=lambda one: (-len(one["members"]), int(one["item"]), -one["items"]))


def _member(row: Json) -> Json:
    # One thread, so one state, but in a run that says otherwise.
    state = max(row["regimes"], key=lambda one: int(one["n"]))
    return {
        "implementation": row["implementation"],
        "n": state["n"],
        "bytes_per_item": state["median"],
        **{name: state["figures"][name] for name in FIGURES},
    }


def allocations(per_item: float) -> str:
    """How often an item needs an allocation: none, 1 in 64, or how many."""
    if per_item == 0:
        return "none"
    return f"1 in {_plain(1 / per_item)}" if per_item < 1 else _plain(per_item)


def _plain(value: float) -> str:
    """Without zeros that promise more digits than a count has."""
    number = short_number(value)
    return number.rstrip("0").rstrip(".") if "." in number else number
