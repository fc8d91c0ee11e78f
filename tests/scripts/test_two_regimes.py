"""A campaign during which the host moved the cores: what its samples must be taken to say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handoff.statistics import pairs, verdicts
from handoff.statistics.outcomes import Outcome
from handoff.statistics.pairs import Group
from handoff.statistics.prepared import prepare

LATENCY = "ping_pong/queues:2/wait:spin/report:mean"


@pytest.fixture(scope="module")
def samples() -> pd.DataFrame:
    stored = pd.read_csv(Path(__file__).parent / "recorded" / "two_regimes.csv.gz")
    return prepare(stored.assign(control="")).usable


def group(samples: pd.DataFrame, name: str) -> Group:
    return pairs.of_rows(samples[samples["group"] == name])


def settled(of: Group) -> tuple[int, int]:
    """Pairs of which a direction was said, and pairs whose order was found to change."""
    said = verdicts.all_pairs(of)[np.triu_indices(len(of.names), 1)]
    return int(np.isin(said, [Outcome.FASTER, Outcome.SLOWER]).sum()), int(
        (said == Outcome.REGIME_DEPENDENT).sum()
    )


def test_the_machine_has_two_regimes(samples: pd.DataFrame) -> None:
    assert set(samples["regime"]) == {"A", "B", "one CPU"}
    assert len(group(samples, LATENCY).names) == 22


def test_the_queue_that_is_seven_times_as_slow_is_slower(samples: pd.DataFrame) -> None:
    standing = verdicts.against_best(group(samples, LATENCY))
    assert standing is not None
    found = standing.of("mutex_deque").verdict
    assert found is not None and found.outcome is Outcome.SLOWER and found.sizes_differ
    assert [one.ratio for one in found.regimes] == pytest.approx([6.8, 3.0], rel=0.05)


def test_the_best_cell_of_latency(samples: pd.DataFrame) -> None:
    standing = verdicts.against_best(group(samples, LATENCY))
    assert standing is not None
    assert standing.tied == ["boost_spsc_queue"]
    assert standing.named(Outcome.NOT_KNOWN) == ["atomic_queue_spsc", "cached_spsc_ring"]
    # Best where the machine is fast, not best where it is slow.
    assert standing.named(Outcome.REGIME_DEPENDENT) == ["vyukov_mpmc_ring", "ticket_mpmc_ring"]
    assert len(standing.named(Outcome.SLOWER)) == 17


def test_most_pairs_are_told_apart(samples: pd.DataFrame) -> None:
    """Before there was one function for it: 111 of 231."""
    directions, changed = settled(group(samples, LATENCY))
    assert directions >= 205 and directions + changed >= 206


def test_all_groups(samples: pd.DataFrame) -> None:
    """Before: 333 of 1,012."""
    names = [name for name, rows in samples.groupby("group") if rows["implementation"].nunique() > 1]
    totals = [settled(group(samples, str(name))) for name in names]
    assert sum(directions for directions, _ in totals) >= 450
