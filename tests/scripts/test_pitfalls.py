"""What a report says of locks taken in opposite orders."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.compare import compare
from handoff.report import markdown, page, summary
from handoff.run import results

DEADLOCKS = {"opposite_order": 31.0, "same_order": 0.0, "scoped_lock": 0.0}
SMALL = Spec(
    blocks=6, queues=("mutex_ring",), counters=("mutex_counter",), workloads=("counter",), places=(49.0,)
)


def with_pitfalls(run: Path) -> Path:
    environment = json.loads((run / "environment.json").read_text())
    environment["cases"] += [f"pitfalls/{name}/tries:200" for name in DEADLOCKS]
    (run / "environment.json").write_text(json.dumps(environment))
    lines = [json.loads(line) for line in (run / "samples.jsonl").read_text().splitlines()]
    for block in sorted({line["block"] for line in lines}):
        like = next(line for line in lines if line["block"] == block and line["status"] == "ok")
        for at, (name, deadlocks) in enumerate(DEADLOCKS.items()):
            figures = {
                "tries": 200.0,
                "deadlocks": deadlocks,
                "first_deadlock": 2.0 + block if deadlocks else 0.0,
            }
            own: dict[str, Any] = {"case": f"pitfalls/{name}/tries:200", "label": name, "position": 1000 + at}
            lines.append(like | own | {"figures": {"window_s": 0.01, "threads": 2, "verified": 1} | figures})
    (run / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_pitfalls(synthetic_run.write(tmp_path_factory.mktemp("pitfalls") / "run", SMALL))


def test_deadlocks_are_counted_over_all_trials(run: Path) -> None:
    fault, *cures = summary.build(results.load(run))["pitfalls"]
    assert (fault["implementation"], fault["trials"]) == ("opposite_order", 6)
    assert (fault["tries"], fault["deadlocks"]) == (1200.0, 186.0)
    assert fault["first"] == 4.5  # of 2, 3 … 7
    assert [(one["implementation"], one["deadlocks"], one["first"]) for one in cures] == [
        ("same_order", 0.0, None),
        ("scoped_lock", 0.0, None),
    ]


def test_page_and_short_form_tell_it_and_rank_nothing(run: Path) -> None:
    found = summary.build(results.load(run))
    for text in (page.render(found, []), markdown.render(found, [])):
        assert "What if two locks are taken in opposite orders?" in text and "std::scoped_lock" in text
    assert (
        "| opposite_order | the fault: each takes first what the other takes second | 6 | 1200 | 186 | 4 |"
        in (markdown.render(found, []))
    )
    assert not [group for group in found["groups"] if group["workload"] == "pitfalls"]


def test_what_has_no_times_is_not_compared(run: Path, tmp_path: Path) -> None:
    other = with_pitfalls(synthetic_run.write(tmp_path / "b", replace(SMALL, seed=8)))
    found = compare.compare(results.load(run), results.load(other), 0.05)
    assert found.changes and not [change for change in found.changes if "pitfalls" in change.case]
    assert found.not_compared == []
