"""By how much a peer's own figures differ from ours of the same shape, regime by regime."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..run.peers.folder import Measured
from ..run.peers.suite import OURS, THEIRS, Counterpart, Reading, Row
from . import measures, pairs, regimes, verdicts
from .outcomes import Verdict


@dataclass(frozen=True)
class Beside:
    """A row of the peer's against our case. Ratios are theirs over ours, of what an operation costs."""

    counterpart: Counterpart
    printed: str  # in the first block, as the peer prints it,
    ns: float  # and made true
    at_least: bool
    medians: dict[str, tuple[float, float]]  # theirs and ours in ns, by regime
    verdict: Verdict
    summarised: Verdict | None  # with a figure of ours made of a block's trials as the peer makes its own


@dataclass(frozen=True)
class Comparison:
    found: tuple[Beside, ...]
    regimes: tuple[regimes.Regime, ...]
    set_aside: int  # trials during which the machine moved
    failed: tuple[str, ...]  # what each trial that failed said
    corrected: str
    withheld: str


def compare(measured: Measured) -> Comparison:
    sound = [record for record in measured.records if record["status"] == "ok"]
    frame = pd.DataFrame(
        [{**record["figures"], "block": record["block"], "case": record["case"]} for record in sound],
        columns=None if sound else ["block", "case"],
    )
    placed, places = regimes.assign(frame)
    readings = {
        index: measured.suite.read(record["output"], measured.clock)
        for index, record in enumerate(sound)
        if record["label"] == THEIRS
    }
    told = list(readings.values())
    return Comparison(
        tuple(_compared(measured, placed, readings)),
        tuple(places),
        int((placed["regime"] == regimes.SET_ASIDE).sum()),
        tuple(record["message"] for record in measured.records if record["status"] != "ok"),
        told[0].corrected if told else "",
        next((one.withheld for one in told if one.withheld), ""),
    )


def _compared(measured: Measured, placed: pd.DataFrame, readings: dict[int, Reading]) -> Iterator[Beside]:
    steady = placed[placed["regime"] != regimes.SET_ASIDE]
    for counterpart in measured.suite.counterparts:
        rows = {
            index: reading.rows[counterpart.row]
            for index, reading in readings.items()
            if counterpart.row in reading.rows and index in steady.index
        }
        ours = steady[steady["case"] == counterpart.case]
        if rows and len(ours):
            yield _beside(measured, counterpart, _theirs(steady, rows), rows, _ours(ours, counterpart.case))


def _theirs(steady: pd.DataFrame, rows: dict[int, Row]) -> pd.DataFrame:
    own = steady.loc[list(rows), ["block", "regime"]]
    return own.assign(ns=[row.ns for row in rows.values()], implementation=THEIRS)


def _ours(trials: pd.DataFrame, case: str) -> pd.DataFrame:
    measure = measures.MEASURES[case.partition("/")[0]]
    value = trials[measure.figure].astype(float)
    ns = 1e9 / value if measure.more_is_better else value
    return trials[["block", "regime"]].assign(ns=ns, implementation=OURS)


def _beside(
    measured: Measured,
    counterpart: Counterpart,
    theirs: pd.DataFrame,
    rows: dict[int, Row],
    ours: pd.DataFrame,
) -> Beside:
    suite = measured.suite
    first = next(iter(rows.values()))
    in_blocks = ours.groupby(["block", "regime"])["ns"]
    whole = in_blocks.filter(
        lambda times: len(times) >= suite.repeats
    ).index  # all trials of a block in one regime
    summarised = (
        ours.loc[whole].groupby(["block", "regime"])["ns"].agg(lambda times: suite.summarised(list(times)))
    )
    return Beside(
        counterpart,
        first.printed,
        first.ns,
        first.at_least,
        {
            str(regime): (
                float(theirs["ns"][theirs["regime"] == regime].median()),
                float(times["ns"].median()),
            )
            for regime, times in ours.groupby("regime")
        },
        _verdict(theirs, in_blocks.median()),
        _verdict(theirs, summarised) if len(summarised) else None,
    )


def _verdict(theirs: pd.DataFrame, ours: "pd.Series[float]") -> Verdict:
    both = pd.concat([theirs, ours.reset_index().assign(implementation=OURS)])
    of = pairs.of_rows(both.assign(log_cost=np.log(both["ns"])))
    return verdicts.verdict(of, of.names.index(THEIRS), of.names.index(OURS))
