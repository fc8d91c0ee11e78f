"""Which queues promise what a question needs, and what keeps the others out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .question import ITEM_BYTES, MOVE_ONLY, ORDERS, SPINNING, Question

Entry = Mapping[str, Any]  # of a queue, in the catalog

NEVER_STOPPED = ("lock_free", "wait_free")  # progress that a stalled thread does not end


@dataclass(frozen=True)
class Relaxed:
    """The same question without one of its promises."""

    promise: str  # its name, as of `faults`
    said: str  # the condition, in words
    question: Question


@dataclass(frozen=True)
class Candidates:
    """Of a catalog's queues, in its order."""

    names: tuple[str, ...]
    out: dict[str, dict[str, str]]  # by name: each promise that it does not make, and what it is instead


def of(queues: Iterable[Entry], question: Question) -> Candidates:
    """Controls are never among them."""
    lacking = {str(one["name"]): faults(one, question) for one in queues if not one.get("control")}
    return Candidates(
        tuple(name for name, found in lacking.items() if not found),
        {name: found for name, found in lacking.items() if found},
    )


def faults(entry: Entry, question: Question) -> dict[str, str]:
    """By promise, in a word what the queue is or lacks instead."""
    bound, kind = str(entry["bound"]), item_kind(question.item)
    wanted = "unbounded" if question.unbounded else "bounded" if question.bounded is not None else bound
    rules = (
        ("producers", question.producers > 1 and entry["producers"] == "one", "one producer"),
        ("consumers", question.consumers > 1 and entry["consumers"] == "one", "one consumer"),
        ("order", not _in_order(entry, question), str(entry["delivery"]).replace("_", " ")),
        ("bound", bound != wanted, bound),
        (
            "capacity",
            bound == "bounded" and question.capacity > _most(entry),
            f"at most {entry.get('max_capacity')}",
        ),
        ("progress", question.lock_free and not _never_stopped(entry), "blocking"),
        ("item", kind not in entry.get("items", [kind]), f"no {kind.replace('_', '-')} items"),
        ("wait", question.wait == "own" and not entry.get("own_wait"), "no wait of its own"),
    )
    return {promise: word for promise, lacks, word in rules if lacks}


def item_kind(item: str) -> str:
    """The kind of item that a queue must hold to hold these: the least that is as large, or the largest."""
    if item == MOVE_ONLY:
        return item
    return str(next((size for size in ITEM_BYTES if size >= int(item)), ITEM_BYTES[-1]))


def _in_order(entry: Entry, question: Question) -> bool:
    order = "per_producer" if question.order == "fifo" and question.producers == 1 else question.order
    return entry["delivery"] in ORDERS[order]


def _most(entry: Entry) -> float:
    most = entry.get("max_capacity")
    return float("inf") if most is None else float(most)


def _never_stopped(entry: Entry) -> bool:
    return entry["push"] in NEVER_STOPPED and entry["pop"] in NEVER_STOPPED


def relaxed(question: Question) -> list[Relaxed]:
    """What each promise that a job may do without is paid for: the same question without it."""
    found = []
    if question.order == "fifo" and question.producers > 1:
        found.append(Relaxed("order", "if FIFO were per producer", replace(question, order="per_producer")))
    elif question.order != "any":
        found.append(Relaxed("order", "if the order did not matter", replace(question, order="any")))
    if question.bounded is not None:
        found.append(Relaxed("bound", "if it were unbounded", replace(question, bounded=None)))
    if question.unbounded:
        found.append(Relaxed("bound", "if it were bounded", replace(question, unbounded=False)))
    if question.lock_free:
        found.append(
            Relaxed("progress", "if a stalled thread could stop it", replace(question, lock_free=False))
        )
    if question.wait not in SPINNING and question.goal != "memory":
        found.append(Relaxed("wait", "if it could spin", replace(question, wait="pause")))
    return found
