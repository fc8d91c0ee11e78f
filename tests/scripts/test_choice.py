"""The answer to a question from a run: synthetic ones with known truth, and the stored reference."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import choose
import pytest
from conftest import ROOT, one_line
from rich.console import Console
from synthetic_run import Spec, write

from handoff.campaign.question import Question
from handoff.commands import choose as commands_choose
from handoff.errors import HandoffError
from handoff.proofs.table import ProofTable
from handoff.report import choice, choice_words
from handoff.report.choice import Answer
from handoff.report.evidence import Evidence
from handoff.report.price import Price
from handoff.run import results
from handoff.statistics.outcomes import Outcome

Json = dict[str, Any]

REFERENCE = ROOT / "reports" / "reference"
MPMC = ("vyukov_mpmc_ring", "ticket_mpmc_ring", "mutex_ring", "mutex_deque", "moodycamel_concurrent_queue")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workloads = ("producer_consumer", "ping_pong", "load", "memory", "counter")
    spec = Spec(queues=MPMC, counters=("cas_counter",), workloads=workloads, places=(49.0,), blocks=12)
    return write(tmp_path_factory.mktemp("choice") / "run", spec)


@pytest.fixture(scope="module")
def evidence(run: Path) -> Evidence:
    return Evidence(results.load(run))


def answer(evidence: Evidence, **asked: Any) -> Answer:
    return choice.answer(Question(**asked), evidence, measured_now=False)


def outcomes(found: Answer) -> dict[str, str]:
    return {rank.member.name: rank.outcome for rank in found.ranks}


def price(found: Answer, promise: str) -> Price:
    return next(one for one in found.prices if one.promise == promise)


# ---- the ranking ---------------------------------------------------------------------------------------------


def test_the_best_and_what_is_slower(evidence: Evidence) -> None:
    found = answer(evidence, producers=2, consumers=2, wait="spin")
    assert found.place.is_exact
    assert list(outcomes(found)) == ["vyukov_mpmc_ring", "ticket_mpmc_ring", "mutex_ring", "mutex_deque"]
    assert outcomes(found)["vyukov_mpmc_ring"] == "best" and found.resolved
    assert {*outcomes(found).values()} == {"best", "slower"}
    told = found.ranks[1].member.verdict
    # The truth of synthetic_run.py: 2.1 lines and 12 ns against 2.3 lines and 14 ns.
    wanted = (2.3 * 49 * 0.12 * 1.8 + 14) / (2.1 * 49 * 0.12 * 1.8 + 12)
    assert told is not None and told.low < wanted < told.high


def test_figures_have_their_unit_and_interval(evidence: Evidence) -> None:
    (first, *_) = answer(evidence, producers=2, consumers=2, wait="spin").ranks
    assert first.figure is not None and first.figure.known and first.figure.regime == "A"
    truth = 1e9 / (2.1 * 49 * 0.12 * 1.8 + 12)
    assert first.figure.low < first.figure.median < first.figure.high
    assert first.figure.median == pytest.approx(truth, rel=0.05)


def test_the_cpu_time_is_ranked_for_itself(evidence: Evidence) -> None:
    """Blocking takes six tenths of the time: 0.06 s for so many items."""
    found = answer(evidence, goal="cpu", wait="block")
    assert found.place.is_exact and found.unit == "ns"
    first = found.ranks[0]
    assert first.member.name == "vyukov_mpmc_ring" and first.figure is not None
    per_item = 2.1 * 49 * 0.12 + 12 + 12
    assert first.figure.median == pytest.approx(1.2 * per_item, rel=0.05)


def test_the_memory_is_ranked_by_its_bytes(evidence: Evidence) -> None:
    found = answer(evidence, goal="memory")
    taken = [rank.bytes_per_item for rank in found.ranks]
    assert len(taken) == 5 and None not in taken
    assert taken == sorted(taken, key=lambda one: one or 0)
    assert [rank.figure.median for rank in found.ranks if rank.figure] == taken


def test_a_tail_that_is_hardly_known_is_no_number(evidence: Evidence) -> None:
    known = answer(evidence, goal="p99", rate="50%", wait="spin").ranks[0].figure
    assert known is not None and known.known
    state = {
        "n": 9,
        "regime": "A",
        "coverage": 0.95,
        "median": 10.0,
        "low": 9.0,
        "high": 15.1,
        "cpu_ns": None,
        "known": False,
    }
    wide = choice.figure_of(Question(goal="p99", rate="50%"), state)
    assert wide is not None and not wide.known
    assert choice.figure_of(Question(), state) == choice.Figure(10.0, 9.0, 15.1, 9, "A", True)


def test_a_single_trial_makes_no_number(evidence: Evidence) -> None:
    found, once = answer(evidence, wait="spin"), choice.Figure(1e6, 1e6, 1e6, 1, "A", False)
    assert choice_words.figure(once, found) == "not known (1.00 M/s once)"
    several = dataclasses.replace(once, low=9e5, high=1.2e6, known=True)
    assert choice_words.figure(several, found) == "1.00 M/s (900 k/s – 1.20 M/s)"
    assert choice_words.figure(dataclasses.replace(several, low=1e6), found) == "1.00 M/s (1.00 – 1.20)"
    memory = answer(evidence, goal="memory")
    assert choice_words.figure(dataclasses.replace(once, median=8.5, low=8.5, high=8.5), memory) == "8.5 B"


def test_an_equal_one_is_equivalent_and_a_single_one_is_alone(tmp_path: Path) -> None:
    spec = Spec(
        queues=("lamport_spsc_ring", "boost_spsc_queue"),
        workloads=("ping_pong",),
        places=(49.0,),
        blocks=40,
        noise=0.01,
    )
    spec.slower = {"boost_spsc_queue": (1.85 * 49 + 5) / (1.84 * 49 + 5)}
    found = answer(Evidence(results.load(write(tmp_path / "two", spec))), goal="round_trip", wait="spin")
    assert sorted(outcomes(found).values()) == ["best", "equivalent"]
    spec.queues = ("lamport_spsc_ring",)
    found = answer(Evidence(results.load(write(tmp_path / "one", spec))), goal="round_trip", wait="spin")
    assert outcomes(found) == {"lamport_spsc_ring": "alone"} and not found.resolved


def test_where_nothing_is_shown_there_is_no_best(tmp_path: Path) -> None:
    spec = Spec(queues=MPMC, workloads=("ping_pong",), places=(49.0,), blocks=3)
    found = answer(Evidence(results.load(write(tmp_path / "run", spec))), goal="round_trip", wait="spin")
    assert {*outcomes(found).values()} == {"not known"} and not found.resolved


# ---- what the run lacks --------------------------------------------------------------------------------------


def test_the_nearest_setting_is_named_with_its_command(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert choose.main(["--producers", "2", "--consumers", "2", "--item", "64", "--from", str(run)]) == 0
    said = capsys.readouterr().out
    assert "NOT the setting asked for" in said and "item 8 (asked: 64)" in said
    command = (
        "scripts/choose.py --goal throughput --producers 2 --consumers 2 --item 64 --order fifo --wait pause"
    )
    assert command in said
    assert "This is the nearest setting measured, not the one asked for: wait spin" in said


def test_what_was_not_measured_is_told(evidence: Evidence) -> None:
    found = answer(evidence, goal="p99", rate="50%", wait="spin")
    assert list(outcomes(found)) == ["vyukov_mpmc_ring", "mutex_ring"]
    assert {"ticket_mpmc_ring", "mutex_deque"} <= set(found.not_measured)


def test_a_run_without_the_workload_says_what_it_has(tmp_path: Path) -> None:
    spec = Spec(queues=MPMC, workloads=("ping_pong",), blocks=2, controls=())
    found = Evidence(results.load(write(tmp_path / "run", spec)))
    with pytest.raises(HandoffError, match="has no figure of 'memory', .*valid: round_trip"):
        answer(found, goal="memory")


def test_nobody_that_promises_it_is_misuse_and_says_what_would_help(evidence: Evidence) -> None:
    with pytest.raises(HandoffError) as error:
        answer(evidence, wait="own", lock_free=True)
    assert str(error.value).startswith(
        "no queue promises all of this: 1 producer, 1 consumer, 8-byte items, FIFO"
    )
    assert "if it could spin there would be" in str(error.value)
    assert "if a stalled thread could stop it there would be 1" in str(error.value)


# ---- the price of a promise ----------------------------------------------------------------------------------


def test_an_order_that_costs_nothing_is_free(evidence: Evidence) -> None:
    found = answer(evidence, producers=2, consumers=2, wait="spin")
    assert price(found, "order").free and price(found, "order").best == "vyukov_mpmc_ring"


def test_the_price_of_a_promise_is_its_ratio(tmp_path: Path) -> None:
    """In the catalog of synthetic_run.py, only the locks are in the way of a stalled thread."""
    spec = Spec(queues=MPMC, workloads=("producer_consumer",), places=(49.0,), blocks=10)
    spec.slower = {"vyukov_mpmc_ring": 3.0, "ticket_mpmc_ring": 30.0, "moodycamel_concurrent_queue": 0.2}
    evidence = Evidence(results.load(write(tmp_path / "run", spec)))
    found = answer(evidence, producers=2, consumers=2, wait="spin")
    paid = price(found, "order").verdict
    assert price(found, "order").best == "moodycamel_concurrent_queue"
    assert paid is not None and paid.outcome is Outcome.SLOWER
    lines = 49 * 0.12 * 1.8
    assert paid.ratio == pytest.approx(3 * (2.1 * lines + 12) / (0.2 * (2.8 * lines + 35)), rel=0.06)
    assert not price(answer(evidence, wait="spin", bounded=1024), "bound").free


def test_spinning_is_compared_across_settings(evidence: Evidence) -> None:
    found = answer(evidence, goal="round_trip", wait="block")
    paid = price(found, "wait")
    assert paid.best == "vyukov_mpmc_ring with spin"
    assert paid.verdict is not None and paid.verdict.outcome is Outcome.SLOWER
    spun = 2.1 * 49 + 12
    assert paid.verdict.ratio == pytest.approx((spun + 2 * 5200) / spun, rel=0.06)


# ---- the command ---------------------------------------------------------------------------------------------


def asked(run: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Json:
    assert choose.main([*arguments, "--json", "--from", str(run)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_the_answer_as_data_is_the_one_in_words(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = ["--producers", "2", "--consumers", "2", "--wait", "spin"]
    found = asked(run, capsys, *question)
    assert choose.main([*question, "--from", str(run)]) == 0
    said = capsys.readouterr().out
    assert found["schema"] == 1 and found["run_id"] == Spec().run_id and found["citable"]
    assert found["setting"]["exact"] and found["setting"]["command"] is None
    for rank in found["ranking"]:
        assert rank["implementation"] in said
    assert found["paragraph"] in said and found["conclusion"] in said
    assert all(one["text"] in said for one in found["prices"])
    assert "Citable: all controls passed." in said and "citable, all controls passed." in found["paragraph"]
    assert found["dropped"]["moodycamel_concurrent_queue"] == {"order": "per producer fifo"}
    assert "per producer fifo (" in said
    assert found["memory_setting"] == "memory/item:8/items:65536"


@pytest.mark.parametrize(("width", "heads"), [(80, 4), (94, 5), (100, 6), (140, 7)])
def test_a_narrow_terminal_has_fewer_columns_and_whole_figures(
    evidence: Evidence, width: int, heads: int
) -> None:
    found = answer(evidence, producers=2, consumers=2, wait="spin")
    table = commands_choose.table_of(found, ProofTable([], []), width)
    assert len(table.columns) == heads
    console = Console(width=width, file=io.StringIO())
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert all(rank.member.name in said for rank in found.ranks) and "…" not in said
    assert max(map(len, said.splitlines())) <= width


def test_a_run_that_is_not_citable_says_so_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = Spec(queues=MPMC, workloads=("ping_pong",), blocks=8, dirty=True)
    run = write(tmp_path / "run", spec)
    found = asked(run, capsys, "--goal", "round_trip", "--wait", "spin")
    assert not found["citable"] and any("dirty build" in one for one in found["stamps"])
    assert "NOT CITABLE (" in found["paragraph"] and "dirty build" in found["paragraph"]
    assert choose.main(["--goal", "round_trip", "--wait", "spin", "--from", str(run)]) == 0
    assert "\nNOT CITABLE: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no question, and no terminal to ask it on"),
        (["--goal", "speed"], "unknown goal 'speed'"),
        (["--from", "/nowhere"], "run '/nowhere': there is no such folder"),
        (["--producer", "2"], "unrecognized arguments"),
        (
            ["--lock-free", "--wait", "own", "--producers", "2", "--bounded", "8", "--from", str(REFERENCE)],
            "no queue promises all of this",
        ),
    ],
)
def test_misuse_is_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert choose.main(arguments) == 2
    assert said in one_line(capsys.readouterr().err)


def test_the_reference_answers(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(REFERENCE, capsys, "--goal", "round_trip", "--wait", "pause")
    assert (
        found["setting"]["group"] == "ping_pong/queues:2/wait:pause/report:mean" and found["setting"]["exact"]
    )
    names = [rank["implementation"] for rank in found["ranking"]]
    assert len(names) > 15 and found["resolved"]
    known = {rank["implementation"]: rank["outcome"] for rank in found["ranking"]}
    assert known["mutex_deque"] == "slower"  # by more than five times
    assert found["run_id"] in found["paragraph"]
    assert all(rank["bytes_per_item"] for rank in found["ranking"])


def test_the_example_of_the_manual_is_answered_from_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(REFERENCE, capsys, "--goal", "p99", "--rate", "200k", "--wait", "block")
    assert found["setting"]["group"].startswith("load/") and not found["setting"]["exact"]
    assert {one["what"] for one in found["setting"]["differences"]} == {"rate"}
    assert "--rate 200k --wait block" in found["setting"]["command"]
