"""What the same costs in Python: each of the source's experiments in its Python form, beside the C++ cases that do
the same, measured in the same blocks. Python is what a reader knows, not a contestant: it is never ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..run import cases, strategies
from ..run.cases import Case
from ..statistics import pairs, verdicts

Json = dict[str, Any]

# What a C++ case has in common with the Python form that it stands beside.
SAME, OWN, SPINS, OTHER = "the same design", "its own blocking calls", "spins first", "another one"

LEAST = 3.0  # how many times as many hops a blocking C++ pair should make: what the project promises

# The C++ wait that does what the Python form does; where nothing is said, the one of the same name. A failed try_pop
# is both of the source's ways to poll.
_WAITS = {"try": "spin"}

_STRATEGIES = {
    "python_sequential": strategies.SEQUENTIAL,
    "python_thread_per_item": "thread_per_item",
    "python_window_in_order": strategies.ORDERED,
    "python_executor_map": strategies.BUFFERED,  # results in order, and no thread waits for an earlier one
    "python_rq": strategies.REDIS_WORKERS,
    "python_rq_simple": strategies.REDIS_WORKERS,
}

# How the C++ pool learns that there is no more; what task_done and join are in Python is a None for each in C++.
_POOLS = {
    "python_pool": strategies.POOL,
    "python_pool_stopped": strategies.POOL,
    "python_pool_flagged": strategies.FLAGGED_POOL,
    "python_processes": strategies.POOL,
}

_PYTHON = "python"  # the name of the Python side in a comparison of one case with its partners


# ---- which C++ implementation is built like the Python one -----------------------------------------------


def twin_queue(catalog: Mapping[str, Any]) -> str | None:
    """What queue.Queue is: unbounded, for any number of threads, a lock and a condition variable."""
    return _first(
        catalog.get("queues", []), bound="unbounded", delivery="fifo", push="blocking", own_wait=True
    )


def twin_stack(catalog: Mapping[str, Any]) -> str | None:
    """What queue.LifoQueue with a maxsize is: bounded, for any number of threads, a lock and condition variables."""
    return _first(catalog.get("queues", []), bound="bounded", delivery="lifo", push="blocking", own_wait=True)


def reserving_queue(catalog: Mapping[str, Any]) -> str | None:
    """What one would rather take: its threads reserve slots without a lock."""
    return _first(
        catalog.get("queues", []), producers="many", consumers="many", delivery="fifo", failure="in_flight"
    )


def pool_queue(catalog: Mapping[str, Any]) -> str | None:
    """Of a pool of workers: bounded, with its own waiting."""
    many = {"producers": "many", "consumers": "many"}
    return _first(catalog.get("queues", []), **many, bound="bounded", delivery="fifo", own_wait=True)


# The order of a Python queue, and which C++ queue is built like it.
_TWINS = {"python_queue": ("fifo", twin_queue), "python_lifo_queue": ("lifo", twin_stack)}


def racing_counter(catalog: Mapping[str, Any]) -> str | None:
    return next((entry["name"] for entry in catalog.get("counters", []) if entry["value"] == "lossy"), None)


def locked_counter(catalog: Mapping[str, Any]) -> str | None:
    return _first(catalog.get("counters", []), value="exact", add="blocking")


def atomic_counter(catalog: Mapping[str, Any]) -> str | None:
    return _first(catalog.get("counters", []), value="exact", add="wait_free")


def _first(entries: list[Mapping[str, Any]], **spec: Any) -> str | None:
    for entry in entries:
        if not entry.get("control") and all(entry.get(key) == value for key, value in spec.items()):
            return str(entry["name"])
    return None


def partners(form: Case, others: list[Case], catalog: Mapping[str, Any]) -> list[tuple[str, Case]]:
    """The C++ cases beside a Python form, each with what it has in common with it; the nearest first."""
    if form.workload == "ping_pong":
        return _ping_pong_partners(form, others, catalog)
    if form.workload == "counter":
        locked = [(SAME, locked_counter(catalog)), (OTHER, atomic_counter(catalog))]
        wanted = locked if form.implementation == "python_lock" else [(SAME, racing_counter(catalog))]
        return _named(wanted, form.keys, others)
    end, alike = _POOLS.get(form.implementation), _STRATEGIES.get(form.implementation)
    pool = f"{end}_{pool_queue(catalog)}" if end else None
    return _named([(SAME, alike or pool)], form.keys, others)


def _ping_pong_partners(form: Case, others: list[Case], catalog: Mapping[str, Any]) -> list[tuple[str, Case]]:
    delivery, twin_of = _TWINS[form.implementation]
    twin, wait = twin_of(catalog), _WAITS.get(form.keys["wait"], form.keys["wait"])
    keys = form.keys | {"wait": wait}
    found = _named([(SAME, twin)], keys, others)
    if wait == "block":
        found += _named([(OWN, twin)], keys | {"wait": "own"}, others)
        found += _named([(SPINS, twin)], keys | {"wait": "adaptive"}, others)
    alike = {entry["name"] for entry in catalog.get("queues", []) if entry.get("delivery") == delivery} - {
        twin
    }
    rest = [one for one in others if one.keys == keys and one.implementation in alike]
    return found + [(OTHER, one) for one in rest if one.workload == form.workload]


def _named(
    wanted: list[tuple[str, str | None]], keys: dict[str, str], others: list[Case]
) -> list[tuple[str, Case]]:
    return [
        (role, one)
        for role, name in wanted
        for one in others
        if one.implementation == name and one.keys == keys
    ]


# ---- the table of a report ---------------------------------------------------------------------------------


def table(rows: list[Json], usable: pd.DataFrame, catalog: Mapping[str, Any]) -> Json | None:
    """`rows`: the cases of the summary; `usable`: the samples that figures are made of. None for a run without
    Python forms."""
    forms = cases.python_forms(catalog)
    by_case = {row["case"]: row for row in rows if row["label"] == row["implementation"] and row["regimes"]}
    python = [row for row in by_case.values() if row["implementation"] in forms]
    if not python:
        return None
    contestants = {
        name: cases.parse(name)
        for name, row in by_case.items()
        if row["implementation"] not in forms and not row["withheld"]
    }
    samples = dict(list(usable[usable["label"] == usable["implementation"]].groupby("case")))
    entries = [
        _entry(row, partners(cases.parse(row["case"]), list(contestants.values()), catalog), by_case, samples)
        for row in python
    ]
    entries.sort(key=_place)
    return {
        "python": {key: catalog["python"][key] for key in ("implementation", "version", "gil")},
        "entries": entries,
        "claim": _claim(entries),
    }


_ORDER = (
    ("ping_pong", "counter", "download_strategies"),
    ("2", "1"),
    ("spin", "try", "sleep_1ms", "timed", "block"),
    ("list_packed", "increment", "add_subtract"),
    ("11", "64", "500"),
    (
        *("python_queue", "python_lifo_queue"),
        *("python_sequential", "python_thread_per_item", "python_window_in_order"),
        *("python_pool", "python_pool_stopped", "python_pool_flagged"),
        *("python_executor_map", "python_processes"),
        *("python_rq", "python_rq_simple", "python_rq_killed"),
    ),
)


def _place(entry: Json) -> tuple[Any, ...]:
    """As the source tells it."""
    keys = entry["keys"]
    values = (
        entry["workload"],
        keys.get("queues"),
        keys.get("wait"),
        keys.get("mix"),
        keys.get("items"),
        entry["implementation"],
    )
    at = (order.index(value) if value in order else len(order) for value, order in zip(values, _ORDER))
    return (*at, entry["implementation"], keys.get("t", ""))


def _entry(
    row: Json, found: list[tuple[str, Case]], by_case: Mapping[str, Json], samples: Mapping[str, pd.DataFrame]
) -> Json:
    known = [(role, by_case[case.name]) for role, case in found]
    regime = _commonest_regime([row, *(one for _, one in known)])
    ratios = _ratios(row["case"], [one["case"] for _, one in known], samples)
    return {
        "workload": row["workload"],
        "keys": row["keys"],
        **_side(row, regime, samples),
        "others": [
            {"role": role, "wait": one["keys"].get("wait"), **_side(one, regime, samples), "ratio": ratio}
            for (role, one), ratio in zip(known, ratios)
        ],
    }


def _commonest_regime(rows: list[Json]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        for state in row["regimes"]:
            counts[state["regime"]] = counts.get(state["regime"], 0) + state["n"]
    return max(sorted(counts), key=lambda name: counts[name])


def _side(row: Json, regime: str, samples: Mapping[str, pd.DataFrame]) -> Json:
    states = {state["regime"]: state for state in row["regimes"]}
    state = states.get(regime) or max(row["regimes"], key=lambda one: int(one["n"]))
    rows = samples[row["case"]]
    return {
        "implementation": row["implementation"],
        "case": row["case"],
        "regime": state["regime"],
        "n": state["n"],
        "rate": _per_second(row["workload"], state),
        "lost": _sum(rows, "lost_updates"),
        "adds": _sum(rows, "adds"),
        "bytes": state["figures"].get("bytes"),
        "share_of_bound": state["figures"].get("efficiency"),
        **{name: state["figures"].get(name) for name in ("items", "cpu_s", "first_result_s")},
    }


def _per_second(workload: str, state: Json) -> Json:
    """Hops, operations or documents per second."""
    low, median, high = (state[key] for key in ("low", "median", "high"))
    if workload == "counter":
        return {"low": low, "median": median, "high": high}
    # Two hops are a round trip.
    many = 2e9 if workload == "ping_pong" else state["figures"]["items"]
    return {"low": many / high, "median": many / median, "high": many / low}


def _sum(rows: pd.DataFrame, figure: str) -> float | None:
    if figure not in rows or rows[figure].isna().all():
        return None
    return float(rows[figure].sum())


def _ratios(form: str, others: list[str], samples: Mapping[str, pd.DataFrame]) -> list[Json | None]:
    """How many times as fast each is as the Python form, from trials of the same block and regime."""
    columns = ["block", "regime", "log_cost"]
    frames = [samples[case][columns].assign(implementation=case) for case in others]
    group = pairs.of_rows(pd.concat([samples[form][columns].assign(implementation=_PYTHON), *frames]))
    return [_ratio(group, case) for case in others]


def _ratio(group: pairs.Group, case: str) -> Json | None:
    if not {_PYTHON, case} <= set(group.names):
        return None
    found = verdicts.verdict(group, group.names.index(_PYTHON), group.names.index(case))
    if found.trials == 0:
        return None
    told = {"low": found.low, "median": found.ratio, "high": found.high, "n": found.trials}
    return {**told, "sufficient": found.trials >= pairs.MIN_TRIALS}


def _claim(entries: list[Json]) -> Json | None:
    """Two queues, blocking: what the project promises, and for which ways to block this run shows it."""
    for entry in entries:
        if entry["keys"].get("queues") == "2" and entry["keys"].get("wait") == "block":
            compared = [
                _judged(other) for other in entry["others"] if other["role"] != OTHER and other["ratio"]
            ]
            return {"least": LEAST, "compared": compared} if compared else None
    return None


def _judged(other: Json) -> Json:
    ratio = other["ratio"]
    named = {key: other[key] for key in ("implementation", "role", "wait")}
    return {**named, **ratio, "shown": ratio["sufficient"] and ratio["low"] >= LEAST}
