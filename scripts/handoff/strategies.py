"""The download strategies as their names tell: some are a pool of workers over one of the catalog's queues."""

from __future__ import annotations

from collections.abc import Iterable

WORKLOAD = "download_strategies"


def queue_of(strategy: str, queues: Iterable[str]) -> str | None:
    """The queue of a pool, `pool_mutex_ring` or `closed_pool_mutex_ring`; None for any other strategy."""
    fitting = sorted((queue for queue in queues if strategy.endswith(f"_{queue}")), key=len)
    return fitting[-1] if fitting else None
