"""HTTP against the simulated network: which cases belong together, and when they agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import synthetic_run
from test_downloads import ALONE
from test_report import call

from handoff.commands import readme_tables
from handoff.compare import agreement
from handoff.errors import HandoffError
from handoff.run import cases
from handoff.run.results import Run

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


def test_a_list_with_rates_of_its_own_is_another_list() -> None:
    measured = {
        name("pool").replace("unlimited", bandwidth): [makespan]
        for bandwidth, makespan in (("unlimited", 1.0), ("10MB", 2.0), ("log_normal_500kB", 4.0))
    }
    measured[name("pool", HTTP).replace("unlimited", "log_normal_500kB")] = [4.2]
    (pair,) = agreement.pairs(samples(measured))
    assert pair.ratio.estimate == pytest.approx(1.05)
    assert "failures 0%, bandwidth log_normal_500kB | 4.000 s | 4.200 s |" in agreement.table([pair])


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


def run_of(makespans: dict[str, list[float]]) -> Run:
    environment = {
        "run_id": "20261120-synthetic-2c-0123456789-abcdef01",
        "machine": {"slug": "synthetic-2c"},
        "started": "2026-11-20T12:00:00+00:00",
        "build": {"commit": "0123456789abcdef", "dirty": False},
        "cases": list(makespans),
    }
    table = samples(makespans)
    return Run(Path("run"), environment, table.assign(label="", position=0))


def test_what_is_stored_makes_the_same_table_again() -> None:
    run = run_of({name("pool"): [1.0] * 7, name("pool", HTTP): [1.05] * 6 + [1.07]})
    found = agreement.pairs(run.samples)
    stored = json.loads(json.dumps(agreement.record(run, found)))
    assert [agreement.TransportPair.from_dict(pair) for pair in stored["pairs"]] == found
    text = agreement.recorded(stored)
    assert text.startswith(agreement.table(found))
    assert text.endswith(
        "From run 20261120-synthetic-2c-0123456789-abcdef01: 7 blocks on synthetic-2c, 2026-11-20, commit "
        "0123456789. Each of the 1 intervals lies within 10% of 1."
    )


def test_what_is_stored_says_what_is_apart_and_what_is_weak() -> None:
    run = run_of({name("pool"): [1.0], name("pool", HTTP): [1.5]})
    stored = agreement.record(run, agreement.pairs(run.samples)) | {"dirty": True}
    told = agreement.recorded(stored)
    assert "1 block on synthetic-2c" in told and "commit 0123456789 with changes. 0 of 1 intervals" in told
    assert told.endswith("With fewer than 6 blocks an interval is only a range.")


def test_the_script_stores_what_it_prints(tmp_path: Path) -> None:
    setting = synthetic_run.planned(ALONE)[1].split("/", 2)[2]
    with pytest.MonkeyPatch.context() as patch:
        more = [f"download_strategies/window_completion_order/{setting}/{HTTP}"]
        original = synthetic_run.planned(ALONE)
        patch.setattr(synthetic_run, "planned", lambda spec: [*original, *more])
        run = synthetic_run.write(tmp_path / "run", ALONE)
    out = tmp_path / "agreement.json"
    told = call("http_agreement.py", run, "--json", out)
    assert told.returncode == 0, told.stderr
    stored = json.loads(out.read_text())
    assert agreement.recorded(stored).startswith(told.stdout.strip())
    assert stored["run"] == ALONE.run_id and stored["blocks"] == ALONE.blocks


def test_marked_places_are_filled_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    start, end = "<!-- rates: made by scripts/readme_tables.py -->", "<!-- end of rates -->"
    path.write_text(f"before\n{start}\nold\n{end}\nafter\n")
    present, wanted = readme_tables.filled(path, {"rates": "| new |"})
    assert present == path.read_text() and wanted == f"before\n{start}\n| new |\n{end}\nafter\n"
    path.write_text("without")
    with pytest.raises(HandoffError, match="page.md: the markers .* must stand in it once"):
        readme_tables.filled(path, {"rates": "| new |"})
