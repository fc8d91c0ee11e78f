"""The Python forms themselves: each of the source's experiments, measured, verified, and caught when it goes wrong."""

from __future__ import annotations

import itertools
import json
import queue
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from handoff import cases
from handoff.python_forms import counters, downloads, main, ping_pong, simulated_list, window
from handoff.python_forms.window import FormError

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent.parent / "scripts" / "python_form.py"
NOT_PINNED = (-1, -1)
RAMP_S, WINDOW_S = 0.005, 0.06


@pytest.fixture
def bracket(tmp_path: Path) -> Path:
    program = tmp_path / "bracket"
    shutil.copy(HERE / "fake_bracket.py", program)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def form(bracket: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), f"--bracket={bracket}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


# ---- ping-pong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("queues", [1, 2])
@pytest.mark.parametrize("wait", ["sleep_1ms", "timed", "block", "try"])
def test_every_hop_arrives_and_is_counted(queues: int, wait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    get, taken = ping_pong.WAITS[wait], itertools.count()

    def counting(numbers: "queue.Queue[int | None]") -> int | None:
        next(taken)
        return get(numbers)

    monkeypatch.setitem(ping_pong.WAITS, wait, counting)
    found = ping_pong.run(queues, wait, NOT_PINNED, RAMP_S, 2 * WINDOW_S)
    assert found["verified"] == 1 and found["round_trips"] >= 1
    seconds = found["round_trips"] * found["round_trip_ns"] * 1e-9
    assert seconds == pytest.approx(found["active_s"] / 2 + found["waiting_s"] / 2, rel=0.5)
    assert found["window_s"] >= 2 * WINDOW_S
    # Those of the ramp are not counted.
    assert 2 * found["round_trips"] <= next(taken)


@pytest.mark.parametrize("queues", [1, 2])
def test_a_lifo_queue_hands_over_as_well(queues: int) -> None:
    found = ping_pong.run(queues, "block", NOT_PINNED, RAMP_S, 2 * WINDOW_S, ping_pong.LIFO)
    assert found["verified"] == 1 and found["round_trips"] >= 1
    assert found["capacity"] == 64
    assert isinstance(ping_pong.QUEUES[ping_pong.LIFO](), queue.LifoQueue)


def test_a_sleeping_wait_takes_its_milliseconds() -> None:
    found = ping_pong.run(2, "sleep_1ms", NOT_PINNED, RAMP_S, 3 * WINDOW_S)
    assert found["round_trip_ns"] >= 1e6
    assert found["waiting_s"] > found["active_s"]


def test_a_number_that_comes_out_changed_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def changing(numbers: "queue.Queue[int | None]") -> int | None:
        got = numbers.get()
        return 3 if got == 2 else got

    monkeypatch.setitem(ping_pong.WAITS, "block", changing)
    with pytest.raises(FormError, match="^unverified: .* of them others than were sent"):
        ping_pong.run(2, "block", NOT_PINNED, RAMP_S, WINDOW_S)


def test_a_hop_too_many_is_seen_in_one_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubling(numbers: "queue.Queue[int | None]") -> int | None:
        got = numbers.get()
        if got == 5:
            numbers.put(5)
        return got

    monkeypatch.setitem(ping_pong.WAITS, "block", doubling)
    with pytest.raises(FormError, match="^unverified: the number has made"):
        ping_pong.run(1, "block", NOT_PINNED, RAMP_S, WINDOW_S)


def test_a_number_that_is_lost_is_not_waited_for_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(numbers: "queue.Queue[int | None]") -> int | None:
        got = numbers.get()
        return numbers.get() if got == 4 else got

    monkeypatch.setattr(window, "DRAIN_LIMIT_S", 0.2)
    monkeypatch.setitem(ping_pong.WAITS, "block", losing)
    with pytest.raises(FormError, match="^unverified: a thread never came back"):
        ping_pong.run(2, "block", NOT_PINNED, RAMP_S, WINDOW_S)


def test_no_round_trip_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(numbers: "queue.Queue[int | None]") -> int | None:
        got = numbers.get()
        time.sleep(0.1)
        return got

    monkeypatch.setitem(ping_pong.WAITS, "block", slow)
    with pytest.raises(FormError, match="^voided: no round trip"):
        ping_pong.run(2, "block", NOT_PINNED, RAMP_S, 0.02)


# ---- counters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mix", counters.MIXES)
@pytest.mark.parametrize("implementation", list(counters.FORMS))
def test_what_was_added_and_what_was_lost_add_up(implementation: str, mix: str) -> None:
    found = counters.run(implementation, mix, NOT_PINNED, RAMP_S, WINDOW_S)
    assert found["adds"] >= found["operations"] > 0
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
    with pytest.raises(FormError, match="^unverified: the counter is off by [1-9]"):
        counters.run("python_lock", "increment", NOT_PINNED, RAMP_S, WINDOW_S)


@pytest.mark.skipif(sys.version_info < (3, 10), reason="older ones change threads between any two bytecodes")
def test_since_3_10_an_unlocked_increment_loses_nothing_in_such_a_loop() -> None:
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        found = counters.run("python_unlocked", "list_packed", NOT_PINNED, RAMP_S, 2 * WINDOW_S)
        calling = counters.run("python_unlocked_call", "list_packed", NOT_PINNED, RAMP_S, 2 * WINDOW_S)
    finally:
        sys.setswitchinterval(old)
    assert found["lost_updates"] == 0 and found["consecutive"] == 1
    assert calling["lost_updates"] > 0, "a call between load and store is enough"


# ---- downloads -----------------------------------------------------------------------------------------------


CPP_LIST = [(3296556, 16281), (3921971, 6387), (2687795, 56890)]  # nanoseconds, bytes
CPP_BYTES, CPP_LATENCY_NS = 1_072_557, 295_959_142  # of all 64


def test_the_list_is_the_one_that_the_cpp_side_draws() -> None:
    """make_documents(64, 1) of benchmarks/harness/download_job.cpp, printed by a C++ program."""
    found = simulated_list.documents(64, 4, 1)
    assert [tuple(document) for document in found[:3]] == CPP_LIST
    assert sum(document.bytes for document in found) == CPP_BYTES
    assert sum(document.latency_ns for document in found) == CPP_LATENCY_NS
    # [rand.predef]: the 10,000th value of a default-constructed std::mt19937_64.
    random = simulated_list.Mt19937_64(5489)
    assert [random() for _ in range(10_000)][-1] == 9981545732273789042


@pytest.mark.parametrize("implementation", list(downloads.STRATEGIES))
def test_every_document_arrives_once_and_no_earlier_than_it_can(
    implementation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "ITEMS", 16)
    monkeypatch.setattr(downloads, "MEDIAN_MS", 1)
    found = downloads.run(implementation, 1)
    assert found["items"] == 16 and found["bytes"] > 0
    assert found["makespan_s"] >= found["bound_s"] and 0 < found["efficiency"] <= 1
    assert found["first_result_s"] <= found["makespan_s"]
    assert found["p50_ns"] <= found["p99_ns"] <= found["max_ns"] <= 1e9 * found["makespan_s"]


@pytest.mark.parametrize(
    "again, says", [(0, "1 of 16 documents were lost"), (2, "1 of 16 documents came twice")]
)
def test_a_lost_or_repeated_document_is_caught(
    again: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(items: int, n: int, get: downloads.Fetch, deliver: downloads.Deliver) -> None:
        for index in range(items):
            for _ in range(again if index == 7 else 1):
                deliver(get(index))

    monkeypatch.setattr(downloads, "ITEMS", 16)
    monkeypatch.setattr(downloads, "MEDIAN_MS", 0.1)
    monkeypatch.setitem(downloads.STRATEGIES, "python_pool", downloads.Strategy(wrong, 1))
    with pytest.raises(FormError, match=f"^unverified: {says}"):
        downloads.run("python_pool", 1)


def test_a_torn_document_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(items: int, n: int, get: downloads.Fetch, deliver: downloads.Deliver) -> None:
        for index in range(items):
            one = get(index)
            deliver(one._replace(checksum=one.checksum ^ (index == 3)))

    monkeypatch.setattr(downloads, "ITEMS", 16)
    monkeypatch.setattr(downloads, "MEDIAN_MS", 0.1)
    monkeypatch.setitem(downloads.STRATEGIES, "python_pool", downloads.Strategy(wrong, 1))
    with pytest.raises(FormError, match="^unverified: document 3 is not whole"):
        downloads.run("python_pool", 1)


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
    done = form(bracket, f"--benchmark_filter={cases.listing_filter(case)}", "--window_ms=60", "--ramp_ms=5")
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
