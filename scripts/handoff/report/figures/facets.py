"""One figure for several machines: a facet each, one below the other, with the same scale of figures.

A facet is the machine's own figure, with its own footer. They are stacked and not put side by side because each
is as wide as its names: figures along the horizontal axis, as most of them are, are then right above one another.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib import image, pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.ticker import LogLocator

from ...errors import HandoffError, unknown
from . import REGISTRY, Rendered, style

Json = dict[str, Any]

HEAD = 0.36  # inches: the machine's name
ABSENT = 0.62  # and that it has no samples
GAP = 0.048  # between two names beside an axis, as a share of it


def render(name: str, machines: Sequence[tuple[str, Json]], pixels: bool = False) -> Rendered | None:
    """`machines`: label and summary of each. None where no machine has samples for the figure."""
    spec = REGISTRY.get(name)
    if spec is None:
        raise unknown("figure", name, REGISTRY)
    options: dict[str, Any] = {**matplotlib.rcParamsDefault, "backend": "Agg", **style.RC}
    with matplotlib.rc_context(options):
        parts: list[Figure] = []
        drawn = [spec.draw(summary) for _, summary in machines]
        present = [figure for figure in drawn if figure is not None]
        try:
            if not present:
                return None
            _same_scales(present)
            _same_places(present)
            for (label, summary), figure in zip(machines, drawn):
                parts.append(_head(label, summary, absent=figure is None))
                parts += [] if figure is None else [figure]
            svg, png = _stacked_svg(parts, name), _stacked_png(parts) if pixels else b""
        finally:
            for figure in [*present, *parts]:
                pyplot.close(figure)
    return Rendered(name, spec.question, spec.answer, svg, png, spec.section)


def required(name: str, machines: Sequence[tuple[str, Json]], pixels: bool = False) -> Rendered:
    rendered = render(name, machines, pixels)
    if rendered is None:
        raise HandoffError(f"figure '{name}': no run of the {len(machines)} has samples for it")
    return rendered


def _head(label: str, summary: Json, absent: bool) -> Figure:
    figure = pyplot.figure(figsize=(style.WIDTH, ABSENT if absent else HEAD))
    height = figure.get_size_inches()[1]
    figure.add_artist(
        pyplot.Rectangle((0, 0), 1, 1, transform=figure.transFigure, facecolor=style.SHADE, zorder=-1)
    )
    stamp = "" if summary["citable"] else " · NOT CITABLE"
    colour = style.INK if summary["citable"] else style.RED
    y = 1 - HEAD / 2 / height
    figure.text(0.012, y, label + stamp, fontsize=11.5, fontweight="bold", va="center", color=colour)
    if absent:
        figure.text(
            0.012, 0.14 / height, "no samples for this figure", fontsize=9, color=style.MUTED, va="center"
        )
    return figure


def _same_scales(figures: list[Figure]) -> None:
    """The logarithmic axes of the facets, in their order, get limits that hold for all of them."""
    if len({len(figure.axes) for figure in figures}) > 1:
        return
    for facets in zip(*(figure.axes for figure in figures)):
        for which in ("x", "y"):
            if all(axes.name == "rectilinear" and _scale(axes, which) == "log" for axes in facets):
                limits = np.array([_limits(axes, which) for axes in facets])
                for axes in facets:
                    _widen(axes, which, float(limits.min()), float(limits.max()))


def _scale(axes: Axes, which: str) -> str:
    return str(axes.get_xscale() if which == "x" else axes.get_yscale())


def _limits(axes: Axes, which: str) -> tuple[float, float]:
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    return float(low), float(high)


def _same_places(figures: list[Figure]) -> None:
    """The panels of the facets begin and end at the same places, however long the names beside them are: equal
    figures are then above one another."""
    if len({len(figure.axes) for figure in figures}) > 1:
        return
    for figure in figures:
        figure.draw_without_rendering()  # which is when panels get their places
        figure.set_layout_engine("none")  # and they keep them
    for facets in zip(*(figure.axes for figure in figures)):
        places = [axes.get_position() for axes in facets]
        left, right = max(place.x0 for place in places), min(place.x1 for place in places)
        for axes, place in zip(facets, places):
            if left < right:
                axes.set_position((left, place.y0, right - left, place.height))


def _widen(axes: Axes, which: str, low: float, high: float) -> None:
    axes.set_xlim(low, high) if which == "x" else axes.set_ylim(low, high)
    if which == "y":
        _place_names(axes, low, high)
    if high / low > 500:  # as dots.figures_axis has it
        (axes.xaxis if which == "x" else axes.yaxis).set_major_locator(LogLocator(subs=(1.0,), numticks=12))


def _place_names(axes: Axes, low: float, high: float) -> None:
    """Names stand beside what they name, which has moved, and apart from one another."""
    names = [text for text in axes.texts if isinstance(text, Annotation)]
    if not names:
        return
    placed = style.spread_labels(
        [float(np.log(name.xy[1] / low) / np.log(high / low)) for name in names], GAP
    )
    # What would stick out at the bottom goes up, with all the rest, as far as there is room.
    lift = max(0.0, min(GAP - min(placed), 1.0 - max(placed)))
    for name, share in zip(names, placed):
        y = low * (high / low) ** (share + lift) if name.anncoords == "data" else share + lift
        name.xyann = (name.xyann[0], float(y))


def _stacked_svg(parts: list[Figure], name: str) -> str:
    bodies, top = [], 0.0
    for index, part in enumerate(parts):
        # Names of its own for each part: all of them are in one document.
        text = style.svg(part, f"{name}-{index}")
        width, height = (72 * float(inches) for inches in part.get_size_inches())
        inner = text[text.index("<svg") :]
        inner = re.sub(r"<metadata>.*?</metadata>", "", inner, flags=re.DOTALL)
        inner = re.sub(r"^<svg[^>]*>", "", inner, count=1)
        inner = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>facet{index}-", inner)
        place = f'x="0" y="{top:g}" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
        bodies.append(f"<svg {place}>{inner}")
        top += height
    width = 72 * style.WIDTH
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    size = f'width="{width:g}pt" height="{top:g}pt" viewBox="0 0 {width:g} {top:g}" version="1.1"'
    head = '<?xml version="1.0" encoding="utf-8" standalone="no"?>'
    return f"{head}\n<svg {spaces} {size}>\n{''.join(bodies)}</svg>\n"


def _stacked_png(parts: list[Figure]) -> bytes:
    pictures = [image.imread(io.BytesIO(style.png(part)), format="png") for part in parts]
    narrowest = min(picture.shape[1] for picture in pictures)
    whole = np.vstack([picture[:, :narrowest] for picture in pictures])
    buffer = io.BytesIO()
    image.imsave(buffer, whole, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()
