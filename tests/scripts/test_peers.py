"""What is read from the output of peers' benchmarks (recorded ones, and lines of other versions), and made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from handoff.run.peers import atomic_queue, moodycamel
from handoff.run.peers.known import SUITES
from handoff.run.peers.suite import Clock, Foreign, Reading, Row, Suite, disagrees

RECORDED = Path(__file__).resolve().parent / "recorded"
RAN_S = 43.2  # the recorded program of atomic_queue, by the clock on the wall

AMD = Clock(2.096e9, "AMD EPYC")
ONE_GHZ = Clock(1e9, "AMD EPYC")  # where a tick is a nanosecond, as the program believes of AMD

PARTS = ("mpsc", "spmc", "enqueue_dequeue_pairs")


def text(name: str) -> str:
    return (RECORDED / f"{name}.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def theirs() -> Reading:
    return atomic_queue.read(text("atomic_queue"), AMD)


# ---- atomic_queue --------------------------------------------------------------------------------------------


def test_ticks_that_were_taken_for_nanoseconds_become_nanoseconds(theirs: Reading) -> None:
    trip = theirs.rows["ping-pong AtomicQueueB"]
    assert trip.printed == "0.000000365 s" and trip.ns == pytest.approx(365 / 2.096)
    flow = theirs.rows["throughput AtomicQueueB, 1,s"]
    assert flow.printed == "13850754 msg/sec" and flow.ns == pytest.approx(1e9 / 13850754 / 2.096)
    assert not trip.at_least and not flow.at_least and theirs.withheld == ""
    assert "ticks / 1 GHz" in theirs.corrected and "2.096 GHz" in theirs.corrected


@pytest.mark.parametrize(
    "model, said, ghz",
    [
        ("Intel(R) Core(TM) i9-9900KS CPU @ 4.00GHz", "", 4.0),
        ("AMD Ryzen 9 5950X 16-Core Processor", "", 1.0),
        (
            "AMD Ryzen 9 5950X 16-Core Processor",
            "2026-09-14 15:44:51 CPU Model: AMD Ryzen 9 5950X 16-Core Processor, base GHz: 3.4, clock: RDTSC, "
            "2 available CPUs: [0,1].\n",
            3.4,
        ),
    ],
)
def test_the_frequency_that_the_program_believed_in_is_found(model: str, said: str, ghz: float) -> None:
    read = atomic_queue.read(said + text("atomic_queue"), Clock(2e9, model))
    assert read.rows["ping-pong AtomicQueueB"].ns == pytest.approx(365 * ghz / 2)


def test_the_recorded_figures_fit_the_time_it_ran_and_as_printed_they_do_not(theirs: Reading) -> None:
    """The best of each row cannot add up to more than all of it took."""
    assert 0.5 * RAN_S < theirs.implied_s < RAN_S and disagrees(theirs, RAN_S) == ""
    believed = atomic_queue.read(text("atomic_queue"), ONE_GHZ)
    assert believed.implied_s == pytest.approx(2.096 * theirs.implied_s)
    assert disagrees(believed, RAN_S) == "its figures add up to 56.1 s, and the whole program ran for 43.2 s"


TRIPS = "---- Running ping-pong benchmarks{} (lower is better) ----\n  AtomicQueueB: 0.000000200 sec/round-trip\n\n"
FLOWS = (
    "---- Running throughput benchmarks{} (higher is better) ----\n"
    "                    AtomicQueueB, 1,s:  10,000,000 msg/sec\n\n"
)


@pytest.mark.parametrize(
    "title, seconds",
    [
        ("", 100_000 * 10 * 200e-9),
        (" with 2 CPUs, 1,000,000 messages, best of 3 runs", 1_000_000 * 3 * 200e-9),
        (" with 2 CPUs, 250'000 messages, best of 4 runs", 250_000 * 4 * 200e-9),
    ],
)
def test_how_much_was_run_is_read_from_the_title(title: str, seconds: float) -> None:
    assert atomic_queue.read(TRIPS.format(title), ONE_GHZ).implied_s == pytest.approx(seconds)


def test_round_trips_are_withheld_where_versions_disagree_on_what_one_is() -> None:
    """And only they, and whichever comes first."""
    read = atomic_queue.read(
        TRIPS.format(" with 2 CPUs") + FLOWS.format(" with up to 2 CPUs"),
        ONE_GHZ,
    )
    assert read.rows.keys() == {"throughput AtomicQueueB, 1,s"} and "half" in read.withheld
    assert read.rows["throughput AtomicQueueB, 1,s"].ns == pytest.approx(100)


# ---- moodycamel ----------------------------------------------------------------------------------------------


def rows(part: str) -> dict[str, Row]:
    return moodycamel.read(text(f"moodycamel_{part}"), AMD).rows


def near(row: Row, ns: float) -> bool:
    return bool(row.ns == pytest.approx(ns))


def test_rates_by_the_sum_of_the_threads_times_become_rates_of_all_of_them() -> None:
    """And an item, which is a push and a pop, counts once."""
    found = rows("enqueue_dequeue_pairs")
    boost = f"{moodycamel.PAIRS}, boost::lockfree::queue"
    assert near(found[f"{boost}, 2 threads"], 2e3 / (2 * 56.28))
    assert near(found[f"{boost}, 4 threads"], 2e3 / (4 * 54.56))
    assert near(found[f"{boost}, 1 thread"], 2e3 / 38.52)
    # Of threads that ran one after the other the sum is the whole time.
    assert all(row.at_least != name.endswith("1 thread") for name, row in found.items())


def test_where_failed_pops_count_an_item_costs_at_least_that() -> None:
    one, many = rows("mpsc"), rows("spmc")
    queue = "moodycamel::ConcurrentQueue"
    # The consumer alone is timed, or all threads but the producer.
    assert near(one[f"{moodycamel.MPSC}, {queue} with tokens, 4 threads"], 1e3 / 43.15)
    assert near(many[f"{moodycamel.SPMC}, {queue}, 4 threads"], 1e3 / (3 * 6.52))
    assert near(many[f"{moodycamel.SPMC}, {queue}, 2 threads"], 1e3 / 20.11)
    assert all(row.at_least for row in [*one.values(), *many.values()])


# ---- both ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_each_row_that_is_compared_was_printed(suite: Suite) -> None:
    names = [f"moodycamel_{part}" for part in PARTS] if suite is moodycamel.SUITE else ["atomic_queue"]
    printed = set[str]().union(*(suite.read(text(name), AMD).rows for name in names))
    assert {one.row for one in suite.counterparts} <= printed


BROKEN = [
    (atomic_queue.SUITE, "", 1, "empty"),
    (atomic_queue.SUITE, "hello\n", 1, "'hello'"),
    (atomic_queue.SUITE, FLOWS.format("") + "Segmentation fault\n", 4, "'Segmentation fault'"),
    (
        atomic_queue.SUITE,
        FLOWS.format("") + " AtomicQueueB: 0.000000200 sec/round-trip\n",
        4,
        "' AtomicQueueB: ",
    ),
    (atomic_queue.SUITE, FLOWS.format("").replace("10,000,000", "0"), 2, "' "),
    (atomic_queue.SUITE, TRIPS.format("").replace("200", "000"), 2, "' "),
    (atomic_queue.SUITE, text("moodycamel_mpsc"), 1, "'Running 64-bit"),
    (moodycamel.SUITE, "", 1, "empty"),
    (moodycamel.SUITE, text("atomic_queue"), 1, "'---- Running"),
    (moodycamel.SUITE, text("moodycamel_mpsc") + "Aborted\n", 36, "'Aborted'"),
    (moodycamel.SUITE, text("moodycamel_mpsc").replace(" 28.62M  Ops", "    inf  Ops"), 17, "' "),
    (moodycamel.SUITE, "Running 64-bit benchmarks on an AMD\n", 1, "'Running"),
]


@pytest.mark.parametrize("suite, printed, number, shown", BROKEN, ids=range(len(BROKEN)))
def test_a_line_that_it_does_not_print_is_named(suite: Suite, printed: str, number: int, shown: str) -> None:
    with pytest.raises(Foreign) as said:
        suite.read(printed, AMD)
    assert str(said.value).startswith(f"line {number} is {shown}")
    assert f"the benchmark of {suite.name} does not print" in str(said.value)
