"""The history of a branch: appended to, bounded, plotted; and the workflow that keeps it, step by step."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import compare as compare_script
import history as script
import pytest
from conftest import HANG_S, ROOT, one_line
from test_compare import interleaved
from test_compare_commits import PING_PONG, THROUGHPUT, Project, whole_project

from handoff.compare import history
from handoff.compare.history import Entry
from handoff.report import history_page

__all__ = ["whole_project"]  # a fixture

Capture = pytest.CaptureFixture[str]
WORKFLOW = ROOT / "examples" / "ci" / "handoff.yml"

ONE = Entry(
    "a" * 40, False, "2026-11-30T10:00:00+00:00", "b" * 40, "A CPU", "run", "pass", {"x/y": (1.0, 0.9, 1.1)}
)


def commits(count: int) -> list[Entry]:
    return [
        replace(ONE, commit=f"{i:040x}", cases={"x/y": (1.0 + 0.01 * i, 0.98, 1.5)}) for i in range(count)
    ]


def test_a_comparison_becomes_an_entry_of_what_decides(tmp_path: Path, capsys: Capture) -> None:
    a, b = interleaved(tmp_path, 1.3, seed=21)
    assert compare_script.main([str(a.path), str(b.path), "--json"]) == 1
    told = capsys.readouterr().out
    (tmp_path / "comparison.json").write_text(told)
    assert script.main(["append", str(tmp_path / "history.json"), str(tmp_path / "comparison.json")]) == 0
    (entry,) = history.load(tmp_path / "history.json")
    found = json.loads(told)
    assert (entry.commit, entry.base, entry.answer) == (
        found["b"]["commit"],
        found["a"]["commit"],
        "regression",
    )
    ratio, low, high = entry.cases["ping_pong/vyukov_mpmc_ring/queues:2/wait:spin/report:mean"]
    assert low < 1.3 < high and low < ratio < high
    assert set(entry.cases) == {one["case"] for one in found["changes"] if one["decides"] and one["low"]}
    assert (tmp_path / "history.json").stat().st_size < 100 * len(entry.cases) + 1000, "small"


def test_it_is_bounded_and_a_commit_is_there_once(tmp_path: Path) -> None:
    entries: list[Entry] = []
    for one in commits(5):
        entries = history.appended(entries, one, keep=3)
    assert [int(one.commit, 16) for one in entries] == [2, 3, 4]
    again = replace(entries[0], answer="regression")
    assert [one.answer for one in history.appended(entries, again, keep=9)] == ["pass", "pass", "regression"]
    other_base = replace(entries[0], base="c" * 40)
    assert len(history.appended(entries, other_base, keep=9)) == 4
    history.save(tmp_path / "h.json", entries)
    assert history.load(tmp_path / "h.json") == entries and not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize(
    "text, says",
    [
        ("{", "h.json: corrupt, not JSON"),
        ('{"schema": 9}', "h.json: a history of schema 9; valid: 1"),
        ("[]", "h.json: a history of schema None; valid: 1"),
        ('{"schema": 1, "entries": [{"commit": "a"}]}', "h.json: not a history of handoff"),
        ('{"schema": 1, "entries": []}', "has no entries; history.py append adds one"),
    ],
)
def test_what_is_no_history_is_one_line(tmp_path: Path, capsys: Capture, text: str, says: str) -> None:
    (tmp_path / "h.json").write_text(text)
    assert script.main(["page", str(tmp_path / "h.json"), "--out", str(tmp_path / "h.html")]) == 2
    assert says in one_line(capsys.readouterr().err)
    assert not (tmp_path / "h.html").exists()


def test_misuse_and_no_comparison_are_one_line_and_leave_the_history(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "h.json"
    history.save(path, [ONE])
    before = path.read_bytes()
    (tmp_path / "c.json").write_text('{"schema": 1}')
    for arguments, says in (
        (["append", str(path), str(tmp_path / "c.json")], "not a comparison of compare.py --json"),
        (["append", str(path), str(tmp_path / "none.json")], "cannot read the comparison"),
        (["append", str(path), str(tmp_path / "c.json"), "--keep", "0"], "--keep 0: at least 1"),
        (["prepend", str(path)], "invalid choice: 'prepend'"),
    ):
        assert script.main(arguments) == 2
        assert says in one_line(capsys.readouterr().err)
    assert path.read_bytes() == before


def test_the_page_is_whole_sorted_and_the_same_each_time() -> None:
    cases = {"x/cheap": (0.9, 0.8, 1.0), "x/dear": (1.2, 1.1, 1.3), "x/<new>": (1.0, 0.9, 1.1)}
    newest = replace(ONE, commit="f" * 40, base="c" * 40, answer="regression", cases=cases)
    entries = [*(replace(one, cases={"x/dear": (1, 0.9, 1.1)}) for one in commits(30)), newest]
    page = history_page.render(entries, "a/b & c")
    assert page == history_page.render(entries, "a/b & c")
    order = [page.index(f"<code>{name}</code>") for name in ("x/dear", "x/&lt;new&gt;", "x/cheap")]
    assert order == sorted(order) and page.count("<svg") == 3 and "a/b &amp; c" in page
    assert not re.findall(r'(?:src|href)="(?!#)', page.replace('xlink:href="#', "")), "nothing from elsewhere"
    assert page.count("<td><code>") >= 31 and "fffffff" in page


def test_a_plot_shows_each_commit_what_is_dearer_and_where_the_baseline_changes() -> None:
    entries = [
        replace(one, cases={"x/y": (r, r / 1.01, r * 1.01)})
        for one, r in zip(commits(4), (1.0, 1.0, 1.2, 1.0))
    ]
    entries[3] = replace(entries[3], base="c" * 40)
    figure = history_page.draw(entries, "x/y")
    (axes,) = figure.axes
    drawn = {
        line.get_marker(): list(line.get_xdata()) for line in axes.lines if line.get_marker() in ("o", "s")
    }
    assert drawn == {"o": [0, 1, 3], "s": [2]}
    lines = [
        list(line.get_xdata())
        for line in axes.lines
        if line.get_linestyle() == "-" and len(line.get_xdata()) > 2
    ]
    assert [0, 1, 2] in lines and not any(
        3 in line and 2 in line for line in lines
    ), "broken where it changes"
    assert [2.5, 2.5] in [list(line.get_xdata()) for line in axes.lines if line.get_linestyle() == "--"]
    assert [label.get_text() for label in axes.get_xticklabels()] == [one.commit[:7] for one in entries]


# ---- the workflow ----------------------------------------------------------------------------------------------


def steps() -> dict[str, str]:
    """What each step of the workflow runs, by its name."""
    found, name, inside = {}, "", False
    for line in WORKFLOW.read_text().splitlines():
        if match := re.match(r"      - (?:name: (.*)|uses: (.*))", line):
            name, inside = match[1] or match[2], False
        elif line == "        run: |":
            found[name], inside = "", True
        elif inside and line.startswith("          "):
            found[name] += line[10:] + "\n"
    return found


COMPARE, FETCH, APPEND, STORE, FAIL = (
    "Build both, measure in turns, compare",
    "Fetch the history",
    "Append to the history and plot it",
    "Store the history",
    "Fail unless it passed",
)


class Runner:
    """A hosted machine: a fresh clone, and bash as GitHub starts it."""

    def __init__(self, origin: Project, folder: Path, base: str, cases: str) -> None:
        self.root = folder
        origin.git("clone", "-q", str(origin.root), str(folder))
        stated = re.findall(r'^  ([A-Z_]+): "?([^"#\n]*?)"?(?: +#.*)?$', WORKFLOW.read_text(), re.MULTILINE)
        self.env = os.environ | dict(stated)
        self.env |= {
            "CASES": cases,
            "BASELINE": base,
            "BASE": "",
            "HEAD": "HEAD",
            "GITHUB_REPOSITORY": "us/ours",
        }
        self.env |= {
            "GITHUB_SHA": origin.git("rev-parse", "HEAD"),
            "FAKE_CMAKE_LOG": str(folder / "cmake.log"),
        }
        self.env["PATH"] = f"{origin.bin}:{os.environ['PATH']}"
        for file in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            self.env[file] = str(folder / file)

    def run(self, step: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps()[step]]
        return subprocess.run(
            command, cwd=self.root, env=self.env, capture_output=True, text=True, timeout=HANG_S
        )

    def push(self) -> int:
        """All steps; how the last one ends."""
        for step in (COMPARE, FETCH, APPEND, STORE):
            told = self.run(step)
            assert told.returncode == 0, (step, told.stderr)
        self.env["CODE"] = Path(self.env["GITHUB_OUTPUT"]).read_text().strip().removeprefix("code=")
        return self.run(FAIL).returncode


def test_the_workflow_measures_fails_on_a_regression_and_keeps_the_history(
    whole_project: Project, tmp_path: Path
) -> None:
    project = whole_project
    two = "--profile full --impl good_ring --wait spin"
    assert Runner(project, tmp_path / "1", "v1", f"{two} --blocks 8").push() == 0
    project.commit(costs='{"ping_pong": 1.3}')
    runner = Runner(project, tmp_path / "2", "v1", f"{two} --blocks 8")
    assert runner.push() == 1
    assert Path(runner.env["GITHUB_STEP_SUMMARY"]).read_text().startswith("**REGRESSION")
    project.commit(costs="{}")
    assert Runner(project, tmp_path / "3", "v1", f"{two} --blocks 2").push() == 3
    kept = json.loads(project.git("show", "handoff-history:history.json"))["entries"]
    assert [one["answer"] for one in kept] == ["pass", "regression", "inconclusive"]
    assert set(kept[1]["cases"]) == {PING_PONG, THROUGHPUT} and kept[1]["cases"][PING_PONG][0] == 1.3
    assert "us/ours" in project.git("show", "handoff-history:index.html")
    assert project.git("ls-tree", "--name-only", "handoff-history").split() == ["history.json", "index.html"]


def test_the_workflow_stops_where_nothing_can_be_compared(whole_project: Project, tmp_path: Path) -> None:
    runner = Runner(whole_project, tmp_path / "1", "v9", "--profile full")
    told = runner.run(COMPARE)
    assert told.returncode != 0 and "unknown commit 'v9'" in told.stderr


def test_the_workflow_installs_what_the_project_says(tmp_path: Path) -> None:
    (awk,) = re.findall(r"awk .*?(?= \|)", steps()["Install what builds and measures"])
    told = subprocess.run(["bash", "-c", awk], cwd=ROOT, capture_output=True, text=True, check=True)
    packages = told.stdout.split()
    assert {"g++", "python3-pandas", "libbenchmark-dev"} <= set(packages) and "clang-format" not in packages
