"""What all figures share: size, palette, footer, and how they become files that are the same every time."""

from __future__ import annotations

import html
import io
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")  # no display is needed or looked for

import matplotlib.pyplot as plt  # noqa: E402  (after the choice of the backend)
from matplotlib.artist import Artist  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

Json = dict[str, Any]

WIDTH = 10.0  # inches: the page shows figures at about this size, so 9 pt is 9 pt
ROW = 0.26  # inches per row of a list of implementations

# Okabe & Ito's palette, told apart with any of the usual colour blindnesses; used with the markers below.
BLUE, ORANGE, GREEN, PURPLE, SKY, RED, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
)
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
INK, MUTED, FAINT, SHADE = "#1b1f24", "#5b6470", "#d5dae0", "#f1f3f5"

FONT = "DejaVu Sans"

TIP = "tip "  # begins the name of a mark that says what it shows

RC = {
    "svg.hashsalt": "handoff",
    # A text and not the outlines of its letters: it can be found and read aloud, and takes half the space.
    "svg.fonttype": "none",
    "font.family": FONT,
    # A name with dollars in it is a name and no formula.
    "text.parse_math": False,
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "hatch.linewidth": 0.5,
    "path.simplify": False,
}


def new(
    height: float, columns: int = 1, width_ratios: Sequence[float] | None = None, **options: Any
) -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(
        1,
        columns,
        figsize=(WIDTH, height),
        squeeze=False,
        layout="constrained",
        gridspec_kw={"width_ratios": width_ratios} if width_ratios else None,
        **options,
    )
    return figure, list(axes[0])


def finish(
    figure: Figure,
    summary: Json,
    title: str,
    regime: str,
    n: str,
    legend: Sequence[tuple[Any, str]] = (),
) -> None:
    """The title above, and below what the reader needs to cite the figure, or not to."""
    citable = "citable" if summary["citable"] else "NOT CITABLE"
    dirty = " · dirty build" if summary["environment"].get("build", {}).get("dirty") else ""
    line = f"{summary['run_id']} · {citable}{dirty} · {n} · {regime}"
    frame(figure, title, line, legend, alarming=not summary["citable"])


def frame(
    figure: Figure, title: str, line: str, legend: Sequence[tuple[Any, str]] = (), alarming: bool = False
) -> None:
    """The title, and what the marks mean, above; and a line below."""
    # Room is reserved in inches, so that tall figures are not torn apart.
    height = figure.get_size_inches()[1]
    top, bottom = (0.66 if legend else 0.36) / height, 0.34 / height
    if legend:
        handles, labels = zip(*legend)
        place = {"loc": "upper left", "bbox_to_anchor": (0.004, 1 - 0.34 / height)}
        figure.legend(handles, labels, ncol=len(labels), handletextpad=0.5, columnspacing=1.4, **place)
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08, rect=(0.0, bottom, 1.0, 1.0 - top - bottom))
    figure.text(0.012, 1 - 0.11 / height, title, fontsize=11.5, fontweight="bold", va="top")
    colour = RED if alarming else MUTED
    weight = "bold" if alarming else "normal"
    figure.text(0.012, 0.09 / height, line, fontsize=7.5, color=colour, fontweight=weight, va="bottom")


def svg(figure: Figure, name: str) -> str:
    buffer = io.StringIO()
    # The name in the salt keeps the ids of two figures on one page apart.
    with matplotlib.rc_context({"svg.hashsalt": f"handoff-{name}"}):
        # The dots per inch are of the points that are drawn as pixels.
        figure.savefig(buffer, format="svg", dpi=144, metadata={"Date": None, "Creator": None})
    return compact(buffer.getvalue())


def compact(text: str) -> str:
    """The same picture in less space: coordinates to a hundredth of a point, and nothing that draws nothing."""
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", text)
    text = text.replace(f"'{FONT}'", f"'{FONT}', Verdana, sans-serif")  # Verdana's letters are as wide
    text = re.sub(r'(?<= d=")[^"]*', _short_path, text)
    text = re.sub(r'(?<= [xy]=")[^"]*|translate\([^)]*\)|rotate\([^)]*\)', _short_numbers, text)
    lines = "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"
    return _with_classes(_flat(_with_titles(lines)))


def tip(artist: Artist, text: str) -> None:
    """What is shown of a mark when it is pointed at or has the focus."""
    artist.set_gid(TIP + text)


def _with_titles(text: str) -> str:
    """A mark with a tip can be reached by the keyboard, and says what it shows."""
    return re.sub(
        rf'<g id="{TIP}([^"]*)">', r'<g class="tip" tabindex="0" role="img"><title>\1</title>', text
    )


def _flat(text: str) -> str:
    """Without groups that only have a number for a name, where nothing or one element is all that is in them."""
    text = re.sub(r'<g id="[A-Za-z0-9.]+_\d+">', "<g>", text)
    text = re.sub(r'<g id="[A-Za-z0-9.]+_\d+"/>\n', "", text)
    previous = ""
    while previous != text:
        previous = text
        text = re.sub(r"<g>\n(<(?:path|text|use|image)\b[^\n]*(?:/>|</text>))\n</g>", r"\1", text)
    return text


def _with_classes(text: str) -> str:
    """Each style once, under a name that is made from it: the same in every figure of a page."""
    counted = Counter(re.findall(r' style="([^"]*)"', text))
    names = {one: f"s{zlib.crc32(one.encode()):08x}" for one, times in counted.items() if times > 1}
    if not names or "<style" not in text:
        return text
    text = re.sub(
        r' style="([^"]*)"',
        lambda found: f' class="{names[found[1]]}"' if found[1] in names else found[0],
        text,
    )
    rules = "".join(f".{name}{{{html.unescape(one)}}}" for one, name in names.items())
    return text.replace("</style>", f"{rules}</style>", 1)


def _short_path(found: re.Match[str]) -> str:
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(_short_numbers(found).split()))


def _short_numbers(found: re.Match[str]) -> str:
    return re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), found[0])


def png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()


def spread_labels(positions: Sequence[float], gap: float) -> list[float]:
    """The nearest positions, in the same order, that keep `gap` between neighbours; inside 0…1 if they fit."""
    placed = _spread(positions, gap)
    over, under = max(0.0, max(placed, default=0.0) - 1.0), max(0.0, -min(placed, default=0.0))
    return [position - over + (0.0 if over else under) for position in placed]


def _spread(positions: Sequence[float], gap: float) -> list[float]:
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    # Pools of touching labels, each centred on what its members want (isotonic regression).
    pools: list[tuple[float, list[int]]] = []
    for i in order:
        pools.append((positions[i], [i]))
        while len(pools) > 1 and _top(pools[-2], gap) > _bottom(pools[-1], gap):
            (centre_b, b), (centre_a, a) = pools.pop(), pools.pop()
            merged = (centre_a * len(a) + centre_b * len(b)) / (len(a) + len(b))
            pools.append((merged, a + b))
    placed = [0.0] * len(positions)
    for centre, members in pools:
        for at, i in enumerate(members):
            placed[i] = centre + (at - (len(members) - 1) / 2) * gap
    return placed


def _top(pool: tuple[float, list[int]], gap: float) -> float:
    return pool[0] + len(pool[1]) / 2 * gap


def _bottom(pool: tuple[float, list[int]], gap: float) -> float:
    return pool[0] - len(pool[1]) / 2 * gap
