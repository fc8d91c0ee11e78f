"""Which trials something else had a hand in, and whether any verdict hangs on them.

A flagged trial stays in (docs/method.md): to drop
what looks disturbed is to choose one's results. What is asked is only whether the answer would be another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from . import pairs, verdicts
from .outcomes import Outcome
from .pairs import MIN_TRIALS
from .verdicts import Standing

FLAGGED = "flagged"  # the column that mark() adds
# The canary's readings of one undisturbed CPU scatter by some 2%; a step of the usual frequency tables, 100 MHz
# in 2 GHz, is 5%.
THROTTLED = 0.05

_AMONG_THE_BEST = {verdicts.BEST, Outcome.EQUIVALENT.value}  # which of them comes first says nothing

Json = dict[str, Any]


@dataclass(frozen=True)
class Disturbance:
    """Flags trials of which a figure, the largest if there are several, exceeds a limit, where the rule applies
    at all."""

    name: str
    figures: tuple[str, ...]
    text: str
    applies: Callable[[pd.DataFrame], pd.Series]
    limit: Callable[[pd.DataFrame, pd.Series], pd.Series | float]


def _always(samples: pd.DataFrame) -> pd.Series:
    return pd.Series(True, index=samples.index)


def _pinned(samples: pd.DataFrame) -> pd.Series:
    return samples["cpus"].map(lambda cpus: bool(cpus) and min(cpus) >= 0)


def _own_cpu_each(samples: pd.DataFrame) -> pd.Series:
    if "oversubscribed" not in samples:
        return pd.Series(False, index=samples.index)
    return samples["oversubscribed"] == 0


def _none(_: pd.DataFrame, __: pd.Series) -> float:
    return 0.0


def _usual_of_the_case(samples: pd.DataFrame, figure: pd.Series) -> pd.Series:
    """The outer edge of what is usual: Tukey's fence (Exploratory Data Analysis, 1977) over a case's trials.

    A spinning thread is interrupted by the kernel's own work whatever we do: in the quick profile by some six
    switches in 50 ms. A limit of zero would flag every trial and tell nothing; where a case is otherwise left
    alone the fence is zero.
    """
    by_case = figure.groupby(samples["case"])
    low, high = by_case.quantile(0.25), by_case.quantile(0.75)
    return samples["case"].map(high + 1.5 * (high - low))


def _slower_than_usual(_: pd.DataFrame, figure: pd.Series) -> float:
    """Against the campaign's own median: nobody else knows at which frequency this machine should run."""
    return float(figure.median()) * (1.0 + THROTTLED)


RULES = (
    Disturbance("stolen", ("steal_s",), "the host took CPU time", _always, _none),
    Disturbance("migrated", ("migrations",), "a pinned thread changed its CPU", _pinned, _none),
    Disturbance(
        "interrupted",
        ("involuntary_switches",),
        "more involuntary switches than usual for the case, with a CPU for each thread",
        _own_cpu_each,
        _usual_of_the_case,
    ),
    Disturbance(
        "throttled",
        ("canary_before_ns", "canary_after_ns"),
        f"a CPU took over {100 * THROTTLED:g}% longer for fixed arithmetic than in the campaign's median",
        _always,
        _slower_than_usual,
    ),
)


def flags(samples: pd.DataFrame) -> pd.DataFrame:
    """A column of truth values per rule. What was not recorded flags nothing."""
    found = {}
    for rule in RULES:
        recorded = [figure for figure in rule.figures if figure in samples]
        if not recorded:
            found[rule.name] = pd.Series(False, index=samples.index)
            continue
        figure = samples[recorded].apply(pd.to_numeric, errors="coerce").max(axis=1)
        figure = figure.where(rule.applies(samples))
        found[rule.name] = figure > rule.limit(samples, figure)
    return pd.DataFrame(found, index=samples.index)


def mark(samples: pd.DataFrame) -> tuple[pd.DataFrame, Json]:
    """The samples with the column `flagged`, and how many each rule found."""
    found = flags(samples)
    any_rule = found.any(axis=1)
    told = {
        "trials": len(samples),
        "flagged": int(any_rule.sum()),
        "rules": [
            {
                "name": rule.name,
                "figure": ", ".join(rule.figures),
                "text": rule.text,
                "trials": int(found[rule.name].sum()),
            }
            for rule in RULES
        ],
    }
    return samples.assign(**{FLAGGED: any_rule.to_numpy(bool)}), told


def changes(full: Standing, rows: pd.DataFrame) -> list[Json]:
    """The verdicts against the best of a group that would be others without its flagged trials.

    `rows` are what `full` was made of. Too few trials left is a change as well, but one that speaks of their number
    and not of their disturbance; `too_few` says so.
    """
    flagged = rows[FLAGGED].to_numpy(bool)
    if not flagged.any() or len(full.members) < 2:
        return []
    calm = verdicts.against_best(pairs.of_rows(rows[~flagged]))
    known = {member.name: member for member in calm.members} if calm else {}
    left = rows[~flagged]["implementation"].value_counts()
    found: list[Json] = []
    for member in full.members:
        now = known[member.name].outcome if member.name in known else Outcome.NOT_KNOWN.value
        if now != member.outcome and not {now, member.outcome} <= _AMONG_THE_BEST:
            found.append(
                {
                    "implementation": member.name,
                    "outcome": member.outcome,
                    "n": int((rows["implementation"] == member.name).sum()),
                    "without": {"outcome": now, "n": int(left.get(member.name, 0))},
                    "too_few": int(left.get(member.name, 0)) < MIN_TRIALS,
                }
            )
    return found


def outcome(told: Json, groups: list[Json]) -> Json:
    """What mark() told, with how many verdicts of all groups hang on flagged trials."""
    found = [change for group in groups for change in group["without_flagged"]]
    return {
        **told,
        "verdicts": sum(len(group["members"]) for group in groups),
        "would_change": len(found),
        "for_lack_of_trials": sum(change["too_few"] for change in found),
    }


def sentence(outcome: Json) -> str:
    """The one line of the report."""
    by_rule = ", ".join(f"{rule['trials']} {rule['name']}" for rule in outcome["rules"])
    told = (
        f"{outcome['flagged']} of {outcome['trials']} trials are flagged ({by_rule}); they stay in. Leaving "
        f"them out would change {outcome['would_change']} of {outcome['verdicts']} verdicts"
    )
    few = outcome["for_lack_of_trials"]
    return told + (f", {few} of them only because fewer than six trials were left" if few else "")
