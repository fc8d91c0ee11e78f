"""The pages of an archive: whole, safe with any text, and with no verdict but the project's own."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import archive as script
import compare as compare_script
import pytest
from archive_fixtures import TINY, finished, make_quick, measured, name_of, quick
from conftest import one_line
from test_page import _embedded, _read

from handoff.commands import report
from handoff.report import summary
from handoff.run import results

__all__ = ["quick"]  # a fixture

Json = dict[str, Any]
Capture = pytest.CaptureFixture[str]

MEASURED: Json = {"queues": ("vyukov_mpmc_ring",), "counters": (), "workloads": ("ping_pong",), "blocks": 14}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


def call(*arguments: object) -> int:
    return script.main([str(one) for one in arguments])


def at(day: int, commit: str) -> Any:
    """Another day, another commit, the same machine."""

    def change(environment: Json) -> None:
        environment["build"]["commit"] = commit
        for key in ("started", "finished"):
            environment[key] = f"2026-11-{day}T12:00:00+00:00"

    return change


def run_of(folder: Path, day: int, commit: str, **spec: Any) -> Path:
    run = measured(folder, **{**MEASURED, **spec})
    return finished(run, at(day, commit))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three commits, of which the second made the queue slower, and the third changed nothing."""
    place = tmp_path_factory.mktemp("measured")
    slower = {"vyukov_mpmc_ring": 1.3}
    return [
        run_of(place / "1", 21, "a" * 16, seed=100),
        run_of(place / "2", 22, "b" * 16, seed=101, slower=slower),
        run_of(place / "3", 23, "c" * 16, seed=102, slower=slower),
    ]


@pytest.fixture(scope="module")
def kept(runs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No test changes it."""
    archive = tmp_path_factory.mktemp("archive") / "a"
    with pytest.MonkeyPatch.context() as patched:
        make_quick(patched)
        for run in (runs[0], runs[2], runs[1]):  # the order does not matter
            assert call("add", run, "--to", archive, "--anyhow") == 0
    return archive


CASE = "ping_pong/vyukov_mpmc_ring/queues:2/wait:spin/report:mean"


def test_what_is_said_of_two_runs_is_what_compare_says(runs: list[Path], kept: Path, capsys: Capture) -> None:
    names = [name_of(run) for run in runs]
    pairs = {(names[0], names[1]), (names[1], names[2]), (names[0], names[2])}
    listed = json.loads((kept / "index.json").read_text())["comparisons"]
    assert {(one["a"], one["b"]) for one in listed} == pairs
    by_pair = {(one["a"], one["b"]): one for one in listed}
    for one, other in ((0, 1), (1, 2)):
        capsys.readouterr()
        code = compare_script.main([str(runs[one]), str(runs[other]), "--json"])
        told = json.loads(capsys.readouterr().out)
        found = by_pair[names[one], names[other]]
        folder = (kept / found["page"]).parent
        assert json.loads((folder / "comparison.json").read_text())["told"] == told
        assert found["said"].startswith({0: "PASS", 1: "REGRESSION", 3: "INCONCLUSIVE"}[code])
        page = (kept / found["page"]).read_text()
        assert found["said"] in page.replace("&#39;", "'")
        _read(page)
    assert by_pair[names[0], names[1]]["said"].startswith("REGRESSION")


def test_a_history_says_at_which_commit_it_became_slower(runs: list[Path], kept: Path) -> None:
    page = (kept / "history" / "vyukov_mpmc_ring.html").read_text()
    _read(page)
    section = page[page.index(f'aria-label="{CASE} on') :]
    section = section[: section.index("</table>")]
    rows = [re.sub(r"<[^>]+>", "|", row) for row in section.split("<tr")[2:]]
    assert [re.findall(r"\b([abc]{10})\b", row)[0] for row in rows] == ["a" * 10, "b" * 10, "c" * 10]
    (ratio,) = re.findall(r"REGRESSION: (\d\.\d+)× ", rows[1])
    assert float(ratio) == pytest.approx(1.3, rel=0.1)
    assert "REGRESSION" not in rows[0] + rows[2] and "not compared" not in "".join(rows)
    assert section.count("<circle") == 3 and section.count('class="slower"') == 2  # the mark, and its cell
    for run in runs:
        assert f'href="../runs/{name_of(run)}/report.html"' in section


def test_the_index_says_what_each_run_says(runs: list[Path], kept: Path) -> None:
    page = (kept / "index.html").read_text()
    reader = _read(page)
    data = _embedded(page, "data")
    told = [summary.build(results.load(run)) for run in runs]
    assert data["runs"] == [name_of(run) for run in reversed(runs)]
    for row, run in zip(data["headlines"], reversed(told)):
        for title, found in zip(data["titles"], row):
            decision = next(one for one in run["decisions"] if one["title"] == title)
            assert (found is None) == (decision["group"] is None)
            if found and decision["resolved"]:
                assert all(name in found[0] for name in decision["best"][:4])
    options = [attributes.get("value") for tag, attributes in reader.elements if tag == "option"]
    assert all(options.count(name_of(run)) == 2 for run in runs)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids |= {value or "" for name, value in attrs if name == "id"}


def test_every_link_leads_to_a_file_of_the_archive(kept: Path) -> None:
    for path in [kept / "index.html", *kept.rglob("history/*.html"), *kept.rglob("comparisons/*/*.html")]:
        links = Links()
        links.feed(path.read_text())
        assert links.found
        for link in links.found:
            parts = urlsplit(link)
            assert not parts.scheme and not parts.netloc and not parts.path.startswith("/"), link
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            assert target.is_file() and target.is_relative_to(kept.resolve()), (path, link)
            if not parts.path:
                assert parts.fragment in links.ids, link


@pytest.mark.usefixtures("quick")
def test_what_a_run_calls_itself_is_text(tmp_path: Path) -> None:
    def hostile(environment: Json) -> None:
        environment["machine"]["cpu_model"] = HOSTILE
        environment["profile"] = HOSTILE
        environment["build"] |= {"compiler": HOSTILE, "version": HOSTILE}

    for seed in (7, 8):
        run = measured(tmp_path / str(seed), hostile, seed=seed, **MEASURED)
        assert call("add", run, "--to", tmp_path / "a", "--anyhow") == 0
    pages = list((tmp_path / "a").rglob("*.html"))
    assert len(pages) > 4
    for path in pages:
        text = path.read_text()
        assert "<script>alert" not in text and "<img" not in text, path
        if path.name != "report.html":
            assert "&lt;script&gt;alert(1)" in text, path
            _read(text)


@pytest.mark.usefixtures("quick")
def test_of_two_machines_a_report_says_where_they_agree(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "_draw", lambda *_: [])  # pictures take most of the time
    small: Json = TINY | {"queues": ("mutex_ring", "vyukov_mpmc_ring")}
    here = measured(tmp_path / "1", **small)
    there = measured(tmp_path / "2", lambda found: found["machine"].update(cpus=8), **small | {"seed": 9})
    for run in (here, there):
        assert call("add", run, "--to", tmp_path / "a", "--anyhow") == 0
    assert not (tmp_path / "a" / "comparisons").exists(), "machines are not compared by themselves"
    capsys.readouterr()
    assert call("compare", name_of(here), name_of(there), "--in", tmp_path / "a") == 0
    assert capsys.readouterr().out.startswith("two machines: where their own verdicts agree: ")
    (folder,) = os.listdir(tmp_path / "a" / "comparisons")
    page = (tmp_path / "a" / "comparisons" / folder / "report.html").read_text()
    assert "2 CPUs" in page and "8 CPUs" in page
    assert call("check", tmp_path / "a") == 0
    capsys.readouterr()
    assert call("compare", name_of(here), name_of(here), "--in", tmp_path / "a") == 2
    assert "are the same run" in one_line(capsys.readouterr().err)
