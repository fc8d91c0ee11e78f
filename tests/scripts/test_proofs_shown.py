"""Proofs beside the numbers: on the page, in its short form, in the report of several machines, in the README."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from conftest import HANG_S, ROOT, copy_scripts, one_line
from proof_fixtures import EARLIER_SOURCE, ORDER, SOURCE, proof, record
from synthetic_run import Spec
from test_report import call

from handoff.proofs import record as proof_record, table as proof_table
from handoff.report import markdown, merge, merged_page, page, summary
from handoff.run import results

Json = dict[str, Any]

SMALL = Spec(
    blocks=6,
    queues=("mutex_ring", "vyukov_mpmc_ring", "boost_queue"),
    counters=(),
    workloads=("ping_pong", "core_to_core"),
)
KNOWN = record(
    proof("mutex_ring", "order", ORDER),
    proof("vyukov_mpmc_ring", "order", ORDER | {"violation": "<7> never came out"}, holds=False),
    proof("boost_queue", "order", ORDER, sources=EARLIER_SOURCE),
)


def measured(folder: Path, sources: Json, seed: int = 7) -> Path:
    """A run that says which sources it measured."""
    spec = Spec(**{**vars(SMALL), "seed": seed, "run_id": f"2026-11-20-synthetic-0123456-{seed}"})
    run = synthetic_run.write(folder, spec)
    environment = json.loads((run / "environment.json").read_text())
    (run / "environment.json").write_text(json.dumps(environment | {"sources": sources}))
    return run


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    sources = {name: SOURCE for name in SMALL.queues}
    return summary.build(results.load(measured(tmp_path_factory.mktemp("proofs") / "run", sources)))


def section(html: str) -> str:
    (only,) = re.findall(r'<section id="proofs">.*?</section>', html, re.DOTALL)
    return str(only)


def test_the_page_has_them_beside_the_numbers(found: Json, tmp_path: Path) -> None:
    html = page.render(found, [], proof_table.of_runs(KNOWN, tmp_path, [found]))
    told = section(html)
    assert "1.76 M calls, 423 k concurrent" in told
    assert '<td class="broken">BROKEN<small>&lt;7&gt; never came out (release)</small></td>' in told
    assert "NOT as measured, proven at 5f917cc" in told and "as measured, proven at 5f917cc" in told
    assert "cache_line" not in told and "release (quick): commit 5f917cc" in told
    rows = re.findall(r"<tr.*?</tr>", html.partition('<table class="explore"')[2], re.DOTALL)[1:]
    notes = {
        name: {
            re.findall(r'<td class="notes">([^<]*)</td>', row)[0]
            for row in rows
            if f"<code>{name}</code>" in row and 'class="notes"' in row
        }
        for name in SMALL.queues
    }
    assert all("proven" not in one and "BROKEN" not in one for one in notes["mutex_ring"])
    assert all("BROKEN: see proofs" in one for one in notes["vyukov_mpmc_ring"]) and notes["vyukov_mpmc_ring"]
    assert all("proven of another source" in one for one in notes["boost_queue"]) and notes["boost_queue"]
    assert re.search(r"<b>BROKEN</b>, by their own .*: vyukov_mpmc_ring</p>", html)


def test_the_short_form_has_the_table(found: Json, tmp_path: Path) -> None:
    text = markdown.render(found, [], proof_table.of_runs(KNOWN, tmp_path, [found]))
    lines = text.split("## What is proven?")[1].split("## ")[0].strip().splitlines()
    # What says more of a build than of an implementation stands below.
    assert lines[0].startswith("| | order proven | explored | mutations killed | progress observed |")
    assert lines[1] == "|---|" + "---|" * 5
    (broken,) = [line for line in lines if line.startswith("| vyukov_mpmc_ring |")]
    assert "| **BROKEN**: &lt;7> never came out (release) |" in broken
    assert all(line.count("|") == lines[0].count("|") for line in lines if line.startswith("|"))
    assert "- source, boost_queue: NOT as measured, proven at 5f917cc" in lines
    assert "> **BROKEN**, by their own proofs: vyukov_mpmc_ring" in text


def test_a_way_to_download_stands_on_the_proof_of_its_queue(tmp_path: Path) -> None:
    spec = Spec(blocks=6, queues=(), counters=(), controls=(), workloads=("download_strategies",))
    one = summary.build(results.load(synthetic_run.write(tmp_path / "run", spec)))
    one["cases"].append({"implementation": "claim_lock", "workload": "download_saving"})
    assert {"sequential", "pool_vyukov_mpmc_ring"} <= {row["implementation"] for row in one["cases"]}
    shown = proof_table.of_runs(KNOWN, tmp_path, [one])
    assert {row.name for row in shown.rows} == {"mutex_ring", "vyukov_mpmc_ring", "boost_queue"}
    broken = "BROKEN: see proofs"
    assert shown.note("vyukov_mpmc_ring") == shown.note("pool_vyukov_mpmc_ring") == broken
    assert shown.note("sequential") is None and shown.note("claim_lock") is None


def test_without_a_record_nothing_is_shown_as_proven(found: Json, tmp_path: Path) -> None:
    html = page.render(found, [], proof_table.of_runs(None, tmp_path, [found]))
    told = section(html)
    assert "There is no record of proofs here." in told and told.count("not proven<small>run ctest") >= 3
    assert 'class="proven"' not in told and "<b>BROKEN</b>" not in html
    assert "order not proven" in html
    assert "There is no record of proofs here. `scripts/proofs.py run` makes one." in markdown.render(
        found, [], proof_table.of_runs(None, tmp_path, [found])
    )


def test_of_several_machines_a_proof_is_of_what_each_measured(tmp_path: Path) -> None:
    same = {name: SOURCE for name in SMALL.queues}
    runs = [
        results.load(measured(tmp_path / "a", same)),
        results.load(measured(tmp_path / "b", same | {"mutex_ring": EARLIER_SOURCE}, seed=8)),
    ]
    machines, left_out = merge.machines(runs)
    shown = proof_table.of_runs(KNOWN, tmp_path, [machine.summary for machine in machines])
    assert {row.name: row.state for row in shown.rows if row.name in SMALL.queues} == {
        "mutex_ring": "earlier",
        "vyukov_mpmc_ring": "broken",
        "boost_queue": "earlier",
    }
    texts = merged_page.write_texts(machines, left_out, [], shown)
    assert "NOT as measured, proven at 5f917cc" in section(texts["report.html"])
    assert texts["report.html"].count("BROKEN: see proofs") >= 2
    assert "| vyukov_mpmc_ring | **BROKEN**: &lt;7> never came out (release) |" in texts["report.md"]


def test_the_record_that_is_asked_for_is_used_and_must_be_there(found: Json, tmp_path: Path) -> None:
    run = measured(tmp_path / "run", {name: SOURCE for name in SMALL.queues})
    path = tmp_path / "mine.json"
    told = call("report.py", run, "--proofs", path)
    assert told.returncode == 2 and f"there is no record of proofs '{path}'" in one_line(told.stderr)
    proof_record.write(KNOWN, path)
    told = call("report.py", run, "--proofs", path)
    assert (told.returncode, told.stderr) == (0, "")
    assert "1.76 M calls" in (run / "report.html").read_text()


def test_a_project_without_a_record_says_so_in_one_line(tmp_path: Path) -> None:
    copy_scripts(tmp_path)
    run = synthetic_run.write(tmp_path / "run", SMALL)
    command = [sys.executable, "-B", str(tmp_path / "scripts" / "report.py"), str(run)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=False)
    assert told.returncode == 0
    (line,) = told.stderr.splitlines()
    assert line.startswith("warning: there is no record of proofs '") and "proofs.json'" in line
    assert "There is no record of proofs here." in (run / "report.md").read_text()
