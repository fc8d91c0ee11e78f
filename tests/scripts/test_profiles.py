"""Profiles choose by rules: sizes, what must be in, and that a new implementation joins by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from conftest import WORKLOADS, counter, queue
from profile_fixtures import COMPARED, COUNTERS, LOCKS, QUEUES, WAYS_TO_WAIT, WINDOWS, suite

from handoff.campaign import options, schedule
from handoff.campaign.catalog import Suite
from handoff.campaign.profiles import PROFILES
from handoff.campaign.runner import BRIEF_MS, Settings
from handoff.campaign.selection import Selection
from handoff.errors import HandoffError
from handoff.run import cases
from handoff.run.cases import Case
from handoff.run.sampling import full_block

SUITE = suite()
# In profiles of their own.
DOWNLOADS = {"download", "download_strategies", "download_saving"} & set(WORKLOADS)
APART = (DOWNLOADS | {"pitfalls"}) & set(WORKLOADS)


def chosen(profile: str, of: Suite = SUITE) -> list[Case]:
    return PROFILES[profile].select(of)


def by_workload(profile: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for case in chosen(profile):
        found.setdefault(case.workload, set()).add(case.implementation)
    return found


@pytest.mark.parametrize(
    "profile, least, most", [("smoke", 20, 38), ("quick", 100, 360), ("experiments", 20, 160)]
)
def test_sizes(profile: str, least: int, most: int) -> None:
    # But for memory, whose trials last no window.
    assert least <= len([case for case in chosen(profile) if case.workload != "memory"]) <= most


def test_full_is_everything() -> None:
    assert chosen("full") == SUITE.cases


@pytest.mark.parametrize("profile", PROFILES)
def test_no_case_twice_and_in_the_order_of_the_listing(profile: str) -> None:
    names = [case.name for case in chosen(profile)]
    assert max(Counter(names).values()) == 1
    taken = set(names)
    assert names == [case.name for case in SUITE.cases if case.name in taken]


def test_quick_has_each_implementation_in_each_workload_that_it_fits() -> None:
    controls = SUITE.controls()
    wanted = {
        (case.workload, case.implementation)
        for case in SUITE.cases
        if case.implementation not in controls and case.workload not in APART
    }
    assert wanted <= {(case.workload, case.implementation) for case in chosen("quick")}


def test_quick_has_the_own_waiting_of_every_queue_that_has_any() -> None:
    def own(cases: Iterable[Case]) -> set[str]:
        return {case.implementation for case in cases if case.keys.get("wait") == "own"}

    assert len(own(SUITE.cases) - SUITE.controls()) > 1
    assert own(chosen("quick")) == own(SUITE.cases) - SUITE.controls()


@pytest.mark.parametrize("profile", ["smoke", "quick"])
def test_every_workload_and_every_control_is_there(profile: str) -> None:
    found = by_workload(profile)
    assert set(found) == set(WORKLOADS) - (APART if profile == "quick" else DOWNLOADS)
    assert {"noop_queue", "lossy_queue", "duplicating_queue"} <= found["producer_consumer"]
    assert {"racing_counter", "faa_floor_counter"} <= found["counter"]
    assert found["ping_pong"] & SUITE.controls() == set(COMPARED)


def test_quick_has_the_sweeps_that_the_figures_show() -> None:
    quick = chosen("quick")

    def values(workload: str, key: str) -> set[str]:
        return {case.keys[key] for case in quick if case.workload == workload}

    shapes = {(case.keys["p"], case.keys["c"]) for case in quick if case.workload == "producer_consumer"}
    assert shapes == {("1", "1"), ("1", "2"), ("2", "1"), ("2", "2"), ("4", "4"), ("4", "1"), ("1", "4")}
    assert values("producer_consumer", "item") == {"8", "64", "256", "move_only"}
    assert values("counter", "t") == {"1", "2", "4"}
    assert {"spin", "block", "yield", "sleep_1ms", "own"} <= values("ping_pong", "wait")
    assert values("ping_pong", "queues") == {"1", "2"}
    assert values("ping_pong", "report") == {"mean", "distribution"}


def test_quick_gets_a_few_seconds_for_each_queue_beyond_those_it_was_made_for() -> None:
    quick, names = PROFILES["quick"], [f"ring_{i}" for i in range(45)]

    def with_queues(count: int) -> Suite:
        return suite([queue(name) for name in names[:count]], COUNTERS, locks=[], waits=[])

    assert quick.seconds(with_queues(2)) == quick.seconds(with_queues(22)) == quick.budget_s == 280
    assert quick.seconds(with_queues(23)) == 287.8
    most = quick.seconds(with_queues(45))
    assert most is not None and 280 < most <= 480
    assert PROFILES["smoke"].seconds(with_queues(45)) == PROFILES["smoke"].budget_s
    assert PROFILES["full"].seconds(with_queues(45)) is None


def test_quick_gets_a_few_seconds_for_the_locks() -> None:
    quick = PROFILES["quick"]
    without, few = quick.seconds(suite(locks=[])), quick.seconds(suite())
    assert without is not None and few == without + 15 == quick.seconds(suite(locks=LOCKS * 2))


def test_quick_gets_a_few_seconds_for_the_ways_to_wait() -> None:
    quick = PROFILES["quick"]
    without, few = quick.seconds(suite(waits=[])), quick.seconds(suite())
    assert without is not None and few == without + 15 == quick.seconds(suite(waits=WAYS_TO_WAIT * 2))


def test_each_way_to_wait_is_measured_by_quick_at_one_gap_and_one_of_each_kind_at_several() -> None:
    found = [case for case in chosen("quick") if case.workload == "wait"]
    assert {case.implementation for case in found} == {one["name"] for one in WAYS_TO_WAIT}
    assert {(case.keys["waiters"], case.keys["hungry"]) for case in found} == {("1", "0")}
    names = {case.implementation for case in found}
    at = {name: {c.keys["gap_us"] for c in found if c.implementation == name} for name in names}
    swept = {name for name, gaps in at.items() if len(gaps) > 1}
    assert swept == {
        "spin_wait",
        "sleep_wait",
        "eventcount_wait",
        "short_spin_wait",
    }
    assert all(at[name] == {"1", "10", "100", "1000", "10000"} for name in swept)
    assert at["pause_wait"] == at["semaphore_wait"] == {"100"} and at["forgetful_wait"] == {"1"}


def test_several_items_in_a_call_are_measured_by_quick_of_whoever_takes_them() -> None:
    found = [case for case in chosen("quick") if case.workload == "bulk"]
    assert {(case.keys["p"], case.keys["c"], case.keys["wait"], case.keys["item"]) for case in found} == {
        ("1", "1", "pause", "8")
    }
    numbers: dict[str, set[str]] = {}
    for case in found:
        numbers.setdefault(case.implementation, set()).add(case.keys["bulk"])
    assert set(numbers) == {one["name"] for one in QUEUES if one.get("bulk")}
    swept = {name for name, seen in numbers.items() if seen == {"1", "4", "16", "64"}}
    assert swept == {"cached_spsc_ring", "ticket_mpmc_ring"}
    assert all(numbers[name] == {"16"} for name in set(numbers) - swept)


def test_a_lock_is_measured_by_quick_and_the_control_beside_it() -> None:
    found = [case for case in chosen("quick") if case.workload == "lock"]
    assert {case.implementation for case in found} == {one["name"] for one in LOCKS}
    assert len(found) == 2 * (len(LOCKS) - 1) + 1, "two rows, and the control once"


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_built_for_a_profile_is_what_it_has_cases_of(profile: str) -> None:
    given = options.parser().parse_args(["--profile", profile])
    targets = options.targets(given)
    if PROFILES[profile].rules is None:
        assert targets == ["all"]
    else:
        listed = {case.workload for case in chosen(profile)}
        # The suite of these tests lists no pitfalls.
        assert sorted(set(targets) - {"pitfalls"}) == sorted({"print_catalog"} | listed)


def test_one_workload_of_a_profile_needs_one_benchmark() -> None:
    given = options.parser().parse_args(["--workload", "load"])
    assert options.targets(given) == ["print_catalog", "load"]


@pytest.mark.parametrize("profile, apart", [("experiments", APART), ("downloads", {"download_strategies"})])
def test_what_quick_leaves_out_has_its_own_profile_and_its_controls(profile: str, apart: set[str]) -> None:
    found = by_workload(profile)
    assert apart <= set(found)
    assert {"noop_queue", "lossy_queue", "duplicating_queue"} <= found["producer_consumer"]
    assert {"racing_counter", "faa_floor_counter"} <= found["counter"]
    assert found["ping_pong"] & SUITE.controls() == set(COMPARED)


def test_experiments_has_both_orders_of_a_bounded_queue() -> None:
    found = chosen("experiments")
    waits: dict[str, set[str]] = {}
    for case in found:
        if case.workload == "producer_consumer" and case.implementation.endswith("_stack"):
            waits.setdefault(case.implementation, set()).add(case.keys["wait"])
    assert waits == {"mutex_stack": {"spin", "block", "own"}, "treiber_stack": {"spin", "block"}}
    assert [case.name for case in found if case.workload == "load"] == [
        f"load/{name}/p:1/c:1/wait:pause/arrivals:poisson/rate:80%" for name in ("mutex_ring", "mutex_stack")
    ]


def test_experiments_has_each_download_strategy_on_a_short_list() -> None:
    every = [case for case in chosen("experiments") if case.workload == "download_strategies"]
    found = [case for case in every if case.keys["items"] != "500"]
    assert {case.keys["time"] for case in found} == {"real"}

    def of(items: str) -> Counter[str]:
        return Counter(case.implementation for case in found if case.keys["items"] == items)

    one_queue = ("pool_mutex_ring", "closed_pool_mutex_ring", "flagged_pool_mutex_ring")
    assert of("64") == dict.fromkeys(("sequential", *WINDOWS, "curl_multi", *one_queue), 1)
    assert of("11") == of("64")
    assert of("200") == {"pool_mutex_ring": 2}
    # What a stage costs with each queue: whatever its pool leaves nothing behind.
    stages = {case.implementation for case in SUITE.cases if "pool_" in case.implementation}
    stages = {name for name in stages if not name.startswith("flagged")}
    assert {"pool_boost_queue", "closed_pool_tbb_bounded_queue", "counted_pool_treiber_stack"} <= stages
    assert of("10000") == dict.fromkeys({"sequential"} | stages, 1)
    assert {case.keys["items"] for case in found} == {"11", "64", "200", "10000"}


def test_experiments_has_the_sizes_of_the_articles_and_errors_on_both_networks() -> None:
    found = chosen("experiments")
    teams = {(case.keys["n"], case.keys["m"]) for case in found if case.workload == "download"}
    assert teams == {("8", "2"), ("3", "3")}
    long_lists = [case for case in found if case.keys.get("items") == "500" and "time" in case.keys]
    four = [case for case in long_lists if case.keys["n"] == "4"]
    assert {case.implementation for case in four} == set(WINDOWS)
    assert {(case.keys["time"], case.keys["ms"]) for case in four} == {("virtual", "50")}
    failing = [case for case in long_lists if case not in four]
    assert {(case.keys["n"], case.keys["failures"]) for case in failing} == {("8", "10%")}
    over: dict[str, set[str]] = {}
    for case in failing:
        over.setdefault(case.keys.get("transport", "simulated"), set()).add(case.implementation)
    assert over == {
        "simulated": {"pool_mutex_ring", *WINDOWS},
        "http": {"window_completion_order", "curl_multi"},
    }


def long_downloads() -> list[str]:
    """The lists of the profile downloads, and as much again that it leaves out."""
    names = ("sequential", "window_in_order", "window_reorder_buffer", "window_completion_order", "another")
    names += ("asio_coroutines", "curl_multi", "pool_mutex_ring", "pool_vyukov_mpmc_ring")
    lists = {
        "items:500/latency:log_normal/ms:50": (4, 8, 64),
        "items:500/latency:constant/ms:5": (8,),
        "items:500/latency:log_normal/ms:1": (1, 8, 32),
        "items:500/latency:log_normal/ms:4": (8, 32),
        "items:500/latency:log_normal/ms:20": (8,),
        "items:500/latency:heavy_tail/ms:4": (8,),
        "items:25600/latency:log_normal/ms:50": (256,),
        "items:100000/latency:heavy_tail/ms:2000": (256,),
    }
    ways = (
        "0%/bandwidth:unlimited/time:real",
        "10%/bandwidth:unlimited/time:real",
        "0%/bandwidth:10MB/time:real",
        "0%/bandwidth:log_normal_500kB/time:real",
        "0%/bandwidth:heavy_tail_500kB/time:real",
    )
    ways += tuple(f"{way}/transport:http" for way in ways)
    ways += ("0%/bandwidth:unlimited/time:virtual",)
    return [
        f"download_strategies/{name}/n:{n}/{items}/failures:{way}"
        for (items, numbers), way in product(lists.items(), ways)
        for n in numbers
        for name in names
    ]


def test_downloads_has_long_lists_hundreds_under_way_hours_and_both_networks() -> None:
    catalog = {"schema": 1, "queues": QUEUES, "counters": COUNTERS, "workloads": WORKLOADS}
    of = Suite(Path("build"), catalog, {}, [cases.parse(name) for name in long_downloads()])
    found: dict[str, set[str]] = {}
    for case in chosen("downloads", of):
        way = case.keys.get("transport", case.keys["time"])
        accidents = {"0%": "", "10%": ", 10%"}[case.keys["failures"]]
        link = {"unlimited": "", "10MB": ", 10MB", "log_normal_500kB": ", own rates"}[case.keys["bandwidth"]]
        name = f"{case.keys['items']} {case.keys['ms']} ms, {way}{accidents}{link}"
        found.setdefault(name, set()).add(f"{case.implementation} {case.keys['n']}")
    windows = {f"window_{how} 8" for how in ("in_order", "reorder_buffer", "completion_order")}
    threads_and_one = {f"{name} 8" for name in ("window_completion_order", "curl_multi")}
    many = {f"{name} 256" for name in ("asio_coroutines", "curl_multi")}
    assert found == {
        "500 50 ms, real": windows
        | threads_and_one
        | {"pool_mutex_ring 8", "pool_mutex_ring 64", "window_completion_order 64", "curl_multi 64"},
        "500 5 ms, real": threads_and_one,
        "500 50 ms, http": threads_and_one | {"window_completion_order 64", "curl_multi 64"},
        "500 5 ms, http": threads_and_one,
        "500 20 ms, real, 10%": threads_and_one,
        "500 20 ms, http, 10%": threads_and_one,
        "500 20 ms, real, 10MB": threads_and_one,
        "500 20 ms, http, 10MB": threads_and_one,
        "500 20 ms, real, own rates": threads_and_one,
        "500 20 ms, http, own rates": threads_and_one,
        "500 4 ms, real, 10MB": {"pool_mutex_ring 8", "pool_mutex_ring 32"},
        "500 1 ms, real": {f"pool_mutex_ring {n}" for n in (1, 8, 32)},
        "25600 50 ms, real": many,
        "25600 50 ms, http": many,
        "500 50 ms, virtual": windows | {"pool_mutex_ring 8"},
        "100000 2000 ms, virtual": {one.replace(" 8", " 256") for one in windows} | {"pool_mutex_ring 256"},
    }


def test_without_a_headline_the_controls_of_the_comparison_come_first() -> None:
    cases_of = {profile: chosen(profile) for profile in ("quick", "experiments")}
    controls = {case.name for case in chosen("quick") if case.implementation in COMPARED}
    for profile, found in cases_of.items():
        assert not controls & set().union(*PROFILES[profile].headlines(SUITE, found))
    without = [case for case in cases_of["experiments"] if case.workload == "download_saving"]
    without += [case for case in cases_of["experiments"] if case.name in controls]
    first, second = PROFILES["experiments"].headlines(SUITE, without)
    assert set(first) == controls and {name.split("/")[0] for name in second} == {"download_saving"}


def test_each_claim_is_there_waiting_for_the_disk_and_not() -> None:
    def saved(profile: str) -> list[str]:
        return [case.name for case in chosen(profile) if case.workload == "download_saving"]

    claims = ("claim_lock", "claim_exclusive", "claim_id")
    assert saved("experiments") == [
        f"download_saving/{claim}/n:8/items:500/sync:{sync}" for claim in claims for sync in ("none", "fsync")
    ]
    assert saved("smoke") == []


def test_memory_is_asked_once_of_each_queue() -> None:
    quick = Counter(case.implementation for case in chosen("quick") if case.workload == "memory")
    assert set(quick) == {spec["name"] for spec in QUEUES if not spec["control"]}
    assert max(quick.values()) == 1
    assert 1 <= len([case for case in chosen("smoke") if case.workload == "memory"]) <= 2


def test_quick_stops_a_thread_of_each_queue_briefly() -> None:
    quick = [case for case in chosen("quick") if case.workload == "stall"]
    assert {case.implementation for case in quick} == {one["name"] for one in QUEUES if not one["control"]}
    assert len(quick) == len({case.implementation for case in quick})
    assert {case.keys["stop_ms"] for case in quick} == {"1"}
    assert len([case for case in chosen("smoke") if case.workload == "stall"]) == 1


def test_a_new_implementation_joins_and_changes_nothing_else() -> None:
    larger = suite([*QUEUES, queue("new_ring")], [*COUNTERS, counter("new_counter")])
    for profile in ("smoke", "quick"):
        before, after = chosen(profile), chosen(profile, larger)
        assert [case for case in after if not case.implementation.startswith("new_")] == before
    joined = {case.workload for case in chosen("quick", larger) if case.implementation.startswith("new_")}
    assert joined == {"producer_consumer", "ping_pong", "load", "nearly_full", "stall", "memory", "counter"}


def test_a_control_represents_nobody() -> None:
    first = suite([queue("a_control", control="ceiling", own_wait=True), *QUEUES])
    for profile in ("smoke", "quick"):
        ours = {case.name for case in chosen(profile, first) if case.implementation == "a_control"}
        assert ours == {"producer_consumer/a_control/p:1/c:1/wait:pause/item:8/capacity:1024"}


def test_no_rule_names_an_implementation() -> None:
    """With every name replaced, the same cases are chosen."""

    def renamed(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [spec | {"name": f"other_{spec['name']}"} for spec in specs]

    other = suite(renamed(QUEUES), renamed(COUNTERS))
    for profile in ("smoke", "quick"):
        assert [case.name.replace("other_", "") for case in chosen(profile, other)] == [
            case.name for case in chosen(profile)
        ]


def test_many_cpus_do_not_crowd_out_the_queues() -> None:
    pairs = [case for case in chosen("quick", suite(cpus=64)) if case.workload == "core_to_core"]
    assert len(pairs) == 6 and len({case.keys["a"] for case in pairs}) > 3


@pytest.mark.parametrize("profile", ["quick", "experiments"])
def test_six_blocks_fit_within_five_minutes(profile: str) -> None:
    budget_s = PROFILES[profile].budget_s
    assert budget_s is not None and budget_s <= 280
    settings = Settings(brief_ms=BRIEF_MS if PROFILES[profile].is_brief else None)
    assert 6 * schedule.TrialCosts(settings).of_block(full_block(chosen(profile))) < 0.7 * budget_s


@pytest.mark.parametrize(
    "selection, says",
    [
        (
            Selection(implementations=("mutex_rnig",)),
            "unknown implementation 'mutex_rnig'; did you mean 'mutex_ring'?",
        ),
        (
            Selection(workloads=("pingpong",)),
            "unknown workload 'pingpong'; did you mean 'ping_pong'? valid: ",
        ),
        (Selection(waits=("slumber",)), "unknown wait 'slumber'; valid: spin, pause,"),
        (Selection(pattern="("), "--filter '(' is not a regular expression"),
        (Selection(pattern="nothing like it"), "no case matches"),
        (Selection(pattern="p:8/c:8"), "profile 'quick' has no case that matches; --profile full has"),
    ],
)
def test_a_selection_that_cannot_be_is_refused(selection: Selection, says: str) -> None:
    with pytest.raises(HandoffError) as caught:
        selection.of(PROFILES["quick"], SUITE)
    assert says in str(caught.value)


def test_selections_narrow_each_other() -> None:
    selection = Selection(("mutex_ring", "boost_queue"), ("ping_pong",), ("pause",), "report:mean")
    assert [case.name for case in selection.of(PROFILES["quick"], SUITE)] == [
        "ping_pong/mutex_ring/queues:2/wait:pause/report:mean",
        "ping_pong/mutex_ring/queues:1/wait:pause/report:mean",
        "ping_pong/boost_queue/queues:2/wait:pause/report:mean",
    ]
