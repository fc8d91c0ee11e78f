"""Download strategies: which are pools, and the picture of who waited for whom."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from handoff import gantt, strategies
from handoff.errors import HandoffError

QUEUES = ("ring", "mutex_ring", "boost_queue")


@pytest.mark.parametrize(
    "name, queue",
    [
        ("pool_mutex_ring", "mutex_ring"),
        ("closed_pool_mutex_ring", "mutex_ring"),
        ("pool_ring", "ring"),
        ("flagged_pool_boost_queue", "boost_queue"),
        ("window_in_order", None),
        ("sequential", None),
    ],
)
def test_a_pool_is_told_by_its_queue(name: str, queue: str | None) -> None:
    assert strategies.queue_of(name, QUEUES) == queue
    pool = None if queue is None else (name[: -len(queue) - 1], queue)
    assert strategies.pool_of(name, QUEUES) == pool


def stamps(*rows: tuple[float, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["started_s", "ended_s", "delivered_s"])
    table.index.name = "document"
    return table


# Two places; document 0 is slow, so 1 waits for it with its result, and in an ordered window 2 starts late.
ORDERED = stamps((0.0, 0.3, 0.3), (0.0, 0.1, 0.3), (0.3, 0.4, 0.4), (0.3, 0.5, 0.5))


def test_documents_lie_on_places_that_were_free() -> None:
    assert gantt.places(ORDERED) == [0, 1, 1, 0]
    assert gantt.places(stamps((0.0, 0.1, 0.1), (0.1, 0.2, 0.2), (0.15, 0.3, 0.3))) == [0, 0, 1]


def test_the_picture_says_how_long_each_strategy_took(tmp_path: Path) -> None:
    figure = gantt.draw({"ordered": ORDERED, "alone": stamps((0.0, 0.1, 0.1))})
    assert [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes] == [
        "ordered: 500 ms",
        "alone: 100 ms",
    ]
    # Two bars for each document: under way, and waiting.
    assert [len(axes.patches) for axes in figure.axes] == [8, 2]
    for kind in ("svg", "png"):
        gantt.write({"ordered": ORDERED}, tmp_path / f"picture.{kind}")
        assert (tmp_path / f"picture.{kind}").stat().st_size > 1000


def test_what_is_not_built_is_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="download_strategies' is not built"):
        gantt.job(tmp_path, "window_in_order")
