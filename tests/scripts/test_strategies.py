"""Download strategies: which are pools, and the picture of who waited for whom."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import FakeBuild, one_line
from matplotlib import pyplot
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from test_report import call

from handoff.campaign import catalog, jobs
from handoff.campaign.redis_server import RedisServer
from handoff.campaign.runner import Settings
from handoff.report.figures import gantt, style
from handoff.run import strategies

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


@pytest.mark.skipif("HANDOFF_BUILD" not in os.environ, reason="CTest says where the benchmarks are")
def test_stop_items_end_every_pool_but_those_whose_items_may_overtake_them() -> None:
    built = catalog.load(Path(os.environ["HANDOFF_BUILD"]), Settings())
    queues = [entry for entry in built.catalog["queues"] if not entry["control"]]
    cases = {(case.workload, case.implementation) for case in built.cases}
    for entry in queues:
        stops = entry["delivery"] not in ("lifo", "k_relaxed")
        assert (("download", entry["name"]) in cases) is stops, entry["name"]
        for kind, expected in ((strategies.POOL, stops), (strategies.CLOSED_POOL, entry["closable"])):
            assert ((strategies.WORKLOAD, f"{kind}_{entry['name']}") in cases) is expected, (
                kind,
                entry["name"],
            )
    assert {entry["delivery"] for entry in queues} >= {"fifo", "lifo", "k_relaxed"}


@pytest.mark.skipif("HANDOFF_BUILD" not in os.environ, reason="CTest says where the benchmarks are")
def test_workers_from_elsewhere_leave_out_only_what_they_cannot_take_part_in(tmp_path: Path) -> None:
    def listed(server: RedisServer | None) -> set[tuple[str, int]]:
        built = catalog.load(Path(os.environ["HANDOFF_BUILD"]), Settings(redis=server))
        mine = [case for case in built.cases if case.workload == strategies.WORKLOAD]
        return {(case.implementation, case.number("n")) for case in mine}

    with_two, with_nine = (
        listed(None) - listed(RedisServer(f"unix://{tmp_path}/socket", workers_elsewhere=elsewhere))
        for elsewhere in (2, 9)
    )
    of_workers, of_savers = ({one for one in listed(None) if one[0] == name} for name in strategies.WORKERS)
    assert with_two == of_savers | {one for one in of_workers if one[1] < 2}
    assert with_nine == of_savers | {one for one in of_workers if one[1] < 9}
    assert {n for _, n in of_workers} >= {1, 8, 32}


# Two places; document 0 is slow, so 1 waits for it with its result, and in an ordered window 2 starts late.
ORDERED = [(0.0, 0.3, 0.3), (0.0, 0.1, 0.3), (0.3, 0.4, 0.4), (0.3, 0.5, 0.5)]


def test_documents_lie_on_places_that_were_free() -> None:
    assert gantt.places(ORDERED) == [0, 1, 1, 0]
    assert gantt.places([(0.0, 0.1, 0.1), (0.1, 0.2, 0.2), (0.15, 0.3, 0.3)]) == [0, 0, 1]


def bars(figure: Figure, colour: str) -> list[list[tuple[float, float]]]:
    """Of each panel the bars of that colour, as the times of their ends, in the order of the documents."""
    wanted = to_rgba(colour)
    return [
        [
            (round(bar.get_x(), 6), round(bar.get_x() + bar.get_width(), 6))
            for bar in axes.patches
            if bar.get_facecolor() == wanted and bar.get_width() > 0
        ]
        for axes in figure.axes
    ]


def test_the_picture_has_a_panel_for_each_strategy_with_what_was_under_way_and_what_waited() -> None:
    figure = gantt.panels({"ordered": ORDERED, "alone": [(0.0, 0.1, 0.1)]})
    assert [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes] == [
        "ordered: 500 ms",
        "alone: 100 ms",
    ]
    under_way = [(0.0, 300.0), (0.0, 100.0), (300.0, 400.0), (300.0, 500.0)]
    assert bars(figure, style.SKY) == [under_way, [(0.0, 100.0)]]
    assert bars(figure, style.ORANGE) == [[(100.0, 300.0)], []]
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "2", "3", "4"]
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim(), "one scale of time"
    pyplot.close(figure)


@pytest.mark.parametrize("kind, begins", [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_job_of_ones_own_is_drawn(build: FakeBuild, tmp_path: Path, kind: str, begins: bytes) -> None:
    build.set_cases(*(jobs.case_of(name).name for name in ("one", "other")))
    out = tmp_path / f"picture.{kind}"
    told = call("gantt.py", "--build-dir", build.dir, "--strategy", "other", "--out", out)
    assert (told.returncode, told.stdout, told.stderr) == (0, f"{out}\n", "")
    assert out.read_bytes().startswith(begins) and build.calls() == 1


@pytest.mark.parametrize(
    "arguments, code, says",
    [
        (("--strategy", "othr"), 2, "unknown strategy 'othr'; did you mean 'other'? valid: one, other"),
        (("--strategy", "one"), 1, "download_strategies/one/n:4/items:24/latency:log_normal/ms:50"),
        (("--out", "x.pdf"), 2, "unknown kind of file 'x.pdf'; valid: .svg, .png"),
        (("--build-dir", "{own}/missing"), 2, "download_strategies' is not built"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    build: FakeBuild, tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    build.set_cases(*(jobs.case_of(name).name for name in ("one", "other")))
    build.misbehave({"case": "/one/", "do": "unverified"})
    told = call("gantt.py", "--build-dir", build.dir, *(one.format(own=tmp_path) for one in arguments))
    assert told.returncode == code
    assert says in one_line(told.stderr)
