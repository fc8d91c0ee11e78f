"""The figures of a report, one module each; this registry is the order in which the page asks its questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib import pyplot
from matplotlib.figure import Figure

from ...errors import HandoffError, unknown
from . import (
    bulk_sweep,
    core_to_core,
    counters_by_threads,
    cpu_cost,
    download,
    download_strategies,
    gantt,
    latency_percentiles,
    latency_under_load,
    locks,
    memory,
    payload_sweep,
    ping_pong_by_wait,
    ping_pong_headline,
    python_beside_cpp,
    stall_map,
    style,
    throughput_by_threads,
    throughput_headline,
    wait_by_gap,
)


@dataclass(frozen=True)
class Spec:
    name: str
    question: str
    answer: str  # how to read the picture, in a sentence
    draw: Callable[[dict[str, Any]], Figure | None]  # None where the run has no data for it
    section: str  # of a run's report, in which it stands
    goals: tuple[str, ...] = ()  # of the picker, which it is shown with


@dataclass(frozen=True)
class Rendered:
    name: str
    question: str
    answer: str
    svg: str
    png: bytes  # empty unless it was asked for
    section: str


QUESTIONS = "questions"

_MODULES = (
    throughput_headline,
    throughput_by_threads,
    ping_pong_headline,
    ping_pong_by_wait,
    latency_percentiles,
    latency_under_load,
    locks,
    counters_by_threads,
    cpu_cost,
    payload_sweep,
    bulk_sweep,
    download,
    download_strategies,
    gantt,
    memory,
    stall_map,
    wait_by_gap,
    python_beside_cpp,
    core_to_core,
)
REGISTRY: dict[str, Spec] = {
    name: Spec(
        name,
        module.QUESTION,
        module.ANSWER,
        module.draw,
        getattr(module, "SECTION", QUESTIONS),
        getattr(module, "GOALS", ()),
    )
    for module in _MODULES
    for name in [module.__name__.rpartition(".")[2]]
}


def render(name: str, summary: dict[str, Any], pixels: bool = False) -> Rendered | None:
    """One figure, or None where the run has no samples for it. `pixels`: as PNG, too, which takes as long again."""
    spec = REGISTRY.get(name)
    if spec is None:
        raise unknown("figure", name, REGISTRY)
    options: dict[str, Any] = {**matplotlib.rcParamsDefault, "backend": "Agg", **style.RC}
    with matplotlib.rc_context(options):
        figure = spec.draw(summary)
        if figure is None:
            return None
        try:
            svg, png = style.svg(figure, name), style.png(figure) if pixels else b""
            return Rendered(name, spec.question, spec.answer, svg, png, spec.section)
        finally:
            pyplot.close(figure)


def required(name: str, summary: dict[str, Any], pixels: bool = False) -> Rendered:
    """As render, for a caller who asked for this one."""
    rendered = render(name, summary, pixels)
    if rendered is None:
        raise HandoffError(f"figure '{name}': the run {summary['run_id']} has no samples for it")
    return rendered
