"""A tail that is hardly known is no number, in any view; and a view says which percentile it shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.report import markdown, page, summary
from handoff.run import results
from handoff.statistics import tails
from handoff.statistics.stats import Interval

Json = dict[str, Any]
GROUP = "load/p:1/c:1/wait:spin/arrivals:poisson/rate:80%"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Of two queues the one's p99 scatters by a few per cent, the other's by decades."""
    spec = Spec(
        blocks=12, workloads=("load",), queues=("mutex_ring", "vyukov_mpmc_ring"), places=(49.0,), drifting=0
    )
    run = synthetic_run.write(tmp_path_factory.mktemp("tails") / "run", spec)
    for name in ("environment.json", "samples.jsonl"):
        path = run / name
        path.write_text(path.read_text().replace("rate:50%", "rate:80%"))
    path = run / "samples.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if line["case"].startswith("load/mutex_ring") and "p99_ns" in line["figures"]:
            line["figures"]["p99_ns"] *= 100.0 ** (line["block"] % 3)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return summary.build(results.load(run))


def test_a_figure_is_known_if_its_interval_ends_within_the_factor() -> None:
    assert tails.is_known(Interval(70.0, 100.0, 149.0, 0.95, 12))
    assert not tails.is_known(Interval(60.0, 100.0, 149.0, 0.95, 12))
    assert not tails.is_known(Interval(70.0, 100.0, 151.0, 0.95, 12))
    assert not tails.is_known(Interval(90.0, 100.0, 110.0, 0.9, 5))


def test_the_summary_says_which_is_known(found: Json) -> None:
    known = {
        case["implementation"]: state["known"]
        for case in found["cases"]
        if case["group"] == GROUP
        for state in case["regimes"]
    }
    assert known == {"mutex_ring": False, "vyukov_mpmc_ring": True}


def test_what_is_not_known_is_no_number_on_the_page(found: Json) -> None:
    rows = page.render(found, []).partition('<table class="explore"')[2].split("<tr")
    workload, *keys = GROUP.split("/")
    wanted = [f"<td>{workload}</td>", *(f"{key} " for key in keys)]
    told = {
        name: next(row for row in rows if name in row and all(one in row for one in wanted)) for name in NAMES
    }
    assert "<b>not known</b><small>99th percentile</small>" in told["mutex_ring"]
    assert "<b>not known</b>" not in told["vyukov_mpmc_ring"]
    assert "<small>99th percentile</small>" in told["vyukov_mpmc_ring"]


NAMES = ("mutex_ring", "vyukov_mpmc_ring")


def test_the_short_form_has_it_in_its_heading(found: Json) -> None:
    section = markdown.render(found, []).partition(f"## `{GROUP}`")[2].partition("\n## ")[0]
    assert "| | median 99th percentile | 95% interval |" in section
    cells = {
        line.split(" | ")[0].strip("| "): line.split(" | ")[1]
        for line in section.splitlines()
        if "_ring" in line
    }
    assert cells["mutex_ring"] == "not known" and cells["vyukov_mpmc_ring"] != "not known"
