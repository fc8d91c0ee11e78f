"""The tables of the README and of docs/: what stands in them, and that the committed ones are short enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from conftest import ROOT
from proof_fixtures import ORDER, SOURCE, proof, record
from synthetic_run import Spec

from handoff.proofs import sources as proof_sources
from handoff.proofs import table as proof_table
from handoff.report import documents, summary
from handoff.run import results

Json = dict[str, Any]
MOST_WORDS = 1500
MOST_COLUMNS = 6

QUEUE: Json = {
    "library": "",
    "packaged": False,
    "control": None,
    "producers": "many",
    "consumers": "one",
    "delivery": "per_producer_fifo",
}
QUEUE |= {"push": "lock_free", "pop": "blocking", "cite": "a paper, 1999"}
RING = QUEUE | {"name": "ring", "header": "queues/ring.hpp"}
OTHER = QUEUE | {"name": "other", "header": "queues/other.hpp", "pop": "lock_free"}


def test_the_readme_says_of_a_queue_what_chooses_it() -> None:
    known = record(*(proof(name, "order", ORDER) for name in ("ring", "other")))
    proofs = proof_table.table(known, [RING, OTHER], {"ring": SOURCE, "other": SOURCE}, proof_table.HERE)
    text = documents.queue_table([RING, OTHER], proofs)
    assert text.splitlines() == [
        "|queue|shape|order|progress|proven|source|",
        "|---|---|---|---|---|---|",
        "|[`ring`](impls/queues/ring.hpp)|mpsc|per producer fifo|lock free push, blocking pop|as all|a paper, 1999|",
        "|[`other`](impls/queues/other.hpp)|mpsc|per producer fifo|lock free|as all|a paper, 1999|",
        "",
        "All: linearizable ✓.",
    ]


def test_the_readme_names_the_adapters_of_packaged_queues_below_its_table() -> None:
    packaged = OTHER | {"packaged": True, "library": "Library 1.0"}
    proofs = proof_table.table(
        record(), [RING, packaged], {"ring": SOURCE, "other": SOURCE}, proof_table.HERE
    )
    lines = documents.queue_table([RING, packaged], proofs).splitlines()
    assert [line for line in lines if "`other`" in line] == [
        "Adapters of packaged queues ([what they promise](docs/implementations.md)): "
        "[`other`](impls/queues/other.hpp)."
    ]
    assert lines[2].startswith("|[`ring`]") and len([line for line in lines if line.startswith("|")]) == 3


def test_which_queue_names_what_is_best_and_what_is_not_known(tmp_path: Path) -> None:
    found = summary.build(results.load(synthetic_run.write(tmp_path / "run", Spec(blocks=8))))
    text = documents.which_queue(found, "report.md")
    rows = [line[1:-1].split("|") for line in text.splitlines() if line.startswith("|")][2:]
    assert [title for title, _, _ in rows] == [row["title"] for row in found["decisions"]]
    for (_, best, of), row in zip(rows, found["decisions"]):
        if row["group"] is None:
            assert (best, of) == ("not measured", "")
        elif not row["resolved"]:
            assert best == "not known" and int(of) == row["measured"]
        else:
            assert best.startswith(f"`{row['best'][0]}`") and int(of) == row["measured"]
            assert ("not told apart" in best) == bool(row["not_known"])
    assert {best for _, best, _ in rows} - {"not known", "not measured"}
    assert f"`{found['run_id']}`" in text


def test_a_row_for_each_implementation_a_table_for_each_kind() -> None:
    lossy = {"name": "lossy_queue", "header": "controls/lossy_queue.hpp", "control": "lossy"}
    counter = {"name": "a_counter", "header": "counters/a_counter.hpp", "control": None, "value": "exact"}
    ring = {"name": "mutex_ring", "header": "queues/mutex_ring.hpp", "control": None}
    known = record(proof("mutex_ring", "order", ORDER))
    groups: dict[str, list[Json]] = {"Queues": [ring], "Counters": [counter], "Controls": [lossy]}
    text = documents.proofs_text(groups, proof_sources.hashes(ROOT), known)
    rows = [line for line in text.splitlines() if line.startswith("|[")]
    assert [row.split("`")[1] for row in rows] == ["mutex_ring", "a_counter", "lossy_queue"]
    # The record is of another source than the one in the tree.
    assert rows[0].startswith(
        "|[`mutex_ring`](../impls/queues/mutex_ring.hpp)|of another source, at 5f917cc: "
    )
    assert "- source, all: CHANGED since 5f917cc" in text
    assert "|`eventcount`|has no scenarios|" in text and "|`wait_loop`|has no scenarios|" in text
    assert text.splitlines()[-1].endswith("2026-11-21")
    assert documents.proofs_text(groups, {}, None).startswith("There is no record of proofs here.")


def test_the_readme_is_short() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= MOST_WORDS
    heads = [
        above for above, below in zip(text.splitlines(), text.splitlines()[1:]) if below.startswith("|---")
    ]
    assert heads and all(head.strip("|").count("|") < MOST_COLUMNS for head in heads)
