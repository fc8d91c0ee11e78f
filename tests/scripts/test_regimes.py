"""Regimes: clusters of yardsticks, what is set aside, and what has no yardstick."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import signal

from handoff.statistics import regimes


def _samples(before: list[float], after: list[float] | None = None) -> pd.DataFrame:
    return pd.DataFrame({"yardstick_before_ns": before, "yardstick_after_ns": after or before})


def test_three_places_of_one_machine_are_three_regimes_from_fast_to_slow() -> None:
    rng = np.random.default_rng(2)
    places = rng.permutation(np.repeat([483.0, 49.0, 105.0], [40, 30, 50]))
    values = places * np.exp(rng.normal(0, 0.03, places.size))
    assigned, found = regimes.assign(_samples(list(values)))
    assert [r.name for r in found] == ["A", "B", "C"]
    assert [r.samples for r in found] == [30, 50, 40]
    truth = pd.Series(places).map({49.0: "A", 105.0: "B", 483.0: "C"})
    assert list(assigned["regime"]) == list(truth)
    assert found[1].low_ns <= found[1].median_ns <= found[1].high_ns


@pytest.mark.parametrize("ratio, clusters", [(1.15, 1), (1.22, 1), (1.35, 2), (2.0, 2)])
def test_isolated_readings_part_where_the_notes_say(ratio: float, clusters: int) -> None:
    _, found = regimes.assign(_samples([50.0, 50.0 * ratio]))
    assert len(found) == clusters


def test_a_few_readings_in_between_do_not_chain_two_places_into_one() -> None:
    """Single linkage at a gap of 1.25 would join these: the bridge has no gap above 1.2."""
    rng = np.random.default_rng(4)
    bridge = [58.0, 69.0, 82.0]
    values = [*(50 * np.exp(rng.normal(0, 0.02, 200))), *bridge, *(98 * np.exp(rng.normal(0, 0.02, 200)))]
    _, found = regimes.assign(_samples(values))
    large = [r for r in found if r.samples > 50]
    assert len(large) == 2
    assert large[0].median_ns == pytest.approx(50, rel=0.01)
    assert large[1].median_ns == pytest.approx(98, rel=0.01)


def test_the_width_of_noise_does_not_split_a_place() -> None:
    values = 50 * np.exp(np.random.default_rng(8).normal(0, 0.05, 600))
    _, found = regimes.assign(_samples(list(values)))
    assert max(r.samples for r in found) >= 595


def test_yardsticks_that_disagree_set_the_sample_aside_in_either_direction() -> None:
    assigned, found = regimes.assign(_samples([100, 100, 100, 120], [114, 116, 80, 100]))
    aside = regimes.SET_ASIDE
    assert list(assigned["regime"]) == ["A", aside, aside, aside]
    assert sum(r.samples for r in found) == 1


def test_one_cpu_is_a_group_of_its_own_and_half_a_yardstick_is_none() -> None:
    nan = float("nan")
    assigned, _ = regimes.assign(_samples([nan, 50.0, nan], [nan, nan, 50.0]))
    assert list(assigned["regime"]) == [regimes.SINGLE_CPU, regimes.SET_ASIDE, regimes.SET_ASIDE]
    without, found = regimes.assign(pd.DataFrame({"case": ["x", "y"]}))
    assert list(without["regime"]) == [regimes.SINGLE_CPU] * 2
    assert found == []


def test_the_yardstick_of_a_sample_is_the_geometric_mean() -> None:
    assigned, _ = regimes.assign(_samples([100.0], [110.0]))
    assert assigned["yardstick_ns"].iloc[0] == pytest.approx(np.sqrt(100 * 110))


def test_names_go_on_after_z() -> None:
    assert [regimes.name_of(i) for i in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


def _two_forms(least: list[float], walking: list[float]) -> pd.DataFrame:
    return _samples(least).assign(bare_walking_before_ns=walking, bare_walking_after_ns=walking)


def test_the_form_of_the_yardstick_that_separates_best_finds_the_regimes() -> None:
    """The least form sees one place, and a walking one two; figures stay multiples of the least."""
    assigned, found = regimes.assign(_two_forms([50.0, 51.0, 50.5, 51.5], [100.0, 300.0, 101.0, 303.0]))
    assert list(assigned["regime"]) == ["A", "B", "A", "B"]
    assert list(assigned["yardstick_ns"]) == pytest.approx([50.0, 51.0, 50.5, 51.5])
    assert found[1].median_ns == pytest.approx(51.25)


def test_the_least_form_finds_the_regimes_where_no_other_is_better() -> None:
    assigned, _ = regimes.assign(_two_forms([50.0, 150.0, 51.0], [100.0, 300.0, 102.0]))
    assert list(assigned["regime"]) == ["A", "B", "A"]
    assigned, _ = regimes.assign(_two_forms([50.0, 150.0, 51.0], [100.0, 101.0, 102.0]))
    assert list(assigned["regime"]) == ["A", "B", "A"]


def test_a_form_that_sets_much_aside_separates_worse() -> None:
    steady = pd.DataFrame(
        {"yardstick_before_ns": [50.0, 52.0, 150.0], "yardstick_after_ns": [50.0, 52.0, 150.0]}
    )
    both = steady.assign(
        bare_walking_before_ns=[100.0, 100.0, 300.0], bare_walking_after_ns=[100.0, 200.0, 300.0]
    )
    assigned, _ = regimes.assign(both)
    assert list(assigned["regime"]) == ["A", "A", "B"]


def test_peaks_are_those_of_scipy() -> None:
    drawn = np.random.default_rng(7)
    for _ in range(2000):
        density = drawn.integers(0, 4, drawn.integers(1, 40)).astype(float)  # flat tops, and at the borders
        assert regimes.peaks_of(density).tolist() == signal.find_peaks(density)[0].tolist()
