"""What the page's picker tells beside choose.py's answers: workloads whose settings are ranked, but asked for by name,
as those of counters and downloads are; and the rows of the decision table that compare waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..campaign.nearest import WORKLOADS
from ..statistics import measures, states, stats
from ..statistics.verdicts import BEST
from . import choice_words, verdict_words
from .choice import Figure
from .lines import Lines

Json = dict[str, Any]

WAIT = "wait"
TITLES = {
    WAIT: "a way to wait",
    "counter": "a counter",
    "lock": "a lock",
    "download": "a list of downloads",
    "download_strategies": "a way to download",
    "download_saving": "a way to save",
}


def build(summary: Json, lines: Lines) -> list[Json]:
    """In the order of the workloads; a setting with one entrant answers nothing."""
    cases = {one["case"]: one for one in summary["cases"] if one["label"] == one["implementation"]}
    found: dict[str, list[Json]] = {}
    for group in summary["groups"]:
        if group["workload"] in WORKLOADS.values() or len(group["members"]) < 2:
            continue
        of = [_case_of(one["implementation"], group["id"], cases.values()) for one in group["members"]]
        told = ", ".join(f"{key} {value}" for key, value in group["keys"].items()) or group["workload"]
        found.setdefault(group["workload"], []).append(
            _setting(told.replace("_", " "), group["id"], group["members"], of, "", lines)
            | {"crowded": group["oversubscribed"]}
        )
    for row in summary["decisions"]:
        if row["group"] and row["of_waits"]:
            of = [cases.get(one["case"]) for one in row["members"]]
            told = f"{row['title']}, over {row['queue']}"
            found.setdefault(WAIT, []).append(
                _setting(told, row["group"], row["members"], of, row["column"], lines) | {"crowded": False}
            )
    return [
        {"id": name, "title": TITLES.get(name, name.replace("_", " ")), "settings": settings}
        for name, settings in found.items()
    ]


def _case_of(name: str, group: str, cases: Iterable[Json]) -> Json | None:
    return next((one for one in cases if one["group"] == group and one["implementation"] == name), None)


def _setting(
    title: str, group: str, members: list[Json], of: list[Json | None], column: str, lines: Lines
) -> Json:
    regime = states.main_regime(case for case in of if case is not None)
    told = []
    for member, case in zip(members, of):
        figure, unit = _figure(case, regime, column)
        ratio = "" if member["outcome"] == BEST else _ratio(member)
        text = choice_words.figure_text(figure, unit)
        told.append(lines.line(member["implementation"], figure, text, ratio, _word(member, members)))
    return {
        "title": title,
        "group": group,
        "figure": _statistic(of, column),
        "lines": told,
        "conclusion": _conclusion(members),
    }


def _word(member: Json, members: list[Json]) -> str:
    """The first one is the best only if something is shown of it, as choice.py has it."""
    if member["outcome"] != BEST or _resolved(members):
        return str(member["outcome"])
    return "not known"


def _resolved(members: list[Json]) -> bool:
    return any(str(one["outcome"]).startswith("equivalent") or one["outcome"] == "slower" for one in members)


def _conclusion(members: list[Json]) -> str:
    if not _resolved(members):
        return "not known: no difference is shown between any of them, and none to be equivalent"
    others = [one for one in members[1:] if str(one["outcome"]).startswith("equivalent")]
    told = str(members[0]["implementation"])
    return told + "".join(f"; {one['outcome']}: {one['implementation']}" for one in others)


def _ratio(member: Mapping[str, Any]) -> str:
    if member["ratio"] is None or member.get("low") is None:
        return measures.times(member["ratio"])
    return verdict_words.ratio(dict(member))


def _figure(case: Json | None, regime: str, column: str) -> tuple[Figure | None, str]:
    state = states.state_of(case, regime) if case else None
    if case is None or state is None:
        return None, ""
    told = state["cpu_ns"] if column == "log_cpu" else state
    if not told or told["median"] is None:
        return None, ""
    known = state["coverage"] >= stats.CONFIDENCE and state["known"]
    figure = Figure(told["median"], told["low"], told["high"], state["n"], state["regime"], known)
    return figure, "ns" if column == "log_cpu" else case["unit"]


def _statistic(of: Iterable[Json | None], column: str) -> str:
    case = next((one for one in of if one is not None), None)
    if case is None:
        return "figure"
    if column == "log_cpu":
        return "CPU time"
    measure = measures.measure_of(case["workload"], case["keys"])
    return measure.title if measure else "figure"
