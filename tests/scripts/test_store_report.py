"""Runs that are stored in the repository: whole, citable, small, and one of each kind."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import store_report as command
import synthetic_run
from conftest import ROOT, one_line
from synthetic_run import Spec
from test_report import call

from handoff.commands import store_report
from handoff.errors import HandoffError
from handoff.run import line_file, results
from handoff.run.run_folder import RunFolder

SMALL = Spec(blocks=7, queues=("mutex_ring", "vyukov_mpmc_ring"), counters=("mutex_counter",), places=(49.0,))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_run.write(tmp_path_factory.mktemp("measured") / "run", SMALL)


@pytest.fixture(scope="module")
def stored(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_report.store(run, "reference", tmp_path_factory.mktemp("reports")).parent


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_stored_run_is_the_same_run_in_less_space(run: Path, stored: Path) -> None:
    names = set(files(stored))
    assert {"environment.json", "samples.jsonl.xz", "report.html", "report.md"} <= names
    assert not {"samples.jsonl", "summary.json"} & names
    assert {name for name in names if name.endswith(".png")} == {"figures/ping_pong_headline.png"}
    assert "figures/core_to_core.svg" in names
    one, other = results.load(run), results.load(stored)
    assert one.samples.equals(other.samples) and one.environment == other.environment
    assert one.plans == other.plans and one.jobs == other.jobs
    assert (stored / "samples.jsonl.xz").stat().st_size * 4 < (run / "samples.jsonl").stat().st_size


def test_its_report_can_be_rendered_again(stored: Path) -> None:
    before = files(stored)
    told = call("report.py", stored)
    assert (told.returncode, told.stderr) == (0, "")
    after = files(stored)
    (stored / "summary.json").unlink()
    assert after.pop("summary.json") and after == before


def test_a_newer_one_takes_its_place(run: Path, tmp_path: Path) -> None:
    first = store_report.store(run, "python", tmp_path).parent
    (first / "figures" / "stale.svg").write_text("of the former run")
    second = store_report.store(first, "python", tmp_path).parent  # a stored run can be stored again
    assert first == second and not (second / "figures" / "stale.svg").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["python"]
    assert results.load(second).samples.equals(results.load(run).samples)


def test_what_cannot_be_cited_is_not_stored(run: Path, tmp_path: Path) -> None:
    kept = store_report.store(run, "python", tmp_path).parent
    spec = replace(SMALL, dirty=True)
    dirty = synthetic_run.write(tmp_path / "dirty", spec)
    before = files(kept)
    with pytest.raises(HandoffError, match="is not citable: .*dirty"):
        store_report.store(dirty, "python", tmp_path)
    assert files(kept) == before


def test_nothing_is_measured_into_a_stored_run(stored: Path) -> None:
    before = files(stored)
    environment = results.load(stored).environment
    with pytest.raises(HandoffError, match="cannot go on with .*: it is stored"):
        RunFolder.resume(stored, environment, None, None)
    assert files(stored) == before


def test_damaged_lines_are_one_line(stored: Path, tmp_path: Path) -> None:
    packed = tmp_path / "samples.jsonl.xz"
    packed.write_bytes((stored / "samples.jsonl.xz").read_bytes()[:-20])
    with pytest.raises(HandoffError, match="samples.jsonl.xz: not a packed file of lines"):
        line_file.open_lines(tmp_path / "samples.jsonl")


def test_an_unknown_kind_is_one_line(run: Path) -> None:
    told = call("store_report.py", run, "referense")
    assert told.returncode == 2 and "did you mean 'reference'?" in one_line(told.stderr)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked archive has no list of what is stored")
def test_the_repository_stores_one_small_run_of_each_kind() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "reports"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [Path(name) for name in listed.stdout.rstrip("\0").split("\0")]
    kinds = {path.parts[1] for path in paths if len(path.parts) > 2}
    assert kinds == set(command.KINDS)
    pixels = {
        f"reports/{kind}/figures/{name}.png"
        for kind, names in store_report.IN_THE_README.items()
        for name in names
    }
    assert {str(path) for path in paths if path.suffix == ".png"} == pixels
    assert store_report.stored_bytes(ROOT) <= store_report.MOST_BYTES
