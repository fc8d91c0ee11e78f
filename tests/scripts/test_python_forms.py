"""The Python forms themselves: each of the source's experiments, measured, verified, and caught when it goes wrong."""

from __future__ import annotations

import itertools
import json
import queue
import re
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import HANG_S

from handoff.python.forms import (
    counters,
    downloads,
    fetching,
    main,
    ping_pong,
    rq_server,
    rq_workers,
    simulated_list,
    simulated_network,
    strategies,
    window,
)
from handoff.python.forms.simulated_list import Document
from handoff.python.forms.simulated_network import End
from handoff.python.forms.fetching import Fetched
from handoff.python.forms.strategies import Setup, Strategy
from handoff.python.forms.window import Figures, FormError
from handoff.run import cases

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent.parent / "scripts" / "python_form.py"
NOT_PINNED = (-1, -1)
RAMP_S, WINDOW_S = 0.005, 0.06


def until_shown(
    run: Callable[[float], Figures], shows: Callable[[Figures], bool] = lambda found: True
) -> Figures:
    """With longer and longer windows: on a busy machine a thread may not have run at all in a short one."""
    for factor in (1, 2, 4, 8, 16, 32):
        try:
            found = run(factor * WINDOW_S)
        except FormError as error:
            if not str(error).startswith("voided"):
                raise
            continue
        if shows(found):
            return found
    raise AssertionError("not even with the longest window")


def until_refused(run: Callable[[float], Figures]) -> str:
    """As above: the fault has to be met before a form can complain of it."""
    for factor in (1, 2, 4, 8, 16, 32):
        try:
            run(factor * WINDOW_S)
        except FormError as error:
            if not str(error).startswith("voided"):
                return str(error)
    raise AssertionError("not even with the longest window")


@pytest.fixture
def bracket(tmp_path: Path) -> Path:
    program = tmp_path / "bracket"
    shutil.copy(HERE / "fake_bracket.py", program)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def form(bracket: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), f"--bracket={bracket}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S)


# ---- ping-pong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("queues", [1, 2])
@pytest.mark.parametrize("wait", ["sleep_1ms", "timed", "block", "try"])
def test_every_hop_arrives_and_is_counted(queues: int, wait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    get, taken = ping_pong.WAITS[wait], itertools.count()

    def counting(numbers: "queue.Queue[int | None]") -> int | None:
        next(taken)
        return get(numbers)

    monkeypatch.setitem(ping_pong.WAITS, wait, counting)

    def run(window_s: float) -> Figures:
        before = next(taken)
        found = ping_pong.run(queues, wait, NOT_PINNED, RAMP_S, window_s)
        assert found["verified"] == 1 and found["round_trips"] >= 1
        assert found["window_s"] >= window_s
        # Those of the ramp are not counted.
        assert 2 * found["round_trips"] <= next(taken) - before
        return found

    def adds_up(found: Figures) -> bool:
        """Each thread notices the edges of the window when it runs."""
        seconds = found["round_trips"] * found["round_trip_ns"] * 1e-9
        return bool(seconds == pytest.approx(found["active_s"] / 2 + found["waiting_s"] / 2, rel=0.5))

    until_shown(run, adds_up)


@pytest.mark.parametrize("queues", [1, 2])
def test_a_lifo_queue_hands_over_as_well(queues: int) -> None:
    found = until_shown(lambda s: ping_pong.run(queues, "block", NOT_PINNED, RAMP_S, s, ping_pong.LIFO))
    assert found["verified"] == 1 and found["round_trips"] >= 1
    assert found["capacity"] == 64
    assert isinstance(ping_pong.QUEUES[ping_pong.LIFO](), queue.LifoQueue)


def test_a_sleeping_wait_takes_its_milliseconds() -> None:
    found = until_shown(
        lambda window_s: ping_pong.run(2, "sleep_1ms", NOT_PINNED, RAMP_S, window_s),
        lambda found: found["waiting_s"] > found["active_s"],
    )
    assert found["round_trip_ns"] >= 1e6


def test_a_number_that_comes_out_changed_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def changing(numbers: "queue.Queue[int | None]") -> int | None:
        got = numbers.get()
        return 3 if got == 2 else got

    monkeypatch.setitem(ping_pong.WAITS, "block", changing)
    said = until_refused(lambda window_s: ping_pong.run(2, "block", NOT_PINNED, RAMP_S, window_s))
    assert re.match("unverified: .* of them others than were sent", said)


def test_a_hop_too_many_is_seen_in_one_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubling(numbers: "queue.Queue[int | None]") -> int | None:
        got = numbers.get()
        if got == 5:
            numbers.put(5)
        return got

    monkeypatch.setitem(ping_pong.WAITS, "block", doubling)
    said = until_refused(lambda window_s: ping_pong.run(1, "block", NOT_PINNED, RAMP_S, window_s))
    assert said.startswith("unverified: the number has made")


def test_a_number_that_is_lost_is_not_waited_for_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(numbers: "queue.Queue[int | None]") -> int | None:
        got = numbers.get()
        return numbers.get() if got == 4 else got

    monkeypatch.setattr(window, "DRAIN_LIMIT_S", 0.2)
    monkeypatch.setitem(ping_pong.WAITS, "block", losing)
    said = until_refused(lambda window_s: ping_pong.run(2, "block", NOT_PINNED, RAMP_S, window_s))
    assert said.startswith("unverified: a thread never came back")


def test_no_round_trip_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    windows: list[window.Window] = []

    class SeenWindow(window.Window):
        def __init__(self) -> None:
            super().__init__()
            windows.append(self)

    def slow(numbers: "queue.Queue[int | None]") -> int | None:
        got = numbers.get()
        while windows[0].phase != window.DRAIN:
            time.sleep(0.001)
        return got

    monkeypatch.setattr(ping_pong, "Window", SeenWindow)
    monkeypatch.setitem(ping_pong.WAITS, "block", slow)
    with pytest.raises(FormError, match="^voided: no round trip"):
        ping_pong.run(2, "block", NOT_PINNED, RAMP_S, 0.02)


# ---- counters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mix", counters.MIXES)
@pytest.mark.parametrize("implementation", list(counters.FORMS))
def test_what_was_added_and_what_was_lost_add_up(implementation: str, mix: str) -> None:
    found = until_shown(
        lambda window_s: counters.run(implementation, mix, NOT_PINNED, RAMP_S, window_s),
        lambda found: found["operations"] > 0,
    )
    assert found["adds"] >= found["operations"]
    assert found["thread_share_min"] <= 1.0 <= found["thread_share_max"]
    assert found["verified"] == (implementation == "python_lock")
    assert ("consecutive" in found) == (mix == "list_packed")
    if mix == "increment":
        assert found["final_value"] == found["adds"] - found["lost_updates"]
    if implementation == "python_lock":
        assert found["lost_updates"] == 0
        assert found.get("consecutive", 1) == 1


def test_a_lock_that_locks_nothing_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(values: list[int], step: int, lock: Any) -> None:
        values[0] += (counters.BATCH - 1) * step

    monkeypatch.setitem(counters.FORMS, "python_lock", (losing, losing))
    said = until_refused(
        lambda window_s: counters.run("python_lock", "increment", NOT_PINNED, RAMP_S, window_s)
    )
    assert re.match("unverified: the counter is off by [1-9]", said)


@pytest.mark.skipif(sys.version_info < (3, 10), reason="older ones change threads between any two bytecodes")
def test_since_3_10_an_unlocked_increment_loses_nothing_in_such_a_loop() -> None:
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        found = counters.run("python_unlocked", "list_packed", NOT_PINNED, RAMP_S, 2 * WINDOW_S)
        # A call between load and store is enough.
        until_shown(
            lambda window_s: counters.run(
                "python_unlocked_call", "list_packed", NOT_PINNED, RAMP_S, window_s
            ),
            lambda calling: calling["lost_updates"] > 0,
        )
    finally:
        sys.setswitchinterval(old)
    assert found["lost_updates"] == 0 and found["consecutive"] == 1


# ---- downloads -----------------------------------------------------------------------------------------------


CPP_LIST = [(3296556, 16281), (3921971, 6387), (2687795, 56890)]  # nanoseconds, bytes
CPP_BYTES, CPP_LATENCY_NS = 1_072_557, 295_959_142  # of all 64
CPP_PAGES = [(41206957, 16281), (49024639, 6387), (33597440, 56890)]
CPP_PAGES_BYTES, CPP_PAGES_LATENCY_NS = 176_410, 406_256_399  # of all 11
# The pauses after the attempts of document 7, beyond as many as there are.
CPP_PAUSES_NS = [9674291, 18922148, 16507009, 55372297, 80336561, 88771656, 542016889, 790508550, 791185814]


def test_the_list_is_the_one_that_the_cpp_side_draws() -> None:
    """make_documents of benchmarks/downloads/job/list.cpp, for 64 and 11 documents, printed by a C++ program."""
    for (items, ms), first, bytes_of_all, latency_ns in (
        ((64, 4), CPP_LIST, CPP_BYTES, CPP_LATENCY_NS),
        ((11, 50), CPP_PAGES, CPP_PAGES_BYTES, CPP_PAGES_LATENCY_NS),
    ):
        found = simulated_list.documents(items, ms, 1)
        assert [document[:2] for document in found[:3]] == first
        assert sum(document.bytes for document in found) == bytes_of_all
        assert sum(document.latency_ns for document in found) == latency_ns
    # [rand.predef]: the 10,000th value of a default-constructed std::mt19937_64.
    random = simulated_list.Mt19937_64(5489)
    assert [random() for _ in range(10_000)][-1] == 9981545732273789042


@pytest.mark.parametrize(
    "seed, failures, by_place, permanent, under_way_ns",
    [
        (1, 67, 15_915, [196, 471], 2_969_613_310),
        (3403237326, 55, 14_517, [47, 107, 119, 132, 196, 276, 326, 389], 2_784_978_217),
    ],
)
def test_what_goes_wrong_is_what_goes_wrong_on_the_cpp_side(
    seed: int, failures: int, by_place: int, permanent: list[int], under_way_ns: int
) -> None:
    """make_documents with failures, and time_under_way of downloads/job/network.cpp, printed by a C++ program."""
    found = simulated_list.documents(500, 4, seed, 10)
    assert sum(document.failures for document in found) == failures
    assert sum(at * document.failures for at, document in enumerate(found)) == by_place
    assert [at for at, document in enumerate(found) if document.permanent] == permanent
    taken = [simulated_network.under_way_ns(document, at, seed) for at, document in enumerate(found)]
    assert sum(taken) == under_way_ns
    assert [one[:2] for one in found] == [one[:2] for one in simulated_list.documents(500, 4, seed)]


def test_the_pauses_are_those_of_the_cpp_side() -> None:
    assert [simulated_network.pause_ns(1, 7, number) for number in range(9)] == CPP_PAUSES_NS


@pytest.mark.parametrize(
    "document, end, pauses",
    [
        (Document(1000, 1), End("arrived", 1), 0),
        (Document(1000, 1, failures=4), End("arrived", 5), 4),
        (Document(1000, 1, failures=5), End("gave up", 5), 4),
        (Document(1000, 1, failures=2, permanent=True), End("refused", 1), 0),
    ],
)
def test_a_document_comes_to_the_end_that_the_list_has_for_it(
    document: Document, end: End, pauses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(simulated_network.time, "sleep", slept.append)
    assert simulated_network.download(document, 7, 1) == end == simulated_network.expected_end(document)
    assert len(slept) == end.attempts + pauses
    assert slept[1::2] == [pause * 1e-9 for pause in CPP_PAUSES_NS[:pauses]]
    assert sum(slept) * 1e9 == pytest.approx(simulated_network.under_way_ns(document, 7, 1))


BRIEF = Setup(16, 1, 4)


@pytest.mark.parametrize("implementation", list(strategies.STRATEGIES))
def test_every_document_arrives_once_and_no_earlier_than_it_can(implementation: str) -> None:
    # A worker is killed in the midst of a document only if there is time for it.
    found = downloads.run(
        implementation, BRIEF._replace(median_ms=30) if implementation == "python_rq_killed" else BRIEF, 1
    )
    assert found["items"] == 16 and found["bytes"] > 0 and found["failed"] == 0
    assert found["makespan_s"] >= found["bound_s"] and 0 < found["efficiency"] <= 1
    assert found["first_result_s"] <= found["makespan_s"]
    assert found["p50_ns"] <= found["p99_ns"] <= found["max_ns"] <= 1e9 * found["makespan_s"]
    assert found["left_behind"] <= (16 if implementation == "python_pool_flagged" else 0)


def test_errors_are_tried_again_and_counted() -> None:
    seed = 3403237326
    found = downloads.run("python_pool", Setup(120, 0.1, 16, 10), seed)
    job = simulated_list.documents(120, 0.1, seed, 10)
    permanent = [document for document in job if document.permanent]
    assert found["failed"] == len(permanent) == 3
    assert found["retries"] == sum(document.failures for document in job if not document.permanent) > 0
    assert found["bytes"] == sum(document.bytes for document in job if not document.permanent)
    assert found["makespan_s"] >= found["bound_s"]


def fetched(index: int) -> Fetched:
    now = time.perf_counter()
    return Fetched(index, End("arrived", 1), 0, 0, now, now)


def test_a_window_waits_for_its_first_document() -> None:
    """The others of the window are there long before it, and the next one is asked for after it."""
    asked: "queue.Queue[int]" = queue.Queue()
    first_may_come = threading.Event()

    def get(index: int) -> Fetched:
        asked.put(index)
        if index == 0:
            first_may_come.wait(HANG_S)
        return fetched(index)

    delivered: list[int] = []
    moving = threading.Thread(
        target=strategies.window_in_order, args=(8, 4, get, lambda one: delivered.append(one.document))
    )
    moving.start()
    at_first = sorted(asked.get(timeout=HANG_S) for _ in range(4))
    time.sleep(0.05)  # a fifth would have come by now
    too_early = (asked.qsize(), list(delivered))
    first_may_come.set()
    moving.join()
    assert at_first == [0, 1, 2, 3] and too_early == (0, [])
    assert delivered == list(range(8))


def test_a_flag_leaves_what_is_in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flag is set when each worker is at its first document."""
    caller, arrived, flagged = threading.get_ident(), threading.Semaphore(0), threading.Event()

    class Flag(threading.Event):
        def set(self) -> None:
            for _ in range(4):
                assert arrived.acquire(timeout=HANG_S)
            super().set()
            flagged.set()

    by_workers: list[int] = []
    by_caller: list[int] = []

    def get(index: int) -> Fetched:
        if threading.get_ident() != caller:
            arrived.release()
            flagged.wait(HANG_S)
        return fetched(index)

    def deliver(one: Fetched) -> None:
        (by_caller if threading.get_ident() == caller else by_workers).append(one.document)

    monkeypatch.setattr(strategies, "threading", SimpleNamespace(Thread=threading.Thread, Event=Flag))
    assert strategies.pool_flagged(16, 4, get, deliver) == 12
    assert sorted(by_workers) == [0, 1, 2, 3] and by_caller == list(range(4, 16))


def test_a_none_for_each_ends_the_workers_after_their_work() -> None:
    workers: set[threading.Thread] = set()
    delivered: list[int] = []

    def get(index: int) -> Fetched:
        workers.add(threading.current_thread())
        return fetched(index)

    strategies.pool_stopped(16, 4, get, lambda one: delivered.append(one.document))
    assert sorted(delivered) == list(range(16))
    assert threading.current_thread() not in workers
    assert not any(worker.is_alive() for worker in workers)


Get = Callable[[int, strategies.Fetch, strategies.Deliver], object]


def of_each(how: Get) -> Strategy:
    def run(items: int, n: int, get: strategies.Fetch, deliver: strategies.Deliver) -> None:
        for index in range(items):
            how(index, get, deliver)

    return Strategy(run)


def twice(index: int, get: strategies.Fetch, deliver: strategies.Deliver) -> None:
    for _ in range(2 if index == 7 else 1):
        deliver(get(index))


@pytest.mark.parametrize(
    "how, says",
    [
        (lambda index, get, deliver: index == 7 or deliver(get(index)), "1 of 16 documents were lost"),
        (twice, "1 of 16 documents came twice"),
        (
            lambda index, get, deliver: deliver(
                get(index)._replace(checksum=get(index).checksum ^ (index == 3))
            ),
            "document 3 is not whole",
        ),
        (
            lambda index, get, deliver: deliver(
                get(index)._replace(end=End("arrived", 2 if index == 5 else 1))
            ),
            "document 5 came to another end than its own",
        ),
    ],
)
def test_a_document_that_is_lost_or_repeated_or_torn_is_caught(
    how: Get, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(strategies.STRATEGIES, "python_pool", of_each(how))
    with pytest.raises(FormError, match=f"^unverified: {says}"):
        downloads.run("python_pool", Setup(16, 0.1, 1), 1)


# ---- downloads over RQ ---------------------------------------------------------------------------------------


def test_failed_jobs_are_kept_and_put_back_by_hand() -> None:
    seed = 3403237326
    found = downloads.run("python_rq_simple", Setup(120, 0.1, 3, 10), seed)
    permanent = [one for one in simulated_list.documents(120, 0.1, seed, 10) if one.permanent]
    assert found["put_back"] == found["failed"] == len(permanent) == 3
    assert found["retries"] > 0 and found["cpu_s"] > 0


@pytest.mark.parametrize(
    "fault, says",
    [
        ("forgets", "2 failed jobs were kept; the list has 3"),
        ("swallows", "0 failed jobs were kept; the list has 3"),
        ("blanks", "the failed job of document 47 was kept without its reason"),
    ],
)
def test_a_failed_job_that_is_not_kept_as_it_should_be_is_caught(
    fault: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(jobs: rq_workers.Jobs, documents: Any, deliver: Any) -> None:
        rq_workers.all_of(jobs, documents, deliver)
        kept = sorted(jobs.failed(), key=int)
        if fault == "blanks":
            monkeypatch.setattr(rq_workers, "expected_end", lambda one: End("refused", 1 + one.permanent))
        for index in {"forgets": kept[:1], "swallows": kept}.get(fault, []):
            jobs.queue.failed_job_registry.remove(index, delete_job=True)

    job = simulated_list.documents(120, 0.1, 3403237326, 10)
    office = rq_workers.over(rq_server.SIMPLE, spoiled)
    if fault == "blanks":
        job = [one for one in job if one.permanent]
        says = says.replace("47", "0")
    with pytest.raises(FormError, match=f"^unverified: {says}"):
        with office(job, 3403237326, 2, {}) as run:
            run(lambda one: None)


def test_nothing_of_rq_is_left_when_its_job_has_ended() -> None:
    with rq_server.opened(2, rq_server.SIMPLE) as office:
        pids = [process.pid for process in (office.server, *office.workers)]
        folder = Path(office.redis.connection_pool.connection_kwargs["path"]).parent
        assert all(Path(f"/proc/{pid}").exists() for pid in pids) and folder.exists()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids) and not folder.exists()


def test_a_python_without_rq_has_no_such_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert not [case.name for case in main.all_cases() if "python_rq" in case.name]
    monkeypatch.undo()
    assert [case.name for case in main.all_cases() if "python_rq" in case.name]


@pytest.mark.parametrize("implementation", ["python_window_in_order", "python_executor_map"])
def test_a_promised_order_is_kept(implementation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def backwards(items: int, n: int, get: strategies.Fetch, deliver: strategies.Deliver) -> None:
        for index in reversed(range(items)):
            deliver(get(index))

    promised = strategies.STRATEGIES[implementation]._replace(run=backwards)
    monkeypatch.setitem(strategies.STRATEGIES, implementation, promised)
    says = f"^unverified: results came out of order, which '{implementation}' promises"
    with pytest.raises(FormError, match=says):
        downloads.run(implementation, Setup(8, 0.1, 4), 1)


def test_more_under_way_than_may_be_are_caught() -> None:
    job = simulated_list.documents(3, 0.1, 1)
    all_three = [fetching.fetch(job[index], index, 1) for index in range(3)]
    # The last begins when the first ends, which is not at once.
    times = [(0.0, 2.0), (1.0, 4.0), (2.0, 3.0)]
    placed = [one._replace(started=start, ended=end) for one, (start, end) in zip(all_three, times)]
    downloads.verify(job, placed, 2)
    placed[2] = placed[2]._replace(started=1.5)
    with pytest.raises(
        FormError, match="^unverified: 3 of 3 documents were under way at once; at most 2 may"
    ):
        downloads.verify(job, placed, 2)


# ---- the program ---------------------------------------------------------------------------------------------


def test_it_lists_its_cases_as_a_benchmark_does(bracket: Path) -> None:
    listed = [
        cases.from_listing(line) for line in form(bracket, "--benchmark_list_tests").stdout.splitlines()
    ]
    assert len({case.name for case in listed}) == len(listed) > 20
    assert {case.implementation for case in listed} == set(main.CITES)
    waits = {case.keys["wait"] for case in listed if case.workload == "ping_pong"}
    assert waits == {"spin", "try", "sleep_1ms", "timed", "block"}


def test_it_prints_the_frames_figures_with_its_own(bracket: Path) -> None:
    case = cases.parse("ping_pong/python_queue/queues:2/wait:block/report:mean")
    done = form(bracket, f"--benchmark_filter=^{case.name}$", "--window_ms=60", "--ramp_ms=5")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    (entry,) = document["benchmarks"]
    assert cases.from_listing(entry["name"]) == case and entry["label"] == "cpus:-1,-1"
    assert entry["team"] == 2 and entry["yardstick_after_ns"] == 51.0 and entry["oversubscribed"] == 0.0
    assert entry["round_trips"] >= 1 and entry["verified"] == 1
    assert document["context"]["python"] == ".".join(map(str, sys.version_info[:3]))


def test_a_frame_that_is_void_fails_the_trial(bracket: Path) -> None:
    bracket.with_name("bracket.voided").touch()
    done = form(bracket, "--benchmark_filter=python_lock/t:1/mix:increment", "--window_ms=5", "--ramp_ms=1")
    (entry,) = json.loads(done.stdout)["benchmarks"]
    assert done.returncode == 1 and entry["error_occurred"]
    assert entry["error_message"] == "voided: the harness clock ran 3% off wall time"


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--benchmark_filter=nothing"], "no case matches --benchmark_filter 'nothing'"),
        (["--benchmark_filter=("], "--benchmark_filter '(' is not a regular expression"),
        (["--window_ms=0"], "--window_ms is 0; at least 1"),
        (["--placement=nowhere", "--benchmark_filter=t:1"], "placement 'nowhere' is unknown"),
    ],
)
def test_misuse_is_said_in_one_line(bracket: Path, arguments: list[str], says: str) -> None:
    done = form(bracket, *arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert says in done.stderr and len(done.stderr.splitlines()) == 1
