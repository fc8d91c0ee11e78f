"""What a campaign says at its end is what its report says, in fewer words, and what to do next."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.campaign import options
from handoff.commands import campaign as command_of_campaign
from handoff.report import advice, ending, summary
from handoff.run import results
from handoff.run.run_folder import RunFolder
from handoff.statistics import controls, measures

Json = dict[str, Any]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    spec = Spec(blocks=8, counters=("seq_cst_counter", "relaxed_counter"))  # of one cost
    return summary.build(results.load(synthetic_run.write(tmp_path_factory.mktemp("ending") / "run", spec)))


def blocks(found: Json) -> dict[str, list[str]]:
    """The lines of each row of the decision table, by its title."""
    told: dict[str, list[str]] = {}
    for line in ending.text(found).split("\n\n", 1)[1].splitlines():
        if not line.startswith(" "):
            told[line.split(" (")[0]] = []
        told[list(told)[-1]].append(line.strip())
    return told


def test_each_row_is_answered_in_five_lines_or_named_as_not_known(found: Json) -> None:
    assert all(len(line) <= ending.WIDTH for line in ending.text(found).splitlines())
    told = blocks(found)
    unknown = " ".join(
        " ".join(told["Not known: " + title]) for title in [k[11:] for k in told if k[:9] == "Not known"]
    )
    rows = [row for row in found["decisions"] if row["group"]]
    assert {row["resolved"] for row in rows} == {True, False}
    for row in rows:
        if not row["resolved"]:
            assert f"{row['title']} ({row['measured']} candidates" in unknown and row["title"] not in told
            continue
        title, *lines = told[row["title"]]
        assert 2 <= len(lines) <= 4 and f"({row['measured']} measured" in title
        assert re.fullmatch(rf"{row['best'][0]} +[\d.]+ \S+ ± \d+(\.\d+)?% +1\.00× +best", lines[0]), lines[0]
        assert _counted(lines) == row["measured"]


def _counted(lines: list[str]) -> int:
    if not lines[-1].startswith("and "):
        return len(lines)
    return len(lines) - 1 + sum(map(int, re.findall(r"\d+(?= [a-z])", lines[-1])))


def test_values_ratios_and_verdicts_are_those_of_the_summary(found: Json) -> None:
    row = next(row for row in found["decisions"] if row["group"] and row["next"] and row["measured"] > 4)
    shown = {line.split()[0]: line for line in blocks(found)[row["title"]][1:] if not line.startswith("and ")}
    worse = row["next"]
    assert (
        measures.times(worse["ratio"]) in shown[worse["implementation"]]
    ), "the first that is slower is shown"
    assert shown[worse["implementation"]].endswith("slower")
    outcomes = {one["implementation"]: one["outcome"] for one in row["members"]}
    assert all(line.endswith(outcomes[name]) for name, line in shown.items())
    cases = {one["implementation"]: one for one in found["cases"] if one["group"] == row["group"]}
    for name, line in shown.items():
        medians = [measures.text(state["median"], cases[name]["unit"]) for state in cases[name]["regimes"]]
        assert any(f" {median} ± " in line for median in medians), line


def test_what_is_not_known_says_what_it_would_take(found: Json) -> None:
    open_row = next(row for row in found["decisions"] if row["group"] and not row["resolved"])
    rest = [one | {"more_blocks": 12} for one in open_row["not_known"]]
    wanted = [open_row | {"not_known": rest}]
    assert f"{open_row['measured']} candidates; about 12 more blocks would tell)." in _flat(found, wanted)
    hopeless = [open_row | {"not_known": [one | {"more_blocks": None} for one in rest]}]
    assert "; no sensible number of blocks would tell)." in _flat(found, hopeless)
    turns = [open_row | {"not_known": [], "by_regime": ["mutex_ring"]}]
    assert "; their order depends on the regime)." in _flat(found, turns)


def _flat(found: Json, decisions: list[Json]) -> str:
    return " ".join(ending.text(found | {"decisions": decisions}).split())


def test_the_first_line_says_whether_it_can_be_cited_and_a_flaw_what_to_do(found: Json) -> None:
    counts = found["counts"]
    measured = f"{counts['trials']} trials in {counts['blocks_complete']} complete blocks."
    sound = found | {"citable": True, "stamps": []}
    assert ending.text(sound).splitlines()[0] == f"Citable: all controls passed. {measured}"
    flawed = found | {"citable": False, "stamps": ["dirty build: why", "control 'A/A' failed: 1.2"]}
    head = ending.text(flawed).split("\n\n")[0]
    assert head.startswith(
        f"NOT CITABLE. {measured}\n- dirty build: why\n  What to do: commit what was changed"
    )
    assert "- control 'A/A' failed: 1.2\n  What to do: the machine was not the same for both names" in head


def test_there_is_advice_on_every_reason() -> None:
    nothing = pd.DataFrame()
    columns = (
        "implementation",
        "control",
        "workload",
        "status",
        "case",
        "label",
        "block",
        "regime",
        "log_cost",
    )
    empty = nothing.reindex(columns=list(columns))
    known = controls.check(empty, empty)
    failed = [one | {"outcome": controls.FAILED} for one in known]
    flaws = (
        {"commit": None},
        {"commit": "a", "dirty": True},
        {"commit": "a", "dirty": False, "build_type": "Debug"},
        {"commit": "a", "dirty": False, "build_type": "Release", "sanitizers": "thread"},
        {"commit": "a", "dirty": False, "build_type": "Release", "flags": "-O0"},
    )
    reasons = controls.stamps({"build": flaws[0]}, known, 0) + controls.stamps({"build": flaws[0]}, failed, 0)
    reasons += [reason for build in flaws for reason in controls.stamps({"build": build}, [], 0)]
    assert len(set(reasons)) > 15
    references = ("'no-op ceiling' failed", "'fetch_add floor' failed")  # they are there, or they are not
    without = {
        one
        for one in reasons
        if advice.on(one).startswith("see the report") and not any(r in one for r in references)
    }
    assert without == set()
    assert {advice.on(one) for one in reasons if " absent: " in one} == {advice.on("control 'x' absent: y")}


def test_a_row_of_one_candidate_advises_nothing(tmp_path: Path) -> None:
    alone = Spec(blocks=8, queues=("mutex_ring",), counters=(), workloads=("ping_pong", "producer_consumer"))
    told = summary.build(results.load(synthetic_run.write(tmp_path / "run", alone)))
    queues = [row for row in told["decisions"] if not row["of_waits"]]
    assert all(row["group"] is None and row["best"] == [] for row in queues)
    assert "mutex_ring" not in ending.text(told | {"decisions": queues})
    # Its waits are held against each other.
    (waits,) = (row for row in told["decisions"] if row["of_waits"])
    assert waits["queue"] == "mutex_ring" and waits["measured"] > 2
    assert f"Spin or block ({waits['measured']} measured over mutex_ring" in ending.text(told)


def test_a_run_that_answers_nothing_says_no_more(found: Json) -> None:
    unasked = found | {"decisions": [row | {"group": None} for row in found["decisions"]], "citable": True}
    assert len(ending.text(unasked).splitlines()) == 1


# ---- the next command ------------------------------------------------------------------------------------------


def test_the_next_command_goes_on_with_it_while_something_is_open(found: Json, tmp_path: Path) -> None:
    typed = ["--profile", "smoke", "--impl", "a_ring", "--out=old", "--seed", "4", "--time-budget", "90s"]
    given = options.parser().parse_args(typed)
    given.command = options.typed("campaign.py", typed)
    folder = object.__new__(RunFolder)
    folder.path = tmp_path / "my run"
    command = shlex.split(command_of_campaign.ending(found, folder, given).splitlines()[-1])
    assert command[0] == "scripts/campaign.py" and command[-2:] == ["--out", str(folder.path)]
    again = vars(options.parser().parse_args(command[1:]))
    assert again == vars(options.parser().parse_args(typed)) | {"out": folder.path, "seed": None}

    closed = found | {"citable": True, "decisions": []}
    command = shlex.split(command_of_campaign.ending(closed, folder, given).splitlines()[-1])
    assert (
        command == "scripts/compare.py --commits HEAD --profile smoke --impl a_ring --time-budget 90s".split()
    )
