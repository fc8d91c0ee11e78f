"""What a thread that is stopped in the middle of a call costs the others, and whether that is what a queue declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy.stats import fisher_exact

from ..statistics import measures

Json = dict[str, Any]

WORKLOAD = "stall"
ENDS = ("push", "pop")

# A queue that claims progress is contradicted if its calls are held up in more than a rare share of the stops, and more
# often than in stops outside a call by more than chance. Of 45 queues with two claims each, one run in a thousand would
# say so of a sound one.
RARE = 0.05
CHANCE = 1e-5
# The same where it is no accusation.
NOT_BY_CHANCE = 0.01

READING = (
    "A thread is stopped in the middle of a push or a pop, at a random moment, again and again, and the others go on. Held "
    "up: the share of these stops in which the pushes or the pops of the others did not succeed once in four fifths of "
    "the stop, although there was room, or items. That is what “blocking” means: it does so whenever the thread happens to "
    "be stopped in the wrong place. Of a lock-free queue no stop should. Outside: the same where the thread was stopped "
    "between its calls: what the machine does by itself. Kept: the others’ operations per second while a thread is stopped in a "
    "call, over those before; more than 1 where a stopped thread leaves them its CPU. Where a thread is alone at its end, "
    "the others need only do what the items, or the room, were there for. An item lost or doubled by a stop fails the trial. "
    "A thread in the allocator is stopped when it has left it."
)


def table(rows: list[Json], usable: pd.DataFrame, catalog: Json) -> list[Json]:
    """One entry per length of stops, short ones first; its members from few stops that held up others to many. `rows`: the
    cases of the summary; `usable`: the samples that ended well."""
    specs = {str(entry["name"]): entry for entry in catalog.get("queues", [])}
    samples = usable[usable["workload"] == WORKLOAD]
    by_case = dict(list(samples.groupby("case")))
    found: dict[tuple[int, int], list[Json]] = {}
    for row in rows:
        if row["workload"] == WORKLOAD and not row["withheld"] and row["case"] in by_case:
            key = (int(row["keys"]["stop_ms"]), int(row["keys"]["capacity"]))
            spec = specs.get(row["implementation"], {})
            found.setdefault(key, []).append(_member(row, by_case[row["case"]], spec))
    return [
        {
            "stop_ms": stop_ms,
            "capacity": capacity,
            "members": sorted(members, key=lambda one: (one["harmful_share"], one["implementation"])),
        }
        for (stop_ms, capacity), members in sorted(found.items())
    ]


@dataclass(frozen=True)
class Harm:
    """Of so many stops inside a call, and of so many outside, those by which others were held up."""

    stops: int
    harmful: int
    outside_stops: int
    outside_harmful: int

    @property
    def share(self) -> float:
        return self.harmful / self.stops if self.stops else 0.0

    @property
    def is_shown(self) -> bool:
        """Whether it is more than what the machine does by itself."""
        counts = ((self.harmful, self.stops), (self.outside_harmful, self.outside_stops))
        return _chance(*counts) < NOT_BY_CHANCE

    @property
    def text(self) -> str:
        return measures.percent(self.share) if self.is_shown or not self.harmful else "not known"


def harm(samples: pd.DataFrame) -> Harm:
    """Of all trials together."""
    ends = [_stops(samples, f"{end}_") for end in ENDS]
    apart = _stops(samples, "outside_")
    stops, harmful = (sum(one[key] for one in ends) for key in ("stops", "harmful"))
    return Harm(stops, harmful, apart["stops"], apart["harmful"])


def _chance(inside: tuple[int, int], outside: tuple[int, int]) -> float:
    """How likely it is that so many more of the first are held up if both kinds of stops do the same."""
    counts = [[held_up, stops - held_up] for held_up, stops in (inside, outside)]
    return float(fisher_exact(counts, alternative="greater")[1])


def contradictions(settings: list[Json]) -> list[Json]:
    """Each claim of progress that the stops contradict, by the setting that shows it best."""
    found: dict[tuple[str, str], Json] = {}
    for setting in settings:
        for member in setting["members"]:
            for one in member["contradicts"]:
                key = (member["implementation"], one["operation"])
                told = {"implementation": key[0], "stop_ms": setting["stop_ms"], **one}
                if key not in found or one["share"] > found[key]["share"]:
                    found[key] = told
    return list(found.values())


def sentence(one: Json) -> str:
    claim = one["claim"].replace("_", "-")
    return (
        f"{one['implementation']} declares its {one['operation']} {claim}, but {one['held_up']} of {one['stops']} stops of "
        f"{one['stop_ms']} ms inside a call held it up in other threads ({one['outside_held_up']} of {one['outside_stops']} "
        "outside one)"
    )


def costs(member: Json) -> str:
    """In a cell: what a stalled thread costs the others."""
    if not member["harmful"]:
        return "nothing seen"
    return f"a standstill in {share(member)}" if member["is_shown"] else "no more than the machine"


def share(member: Json) -> str:
    return measures.percent(member["harmful_share"])


# ---- a member ------------------------------------------------------------------------------------------------


def _member(row: Json, samples: pd.DataFrame, spec: Json) -> Json:
    ends = {end: _stops(samples, f"{end}_") for end in ENDS}
    outside = _stops(samples, "outside_")
    found = harm(samples)
    return {
        "implementation": row["implementation"],
        "case": row["case"],
        "producers": int(row["keys"]["p"]),
        "consumers": int(row["keys"]["c"]),
        "oversubscribed": row["oversubscribed"],
        "declares": {end: str(spec.get(end, "")) for end in ENDS},
        "n": len(samples),
        "stops": found.stops,
        "harmful": found.harmful,
        "harmful_share": found.share,
        "is_shown": found.is_shown,
        "ends": ends,
        "outside": outside,
        "inside_share": _median(samples, "inside_share"),
        "threads_held_up": _median(samples, "threads_held_up"),
        "kept_share": _median(samples, "kept_share"),
        "outside_kept_share": _median(samples, "outside_kept_share"),
        "stalled_operations_per_second": _median(samples, "stalled_operations_per_second"),
        "standstill_p50_ns": _median(samples, "standstill_p50_ns"),
        "standstill_p99_ns": _median(samples, "standstill_p99_ns"),
        "standstill_max_ns": _most(samples, "standstill_max_ns"),
        "recovery_p50_ns": _median(samples, "recovery_p50_ns"),
        "recovery_max_ns": _most(samples, "recovery_max_ns"),
        "contradicts": [one for end in ENDS if (one := _contradicted(end, ends, outside, spec))],
    }


def _stops(samples: pd.DataFrame, prefix: str) -> Json:
    def total(name: str) -> int:
        return int(samples[f"{prefix}{name}"].sum())

    held_up = {end: total(f"{name}_held_up") for end, name in zip(ENDS, ("pushes", "pops"))}
    return {"stops": total("stops"), "harmful": total("harmful_stops"), "held_up": held_up}


def _contradicted(operation: str, ends: Json, outside: Json, spec: Json) -> Json | None:
    claim = str(spec.get(operation, ""))
    stops = sum(one["stops"] for one in ends.values())
    held_up = sum(one["held_up"][operation] for one in ends.values())
    if claim in ("", "blocking") or not stops or held_up / stops <= RARE:
        return None
    apart = outside["held_up"][operation]
    if not _chance((held_up, stops), (apart, outside["stops"])) < CHANCE:
        return None
    return {
        "operation": operation,
        "claim": claim,
        "held_up": held_up,
        "stops": stops,
        "share": held_up / stops,
        "outside_held_up": apart,
        "outside_stops": outside["stops"],
    }


def _median(samples: pd.DataFrame, name: str) -> float | None:
    if name not in samples or not samples[name].notna().any():
        return None
    return float(samples[name].median())


def _most(samples: pd.DataFrame, name: str) -> float | None:
    return float(samples[name].max()) if name in samples and samples[name].notna().any() else None
