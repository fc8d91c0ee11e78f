"""How often calls fail for nothing, in the report: what was recorded, by setting, and beside the throughput."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.report import markdown, nearly_full, page, summary
from handoff.run import results

Json = dict[str, Any]
QUEUES = ("mutex_ring", "vyukov_mpmc_ring", "lamport_spsc_ring")
WITH = Spec(blocks=6, queues=QUEUES, counters=(), workloads=("ping_pong", "nearly_full"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    run = synthetic_run.write(tmp_path_factory.mktemp("nearly_full") / "run", WITH)
    return summary.build(results.load(run))


def test_the_table_has_a_setting_for_each_number_of_threads_and_few_failures_first(found: Json) -> None:
    two, four = found["nearly_full"]
    assert [(one["threads"], one["free"], one["oversubscribed"]) for one in (two, four)] == [
        (2, 2, False),
        (4, 4, True),
    ]
    locked, ring = four["members"]
    assert (locked["implementation"], ring["implementation"]) == ("mutex_ring", "vyukov_mpmc_ring")
    assert (locked["failed_push_share"], locked["failed_pop_share"]) == (0, 0)
    assert ring["failed_push_share"] == pytest.approx(0.4, rel=0.1)
    assert ring["failed_pop_share"] == pytest.approx(0.2, rel=0.1)
    assert (ring["held"], ring["capacity"], ring["failure"]) == (60, 64, "exact")
    assert ring["low"] <= ring["items_per_second"] <= ring["high"]


def test_both_pages_show_the_shares_beside_the_throughput(found: Json, tmp_path: Path) -> None:
    whole = page.render(found, [])
    assert '<section id="nearly_full">' in whole and 'href="#nearly_full"' in whole
    short = markdown.render(found, [])
    line = next(one for one in short.splitlines() if one.startswith("| vyukov_mpmc_ring | exact |"))
    assert "%" in line and "/s" in line


def test_a_run_without_it_has_no_such_section(tmp_path: Path) -> None:
    without = Spec(blocks=6, queues=QUEUES, counters=(), workloads=("ping_pong",))
    found = summary.build(results.load(synthetic_run.write(tmp_path / "run", without)))
    assert found["nearly_full"] == []
    assert "nearly_full" not in page.render(found, []) + markdown.render(found, [])


@pytest.mark.parametrize(
    "value, text",
    [(0.0, "0%"), (0.706, "71%"), (0.1, "10%"), (0.0123, "1.2%"), (1.2e-4, "0.012%"), (1e-7, "<0.0001%")],
)
def test_shares_are_written_for_people(value: float, text: str) -> None:
    assert nearly_full.share(value) == text
