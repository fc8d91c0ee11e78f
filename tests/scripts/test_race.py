"""A question that is measured: who is in the race, who leaves it, and what comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import choose
import pytest
from conftest import FakeBuild, counter, lines, one_line, queue
from fakes import in_this_process

from handoff.campaign import candidates, catalog, contests, race
from handoff.campaign.contests import Contests
from handoff.campaign.question import Question
from handoff.campaign.runner import Settings
from handoff.campaign.schedule import TrialCosts
from handoff.errors import HandoffError

Json = dict[str, Any]

PROGRESS = {"push": "lock_free", "pop": "lock_free"}
QUEUES = [
    queue("fast_ring", **PROGRESS),
    queue("slow_ring", **PROGRESS),
    queue("late_ring", **PROGRESS),
    queue("free_list", bound="unbounded", delivery="per_producer_fifo", **PROGRESS),
    queue("locked_list", bound="unbounded", push="blocking", pop="blocking"),
    queue("lossy_queue", control="lossy", **PROGRESS),
    queue("paced_spsc_ring", control="paced", producers="one", consumers="one", **PROGRESS),
]
NAMES = [one["name"] for one in QUEUES]
TRIP = "ping_pong/{}/queues:2/wait:{}/report:mean"
CASES = [
    *(TRIP.format(name, wait) for name in NAMES[:5] for wait in ("pause", "block")),
    TRIP.format("paced_spsc_ring", "pause"),
    *(f"producer_consumer/{name}/p:2/c:2/wait:pause/item:8/capacity:1024" for name in NAMES[:5]),
    "producer_consumer/lossy_queue/p:1/c:1/wait:spin/item:8/capacity:1024",
    *(f"memory/{name}/item:8/items:{items}" for name in NAMES[:5] for items in (1024, 65536)),
]


@pytest.fixture
def raced(build: FakeBuild) -> FakeBuild:
    stored = json.loads((build.benchmarks / "catalog.json").read_text())
    stored |= {"queues": QUEUES, "counters": [counter("atomic_counter")]}
    (build.benchmarks / "catalog.json").write_text(json.dumps(stored))
    build.set_cases(*CASES)
    return build


def found(build: FakeBuild, **asked: Any) -> Contests:
    suite = catalog.load(build.dir, Settings())
    question = Question(**asked)
    return contests.of(question, suite, candidates.of(suite.catalog["queues"], question).names)


def who(cases: Any) -> list[str]:
    return [case.implementation for case in cases]


# ---- who is in it --------------------------------------------------------------------------------------------


def test_a_question_has_a_contest_and_each_promise_one_more(raced: FakeBuild) -> None:
    asked = found(raced, producers=2, consumers=2, bounded=1024)
    assert [one.promise for one in asked.all] == ["", "bound"]  # nobody more is there for the other promises
    own = asked.all[0]
    assert who(own.cases) == ["fast_ring", "slow_ring", "late_ring"] and len(own.own) == 3
    assert asked.place.is_exact and own.column == "log_cost"


def test_those_without_a_promise_must_beat_the_others_and_leave_by_their_own_contest(
    raced: FakeBuild,
) -> None:
    asked = found(raced, producers=2, consumers=2)
    assert who(asked.all[0].cases) == ["fast_ring", "slow_ring", "late_ring", "locked_list"]
    (more,) = asked.all[1:]
    assert more.promise == "order" and len(more.cases) == 5
    assert more.own == {"producer_consumer/free_list/p:2/c:2/wait:pause/item:8/capacity:1024"}


def test_spinning_is_a_contest_of_its_own(raced: FakeBuild) -> None:
    asked = found(raced, goal="round_trip", wait="block")
    (spinning,) = [one for one in asked.all if one.promise == "wait"]
    assert {case.keys["wait"] for case in spinning.cases} == {"pause"} and len(spinning.cases) == 5
    assert {case.keys["wait"] for case in asked.all[0].cases} == {"block"}


def test_each_goal_ranks_its_own_column(raced: FakeBuild) -> None:
    assert found(raced, goal="cpu", producers=2, consumers=2).all[0].column == "log_cpu"
    assert found(raced, goal="memory").all[0].column == "log_bytes"


def test_the_first_block_has_all_and_later_ones_the_contenders(raced: FakeBuild) -> None:
    asked = found(raced, producers=2, consumers=2)
    first, second = asked.first_block(0), asked.first_block(1)
    assert {case.workload for case in first.cases} == {"producer_consumer", "ping_pong", "memory"}
    assert {case.keys["items"] for case in first.cases if case.workload == "memory"} == {"1024"}
    assert {case.workload for case in second.cases} == {"producer_consumer", "ping_pong"}
    assert "lossy_queue" in who(second.cases)
    left = {asked.all[0].cases[0].name}
    assert who(asked.later_block(left).cases) == ["fast_ring", "paced_spsc_ring"]
    assert (second.repeats, asked.later_block(left).repeats) == (contests.MOST_REPEATS, 1)


def test_a_price_that_there_is_no_time_for_is_left_out(raced: FakeBuild) -> None:
    asked, costs = found(raced, producers=2, consumers=2), TrialCosts(Settings())
    needed = asked.first_s(costs)
    assert contests.affordable(asked, costs, 2 * needed) is asked
    kept = contests.affordable(asked, costs, needed)
    assert kept.left_out == ("order",) and len(kept.all) == 1
    with pytest.raises(HandoffError, match="4 queues and the controls take at least"):
        contests.affordable(asked, costs, needed / 4)


def test_a_question_about_memory_ends_when_the_controls_have_their_trials(raced: FakeBuild) -> None:
    assert not found(raced, goal="memory").scatters and found(raced, goal="round_trip").scatters


# ---- measured ------------------------------------------------------------------------------------------------


def measure(build: FakeBuild, out: Path, *arguments: str) -> int:
    with in_this_process():
        return choose.main(["--build-dir", str(build.dir), "--out", str(out), "--seed", "1", *arguments])


def blocks(run: Path) -> list[Json]:
    return [json.loads(line) for line in (run / "blocks.jsonl").read_text().splitlines()]


def test_who_is_behind_gets_no_more_trials(
    raced: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (raced.benchmarks / "costs.json").write_text(json.dumps({"slow_ring": 1.5, "late_ring": 2, "list": 3}))
    run = tmp_path / "run"
    arguments = ("--goal", "round_trip", "--producers", "2", "--json")
    assert measure(raced, run, *arguments, "--time-budget", "5m") == 0
    answer = json.loads(capsys.readouterr().out)
    planned = blocks(run)
    # Two threads stand for three here: the nearest setting of the build is named.
    assert not answer["setting"]["exact"] and answer["setting"]["command"] is None
    assert [one["implementation"] for one in answer["ranking"]][0] == "fast_ring"
    outcomes = {one["implementation"]: one["outcome"] for one in answer["ranking"]}
    assert outcomes == {
        "fast_ring": "best",
        "slow_ring": "slower",
        "late_ring": "slower",
        "locked_list": "slower",
    }
    assert len(planned) == contests.ENOUGH_BLOCKS  # one is left, and the controls have their trials
    for block in planned:
        names = {name.split("/")[1] for name in block["cases"] if name.startswith("ping_pong")}
        early = block["block"] < contests.FIRST_BLOCKS
        assert ({"slow_ring", "late_ring", "locked_list", "free_list"} <= names) == early
        assert "fast_ring" in names and "paced_spsc_ring" in names
    assert answer["measured_now"] and answer["run_id"] == environment(run)["run_id"]
    assert environment(run)["question"]["producers"] == 2 and environment(run)["profile"] == "choose"
    assert environment(run)["ended"] == "precise"
    # A look, as a process of its own takes it.
    beside = race.RaceLook(run)
    (left,) = {name for name in planned[-1]["cases"] if name.startswith("ping_pong/fast_ring/")}
    assert beside.standing() == beside.standing() == race.Standing(frozenset({left}), settled=True)
    beside.close()
    # The same question to the run that it has made.
    assert choose.main([*arguments, "--from", str(run)]) == 0
    assert json.loads(capsys.readouterr().out) == answer | {"measured_now": False} | setting_with_command(
        answer
    )


def setting_with_command(answer: Json) -> Json:
    command = (
        "scripts/choose.py --goal round_trip --producers 2 --consumers 1 --item 8 --order fifo --wait pause"
    )
    return {"setting": answer["setting"] | {"command": command}}


def environment(run: Path) -> Json:
    found = json.loads((run / "environment.json").read_text())
    assert isinstance(found, dict)
    return found


def test_an_implementation_that_fails_leaves_and_the_answer_comes_with_exit_1(
    raced: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raced.misbehave({"case": "slow_ring", "do": "unverified"}, {"case": "locked_list", "do": "crash"})
    (raced.benchmarks / "costs.json").write_text(json.dumps({"late_ring": 2, "list": 3}))
    run = tmp_path / "run"
    assert (
        measure(raced, run, "--goal", "round_trip", "--producers", "2", "--json", "--time-budget", "5m") == 1
    )
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert answer["not_measured"]["slow_ring"].startswith("withheld: failed verification in 7 of 7 trials")
    assert answer["not_measured"]["locked_list"] == "no trial of it ended well"
    assert "error: 14 of " in said.err and "unverified: 1 of 5000 items were lost" in said.err
    assert sum("slow_ring/queues" in line["case"] for line in lines(run)) == contests.FIRST_BLOCKS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--time-budget", "4s"], "--time-budget leaves"),
        (["--wait", "own"], "no queue promises all of this"),
        (["--goal", "p99", "--rate", "1k"], "the build has no case of 'load' for any of fast_ring, "),
        (["--build-dir", "/nowhere"], "is not built"),
    ],
)
def test_misuse_is_one_line_and_leaves_no_run(
    raced: FakeBuild, tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure(raced, tmp_path / "run", *arguments) == 2
    assert said in one_line(capsys.readouterr().err)
    assert not (tmp_path / "run").exists()


def test_a_run_is_not_measured_into_another_one(
    raced: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "environment.json").write_text("{}")
    assert measure(raced, run) == 2
    assert "holds a run; valid: a new folder, or --from" in one_line(capsys.readouterr().err)
