"""Whether downloads over HTTP take as long as on the simulated network: cases of one run, block by block."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from ..run import cases, strategies
from ..run.cases import Case
from ..run.results import Run
from ..run.sampling import BLOCKS_FOR_AN_INTERVAL
from ..statistics import stats
from ..statistics.stats import Interval

Json = dict[str, Any]

LIMIT = 0.10

# Takes the place of a strategy that the simulated network does not have: results as they come, there too.
STAND_IN = strategies.UNORDERED


@dataclass(frozen=True)
class TransportPair:
    """The same list in both ways, and the median of the blocks' ratios of makespans, HTTP over simulated."""

    http: Case
    simulated: Case
    http_s: float
    simulated_s: float
    ratio: Interval

    @classmethod
    def from_dict(cls, stored: Json) -> TransportPair:
        ratio = Interval(**stored["ratio"])
        http, simulated = cases.parse(stored["http"]), cases.parse(stored["simulated"])
        return cls(http, simulated, stored["http_s"], stored["simulated_s"], ratio)

    def as_dict(self) -> Json:
        names = {"http": self.http.name, "simulated": self.simulated.name}
        return {**names, "http_s": self.http_s, "simulated_s": self.simulated_s, "ratio": asdict(self.ratio)}

    @property
    def agrees(self) -> bool:
        """With its whole interval."""
        return 1 - LIMIT <= self.ratio.low and self.ratio.high <= 1 + LIMIT


def twin(case: Case, measured: Collection[str]) -> Case | None:
    """The case on the simulated network that one over HTTP is to be compared with."""
    if case.workload != strategies.WORKLOAD or case.keys.get("transport") != "http":
        return None
    keys = [f"{key}:{value}" for key, value in case.keys.items() if key != "transport"]
    for implementation in (case.implementation, STAND_IN):
        name = "/".join((case.workload, implementation, *keys))
        if name in measured:
            return cases.parse(name)
    return None


def pairs(samples: pd.DataFrame) -> list[TransportPair]:
    """Of the samples of complete blocks, in the order of their names."""
    sound = samples[samples["status"] == "ok"]
    makespans = sound.pivot_table(index="block", columns="case", values="makespan_s")
    names = [str(name) for name in makespans.columns]
    found = []
    for http in map(cases.parse, sorted(names)):
        simulated = twin(http, names)
        if simulated is None:
            continue
        both = makespans[[http.name, simulated.name]].dropna()
        if both.empty:
            continue
        ratio = stats.median_interval((both[http.name] / both[simulated.name]).to_numpy())
        medians = both.median()
        http_s, simulated_s = float(medians[http.name]), float(medians[simulated.name])
        found.append(TransportPair(http, simulated, http_s, simulated_s, ratio))
    return found


def record(run: Run, found: Iterable[TransportPair]) -> Json:
    """What is stored of a run, and all that the table in docs/downloads.md is made from."""
    build = run.environment["build"]
    return {
        "run": run.environment["run_id"],
        "machine": run.environment["machine"]["slug"],
        "started": run.environment["started"],
        "commit": build["commit"],
        "dirty": build["dirty"],
        "blocks": len(run.complete_blocks()),
        "pairs": [pair.as_dict() for pair in found],
    }


def recorded(stored: Json) -> str:
    """The table, where it comes from, and what of it agrees."""
    found = [TransportPair.from_dict(pair) for pair in stored["pairs"]]
    apart = sum(not pair.agrees for pair in found)
    agreeing = (
        f"{len(found) - apart} of {len(found)} intervals lie within {100 * LIMIT:.0f}% of 1"
        if apart
        else f"Each of the {len(found)} intervals lies within {100 * LIMIT:.0f}% of 1"
    )
    changes = " with changes" if stored["dirty"] else ""
    blocks = f"{stored['blocks']} block{'s' if stored['blocks'] != 1 else ''}"
    source = (
        f"From run {stored['run']}: {blocks} on {stored['machine']}, {stored['started'][:10]}, commit "
        f"{str(stored['commit'])[:10]}{changes}. {agreeing}."
    )
    weak = [pair for pair in found if not pair.ratio.sufficient]
    source += f" With fewer than {BLOCKS_FOR_AN_INTERVAL} blocks an interval is only a range." if weak else ""
    return f"{table(found)}\n\n{source}"


def table(found: Iterable[TransportPair]) -> str:
    lines = [
        "| strategy | n | list | simulated | HTTP | HTTP / simulated | blocks |",
        "|---|---|---|---|---|---|---|",
    ]
    for pair in found:
        keys = pair.http.keys
        what = ", ".join(
            f"{key} {keys[key]}" for key in ("items", "latency", "ms", "failures", "bandwidth") if key in keys
        )
        against = "" if pair.simulated.implementation == pair.http.implementation else f" ({STAND_IN})"
        ratio = f"{pair.ratio.estimate:.3f} ({pair.ratio.low:.3f} to {pair.ratio.high:.3f})"
        ratio += "" if pair.agrees else ": apart"
        lines.append(
            f"| `{pair.http.implementation}` | {keys['n']} | {what} | {pair.simulated_s:.3f} s{against} "
            f"| {pair.http_s:.3f} s | {ratio} | {pair.ratio.n} |"
        )
    return "\n".join(lines)
