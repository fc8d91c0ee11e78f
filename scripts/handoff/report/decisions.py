"""The decision table: which implementations this run supports for the usual situations, and when it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..statistics import pairs, verdicts
from ..statistics.outcomes import Outcome
from ..statistics.verdicts import Member, Standing

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
    groups: list[Json], compared: dict[str, pairs.Group], usable: pd.DataFrame, catalog: Json
) -> list[Json]:
    entries = {e["name"]: e for e in [*catalog.get("queues", []), *catalog.get("counters", [])]}
    return [_row(situation, groups, compared, usable, entries) for situation in SITUATIONS]


def _row(
    situation: Situation,
    groups: list[Json],
    compared: dict[str, pairs.Group],
    usable: pd.DataFrame,
    entries: dict[str, Json],
) -> Json:
    row: Json = {
        "title": situation.title,
        "asks": situation.asks,
        "limit": situation.limit,
        "column": situation.column,
    }
    candidates = sorted(filter(situation.accepts, groups), key=situation.prefer, reverse=True)
    for group in candidates:
        names = compared[group["id"]].names
        allowed = {name for name in names if situation.offers(entries.get(name, {}))}
        found = _standing(situation, group, compared[group["id"]], usable, allowed)
        # One entrant is no contest: of it alone nothing can be advised.
        if found is None or len(found.members) == 1:
            continue
        return {**row, "group": group["id"], "oversubscribed": group["oversubscribed"], **_answer(found)}
    nothing: Json = {
        "best": [],
        "slower": [],
        "by_regime": [],
        "not_known": [],
        "blocks": 0,
        "resolved": False,
        "members": [],
    }
    return {**row, "group": None, "measured": 0, "next": None, **nothing}


def _standing(
    situation: Situation, group: Json, of: pairs.Group, usable: pd.DataFrame, allowed: set[str]
) -> Standing | None:
    if situation.column != "log_cost":
        rows = usable[(usable["group"] == group["id"]) & usable["implementation"].isin(of.names)]
        of = pairs.of_rows(rows[rows["label"] == rows["implementation"]], situation.column)
    return verdicts.against_best(of, allowed)


def _answer(found: Standing) -> Json:
    """`best`: it and those that are equivalent to it; `resolved`: whether it is shown better than any other, or as good.
    Where it is not, there is no best one, and it is as little known as the others are."""
    slower = found.named(Outcome.SLOWER)
    best = found.tied
    resolved = bool(slower or len(best) > 1)
    return {
        "best": best,
        "slower": slower,
        "by_regime": found.named(Outcome.REGIME_DEPENDENT),
        "not_known": [_open(found, name) for name in found.named(Outcome.NOT_KNOWN)],
        "next": _open(found, slower[0]) if slower else None,
        "measured": len(found.members),
        "blocks": found.blocks,
        "resolved": resolved,
        "members": [_member(one) for one in found.members],
    }


def _member(one: Member) -> Json:
    """The best one first."""
    ratio = one.verdict.ratio if one.verdict else 1.0
    return {"implementation": one.name, "outcome": one.outcome, "ratio": ratio}


def _open(found: Standing, name: str) -> Json:
    told = found.of(name).verdict
    assert told is not None  # the best one is in none of these lists
    return {
        "implementation": name,
        "ratio": told.ratio,
        "low": told.low,
        "high": told.high,
        "more_blocks": told.more_blocks,
    }
