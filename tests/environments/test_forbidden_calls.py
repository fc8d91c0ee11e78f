"""Sandboxes and kernels that know less: what they forbid is done without, or is said."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from conftest import FakeBuild, Scripts, build, environment, lines, one_line, scripts  # noqa: F401
from situations import (  # noqa: F401
    ASKING,
    PINNING,
    benchmark,
    campaign,
    forbid,
    in_namespace,
    networks,
    mounts,
    plain_variables,
    run,
)

CASE = "--benchmark_filter=^ping_pong/lamport_spsc_ring/queues:2/wait:yield/report:mean/"


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param({"pidfd_open": errno.ENOSYS}, marks=pytest.mark.quick),
        {"pidfd_open": errno.EPERM},
        {"flock": errno.ENOSYS},
        {"flock": errno.ENOLCK},
        ASKING,
        {"prctl": errno.EPERM},
    ],
    ids=str,
)
def test_a_campaign_does_without(
    build: FakeBuild, scripts: Scripts, tmp_path: Path, calls: dict[str, int]
) -> None:
    out = tmp_path / "run"
    done = run(*campaign(build, scripts, "--out", str(out)), preexec_fn=forbid(calls))
    assert done.returncode == 0, done.stderr
    assert environment(out)["finished"] is not None and len(lines(out)) > 2


def test_a_trial_that_hangs_is_noticed_without_pidfds(
    build: FakeBuild, scripts: Scripts, tmp_path: Path
) -> None:
    build.misbehave({"case": "good_ring", "do": "crash"})
    out = tmp_path / "run"
    command = campaign(build, scripts, "--out", str(out))
    assert run(*command, preexec_fn=forbid({"pidfd_open": errno.ENOSYS})).returncode == 1
    assert "crashed" in {line["status"] for line in lines(out)}


@pytest.mark.quick
def test_threads_that_are_not_pinned_are_measured_where_pinning_is_forbidden() -> None:
    done = run(
        benchmark("ping_pong"),
        CASE,
        "--placement=none",
        "--benchmark_format=json",
        preexec_fn=forbid(PINNING),
    )
    assert done.returncode == 0, done.stderr
    (entry,) = json.loads(done.stdout)["benchmarks"]
    assert entry["round_trip_ns"] > 0 and "yardstick_before_ns" not in entry


@pytest.mark.quick
def test_who_wants_to_pin_where_it_is_forbidden_is_told_what_does_without() -> None:
    done = run(benchmark("ping_pong"), CASE, preexec_fn=forbid(PINNING))
    assert done.returncode == 2
    assert "cannot pin a thread to CPU" in done.stderr and "--placement none does without" in done.stderr


def test_a_sandbox_that_does_not_tell_the_affinity() -> None:
    done = run(benchmark("ping_pong"), CASE, "--placement=none", preexec_fn=forbid(PINNING | ASKING))
    assert done.returncode == 0, done.stderr


@networks
def test_a_network_without_lo_is_named() -> None:
    case = "--benchmark_filter=^download_strategies/sequential/.*/transport:http/"
    done = run(*in_namespace("--net", first="true"), benchmark("download_strategies"), case)
    assert done.returncode == 1
    assert "the network interface 'lo' is down" in done.stderr


@pytest.mark.quick
@mounts
@pytest.mark.parametrize(
    "source, counter", [("hpet", "steady_clock"), ("acpi_pm", "steady_clock"), ("tsc", None)]
)
def test_a_kernel_that_distrusts_the_counter(tmp_path: Path, source: str, counter: str | None) -> None:
    told = tmp_path / "source"
    told.write_text(source + "\n")
    of_kernel = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
    before = in_namespace("--mount", first=f"mount --bind {told} {of_kernel}")
    plain = json.loads(run(benchmark("catalog")).stdout)["clock"]["counter"]
    found = json.loads(run(*before, benchmark("catalog")).stdout)["clock"]["counter"]
    assert found == (counter or plain)


@pytest.mark.quick
def test_two_threads_on_one_cpu_are_too_many() -> None:
    cpu = min(os.sched_getaffinity(0))
    opened = run(benchmark("bracket"), f"--placement=cpus:{cpu}", "--threads=2", input="done\n").stdout
    assert json.loads(opened.splitlines()[0]) == {"cpus": [cpu, cpu], "oversubscribed": True}
    opened = run(benchmark("bracket"), f"--placement=cpus:{cpu}", "--threads=1", input="done\n").stdout
    assert json.loads(opened.splitlines()[0])["oversubscribed"] is False
