"""The scalability law against generated data with known parameters, and what a run makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.report import markdown, page, summary
from handoff.run import results
from handoff.run.cases import parse
from handoff.statistics import usl

Json = dict[str, Any]
THREADS = np.array([1.0, 2, 4, 8, 12, 16, 24, 32])


def test_the_law_by_hand() -> None:
    # Four threads: 4 · 100 / (1 + 0.1 · 3 + 0.01 · 4 · 3); one thread is the rate itself.
    assert usl.law(np.array([1.0, 4.0]), 100.0, 0.1, 0.01) == pytest.approx([100.0, 400 / 1.42])


@pytest.mark.parametrize(
    "rate, serial, agreement", [(2e7, 0.05, 0.002), (1e3, 0.4, 0.0), (5e9, 0.0, 0.01), (1.0, 0.0, 0.0)]
)
def test_exact_data_give_back_their_parameters(rate: float, serial: float, agreement: float) -> None:
    rates = usl.law(THREADS, rate, serial, agreement)
    found = usl.fit(THREADS, rates, 0.01 * rates)
    assert found.rate.estimate == pytest.approx(rate, rel=1e-4)
    assert found.serial.estimate == pytest.approx(serial, rel=1e-3, abs=1e-5)
    assert found.agreement.estimate == pytest.approx(agreement, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("agreement", [0.002, 0.0])
def test_the_intervals_cover_noisy_truth(agreement: float) -> None:
    rng = np.random.default_rng(71)
    truth = (2e7, 0.05, agreement)
    exact = usl.law(THREADS, *truth)
    hits = []
    for _ in range(300):
        noise = rng.uniform(0.005, 0.03, THREADS.size)
        found = usl.fit(THREADS, exact * np.exp(noise * rng.normal(size=THREADS.size)), 1.96 * noise * exact)
        three = (found.rate, found.serial, found.agreement)
        hits.append([one.low <= true <= one.high for one, true in zip(three, truth)])
        assert all(0.0 <= one.low <= one.estimate <= one.high for one in three)
    # 95% of 300, and three standard deviations under it.
    assert (np.mean(hits, axis=0) > 0.91).all()


@pytest.mark.parametrize("seed", range(6))
def test_noisy_data_are_near_their_parameters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rates = usl.law(THREADS, 2e7, 0.05, 0.002) * np.exp(0.01 * rng.normal(size=THREADS.size))
    found = usl.fit(THREADS, rates, 0.02 * rates)
    assert found.rate.estimate == pytest.approx(2e7, rel=0.04)
    assert found.serial.estimate == pytest.approx(0.05, abs=0.02)
    assert found.agreement.estimate == pytest.approx(0.002, rel=0.25)
    assert found.peak == pytest.approx(np.sqrt(0.95 / 0.002), rel=0.15)


def test_a_wide_point_counts_for_less() -> None:
    rates = usl.law(THREADS, 1e6, 0.1, 0.001)
    off, widths = rates.copy(), 0.01 * rates
    off[3] *= 1.5
    trusted = usl.fit(THREADS, off, widths)
    widths[3] *= 100
    doubted = usl.fit(THREADS, off, widths)
    assert abs(doubted.serial.estimate - 0.1) < 0.01 < abs(trusted.serial.estimate - 0.1)


def test_equal_readings_do_not_weigh_without_bound() -> None:
    rates = usl.law(THREADS, 1e6, 0.1, 0.001)
    widths = 0.01 * rates
    widths[2] = 0.0
    assert usl.fit(THREADS, rates, widths).serial.estimate == pytest.approx(0.1, rel=1e-3)


def _run(directory: Path, spec: Spec, law: tuple[float, float, float]) -> Json:
    """A machine of 32 CPUs on which counters follow the law, up to 1% of noise, and the other rates as well."""
    run = synthetic_run.write(directory / "run", spec)
    path = run / "samples.jsonl"
    rng = np.random.default_rng(73)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        case, figures = parse(line["case"]), line["figures"]
        count = case.keys.get("t") or case.keys.get("p")
        if count and figures:
            rate = float(usl.law(np.array([float(count)]), *law)[0] * np.exp(0.01 * rng.normal()))
            figures[next(name for name in figures if name.endswith("s_per_second"))] = rate
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return summary.build(results.load(run))


WIDE = Spec(
    blocks=9,
    queues=("vyukov_mpmc_ring", "cached_spsc_ring"),
    counters=("cas_counter", "sharded_padded_counter"),
    workloads=("counter", "producer_consumer"),
    places=(49.0,),
    drifting=0.0,
    cpus=32,
    threads=(1, 2, 4, 8, 12, 16),
    pairs=(8, 12, 16),
)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Json:
    return _run(tmp_path_factory.mktemp("wide"), WIDE, (2e7, 0.05, 0.01))


def _series(found: Json, implementation: str) -> list[Json]:
    return [one for one in found["scaling"] if one["implementation"] == implementation]


def test_a_run_on_many_cpus_has_fits_in_summary_and_report(wide: Json) -> None:
    increments = next(one for one in _series(wide, "cas_counter") if one["keys"] == {"mix": "increment"})
    assert (increments["n"], increments["regime"], increments["why_not"]) == ([1, 2, 4, 8, 12, 16], "A", None)
    fitted = increments["fit"]
    assert fitted["sigma"]["low"] <= 0.05 <= fitted["sigma"]["high"]
    assert fitted["kappa"]["estimate"] == pytest.approx(0.01, rel=0.15)
    assert fitted["lambda"]["estimate"] == pytest.approx(2e7, rel=0.03)
    assert fitted["peak"] == pytest.approx(np.sqrt(0.95 / 0.01), rel=0.1)
    assert fitted["worst_residual"] < 0.03
    pairs = next(one for one in _series(wide, "vyukov_mpmc_ring") if one["fit"])
    assert pairs["keys"] == {"wait": "spin", "item": "8", "capacity": "1024"}
    for text in (page.render(wide, []), markdown.render(wide, [])):
        part = text[text.index("Does it scale?") :]
        assert "cas_counter" in part and "vyukov_mpmc_ring" in part and "κ" in part


def test_controls_have_no_fit(wide: Json) -> None:
    assert not {one["implementation"] for one in wide["scaling"]} & {*synthetic_run.CONTROLS, "lossy_counter"}


def test_a_peak_beyond_what_was_measured_is_not_told(tmp_path: Path) -> None:
    found = _run(tmp_path, WIDE, (2e7, 0.05, 0.001))  # its peak is at 31 threads
    (one,) = [one for one in _series(found, "cas_counter") if one["fit"]]
    assert one["fit"]["peak"] is None
    assert "beyond 16" in page.render(found, [])


def test_two_cpus_have_no_fit_and_say_why(tmp_path: Path) -> None:
    spec = Spec(blocks=7, counters=("cas_counter",), workloads=("counter",), places=(49.0,), drifting=0.0)
    found = _run(tmp_path, spec, (2e7, 0.05, 0.002))
    assert found["scaling"] and all(one["fit"] is None for one in found["scaling"])
    assert {one["why_not"] for one in found["scaling"]} == {
        "2 points with a CPU for every thread; a fit needs 6"
    }
    assert "No fit of the Universal Scalability Law: at most 2 points" in markdown.render(found, [])
    assert 'id="scaling"' not in page.render(found, [])


def test_points_with_too_few_trials_are_none(tmp_path: Path) -> None:
    found = _run(tmp_path, replace(WIDE, blocks=5, workloads=("counter",)), (2e7, 0.05, 0.002))
    one = _series(found, "cas_counter")[0]
    assert one["why_not"] == (
        "0 points with a CPU for every thread, 6 more with too few trials in one regime; a fit needs 6"
    )
