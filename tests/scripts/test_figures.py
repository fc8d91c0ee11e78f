"""Figures: same bytes each time, footers that tell, nothing that joins what must not be joined."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import synthetic_python
import synthetic_run
from matplotlib import pyplot
from matplotlib.figure import Figure
from synthetic_run import Spec

from handoff.errors import HandoffError
from handoff.report import figures, summary
from handoff.report.figures import cpu_cost, data, style
from handoff.run import results

Json = dict[str, Any]


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Json:
    directory = tmp_path_factory.mktemp("usual")
    run = synthetic_run.write(
        directory / "run",
        Spec(workloads=(*Spec().workloads, "download_strategies", "memory", "wait", "stall", "bulk")),
    )
    found = summary.build(results.load(synthetic_python.add(run)))
    # A run with locks and without their control must not be cited.
    locks = _built(directory / "locks", Spec(blocks=24, places=(49.0,), workloads=("lock",)))
    found["cases"] += [one for one in locks["cases"] if one["workload"] == "lock"]
    return found


def _built(directory: Path, spec: Spec) -> Json:
    return summary.build(results.load(synthetic_run.write(directory / "run", spec)))


def _drawn(name: str, found: Json) -> Figure:
    with pyplot.rc_context(style.RC):
        figure = figures.REGISTRY[name].draw(found)
    assert figure is not None
    return figure


def _texts(figure: Figure) -> list[str]:
    figure.canvas.draw()
    return [text.get_text() for text in figure.findobj(pyplot.Text) if text.get_text()]


@pytest.mark.parametrize("name", list(figures.REGISTRY))
def test_every_figure_is_drawn_and_its_labels_lie_inside_and_apart(name: str, usual: Json) -> None:
    figure = _drawn(name, usual)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    frame = figure.bbox.padded(1.0)
    rows = []
    for axes in figure.axes:
        boxes = [label.get_window_extent(renderer) for label in axes.get_yticklabels() if label.get_text()]
        rows.append(
            sorted((box for box in boxes if frame.y0 < box.y0 < frame.y1), key=lambda box: float(box.y0))
        )
    for text in figure.texts + [
        t for axes in figure.axes for t in (*axes.texts, axes.title, axes.xaxis.label)
    ]:
        if text.get_text():
            box = text.get_window_extent(renderer)
            assert box.x0 >= frame.x0 and box.x1 <= frame.x1, text.get_text()
            assert box.y0 >= frame.y0 and box.y1 <= frame.y1, text.get_text()
    for boxes in rows:
        assert all(box.x0 >= frame.x0 for box in boxes)
        assert all(below.y1 <= above.y0 + 1 for below, above in zip(boxes, boxes[1:]))
    pyplot.close(figure)


def test_bulks_are_drawn_of_those_that_were_measured_with_several_numbers_of_items(usual: Json) -> None:
    shown = {text.split(":")[0] for text in _texts(_drawn("bulk_sweep", usual)) if ": " in text}
    assert set(synthetic_run.IN_BULK) <= shown and "lamport_spsc_ring" not in shown
    once = [case for case in usual["cases"] if case["workload"] != "bulk" or case["keys"]["bulk"] == "16"]
    assert figures.REGISTRY["bulk_sweep"].draw({**usual, "cases": once}) is None


@pytest.mark.parametrize("name", ["throughput_headline", "throughput_by_threads", "core_to_core"])
def test_a_figure_is_the_same_to_the_byte_each_time(name: str, usual: Json) -> None:
    one, two = (figures.required(name, usual, pixels=True) for _ in range(2))
    assert one.svg == two.svg
    assert one.png == two.png


def test_the_footer_names_run_regime_n_and_whether_it_may_be_cited(usual: Json, tmp_path: Path) -> None:
    figure = _drawn("ping_pong_headline", usual)
    footer = next(text for text in _texts(figure) if usual["run_id"] in text)
    assert "· citable ·" in footer and "n = " in footer and "regime " in footer and "yardstick" in footer
    pyplot.close(figure)
    dirty = _built(tmp_path, Spec(blocks=6, dirty=True, queues=("mutex_ring",), counters=("mutex_counter",)))
    for name, spec in figures.REGISTRY.items():
        with pyplot.rc_context(style.RC):
            stamped = spec.draw(dirty)
        if stamped is not None:
            assert any("NOT CITABLE" in text for text in _texts(stamped)), name
            pyplot.close(stamped)


def test_controls_are_on_no_list_of_contestants(usual: Json) -> None:
    for name in ("throughput_headline", "throughput_by_threads", "counters_by_threads", "cpu_cost"):
        figure = _drawn(name, usual)
        assert not set(_texts(figure)) & set(synthetic_run.CONTROLS)
        pyplot.close(figure)


def test_oversubscribed_counters_are_joined_to_nothing(usual: Json) -> None:
    figure = _drawn("counters_by_threads", usual)
    panel = figure.axes[0]
    ticks = [label.get_text() for label in panel.get_xticklabels()]
    assert ticks == ["1", "2", "4", "8"]
    for line in panel.get_lines():
        xs = {round(float(x)) for x in line.get_xdata()}
        assert len(xs) < 2 or max(xs) <= 1  # only 1 and 2 threads have a CPU each
    pyplot.close(figure)


def test_only_the_ordered_window_loses_documents(usual: Json) -> None:
    figure = _drawn("download_strategies", usual)
    margin = figure.axes[2]
    lost = [text.get_text() for text in margin.texts if text.get_position()[0] == 1.0][1:]
    assert len(lost) == len(synthetic_run.STRATEGIES)
    assert [text for text in lost if text != "–"] == [lost[-1]]
    assert figure.axes[1].get_yticklabels()[-1].get_text() == "window_in_order"
    pyplot.close(figure)


def test_a_run_without_samples_for_a_figure_has_none(tmp_path: Path) -> None:
    found = _built(
        tmp_path, Spec(blocks=6, workloads=("counter",), counters=("mutex_counter", "ttas_counter"))
    )
    assert figures.render("download", found) is None
    with pytest.raises(HandoffError, match="figure 'download'.*no samples"):
        figures.required("download", found)
    assert figures.render("counters_by_threads", found) is not None


def test_an_unknown_figure_lists_the_valid_ones(usual: Json) -> None:
    with pytest.raises(
        HandoffError, match="unknown figure 'throughput_headlin'.*throughput_headline.*download"
    ):
        figures.render("throughput_headlin", usual)


def test_ways_to_wait_have_a_line_each_and_one_where_it_turns_over(usual: Json) -> None:
    figure = _drawn("wait_by_gap", usual)
    late, cost, plane = figure.axes
    turns = [
        line
        for line in cost.get_lines()
        if list(line.get_ydata()) == [0, 1]  # from the lower edge to the upper one
    ]
    assert [float(line.get_xdata()[0]) for line in turns] == [pytest.approx(6e3, rel=0.15)]
    (frontier,) = [line for line in plane.get_lines() if line.get_color() == style.INK]
    xs, ys = (list(map(float, values)) for values in (frontier.get_xdata(), frontier.get_ydata()))
    assert xs == sorted(xs) and ys == sorted(ys, reverse=True) and len(xs) > 1
    (told,) = [text for text in _texts(figure) if text.startswith("the line, from the left")]
    assert told.split("\n")[1] == "spin_wait" and told.endswith("eventcount_wait")
    pyplot.close(figure)


def test_each_point_of_a_way_to_wait_has_its_intervals(usual: Json) -> None:
    figure = _drawn("wait_by_gap", usual)
    late, cost, _ = figure.axes
    for axes, each in ((late, 2), (cost, 1)):  # the median and the 99th percentile; CPU time
        lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 2]
        upright = [
            line
            for line in lines
            if len(set(map(float, line.get_xdata()))) == 1 and 0.0 not in line.get_ydata()
        ]
        points = sum(
            len(line.get_xdata())
            for line in axes.get_lines()
            if line.get_linestyle() == "-" and line.get_marker() == "o" and len(line.get_xdata()) > 2
        )
        assert len(upright) == each * points > 10
    pyplot.close(figure)


def test_a_tail_of_a_lock_that_is_not_known_is_hollow(usual: Json) -> None:
    figure = _drawn("locks", usual)
    often, tail = figure.axes
    names = [label.get_text() for label in often.get_yticklabels()]
    assert names == ["ttas_lock", "std_mutex", "mcs_lock"], "the most acquisitions at the top"
    hollow = {
        names[round(float(line.get_ydata()[0]))]
        for line in tail.get_lines()
        if len(line.get_xdata()) == 1 and line.get_markerfacecolor() == "white"
    }
    assert hollow == {"std_mutex"}
    told = [mark.get_gid() for mark in tail.get_lines() if mark.get_gid()]
    assert len(told) == 6 and sum("not known (" in str(one) for one in told) == 2
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == [
        "2 threads, 100 steps inside, 1000 outside",
        "2 threads, 100 steps inside, 1000 outside, 90% reads",
    ]
    pyplot.close(figure)


def test_the_frontier_by_hand() -> None:
    points = [
        (10.0, 5.0, "slow_cheap", "block"),
        (20.0, 6.0, "middle", "block"),
        (15.0, 9.0, "beaten", "spin"),
        (30.0, 8.0, "fast_dear", "spin"),
        (30.0, 9.0, "as_fast_but_dearer", "spin"),
    ]
    assert [p[2] for p in cpu_cost.frontier(points)] == ["slow_cheap", "middle", "fast_dear"]


def test_labels_are_moved_apart_and_stay_in_order() -> None:
    placed = style.spread_labels([0.5, 0.5, 0.52, 0.9], 0.1)
    assert placed == pytest.approx([0.40666667, 0.50666667, 0.60666667, 0.9])
    bottom = style.spread_labels([0.0, 0.0, 0.0], 0.1)
    assert bottom == pytest.approx([0.0, 0.1, 0.2])
    top = style.spread_labels([1.0, 1.0], 0.1)
    assert top == pytest.approx([0.9, 1.0])
    assert style.spread_labels([], 0.1) == []


def test_the_main_regime_is_the_one_with_most_samples() -> None:
    def row(**counts: int) -> Json:
        return {"regimes": [{"regime": name, "n": n, "median": 1.0} for name, n in counts.items()]}

    assert data.main_regime({}, [row(A=3, B=5), row(A=1, B=1)]) == "B"
    assert data.main_regime({}, [row(B=4, A=4)]) == "A"
    assert data.main_regime({}, []) == "one CPU"


def test_each_tail_has_the_bar_of_its_interval(usual: Json) -> None:
    figure = _drawn("latency_percentiles", usual)
    lines = {tuple(float(x) for x in line.get_xdata()) for line in figure.axes[0].get_lines()}
    rows = data.rows_of(usual, "ping_pong", report="distribution")
    regime = data.main_regime(usual, rows)
    states = [state for row in rows if (state := data.state_of(row, regime)) is not None]
    intervals = [one for state in states for one in state["figure_intervals"].values()]
    assert len(intervals) == 3 * len(states) > 0
    assert all((one["low"], one["high"]) in lines for one in intervals)
    pyplot.close(figure)


def test_a_drawing_takes_no_more_space_than_it_needs(usual: Json) -> None:
    drawn = figures.required("ping_pong_headline", usual)
    assert drawn.png == b""
    # Names can be found and read aloud; where the font is missing, one of the same width stands in for it.
    assert ">mutex_ring</text>" in drawn.svg and "'DejaVu Sans', Verdana, sans-serif" in drawn.svg
    paths = re.findall(r' d="([^"]*)"', drawn.svg)
    assert paths and not any(re.search(r"\.\d{3}|  ", path) for path in paths)
    assert "<metadata>" not in drawn.svg and "<!--" not in drawn.svg


def test_the_short_form_of_a_drawing_is_the_same_drawing() -> None:
    text = '<!-- a name --><path d="M 153.167187 430.939375 \nL -0.001 2 z "/><use x="1.999" y="20"/>'
    assert style.compact(text) == '<path d="M153.17 430.94L-0 2z"/><use x="2" y="20"/>\n'
    scaled = '<g transform="translate(1.23456 2) scale(0.015625)"/>'
    assert style.compact(scaled) == '<g transform="translate(1.23 2) scale(0.015625)"/>\n'
