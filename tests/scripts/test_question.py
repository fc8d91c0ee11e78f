"""A question: what it may ask for, who promises it, and which measured setting is nearest."""

from __future__ import annotations

import argparse
from typing import Any

import pytest
from conftest import queue

from handoff.campaign import candidates, nearest, question_options
from handoff.campaign.nearest import Setting
from handoff.campaign.question import Question
from handoff.errors import HandoffError

PROGRESS = {"push": "lock_free", "pop": "lock_free"}
QUEUES: list[dict[str, Any]] = [
    queue("ring", **PROGRESS | {"push": "blocking"}),
    queue("free_ring", **PROGRESS),
    queue("spsc", producers="one", consumers="one", push="wait_free", pop="wait_free"),
    queue("list", bound="unbounded", delivery="per_producer_fifo", **PROGRESS),
    queue("stack", delivery="lifo", **PROGRESS),
    queue("small", max_capacity=100, items=["8"], **PROGRESS),
    queue("sleeper", own_wait=True, bound="unbounded", **PROGRESS),
    queue("losing", control="lossy", **PROGRESS),
]


def able(**asked: Any) -> list[str]:
    return list(candidates.of(QUEUES, Question(**asked)).names)


def faults(name: str, **asked: Any) -> dict[str, str]:
    return candidates.of(QUEUES, Question(**asked)).out[name]


# ---- what may be asked ---------------------------------------------------------------------------------------


def test_what_waits_there_are_the_catalog_says() -> None:
    with pytest.raises(
        HandoffError, match="unknown wait 'sleep'; did you mean 'sleep_1ms'\\? valid: pause, sleep_1ms"
    ):
        Question(wait="sleep").check_wait(["pause", "sleep_1ms"])
    Question(wait="pause").check_wait(["pause", "sleep_1ms"])
    Question(wait="sleep").check_wait([])  # of a run that does not say


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"goal": "speed"}, "unknown goal 'speed'; valid: throughput, round_trip, p99, cpu, memory"),
        ({"order": "fiffo"}, "unknown order 'fiffo'; did you mean 'fifo'? valid: fifo, per_producer, any"),
        ({"producers": 0}, "--producers 0: at least 1"),
        ({"consumers": -1}, "--consumers -1: at least 1"),
        ({"item": "large"}, "--item 'large'; valid: bytes such as 64, or move_only"),
        ({"item": "0"}, "--item '0'; valid: bytes such as 64, or move_only"),
        ({"bounded": 0}, "--bounded 0: at least 1"),
        ({"bounded": 8, "unbounded": True}, "--bounded 8 and --unbounded; valid: one of the two, or neither"),
        ({"rate": "1k"}, "--rate 1k: only of --goal p99, not of throughput"),
        ({"goal": "p99"}, "--goal p99 needs --rate; valid: items per second such as 200k, or 80%"),
        (
            {"goal": "p99", "rate": "0"},
            "--rate '0'; valid: items per second such as 200k or 1M, or a share such as 80%",
        ),
        ({"goal": "p99", "rate": "fast"}, "--rate 'fast'; valid: items per second such as 200k or 1M"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(HandoffError) as error:
        Question(**asked).check()
    assert str(error.value).startswith(said)


def given(*arguments: str) -> argparse.Namespace:
    return question_options.parser().parse_args(arguments)


@pytest.mark.parametrize(
    "asked",
    [
        Question(),
        Question("p99", 4, 2, "move_only", "any", None, True, True, "block", "80%"),
        Question("memory", 2, 1, "100", "per_producer", 4096, False, False, "own"),
    ],
)
def test_a_question_is_asked_again_by_its_arguments(asked: Question) -> None:
    options = given(*asked.arguments())
    question_options.check(options)
    assert question_options.question_of(options) == asked


@pytest.mark.parametrize(
    "option", ["--time-budget=5s", "--seed=1", "--out=x", "--placement=none", "--build-dir=x"]
)
def test_a_stored_run_is_not_told_how_to_measure(option: str) -> None:
    with pytest.raises(HandoffError, match=f"{option.partition('=')[0]} says how to measure"):
        question_options.check(given("--from", "somewhere", option))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--time-budget=soon", "'soon' is no duration"),
        ("--seed=-1", "--seed -1: at least 0"),
        ("--placement=here", "--placement 'here' is unknown"),
    ],
)
def test_how_to_measure_is_checked_at_once(option: str, said: str) -> None:
    with pytest.raises(HandoffError, match=said):
        question_options.check(given(option))


# ---- who promises it -----------------------------------------------------------------------------------------


def test_each_promise_keeps_out_who_does_not_make_it() -> None:
    assert able(order="any") == [
        "ring",
        "free_ring",
        "spsc",
        "list",
        "stack",
        "sleeper",
    ]  # 1,024 places are usual
    assert able(order="any", producers=2) == ["ring", "free_ring", "list", "stack", "sleeper"]
    assert able(producers=2) == ["ring", "free_ring", "sleeper"]
    assert able(producers=2, order="per_producer") == ["ring", "free_ring", "list", "sleeper"]
    assert able(bounded=64) == ["ring", "free_ring", "spsc", "small"]
    assert able(unbounded=True) == ["list", "sleeper"]
    assert able(bounded=64, lock_free=True) == ["free_ring", "spsc", "small"]
    assert able(bounded=64, item="9") == ["ring", "free_ring", "spsc"]
    assert able(bounded=64, item="move_only") == ["ring", "free_ring", "spsc"]
    assert able(wait="own") == ["sleeper"]


def test_of_one_producer_the_order_per_producer_is_that_of_all() -> None:
    assert "list" in able() and "list" not in able(producers=2)


def test_why_is_said_in_a_word() -> None:
    assert faults("spsc", producers=2, consumers=2) == {
        "producers": "one producer",
        "consumers": "one consumer",
    }
    assert faults("stack") == {"order": "lifo"}
    assert faults("list", producers=2, bounded=10) == {"order": "per producer fifo", "bound": "unbounded"}
    assert faults("ring", unbounded=True, lock_free=True) == {"bound": "bounded", "progress": "blocking"}
    assert faults("small", bounded=101, item="64") == {"capacity": "at most 100", "item": "no 64 items"}
    assert faults("ring", wait="own") == {"wait": "no wait of its own"}


def test_a_control_is_no_candidate_and_not_told_of() -> None:
    found = candidates.of(QUEUES, Question())
    assert "losing" not in found.names and "losing" not in found.out


def test_each_promise_has_a_price() -> None:
    asked = Question(producers=2, bounded=64, lock_free=True, wait="block")
    relaxed = {one.promise: one for one in candidates.relaxed(asked)}
    assert list(relaxed) == ["order", "bound", "progress", "wait"]
    assert relaxed["order"].question.order == "per_producer"
    assert relaxed["bound"].question.bounded is None
    assert not relaxed["progress"].question.lock_free
    assert relaxed["wait"].question.wait == "pause"
    assert [one.said for one in candidates.relaxed(Question(unbounded=True))] == [
        "if the order did not matter",
        "if it were bounded",
    ]
    assert candidates.relaxed(Question(order="any")) == []


# ---- the nearest setting -------------------------------------------------------------------------------------

ALL = ("ring", "free_ring", "list")


def throughput(
    p: int = 1,
    c: int = 1,
    wait: str = "pause",
    item: str = "8",
    capacity: int = 1024,
    of: tuple[str, ...] = ALL,
) -> Setting:
    keys = {"p": str(p), "c": str(c), "wait": wait, "item": item, "capacity": str(capacity)}
    return Setting("/".join(f"{key}:{value}" for key, value in keys.items()), "producer_consumer", keys, of)


def load(rate: str, wait: str = "spin", offered: float | None = None) -> Setting:
    keys = {"p": "1", "c": "1", "wait": wait, "arrivals": "poisson", "rate": rate}
    return Setting(f"{wait}/{rate}", "load", keys, ALL, offered)


def chosen(asked: Question, *settings: Setting) -> nearest.Place:
    found = nearest.place(asked, settings, ALL)
    assert found is not None
    return found


def test_the_exact_setting_is_found() -> None:
    wanted = throughput(4, 1, "block", "64", 64)
    asked = Question(producers=4, item="64", bounded=64, wait="block")
    found = chosen(asked, throughput(), throughput(4, 1), wanted, throughput(4, 1, "block", "64"))
    assert found.setting is wanted and found.is_exact


@pytest.mark.parametrize(
    ("asked", "nearer", "further"),
    [
        (Question(producers=3), throughput(4), throughput(8)),
        (Question(producers=4), throughput(2), throughput(1)),
        (Question(producers=4, consumers=1), throughput(2, 2), throughput(1, 1)),
        (Question(wait="pause"), throughput(wait="spin"), throughput(wait="block")),
        (Question(wait="own"), throughput(wait="block"), throughput(wait="pause")),
        (Question(wait="block"), throughput(wait="block", of=("ring",)), throughput(wait="pause")),
        (Question(item="100"), throughput(item="64"), throughput(item="256")),
        (Question(bounded=100), throughput(capacity=64), throughput(capacity=1024)),
        (Question(), throughput(2), throughput(of=("ring",))),  # rather a contest of all
        (Question(goal="p99", rate="200k"), load("100000"), load("1000000")),
        (Question(goal="p99", rate="200k"), load("10%", offered=1e6), load("80%", offered=8e6)),
    ],
)
def test_the_nearer_setting_is_taken(asked: Question, nearer: Setting, further: Setting) -> None:
    assert chosen(asked, nearer, further).setting is nearer
    assert chosen(asked, further, nearer).setting is nearer


def test_what_differs_is_told() -> None:
    asked = Question(producers=4, item="100", bounded=64)
    found = chosen(asked, throughput(2, 2, "spin", "64"))
    assert [(one.what, one.asked, one.measured) for one in found.differences] == [
        ("producers", "4", "2"),
        ("consumers", "1", "2"),
        ("wait", "pause", "spin"),
        ("item", "100", "64"),
        ("capacity", "64", "1024"),
    ]


def test_a_share_is_told_with_its_rate() -> None:
    (one,) = chosen(Question(goal="p99", rate="200k", wait="spin"), load("10%", offered=2.29e6)).differences
    assert (one.what, one.asked, one.measured) == ("rate", "200k", "10%, about 2.29M/s")
    assert chosen(Question(goal="p99", rate="0.1M", wait="spin"), load("100000")).is_exact


def test_a_round_trip_is_of_two_threads_and_8_bytes() -> None:
    keys = {"queues": "2", "wait": "pause", "report": "mean"}
    trip = Setting("trip", "ping_pong", keys, ALL)
    tail = Setting("tail", "ping_pong", keys | {"report": "distribution"}, ALL)
    assert chosen(Question(goal="round_trip"), tail, trip).setting is trip
    assert chosen(Question(goal="round_trip"), tail, trip).is_exact
    found = chosen(Question(goal="round_trip", producers=2, item="64"), trip)
    assert [one.what for one in found.differences] == ["producers", "item"]


def test_only_what_has_candidates_is_a_place() -> None:
    assert nearest.place(Question(), [throughput(of=("stack",)), load("80%")], ALL) is None
