"""Flagged trials: which are, that they stay in, and which verdicts hang on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.report import markdown, page, summary
from handoff.run import results
from handoff.statistics import interference

Json = dict[str, Any]
SPEC = Spec(
    blocks=12,
    queues=("mutex_ring", "vyukov_mpmc_ring"),
    counters=("mutex_counter",),
    places=(49.0,),
    drifting=0.0,
)
CASE = "ping_pong/mutex_ring/queues:2/wait:spin/report:mean"
GROUP = "ping_pong/queues:2/wait:spin/report:mean"


def built(directory: Path, change: Callable[[Json], None], spec: Spec = SPEC) -> Json:
    """The summary of a run after `change` has been done to each of its lines."""
    run = synthetic_run.write(directory / "run", spec)
    path = run / "samples.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        change(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return summary.build(results.load(run))


def table(**columns: Any) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    usual = {"case": ["a"] * rows, "cpus": [[0, 1]] * rows, "oversubscribed": [0.0] * rows}
    return pd.DataFrame({**usual, **columns})


def flagged(samples: pd.DataFrame, rule: str) -> list[bool]:
    return [bool(one) for one in interference.flags(samples)[rule]]


def test_stolen_time_flags_any_trial() -> None:
    assert flagged(table(steal_s=[0.0, 0.01, float("nan")]), "stolen") == [False, True, False]


def test_a_migration_flags_only_threads_that_were_pinned() -> None:
    samples = table(migrations=[1.0, 1.0, 0.0], cpus=[[0, 1], [-1, -1], [0, 1]])
    assert flagged(samples, "migrated") == [True, False, False]


def test_switches_flag_what_is_unusual_for_the_case() -> None:
    quiet = table(involuntary_switches=[0.0] * 7 + [1.0])
    assert flagged(quiet, "interrupted") == [False] * 7 + [True]
    # The kernel's own switches, which each trial has: quartiles 5.75 and 7, so up to 8.875 is usual.
    busy = table(involuntary_switches=[5.0, 6, 6, 7, 7, 8, 5, 66])
    assert flagged(busy, "interrupted") == [False] * 7 + [True]
    crowded = table(involuntary_switches=[0.0] * 7 + [50.0], oversubscribed=[1.0] * 8)
    assert not any(flagged(crowded, "interrupted"))
    # Each case has its own usual.
    two = pd.concat([quiet, busy.assign(case="b")], ignore_index=True)
    assert flagged(two, "interrupted") == ([False] * 7 + [True]) * 2


def test_a_cpu_that_runs_slower_than_the_campaign_flags() -> None:
    calm = [2.0, 2.02, 1.98, 2.0, 2.01, 1.5]  # ns per step; faster than usual is no throttling
    before = table(canary_before_ns=[*calm, 2.2], canary_after_ns=[2.0] * 7)
    after = table(canary_before_ns=[2.0] * 7, canary_after_ns=[*calm, 2.2])
    for samples in (before, after):
        assert flagged(samples, "throttled") == [False] * 6 + [True]
    # Another machine's usual is another one.
    assert flagged(before.assign(canary_before_ns=9.0, canary_after_ns=9.1), "throttled") == [False] * 7
    half = before.assign(canary_before_ns=[*calm, float("nan")])
    assert flagged(half, "throttled") == [False] * 7


def test_what_was_not_recorded_flags_nothing() -> None:
    assert not interference.flags(table(items=[1.0, 2.0])).to_numpy().any()
    without = table(involuntary_switches=[0.0, 9.0]).drop(columns="oversubscribed")
    assert not interference.flags(without).to_numpy().any()


def test_an_undisturbed_run_has_no_flag_and_changes_nothing(tmp_path: Path) -> None:
    found = built(tmp_path, lambda line: None)
    told = found["interference"]
    assert (told["flagged"], told["would_change"]) == (0, 0)
    assert told["verdicts"] == sum(len(g["members"]) for g in found["groups"]) > 0
    assert all(s["median"] == s["median_without_flagged"] for c in found["cases"] for s in c["regimes"])


def _disturb(line: Json) -> None:
    """Half of the blocks, in which something else stalled the other end, so that the queue looks the faster."""
    if line["case"] == CASE and line["block"] % 2:
        line["figures"]["steal_s"] = 0.01
        line["figures"]["round_trip_ns"] *= 0.005


def test_flagged_trials_stay_in_and_a_verdict_that_hangs_on_them_is_named(tmp_path: Path) -> None:
    found = built(tmp_path, _disturb)
    case = next(c for c in found["cases"] if c["case"] == CASE)
    (state,) = case["regimes"]
    assert (case["flagged"], state["flagged"], state["n"]) == (6, 6, 12)
    assert state["median_without_flagged"] > state["median"]
    group = next(g for g in found["groups"] if g["id"] == GROUP)
    change = next(c for c in group["without_flagged"] if c["implementation"] == "mutex_ring")
    assert change["outcome"] in ("not known", "best") and change["n"] == 12
    assert change["without"] == {"outcome": "slower", "n": 6} and not change["too_few"]
    told = found["interference"]
    changed = len(group["without_flagged"])
    assert (told["flagged"], told["would_change"], told["for_lack_of_trials"]) == (6, changed, 0)
    assert {rule["name"]: rule["trials"] for rule in told["rules"]}["stolen"] == 6
    line = f"would change {changed} of {told['verdicts']} verdicts"
    for text in (page.render(found, []), markdown.render(found, [])):
        assert line in text and GROUP in text.replace("<wbr>", "")
    assert "6 flagged, " in page.render(found, [])
    assert f"{change['outcome']} with all 12 trials, slower with 6" in markdown.render(found, [])


def test_a_few_flagged_trials_are_stray_ones_on_which_nothing_hangs(tmp_path: Path) -> None:
    def few(line: Json) -> None:
        if line["block"] in (3, 7):
            _disturb(line)

    found = built(tmp_path, few)
    assert (found["interference"]["flagged"], found["interference"]["would_change"]) == (2, 0)


def test_a_verdict_for_which_too_little_is_left_says_so(tmp_path: Path) -> None:
    def steal(line: Json) -> None:
        if line["case"] == CASE and line["block"] < 8:
            line["figures"]["steal_s"] = 0.01

    found = built(tmp_path, steal)
    changes = next(g for g in found["groups"] if g["id"] == GROUP)["without_flagged"]
    change = next(c for c in changes if c["implementation"] == "mutex_ring")
    assert change["too_few"] and change["without"] == {"outcome": "not known", "n": 4}
    assert "1 of them only because fewer than six trials were left" in page.render(found, [])
    assert "too few trials" in page.render(found, [])


def test_where_every_trial_is_flagged_there_is_nothing_without(tmp_path: Path) -> None:
    def steal(line: Json) -> None:
        if line["figures"]:
            line["figures"]["steal_s"] = 0.01

    found = built(tmp_path, steal)
    told = found["interference"]
    assert told["flagged"] == told["trials"] > 0
    assert all(s["median_without_flagged"] is None for c in found["cases"] for s in c["regimes"])
    assert all(c["without"]["n"] == 0 for g in found["groups"] for c in g["without_flagged"])
    assert "flagged, – without" in page.render(found, [])


def test_a_verdict_that_turns_round_is_a_change(tmp_path: Path) -> None:
    def turn(line: Json) -> None:
        """Most trials of one queue are disturbed and look the faster for it."""
        if line["case"] == CASE:
            fast = line["block"] % 8 != 0
            line["figures"]["steal_s"] = 0.01 if fast else 0.0
            line["figures"]["round_trip_ns"] *= 0.01 if fast else 1.0

    found = built(tmp_path, turn, replace(SPEC, blocks=64))
    changes = next(g for g in found["groups"] if g["id"] == GROUP)["without_flagged"]
    turned = {c["implementation"]: (c["outcome"], c["without"]["outcome"]) for c in changes}
    assert turned == {"mutex_ring": ("best", "slower"), "vyukov_mpmc_ring": ("slower", "best")}


@pytest.mark.parametrize("few, end", [(0, "7 verdicts"), (2, "fewer than six trials were left")])
def test_the_sentence_ends_well(few: int, end: str) -> None:
    told = {
        "rules": [],
        "flagged": 1,
        "trials": 9,
        "would_change": 3,
        "verdicts": 7,
        "for_lack_of_trials": few,
    }
    assert interference.sentence(told).endswith(end)
