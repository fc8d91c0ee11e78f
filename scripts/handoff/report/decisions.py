"""The decision table: which implementations this run supports for the usual situations, and when it does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..statistics import ranking
from ..statistics.measures import NO_DIFFERENCE

Json = dict[str, Any]


@dataclass(frozen=True)
class Situation:
    """A row. `accepts` says which groups are evidence at all, `prefer` which of them is the closest one."""

    title: str
    asks: str
    accepts: Callable[[Json], bool]
    prefer: Callable[[Json], tuple[float, ...]]
    offers: Callable[[Json], bool]  # which catalog entries can do the job
    limit: str
    column: str = "log_cost"  # what is ranked


def _number(group: Json, key: str) -> int:
    value = group["keys"].get(key, "")
    return int(value) if value.isdigit() else 0


def _is_queue_throughput(group: Json) -> bool:
    return bool(group["workload"] == "producer_consumer")


def _usual(group: Json) -> tuple[float, ...]:
    """Closeness to the plain setting: pausing wait, 8-byte items, 1024 places, all CPUs our own."""
    keys = group["keys"]
    waits = {"pause": 3.0, "spin": 2.0, "yield": 1.0}
    return (
        -float(bool(group["oversubscribed"])),
        float(keys.get("item") == "8"),
        float(keys.get("capacity") == "1024"),
        waits.get(keys.get("wait", ""), 0.0),
    )


def _anything(_: Json) -> bool:
    return True


def _many_to_many(entry: Json) -> bool:
    return bool(entry.get("producers") == "many" and entry.get("consumers") == "many")


SITUATIONS = (
    Situation(
        "One producer, one consumer, latency-critical",
        "smallest round trip when both threads own a CPU and spin",
        lambda g: g["workload"] == "ping_pong" and g["keys"].get("wait") in ("spin", "pause"),
        lambda g: (
            float(g["keys"].get("report") == "mean"),
            float(_number(g, "queues") == 2),
            float(g["keys"].get("wait") == "spin"),
        ),
        _anything,
        "Does not hold when either thread can be descheduled: spinning then costs whole time slices.",
    ),
    Situation(
        "Many producers, one consumer: logging",
        "most items per second from several producers",
        lambda g: _is_queue_throughput(g) and _number(g, "p") >= 2 and _number(g, "c") == 1,
        lambda g: (float(_number(g, "p")), *_usual(g)[1:]),
        lambda e: e.get("producers") == "many",
        "Says nothing of the burst that fills the queue: a bounded one then blocks or drops, "
        "an unbounded one grows.",
    ),
    Situation(
        "Bounded, many to many",
        "most items per second with a fixed memory",
        lambda g: _is_queue_throughput(g) and _number(g, "p") >= 2 and _number(g, "c") >= 2,
        _usual,
        lambda e: _many_to_many(e) and e.get("bound") == "bounded",
        "Depends on the capacity; where the threads exceed the CPUs it is a statement about preemption.",
    ),
    Situation(
        "More threads than CPUs, or a container with a quota",
        "most items per second when threads are preempted",
        lambda g: _is_queue_throughput(g) and bool(g["oversubscribed"]),
        lambda g: (
            float(_number(g, "p") >= 2 and _number(g, "c") >= 2),
            float(g["threads"] or 0),
            *_usual(g)[1:],
        ),
        _anything,
        "Depends on the scheduler and on the wait; compare the waits before the queues.",
    ),
    Situation(
        "CPU budget",
        "least CPU time per item when waiting threads sleep",
        lambda g: _is_queue_throughput(g) and g["keys"].get("wait") in ("block", "sleep_1ms", "yield", "own"),
        lambda g: (
            {"block": 3.0, "own": 2.0, "sleep_1ms": 1.0}.get(g["keys"].get("wait", ""), 0.0),
            *_usual(g)[:3],
        ),
        _anything,
        "Measured at saturation; at a low load the wake-ups dominate instead.",
        column="log_cpu",
    ),
    Situation(
        "Large payload",
        "most items per second of the largest item measured",
        lambda g: _is_queue_throughput(g) and _number(g, "item") >= 128,
        lambda g: (float(_number(g, "item")), *_usual(g)),
        _anything,
        "Beyond a few cache lines per item hand over a pointer; then the 8-byte rows apply.",
    ),
    Situation(
        "Strict FIFO across producers",
        "most items per second among queues that are linearizable FIFO",
        lambda g: _is_queue_throughput(g) and _number(g, "p") >= 2 and _number(g, "c") >= 2,
        _usual,
        lambda e: _many_to_many(e) and e.get("delivery") == "fifo",
        "With several consumers the order of processing is not the order of popping.",
    ),
    Situation(
        "Must block",
        "most items per second when a waiting thread gives up its CPU",
        lambda g: _is_queue_throughput(g) and g["keys"].get("wait") in ("own", "block"),
        lambda g: (float(g["keys"].get("wait") == "own"), *_usual(g)),
        _anything,
        "Rows with wait:own are the queue's own blocking calls (some spin inside), wait:block the harness's; "
        "the two are never compared.",
    ),
    Situation(
        "Rare contention",
        "cheapest counter when hardly anyone else is there",
        lambda g: g["workload"] == "counter" and not g["oversubscribed"],
        lambda g: (-float(_number(g, "t")), float(g["keys"].get("mix") == "increment")),
        lambda e: e.get("value") == "exact",
        "Turns over as threads are added: see counters by threads.",
    ),
)


def table(
    groups: list[Json], rankings: dict[str, list[ranking.Ranking]], usable: pd.DataFrame, catalog: Json
) -> list[Json]:
    entries = {e["name"]: e for e in [*catalog.get("queues", []), *catalog.get("counters", [])]}
    return [_row(situation, groups, rankings, usable, entries) for situation in SITUATIONS]


def _row(
    situation: Situation,
    groups: list[Json],
    rankings: dict[str, list[ranking.Ranking]],
    usable: pd.DataFrame,
    entries: dict[str, Json],
) -> Json:
    row: Json = {"title": situation.title, "asks": situation.asks, "limit": situation.limit}
    candidates = sorted(filter(situation.accepts, groups), key=situation.prefer, reverse=True)
    for group in candidates:
        names = {m["implementation"] for m in group["rankings"][0]["members"]}
        allowed = {name for name in names if situation.offers(entries.get(name, {}))}
        found = _ranking(situation, group, rankings, usable)
        kept = [name for name in found.names if name in allowed] if found else []
        # One entrant is no contest: such a group is evidence only where there is no better one.
        if found is None or not kept or (len(kept) == 1 and group is not candidates[-1]):
            continue
        return {
            **row,
            "group": group["id"],
            "oversubscribed": group["oversubscribed"],
            **_answer(found, kept, allowed),
        }
    return {
        **row,
        "group": None,
        "tied": [],
        "behind": [],
        "blocks": 0,
        "resolved": False,
        "resolvable": None,
    }


def _ranking(
    situation: Situation, group: Json, rankings: dict[str, list[ranking.Ranking]], usable: pd.DataFrame
) -> ranking.Ranking | None:
    if situation.column == "log_cost":
        return rankings[group["id"]][0]
    members = set(rankings[group["id"]][0].names)
    rows = usable[(usable["group"] == group["id"]) & usable["implementation"].isin(members)]
    found = ranking.rank(rows[rows["label"] == rows["implementation"]], situation.column)
    return found[0] if found else None


def _answer(found: ranking.Ranking, kept: list[str], allowed: set[str]) -> Json:
    tied = found.tied_with_best(allowed)
    behind = [name for name in kept if name not in tied]
    best = found.names.index(tied[0])
    next_ratio = float(found.pairs.ratio[found.names.index(behind[0]), best]) if behind else None
    return {
        "tied": tied,
        "behind": behind,
        "next_ratio": next_ratio,
        "blocks": found.blocks,
        "resolved": bool(behind),
        "resolvable": _resolvable(found, tied),
    }


def _resolvable(found: ranking.Ranking, tied: list[str]) -> list[float] | None:
    """Between which differences those lie that would have shown, over the ties with the best.

    None where no difference would have: there is no other one, too few pairs, too much scatter, or the regimes
    contradict each other.
    """
    best, *others = (found.names.index(name) for name in tied)
    each = [found.resolvable(i, best) for i in others if not found.contradicts[i, best]]
    known = [one for one in each if math.isfinite(one) and 1.0 + one <= NO_DIFFERENCE]
    return [min(known), max(known)] if known else None
