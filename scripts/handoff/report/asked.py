"""What the page answers: the data of its picker and of A against B, and the list that stands there at first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..campaign import nearest, rows
from ..campaign.question import GOALS
from ..proofs.table import ProofTable
from . import duels, picker
from .evidence import Evidence

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """`shown`: what the templates tell without the script. `data`: what the script selects from."""

    shown: Json
    data: Json


def build(evidence: Evidence, summary: Json, proofs: ProofTable | None) -> Asked:
    found = picker.build(evidence, summary, proofs)
    pairs = duels.build(evidence, summary)
    machine = summary["environment"].get("machine", {})
    where = f"{machine.get('cpu_model') or machine.get('model', 'unknown machine')}, {machine.get('cpus', '?')} CPUs"
    run = {"id": summary["run_id"], "machine": where, "citable": summary["citable"]}
    shown = {
        "parts": list(found["values"]),
        "first": _first(found, evidence),
        "goals": [*found["goals"], *(one["id"] for one in found["others"])],
        "can": _can(found),
        "cannot": _cannot(found, summary),
    }
    duel = pairs | {"first": _first_pair(summary)} if pairs["settings"] else None
    data = {"picker": found if shown["first"] else None, "duels": duel, "run": run}
    return Asked(shown, {key: value for key, value in data.items() if value is not None})


def _first_pair(summary: Json) -> list[str]:
    """The best of the first row of the decision table, and the next one."""
    for row in (*summary["decisions"], *summary["groups"]):
        names = [one["implementation"] for one in row["members"]]
        if len(names) > 1 and not row.get("of_waits"):
            return names[:2]
    return []


def _can(found: Json) -> list[str]:
    told = [
        f"{goal.replace('_', ' ')} ({_settings(one['settings'])})" for goal, one in found["goals"].items()
    ]
    return told + [f"{one['title']} ({_settings(one['settings'])})" for one in found["others"]]


def _settings(settings: list[Json]) -> str:
    return f"{len(settings)} setting{'s' if len(settings) != 1 else ''}"


def _cannot(found: Json, summary: Json) -> list[Json]:
    """Each with the command that measures it."""
    told = []
    for goal in GOALS:
        if goal not in found["goals"]:
            asked = found["usual"] | {"goal": goal}
            told.append({"words": goal.replace("_", " "), "command": picker.command(asked)})
    lacking = [one["title"] for one in summary["decisions"] if not one["group"]]
    workloads = {row.title: row.workload for row in rows.ROWS}
    others = sorted({workloads[title] for title in lacking} - set(nearest.WORKLOADS.values()))
    told += [
        {"words": name.replace("_", " "), "command": f"scripts/bench.sh --workload {name}"} for name in others
    ]
    return told


# ---- the list that stands there at first, which needs no script -------------------------------------------------


def _first(found: Json, evidence: Evidence) -> Json | None:
    if not found["goals"]:
        return _first_other(found)
    asked = picker.question(found["usual"])
    goal = found["goals"][found["usual"]["goal"]]
    lacking = picker.lacking(found, found["usual"])
    able = [one["name"] for at, one in enumerate(found["queues"]) if at not in lacking]
    place = nearest.place(asked, evidence.settings, able) if able else None
    if place is None:
        return _first_other(found)
    at = next(i for i, one in enumerate(goal["settings"]) if one["group"] == place.setting.group)
    names = [one["name"] for one in found["queues"]]
    mask = sum(1 << i for i, name in enumerate(names) if name in able and name in place.setting.measured)
    answer = goal["answers"][f"{at}|{mask:x}"]
    return _shown(answer, found) | {
        "question": f"{asked.aim}: {asked.needs}",
        "group": place.setting.group,
        "figure": goal["figure"],
    }


def _first_other(found: Json) -> Json | None:
    if not found["others"]:
        return None
    found["usual"]["goal"] = found["others"][0]["id"]
    first = found["others"][0]["settings"][0]
    return _shown(first, found) | {
        "question": first["title"],
        "group": first["group"],
        "figure": first["figure"],
    }


def _shown(answer: Json, found: Json) -> Json:
    figures = [found["figures"][line[1]] for line in answer["lines"]]
    drawn = [one for one in figures if len(one) > 1 and one[2] > 0]
    span = (min(one[2] for one in drawn), max(one[3] for one in drawn)) if drawn else (1.0, 1.0)
    return {
        "conclusion": answer["conclusion"],
        "lines": [_line(line, figure, found, span) for line, figure in zip(answer["lines"], figures)],
    }


def _line(line: list[int], figure: tuple[Any, ...], found: Json, span: tuple[float, float]) -> Json:
    name, _, ratio, outcome = line
    queue = found["queues"][name] if name < len(found["queues"]) else {}
    return {
        "name": found["names"][name],
        "figure": figure[0],
        "ratio": found["texts"][ratio],
        "outcome": found["texts"][outcome],
        "promises": queue.get("promises", ""),
        "proven": queue.get("proven", ""),
        "bar": bar(figure[1:4], span) if len(figure) > 1 and figure[2] > 0 else None,
    }


def bar(state: tuple[float, ...], span: tuple[float, float]) -> Json:
    """Places in per cent on a logarithmic scale, of a median and the ends of its interval."""
    width = math.log(span[1] / span[0]) or 1.0
    middle, low, high = (100 * math.log(value / span[0]) / width for value in state)
    return {"low": round(low, 1), "middle": round(middle, 1), "width": round(high - low, 1)}
