"""Round trip of all queues in one setting, beside the raw cache line."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from . import data, headline

QUESTION = "How long does a hand-over there and back take?"
GOALS = ("round_trip",)
ANSWER = (
    "Mean round trip of one item through two queues. The dashed line is the yardstick: the same two CPUs "
    "passing a bare cache line. The multiple beside each figure says how many of these a queue takes."
)


def draw(summary: dict[str, Any]) -> Figure | None:
    group = data.best_group(
        summary, "ping_pong", (("report", "mean"), ("queues", "2"), ("wait", ("pause", "spin")))
    )
    return headline.draw(summary, group, "Ping-pong", "round trip (log scale; further left is better)")
