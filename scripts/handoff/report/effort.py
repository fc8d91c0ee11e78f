"""How many samples each case got and why, and which cases are still known less precisely than was asked for."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..campaign.profiles import PRECISION
from ..run.results import Run
from ..run.sampling import HEADLINES_EVERY, OTHERS_EVERY, REVISITED_EVERY
from ..statistics import measures
from ..statistics.stats import CONFIDENCE

Json = dict[str, Any]

# How a campaign ended (measuring.py), in words.
_ENDED = {
    "precise": "all headlines were known precisely enough",
    "budget": "its time was up",
    "blocks": "it had the blocks that were asked for",
    "interrupted": "it was interrupted",
}


def precision(environment: Json) -> float:
    """The half-width of an interval that the campaign aimed at; of an old one, what it is judged by."""
    stored: Json = environment.get("sampling") or {}
    return float(stored.get("precision", PRECISION))


def describe(run: Run, in_blocks: pd.DataFrame, cases: list[Json], complete: list[int]) -> Json:
    """`in_blocks`: the samples of complete blocks that ended well; `cases`: the rows of the summary."""
    stored: Json = run.environment.get("sampling") or {}
    headlines = {name for names in stored.get("headlines", []) for name in names}
    thin = [block for block in complete if block in run.plans and run.plans[block].needs is not None]
    rows = [row for row in cases if not row["control"] and row["figure"]]
    trials = in_blocks["case"].value_counts()
    counts = pd.Series([int(trials.get(row["case"], 0)) for row in rows], dtype=int)
    cells = [_cell(row, row["case"] in headlines) for row in rows]
    unstable = [cell for cell in cells if cell.pop("unstable")]
    return {
        "adaptive": bool(thin),
        "precision": precision(run.environment),
        "every": _frequencies(stored),
        "ended": run.environment.get("ended"),
        "full_blocks": len(complete) - len(thin),
        "thin_blocks": len(thin),
        "samples": {
            "min": int(counts.min()) if len(counts) else 0,
            "median": float(counts.median()) if len(counts) else 0.0,
            "max": int(counts.max()) if len(counts) else 0,
        },
        "cells": len(cells),
        "headline_cells": sum(cell["headline"] for cell in cells),
        "unstable": sorted(unstable, key=lambda cell: (not cell["headline"], cell["case"])),
    }


def _frequencies(stored: Json) -> dict[str, int]:
    """Of so many thin blocks a case is in one: the campaign's own rule; of an old one, the rule of its time."""
    others = int(stored.get("others_every", OTHERS_EVERY))
    return {
        "headlines": int(stored.get("headlines_every", min(others, HEADLINES_EVERY))),
        "others": others,
        "all": int(stored.get("revisited_every", REVISITED_EVERY)),
    }


def _cell(row: Json, headline: bool) -> Json:
    """The case in the regime that has most of its samples, which is also what the sampling went by."""
    states: list[Json] = sorted(row["regimes"], key=lambda one: -int(one["n"]))
    if not states or states[0]["n"] == 0:
        nothing = {"regime": None, "n": 0, "half_width": None, "unstable": True}
        return {"case": row["case"], "headline": headline, **nothing}
    most = states[0]
    return {
        "case": row["case"],
        "headline": headline,
        "regime": most["regime"],
        "n": most["n"],
        "half_width": most["half_width"] if most["coverage"] >= CONFIDENCE else None,
        "unstable": most["unstable"],
    }


def blocks(told: Json) -> str:
    """Which blocks there were."""
    if not told["adaptive"]:
        return f"Every block held all cases, {_samples(told)}"
    return (
        f"Sampling was adaptive: {told['full_blocks']} full blocks, then {told['thin_blocks']} thin ones of what "
        f"still needed samples, {_samples(told)}"
    )


def _samples(told: Json) -> str:
    low, high = told["samples"]["min"], told["samples"]["max"]
    if low == high:
        return f"{low} samples of each case"
    return f"{low} to {high} samples of each case (median {told['samples']['median']:g})"


def outcome(told: Json) -> str:
    """How it ended and what is unstable."""
    headline = sum(cell["headline"] for cell in told["unstable"])
    others = len(told["unstable"]) - headline
    end = f"The campaign ended because {_ENDED[told['ended']]}. " if told["ended"] in _ENDED else ""
    within = f"±{measures.percent(told['precision'])}"
    if not told["unstable"]:
        return f"{end}All {told['cells']} cases have intervals within {within}"
    if not told["headline_cells"]:
        return f"{end}Intervals wider than {within}: {others} of {told['cells']} cases"
    rest = told["cells"] - told["headline_cells"]
    return (
        f"{end}Intervals wider than {within}: {headline} of the {told['headline_cells']} headline cases and "
        f"{others} of the {rest} others"
    )


def wide(cell: Json) -> str:
    """How wide an unstable cell is, in words."""
    if cell["half_width"] is None:
        return f"n = {cell['n']}, no interval yet"
    return f"±{measures.percent(cell['half_width'])}, n = {cell['n']}"
