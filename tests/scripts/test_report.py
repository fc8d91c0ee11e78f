"""The three scripts as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import synthetic_run
from conftest import HANG_S, ROOT, one_line
from synthetic_run import Spec

SMALL = Spec(blocks=7, queues=("mutex_ring", "vyukov_mpmc_ring"), counters=("mutex_counter",), places=(49.0,))


def call(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_run.write(tmp_path_factory.mktemp("report") / "run", SMALL)


def test_a_report_is_whole_and_the_same_each_time(run: Path) -> None:
    (run / "figures").mkdir(exist_ok=True)
    (run / "figures" / "latency_percentiles.svg").write_text("of an earlier state")
    first = call("report.py", run)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.strip() == str(run / "report.html")
    written = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert {"summary.json", "report.html", "report.md"} <= {path.name for path in written}
    pictures = {path.name for path in written if path.parent.name == "figures"}
    assert {"throughput_headline.svg", "core_to_core.svg"} <= pictures
    assert not any(name.endswith(".png") for name in pictures)
    assert b"of an earlier state" not in written[run / "figures" / "latency_percentiles.svg"]
    assert call("report.py", run).returncode == 0
    assert {path: path.read_bytes() for path in written} == written


def test_a_cut_last_line_is_a_warning_on_the_page(run: Path, tmp_path: Path) -> None:
    copy = synthetic_run.write(tmp_path / "run", SMALL)
    with open(copy / "samples.jsonl", "a", encoding="utf-8") as file:
        file.write('{"schema":1,"meth')
    told = call("report.py", copy)
    assert told.returncode == 0
    assert "cut short" in told.stderr
    assert "cut short" in (copy / "report.html").read_text()


def test_no_run_is_one_line_and_misuse(tmp_path: Path) -> None:
    told = call("report.py", tmp_path / "nowhere")
    assert told.returncode == 2
    assert "nowhere" in one_line(told.stderr)


def test_one_figure_alone(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "alone.png"
    told = call("plot.py", run, "--figure", "core_to_core", "--out", out)
    assert (told.returncode, told.stdout.strip()) == (0, str(out))
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "arguments, says",
    [
        (("--figure", "nonsense"), "unknown figure 'nonsense'; valid: throughput_headline, "),
        (("--figure", "core_to_core", "--out", "x.pdf"), "unknown kind of file 'x.pdf'; valid: .svg, .png"),
        (("--figure", "core_to_core", "--out", "{own}/missing/x.svg"), "{own}/missing/x.svg: No such file"),
    ],
)
def test_what_cannot_be_plotted_is_one_line_and_misuse(
    run: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    told = call("plot.py", run, *(one.format(own=tmp_path) for one in arguments))
    assert told.returncode == 2
    assert says.format(own=tmp_path) in one_line(told.stderr)


def test_other_methods_and_thresholds_are_one_line_and_misuse(run: Path, tmp_path: Path) -> None:
    other = synthetic_run.write(tmp_path / "other", SMALL)
    environment = json.loads((other / "environment.json").read_text())
    (other / "environment.json").write_text(json.dumps(environment | {"window_ms": 20}))
    told = call("compare.py", run, other)
    assert told.returncode == 2 and "window_ms is 50" in one_line(told.stderr)
    told = call("compare.py", run, run, "--threshold", "-1")
    assert told.returncode == 2 and "--threshold is -1; valid: a share" in one_line(told.stderr)
