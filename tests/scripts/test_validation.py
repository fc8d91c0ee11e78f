"""The validation itself, in short: on campaigns that were recorded, and on runs whose truth is known."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import synthetic_run

from handoff.compare import validation
from handoff.run import results
from handoff.run.control_kinds import AGAIN
from handoff.run.results import Run

RECORDED = Path(__file__).parent / "recorded"
SCRIPT = Path(__file__).parents[2] / "scripts" / "validate.py"

Json = dict[str, Any]


def unpack(directory: Path, change: Callable[[Json], Json] = lambda line: line) -> Path:
    """The recorded campaigns as run folders, each line changed."""
    for packed in sorted(RECORDED.glob("*.jsonl.gz")):
        run = directory / packed.name.removesuffix(".jsonl.gz")
        run.mkdir(parents=True)
        lines = [json.loads(line) for line in gzip.decompress(packed.read_bytes()).decode().splitlines()]
        (run / "samples.jsonl").write_text("".join(json.dumps(change(line)) + "\n" for line in lines))
        plans = packed.with_name(f"{run.name}.blocks.gz")
        if plans.exists():  # campaigns that were recorded since there are thin blocks
            (run / "blocks.jsonl").write_bytes(gzip.decompress(plans.read_bytes()))
        (run / "environment.json").write_text((RECORDED / "environment.json").read_text())
    return directory


def recorded(directory: Path, change: Callable[[Json], Json] = lambda line: line) -> list[Run]:
    return [results.load(path) for path in sorted(unpack(directory, change).glob("*"))]


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    return recorded(tmp_path_factory.mktemp("recorded"))


def test_recorded_campaigns_find_what_is_there_and_nothing_else(usual: list[Run]) -> None:
    assert len(usual) == 4
    alike, power = validation.same_twice(usual), validation.power(usual)
    assert alike.passed and power.passed
    assert [row[1] for row in alike.rows] == ["4", "3"]
    assert [row[1] for row in power.rows] == ["4", "4"]


def slower_again(line: Json) -> Json:
    """The second label of the paced ring, as if it took 8% longer."""
    if line["label"].endswith(AGAIN) and line["status"] == "ok":
        line["figures"]["round_trip_ns"] *= 1.08
    return line


def not_slower(line: Json) -> Json:
    """The slowed ring, as if nothing slowed it."""
    if line["label"] == "slowed_spsc_ring" and line["status"] == "ok":
        line["figures"]["round_trip_ns"] /= 1.06
    return line


def test_a_difference_where_there_is_none_does_not_pass(tmp_path: Path) -> None:
    assert not validation.same_twice(recorded(tmp_path, slower_again)).passed


def turned_round(line: Json) -> Json:
    """The slightly slowed ring, as if it were the faster one."""
    if line["label"] == "slightly_slowed_spsc_ring" and line["status"] == "ok":
        line["figures"]["round_trip_ns"] /= 1.2
    return line


def test_a_difference_that_is_turned_round_does_not_pass(tmp_path: Path) -> None:
    assert not validation.power(recorded(tmp_path, turned_round)).passed


def test_a_difference_that_is_missed_does_not_pass(tmp_path: Path) -> None:
    assert not validation.power(recorded(tmp_path, not_slower)).passed


def test_a_change_between_campaigns_does_not_pass(tmp_path: Path) -> None:
    runs = recorded(tmp_path)
    slow = runs[2].samples["round_trip_ns"].notna() & ~runs[2].samples["implementation"].str.contains(
        "_spsc_ring"
    )
    assert slow.any()
    runs[2].samples.loc[slow, "round_trip_ns"] *= 3.0
    table = validation.same_twice(runs)
    assert not table.passed and table.rows[1][3] == "2"  # against the one before it, and against the next


# ---- two campaigns ---------------------------------------------------------------------------------------

WORKLOADS = ("ping_pong",)


def synthetic(directory: Path, **changes: Any) -> Run:
    spec = replace(synthetic_run.Spec(workloads=WORKLOADS, places=(105.0,), noise=0.01), **changes)
    return results.load(synthetic_run.write(directory, spec))


def test_two_campaigns_of_the_same_truth_agree(tmp_path: Path) -> None:
    table = validation.repeatability(synthetic(tmp_path / "a", seed=1), synthetic(tmp_path / "b", seed=2))
    (row,) = table.rows
    assert row[table.heads.index("opposite")] == "0"
    assert float(row[table.heads.index("τ-b of the signs")]) > 0.9


def test_an_opposite_verdict_does_not_pass(tmp_path: Path) -> None:
    one = synthetic(tmp_path / "a", seed=1)
    other = synthetic(tmp_path / "b", seed=2, slower={"cached_spsc_ring": 3.0})
    table = validation.repeatability(one, other)
    assert not table.passed
    assert int(table.rows[0][table.heads.index("opposite")]) > 0


@pytest.mark.parametrize(
    "pairs, tau",
    [
        ([(1, 1), (-1, -1), (1, 1)], 1.0),
        ([(1, -1), (-1, 1)], -1.0),
        # By hand: the products sum to 1; norms √3 and √3.
        ([(1, 1), (1, 0), (0, 1), (1, -1), (0, 1), (0, 0), (0, 0)], (1 - 1) / (3 * 4) ** 0.5),
        ([(1, 1), (1, 1), (1, 0), (0, 1)], 2 / 3),
    ],
)
def test_agreement_of_signs(pairs: list[tuple[int, int]], tau: float) -> None:
    assert validation.agreement(pairs) == pytest.approx(tau)


# ---- against loops by hand -------------------------------------------------------------------------------


def record(ratios: dict[str, float]) -> Json:
    place = {
        "yardstick_ns": 100.0,
        "processes": 20,
        "ratio_low": 0.9,
        "ratio_high": 1.1,
        "own_wait": 1.0,
        "own_wait_otherwise": 1.0,
    }
    return {
        "cases": [
            {
                "case": f"harness_cost/{name}/of:ping_pong/wait:pause",
                "regimes": [{**place, "ratio": ratio}],
            }
            for name, ratio in ratios.items()
        ]
    }


def test_six_packaged_queues_must_cost_as_much_by_hand() -> None:
    names = {f"q{number}" for number in range(7)}
    good = dict.fromkeys(names, 1.0) | {"q6": 1.2}
    assert validation.against_others(record(good), names).passed
    assert not validation.against_others(record(good | {"q5": 0.9}), names).passed
    assert not validation.against_others(record(good), names - {"q0"}).passed  # that one is our own


# ---- the command -----------------------------------------------------------------------------------------


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_report_says_what_was_found(tmp_path: Path) -> None:
    target = tmp_path / "validation.md"
    told = call("--out", unpack(tmp_path / "runs"), "--evaluate", "--report", target)
    assert told.returncode == 0, told.stderr
    assert told.stderr.splitlines() == ["passed: same_twice", "passed: power"]
    text = target.read_text()
    assert text.count("**Passed.**") == 2 and "| +5% | 4 | 4 |" in text


def test_a_validation_that_does_not_pass_ends_with_1(tmp_path: Path) -> None:
    target = tmp_path / "validation.md"
    told = call("--out", unpack(tmp_path / "runs", not_slower), "--evaluate", "--report", target)
    assert told.returncode == 1 and "FAILED: power" in told.stderr
    assert "**NOT PASSED.**" in target.read_text()


def test_misuse_is_one_line(tmp_path: Path) -> None:
    told = call("--out", tmp_path, "--evaluate")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "has 0 campaigns alike" in told.stderr
    told = call("--out", tmp_path, "--campaigns", "1")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    runs = unpack(tmp_path / "runs")
    other = json.loads((RECORDED / "environment.json").read_text())
    other["build"]["binaries"] = {"ping_pong": "another"}
    (runs / "alike-01" / "environment.json").write_text(json.dumps(other))
    told = call("--out", runs, "--evaluate")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "2 different builds" in told.stderr
