"""An archive: what joins it, what is refused, what leaves it, and what a check of it finds."""

from __future__ import annotations

import json
import lzma
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import archive as script
import pytest
from archive_fixtures import TINY, edit, files, finished, measured, name_of, quick
from conftest import one_line

from handoff.run import results

__all__ = ["quick"]  # a fixture

Json = dict[str, Any]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return measured(tmp_path_factory.mktemp("measured") / "run", **TINY)


@pytest.fixture(scope="module")
def citable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return measured(tmp_path_factory.mktemp("measured") / "citable")


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(run, tmp_path / "copy"))


def call(*arguments: object) -> int:
    return script.main([str(one) for one in arguments])


def add(run: Path, archive: Path) -> int:
    return call("add", run, "--to", archive, "--anyhow")


def index(archive: Path) -> Json:
    found: Json = json.loads((archive / "index.json").read_text())
    return found


def test_a_run_joins_with_a_report_made_here(citable: Path, tmp_path: Path, capsys: Capture) -> None:
    copy = Path(shutil.copytree(citable, tmp_path / "copy"))
    (copy / "report.html").write_text("<script>alert('sent along')</script>")
    (copy / "notes.txt").write_text("sent along, too")
    assert call("add", copy, "--to", tmp_path / "a") == 0
    name = name_of(citable)
    told = capsys.readouterr()
    assert told.out == f"{name} is in the archive: {tmp_path / 'a' / 'index.html'}\n" and told.err == ""
    there = files(tmp_path / "a")
    assert not [path for path, content in there.items() if b"sent along" in content]
    kept = tmp_path / "a" / "runs" / name
    assert results.load(kept).samples.equals(results.load(citable).samples)
    assert {"environment.json", "samples.jsonl.xz", "report.html", "entry.json"} <= set(files(kept))
    assert not {"samples.jsonl", "summary.json"} & set(files(kept))
    (listed,) = index(tmp_path / "a")["runs"]
    assert (listed["id"], listed["citable"]) == (name, True)
    assert (tmp_path / "a" / listed["report"]).is_file() and (tmp_path / "a" / listed["entry"]).is_file()
    assert call("check", tmp_path / "a") == 0


@pytest.mark.usefixtures("quick")
def test_twice_is_once(run: Path, tmp_path: Path, capsys: Capture) -> None:
    add(run, tmp_path / "a")
    before = files(tmp_path / "a")
    capsys.readouterr()
    assert add(run, tmp_path / "a") == 0
    assert capsys.readouterr().out == f"{name_of(run)} is there already; nothing is added\n"
    stored = tmp_path / "a" / "runs" / name_of(run)
    assert add(stored, tmp_path / "a") == 0, "as it was stored it is the same run"
    assert files(tmp_path / "a") == before


@pytest.mark.usefixtures("quick")
def test_what_cannot_be_cited_is_refused_or_marked(tmp_path: Path, capsys: Capture) -> None:
    dirty = measured(tmp_path / "dirty", dirty=True, **TINY)
    assert call("add", dirty, "--to", tmp_path / "a") == 2
    said = one_line(capsys.readouterr().err)
    assert (
        "is not citable: " in said
        and "dirty build" in said
        and said.endswith("--anyhow takes it, and it is marked")
    )
    assert not (tmp_path / "a").exists()
    assert call("add", dirty, "--to", tmp_path / "a", "--anyhow") == 0
    assert "marked as NOT CITABLE" in capsys.readouterr().out
    (listed,) = index(tmp_path / "a")["runs"]
    assert not listed["citable"] and any("dirty build" in one for one in listed["stamps"])
    page = (tmp_path / "a" / "index.html").read_text()
    assert "NOT CITABLE" in page and "1 of them must not be cited" in page


def one_digit(run: Path) -> None:
    path = run / "samples.jsonl"
    text = path.read_text()
    at = text.index('"round_trip_ns": ') + len('"round_trip_ns": ')
    path.write_text(text[:at] + ("8" if text[at] == "9" else "9") + text[at + 1 :])


def as_schema(run: Path) -> None:
    path = run / "samples.jsonl"
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 7', 1))


def with_link(run: Path) -> None:
    (run / "elsewhere").write_bytes((run / "samples.jsonl").read_bytes())
    (run / "samples.jsonl").unlink()
    (run / "samples.jsonl").symlink_to("elsewhere")


def with_environment_elsewhere(run: Path) -> None:
    shutil.move(run / "environment.json", run / "other.json")
    (run / "environment.json").symlink_to("other.json")


def as_path(run: Path) -> None:
    path = run / "samples.jsonl"
    path.write_text(path.read_text().replace("/mutex_ring/", "/../").replace('"mutex_ring"', '".."'))
    (run / "environment.json").write_text(
        (run / "environment.json").read_text().replace("/mutex_ring/", "/../")
    )
    finished(run)


def changing(**changes: Any) -> Callable[[Path], object]:
    def change(run: Path) -> None:
        edit(run, **changes)

    return change


def building(**changes: Any) -> Callable[[Path], object]:
    def change(run: Path) -> None:
        found = json.loads((run / "environment.json").read_text())
        edit(run, build=found["build"] | changes)

    return change


def naming_machine(model: str) -> Callable[[Path], object]:
    def change(run: Path) -> None:
        found = json.loads((run / "environment.json").read_text())
        edit(run, machine=found["machine"] | {"cpu_model": model})

    return change


def cut(run: Path) -> None:
    path = run / "samples.jsonl"
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize(
    "damage, says",
    [
        (one_digit, "is not what was measured: its name ends with"),
        (cut, "is damaged: "),
        (as_schema, "unknown schema 7; valid: 1"),
        (changing(schema=2), "unknown schema 2; valid: 1"),
        (changing(method=99), "unknown method 99; valid: 2, 3"),
        (changing(run_id="../../20261120-evil-0123456789-00000000"), "run_id is '../../20261120-evil"),
        (changing(run_id="20261120-<b>-0123456789-00000000"), "run_id is '20261120-<b>-"),
        (
            changing(run_id="20261120-x-0123456789-00000000\n"),
            "run_id is '20261120-x-0123456789-00000000\\n'",
        ),
        (changing(finished=None), "is not finished; scripts/campaign.py --out"),
        (changing(started="yesterday"), "started is 'yesterday'; valid: a time"),
        (changing(blocks_complete=70), "blocks_complete is 70; the samples have 7"),
        (building(commit="fedcba9876543210"), "and its commit is fedcba9876"),
        (building(compiler="x" * 500), "compiler is "),
        (naming_machine("an \u202eelbisiver name"), "machine is "),
        (with_link, "samples.jsonl: no regular file"),
        (with_environment_elsewhere, "environment.json: no regular file"),
        (as_path, "the implementation '..' has no name that a page can have"),
        (lambda run: (run / "samples.jsonl").unlink(), "cannot read the samples"),
        (lambda run: (run / "environment.json").write_text("{"), "environment.json: corrupt, not JSON"),
        (lambda run: shutil.rmtree(run), "there is no such folder"),
    ],
)
@pytest.mark.usefixtures("quick")
def test_what_is_not_a_sound_run_is_refused_in_one_line(
    damage: Callable[[Path], object], says: str, copy: Path, tmp_path: Path, capsys: Capture
) -> None:
    damage(copy)
    assert add(copy, tmp_path / "a") == 2
    assert says in one_line(capsys.readouterr().err)
    assert not (tmp_path / "a").exists(), "none was begun"


@pytest.mark.usefixtures("quick")
def test_the_same_samples_under_another_name_are_refused(
    run: Path, copy: Path, tmp_path: Path, capsys: Capture
) -> None:
    add(run, tmp_path / "a")
    before = files(tmp_path / "a")
    finished(copy, lambda found: found["build"].update(commit="fedcba9876543210"))
    capsys.readouterr()
    assert add(copy, tmp_path / "a") == 2
    assert f"already, as run '{name_of(run)}'" in one_line(capsys.readouterr().err)
    finished(copy, lambda found: found["machine"].update(cpus=64))
    assert add(copy, tmp_path / "a") == 2
    assert "its environment.json differs" in one_line(capsys.readouterr().err)
    assert files(tmp_path / "a") == before


@pytest.mark.usefixtures("quick")
def test_one_file_of_a_run_is_that_run(run: Path, tmp_path: Path, capsys: Capture) -> None:
    sent = tmp_path / "sent.tar.xz"
    assert call("pack", run, "--out", sent, "--anyhow") == 0
    assert add(sent, tmp_path / "a") == 0
    assert add(run, tmp_path / "b") == 0
    assert files(tmp_path / "a") == files(tmp_path / "b")
    stored = tmp_path / "a" / "runs" / name_of(run)
    assert call("pack", stored, "--out", tmp_path / "again.tar.xz", "--anyhow") == 0
    assert (tmp_path / "again.tar.xz").read_bytes() == sent.read_bytes()
    capsys.readouterr()
    for content, says in (
        (b"no parcel", "cannot be opened"),
        (lzma.compress(b"x" * 2000), "cannot be opened"),
    ):
        sent.write_bytes(content)
        assert add(sent, tmp_path / "a") == 2
        assert says in one_line(capsys.readouterr().err)
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.usefixtures("quick")
def test_a_run_leaves_as_it_came(run: Path, tmp_path: Path, capsys: Capture) -> None:
    add(run, tmp_path / "a")
    before = files(tmp_path / "a")
    other = measured(tmp_path / "other", seed=8, **TINY)
    add(other, tmp_path / "a")
    assert files(tmp_path / "a") != before and index(tmp_path / "a")["comparisons"]
    assert call("remove", name_of(other), "--from", tmp_path / "a") == 0
    assert files(tmp_path / "a") == before
    capsys.readouterr()
    for name in (name_of(other), "..", "../runs"):
        assert call("remove", name, "--from", tmp_path / "a") == 2
        assert f"unknown run '{name}'" in one_line(capsys.readouterr().err)
    assert files(tmp_path / "a") == before


@pytest.mark.usefixtures("quick")
def test_a_folder_that_is_no_archive_is_left_alone(run: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("mine")
    for arguments in (("add", run, "--to"), ("remove", "x", "--from"), ("check",), ("refresh",)):
        assert call(*arguments, tmp_path / "home") == 2
        assert "is no archive, it has 'thesis.txt' and no index.json" in one_line(capsys.readouterr().err)
    assert os.listdir(tmp_path / "home") == ["thesis.txt"]
    assert call("check", tmp_path / "none") == 2
    assert "there is no such folder" in one_line(capsys.readouterr().err)


def of_run(name: str, what: str) -> str:
    return f"runs/{name}/{what}"


@pytest.mark.usefixtures("quick")
def test_a_check_finds_what_is_not_as_it_was(tmp_path: Path, capsys: Capture) -> None:
    run, other = (measured(tmp_path / str(seed), seed=seed, **TINY) for seed in (7, 8))
    for one in (run, other):
        add(one, tmp_path / "a")
    (pair,) = os.listdir(tmp_path / "a" / "comparisons")
    name, archive = name_of(run), tmp_path / "a"
    sound = files(archive)

    def restore() -> None:
        shutil.rmtree(archive)
        for path, content in sound.items():
            (archive / path).parent.mkdir(parents=True, exist_ok=True)
            (archive / path).write_bytes(content)

    def rewritten(old: bytes, new: bytes) -> Callable[[Path], object]:
        def change(path: Path) -> object:
            assert old in path.read_bytes()
            return path.write_bytes(path.read_bytes().replace(old, new, 1))

        return change

    def repacked(path: Path) -> object:
        return path.write_bytes(lzma.compress(lzma.decompress(path.read_bytes()).replace(b"0.1", b"0.2", 1)))

    restore()
    capsys.readouterr()
    assert call("check", archive) == 0, capsys.readouterr()
    faults: list[tuple[str, Callable[[Path], object], str]] = [
        (of_run(name, "samples.jsonl.xz"), repacked, "is not what was measured"),
        (of_run(name, "entry.json"), rewritten(b'"trials":', b'"trials":1'), "is not what the samples say"),
        (of_run(name, "entry.json"), rewritten(b"{", b"["), "entry.json: not JSON"),
        (of_run(name, "environment.json"), rewritten(b'"seed": ', b'"seed": 1'), "environment.json is not that of the run that joined"),
        (of_run(name, "report.html"), Path.unlink, "without report.html"),
        (f"comparisons/{pair}/comparison.json", rewritten(b'"answer":"', b'"answer":"not '), "is not what the runs say"),
        (f"comparisons/{pair}/index.html", Path.unlink, "without index.html"),
        ("index.html", rewritten(b"archive", b"arch"), "index.html: is not what the runs say"),
        ("index.json", rewritten(b'"quick"', b'"slow"'), "index.json: is not what the runs say"),
        ("history/mutex_ring.html", Path.unlink, "history/mutex_ring.html: is missing"),
    ]  # fmt: skip
    for path, change, says in faults:
        restore()
        change(archive / path)
        assert call("check", archive) == 1, path
        told = capsys.readouterr()
        assert says in told.out and one_line(told.err).endswith("1 fault"), (path, told)
    restore()
    (archive / "runs" / "a-run-of-mine").mkdir()
    (archive / "history" / "stray.html").write_text("")
    assert call("check", archive) == 1
    told = capsys.readouterr()
    assert "runs/a-run-of-mine: is none of the archive's" in told.out and "history/stray.html" in told.out
    # Whatever was derived is made again from what was measured.
    restore()
    for path in (
        "index.html",
        of_run(name, "entry.json"),
        of_run(name, "report.html"),
        "history/mutex_ring.html",
    ):
        (archive / path).unlink()
    assert call("refresh", archive) == 0
    assert files(archive) == sound
