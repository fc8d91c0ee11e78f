"""What a report says of how many samples there are, and which cases are not known well enough."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.report import effort, markdown, page, summary
from handoff.run import cases, results

Json = dict[str, Any]
SPEC = Spec(
    blocks=12,
    queues=("mutex_ring", "vyukov_mpmc_ring"),
    counters=("mutex_counter",),
    workloads=("ping_pong", "counter"),
    places=(49.0,),
    drifting=0.0,
    noise=0.004,
)
WIDE = "ping_pong/mutex_ring/queues:2/wait:spin/report:mean"
HEADLINES = [[WIDE, "ping_pong/vyukov_mpmc_ring/queues:2/wait:spin/report:mean"]]


def is_wide(line: Json) -> bool:
    return str(line["case"]) == WIDE


def adaptive(directory: Path, keep: Callable[[Json], bool], ended: str = "budget") -> Json:
    """The summary of a run whose last six blocks hold what `keep` keeps, and one case of which scatters."""
    run = synthetic_run.write(directory / "run", SPEC)
    lines = [json.loads(line) for line in (run / "samples.jsonl").read_text().splitlines()]
    lines = [line for line in lines if line["block"] < 6 or keep(line)]
    for line in lines:
        if line["case"] == WIDE:
            line["figures"]["round_trip_ns"] *= 1 + (line["block"] % 5) / 10
    (run / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    plans = []
    for block in range(12):
        held = sorted({line["case"] for line in lines if line["block"] == block})
        needs = None if block < 6 else {"wide": 1}
        plans.append({"schema": 1, "block": block, "repeats": 8, "cases": held, "needs": needs})
    (run / "blocks.jsonl").write_text("".join(json.dumps(plan) + "\n" for plan in plans))
    path = run / "environment.json"
    environment = json.loads(path.read_text()) | {"ended": ended}
    environment["sampling"] = {"precision": 0.02, "headlines": HEADLINES, "version": 1}
    path.write_text(json.dumps(environment))
    return summary.build(results.load(run))


def test_unstable_cases_are_counted_and_named(tmp_path: Path) -> None:
    found = adaptive(tmp_path, is_wide)
    told = found["sampling"]
    assert (told["adaptive"], told["full_blocks"], told["thin_blocks"]) == (True, 6, 6)
    assert told["samples"] == {"min": 6, "median": 6.0, "max": 12}
    (unstable,) = [cell for cell in told["unstable"] if cell["headline"]]
    assert (unstable["case"], unstable["regime"], unstable["n"]) == (WIDE, "A", 12)
    assert unstable["half_width"] > 0.02
    said = "The campaign ended because its time was up. Intervals wider than ±2%: 1 of the 2 headline cases"
    named = effort.wide(unstable)
    for text in (page.render(found, []), markdown.render(found, [])):
        assert "6 full blocks, then 6 thin ones of what still needed samples, 6 to 12 samples" in text
        assert said in text
        assert WIDE in text.replace("<wbr>", "") and named in text
    assert found["counts"]["blocks_complete"] == 12


def test_a_comparison_takes_the_blocks_that_hold_both(tmp_path: Path) -> None:
    found = adaptive(tmp_path, is_wide)
    group = next(one for one in found["groups"] if one["id"] == cases.parse(WIDE).group)
    best, other = group["members"]
    assert other["implementation"] == "mutex_ring" and other["n"] == 6 and best["outcome"] == "best"
    state = next(case for case in found["cases"] if case["case"] == WIDE)["regimes"][0]
    assert state["n"] == 12


def test_a_precise_campaign_says_so(tmp_path: Path) -> None:
    run = synthetic_run.write(tmp_path / "run", SPEC)
    found = summary.build(results.load(run))["sampling"]
    assert not found["adaptive"] and found["ended"] is None and found["samples"]["min"] == 12
    assert effort.blocks(found) == "Every block held all cases, 12 samples of each case"
    assert not [cell for cell in found["unstable"] if cell["half_width"] <= 0.02]
    told = found | {"unstable": [], "ended": "precise"}
    assert effort.outcome(told) == (
        "The campaign ended because all headlines were known precisely enough. "
        f"All {found['cells']} cases have intervals within ±2%"
    )


def test_a_case_without_an_interval_is_unstable(tmp_path: Path) -> None:
    spec = Spec(blocks=4, queues=("mutex_ring",), counters=(), workloads=("ping_pong",), controls=())
    found = summary.build(results.load(synthetic_run.write(tmp_path / "run", spec)))["sampling"]
    assert len(found["unstable"]) == found["cells"] > 0
    assert {cell["half_width"] for cell in found["unstable"]} == {None}
    assert effort.wide(found["unstable"][0]).endswith("no interval yet")


@pytest.mark.parametrize("precise, named", [(0.02, True), (0.5, False)])
def test_what_is_unstable_depends_on_what_was_asked_for(tmp_path: Path, precise: float, named: bool) -> None:
    adaptive(tmp_path, lambda line: True)
    path = tmp_path / "run" / "environment.json"
    environment = json.loads(path.read_text())
    environment["sampling"]["precision"] = precise
    path.write_text(json.dumps(environment))
    found = summary.build(results.load(tmp_path / "run"))
    assert (WIDE in [cell["case"] for cell in found["sampling"]["unstable"]]) == named
    states = [state for case in found["cases"] if case["case"] == WIDE for state in case["regimes"]]
    assert all(state["unstable"] == named for state in states)


def test_the_frequencies_are_those_of_the_campaigns_own_rule(tmp_path: Path) -> None:
    old = adaptive(tmp_path, is_wide)
    assert old["sampling"]["every"] == {"headlines": 12, "others": 24, "all": 48}, "not stored: today's"
    path = tmp_path / "run" / "environment.json"
    environment = json.loads(path.read_text())
    environment["sampling"] |= {"others_every": 12, "revisited_every": 24}
    path.write_text(json.dumps(environment))
    found = summary.build(results.load(tmp_path / "run"))
    assert found["sampling"]["every"] == {"headlines": 12, "others": 12, "all": 24}
    assert "in one block of 12, other cases that do in one of 12, all cases in one of 24" in page.render(
        found, []
    )
