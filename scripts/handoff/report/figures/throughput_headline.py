"""All queues in one setting, one producer and one consumer, each with what is known of it against the best."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from . import data, headline

QUESTION = "Which queue moves most items?"
GOALS = ("throughput",)
ANSWER = (
    "The dot is the median of all trials of one regime, the bar its exact 95% interval. Beside it stands what is "
    "shown of each queue against the best."
)


def draw(summary: dict[str, Any]) -> Figure | None:
    usual = (("p", "1"), ("c", "1"), ("wait", ("pause", "spin")), ("item", "8"), ("capacity", "1024"))
    group = data.best_group(summary, "producer_consumer", usual)
    return headline.draw(
        summary, group, "Throughput", "items per second (log scale; further right is better)"
    )
