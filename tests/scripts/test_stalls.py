"""What a stalled thread costs the others, in the report: what was recorded, and what contradicts a declaration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import DISTURBED, LYING, Spec

from handoff.campaign.question import Question
from handoff.commands import choose
from handoff.proofs.table import ProofTable
from handoff.report import choice, choice_words, ending, markdown, page, stalls, summary
from handoff.report.evidence import Evidence
from handoff.run import results

Json = dict[str, Any]
QUEUES = ("mutex_ring", LYING, DISTURBED, "lamport_spsc_ring", "tbb_concurrent_queue")
WITH = Spec(blocks=6, queues=QUEUES, counters=(), workloads=("ping_pong", "stall"))


def built(directory: Path, spec: Spec) -> Json:
    return summary.build(results.load(synthetic_run.write(directory / "run", spec)))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    return built(tmp_path_factory.mktemp("stalls"), WITH)


def member(found: Json, name: str) -> Json:
    return next(one for one in found["stalls"][0]["members"] if one["implementation"] == name)


def test_stops_of_all_trials_are_counted_together_and_short_ones_come_first(found: Json) -> None:
    assert [one["stop_ms"] for one in found["stalls"]] == [1, 10]
    locked = member(found, "mutex_ring")
    trials = locked["n"]
    assert locked["stops"] == 18 * trials and locked["harmful"] == 5 * trials
    assert locked["ends"]["push"] == {
        "stops": 10 * trials,
        "harmful": 3 * trials,
        "held_up": {"push": 3 * trials, "pop": 3 * trials},
    }
    assert (locked["producers"], locked["consumers"]) == (2, 2)
    assert member(found, "lamport_spsc_ring")["producers"] == 1
    shares = [one["harmful_share"] for one in found["stalls"][0]["members"]]
    assert shares == sorted(shares) and shares[0] == 0


def test_what_a_queue_declares_is_held_against_its_stops(found: Json) -> None:
    one, *others = stalls.contradictions(found["stalls"])
    assert others == [], "a declared blocking queue, a machine that holds up everybody, and a sound one"
    assert (one["implementation"], one["operation"], one["claim"]) == (LYING, "pop", "lock_free")
    trials = member(found, LYING)["n"]
    assert (one["held_up"], one["stops"]) == (6 * trials, 18 * trials)
    assert f"{LYING} declares its pop lock-free, but {6 * trials} of {18 * trials} stops" in stalls.sentence(
        one
    )


def test_a_few_stops_contradict_nothing(tmp_path: Path) -> None:
    """One trial: 6 of 18 may be chance."""
    alone = built(tmp_path, replace(WITH, blocks=1))
    assert member(alone, LYING)["harmful"] == 6
    assert stalls.contradictions(alone["stalls"]) == []


def test_the_pages_and_the_terminal_name_a_contradiction(found: Json) -> None:
    whole, short, said = page.render(found, []), markdown.render(found, []), ending.text(found)
    assert '<section id="stalls">' in whole and 'href="#stalls"' in whole
    for text in (whole, short):
        assert "CONTRADICTED" in text and f"{LYING} declares its pop lock-free" in text
    assert f"CONTRADICTED: {LYING} declares its pop lock-free" in " ".join(said.split())
    line = next(
        one for one in short.splitlines() if one.startswith("| mutex_ring | blocking, blocking | 2 × 2 |")
    )
    assert "a standstill in 28%" in line
    calm = next(one for one in short.splitlines() if one.startswith("| tbb_concurrent_queue | lock free"))
    assert "nothing seen" in calm
    noisy = next(one for one in short.splitlines() if one.startswith(f"| {DISTURBED} | lock free"))
    assert "no more than the machine" in noisy


def test_the_ranking_of_a_choice_has_it_as_a_column(tmp_path: Path) -> None:
    run = synthetic_run.write(tmp_path / "run", replace(WITH, places=(49.0,)))
    found = choice.answer(
        Question("round_trip", wait="spin"), Evidence(results.load(run)), measured_now=False
    )
    none = ProofTable([], [])
    ranks = {one["implementation"]: one["stalled"] for one in choice_words.as_dict(found, none)["ranking"]}
    assert ranks["mutex_ring"]["harmful"] / ranks["mutex_ring"]["stops"] == pytest.approx(5 / 18)
    assert ranks["tbb_concurrent_queue"]["harmful"] == 0 and ranks["tbb_concurrent_queue"]["stops"] > 0
    wide, narrow = (choose.table_of(found, none, width) for width in (120, 100))
    assert "held up" in [column.header for column in wide.columns]
    assert "held up" not in [column.header for column in narrow.columns]
    assert any({"28%", "0%", "not known"} <= set(column.cells) for column in wide.columns)
    assert "the odds that others get nothing done" in " ".join(choice_words.legend(found, none))


def test_a_run_without_it_has_no_such_section(tmp_path: Path) -> None:
    without = built(tmp_path, replace(WITH, workloads=("ping_pong",)))
    assert without["stalls"] == []
    pages = page.render(without, []) + markdown.render(without, []) + ending.text(without)
    assert "a stalled thread cost" not in pages and "CONTRADICTED" not in pages
