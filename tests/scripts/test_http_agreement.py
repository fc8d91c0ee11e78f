"""HTTP against the simulated network: which cases belong together, and when they agree."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from handoff import agreement, cases

KEYS = "n:8/items:500/latency:constant/ms:5/failures:0%/bandwidth:unlimited/time:real"
HTTP = "transport:http"


def name(strategy: str, *more: str) -> str:
    return "/".join(("download_strategies", strategy, KEYS, *more))


def samples(makespans: dict[str, list[float]], status: str = "ok") -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"block": block, "case": case, "makespan_s": value, "status": status}
        for case, values in makespans.items()
        for block, value in enumerate(values)
    ]
    return pd.DataFrame(rows)


def test_a_strategy_is_compared_with_itself_or_what_stands_in() -> None:
    measured = [name("window_completion_order"), name("sequential")]

    def twin_of(strategy: str, *more: str) -> str | None:
        found = agreement.twin(cases.parse(name(strategy, *more)), measured)
        return None if found is None else found.implementation

    assert twin_of("sequential", HTTP) == "sequential"
    assert twin_of("curl_multi", HTTP) == "window_completion_order"
    assert twin_of("sequential") is None
    assert agreement.twin(cases.parse(name("curl_multi", HTTP)), [name("sequential")]) is None


@pytest.mark.parametrize("factor, agrees", [(1.03, True), (0.97, True), (1.2, False), (0.85, False)])
def test_ratios_are_taken_block_by_block(factor: float, agrees: bool) -> None:
    # The machine's speed changes from block to block, for both.
    simulated = [1.0, 2.0, 0.5, 1.5, 1.0, 3.0]
    over_http = [factor * value for value in simulated]
    (pair,) = agreement.pairs(samples({name("pool"): simulated, name("pool", HTTP): over_http}))
    assert pair.ratio.estimate == pytest.approx(factor)
    assert pair.ratio.low == pytest.approx(factor) and pair.ratio.n == 6
    assert pair.agrees == agrees
    assert (": apart" in agreement.table([pair])) != agrees


def test_the_whole_interval_has_to_agree() -> None:
    mixed = {name("pool"): [1.0] * 6, name("pool", HTTP): [1.0, 1.0, 1.0, 1.0, 1.0, 1.3]}
    (pair,) = agreement.pairs(samples(mixed))
    assert pair.ratio.estimate == 1.0 and not pair.agrees


def test_trials_that_failed_and_blocks_that_lack_one_are_left_out() -> None:
    sound = samples({name("pool"): [1.0, 1.0], name("pool", HTTP): [1.0]})
    failed = samples({name("sequential"): [1.0], name("sequential", HTTP): [1.0]}, status="unverified")
    (pair,) = agreement.pairs(pd.concat([sound, failed]))
    assert pair.http.implementation == "pool" and pair.ratio.n == 1


def test_the_table_names_the_list_and_what_stands_in() -> None:
    makespans = {name("window_completion_order"): [1.0], name("curl_multi", HTTP): [1.01]}
    text = agreement.table(agreement.pairs(samples(makespans)))
    assert "| `curl_multi` | 8 | items 500, latency constant, ms 5, failures 0%, bandwidth unlimited" in text
    assert "1.000 s (window_completion_order) | 1.010 s | 1.010" in text
