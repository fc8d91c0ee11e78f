"""The table of proofs: what stands in each cell, and that nothing looks proven which is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from proof_fixtures import EARLIER_SOURCE, ORDER, SOURCE, TESTS, proof, record, run

from handoff.errors import HandoffError
from handoff.proofs import record as proof_record, table as proof_table
from handoff.proofs.cells import count
from handoff.proofs.record import Proof, Record
from handoff.proofs.table import HERE, MEASURED, ProofRow

Json = dict[str, Any]

RING = {"name": "ring", "header": "queues/ring.hpp", "cite": "a paper", "control": None}
LIBRARY = "Boost 1.74 (libboost1.74-dev 1.74.0-1)"
PACKAGED = RING | {"packaged": True, "library": LIBRARY}
FAULTY = RING | {"name": "lossy_queue", "control": "lossy"}
SCENARIOS = [{"scenario": "both ways", "executions": 17841, "complete": True} for _ in range(3)]
SEEN = {"push": {"claim": "lock_free", "watched": 212, "held_up": 0}}
STALLS = {"order": "fifo", "transfers": 40, "items": 40000, "stops": 812, "reordered": 0}


def order(**changes: Any) -> Proof:
    facts = ORDER | changes.pop("facts", {})
    return proof("ring", "order", facts, **changes)


def broken(**changes: Any) -> Proof:
    return order(holds=False, facts={"violation": "7 never came out"}, **changes)


def row(
    of: Record | None, entry: Json = RING, source: str | None = SOURCE, wording: proof_table.Wording = HERE
) -> ProofRow:
    sources = {entry["name"]: source} if source else {}
    (only,) = proof_table.table(of, [entry], sources, wording).rows
    return only


def cell(of: Record | None, column: str, entry: Json = RING, source: str | None = SOURCE) -> tuple[str, str]:
    found = row(of, entry, source).cells[list(proof_table.COLUMNS).index(column)]
    return found.state, found.markdown


def test_a_whole_row() -> None:
    found = row(
        record(
            order(),
            proof("ring", "explored", {"scenarios": SCENARIOS}),
            proof("ring", "walked", {"scenarios": [{"executions": 20000}] * 5}, effort="deep"),
            proof("ring", "tests", TESTS),
            proof("ring", "tests", TESTS, preset="tsan"),
            proof("ring", "tests", TESTS, preset="asan-ubsan"),
            proof(
                "ring", "mutations", {"caught_by": {"ring.a": ["conformance", "exploration"], "ring.b": []}}
            ),
            proof("ring", "mutations", {"caught_by": {"ring.b": ["thread_sanitizer"]}}, preset="tsan"),
            proof("ring", "progress", {"stops": 300, "operations": SEEN}),
            proof("ring", "stalls", STALLS),
        )
    )
    assert [one.markdown for one in found.cells] == [
        "linearizable bounded FIFO: 1.76 M calls, 423 k concurrent; 3.43 M more without stamps",
        "3 scenarios, 53.5 k executions: 100 k random walks",
        "TSan by clang++, ASan+UBSan by g++",
        "2 of 2: conformance 1, exploration 1, thread sanitizer 1",
        "push held up in 0 of 212 stops: claims lock free",
        "40.0 k items, 812 stops",
    ]
    assert {one.state for one in found.cells} == {"proven"}
    assert (found.state, found.note, found.source) == ("proven", None, "unchanged since 5f917cc")


def test_what_is_not_proven_says_why() -> None:
    assert [one.markdown for one in row(None).cells] == [
        "not proven: run ctest -L linearizability",
        "has no scenarios",
        "not run under sanitizers: scripts/proofs.py run tsan asan-ubsan",
        "not tried",
        "not observed: run ctest -L progress",
        "not tried: run ctest -L progress",
    ]
    assert row(None).source == "no proof is recorded" and row(None).note == "order not proven"
    assert proof_table.table(None, [RING], {}, HERE).missing == "There is no record of proofs here."
    other = record(proof("other", "order", ORDER))
    assert row(other).state == "none" and row(other).note == "order not proven"
    packaged = [one.markdown for one in row(None, PACKAGED).cells]
    assert (
        packaged[1] == "third-party source: not explored" and packaged[3] == "third-party source: none made"
    )
    counter = {"name": "ring", "value": "exact", "control": None}
    assert row(None, counter).cells[5].markdown == "a counter holds no items"


def test_another_source_is_no_proof() -> None:
    found = row(record(order(sources=EARLIER_SOURCE)))
    assert found.cells[0].state == "earlier"
    assert found.cells[0].text == "of another source, at 5f917cc: linearizable bounded FIFO"
    assert (found.source, found.note) == (
        "CHANGED since 5f917cc",
        "proven of another source or library",
    )
    # One check of the source at hand does not vouch for the others.
    mixed = row(record(order(sources=EARLIER_SOURCE), proof("ring", "stalls", STALLS)))
    assert mixed.state == "earlier" and mixed.cells[5].state == "proven"


def test_with_another_library_is_no_proof() -> None:
    found = row(record(order(library=LIBRARY)), PACKAGED, wording=MEASURED)
    assert (found.state, found.source) == ("proven", f"as measured, proven at 5f917cc, with {LIBRARY}")
    older = row(record(order(library="Boost 1.73")), PACKAGED, wording=MEASURED)
    assert older.state == "earlier" and older.note == "proven of another source or library"
    assert older.cells[0].text.startswith("with Boost 1.73, at 5f917cc: linearizable")
    assert older.source == "NOT with the library that was measured, proven at 5f917cc, with Boost 1.73"
    unknown = row(record(order()), PACKAGED, wording=MEASURED)
    assert unknown.cells[0].text.startswith("with a library of unknown version, at 5f917cc")
    # What the README says is of the tree, and names the library that the proofs had.
    here = row(record(order(library="Boost 1.73")), PACKAGED | {"library": None})
    assert (here.state, here.source) == ("proven", "unchanged since 5f917cc, with Boost 1.73")


def test_a_source_that_is_not_known_is_no_proof() -> None:
    found = row(record(order()), source=None, wording=MEASURED)
    assert found.state == "earlier"
    assert found.source == "not known which source was measured; proven at 5f917cc"
    assert found.cells[0].text.startswith("not known whether of this source, at 5f917cc")


def test_a_failed_proof_is_broken_whatever_else_held() -> None:
    deep = order(effort="deep", facts={"stamped": 10**8, "decided": 10**8})
    found = row(record(deep, broken(preset="tsan")))
    assert found.cells[0].markdown == "**BROKEN**: 7 never came out (tsan)"
    assert (found.state, found.note) == ("broken", "BROKEN: see proofs")
    # Even if it was of an earlier source, until that is proven anew.
    assert cell(record(broken(sources=EARLIER_SOURCE)), "order proven")[0] == "broken"
    assert cell(record(broken(sources=EARLIER_SOURCE), order(preset="tsan")), "order proven")[0] == "proven"


def test_failed_tests_and_walks_are_broken() -> None:
    failed = proof("ring", "tests", TESTS | {"violation": "conformance failed"}, holds=False)
    clean = proof("ring", "tests", TESTS, preset="tsan")
    found = row(record(order(), failed, clean))
    assert found.cells[2].markdown == "**BROKEN**: conformance failed (release)" and found.state == "broken"
    walked = proof(
        "ring", "walked", {"scenarios": [], "violation": "lap: data race"}, effort="deep", holds=False
    )
    explored = proof("ring", "explored", {"scenarios": SCENARIOS})
    assert cell(record(explored, walked), "explored") == ("broken", "**BROKEN**: lap: data race (release)")


def test_deep_stands_before_quick_and_is_not_replaced_by_it() -> None:
    deep = order(effort="deep", facts={"stamped": 10**8, "decided": 10**8})
    known = record(deep)
    known.add("2", run("release", began="2026-11-22T08:00:00+00:00"), [replace(order(), run="2")])
    assert cell(known, "order proven")[1].startswith("linearizable bounded FIFO: 100 M calls")
    known.add("3", run("release"), [replace(order(), run="3", facts=ORDER | {"stamped": 7, "decided": 7})])
    assert "2" not in known.runs and {"1 release", "3"} <= known.runs.keys()
    assert len(known.proofs) == 2
    # Deep of an earlier source is worth less than quick of this one.
    known = record(replace(deep, sources=EARLIER_SOURCE), order())
    assert cell(known, "order proven")[1].startswith("linearizable bounded FIFO: 1.76 M calls")


def test_faulty_controls_are_caught_or_the_check_is_broken() -> None:
    def faulty(one: Proof) -> Record:
        return record(replace(one, name="lossy_queue"))

    caught = faulty(broken())
    assert cell(caught, "order proven", FAULTY) == ("caught", "caught, as it must be: 7 never came out")
    assert row(caught, FAULTY).note is None
    missed = order(holds=False, facts={"violation": "the test that wrote this failed", "test_passed": False})
    assert cell(faulty(missed), "order proven", FAULTY)[0] == "broken"
    assert cell(faulty(order()), "order proven", FAULTY) == ("broken", "**NOT CAUGHT**: no fault found")
    both = record(*(replace(one, name="lossy_queue") for one in (broken(effort="deep"), order())))
    assert cell(both, "order proven", FAULTY)[0] == "broken"
    clean = faulty(proof("ring", "tests", TESTS, preset="tsan"))
    assert cell(clean, "sanitizers", FAULTY) == (
        "caught",
        "caught under TSan by clang++: not run under ASan+UBSan",
    )
    # Other controls are no faulty ones.
    assert cell(record(order()), "order proven", RING | {"control": "paced"})[0] == "proven"


@pytest.mark.parametrize(
    "facts, text",
    [
        ({"decided": 1757834}, "1.76 M calls, 423 k concurrent, 99.97% decided exactly; 3.43 M more"),
        ({"overtaken": 294}, "423 k concurrent; k observed: 294; 3.43 M more"),
        (
            {"trusted": False, "stamped": 0, "why": "no TSC"},
            "order-free checks only: clock not trusted (no TSC), 3",
        ),
        (
            {"stops": 1, "stopped_calls": 18202},
            "3.43 M more without stamps; of all, 18.2 k in bursts with 1 stop",
        ),
        ({"wrapped_calls": 0}, "3.43 M more without stamps; not tested where its indices wrap"),
        ({"checker": None}, "its spec promises nothing that could be checked"),
    ],
)
def test_what_an_order_rests_on(facts: Json, text: str) -> None:
    state, told = cell(record(order(facts=facts)), "order proven")
    assert text in told and state == ("none" if facts.get("checker", "") is None else "proven")


def test_what_was_not_explored_to_the_end_is_not_proven() -> None:
    unfinished = [*SCENARIOS, SCENARIOS[0] | {"complete": False}]
    assert cell(record(proof("ring", "explored", {"scenarios": unfinished})), "explored") == (
        "none",
        "3 of 4 scenarios to the end: 71.4 k executions",
    )


def test_sanitizers_that_saw_less_say_so() -> None:
    some = proof("ring", "tests", {"passed": ["conformance"], "suppressed": 3}, preset="tsan")
    assert cell(record(some), "sanitizers") == (
        "proven",
        "TSan by clang++ (only conformance), 3 reports suppressed: not run under ASan+UBSan",
    )
    deep = proof(
        "ring", "tests", {"passed": ["linearizability_deep"], "suppressed": 0}, preset="tsan", effort="deep"
    )
    assert cell(record(some, deep), "sanitizers")[1].startswith("TSan by clang++, 3 reports suppressed")
    other = proof("ring", "tests", {"passed": ["conformance"], "suppressed": 0}, preset="tsan-gcc")
    assert cell(record(some, deep, other), "sanitizers")[1].startswith(
        "TSan by clang++ and g++ (only conformance), 3 reports suppressed:"
    )
    plain = proof("ring", "tests", TESTS)
    assert cell(record(plain), "sanitizers")[0] == "none"
    stale = replace(some, sources=EARLIER_SOURCE)
    assert cell(record(stale), "sanitizers") == (
        "earlier",
        "of another source, at 5f917cc: its tests passed",
    )


def test_a_fault_that_survives_is_named() -> None:
    found = proof("ring", "mutations", {"caught_by": {"ring.a": ["exploration"], "ring.b": []}})
    assert cell(record(found), "mutations killed") == ("none", "1 of 2: NOT killed: ring.b")


def test_faults_that_are_caught_without_being_there_are_no_proof() -> None:
    unsound = proof(
        "ring", "mutations", {"caught_by": {"ring.a": ["x"]}, "violation": "it fails anyway"}, holds=False
    )
    assert cell(record(unsound), "mutations killed") == ("broken", "**BROKEN**: it fails anyway (release)")
    # Neither are those of another build, whichever comes first.
    sound = proof("ring", "mutations", {"caught_by": {"ring.a": ["x"]}}, preset="tsan")
    for both in (record(sound, unsound), record(unsound, sound)):
        assert cell(both, "mutations killed") == ("broken", "**BROKEN**: it fails anyway (release)")


def test_what_stopped_threads_have_shown() -> None:
    held = {"push": {"claim": "blocking", "watched": 1, "held_up": 1}} | {
        "pop": {"claim": "wait_free", "watched": 38, "held_up": 0}
    }
    known = record(
        proof("ring", "progress", {"stops": 40, "operations": held}),
        proof("ring", "stalls", STALLS | {"reordered": 12, "order": "unordered"}),
    )
    assert cell(known, "progress observed") == (
        "proven",
        "push held up in 1 of 1 stop, pop held up in 0 of 38 stops: claims blocking push, wait free pop",
    )
    assert cell(known, "with threads stopped")[1] == "40.0 k items, 812 stops: 12 reordered"


def test_that_a_stack_gives_out_later_items_first_is_no_finding() -> None:
    stalled = proof("ring", "stalls", STALLS | {"reordered": 12, "order": "lifo"})
    stack = RING | {"delivery": "lifo"}
    assert cell(record(stalled), "with threads stopped", stack)[1] == "40.0 k items, 812 stops"
    told = cell(record(order(facts={"overtaken": 63})), "order proven", stack)[1]
    assert "k observed" not in told


def test_numbers_have_three_digits() -> None:
    numbers = (0, 999, 9_999, 10_000, 52_649, 99_960, 999_600, 1_758_189, 45_000_000, 2 * 10**9)
    told = "0, 999, 9,999, 10.0 k, 52.6 k, 100 k, 1.00 M, 1.76 M, 45.0 M, 2.00 G"
    assert ", ".join(count(number) for number in numbers) == told


def test_a_bar_in_a_reason_does_not_end_the_cell() -> None:
    told = cell(record(order(holds=False, facts={"violation": "a|b"})), "order proven")[1]
    assert told == "**BROKEN**: a\\|b (release)"


def test_the_runs_behind_the_rows_are_named() -> None:
    known = record(order(), order(effort="deep"), order(preset="tsan"), proof("other", "stalls", STALLS))
    known.runs["1 tsan"] |= {"dirty": True, "began": "2026-11-20T20:00:00+00:00"}
    assert proof_table.table(known, [RING], {}, HERE).runs == [
        "tsan (quick): commit 5f917cc with changes, Clang 14.0.6, sanitizers thread, AMD EPYC, 2 CPUs, 2026-11-20",
        "release (quick and deep): commit 5f917cc, GNU 12.2.0, AMD EPYC, 2 CPUs, 2026-11-21",
    ]


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    known = record(order(), broken(preset="tsan"))
    path = tmp_path / "new" / "proofs.json"
    proof_record.write(known, path)
    read = proof_record.load(path)
    assert read == known
    assert sum("linearizable" in line for line in path.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    "text, says",
    [("{", "is no record of proofs"), ('{"schema": 7}', "unknown schema 7"), ("[]", "unknown schema None")],
)
def test_no_other_file_is_taken_for_a_record(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "proofs.json"
    path.write_text(text)
    with pytest.raises(HandoffError, match=says):
        proof_record.load(path)
    with pytest.raises(HandoffError, match="there is no record of proofs .*gone.json'; scripts/proofs.py"):
        proof_record.load(tmp_path / "gone.json")


def two_rings(*proofs: Proof) -> proof_table.ProofTable:
    entries = [RING, RING | {"name": "other"}]
    return proof_table.table(record(*proofs), entries, {"ring": SOURCE, "other": SOURCE}, HERE)


def test_what_is_true_of_all_is_told_once() -> None:
    tested = [proof(name, "tests", TESTS, preset="tsan") for name in ("ring", "other")]
    shown = two_rings(order(), *tested)
    # Their orders differ; that neither was explored does not.
    assert shown.heads == ["order proven"]
    assert [len(shown.cells(row)) for row in shown.rows] == [1, 1]
    told = {one.heading: one.lines for one in shown.shared}
    assert told["explored"] == [("all", "has no scenarios")]
    assert told["sanitizers"] == [("all", "TSan by clang++: not run under ASan+UBSan")]
    assert told["source"] == [("all", "unchanged since 5f917cc")]


def test_whoever_differs_from_all_others_is_named() -> None:
    third = RING | {"name": "third"}
    tested = [proof(name, "tests", TESTS, preset="tsan") for name in ("ring", "third")]
    failed = proof("other", "tests", TESTS | {"violation": "it failed"}, holds=False)
    entries = [RING, RING | {"name": "other"}, third]
    sources = {"ring": SOURCE, "other": SOURCE, "third": SOURCE}
    shown = proof_table.table(record(*tested, failed), entries, sources, HERE)
    told = {one.heading: one.lines for one in shown.shared}
    assert told["sanitizers"] == [
        ("other", "BROKEN: it failed (release)"),
        ("all others", "TSan by clang++: not run under ASan+UBSan"),
    ]
    assert shown.broken == ["other"]


def test_the_commits_of_a_source_stand_in_the_order_of_time() -> None:
    known = record(order(), proof("ring", "tests", TESTS, preset="tsan"))
    known.runs["1 tsan"] |= {"commit": "1234567", "began": "2026-11-20T20:00:00+00:00"}
    assert row(known).source == "unchanged since 1234567, 5f917cc"
