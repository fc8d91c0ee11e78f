"""Python beside C++: what is compared with what, by how much, and what the report says of it."""

from __future__ import annotations

import json
import re
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
import python_baseline as script
import synthetic_python
import synthetic_run
from conftest import HERE, FakeBuild, counter, lines, one_line, queue
from synthetic_python import Forms
from synthetic_run import Spec

from handoff.campaign.catalog import Suite
from handoff.proofs import table as proof_table
from handoff.python import baseline as python_baseline, suite as python_suite, wording as python_wording
from handoff.python.forms import main
from handoff.report import figures, markdown, page, summary
from handoff.run import cases, results

Json = dict[str, Any]
SMALL = Spec(
    blocks=8,
    queues=("mutex_deque", "mutex_ring", "vyukov_mpmc_ring"),
    counters=("lossy_counter", "mutex_counter", "relaxed_counter"),
    workloads=("ping_pong", "counter"),
    places=(49.0,),
    noise=0.02,
    drifting=0.0,
)
TWO_BLOCKING = "ping_pong/python_queue/queues:2/wait:block/report:mean"


def built(directory: Path, forms: Forms = Forms()) -> Json:
    return summary.build(
        results.load(synthetic_python.add(synthetic_run.write(directory / "run", SMALL), forms))
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    return built(tmp_path_factory.mktemp("python"))


def entry(found: Json, case: str) -> Json:
    (one,) = [one for one in found["python_baseline"]["entries"] if one["case"] == case]
    return dict(one)


def others(one: Json) -> list[tuple[str, str, str | None]]:
    return [(other["role"], other["implementation"], other["wait"]) for other in one["others"]]


# ---- what stands beside what ---------------------------------------------------------------------------------


def test_a_form_stands_beside_what_is_built_like_it_with_the_same_wait(found: Json) -> None:
    blocking = others(entry(found, TWO_BLOCKING))
    assert blocking[0] == (python_baseline.SAME, "mutex_deque", "block")
    assert (python_baseline.OTHER, "vyukov_mpmc_ring", "block") in blocking
    # Both of the source's ways to poll are a failed try_pop.
    for wait in ("spin", "try"):
        polling = entry(found, TWO_BLOCKING.replace("block", wait))
        assert others(polling)[0] == (python_baseline.SAME, "mutex_deque", "spin")
    assert entry(found, TWO_BLOCKING.replace("queues:2", "queues:1"))["others"] == []


def test_counters_and_strategies_have_their_counterparts(found: Json) -> None:
    racing = entry(found, "counter/python_unlocked/t:2/mix:add_subtract")
    assert others(racing) == [(python_baseline.SAME, "lossy_counter", None)]
    locked = entry(found, "counter/python_lock/t:2/mix:increment")
    assert [other[:2] for other in others(locked)] == [
        (python_baseline.SAME, "mutex_counter"),
        (python_baseline.OTHER, "relaxed_counter"),
    ]
    entries = [one for one in found["python_baseline"]["entries"] if one["workload"] == "download_strategies"]
    beside = {
        (one["keys"]["items"], one["implementation"]): [other["implementation"] for other in one["others"]]
        for one in entries
    }
    pages = {
        "python_window_in_order": ["window_in_order"],
        "python_pool": ["pool_mutex_ring"],
        "python_pool_stopped": ["pool_mutex_ring"],
        "python_executor_map": ["window_reorder_buffer"],
        "python_rq": ["redis_workers"],
        "python_rq_simple": ["redis_workers"],
    }
    alone = {
        "python_sequential": ["sequential"],
        "python_thread_per_item": ["thread_per_item"],
        "python_pool_flagged": ["flagged_pool_mutex_ring"],
        "python_processes": ["pool_mutex_ring"],
        "python_rq_killed": [],
    }
    assert beside == {
        **{("11", form): others for form, others in pages.items()},
        **{("64", form): others for form, others in {**pages, **alone}.items()},
        ("500", "python_pool"): ["pool_mutex_ring"],
        ("500", "python_rq_simple"): ["redis_workers"],
    }
    # The articles' pages first; of each list the windows before the pools.
    assert list(beside) == sorted(beside, key=lambda one: ["11", "64", "500"].index(one[0]))
    assert [form for items, form in beside if items == "11"] == list(pages)


def test_the_queues_own_blocking_calls_stand_beside_the_blocking_get() -> None:
    catalog = {"queues": [queue("deque", bound="unbounded", push="blocking", own_wait=True)]}
    every = [
        cases.parse(f"ping_pong/deque/queues:2/wait:{wait}/report:mean")
        for wait in ("own", "adaptive", "block", "spin")
    ]
    for wait, expected in (("block", ["block", "own", "adaptive"]), ("timed", []), ("try", ["spin"])):
        form = cases.parse(f"ping_pong/python_queue/queues:2/wait:{wait}/report:mean")
        assert [case.keys["wait"] for _, case in python_baseline.partners(form, every, catalog)] == expected


def test_a_lifo_queue_stands_beside_a_stack_and_a_fifo_queue_beside_none() -> None:
    own = {"push": "blocking", "own_wait": True}
    queues = [
        queue("deque", bound="unbounded", **own),
        queue("ring", **own),
        queue("lock_free_stack", delivery="lifo", push="lock_free", failure="in_flight"),
        queue("stack", delivery="lifo", **own),
        queue("reserving_ring", failure="in_flight"),
    ]
    waits = {"block", "own", "adaptive"}
    every = [
        cases.parse(f"ping_pong/{one['name']}/queues:2/wait:{wait}/report:mean")
        for one in queues
        for wait in sorted(waits if one["own_wait"] else waits - {"own"})
    ]

    def beside(form: str) -> list[tuple[str, str]]:
        case = cases.parse(TWO_BLOCKING.replace("python_queue", form))
        found = python_baseline.partners(case, every, {"queues": queues})
        return [(role, one.implementation) for role, one in found]

    assert beside("python_lifo_queue") == [
        (python_baseline.SAME, "stack"),
        (python_baseline.OWN, "stack"),
        (python_baseline.SPINS, "stack"),
        (python_baseline.OTHER, "lock_free_stack"),
    ]
    assert beside("python_queue")[0] == (python_baseline.SAME, "deque")
    assert {name for _, name in beside("python_queue")} == {"deque", "ring", "reserving_ring"}
    assert python_baseline.pool_queue({"queues": queues[::-1]}) == "ring"


def test_the_promise_is_about_the_fifo_queue(found: Json) -> None:
    blocking = [
        one["implementation"]
        for one in found["python_baseline"]["entries"]
        if one["keys"].get("wait") == "block" and one["keys"]["queues"] == "2"
    ]
    assert blocking == ["python_queue", "python_lifo_queue"]


# ---- by how much ---------------------------------------------------------------------------------------------


def test_the_ratio_is_the_known_one_within_its_interval(found: Json) -> None:
    one = entry(found, "counter/python_unlocked/t:2/mix:list_packed")
    (other,) = one["others"]
    truth = synthetic_python.OPERATION_NS["python_unlocked"] / 8.0
    assert other["ratio"]["low"] <= truth <= other["ratio"]["high"] and other["ratio"]["n"] == SMALL.blocks
    assert other["ratio"]["median"] == pytest.approx(truth, rel=0.1)
    assert one["rate"]["median"] == pytest.approx(1e9 / 40.0, rel=0.1)
    # Two hops are a round trip.
    assert entry(found, TWO_BLOCKING)["rate"]["median"] == pytest.approx(2e9 / 5e4, rel=0.1)


@pytest.mark.parametrize("slower, shown", [(1.0, True), (0.2, False)])
def test_the_promise_is_judged_by_the_interval(slower: float, shown: bool, tmp_path: Path) -> None:
    found = built(tmp_path, Forms(slower=slower))["python_baseline"]
    claim = found["claim"]
    assert claim["least"] == 3.0
    (one,) = claim["compared"]
    assert (one["implementation"], one["wait"]) == ("mutex_deque", "block")
    assert one["shown"] is shown and (one["low"] >= 3.0) is shown
    assert (", not shown)" in python_wording.claim(found)) is not shown


def test_each_way_to_block_is_judged_by_itself() -> None:
    def other(role: str, wait: str, low: float, sufficient: bool = True) -> Json:
        ratio = {"median": low + 1.0, "low": low, "high": low + 2.0, "n": 10, "sufficient": sufficient}
        return {"role": role, "implementation": "deque", "wait": wait, "ratio": ratio}

    ways = [
        other(python_baseline.SAME, "block", 2.5),
        other(python_baseline.OWN, "own", 3.0),
        other(python_baseline.SPINS, "adaptive", 80.0, sufficient=False),
        other(python_baseline.OTHER, "block", 99.0),
    ]
    polled = {"keys": {"queues": "2", "wait": "spin"}, "others": ways}
    claim = python_baseline._claim([polled, {"keys": {"queues": "2", "wait": "block"}, "others": ways}])
    assert claim is not None
    assert [one["shown"] for one in claim["compared"]] == [False, True, False]
    told = python_wording.claim({"claim": claim})
    assert "at least 3×: deque: 3.50× (2.50 – 4.50, 10 pairs, not shown), deque, own waiting: 4.00×" in told
    assert "deque, spins 2 µs, then blocks: 81.0× (80.0 – 82.0 (range), 10 pairs, not shown)" in told
    assert python_baseline._claim([polled]) is None


def test_python_is_never_ranked_nor_in_another_figure(found: Json) -> None:
    members = {member["implementation"] for group in found["groups"] for member in group["members"]}
    assert members and not members & set(main.CITES)
    by_wait = figures.required("ping_pong_by_wait", found)
    assert "mutex_deque" in by_wait.svg and "python" not in by_wait.svg
    rows = [row for row in page.explorer_rows(found) if row["case"]["implementation"] == "python_queue"]
    assert rows and all(row["notes"][0] == "Python" and not row["member"] for row in rows)
    table = proof_table.of_runs(None, HERE.parent.parent, [found])
    assert not {row.name for row in table.rows} & set(main.CITES)


# ---- what is said --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "version, gil, says",
    [
        ("3.11.2", True, "Since 3.10 CPython changes threads only at the ends of loops and at calls"),
        ("3.9.2", True, "Before 3.10 CPython changes threads between any two bytecodes"),
        ("3.13.1", False, "loses updates as in C++"),
    ],
)
def test_the_report_says_why_increments_are_lost_or_not(
    version: str, gil: bool, says: str, tmp_path: Path
) -> None:
    told = python_wording.increments(built(tmp_path, Forms(version=version, gil=gil))["python_baseline"])
    assert f"CPython {version}" in told and says in told
    assert "“values[i] += 1” lost 0 of" in told
    # Three cases of two threads, seven updates in each trial.
    assert f"“values[i] = plus(values[i], 1)” lost {3 * 7 * SMALL.blocks} of" in told


def test_page_and_short_form_have_the_section_and_other_runs_do_not(found: Json, tmp_path: Path) -> None:
    html, short = page.render(found, []), markdown.render(found, [])
    for text in (html, short):
        assert "What would it cost in Python?" in text and "CPython 3.11.2, with its interpreter lock" in text
        assert "two queues: blocking get" in text
        assert "64 documents: pool of 8, task_done and join" in text
        assert "11 documents: window of 4, joined in order" in text
        assert "500 documents, 10% errors: pool of 8, task_done and join" in text
        assert python_wording.claim(found["python_baseline"]) in text
    rows = re.findall(r"^\| two queues: blocking get \|.*$", short, flags=re.MULTILINE)
    assert len(rows) == 3 and all(row.count("|") == 8 for row in rows)
    assert "another list" not in html
    without = summary.build(results.load(synthetic_run.write(tmp_path / "run", SMALL)))
    assert without["python_baseline"] is None and figures.render("python_beside_cpp", without) is None
    assert "What would it cost in Python?" not in page.render(without, []) + markdown.render(without, [])


def test_a_queue_in_redis_has_a_paragraph_of_what_a_job_costs(found: Json) -> None:
    told = python_wording.job_queue(found["python_baseline"])
    assert told in page.render(found, []) and told in markdown.render(found, [])
    # 40 ms in all, a tenth of them to the first result, and 0.1 s of CPU time over 64 documents.
    assert re.search(
        r"RQ, 8 workers, a process for each job: (39|40|41)\.\d ms in all, the first result after (3\.9|4\.0)\d ms, "
        r"1\.56 ms of CPU time a document; RQ, 8 simple workers: ",
        told,
    ), told
    assert "; redis_workers: " in told and "RQ by itself takes minutes to notice" in told
    without = [e for e in found["python_baseline"]["entries"] if "rq" not in e["implementation"]]
    assert python_wording.job_queue({"entries": without}) == ""


def test_a_list_that_is_not_the_same_is_said_to_be_another_one(tmp_path: Path) -> None:
    assert page.render(built(tmp_path, Forms(bytes=800_000.0)), []).count("another list") == 18


# ---- the command ---------------------------------------------------------------------------------------------


@pytest.fixture
def with_bracket(build: FakeBuild) -> FakeBuild:
    program = build.benchmarks / "bracket"
    shutil.copy(HERE / "fake_bracket.py", program)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    catalog = json.loads((build.benchmarks / "catalog.json").read_text())
    catalog["queues"].append(queue("deque", bound="unbounded", push="blocking", own_wait=True))
    catalog["counters"].append(counter("racing", value="lossy", control="racing"))
    (build.benchmarks / "catalog.json").write_text(json.dumps(catalog))
    build.set_cases(
        "ping_pong/deque/queues:2/wait:block/report:mean",
        "ping_pong/deque/queues:2/wait:adaptive/report:mean",
        "counter/racing/t:2/mix:increment",
    )
    return build


def run_here(build: FakeBuild, *arguments: str) -> int:
    return script.main(["--build-dir", str(build.dir), "--window-ms", "60", "--ramp-ms", "5", *arguments])


def test_one_command_measures_both_in_turns(with_bracket: FakeBuild, tmp_path: Path) -> None:
    run = tmp_path / "run"
    chosen = "queues:2/wait:block|(racing|python_unlocked)/t:2/mix:increment"
    code = run_here(
        with_bracket, "--blocks", "2", "--filter", chosen, "--out", str(run), "--no-report", "--seed", "3"
    )
    measured = lines(run)
    assert code == 0, measured
    names = {
        TWO_BLOCKING,
        TWO_BLOCKING.replace("python_queue", "python_lifo_queue"),
        TWO_BLOCKING.replace("python_queue", "deque"),
        "counter/python_unlocked/t:2/mix:increment",
        "counter/racing/t:2/mix:increment",
    }
    for block in (0, 1):
        here = [line for line in measured if line["block"] == block]
        assert {line["case"] for line in here} == names and len(here) == len(names)
        assert all(line["status"] == "ok" for line in here)
    python = next(line for line in measured if line["case"] == TWO_BLOCKING)
    assert python["figures"]["threads"] == 2 and python["figures"]["yardstick_before_ns"] == 50.0
    described = json.loads((run / "environment.json").read_text())["catalog"]["python"]
    assert described["version"].startswith("3.") and len(described["forms_sha256"]) == 64


@pytest.mark.parametrize(
    "placement, wait",
    [("compact", "pause"), ("cpus:0,1", "pause"), ("cpus:1,1", "block"), ("cpus:0", "block")],
)
def test_the_controls_are_of_the_wait_that_shows_a_stall_there(placement: str, wait: str) -> None:
    controls = {"paced_spsc_ring": "paced", "slowed_spsc_ring": "slowed"}
    names = [
        f"ping_pong/{name}/queues:2/wait:{one}/report:mean"
        for name in controls
        for one in ("spin", "pause", "block")
    ]
    every = [cases.parse(name, controls) for name in names]
    catalog = {
        "queues": [queue(name, control=kind) for name, kind in controls.items()],
        "counters": [],
        "python": {},
    }
    suite = Suite(Path("build"), catalog, {}, every)
    assert [case.name for case in python_suite.profile(placement).select(suite)] == [
        f"ping_pong/{name}/queues:2/wait:{wait}/report:mean" for name in controls
    ]


def test_the_cpp_strategies_are_those_beside_a_form_of_the_same_list() -> None:
    def case(name: str, n: int, listed: str, failures: str, more: str = "") -> str:
        ends = f"failures:{failures}/bandwidth:unlimited/time:real{more}"
        return f"download_strategies/{name}/n:{n}/{listed}/{ends}"

    short, pages = "items:64/latency:log_normal/ms:4", "items:11/latency:log_normal/ms:50"
    errors = "items:500/latency:log_normal/ms:4"
    beside = [
        case("sequential", 1, short, "0%"),
        case("window_in_order", 8, short, "0%"),
        case("flagged_pool_ring", 8, short, "0%"),
        case("window_in_order", 4, pages, "0%"),
        case("pool_ring", 4, pages, "0%"),
        case("pool_ring", 8, errors, "10%"),
    ]
    aside = [
        case("closed_pool_ring", 8, short, "0%"),
        case("sequential", 1, pages, "0%"),
        case("window_in_order", 8, errors, "10%"),
        case("pool_ring", 8, errors, "0%"),
        case("pool_ring", 8, errors, "10%", "/transport:http"),
    ]
    catalog = {"queues": [queue("ring", own_wait=True)], "counters": [], "python": main.description()}
    every = [cases.parse(name) for name in [*beside, *aside, *(one.name for one in main.all_cases())]]
    suite = Suite(Path("build"), catalog, {}, every)
    chosen = [one.name for one in python_suite.profile("compact").select(suite)]
    assert sorted(name for name in chosen if "/python_" not in name) == sorted(beside)


def test_another_python_does_not_go_on_with_a_run(
    with_bracket: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--blocks", "1", "--filter", "python_lock/t:1/mix:increment", "--no-report")
    assert run_here(with_bracket, *arguments, "--out", str(tmp_path / "run")) == 0
    path = tmp_path / "run" / "environment.json"
    environment = json.loads(path.read_text())
    environment["catalog"]["python"]["version"] = "3.7.0"
    path.write_text(json.dumps(environment))
    capsys.readouterr()
    assert run_here(with_bracket, *arguments, "--out", str(tmp_path / "run")) == 2
    assert "its Python forms, or the Python that ran them, are others" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize("name", ["fails", "missing"])
def test_what_is_no_python_is_refused(
    name: str, with_bracket: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = tmp_path / name
    if name == "fails":
        python.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        python.chmod(0o755)
    assert run_here(with_bracket, "--python", str(python), "--list") == 2
    said = one_line(capsys.readouterr().err)
    assert said.startswith(
        f"error: --python '{python}' cannot run the Python forms; valid: any Python from 3.8"
    )


def test_a_build_without_the_frame_is_refused(
    with_bracket: FakeBuild, capsys: pytest.CaptureFixture[str]
) -> None:
    (with_bracket.benchmarks / "bracket").unlink()
    assert run_here(with_bracket, "--list") == 2
    assert "bracket' is not built" in one_line(capsys.readouterr().err)
