"""The board, the line and what keeps the two together; which machines a job asks for; a large fleet in virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fleet_fixtures
import pytest

from handoff.errors import HandoffError
from handoff.fleet import board as boards
from handoff.fleet import overview, selector, upkeep
from handoff.fleet.board import Board
from handoff.fleet.line import Line
from handoff.fleet.simulation import HEAD, Plan, Simulation, row
from handoff.fleet.spec import COMMIT, Spec

JOB = "0123456789ab"
SPEC = Spec(COMMIT, "0" * 40, "smoke", "any")
TOLD = {"name": "a"}
SILENT_S = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with fleet_fixtures.private_redis(tmp_path_factory.mktemp("redis") / "own") as redis:
        client = redis.client()
        yield client
        client.close()


@pytest.fixture
def board(server: Any) -> Board:
    """One job, which waits."""
    server.flushall()
    found = Board(server, now=1000.0)
    found.add(JOB, SPEC)
    Line(server).add(JOB, SPEC.on)
    return found


def state(board: Board) -> str:
    return board.states([JOB])[JOB]


def taken(board: Board, worker: str = "a") -> int:
    assert Line(board.client).next(TOLD) == (JOB, "any")
    return board.take(JOB, worker, SILENT_S)


def send(board: Board, parcel: bytes, run_id: str = "run") -> int:
    chunks = board.send(JOB, parcel.hex(), parcel)
    return board.commit(JOB, parcel.hex(), chunks, len(parcel), run_id, "a")


# ---- the board -----------------------------------------------------------------------------------------------


def test_a_job_is_taken_once(board: Board) -> None:
    assert taken(board) == 1 and state(board) == "running"
    assert board.take(JOB, "b", SILENT_S) == 0 and board.take("ffffffffffff", "b", SILENT_S) == 0


def test_a_job_falls_back_when_its_worker_has_been_silent_for_so_long_and_no_sooner(board: Board) -> None:
    first = taken(board)
    board.now = 1000.0 + SILENT_S - 1
    assert board.abandoned() == [] and board.beat(JOB, first, SILENT_S, "measures")
    # A sign of life may come between a look at who is late and this.
    assert board.abandon(JOB) == "" and state(board) == "running"
    board.now += SILENT_S - 1
    assert board.abandoned() == []
    board.now += 2
    assert board.abandoned() == [(JOB, "queued")] and board.abandoned() == []
    upkeep.settle(board, Line(board.client), JOB, "queued")
    second = taken(board, "b")
    # The first one learns of it, and cannot speak for the job any longer.
    assert not board.beat(JOB, first, SILENT_S, "measures") and board.beat(JOB, second, SILENT_S, "measures")
    assert not board.release(JOB, first) and board.fail(JOB, first, "log") == "running"
    assert board.abandon(JOB, first) == "" and state(board) == "running"


def test_the_first_whole_run_counts_whoever_sends_it(board: Board) -> None:
    taken(board)
    board.now = 2000.0
    board.abandoned()
    upkeep.settle(board, Line(board.client), JOB, "queued")
    taken(board, "b")
    assert send(board, b"of the one that was silent", "first") == 1
    assert send(board, b"of the other one", "second") == 0
    assert send(board, b"of the one that was silent", "first") == 1  # again, as its answer had got lost
    fields = board.fields([JOB])[JOB]
    assert (fields["state"], fields["run_id"]) == ("done", "first")
    assert board.abandoned() == [] and not board.cancel(JOB) and not board.requeue(JOB)


def test_a_run_of_which_a_part_is_missing_is_not_accepted(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "CHUNK_BYTES", 4)
    taken(board)
    parcel = b"0123456789"
    assert board.send(JOB, "sum", parcel) == 3
    board.client.hdel(f"{boards.PREFIX}parcel:{JOB}:sum", "1")
    assert board.commit(JOB, "sum", 3, 10, "run", "a") == -1 and state(board) == "running"
    board.send(JOB, "sum", parcel)
    assert board.commit(JOB, "sum", 3, 10, "run", "a") == 1
    assert board.parcel(JOB, "sum", 3) == parcel


def test_the_third_failure_is_the_last_and_a_vanished_worker_is_none(board: Board) -> None:
    line = Line(board.client)
    for number in range(10):
        taken(board)
        board.now = (board.now or 0.0) + 2 * SILENT_S
        upkeep.keep(board, line)
    for number in (1, 2, 3):
        new = board.fail(JOB, taken(board), f"log {number}")
        upkeep.settle(board, line, JOB, new)
        assert new == ("failed" if number == 3 else "queued")
    assert line.next(TOLD) is None
    told = overview.text(overview.collect(board))
    assert "1 jobs: 1 failed" in told and "3 times failed, 10 times left by its worker" in told
    assert f"log 3; --log {JOB} prints all" in told


def test_a_job_from_which_workers_always_vanish_is_kept_aside_in_the_end(board: Board) -> None:
    for _ in range(boards.MOST_ABANDONED):
        assert state(board) == "queued"
        taken(board)
        board.now = (board.now or 0.0) + 2 * SILENT_S
        upkeep.keep(board, Line(board.client))
    assert state(board) == "failed" and Line(board.client).next(TOLD) is None
    assert board.fields([JOB])[JOB]["log"] == "its worker vanished 50 times"


# ---- the line ------------------------------------------------------------------------------------------------


def test_a_job_that_was_drawn_and_lost_is_found(board: Board) -> None:
    """Its worker died before it could say so."""
    line = Line(board.client)
    assert line.next(TOLD) and line.next(TOLD) is None and state(board) == "queued"
    upkeep.keep(board, line)
    assert line.waiting() == set()  # it might have been about to say so
    upkeep.keep(board, line)
    assert line.waiting() == {JOB} and taken(board) == 1
    for _ in range(3):
        upkeep.keep(board, line)
    assert line.waiting() == set() and state(board) == "running"


def test_what_is_asked_for_in_particular_comes_first(board: Board) -> None:
    line = Line(board.client)
    for at, on in enumerate(("name:b", "name:a", "cores:>=1,name:a")):
        job = f"{at:012x}"
        board.add(job, Spec(COMMIT, "0" * 40, "smoke", on))
        line.add(job, on)
    told = {"name": "a", "cores": "2"}
    drawn = [line.next(told) for _ in range(4)]
    assert drawn == [("000000000002", "cores:>=1,name:a"), ("000000000001", "name:a"), (JOB, "any"), None]


def test_the_line_follows_the_board(board: Board) -> None:
    line, client = Line(board.client), board.client
    taken(board)
    assert client.zrange("rq:wip:handoff-fleet:any", 0, -1) == [JOB.encode()]
    send(board, b"run")
    upkeep.settle(board, line, JOB, "done")
    assert client.zcard("rq:wip:handoff-fleet:any") == 0 and not client.exists(f"rq:job:{JOB}")


# ---- which machines ------------------------------------------------------------------------------------------

MACHINE = {
    "cpu": "AMD EPYC 7B13 64-Core Processor",
    "cores": "64",
    "numa": "2",
    "kernel": "6.1.0-18-amd64",
    "governor": "performance",
    "quota": "none",
    "name": "rack7",
}


@pytest.mark.parametrize(
    "asked, fits",
    [
        ("any", True),
        ("cpu:EPYC*", True),
        ("cpu:epyc 7b13*", True),
        ("cpu:AMD*", True),
        ("cpu:EPYC", False),
        ("cpu:PYC*", False),
        ("cpu:Xeon*", False),
        ("cores:64", True),
        ("cores:6", False),
        ("cores:>=64", True),
        ("cores:>=65", False),
        ("cores:<=64, cpu:EPYC*", True),
        ("cores:<=63,cpu:EPYC*", False),
        ("kernel:6.*,governor:performance,name:rack?", True),
        ("quota:none", True),
        ("quota:>=2", True),
        ("quota:<=2", False),
        ("kernel:>=6", False),
        ("architecture:x86_64", False),
    ],
)
def test_a_machine_fits_if_each_condition_holds(asked: str, fits: bool) -> None:
    assert selector.fits(selector.checked(asked), MACHINE) is fits


def test_this_machine_says_what_it_is() -> None:
    told = selector.of_this_machine("rack7")
    assert set(told) == set(selector.KEYS) and told["name"] == "rack7"
    assert int(told["cores"]) >= 1 and selector.fits(f"kernel:{told['kernel']}", told)


def test_what_is_no_condition_is_refused() -> None:
    assert selector.checked("name:a , cores:>=8") == "cores:>=8,name:a"
    with pytest.raises(HandoffError, match="unknown key of --on 'cpus'; did you mean 'cpu'"):
        selector.checked("cpus:EPYC*")
    for text in ("EPYC*", "cpu:", "", "any,cpu:EPYC*"):
        with pytest.raises(HandoffError, match="is no condition; valid: any, or KEY:PATTERN"):
            selector.checked(text)


# ---- in virtual time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fetch_every_s", [None, 600.0])
def test_a_large_fleet_does_each_job_once(server: Any, fetch_every_s: float | None) -> None:
    server.flushall()
    plan = Plan(15, 60, 4096, 2 * SILENT_S, 10.0, 0.2, fetch_every_s, seed=3)
    found = Simulation(server, plan).run()
    jobs = Board(server).jobs()
    assert [job.state for job in jobs] == ["done"] * 60 and found.done == 60
    assert all(job.fields["fetched"] == "1" for job in jobs)
    # Whoever died had begun a job, which fell back and was begun again.
    assert found.deaths > 5 and found.attempts == 60 + found.deaths
    assert sum(int(job.fields.get("abandoned", 0)) for job in jobs) == found.deaths
    assert 60 * 120.0 / 15 < found.virtual_s < 3 * 60 * 600.0 / 15
    assert not server.keys("handoff:fleet:parcel:*") and not server.zcard("rq:wip:handoff-fleet:any")
    assert row(found).count("|") == HEAD.count("|")
