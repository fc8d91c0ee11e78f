"""Where "spin or block?" turns over: found between two gaps, and not claimed where nothing says so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from conftest import way_to_wait
from synthetic_run import Spec

from handoff.campaign.rows import ROWS
from handoff.report import summary, turnover
from handoff.run import results

Json = dict[str, Any]

CATALOG = {
    "ways_to_wait": [
        way_to_wait("spin_wait", "polls"),
        way_to_wait("pause_wait", "polls"),
        way_to_wait("eventcount_wait", "sleeps"),
        way_to_wait("short_spin_wait", "polls_then_sleeps"),
        way_to_wait("sleep_wait", "naps"),
        way_to_wait("forgetful_wait", "polls", control="forgetful"),
    ]
}


def row(name: str, gap_us: int, cpu: float, **keys: str) -> Json:
    state = {"regime": "A", "n": 6, "median": 1.0, "cpu_ns": {"median": cpu}}
    return {
        "workload": "wait",
        "implementation": name,
        "control": name == "forgetful_wait",
        "keys": {"waiters": "1", "gap_us": str(gap_us), "hungry": "0"} | keys,
        "regimes": [state],
    }


def rows(polling: dict[int, float], sleeping: dict[int, float]) -> list[Json]:
    return [row("spin_wait", gap, cpu) for gap, cpu in polling.items()] + [
        row("eventcount_wait", gap, cpu) for gap, cpu in sleeping.items()
    ]


def test_it_lies_between_the_two_gaps_where_the_costs_cross() -> None:
    polling, sleeping = {1: 1e3, 10: 1e4, 100: 1e5}, dict.fromkeys((1, 10, 100), 5e3)
    found = turnover.find(rows(polling, sleeping), CATALOG)
    assert found is not None and found["gap_us"] == pytest.approx(5.0)
    assert "about 5 µs" in turnover.text(found)


def test_the_cheapest_of_each_kind_counts_and_no_other_kind_does() -> None:
    cases = rows({1: 9e3, 100: 9e5}, {1: 9e3, 100: 9e3})
    for gap in (1, 100):
        cases.append(row("pause_wait", gap, 1e3 * gap))
        cases.append(row("short_spin_wait", gap, 1.0))
        cases.append(row("sleep_wait", gap, 1.0))
        cases.append(row("forgetful_wait", gap, 1.0))
        cases.append(row("eventcount_wait", gap, 1.0, waiters="8"))
        cases.append(row("eventcount_wait", gap, 1.0, hungry="1"))
    found = turnover.find(cases, CATALOG)
    assert found is not None and found["gap_us"] == pytest.approx(9.0)


@pytest.mark.parametrize("sleeping, cheaper", [(1.0, "sleeps"), (1e9, "polls")])
def test_where_one_is_always_cheaper_there_is_no_gap(sleeping: float, cheaper: str) -> None:
    found = turnover.find(rows({1: 1e3, 10: 1e4}, {1: sleeping, 10: sleeping}), CATALOG)
    assert found is not None and found["gap_us"] is None and found["cheaper"] == cheaper
    assert "from 1 to 10 µs" in turnover.text(found)


def test_a_last_crossing_is_the_one_that_counts() -> None:
    """A chance low at one gap is no turnover: from the answer on sleeping is cheaper at every gap."""
    found = turnover.find(
        rows({1: 1e3, 10: 1e4, 100: 1e4, 1000: 1e6}, dict.fromkeys((1, 10, 100, 1000), 2e4)), CATALOG
    )
    assert found is not None and 100 < found["gap_us"] < 1000


@pytest.mark.parametrize("gaps", [(), (1,)])
def test_of_one_gap_nothing_is_told(gaps: tuple[int, ...]) -> None:
    assert turnover.find(rows(dict.fromkeys(gaps, 1.0), dict.fromkeys(gaps, 1.0)), CATALOG) is None
    assert turnover.text(None) == ""


def test_the_rows_about_it_say_where(tmp_path: Path) -> None:
    run = synthetic_run.write(
        tmp_path / "run", Spec(blocks=6, workloads=("wait", "counter"), counters=("mutex_counter",))
    )
    told = {one["title"]: one for one in summary.build(results.load(run))["decisions"]}
    for asked in ROWS:
        if asked.title not in told:
            continue
        text = told[asked.title]["limit"]
        assert bool(re.search(r"Turns over at a gap of about (5\.\d|6(\.\d)?) µs", text)) == asked.turns_over
    assert "eventcount_wait" in told["Wait, 100 µs, cheaply"]["best"]
    early = told["Wait, 100 µs, seen early"]
    assert early["members"][0]["implementation"] == "spin_wait" and "pipe_wait" in early["slower"]
