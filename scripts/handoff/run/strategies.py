"""The download strategies as their names tell: some are a pool of workers over one of the catalog's queues."""

from __future__ import annotations

from collections.abc import Iterable

WORKLOAD = "download_strategies"

# What all others are to be better than.
SEQUENTIAL = "sequential"

# Several documents under way at once: results in order, their cure, and as they come.
ORDERED = "window_in_order"
BUFFERED = "window_reorder_buffer"
UNORDERED = "window_completion_order"

# Worker processes on a queue in Redis, which save what they fetch, or do not.
REDIS_WORKERS = "redis_workers"
WORKERS = (REDIS_WORKERS, "redis_workers_saving")

# Everything under way on one thread: on the simulated network's timers, and on sockets.
ON_ONE_THREAD = ("asio_coroutines", "curl_multi")
MULTI = ON_ONE_THREAD[1]

# How the workers of a pool learn that there is no more, by what stands before the queue's name.
POOL, CLOSED_POOL, FLAGGED_POOL, COUNTED_POOL = "pool", "closed_pool", "flagged_pool", "counted_pool"


def queue_of(strategy: str, queues: Iterable[str]) -> str | None:
    """The queue of a pool, `pool_mutex_ring` or `closed_pool_mutex_ring`; None for any other strategy."""
    fitting = sorted((queue for queue in queues if strategy.endswith(f"_{queue}")), key=len)
    return fitting[-1] if fitting else None


def pool_of(strategy: str, queues: Iterable[str]) -> tuple[str, str] | None:
    """How a pool ends, and its queue; None for any other strategy."""
    queue = queue_of(strategy, queues)
    return None if queue is None else (strategy.removesuffix(f"_{queue}"), queue)
