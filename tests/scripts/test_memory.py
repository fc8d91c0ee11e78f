"""Memory in the report: a table and a figure of what was recorded, and no part in anything about time."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import compare as compare_script
import pytest
import synthetic_run
from matplotlib import pyplot
from synthetic_run import Spec

from handoff.campaign.runner import Settings
from handoff.campaign.schedule import TrialCosts
from handoff.compare import compare, memory
from handoff.report import figures, markdown, page, summary
from handoff.report.figures import style
from handoff.run import results
from handoff.run.cases import parse
from handoff.statistics import measures

Json = dict[str, Any]
QUEUES = ("mutex_ring", "vyukov_mpmc_ring", "boost_queue")
WITH = Spec(blocks=6, queues=QUEUES, counters=(), workloads=("ping_pong", "memory"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_run.write(tmp_path_factory.mktemp("memory") / "run", WITH)


@pytest.fixture(scope="module")
def found(run: Path) -> Json:
    return summary.build(results.load(run))


def test_the_table_holds_what_was_recorded_from_few_bytes_to_many(found: Json) -> None:
    small, large = found["memory"]
    assert (small["item"], small["items"], large["item"]) == ("8", 65536, "64")
    rings = 256 / 65536
    assert [(one["implementation"], one["bytes_per_item"]) for one in small["members"]] == [
        ("mutex_ring", pytest.approx(8 + rings)),
        ("vyukov_mpmc_ring", pytest.approx(16 + rings)),
        ("boost_queue", pytest.approx(24 + rings)),
    ]
    ring, _, nodes = small["members"]
    assert ring["empty_bytes"] == ring["peak_bytes"] == 256 + 8 * 65536
    assert (nodes["empty_bytes"], nodes["retained_bytes"]) == (256, 256)
    assert (ring["allocations_per_item"], nodes["allocations_per_item"]) == (0, 1)
    assert nodes["n"] == 6 - _failed(found, "memory/boost_queue/item:8/items:65536")


def _failed(found: Json, case: str) -> int:
    (row,) = [row for row in found["cases"] if row["case"] == case]
    return sum(row["failed"].values())


def test_bytes_are_in_no_ranking_of_times_and_change_none(found: Json, run: Path, tmp_path: Path) -> None:
    assert {group["workload"] for group in found["groups"]} == {"ping_pong"}
    # The same trials without those of memory.
    kept = tmp_path / "run"
    kept.mkdir()
    environment = json.loads((run / "environment.json").read_text())
    environment["cases"] = [name for name in environment["cases"] if not name.startswith("memory/")]
    (kept / "environment.json").write_text(json.dumps(environment))
    lines = (run / "samples.jsonl").read_text().splitlines(keepends=True)
    (kept / "samples.jsonl").write_text("".join(line for line in lines if '"case": "memory/' not in line))
    without = summary.build(results.load(kept))
    assert without["memory"] == []
    for part in ("regimes", "groups", "controls"):
        assert without[part] == found[part], part

    def of_times(told: Json) -> list[Json]:
        return [row for row in told["decisions"] if row["column"] != "log_bytes"]

    assert of_times(without) == of_times(found)
    (row,) = (row for row in found["decisions"] if row["column"] == "log_bytes")
    assert row["best"] == ["mutex_ring"] and row["slower"] == ["vyukov_mpmc_ring", "boost_queue"]


def test_a_comparison_of_runs_leaves_bytes_alone(run: Path, tmp_path: Path) -> None:
    other = synthetic_run.write(tmp_path / "run", replace(WITH, seed=8))
    told = compare.compare(results.load(run), results.load(other), 0.05)
    assert told.changes and all(change.case.startswith("ping_pong/") for change in told.changes)
    assert told.not_compared == []


def test_what_failed_verification_once_is_in_no_table(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    copy.mkdir()
    (copy / "environment.json").write_text((run / "environment.json").read_text())
    records = [json.loads(line) for line in (run / "samples.jsonl").read_text().splitlines()]
    first = next(one for one in records if one["case"] == "memory/mutex_ring/item:8/items:65536")
    first |= {
        "status": "unverified",
        "figures": {},
        "exit": 1,
        "message": "unverified: 1 of 9 items were lost",
    }
    (copy / "samples.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    tables = summary.build(results.load(copy))["memory"]
    members = {one["item"]: {m["implementation"] for m in one["members"]} for one in tables}
    rest = set(QUEUES) - {"mutex_ring"}
    assert members == {"8": rest, "64": rest}, "also of the settings in which nothing went wrong"


def test_both_reports_have_the_table_and_say_how_to_read_it(found: Json) -> None:
    html = page.render(found, [])
    section = html[html.index('<section id="memory">') : html.index('<section id="explore">')]
    assert memory.READING in section
    assert "65536 items of 8 bytes" in section and "65536 items of 64 bytes" in section
    assert "65536, unbounded" in section
    text = markdown.render(found, [])
    assert memory.READING in text and "other settings (1)" in text
    assert "| boost_queue | 24.0 B | 1 | 256 B | 256 B | 1.50 MiB |" in text
    assert "| vyukov_mpmc_ring | 16.0 B | none | 1.00 MiB | 1.00 MiB | 1.00 MiB |" in text


def test_a_run_without_memory_says_so(tmp_path: Path) -> None:
    spec = replace(WITH, workloads=("ping_pong",), queues=("mutex_ring",))
    found = summary.build(results.load(synthetic_run.write(tmp_path / "run", spec)))
    assert "Not in this run." in markdown.render(found, [])
    assert 'id="memory"' not in page.render(found, [])
    assert figures.render("memory", found) is None


def test_the_figure_shows_bytes_and_allocations_side_by_side(found: Json) -> None:
    with pyplot.rc_context(style.RC):
        figure = figures.REGISTRY["memory"].draw(found)
    assert figure is not None
    held, passing, margin = figure.axes
    assert [label.get_text() for label in held.get_yticklabels()] == [
        "mutex_ring",
        "vyukov_mpmc_ring",
        "boost_queue",
    ]
    dots = [line.get_xdata()[0] for line in held.get_lines() if line.get_marker() == "o"]
    assert dots == [pytest.approx(size + 256 / 65536) for size in (8, 16, 24)]
    assert [line.get_xdata()[0] for line in passing.get_lines() if line.get_marker() == "D"] == [0, 0, 1]
    texts = [text.get_text() for text in margin.texts]
    assert texts[3:] == ["8.00 B", "none", "512 KiB", "16.0 B", "none", "1.00 MiB", "24.0 B", "1", "256 B"]
    footer = next(text.get_text() for text in figure.texts if found["run_id"] in text.get_text())
    assert footer.endswith("one thread, not timed")
    pyplot.close(figure)


def altered(run: Path, directory: Path, change: Callable[[str, Json], None]) -> Path:
    """The same trials, of which those of memory had other figures."""
    other = directory / "other"
    shutil.copytree(run, other)
    lines = [json.loads(line) for line in (other / "samples.jsonl").read_text().splitlines()]
    for line in lines:
        if line["case"].startswith("memory/") and line["status"] == "ok":
            change(parse(line["case"]).implementation, line["figures"])
    (other / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return other


def test_a_queue_that_takes_more_is_a_regression(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(name: str, figures: Json) -> None:
        if name == "mutex_ring":
            figures["peak_bytes"] *= 1.2
        if name == "vyukov_mpmc_ring":
            figures["peak_bytes"] += 64  # alignment
        if name == "boost_queue":
            figures["allocations_per_item"] = 1 / 64

    other = altered(run, tmp_path, change)
    told = compare.compare(results.load(run), results.load(other), 0.05)
    assert {(parse(one.case).implementation, one.figure, one.effect) for one in told.memory} == {
        ("mutex_ring", "peak_bytes", "regression"),
        ("boost_queue", "allocations_per_item", "improvement"),
    }
    assert told.memory_cases == 6 and len(told.memory) == 4, "two sizes of items each"
    # The other way round, and as a user sees it.
    assert compare_script.main([str(run), str(other), "--markdown"]) == 1
    out = capsys.readouterr().out
    assert "| `memory/mutex_ring/item:8/items:65536` | peak_bytes | 512 KiB | 615 KiB | REGRESSION |" in out
    assert "| allocations_per_item | 1 | 1 in 64 | improvement |" in out
    assert "6 cases of memory compared, 4 figures changed" in out
    same = synthetic_run.write(tmp_path / "same", WITH)
    assert compare_script.main([str(run), str(same), "--workload", "memory"]) == 0
    assert "6 cases of memory compared, no figure changed" in capsys.readouterr().out


def test_scatter_is_no_change(run: Path, tmp_path: Path) -> None:
    bytes_now = iter(itertools.cycle((1e6, 2e6)))

    def change(name: str, figures: Json) -> None:
        figures["peak_bytes"] = next(bytes_now)

    other = altered(run, tmp_path, change)
    told = compare.compare(results.load(other), results.load(other), 0.05)
    assert told.memory == [] and told.memory_cases == 6


def test_how_often_in_words() -> None:
    assert memory.allocations(0.0) == "none"
    assert memory.allocations(1 / 64) == "1 in 64"
    assert memory.allocations(1 / 3) == "1 in 3"
    assert memory.allocations(1 / 640) == "1 in 640"
    assert memory.allocations(2.0) == "2"
    assert memory.allocations(1.25) == "1.25"
    assert measures.text(8.0049, "B") == "8.00 B"
    assert measures.text(524592.0, "B") == "512 KiB"


def test_a_trial_is_expected_to_be_short() -> None:
    costs = TrialCosts(Settings())
    memory_case, other = parse("memory/a/item:8/items:65536"), parse(
        "ping_pong/a/queues:2/wait:spin/report:mean"
    )
    assert costs.of(memory_case) < costs.of(other)
