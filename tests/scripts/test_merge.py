"""Several machines in one report: side by side, never pooled, and what may be said of all of them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import synthetic_run
from conftest import one_line
from matplotlib.figure import Figure
from synthetic_run import Spec
from test_report import call

from handoff.errors import HandoffError
from handoff.report import merge, merged_page, summary
from handoff.report.figures import facets
from handoff.report.merge import Machine
from handoff.run import results

Json = dict[str, Any]

RECORDED = Path(__file__).parent / "recorded"
QUEUES = ("mutex_ring", "vyukov_mpmc_ring", "cached_spsc_ring", "lamport_spsc_ring")
ONE = Spec(blocks=12, queues=QUEUES, counters=("mutex_counter", "cas_counter"), places=(49.0,))
OTHER = replace(ONE, seed=8, places=(20.0,), run_id="20261120-other-0123456789-bbbb2222")


def another_machine(run: Path, **changes: Any) -> Path:
    """The same run, as if its environment had been another one."""
    path = run / "environment.json"
    environment = json.loads(path.read_text())
    environment["machine"] |= {"cpu_model": "Other(R) CPU E-1234   @ 3 GHz"}
    path.write_text(json.dumps(environment | changes))
    return run


def two(directory: Path, one: Spec = ONE, other: Spec = OTHER) -> list[Path]:
    a = synthetic_run.write(directory / "a", one)
    return [a, another_machine(synthetic_run.write(directory / "b", other))]


def machines(paths: list[Path]) -> list[Machine]:
    return merge.machines([results.load(path) for path in paths])[0]


def pairs(found: list[Machine], group: str) -> dict[tuple[str, str], merge.MachinesPair]:
    (one,) = [one for one in merge.agreement(found) if one.group == group]
    return {(pair.one, pair.other): pair for pair in one.pairs}


def parts(name: str, found: list[Machine], monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Heads and facets of a figure, before they become one picture."""
    seen: list[list[Figure]] = []

    def stacked(figures: list[Figure]) -> bytes:
        seen.append(list(figures))
        return b""

    monkeypatch.setattr(facets, "_stacked_png", stacked)
    facets.required(name, [(machine.label, machine.summary) for machine in found], pixels=True)
    return seen[0]


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return two(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two campaigns as they were measured, one of them as if it were of another machine."""
    directory = tmp_path_factory.mktemp("recorded")
    for name in ("alike-00", "alike-01"):
        (directory / name).mkdir()
        packed = (RECORDED / f"{name}.jsonl.gz").read_bytes()
        (directory / name / "samples.jsonl").write_bytes(gzip.decompress(packed))
        (directory / name / "environment.json").write_text((RECORDED / "environment.json").read_text())
    return [directory / "alike-00", another_machine(directory / "alike-01")]


def test_recorded_campaigns_of_two_machines_become_one_report(recorded: list[Path], tmp_path: Path) -> None:
    before = {path: path.read_bytes() for run in recorded for path in run.iterdir()}
    told = call("report.py", *recorded, "--out", tmp_path / "out")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.strip() == str(tmp_path / "out" / "report.html")
    labels = [machine.label for machine in machines(recorded)]
    for name in ("report.html", "report.md"):
        text = (tmp_path / "out" / name).read_text()
        assert all(label in text for label in labels)
    assert {"ping_pong_headline.svg", "core_to_core.svg"} <= {
        path.name for path in (tmp_path / "out" / "figures").iterdir()
    }
    after = {path: path.read_bytes() for run in recorded for path in run.iterdir()}
    assert after == before, "the runs themselves are only read"


def test_nothing_is_pooled_each_machine_keeps_what_its_own_run_says(recorded: list[Path]) -> None:
    for machine, path in zip(machines(recorded), recorded):
        alone = summary.build(results.load(path))
        assert alone["cases"] and machine.summary == alone


def test_each_machine_has_its_own_figures_in_its_own_column(usual: list[Path]) -> None:
    found = machines(usual)
    page = merged_page.write_texts(found, [], [])["report.html"]
    row = next(
        line
        for line in re.split(r"<tr[^>]*>", page)
        if "vyukov_mpmc_ring" in line and "<span>wait:spin</span> <span>report:mean</span>" in line
    )
    cells = re.findall(r"<td><b>([^<]*)</b>", row)
    medians = []
    for machine in found:
        (case,) = [
            one
            for one in machine.summary["cases"]
            if one["case"] == "ping_pong/vyukov_mpmc_ring/queues:2/wait:spin/report:mean"
        ]
        medians.append(case["regimes"][0]["median"])
    assert [float(cell.split()[0]) for cell in cells] == pytest.approx(medians, rel=0.01)
    assert medians[0] > 1.5 * medians[1]


def test_the_name_is_the_cpu_and_a_hash_of_the_hardware(usual: list[Path]) -> None:
    one, other = (machine.label for machine in machines(usual))
    assert re.fullmatch(r"Synthetic 2-core VM, 2 CPUs \([0-9a-f]{6}\)", one)
    assert re.fullmatch(r"Other CPU E-1234 @ 3 GHz, 2 CPUs \([0-9a-f]{6}\)", other)
    assert one[-8:] != other[-8:]


def test_machines_of_one_kind_are_told_apart_by_run(tmp_path: Path) -> None:
    paths = [synthetic_run.write(tmp_path / "a", ONE), synthetic_run.write(tmp_path / "b", OTHER)]
    found = machines(paths)
    assert [machine.label.rpartition(", ")[2] for machine in found] == ["run abcdef01", "run bbbb2222"]
    assert merge.alike(found)
    assert "of one kind" in merged_page.write_texts(found, [], [])["report.md"]
    assert "of one kind" not in merged_page.write_texts(machines(two(tmp_path / "c")), [], [])["report.md"]


def test_a_pair_agrees_where_each_machine_says_the_same(usual: list[Path]) -> None:
    found = pairs(machines(usual), "ping_pong/queues:2/wait:spin/report:mean")
    pair = found["mutex_ring", "vyukov_mpmc_ring"]
    assert (pair.ahead, pair.outcome) == (["vyukov_mpmc_ring", "vyukov_mpmc_ring"], merge.SAME)
    assert not any(pair.outcome == merge.OPPOSITE for pair in found.values())


def test_a_pair_that_turns_round_on_a_machine_is_named(tmp_path: Path) -> None:
    found = machines(two(tmp_path, other=replace(OTHER, slower={"cached_spsc_ring": 1.5})))
    group = "ping_pong/queues:2/wait:spin/report:mean"
    pair = pairs(found, group)["cached_spsc_ring", "lamport_spsc_ring"]
    assert (pair.ahead, pair.outcome) == (["cached_spsc_ring", "lamport_spsc_ring"], merge.OPPOSITE)
    short = merged_page.write_texts(found, [], [])["report.md"]
    assert (
        f"| {group} | `cached_spsc_ring`, `lamport_spsc_ring` | cached_spsc_ring | lamport_spsc_ring |"
        in short
    )
    turned = [pair for one in merge.agreement(found) for pair in one.pairs if pair.outcome == merge.OPPOSITE]
    assert all("cached_spsc_ring" in (pair.one, pair.other) for pair in turned)


def test_what_one_machine_cannot_tell_apart_is_not_shown_on_each(tmp_path: Path) -> None:
    found = machines(two(tmp_path, other=replace(OTHER, blocks=3)))
    pair = pairs(found, "ping_pong/queues:2/wait:spin/report:mean")["mutex_ring", "vyukov_mpmc_ring"]
    assert (pair.ahead, pair.outcome) == (["vyukov_mpmc_ring", ""], merge.PARTLY)


def test_an_implementation_of_one_machine_alone_is_in_no_pair(tmp_path: Path) -> None:
    found = machines(two(tmp_path, other=replace(OTHER, queues=QUEUES[:3])))
    names = {name for one in merge.agreement(found) for pair in one.pairs for name in (pair.one, pair.other)}
    assert "vyukov_mpmc_ring" in names and "lamport_spsc_ring" not in names


def test_one_bad_run_stamps_the_report_and_its_own_facets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = machines(two(tmp_path, other=replace(OTHER, dirty=True)))
    texts = merged_page.write_texts(found, [], [])
    assert "<title>NOT CITABLE" in texts["report.html"]
    assert texts["report.md"].startswith(f"**NOT CITABLE**: {found[1].label}: dirty build")
    heads = parts("ping_pong_headline", found, monkeypatch)[::2]
    said = [text.get_text() for head in heads for text in head.texts]
    assert said == [found[0].label, f"{found[1].label} · NOT CITABLE"]


def test_facets_have_the_same_scale(usual: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ping_pong_headline", "throughput_headline", "latency_percentiles"):
        first, second = (figure.axes[0] for figure in parts(name, machines(usual), monkeypatch)[1::2])
        assert first.get_xlim() == second.get_xlim()


def test_names_beside_an_axis_stay_apart_on_the_common_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counters = ("seq_cst_counter", "relaxed_counter", "mutex_counter")  # two of them cost the same
    found = machines(two(tmp_path, replace(ONE, counters=counters), replace(OTHER, counters=counters)))
    facets_of = [figure.axes[0] for figure in parts("counters_by_threads", found, monkeypatch)[1::2]]
    assert facets_of[0].get_ylim() == facets_of[1].get_ylim()
    for axes in facets_of:
        low, high = np.log(axes.get_ylim())
        names = [text for text in axes.texts if text.get_text() in counters]
        shares = sorted((np.log(text.xyann[1]) - low) / (high - low) for text in names)
        assert len(shares) == 3 and 0 <= shares[0] and shares[-1] <= 1 and min(np.diff(shares)) > 0.047


def test_a_merged_figure_is_one_sound_drawing_and_the_same_each_time(usual: list[Path]) -> None:
    named = [(machine.label, machine.summary) for machine in machines(usual)]
    drawn = facets.required("throughput_by_threads", named, pixels=True)
    root = ElementTree.fromstring(drawn.svg)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) > 4
    again = facets.required("throughput_by_threads", named, pixels=True)
    assert (again.svg, again.png) == (drawn.svg, drawn.png)


def test_a_machine_without_samples_for_a_figure_says_so(
    usual: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machines(usual)
    cases = [row for row in other.summary["cases"] if row["workload"] != "download"]
    without = replace(other, summary={**other.summary, "cases": cases})
    drawn = parts("download", [one, without], monkeypatch)
    assert len(drawn) == 3
    assert drawn[2].texts[1].get_text() == "no samples for this figure"
    neither = replace(one, summary={**one.summary, "cases": []})
    assert facets.render("download", [("a", neither.summary), ("b", without.summary)]) is None


def test_settings_that_not_all_measured_are_named_and_left_out(tmp_path: Path) -> None:
    paths = two(tmp_path, other=replace(OTHER, workloads=("ping_pong",), controls=()))
    found, left_out = merge.machines([results.load(path) for path in paths])
    assert "counter/t:1/mix:increment" in left_out
    assert {row["workload"] for machine in found for row in machine.summary["cases"]} == {
        "ping_pong",
        "core_to_core",
    }
    assert "counter/t:1/mix:increment" in merged_page.write_texts(found, left_out, [])["report.html"]


def test_one_figure_of_several_runs(usual: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "both.png"
    told = call("plot.py", *usual, "--figure", "ping_pong_headline", "--out", out)
    assert (told.returncode, told.stdout.strip()) == (0, str(out))
    alone = call("plot.py", usual[0], "--figure", "ping_pong_headline", "--out", tmp_path / "one.png")
    assert alone.returncode == 0
    heights = [int.from_bytes(path.read_bytes()[20:24], "big") for path in (out, tmp_path / "one.png")]
    assert heights[0] > 1.8 * heights[1]


WITH_MEMORY = replace(ONE, workloads=("ping_pong", "memory"), blocks=6)
FEW = replace(OTHER, workloads=("ping_pong", "memory"), blocks=6, queues=("mutex_ring", "boost_queue"))


@pytest.fixture(scope="module")
def unequal(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The second machine has short names alone, and fewer of them."""
    return two(tmp_path_factory.mktemp("unequal"), WITH_MEMORY, FEW)


@pytest.mark.parametrize("name", ["ping_pong_headline", "memory"])
def test_equal_figures_are_above_one_another_however_long_the_names(
    name: str, unequal: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = [part for part in parts(name, machines(unequal), monkeypatch) if part.axes]
    for above, below in zip(one.axes, other.axes):
        places = above.get_position(), below.get_position()
        assert places[0].x0 == pytest.approx(places[1].x0) and places[0].x1 == pytest.approx(places[1].x1)
    assert one.axes[0].get_xlim() == other.axes[0].get_xlim()
    ticks = [list(axes.xaxis.get_majorticklocs()) for axes in (one.axes[0], other.axes[0])]
    assert ticks[0] == ticks[1] and len(ticks[0]) >= 2


def test_memory_stands_side_by_side_and_is_of_no_regime(unequal: list[Path]) -> None:
    html = merged_page.write_texts(machines(unequal), [], [])["report.html"]
    section = html[html.index('<section id="memory">') : html.index('<section id="proofs">')]
    small, _, large = section.partition("<h3>65536 items of 64 bytes</h3>")
    assert large
    rows = {name: row for name, row in re.findall(r"<tr><td><code>(\w+)</code></td>(.*?)</tr>", small)}
    assert set(rows) == {*QUEUES, "boost_queue"}
    assert rows["mutex_ring"].count("8.00 B") == 2 and "not in this run" not in rows["mutex_ring"]
    assert rows["lamport_spsc_ring"].endswith('<td colspan="4" class="muted">not in this run</td>')
    assert rows["boost_queue"].startswith('<td colspan="4" class="muted">not in this run</td>')
    explored = re.findall(r"<tr><td>memory</td>.*?</tr>", html, flags=re.DOTALL)
    assert explored and not [row for row in explored if "regime" in row] and "regime A" in html


def twice(paths: list[Path]) -> list[Path]:
    return [paths[0], paths[0]]


def copied(paths: list[Path]) -> list[Path]:
    return [paths[0], another_machine(paths[1], run_id=ONE.run_id)]


def mixed(paths: list[Path]) -> list[Path]:
    return [paths[0], another_machine(paths[1], window_ms=20)]


def apart(paths: list[Path]) -> list[Path]:
    only = replace(OTHER, workloads=("counter",), controls=(), threads=(3,))
    other = another_machine(synthetic_run.write(paths[1].with_name("c"), only))
    lines = [line for line in (other / "samples.jsonl").read_text().splitlines() if "/t:3/" in line]
    (other / "samples.jsonl").write_text("\n".join(lines) + "\n")
    environment = json.loads((other / "environment.json").read_text())
    return [paths[0], another_machine(other, cases=[c for c in environment["cases"] if "/t:3/" in c])]


@pytest.mark.parametrize(
    "change, says",
    [
        (twice, "are the same run"),
        (copied, "are the same run"),
        (mixed, "window_ms is 50"),
        (apart, "nothing in common"),
    ],
)
def test_what_cannot_be_merged_is_refused(
    tmp_path: Path, change: Callable[[list[Path]], list[Path]], says: str
) -> None:
    paths = change(two(tmp_path))
    with pytest.raises(HandoffError, match=says):
        machines(paths)


def test_where_the_report_goes_is_asked_for_and_no_run_is_written_into(
    usual: list[Path], tmp_path: Path
) -> None:
    cases: list[tuple[list[str | Path], str]] = [
        ([*usual], "2 runs and --out None; valid: RUN"),
        ([usual[0], "--out", tmp_path], "1 runs and --out"),
        ([*usual, "--out", usual[0]], "is a run itself"),
        ([usual[0], usual[0], "--out", tmp_path / "o"], "are the same run"),
    ]
    for arguments, says in cases:
        told = call("report.py", *arguments)
        assert told.returncode == 2 and says in one_line(told.stderr)
    assert not (tmp_path / "o").exists()


def test_who_waits_is_drawn_for_each_machine_that_stored_it(tmp_path: Path) -> None:
    one = replace(ONE, blocks=6, workloads=("download_strategies",))
    other = replace(OTHER, blocks=6, workloads=("download_strategies",), drawn=())
    found = machines(two(tmp_path / "both", one, other))
    named = [(machine.label, machine.summary) for machine in found]
    drawn = facets.required("gantt", named)
    texts = merged_page.write_texts(found, [], [drawn])
    assert texts["report.html"].count('id="figure-gantt"') == 1
    assert "![" + drawn.question + "](figures/gantt.svg)" in texts["report.md"]
    assert [len(machine.summary["downloads"]["jobs"]) for machine in found] == [3, 0]


def test_what_not_all_machines_measured_is_not_drawn_of_one(tmp_path: Path) -> None:
    one = replace(ONE, blocks=6, workloads=("ping_pong", "download_strategies"))
    other = replace(OTHER, blocks=6, workloads=("ping_pong",))
    found = machines(two(tmp_path, one, other))
    assert facets.render("gantt", [(machine.label, machine.summary) for machine in found]) is None


# ---- each pair, over all settings --------------------------------------------------------------------------------


def agreed(*ahead: list[str | None]) -> list[merge.Agreement]:
    """One group for each list of who of a and b was ahead in each run."""
    return [
        merge.Agreement(f"group {at}", [merge.MachinesPair("a", "b", one)]) for at, one in enumerate(ahead)
    ]


def hosts(usual: list[Path], *names: str) -> list[Machine]:
    """A machine for each name, of which those of one name are one and the same host."""
    template = machines(usual)[0]
    return [
        replace(
            template,
            run=replace(
                template.run,
                environment=template.run.environment
                | {"machine": template.run.environment["machine"] | {"host": name}},
            ),
        )
        for name in names
    ]


def test_a_pair_has_one_line_that_counts_machines(usual: list[Path]) -> None:
    four = hosts(usual, "r1", "r2", "r3", "r4")
    (line,) = merge.overall(four, agreed(["a", "a", "b", ""], ["a", "", "a", ""], ["", None, None, None]))
    assert (line.one_ahead, line.other_ahead, line.mixed, line.not_told_apart) == (2, 0, 1, 1)
    assert (line.ahead, line.machines) == ("a", 4)
    (even,) = merge.overall(four[:3], agreed(["a", "b", None]))
    assert (even.ahead, even.machines) == ("", 2)


def test_several_runs_of_one_machine_are_one_machine(usual: list[Path]) -> None:
    three = hosts(usual, "r1", "r1", "r2")
    (line,) = merge.overall(three, agreed(["b", "b", "b"]))
    assert (line.one_ahead, line.other_ahead, line.ahead) == (0, 2, "b")
    (line,) = merge.overall(three, agreed(["b", "a", "b"]))
    assert (line.one_ahead, line.other_ahead, line.mixed) == (0, 1, 1)


def test_the_lines_are_in_both_reports(usual: list[Path]) -> None:
    found = machines(usual)
    lines = merge.overall(found, merge.agreement(found))
    texts = merged_page.write_texts(found, [], [])
    faster = next(one for one in lines if {one.one, one.other} == {"cached_spsc_ring", "mutex_ring"})
    assert (faster.ahead, faster.machines, faster.mixed) == ("cached_spsc_ring", 2, 0)
    assert (
        "| `cached_spsc_ring`, `mutex_ring` | `cached_spsc_ring` on 2, the other on 0 | 2 | 0 | 0 |"
        in texts["report.md"]
    )
    assert texts["report.html"].count("<td><code>cached_spsc_ring</code>, <code>mutex_ring</code></td>") == 1
    assert len(re.findall(r"^\| `\w+`, `\w+` \| ", texts["report.md"], flags=re.MULTILINE)) == len(lines)
