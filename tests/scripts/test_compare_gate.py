"""The gate as a user meets it: each way in which a comparison ends, what it prints, and what a program reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import compare as script
import numpy as np
import pytest
import synthetic_run
from conftest import one_line
from synthetic_run import Spec
from test_compare import interleaved

from handoff.compare import changes, compare, gate, identity, text, told
from handoff.run import results
from handoff.statistics.outcomes import Outcome

Json = dict[str, Any]
Capture = pytest.CaptureFixture[str]

FEW = Spec(
    queues=("mutex_ring", "vyukov_mpmc_ring"),
    counters=(),
    workloads=("ping_pong",),
    blocks=14,
    places=(49.0,),
)
PASS, REGRESSION, MISUSE, INCONCLUSIVE = 0, 1, 2, 3
# What is measured in turns with 2% of scatter shows 5% after so many blocks.
ENOUGH, TOO_FEW = 14, 6


def in_turns(directory: Path, factor: float = 1.0, blocks: int = ENOUGH) -> tuple[str, str]:
    a, b = interleaved(directory, factor, seed=21, blocks=blocks)
    return str(a.path), str(b.path)


def altered(run: Path, to: Path, change: Callable[[Json], None]) -> Path:
    """A copy with another environment."""
    to.mkdir()
    for name in ("samples.jsonl", "environment.json"):
        (to / name).write_text((run / name).read_text())
    found = json.loads((to / "environment.json").read_text())
    change(found)
    (to / "environment.json").write_text(json.dumps(found))
    return to


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_run.write(tmp_path_factory.mktemp("gate") / "run", FEW)


@pytest.fixture(scope="module")
def slower(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return in_turns(tmp_path_factory.mktemp("slower"), 1.3)


# ---- the ways to end -------------------------------------------------------------------------------------------


def test_the_same_build_passes_where_5_per_cent_would_have_shown(tmp_path: Path, capsys: Capture) -> None:
    runs = in_turns(tmp_path, blocks=40)
    # Four threads on two CPUs and tails are disturbed beyond what 40 blocks show.
    assert script.main([*runs, "--workload", "ping_pong", "--filter", "report:mean"]) == PASS
    out, err = capsys.readouterr()
    assert "PASS: no regression past 3%, and one of 5% would have shown in each comparison." in out
    assert err == "" and "Could not be seen" not in out


def test_5_per_cent_more_are_a_regression(tmp_path: Path, capsys: Capture) -> None:
    assert script.main([*in_turns(tmp_path, 1.05, blocks=40), "--workload", "ping_pong"]) == REGRESSION
    regressions = capsys.readouterr().out.split("\nRegressions:\n")[1].split("\n\n")[0]
    assert "ping_pong/vyukov_mpmc_ring/queues:2/wait:spin/report:mean" in regressions
    assert "mutex_ring" not in regressions


def test_too_little_time_is_inconclusive_and_says_what_it_would_take(tmp_path: Path, capsys: Capture) -> None:
    assert script.main([*in_turns(tmp_path, blocks=TOO_FEW), "--workload", "ping_pong"]) == INCONCLUSIVE
    out = capsys.readouterr().out
    assert "INCONCLUSIVE: no regression past 3% is shown, but " in out and "Could not be seen:" in out
    assert "times as many blocks would do for half of" in " ".join(out.split())
    # What a coarser question needs was seen.
    assert (
        script.main([*in_turns(tmp_path / "2", blocks=40), "--workload", "ping_pong", "--resolve", "40%"])
        == PASS
    )


def test_no_regime_in_common_is_inconclusive(run: Path, tmp_path: Path, capsys: Capture) -> None:
    far = synthetic_run.write(tmp_path / "far", replace(FEW, places=(483.0,)))
    assert script.main([str(run), str(far)]) == INCONCLUSIVE
    out = capsys.readouterr().out
    named = out.split("so not compared:\n")[1].split()
    assert f"but {len(named)} cases have no regime in common" in " ".join(out.split())
    assert "ping_pong/mutex_ring/queues:2/wait:spin/report:mean" in named


def test_a_case_that_fails_only_in_b_is_a_regression(run: Path, tmp_path: Path, capsys: Capture) -> None:
    other = altered(run, tmp_path / "b", lambda _: None)
    lines = [json.loads(line) for line in (other / "samples.jsonl").read_text().splitlines()]
    for line in lines:
        if line["case"] == "ping_pong/mutex_ring/queues:2/wait:spin/report:mean":
            line |= {"status": "crashed", "exit": -11, "figures": {}}
    (other / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert script.main([str(run), str(other)]) == REGRESSION
    out = capsys.readouterr().out
    assert "REGRESSION: 1 case fails that did not (past 3%)." in out
    assert "failed in B and not in A:\n  ping_pong/mutex_ring/queues:2/wait:spin/report:mean" in out


def test_the_same_run_twice_and_no_case_in_common_are_misuse(
    run: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert script.main([str(run), str(run)]) == MISUSE
    assert "are the same run; valid: two runs" in one_line(capsys.readouterr().err)
    assert (
        script.main([str(run), str(altered(run, tmp_path / "b", lambda _: None)), "--filter", "x^"]) == MISUSE
    )
    assert "no case in common" in one_line(capsys.readouterr().err)
    assert script.main([str(run), str(tmp_path / "b"), "--impl", "vyukov_ring"]) == MISUSE
    assert "unknown implementation 'vyukov_ring'; did you mean 'vyukov_mpmc_ring'?" in capsys.readouterr().err


# ---- what is not the same --------------------------------------------------------------------------------------


def another_machine(found: Json) -> None:
    found["machine"]["cpu_model"] = "Another CPU"


def another_generation(found: Json) -> None:
    found["machine"]["cpu"] = {"family": "26"}


def another_kernel(found: Json) -> None:
    found["machine"]["kernel"]["release"] = "6.12.0"


def another_quota(found: Json) -> None:
    found["machine"]["cgroup"] = {"cpu_quota": 1.5}


def another_compiler(found: Json) -> None:
    found["build"]["compiler"] = "GNU 14.2.0"


def other_flags(found: Json) -> None:
    found["build"]["flags"] = "-O2"


def another_library(found: Json) -> None:
    found["build"]["libraries"]["libtbb-dev"] = "2022.0"


@pytest.mark.parametrize(
    "change, says",
    [
        (
            another_machine,
            ("machine is Synthetic 2-core VM, 2 CPUs (", "in A and Another CPU, 2 CPUs (", "cpu_model"),
        ),
        (another_generation, ("machine is Synthetic", "(another processor's family) in B")),
        (another_kernel, ("kernel is 6.1.0 in A and 6.12.0 in B",)),
        (another_quota, ("CPU quota is unknown in A and 1.5 in B",)),
        (another_compiler, ("compiler is g++ 12.2.0 in A and GNU 14.2.0 in B",)),
        (other_flags, ("flags is -O3 -DNDEBUG in A and -O2 in B",)),
        (another_library, ("library libtbb-dev is 2021.8 in A and 2022.0 in B",)),
    ],
)
def test_what_is_not_the_same_is_refused_in_a_line_unless_asked_for(
    run: Path, tmp_path: Path, capsys: Capture, change: Callable[[Json], None], says: tuple[str, ...]
) -> None:
    other = altered(run, tmp_path / "b", change)
    assert script.main([str(run), str(other)]) == MISUSE
    line = one_line(capsys.readouterr().err)
    assert all(part in line for part in says) and line.endswith("valid: runs that do not, or --across")
    assert script.main([str(run), str(other), "--across", "--resolve", "90%"]) == PASS
    out = " ".join(capsys.readouterr().out.split())
    assert "ACROSS what is not the same: " in out and all(part in out for part in says)


def test_libraries_that_were_compiled_in_count_and_each_is_named_once(run: Path, tmp_path: Path) -> None:
    def compiled(version: str) -> Callable[[Json], None]:
        def change(found: Json) -> None:
            found["build"]["compiled_with"] = {
                "one": f"oneTBB {version}",
                "two": f"oneTBB {version}",
                "three": "Boost 1",
            }

        return change

    a, b = (results.load(altered(run, tmp_path / v, compiled(v))) for v in ("2021", "2022"))
    assert list(map(str, identity.differences(a, b))) == [
        "library of one is oneTBB 2021 in A and oneTBB 2022 in B"
    ]


def test_flags_and_libraries_are_part_of_a_commit(tmp_path: Path) -> None:
    a, b = interleaved(tmp_path, 1.0, seed=5, blocks=2)
    other_flags(b.environment)
    another_library(b.environment)
    assert identity.differences(a, b) == []
    another_compiler(b.environment)
    assert [one.what for one in identity.differences(a, b)] == ["compiler"]


def test_a_clock_that_goes_up_and_down_is_the_same_machine() -> None:
    cpus = [{"cpu": 0, "mhz": 2200.1}, {"cpu": 1, "mhz": 3400.0}]
    machine = {"model": "A CPU", "cpus": 2, "topology": cpus}
    faster = machine | {"topology": [cpu | {"mhz": 1.0} for cpu in cpus]}
    assert identity.label(machine) == identity.label(faster)
    assert identity.label(machine) != identity.label(machine | {"topology": cpus[:1]})


# ---- what is printed -------------------------------------------------------------------------------------------


def test_who_then_the_summary_then_each_section_sorted_and_narrow(
    slower: tuple[str, str], capsys: Capture
) -> None:
    assert script.main([*slower]) == REGRESSION
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= text.WIDTH
    assert (
        lines[0].startswith("A  2026-11-20-synthetic")
        and "commit 0123456789, Synthetic 2-core VM" in lines[1]
    )
    heads = ("REGRESSION", "Regressions", "Could not be seen")
    assert tuple(head for line in lines if (head := line.split(":")[0]) in heads) == heads
    a, b = (results.load(Path(path)) for path in slower)
    found = gate.judge(compare.compare(a, b, 0.03), 0.05)
    ratios = [change.ratio for change in found.found.regressions]
    assert len(ratios) > 3 and ratios == sorted(ratios, reverse=True)
    shown = lines[lines.index("Regressions:") : lines.index("Could not be seen:")]
    cases = [line.strip() for line in shown if line.startswith("  ") and line[2] != " "]
    assert cases == [change.case for change in found.found.regressions]
    least_known = [change.resolvable for change in found.unseen]
    assert least_known == sorted(least_known, key=lambda one: -float(np.nan_to_num(one, nan=np.inf)))


def test_what_did_not_change_is_listed_if_asked_for(run: Path, tmp_path: Path, capsys: Capture) -> None:
    other = str(synthetic_run.write(tmp_path / "b", replace(FEW, seed=9)))
    assert script.main([str(run), other, "--resolve", "90%"]) == PASS
    assert "Without a change" not in capsys.readouterr().out
    assert script.main([str(run), other, "--resolve", "90%", "--all"]) == PASS
    assert "mutex_ring" in capsys.readouterr().out.split("Without a change:")[1]


def test_a_long_name_is_folded_after_a_slash() -> None:
    name = "download_strategies/closed_pool_mutex_ring/n:16/items:10000/latency:constant/ms:0/failures:0%/time:real"
    rows = text.folded(name, "  ")
    assert len(rows) == 2 and all(len(row) <= text.WIDTH for row in rows)
    assert "".join(row.strip() for row in rows) == name and rows[0].endswith("/")


def test_markdown_has_the_same_answer_and_rows(slower: tuple[str, str], capsys: Capture) -> None:
    assert script.main([*slower, "--markdown"]) == REGRESSION
    out = capsys.readouterr().out
    assert out.startswith("**REGRESSION: ") and "| A | 2026-11-20-synthetic" in out
    parts = out.split("### ")
    assert [part.splitlines()[0] for part in parts[1:]] == ["Regressions", "Could not be seen"]
    rows = [line for line in parts[1].splitlines() if line.startswith("| `")]
    assert all("vyukov_mpmc_ring" in row for row in rows) and rows[0].endswith("| REGRESSION |")
    widths = {line.count(" | ") for line in parts[1].splitlines() if line.startswith("| ")}
    assert widths == {len(told.HEADS) - 1}


def test_json_has_all_of_it_and_is_documented(slower: tuple[str, str], capsys: Capture) -> None:
    assert script.main([*slower, "--json"]) == REGRESSION
    found = json.loads(capsys.readouterr().out)
    assert (found["answer"], found["exit_code"], found["interleaved"]) == ("regression", 1, True)
    deciding = [one for one in found["changes"] if one["decides"]]
    assert {one["seen"] for one in deciding} == {True, False}
    assert {one["effect"] for one in deciding} == {"regression", None}
    page = (Path(script.__file__).parents[1] / "docs" / "comparing.md").read_text()
    keys = {*found, *found["a"], *found["changes"][0]}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []


# ---- what settles a comparison ---------------------------------------------------------------------------------


def change(outcome: Outcome, ratio: float, resolvable: float, effect: str = "") -> changes.Change:
    return changes.Change("c", "A", "ns", 1, 1, 9, 9, ratio, ratio, ratio, resolvable, outcome, True, effect)


@pytest.mark.parametrize(
    "of, settled",
    [
        (change(Outcome.NOT_KNOWN, 1.01, 0.05), True),
        (change(Outcome.NOT_KNOWN, 1.01, 0.06), False),
        (change(Outcome.NOT_KNOWN, 1.04, 0.05), False),  # suspected
        (change(Outcome.NOT_KNOWN, 1.01, float("nan")), False),
        (change(Outcome.EQUIVALENT, 1.0, 0.06), True),
        (change(Outcome.FASTER, 0.9, 0.5), True),
        (change(Outcome.SLOWER, 1.02, 0.05), True),
        (change(Outcome.SLOWER, 1.02, 0.06), False),
        (change(Outcome.SLOWER, 1.5, 0.5, changes.REGRESSION), True),
    ],
)
def test_a_comparison_is_settled_if_a_regression_is_known_or_would_have_shown(
    of: changes.Change, settled: bool
) -> None:
    assert gate.is_settled(of, threshold=0.03, resolve=0.05) is settled


def test_equivalent_within_3_per_cent_says_nothing_of_2() -> None:
    assert not gate.is_settled(change(Outcome.EQUIVALENT, 1.0, 0.06), threshold=0.01, resolve=0.02)


def test_what_is_shown_holds_for_all_cases_together(tmp_path: Path) -> None:
    """The more cases, the more a change must stand out: what would have shown is larger, too."""
    a, b = interleaved(tmp_path, 1.0, seed=8)
    case = "ping_pong/mutex_ring/queues:2/wait:spin/report:mean"
    alone = compare.compare(a, b, 0.03, lambda one: one.name == case)
    among = [one for one in compare.compare(a, b, 0.03).deciding if one.case == case]
    assert among[0].resolvable > 1.3 * alone.deciding[0].resolvable
