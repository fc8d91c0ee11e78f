"""An answer in words: its ranking for a terminal, a paragraph to paste, and all of it as data."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..campaign import nearest
from ..proofs.cells import BROKEN, EARLIER, PROVEN
from ..proofs.table import ProofRow, ProofTable
from ..statistics import measures
from ..statistics.outcomes import ALIKE, EQUIVALENCE, Outcome
from ..statistics.pairs import MIN_TRIALS
from ..statistics.verdicts import BEST
from . import price
from .choice import ALONE, SCHEMA, Answer, Figure, Rank

MEMORY, PROVEN_OF, STALLED, PROMISES = "B/item", "proven", "held up", "promises"
HEADS = ("queue", "figure (95%)", "cost to the best", "verdict", MEMORY, PROVEN_OF, STALLED, PROMISES)

FIGURES = {
    "throughput": "items per second",
    "round_trip": "round trip",
    "p99": "99th percentile",
    "cpu": "CPU per item",
    "memory": "bytes per item",
}
# "Slower" is said of time.
_WORSE = {"cpu": "dearer", "memory": "larger"}
# A word for each kind of proof, in the order of the table of proofs.
_SHORT = {
    "order proven": "order",
    "explored": "explored",
    "sanitizers": "sanitizers",
    "mutations killed": "mutations",
    "progress observed": "progress",
    "with threads stopped": "stops",
}
MOST_NAMED = 4  # in one list of the paragraph

Json = dict[str, Any]


# ---- words of a line -----------------------------------------------------------------------------------------


def heads(answer: Answer) -> tuple[str, ...]:
    return tuple(head.replace("figure", FIGURES[answer.question.goal]) for head in HEADS)


def cells(rank: Rank, answer: Answer, proofs: ProofTable) -> tuple[str, ...]:
    return (
        rank.member.name,
        figure(rank.figure, answer),
        ratio(rank),
        outcome(rank, answer),
        "–" if rank.bytes_per_item is None else f"{rank.bytes_per_item:.4g}",
        proven(rank.member.name, proofs),
        "–" if rank.stalled is None else rank.stalled.text,
        promises(rank.spec),
    )


def figure(found: Figure | None, answer: Answer) -> str:
    return figure_text(found, answer.unit, always_the_same=answer.question.goal == "memory")


def figure_text(found: Figure | None, unit: str, always_the_same: bool = False) -> str:
    """A median with its interval. `always_the_same`: bytes, of which one trial says as much as many."""
    if found is None:
        return "–"

    def text(value: float) -> str:
        return f"{value:.4g} B" if always_the_same else measures.text(value, unit)

    if found.low == found.high:
        return (
            text(found.median) if found.known or always_the_same else f"not known ({text(found.median)} once)"
        )
    between = f"{text(found.low)} – {text(found.high)}"
    if not found.known:
        return f"not known ({between})"
    (low, prefix), (high, same), (_, as_here) = (
        text(value).split() for value in (found.low, found.high, found.median)
    )
    if prefix == same == as_here:
        between = f"{low} – {high}"
    return f"{text(found.median)} ({between})"


def ratio(rank: Rank) -> str:
    told = rank.member.verdict
    if told is None:
        return ""
    return price.ratio(told) if told.trials >= MIN_TRIALS else price.TOO_FEW


def outcome(rank: Rank, answer: Answer) -> str:
    if rank.outcome == Outcome.SLOWER.value:
        return _WORSE.get(answer.question.goal, rank.outcome)
    return "nothing to compare it with" if rank.outcome == ALONE else rank.outcome


def promises(spec: Mapping[str, Any]) -> str:
    """Its bound, its progress, and its order where that is not FIFO."""
    progress = {str(spec["push"]), str(spec["pop"])}
    both = progress.pop() if len(progress) == 1 else f"{spec['push']} push, {spec['pop']} pop"
    order = [] if spec["delivery"] == "fifo" else [str(spec["delivery"])]
    return ", ".join([*order, str(spec["bound"]), both]).replace("_", " ")


def proven(name: str, proofs: ProofTable) -> str:
    """How many kinds of proof there are of the source that was measured, or that one is broken."""
    row = next((one for one in proofs.rows if one.name == name), None)
    if row is None:
        return "no record"
    return "BROKEN" if row.state == BROKEN else f"{len(_kinds(row, PROVEN))} of {len(_SHORT)}"


def proven_in_full(name: str, proofs: ProofTable) -> str:
    row = next((one for one in proofs.rows if one.name == name), None)
    if row is None or row.state == BROKEN:
        return proven(name, proofs)
    now = _kinds(row, PROVEN)
    kinds = ", ".join(now or _kinds(row, EARLIER)) or "nothing"
    return kinds if now or kinds == "nothing" else f"{kinds}, all of another source than the one measured"


def legend(answer: Answer, proofs: ProofTable) -> list[str]:
    """What the last column counts: each selection of kinds of proof, with whom it is true of where there are several."""
    by_kinds: dict[str, list[str]] = {}
    for rank in answer.ranks:
        by_kinds.setdefault(proven_in_full(rank.member.name, proofs), []).append(rank.member.name)
    told = [f"Proven of {_listed(names)}: {kinds}." for kinds, names in by_kinds.items()]
    return [*([f"Proven of all: {next(iter(by_kinds))}."] if len(told) == 1 else told), *_stalled(answer)]


def _stalled(answer: Answer) -> list[str]:
    """What the column of stalled threads says, where there is one."""
    if not any(rank.stalled for rank in answer.ranks):
        return []
    return ["Held up: when a thread stalls inside a call, the odds that others get nothing done meanwhile."]


def _kinds(row: ProofRow, state: str) -> list[str]:
    return [word for word, cell in zip(_SHORT.values(), row.cells) if cell.state == state]


# ---- about the whole answer ----------------------------------------------------------------------------------


def headline(answer: Answer) -> str:
    return f"{answer.question.aim}: {answer.question.needs}"


def source(answer: Answer) -> str:
    """Which run, which setting, on what."""
    environment = answer.evidence.run.environment
    machine = environment.get("machine", {})
    told = (
        f"run {run_id(answer)}, {machine.get('model', 'unknown machine')}, {machine.get('cpus', '?')} CPUs, "
        f"{len(answer.evidence.blocks)} blocks; {answer.place.setting.group}"
    )
    return f"{told}, more threads than CPUs" if answer.oversubscribed else told


def run_id(answer: Answer) -> str:
    return str(answer.evidence.run.environment.get("run_id", answer.evidence.run.path.name))


def differs(answer: Answer) -> str:
    """How the setting is another one than was asked for; empty if it is the same."""
    return ", ".join(f"{one.what} {one.measured} (asked: {one.asked})" for one in answer.place.differences)


def command(answer: Answer) -> str:
    """What measures the setting that was asked for."""
    return f"scripts/choose.py {shlex.join(answer.question.arguments())}"


def citable(answer: Answer) -> str:
    stamps = answer.evidence.stamps
    return f"NOT CITABLE: {'; '.join(stamps)}" if stamps else "Citable: all controls passed."


def dropped(answer: Answer) -> list[tuple[str, list[str]]]:
    """By the first word of why they were dropped, the names."""
    found: dict[str, list[str]] = {}
    for name, faults in answer.candidates.out.items():
        found.setdefault(next(iter(faults.values())), []).append(name)
    return list(found.items())


def conclusion(answer: Answer) -> str:
    """One line: which one."""
    first, *others = answer.ranks
    if first.outcome == ALONE:
        return f"{first.member.name}, the only one measured, and nothing to compare it with"
    if len(answer.evidence.blocks) < MIN_TRIALS:
        return (
            f"not known: there are {len(answer.evidence.blocks)} complete blocks, and nothing is said with fewer than "
            f"{MIN_TRIALS}{'; a longer --time-budget has more' if answer.measured_now else ''}"
        )
    if first.outcome != BEST:
        return "not known: no difference is shown between any of them, and none to be equivalent"
    alike = [one.member.name for one in others if one.outcome == Outcome.EQUIVALENT.value]
    told = _listed([first.member.name, *alike]) + (" (equivalent)" if alike else "")
    near = [one.member.name for one in others if one.outcome == ALIKE]
    told += f"; {ALIKE}: {_listed(near)}" if near else ""
    may_be = [one.member.name for one in others if one.outcome == Outcome.NOT_KNOWN.value]
    return told + (f"; not known of {_listed(may_be)}" if may_be else "")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


# ---- the paragraph -------------------------------------------------------------------------------------------


def paragraph(answer: Answer, proofs: ProofTable) -> str:
    """To paste into a design review."""
    ranked = len(answer.ranks)
    told = [
        f"For {answer.question.needs}, the goal being {answer.question.aim}, handoff compared {ranked} of the "
        f"{len(answer.candidates.names)} queues of its catalog that promise this."
    ]
    told += [
        _found(answer),
        *_others(answer),
        f"Proven of {_first(answer)}: {proven_in_full(_first(answer), proofs)}.",
    ]
    if not answer.place.is_exact:
        told.append(f"This is the nearest setting measured, not the one asked for: {differs(answer)}.")
    if answer.oversubscribed:
        told.append("There were more threads than CPUs, so that this says as much of the scheduler.")
    stamps = answer.evidence.stamps
    status = f"NOT CITABLE ({'; '.join(stamps)})" if stamps else "citable, all controls passed"
    return " ".join([*told, f"Run {run_id(answer)}, {_machine(answer)}: {status}."])


def _first(answer: Answer) -> str:
    return answer.ranks[0].member.name


def _machine(answer: Answer) -> str:
    machine = answer.evidence.run.environment.get("machine", {})
    return f"{machine.get('model', 'unknown machine')}, {machine.get('cpus', '?')} CPUs"


def _found(answer: Answer) -> str:
    first = answer.ranks[0]
    shown = f"{FIGURES[answer.question.goal]} {figure(first.figure, answer)}"
    if first.outcome == ALONE:
        return f"Only {_first(answer)} was measured: {shown}."
    if first.outcome != BEST:
        return f"Which is best is not known; {_first(answer)} had {shown}."
    return f"Best: {_first(answer)}, {shown}."


def _others(answer: Answer) -> list[str]:
    said = {
        Outcome.EQUIVALENT.value: f"Equivalent within ±{100 * EQUIVALENCE:g}%",
        ALIKE: ALIKE.capitalize(),
        Outcome.SLOWER.value: f"Shown {_WORSE.get(answer.question.goal, 'slower')}",
        Outcome.REGIME_DEPENDENT.value: "Faster or slower by the state of the machine",
        Outcome.NOT_KNOWN.value: "Not known",
    }
    found = []
    for outcome, words in said.items():
        of_it = [rank for rank in answer.ranks[1:] if rank.outcome == outcome]
        told = [f"{rank.member.name} {ratio(rank)}" for rank in of_it]
        if told:
            found.append(f"{words}: {_listed(told)}.")
    return found


# ---- as data -------------------------------------------------------------------------------------------------


def as_dict(answer: Answer, proofs: ProofTable) -> Json:
    """docs/choosing.md says what it means."""
    setting = answer.place.setting
    return {
        "schema": SCHEMA,
        "question": answer.question.as_dict(),
        "run_id": run_id(answer),
        "run": str(answer.evidence.run.path),
        "measured_now": answer.measured_now,
        "citable": not answer.evidence.stamps,
        "stamps": answer.evidence.stamps,
        "setting": {
            "group": setting.group,
            "exact": answer.place.is_exact,
            "differences": [_difference(one) for one in answer.place.differences],
            "oversubscribed": answer.oversubscribed,
            "command": None if answer.place.is_exact or answer.measured_now else command(answer),
        },
        "conclusion": conclusion(answer),
        "resolved": answer.resolved,
        "unit": answer.unit,
        "memory_setting": answer.memory.setting.group if answer.memory else None,
        "ranking": [_rank(rank, proofs) for rank in answer.ranks],
        "dropped": answer.candidates.out,
        "not_measured": answer.not_measured,
        "prices": [one.as_dict() | {"text": price.sentence(one)} for one in answer.prices],
        "paragraph": paragraph(answer, proofs),
    }


def _difference(one: nearest.Difference) -> Json:
    return {"what": one.what, "asked": one.asked, "measured": one.measured}


def _rank(rank: Rank, proofs: ProofTable) -> Json:
    row = next((one for one in proofs.rows if one.name == rank.member.name), None)
    spec = {key: rank.spec[key] for key in ("producers", "consumers", "bound", "delivery", "push", "pop")}
    return {
        **rank.member.as_dict(),
        "outcome": rank.outcome,
        "figure": asdict(rank.figure) if rank.figure else None,
        "bytes_per_item": rank.bytes_per_item,
        "stalled": asdict(rank.stalled) if rank.stalled else None,
        "promises": spec,
        "proven": _kinds(row, PROVEN) if row else [],
        "proven_of_another_source": _kinds(row, EARLIER) if row else [],
        "proof_broken": bool(row and row.state == BROKEN),
    }
