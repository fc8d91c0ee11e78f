"""What the proof files of a build say, and when they say nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from proof_fixtures import (
    SOURCE,
    broken_page,
    exploration_page,
    junit,
    mutation_page,
    order_page,
    progress_page,
    stalls_page,
    write_pages,
)

from handoff.errors import HandoffError
from handoff.proofs import ctest as ctest_results
from handoff.proofs.files import Collected
from handoff.proofs.record import Proof

Json = dict[str, Any]


LIBRARIES = {"ring": "Boost 1.74"}


def collected(
    folder: Path,
    pages: Mapping[str, Json],
    statuses: Mapping[str, str],
    names: tuple[str, ...] = ("ring",),
    since: float = 0.0,
    outputs: Mapping[str, str] | None = None,
) -> dict[tuple[str, str, str], Proof]:
    """By name, check and effort."""
    write_pages(folder, pages)
    results = folder / "results.xml"
    results.write_text(junit(statuses, outputs))
    sources = {name: SOURCE for name in names}
    build = Collected(folder, "release", "a run", since, sources, LIBRARIES, ctest_results.read(results))
    proofs = build.proofs()
    assert len({proof.key for proof in proofs}) == len(proofs)
    return {(proof.name, proof.check, proof.effort): proof for proof in proofs}


def test_order_of_both_efforts_and_what_the_tests_passed(tmp_path: Path) -> None:
    pages = {"quick/ring.json": order_page("ring"), "deep/ring.json": order_page("ring", seconds=60)}
    tests = ("conformance/ring", "linearizability/ring", "linearizability_deep/ring", "smoke/ping_pong/ring")
    found = collected(tmp_path, pages, {name: "run" for name in tests})
    assert found.keys() == {
        ("ring", check, effort) for check in ("order", "tests") for effort in ("quick", "deep")
    }
    quick = found["ring", "order", "quick"]
    assert quick.holds and quick.sources == SOURCE and quick.run == "a run"
    assert (quick.facts["checker"], quick.facts["stamped"]) == ("linearizable bounded FIFO", 1758189)
    assert (quick.facts["stops"], quick.facts["stopped_calls"]) == (212, 18202)
    assert quick.facts["wrapped_calls"] == 5120
    assert found["ring", "order", "deep"].facts["seconds"] == 60
    assert found["ring", "tests", "quick"].facts["passed"] == ["conformance", "linearizability"]
    assert found["ring", "tests", "deep"].facts["passed"] == ["linearizability_deep"]


def test_a_file_without_its_test_says_nothing(tmp_path: Path) -> None:
    pages = {"quick/ring.json": order_page("ring")}
    assert (
        collected(tmp_path, pages, {"linearizability/ring": "notrun", "conformance/ring": "disabled"}) == {}
    )
    assert collected(tmp_path, pages, {"linearizability/other": "run"}) == {}


def test_a_file_of_an_earlier_run_is_not_this_ones(tmp_path: Path) -> None:
    write_pages(tmp_path, {"quick/ring.json": order_page("ring")})
    os.utime(tmp_path / "quick" / "ring.json", (1000.0, 1000.0))
    found = collected(tmp_path, {}, {"linearizability/ring": "fail"}, since=1001.0)
    proof = found["ring", "order", "quick"]
    assert not proof.holds and proof.facts == {"violation": "the test wrote no proof"}
    assert not found["ring", "tests", "quick"].holds


@pytest.mark.parametrize(
    "page, status, holds, violation, passed",
    [
        (order_page("ring"), "run", True, None, True),
        (order_page("ring"), "fail", False, "the test that wrote this failed", False),
        (
            broken_page("ring"),
            "fail",
            False,
            "order: 7 was pushed before 8, but 8 came out and 7 never was",
            False,
        ),
        # So for the faulty controls, whose tests pass when the fault is found.
        (
            broken_page("ring"),
            "run",
            False,
            "order: 7 was pushed before 8, but 8 came out and 7 never was",
            True,
        ),
    ],
)
def test_what_holds_must_be_said_by_file_and_test(
    tmp_path: Path, page: Json, status: str, holds: bool, violation: str | None, passed: bool
) -> None:
    found = collected(tmp_path, {"quick/ring.json": page}, {"linearizability/ring": status})
    proof = found["ring", "order", "quick"]
    assert proof.holds == holds
    assert proof.facts.get("violation") == violation
    assert proof.facts["test_passed"] == passed


def test_an_unknown_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="ring.json': unknown schema 2 of a proof; valid: 1"):
        collected(
            tmp_path, {"quick/ring.json": order_page("ring", schema=2)}, {"linearizability/ring": "run"}
        )


def test_stopped_threads(tmp_path: Path) -> None:
    pages = {
        "quick/progress-ring.json": progress_page("ring"),
        "quick/stalls-ring.json": stalls_page("ring", holds=False, violation="item 3 was lost"),
        "deep/progress-ring.json": progress_page("ring"),
    }
    found = collected(tmp_path, pages, {"progress/ring": "fail", "progress_deep/ring": "run"})
    progress = found["ring", "progress", "deep"]
    assert progress.facts["operations"]["push"] == {"claim": "lock_free", "watched": 212, "held_up": 0}
    # The test has failed, and only for the reason that one of its files gives.
    assert progress.holds and found["ring", "progress", "quick"].holds
    stalls = found["ring", "stalls", "quick"]
    assert not stalls.holds and stalls.facts["violation"] == "item 3 was lost"
    assert ("ring", "stalls", "deep") not in found
    pages["quick/stalls-ring.json"] = stalls_page("ring")
    found = collected(tmp_path, pages, {"progress/ring": "fail"})
    assert not found["ring", "progress", "quick"].holds and not found["ring", "stalls", "quick"].holds


def test_of_one_exploration_only_the_faulty_scenarios_implementation_is_blamed(tmp_path: Path) -> None:
    pages = {
        "exploration-ring.json": exploration_page("ring"),
        "exploration-other.json": exploration_page("other", failure="data race\nat step 3", choices="01"),
        "exploration-ring-random.json": exploration_page("ring", complete=False),
    }
    statuses = {"exploration/scenarios": "fail", "exploration/random": "run"}
    found = collected(tmp_path, pages, statuses, ("ring", "other"))
    assert found["ring", "explored", "quick"].holds
    assert found["other", "explored", "quick"].facts["violation"] == "two consumers: data race"
    assert not found["other", "explored", "quick"].holds
    walked = found["ring", "walked", "deep"]
    assert walked.holds and walked.facts["scenarios"][1]["executions"] == 159


def test_an_exploration_that_fails_for_no_reason_given_proves_nothing(tmp_path: Path) -> None:
    pages = {"exploration-ring.json": exploration_page("ring")}
    found = collected(tmp_path, pages, {"exploration/scenarios": "fail"})
    assert not found["ring", "explored", "quick"].holds
    pages = {"exploration-ring.json": exploration_page("ring", complete=False)}
    assert collected(tmp_path, pages, {"exploration/scenarios": "fail"})["ring", "explored", "quick"].holds


def test_faults_by_the_checks_that_caught_them(tmp_path: Path) -> None:
    both = mutation_page("ring.publish", "ring", exploration="caught", conformance="caught")
    pages = {
        "mutations/quick/ring.publish.json": mutation_page("ring.publish", "ring", exploration="caught"),
        "mutations/quick/ring.lap.json": mutation_page("ring.lap", "ring", exploration="failed otherwise"),
        "mutations/quick/ring.not_run.json": mutation_page("ring.not_run", "ring", exploration="caught"),
        "mutations/deep/ring.publish.json": both,
    }
    tests = {"mutations/none": "run", "mutations/ring.publish": "run", "mutations/ring.lap": "fail"}
    found = collected(tmp_path, pages, tests)
    assert found["ring", "mutations", "quick"].facts == {
        "caught_by": {"ring.publish": ["exploration"], "ring.lap": []}
    }
    assert ("ring", "mutations", "deep") not in found
    found = collected(tmp_path, pages, {"mutations_deep/none": "run", "mutations_deep/ring.publish": "run"})
    assert found.keys() == {("ring", "mutations", "deep")}
    assert found["ring", "mutations", "deep"].facts["caught_by"] == {
        "ring.publish": ["conformance", "exploration"]
    }


@pytest.mark.parametrize("without", [{}, {"mutations/none": "fail"}])
def test_what_fails_without_a_fault_catches_none(tmp_path: Path, without: dict[str, str]) -> None:
    pages = {"mutations/quick/ring.publish.json": mutation_page("ring.publish", "ring", exploration="caught")}
    found = collected(tmp_path, pages, {"mutations/ring.publish": "run"} | without)
    assert not found["ring", "mutations", "quick"].holds


def test_what_a_sanitizer_kept_quiet_is_counted(tmp_path: Path) -> None:
    said = "seed: 1\nThreadSanitizer: Matched 3 suppressions (pid=7):\n3 race:boost::lockfree::queue\n"
    statuses = {"conformance/ring": "run", "linearizability/ring": "fail"}
    found = collected(
        tmp_path, {}, statuses, outputs={"conformance/ring": said, "linearizability/ring": "[FAILED]"}
    )
    tests = found["ring", "tests", "quick"]
    assert not tests.holds
    assert tests.facts == {
        "passed": ["conformance"],
        "suppressed": 3,
        "violation": "linearizability failed",
    }


def test_what_is_no_junit_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="there is no .*results.xml"):
        ctest_results.read(tmp_path / "results.xml")
    (tmp_path / "results.xml").write_text("<testsuite>")
    with pytest.raises(HandoffError, match="results.xml' is no JUnit file"):
        ctest_results.read(tmp_path / "results.xml")
