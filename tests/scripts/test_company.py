"""An implementation that is asked for by itself gets controls and peers, so that its run says something and is citable."""

from __future__ import annotations

import campaign as script
import pytest
from conftest import CASES, FakeBuild, one_line
from profile_fixtures import suite

from handoff.campaign import company
from handoff.campaign.profiles import PROFILES
from handoff.campaign.selection import Selection
from handoff.run import control_kinds

SUITE = suite()


def asked(*implementations: str, workloads: tuple[str, ...] = ()) -> tuple[list[str], company.Company]:
    chosen = Selection(implementations, workloads).of(PROFILES["quick"], SUITE)
    along = company.of(chosen, SUITE)
    return [case.name for case in along.with_those(chosen, SUITE)], along


@pytest.mark.parametrize("workloads", [(), ("memory",)])
def test_every_kind_of_control_comes_along_whatever_is_asked_for(workloads: tuple[str, ...]) -> None:
    names, along = asked("boost_queue", workloads=workloads)
    kinds = {case.control for case in along.controls}
    assert kinds >= {"lossy", "duplicating", "ceiling", "floor", "paced", "slowed", "slight"}
    compared = control_kinds.comparison(along.controls)
    assert len(compared) == 3 and compared <= set(names)
    assert len(along.controls) <= 10, "no more than a run needs"
    assert names == [
        case.name for case in SUITE.cases if case.name in set(names)
    ], "in the order of the listing"


def test_each_group_of_one_gets_peers() -> None:
    names, along = asked("boost_queue")
    peers = {case.implementation for case in along.peers}
    assert 2 <= len(peers) <= 6 and "boost_queue" not in peers
    members: dict[str, set[str]] = {}
    for case in SUITE.cases:
        if case.name in set(names) and not case.control:
            members.setdefault(case.group, set()).add(case.implementation)
    with_it = [group for group in members.values() if "boost_queue" in group]
    assert with_it and all(len(group) >= 2 for group in with_it)
    assert len(with_it) == len(members), "peers come to its groups only"


def test_two_that_are_asked_for_have_each_other() -> None:
    _, along = asked("boost_queue", "tbb_bounded_queue", workloads=("producer_consumer",))
    assert not along.peers and along.controls
    assert "to compare with" not in str(along) and "--alone leaves them out" in str(along)


def test_a_lock_gets_locks_and_the_control_that_others_need_not() -> None:
    _, along = asked("ttas_lock")
    assert {case.workload for case in along.peers} == {"lock"}
    assert "intruding_lock" in {case.implementation for case in along.controls}
    _, along = asked("cas_loop_counter")
    assert "intruding_lock" not in {case.implementation for case in along.controls}


def test_a_way_to_wait_gets_others_and_the_control() -> None:
    _, along = asked("pause_wait")
    assert {case.workload for case in along.peers} == {"wait"}
    peers = {case.implementation for case in along.peers}
    assert {"spin_wait", "sleep_wait", "eventcount_wait", "short_spin_wait"} == peers
    assert "forgetful_wait" in {case.implementation for case in along.controls}
    _, along = asked("ttas_lock")
    assert "forgetful_wait" not in {case.implementation for case in along.controls}


def test_a_counter_gets_counters() -> None:
    _, along = asked("cas_loop_counter")
    assert {case.workload for case in along.peers} == {"counter"}


def test_the_command_line_says_who_comes_along(build: FakeBuild, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--build-dir", str(build.dir), "--profile", "full", "--impl", "good_ring", "--dry-run"]
    assert script.main(arguments) == 0
    out = capsys.readouterr().out.splitlines()
    assert CASES[2] in out and out[-1].startswith("taken along: 1 controls, so that the run can be cited")
    assert script.main([*arguments, "--alone"]) == 0
    alone = capsys.readouterr().out.splitlines()
    assert CASES[2] not in alone and set(alone[:-1]) == {name for name in CASES if "/good_ring/" in name}
    assert script.main([*arguments[:4], "--alone"]) == 2
    assert "--alone leaves out what --impl takes along, and needs --impl" in one_line(capsys.readouterr().err)
