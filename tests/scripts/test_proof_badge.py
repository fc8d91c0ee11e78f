"""The marks of the README: short, and never better than the table that they stand for."""

from __future__ import annotations

from typing import Any

import pytest
from proof_fixtures import EARLIER_SOURCE, ORDER, SOURCE, TESTS, proof, record

from handoff.proofs import badge as proof_badge
from handoff.proofs import table as proof_table
from handoff.proofs.record import Proof
from handoff.proofs.table import HERE, ProofRow

RING = {"name": "ring", "header": "queues/ring.hpp", "cite": "a paper", "control": None}
EXPLORED = proof(
    "ring", "explored", {"scenarios": [{"scenario": "both ways", "executions": 7, "complete": True}]}
)


def row(*proofs: Proof, **entry: Any) -> ProofRow:
    found = proof_table.table(record(*proofs), [RING | entry], {"ring": SOURCE, "lossy_queue": SOURCE}, HERE)
    (only,) = found.rows
    return only


def caught_by(*checks: str, preset: str = "release") -> Proof:
    return proof(
        "ring", "mutations", {"caught_by": {"ring.a": ["exploration"], "ring.b": [*checks]}}, preset=preset
    )


def test_all_that_is_proven() -> None:
    sanitized = [proof("ring", "tests", TESTS, preset=preset) for preset in ("tsan", "asan-ubsan")]
    found = row(proof("ring", "order", ORDER), EXPLORED, *sanitized, caught_by("conformance"))
    assert proof_badge.parts(found) == ["linearizable ✓", "explored ✓", "TSan, ASan ✓", "faults 2/2"]


@pytest.mark.parametrize(
    "facts, changes, says",
    [
        ({"checker": "linearizable bounded FIFO, as each end sees it"}, {}, "linearizable ✓"),
        ({"checker": "linearizable bag"}, {}, "linearizable bag ✓"),
        ({"checker": "FIFO per producer"}, {}, "FIFO per producer ✓"),
        ({"trusted": False, "stamped": 0, "why": "no TSC"}, {}, "order-free checks ✓"),
        ({"checker": None}, {}, "order not proven"),
        ({}, {"sources": EARLIER_SOURCE}, "order of an earlier source"),
    ],
)
def test_what_stands_for_its_order(facts: dict[str, Any], changes: dict[str, Any], says: str) -> None:
    assert proof_badge.parts(row(proof("ring", "order", ORDER | facts, **changes))) == [says]


def test_what_was_not_shown_has_no_mark() -> None:
    assert proof_badge.parts(row()) == ["order not proven"]
    unfinished = proof(
        "ring", "explored", {"scenarios": [{"scenario": "both ways", "executions": 7, "complete": False}]}
    )
    assert proof_badge.parts(row(proof("ring", "order", ORDER), unfinished)) == ["linearizable ✓"]
    assert proof_badge.parts(row(caught_by())) == ["order not proven", "faults 1/2"]


def test_what_is_broken_has_no_mark_but_that() -> None:
    failed = proof("ring", "order", ORDER | {"violation": "7 never came out"}, holds=False)
    assert proof_badge.parts(row(failed, EXPLORED)) == ["**BROKEN** (order proven)"]


def test_a_faulty_control_is_caught() -> None:
    name = "lossy_queue"
    facts = ORDER | {"violation": "7 never came out", "test_passed": True}
    found = row(proof(name, "order", facts, holds=False), name=name, control="lossy")
    assert proof_badge.parts(found)[0] == "caught ✓"


def test_what_all_have_is_told_once() -> None:
    sanitized = proof("ring", "tests", TESTS, preset="tsan")
    one, other = row(sanitized, EXPLORED), row(sanitized)
    assert proof_badge.told_apart([one, other]) == ([["explored ✓"], []], ["order not proven", "TSan ✓"])
    assert proof_badge.told_apart([one]) == ([["order not proven", "explored ✓", "TSan ✓"]], [])


def test_what_has_changed_keeps_the_others_together() -> None:
    now = [row(proof("ring", "order", ORDER), EXPLORED), row(proof("ring", "order", ORDER), EXPLORED)]
    earlier = row(proof("ring", "order", ORDER, sources=EARLIER_SOURCE))
    told, shared = proof_badge.told_apart([*now, earlier])
    assert shared == ["linearizable ✓", "explored ✓"]
    assert told == [[], [], ["order of an earlier source"]]
