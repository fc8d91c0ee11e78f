"""The tables of download strategies, made from a run whose truth is known."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from conftest import one_line
from matplotlib import pyplot
from synthetic_run import STAGES_NS, STRATEGIES, Spec
from test_report import call

from handoff.campaign import jobs
from handoff.report import figures, markdown, page, summary
from handoff.report.figures import style
from handoff.run import results

Json = dict[str, Any]
ALONE = Spec(
    blocks=7, places=(49.0,), drifting=0.0, counters=(), controls=(), workloads=("download_strategies",)
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    return summary.build(results.load(synthetic_run.write(tmp_path_factory.mktemp("downloads"), ALONE)))


@pytest.fixture(scope="module")
def tables(found: Json) -> Json:
    downloads: Json = found["downloads"]
    return downloads


def test_each_strategy_stands_in_its_setting_with_its_share_of_the_bound(tables: Json) -> None:
    waiting, at_once = tables["settings"]
    assert waiting["setting"] | {"items": "500", "ms": "50", "time": "real"} == waiting["setting"]
    assert {one["implementation"] for one in at_once["members"]} == set(STAGES_NS)
    numbers = [one["n"] for one in waiting["members"]]
    assert numbers == sorted(numbers) and set(numbers) == {1, 4, 8, 16}
    for one in waiting["members"]:
        assert one["share"] == pytest.approx(STRATEGIES[one["implementation"]], rel=0.01)
        assert one["figures"]["peak_threads"] == one["n"] + 1
        assert one["figures"]["p50_ns"] is None  # the run does not say
        makespan = one["makespan"]["median"]
        assert one["figures"]["bytes_per_second"] == pytest.approx(500 * 65536 / makespan, rel=0.05)


def test_keeping_the_order_costs_what_it_does(tables: Json) -> None:
    assert [one["n"] for one in tables["order"]] == [4, 8, 16]
    for one in tables["order"]:
        bound = one["n"] / 0.0567
        ordered, buffered = one["windows"]
        assert (ordered["implementation"], buffered["implementation"]) == (
            "window_in_order",
            "window_reorder_buffer",
        )
        assert one["rate"] == pytest.approx(0.97 * bound, rel=0.01)
        lost = ordered["lost"]
        assert lost["low"] <= lost["median"] <= lost["high"]
        assert lost["median"] == pytest.approx((0.97 - 0.66) * bound, rel=0.02)
        assert ordered["share"]["median"] == pytest.approx(1 - 0.66 / 0.97, abs=0.01)
        assert buffered["share"]["median"] == pytest.approx(1 - 0.965 / 0.97, abs=0.005)


def test_one_list_over_two_networks_is_two_settings(tmp_path: Path) -> None:
    """Whatever came over HTTP took 30% longer here, and nobody loses anything by it."""
    run = synthetic_run.write(tmp_path / "run", ALONE)
    path, described = run / "samples.jsonl", run / "environment.json"
    measured = [json.loads(line) for line in path.read_text().splitlines()]
    over_http = [
        one
        | {"case": one["case"] + "/transport:http"}
        | {"figures": one["figures"] | {"makespan_s": 1.3 * one["figures"]["makespan_s"]}}
        for one in measured
        if "/window_completion_order/" in one["case"]
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in measured + over_http))
    environment = json.loads(described.read_text())
    environment["cases"] += sorted({one["case"] for one in over_http})
    described.write_text(json.dumps(environment))
    both = summary.build(results.load(run))
    settings = both["downloads"]["settings"]
    (http,) = [one for one in settings if one["setting"].get("transport") == "http"]
    assert {one["implementation"] for one in http["members"]} == {"window_completion_order"}
    assert (
        both["downloads"]["order"] == summary.build(results.load(_without(run, "http")))["downloads"]["order"]
    )
    assert markdown.render(both, []).count("over HTTP") == 0  # nothing there keeps the order
    assert page.render(both, []).count("over HTTP: 3 cases") == 1


def _without(run: Path, what: str) -> Path:
    kept = [line for line in (run / "samples.jsonl").read_text().splitlines() if what not in line]
    (run / "samples.jsonl").write_text("\n".join(kept) + "\n")
    environment = json.loads((run / "environment.json").read_text())
    environment["cases"] = [case for case in environment["cases"] if what not in case]
    (run / "environment.json").write_text(json.dumps(environment))
    return run


def test_the_model_stands_beside_what_a_pool_made(tables: Json) -> None:
    (one,) = tables["numbers"]
    assert one["implementation"] == "pool_mutex_ring"
    assert (one["document_s"], one["enough"]) == (0.0567, 256)
    for row in one["rows"]:
        assert row["rates"] == {"number": pytest.approx(row["n"] / 0.0567), "cpu": 1e6, "link": None}
        assert row["limit"] == "number"
        assert row["model"] == pytest.approx(row["rates"]["number"])
        assert row["low"] <= row["measured"] <= row["high"]
        assert row["share"] == pytest.approx(0.97, rel=0.01)


@pytest.mark.parametrize(
    "changed, limit",
    [
        ({}, "number"),
        ({"bound_cpu_s": 90.0, "bound_s": 90.0}, "cpu"),
        ({"bound_bandwidth_s": 91.0, "bound_s": 91.0}, "link"),
        ({"bound_latency_s": 70.0, "bound_s": 70.0}, "longest"),
    ],
)
def test_the_table_says_what_is_the_limit(tmp_path: Path, changed: Json, limit: str) -> None:
    original = synthetic_run._FIGURES["download_strategies"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(synthetic_run._FIGURES, "download_strategies", lambda *a: original(*a) | changed)
        run = synthetic_run.write(tmp_path / "run", ALONE)
    (one,) = summary.build(results.load(run))["downloads"]["numbers"]
    assert {row["limit"] for row in one["rows"]} == {limit}


def test_a_stage_costs_what_it_adds_to_one_thread(tables: Json) -> None:
    (one,) = tables["stages"]
    assert one["alone_ns"]["median"] == pytest.approx(3000, rel=0.01)
    assert [row["queue"] for row in one["members"]] == ["vyukov_mpmc_ring", "boost_queue", "mutex_ring"]
    fast, counted, slow = one["members"]
    assert counted["counted_pool"]["median"] == pytest.approx(STAGES_NS["counted_pool_boost_queue"], rel=0.2)
    assert fast["pool"]["median"] == pytest.approx(STAGES_NS["pool_vyukov_mpmc_ring"], rel=0.2)
    assert slow["pool"]["median"] == pytest.approx(STAGES_NS["pool_mutex_ring"], rel=0.2)
    assert slow["closed_pool"]["median"] == pytest.approx(STAGES_NS["closed_pool_mutex_ring"], rel=0.2)


def test_what_a_flag_leaves_behind_is_told_beside_the_other_ends(tables: Json) -> None:
    (one,) = tables["ends"]
    told = {(row["end"], row["n"]): row["left_behind"] for row in one["members"]}
    assert told == {
        (end, n): 60 if end == "flagged_pool" else 0
        for end in ("flagged_pool", "pool", "closed_pool")
        for n in (4, 8, 16)
    }


def test_the_page_and_its_short_form_show_the_tables(found: Json) -> None:
    html = page.render(found, [])
    for part in ("numbers", "order", "ends", "stages", "strategies"):
        assert html.count(f'id="downloads-{part}"') == 1
    section = re.sub(r"<[^>]*>", " ", html[html.index('<section id="downloads"') :])
    assert "500 documents, log_normal latencies, median 50 ms: L + c = 56.7 ms, enough: 256" in section
    assert "10000 documents, constant latencies, nothing to wait for: 3.00 µs per document" in section
    text = markdown.render(found, [])
    assert "| flagged_pool_mutex_ring | 60 |" in text
    assert "| window_in_order |" in text


@pytest.mark.parametrize(
    "bandwidth, on_the_page, in_short",
    [
        ("unlimited", "median 50 ms: L + c", "log_normal 50 ms"),
        ("10MB", "median 50 ms, a link of 10MB/s:", "log_normal 50 ms, link 10MB/s"),
        (
            "heavy_tail_500kB",
            "median 50 ms, each at a rate of its own (heavy_tail, median 500kB/s):",
            "log_normal 50 ms, own rates heavy_tail 500kB/s",
        ),
    ],
)
def test_a_link_and_rates_of_their_own_are_told_apart(
    found: Json, bandwidth: str, on_the_page: str, in_short: str
) -> None:
    other = deepcopy(found)
    for table in ("settings", "order", "numbers"):
        for one in other["downloads"][table]:
            one["setting"]["bandwidth"] = bandwidth
    assert on_the_page in re.sub(r"<[^>]*>", " ", page.render(other, []))
    # What stands behind it says that the list is told in full.
    assert re.search(re.escape(in_short) + r"(?!, (link|own))", markdown.render(other, []))


def test_a_run_without_downloads_says_so(tmp_path: Path) -> None:
    spec = Spec(blocks=6, queues=(), counters=("mutex_counter",), workloads=("counter",))
    other = summary.build(results.load(synthetic_run.write(tmp_path / "run", spec)))
    assert not any(other["downloads"].values())
    assert 'id="downloads"' not in page.render(other, [])
    assert "This run has no download strategies." in markdown.render(other, [])


def test_the_picture_of_who_waits_stands_beside_what_the_order_costs(found: Json) -> None:
    drawn = [one for name in figures.REGISTRY if (one := figures.render(name, found)) is not None]
    assert [one.name for one in drawn] == ["download_strategies", "gantt", "core_to_core"]
    html, text = page.render(found, drawn), markdown.render(found, drawn)
    section = html[html.index('<section id="downloads">') :]
    section = section[: section.index("</section>")]
    places = [section.index(f'id="{name}"') for name in ("downloads-order", "figure-gantt", "downloads-ends")]
    assert places == sorted(places)
    assert html.count('id="figure-gantt"') == 1 and html.count('id="figure-download_strategies"') == 1
    assert "A reorder buffer keeps the results that came too early" in section
    pointing = page.render_experiments(found, drawn)
    assert pointing and 'href="report.html#figure-gantt"' in pointing, "the experiment of results in order"
    short = text[text.index("## How to download many documents?") : text.index("## What is proven?")]
    assert short.index("What keeping the order costs") < short.index("(figures/gantt.svg)")
    assert "A reorder buffer keeps the results that came too early" in short
    assert text.count("(figures/gantt.svg)") == 1 and text.count("(figures/download_strategies.svg)") == 1


def test_what_is_drawn_is_what_the_run_stored(found: Json) -> None:
    with pyplot.rc_context(style.RC):
        figure = figures.REGISTRY["gantt"].draw(found)
    assert figure is not None
    # 24 documents in rounds of 30 ms, against places that go on.
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [
        "window_in_order: 180 ms",
        "window_reorder_buffer: 100 ms",
        "window_completion_order: 100 ms",
    ]
    pyplot.close(figure)
    assert [one["implementation"] for one in found["downloads"]["jobs"]] == list(jobs.STRATEGIES)
    assert found["downloads"]["jobs"][0]["documents"][4] == [0.03, 0.06, 0.06]


@pytest.mark.parametrize("spec", [replace(ALONE, drawn=()), replace(ALONE, partial=True, blocks=1)])
def test_a_run_without_stamps_or_samples_has_no_such_picture(tmp_path: Path, spec: Spec) -> None:
    run = synthetic_run.write(tmp_path / "run", spec)
    without = summary.build(results.load(run))
    assert figures.render("gantt", without) is None
    assert 'id="figure-gantt"' not in page.render(without, []) and "gantt" not in markdown.render(without, [])
    told = call("plot.py", run, "--figure", "gantt", "--out", tmp_path / "x.svg")
    assert told.returncode == 2 and "figure 'gantt': the run" in one_line(told.stderr)


def test_a_job_that_failed_is_not_drawn(tmp_path: Path) -> None:
    run = synthetic_run.write(tmp_path / "run", ALONE)
    first, *rest = (run / "stamps.jsonl").read_text().splitlines(keepends=True)
    failed = json.loads(first) | {"status": "hung", "message": "hung: no end", "documents": []}
    (run / "stamps.jsonl").write_text(json.dumps(failed) + "\n" + "".join(rest))
    left = summary.build(results.load(run))["downloads"]["jobs"]
    assert [one["implementation"] for one in left] == list(jobs.STRATEGIES[1:])


def test_the_picture_alone(tmp_path: Path) -> None:
    run = synthetic_run.write(tmp_path / "run", ALONE)
    told = call("plot.py", run, "--figure", "gantt", "--out", tmp_path / "x.png")
    assert (told.returncode, told.stderr) == (0, "")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
