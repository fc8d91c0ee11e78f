"""A suite with the queues, counters, locks and cases of the real one, as far as profiles choose by them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

from conftest import WORKLOADS, counter, lock, queue, way_to_wait

from handoff.campaign.catalog import Suite
from handoff.run import cases, control_kinds

SPSC = {"producers": "one", "consumers": "one"}
UNBOUNDED = {"bound": "unbounded"}
RESERVATION = {"failure": "in_flight"}
OWN = {"own_wait": True}
BULK = {"bulk": True}
LIFO = {"delivery": "lifo"}

# The list of queues, as far as their specs matter here.
COMPARED = {
    "paced_spsc_ring": "paced",
    "slowed_spsc_ring": "slowed",
    "slightly_slowed_spsc_ring": "slight",
}  # kinds of controls

QUEUES = [
    queue("mutex_deque", **UNBOUNDED),
    *(queue(name, **OWN) for name in ("mutex_ring", "ttas_ring", "ticket_ring", "tbb_spin_ring")),
    queue("two_lock_queue", **UNBOUNDED),
    queue("lamport_spsc_ring", **SPSC),
    queue("cached_spsc_ring", **SPSC, **BULK),
    queue("vyukov_mpmc_ring", **RESERVATION),
    queue("ticket_mpmc_ring", **RESERVATION, **BULK),
    queue("mutex_stack", **LIFO, **OWN),
    queue("treiber_stack", **LIFO, **RESERVATION),
    queue("boost_spsc_queue", **SPSC, **BULK),
    queue("boost_queue"),
    queue("moodycamel_concurrent_queue", delivery="per_producer_fifo", **UNBOUNDED),
    queue("moodycamel_token_queue", delivery="per_producer_fifo", **UNBOUNDED, **BULK),
    queue("moodycamel_blocking_queue", delivery="per_producer_fifo", **UNBOUNDED, **OWN),
    queue("moodycamel_spsc_queue", **SPSC, **UNBOUNDED),
    queue("tbb_concurrent_queue", **UNBOUNDED),
    queue("tbb_bounded_queue", **OWN),
    queue("atomic_queue_mpmc", delivery="unordered", **OWN),
    queue("atomic_queue_spsc", **SPSC, **OWN),
    queue("noop_queue", control="ceiling"),
    queue("lossy_queue", control="lossy"),
    queue("duplicating_queue", control="duplicating"),
    *(queue(name, control=kind, **SPSC) for name, kind in COMPARED.items()),
]
COUNTERS = [
    *(counter(f"{name}_counter") for name in ("mutex", "ttas", "ticket", "seq_cst", "relaxed", "cas_loop")),
    *(counter(f"{name}_counter", "quiescent") for name in ("sharded_padded", "sharded_unpadded", "tbb")),
    counter("racing_counter", "lossy", control="racing"),
    counter("faa_floor_counter", control="floor"),
]
LOCKS = [
    lock("ttas_lock"),
    lock("ticket_lock", fairness="fifo"),
    lock("futex_mutex", may_block=True),
    lock("counting_shared_lock", shared=True),
    lock("std_mutex", may_block=True),
    lock("intruding_lock", control="intruding"),
]
WAYS_TO_WAIT = [
    way_to_wait("spin_wait", "polls"),
    way_to_wait("pause_wait", "polls"),
    way_to_wait("sleep_wait", "naps"),
    way_to_wait("eventcount_wait", "sleeps"),
    way_to_wait("short_spin_wait", "polls_then_sleeps"),
    way_to_wait("condition_variable_wait", "sleeps", notify="blocking"),
    way_to_wait("semaphore_wait", "sleeps", waiters="one"),
    way_to_wait("forgetful_wait", "polls", control="forgetful", waiters="one"),
]
TRY_WAITS = ("spin", "pause", "backoff", "yield", "sleep_1ms", "block", "adaptive", "timed")


def queue_cases(spec: dict[str, Any]) -> list[str]:
    name = spec["name"]
    own = ("own",) if spec["own_wait"] else ()
    ps = (1,) if spec["producers"] == "one" else (1, 2, 4, 8)
    cs = (1,) if spec["consumers"] == "one" else (1, 2, 4, 8)
    throughput = product(
        ps,
        cs,
        ("spin", "pause", "yield", "sleep_1ms", "block", *own),
        ("8", "64", "256", "move_only"),
        (64, 1024, 65536),
    )
    found = [
        f"producer_consumer/{name}/p:{p}/c:{c}/wait:{w}/item:{i}/capacity:{k}" for p, c, w, i, k in throughput
    ]
    if spec.get("bulk"):
        counts = product(
            [n for n in ps if n < 8],
            [n for n in cs if n < 8],
            ("pause", "yield"),
            ("8", "64"),
            (1, 4, 16, 64),
        )
        found += [
            f"bulk/{name}/p:{p}/c:{c}/wait:{w}/item:{i}/capacity:1024/bulk:{b}" for p, c, w, i, b in counts
        ]
    for wait in (*TRY_WAITS, *own):
        found += [
            f"ping_pong/{name}/queues:2/wait:{wait}/report:{report}" for report in ("mean", "distribution")
        ]
        if spec["producers"] == "many":
            found.append(f"ping_pong/{name}/queues:1/wait:{wait}/report:mean")
    if not spec["control"]:
        loads = product(
            (1,) if spec["producers"] == "one" else (1, 2),
            ("spin", "pause", "block"),
            ("50%", "80%", "10000", "100000"),
        )
        found += [
            f"load/{name}/p:{n}/c:{n}/wait:{wait}/arrivals:poisson/rate:{rate}" for n, wait, rate in loads
        ]
        many = [*product((1, 2, 4, 8, 16, 32), (1, 2)), (3, 3)]
        shapes = [(1, 1)] if spec["producers"] == "one" else many
        found += [
            f"download/{name}/n:{n}/m:{m}/wait:{wait}/items:64"
            for (n, m), wait in product(shapes, ("yield", "sleep_1ms", "block", "timed", *own))
        ]
        if spec["producers"] == spec["consumers"] == "many" and spec["bound"] == "bounded":
            found += [
                f"nearly_full/{name}/t:{t}/wait:{wait}/capacity:64/free:{t}"
                for t, wait in product((2, 4, 8), ("pause", "yield"))
            ]
        p, c = (2 if spec[end] == "many" else 1 for end in ("producers", "consumers"))
        found += [f"stall/{name}/p:{p}/c:{c}/capacity:64/stop_ms:{ms}" for ms in (1, 10, 100)]
        found += [f"memory/{name}/item:{i}/items:{k}" for i, k in product(("8", "64", "256"), (1024, 65536))]
    return found


def counter_cases(spec: dict[str, Any]) -> list[str]:
    mixes = ("increment", "read_1", "read_10", "read_90", "add_subtract", "list_packed", "list_padded")
    return [f"counter/{spec['name']}/t:{t}/mix:{mix}" for mix, t in product(mixes, range(1, 9))]


def lock_cases(spec: dict[str, Any]) -> list[str]:
    if spec["control"]:
        return [f"lock/{spec['name']}/t:2/inside:1000/outside:0/read:0"]
    plans = product((1, 2, 4, 8), (0, 100, 1000), (0, 1000), (0, 90, 99))
    return [f"lock/{spec['name']}/t:{t}/inside:{i}/outside:{o}/read:{r}" for t, i, o, r in plans]


def wait_cases(spec: dict[str, Any]) -> list[str]:
    if spec["control"]:
        return [f"wait/{spec['name']}/waiters:1/gap_us:1/hungry:0"]
    crowds = ((1, 0), (1, 1)) if spec["waiters"] == "one" else ((1, 0), (1, 1), (2, 0), (8, 0))
    plans = product(crowds, (1, 10, 100, 1000, 10000, 100000))
    return [f"wait/{spec['name']}/waiters:{n}/gap_us:{gap}/hungry:{hungry}" for (n, hungry), gap in plans]


WINDOWS = ("window_in_order", "window_reorder_buffer", "window_completion_order")


# Some that are no pools; of the pools, one over each queue that many may take from, and those that end
# otherwise.
def strategy_cases(queues: list[dict[str, Any]]) -> list[str]:
    pools = [f"pool_{one['name']}" for one in queues if one["consumers"] == "many" and not one["control"]]
    pools += [
        f"{end}_pool_{one['name']}" for one in queues if one["own_wait"] for end in ("closed", "flagged")
    ]
    pools += [
        f"counted_pool_{one['name']}"
        for one in queues
        if one["delivery"] == "lifo" and not one["own_wait"] and not one["control"]
    ]
    lists = (
        ("items:64/latency:log_normal/ms:4", (8,)),
        ("items:11/latency:log_normal/ms:50", (4,)),
        ("items:200/latency:log_normal/ms:4", (8, 32)),
        ("items:500/latency:log_normal/ms:50", (4, 8, 32)),
        ("items:10000/latency:constant/ms:0", (1,)),
    )
    failing = "n:8/items:500/latency:log_normal/ms:4/failures:10%/bandwidth:unlimited/time:real"
    names = ("sequential", *WINDOWS, "curl_multi", *pools)
    return [
        f"download_strategies/{name}/n:{n}/{items}/failures:0%/bandwidth:unlimited/time:{time}"
        for time, (items, numbers) in product(("real", "virtual"), lists)
        for n in numbers
        for name in names
    ] + [f"download_strategies/{name}/{failing}{over}" for over in ("", "/transport:http") for name in names]


def saving_cases() -> list[str]:
    ways = product(("claim_lock", "claim_exclusive", "claim_id"), (1, 8), ("none", "fsync"))
    return [f"download_saving/{claim}/n:{n}/items:500/sync:{sync}" for claim, n, sync in ways]


def suite(
    queues: list[dict[str, Any]] = QUEUES,
    counters: list[dict[str, Any]] = COUNTERS,
    locks: list[dict[str, Any]] = LOCKS,
    waits: list[dict[str, Any]] = WAYS_TO_WAIT,
    cpus: int = 2,
) -> Suite:
    names = [name for spec in queues for name in queue_cases(spec)]
    names += [name for spec in counters for name in counter_cases(spec)]
    names += [name for spec in locks for name in lock_cases(spec)]
    names += [name for spec in waits for name in wait_cases(spec)]
    names += strategy_cases(queues) + saving_cases()
    names += [f"core_to_core/cache_line/a:{a}/b:{b}" for a in range(cpus) for b in range(a + 1, cpus)]
    names.sort(key=lambda name: WORKLOADS.index(name.split("/")[0]))  # as listed binary by binary
    catalog = {
        "schema": 1,
        "queues": queues,
        "counters": counters,
        "locks": locks,
        "ways_to_wait": waits,
        "workloads": WORKLOADS,
    }
    return Suite(Path("build"), catalog, {}, [cases.parse(name, control_kinds.of(catalog)) for name in names])
