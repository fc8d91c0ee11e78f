"""The rows of the decision table: quick measures each for everybody who can do the job, and races them."""

from __future__ import annotations

import os
from typing import Any

import pytest
from profile_fixtures import COUNTERS, LOCKS, QUEUES, WAYS_TO_WAIT, suite

from handoff.campaign import rows
from handoff.campaign.profiles import PROFILES
from handoff.campaign.rows import ROWS, Row
from handoff.campaign.runner import BRIEF_MS, Settings
from handoff.report import decisions
from handoff.run.cases import Case, parse
from handoff.run.sampling import Contest

SUITE = suite()
CHOSEN = PROFILES["quick"].select(SUITE)
SPECS = {spec["name"]: spec for spec in [*QUEUES, *COUNTERS, *LOCKS, *WAYS_TO_WAIT]}
BY_TITLE = {row.title: row for row in ROWS}
WAITS = BY_TITLE["Spin or block"]


@pytest.fixture(autouse=True)
def two_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    with_cpus(monkeypatch, 2)


def with_cpus(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(count)))


def contests() -> dict[str, Contest]:
    return {one.title: one for one in rows.contests(SUITE, CHOSEN)}


def test_each_of_the_rows_is_a_contest_of_quick() -> None:
    assert list(contests()) == [row.title for row in ROWS] and len(ROWS) == 21


@pytest.mark.parametrize("row", [row for row in ROWS if not row.of_waits], ids=lambda row: row.title)
def test_everybody_who_can_do_the_job_is_in_it_and_nobody_else(row: Row) -> None:
    found = [parse(name) for name in contests()[row.title].cases]
    assert len({case.group for case in found}) == 1, "they differ only in the implementation"
    measured = {case.implementation for case in SUITE.cases if case.group == found[0].group}
    able = {name for name, spec in SPECS.items() if not spec["control"] and row.offers(spec)}
    assert {case.implementation for case in found} == able & measured and len(found) > 1


def test_the_waits_of_one_queue_are_a_contest_too() -> None:
    contest = contests()[WAITS.title]
    found = [parse(name) for name in contest.cases]
    assert {case.implementation for case in found} == {"mutex_ring"}, "the first that has calls that wait"
    assert {"spin", "pause", "block", "own"} <= {contest.member(case) for case in found}


def test_who_shares_cpus_sleeps_and_who_has_its_own_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    row = BY_TITLE["Bounded, many to many"]
    (crowded,) = row.rule().alternatives
    with_cpus(monkeypatch, 4)
    (free,) = row.rule().alternatives
    assert (crowded["wait"], free["wait"]) == ("block", "pause")
    keys = {"p": "2", "c": "2", "item": "8", "capacity": "1024"}

    def nearer(crowded: bool) -> str:
        far = {
            wait: row.distance(row.workload, keys | {"wait": wait}, crowded) for wait in ("pause", "block")
        }
        return min(far, key=lambda wait: far[wait] or ())

    assert (nearer(True), nearer(False)) == ("block", "pause")


def test_more_threads_than_cpus_are_as_many_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    row = next(row for row in ROWS if row.crowded)
    assert row.rule().alternatives[0]["p"] == "4"
    with_cpus(monkeypatch, 12)
    assert row.rule().alternatives[0]["p"] == "8"
    keys = {"p": "4", "c": "4", "wait": "block", "item": "8", "capacity": "1024"}
    assert row.distance(row.workload, keys, crowded=False) is None


def test_the_closest_setting_answers() -> None:
    row = BY_TITLE["Many producers, one consumer: logging"]
    keys = {"c": "1", "wait": "pause", "item": "8", "capacity": "1024"}

    def far(p: str) -> tuple[int, ...] | None:
        return row.distance(row.workload, keys | {"p": p}, crowded=False)

    four, two, one = far("4"), far("2"), far("1")
    assert four is not None and two is not None and four < two and one is None


def test_without_a_second_candidate_there_is_no_contest() -> None:
    alone = [case for case in CHOSEN if case.implementation == "lamport_spsc_ring"]
    assert [one for one in rows.contests(SUITE, alone) if not one.of_waits] == []


def case(name: str) -> Case:
    return parse(name)


def test_a_window_is_brief_where_each_thread_has_a_cpu() -> None:
    brief, usual = Settings(brief_ms=BRIEF_MS), Settings()
    trip = "ping_pong/a/queues:2/wait:pause/report"
    steady = [
        case(f"{trip}:mean"),
        case("producer_consumer/a/p:1/c:1/wait:pause"),
        case("counter/a/t:2/mix:increment"),
    ]
    others = [
        case(f"{trip}:distribution"),
        case("producer_consumer/a/p:2/c:1/wait:block"),
        case("load/a/p:1/c:1/wait:pause/arrivals:poisson/rate:80%"),
    ]
    assert {brief.times_ms(one) for one in steady} == {(3.0, BRIEF_MS)}
    assert (
        {brief.times_ms(one) for one in others}
        == {usual.times_ms(one) for one in [*steady, *others]}
        == {(10.0, 50.0)}
    )
    assert f"--window_ms={BRIEF_MS:g}" in brief.flags("ping_pong", steady[0])
    assert "--window_ms=50" in brief.flags("ping_pong"), "a listing is of no case"


def test_the_report_decides_a_row_where_the_campaign_raced_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where two of a sweep had a CPU for each thread, beside all candidates who had not."""
    with_cpus(monkeypatch, 4)
    row = BY_TITLE["Many producers, one consumer: logging"]
    keys = {"c": "1", "item": "8", "capacity": "1024"}
    raced = row.distance(row.workload, keys | {"p": "4", "wait": "block"}, crowded=True)
    sweep = row.distance(row.workload, keys | {"p": "2", "wait": "pause"}, crowded=False)
    told = [case_of("4", "block", 1.0), case_of("2", "pause", 0.0)]
    nearest = decisions._evidence(row, told, QUEUES)[0]
    assert raced is not None and sweep is not None and raced < sweep
    assert nearest.cases == (told[0],)


def case_of(p: str, wait: str, oversubscribed: float) -> dict[str, Any]:
    keys = {"p": p, "c": "1", "wait": wait, "item": "8", "capacity": "1024"}
    named = {"implementation": "mutex_ring", "label": "mutex_ring", "workload": "producer_consumer"}
    return {**named, "group": f"p:{p}", "keys": keys, "case": p, "oversubscribed": oversubscribed}
