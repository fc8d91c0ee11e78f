"""What the page's picker selects from: the answers that choose.py gives from the run, all decided beforehand.

The page only looks up. Who does the job is whoever lacks nothing; the setting is the one whose distances, as nearest.py
tells them, add up to least; and the answer of that setting, among those queues, stands in `answers`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from ..campaign import candidates, nearest
from ..campaign.candidates import Candidates
from ..campaign.nearest import Place, Setting
from ..campaign.question import GOALS, ITEM_BYTES, MOVE_ONLY, ORDERS, USUAL_CAPACITY, Question, parse_rate
from ..proofs.table import ProofTable
from ..statistics.stats import Floats
from . import choice, choice_words, other_answers
from .choice import Answer
from .evidence import Evidence
from .lines import Lines

Json = dict[str, Any]
Values = dict[str, list[str]]

# What may be asked for, beside what the run has.
THREADS = ("1", "2", "3", "4", "6", "8", "12", "16", "32", "64")
ITEMS = (*map(str, ITEM_BYTES), MOVE_ONLY)
CAPACITIES = (64, USUAL_CAPACITY, 65536)
RATES = ("10k", "100k", "1M", "50%", "80%")
EITHER, UNBOUNDED, ANY_PROGRESS, LOCK_FREE = "either", "unbounded", "blocking", "lock_free"

# In what a setting may differ, in the order in which nearest.py adds it up, with its word for each.
FAR = {"producers": "producers", "consumers": "consumers", "wait": "wait", "item": "item"}
FAR |= {"bound": "capacity", "rate": "rate"}
# Which promises of candidates.py each part of a question asks for, in the order in which they are told.
PROMISES: dict[str, tuple[str, ...]] = {"producers": ("producers",), "consumers": ("consumers",)}
PROMISES |= {"order": ("order",)}
PROMISES |= {"bound": ("bound", "capacity"), "progress": ("progress",), "item": ("item",), "wait": ("wait",)}


def question(asked: dict[str, str]) -> Question:
    """As choose.py takes it, of what is picked on the page."""
    bound = asked["bound"]
    return Question(
        goal=asked["goal"],
        producers=int(asked["producers"]),
        consumers=int(asked["consumers"]),
        item=asked["item"],
        order=asked["order"],
        bounded=int(bound) if bound.isdecimal() else None,
        unbounded=bound == UNBOUNDED,
        lock_free=asked["progress"] == LOCK_FREE,
        wait=asked["wait"],
        rate=asked["rate"] if asked["goal"] == "p99" else None,
    )


def build(evidence: Evidence, summary: Json, proofs: ProofTable | None) -> Json:
    """docs/report_page.md says what it means."""
    values = _values(evidence)
    queues = [one for one in evidence.queues if not one.get("control")]
    names = [str(one["name"]) for one in queues]
    lines = Lines(names)
    usual = _usual(values)
    goals: Json = {}
    for goal in GOALS:
        told = _Goal(goal, evidence, values, usual, names)
        if told.settings:
            goals[goal] = told.as_dict(lines)
    others = other_answers.build(summary, lines)
    return {
        "values": values,
        "usual": usual | {"goal": next(iter(goals), "throughput")},
        "queues": [_queue(one, proofs) for one in queues],
        "lacks": _lacks(queues, values, usual),
        "missing": nearest.MISSING,
        "withheld": {name: why for name, why in evidence.withheld.items() if name in names},
        "goals": goals,
        "others": others,
        **lines.as_dict(),
    }


# ---- what may be asked ----------------------------------------------------------------------------------------


def _values(evidence: Evidence) -> Values:
    measured: dict[str, set[str]] = {}
    for one in evidence.settings:
        for key, value in one.keys.items():
            measured.setdefault(key, set()).add(value)
    waits = [str(wait) for wait in evidence.catalog.get("waits", ())] or sorted(measured.get("wait", ()))

    def with_measured(usual: Sequence[str], key: str) -> list[str]:
        return sorted({*usual, *measured.get(key, ())}, key=_natural)

    capacities = [value for value in measured.get("capacity", ()) if value.isdecimal()]
    return {
        "producers": with_measured(THREADS, "p"),
        "consumers": with_measured(THREADS, "c"),
        "item": with_measured(ITEMS, "item"),
        "order": list(ORDERS),
        "bound": [EITHER, UNBOUNDED, *sorted({*map(str, CAPACITIES), *capacities}, key=_natural)],
        "progress": [ANY_PROGRESS, LOCK_FREE],
        "wait": waits or [Question().wait],
        "rate": sorted({*RATES, *measured.get("rate", ())}, key=_by_rate),
    }


def _by_rate(text: str) -> tuple[bool, float]:
    number, is_share = parse_rate(text)
    return is_share, number


def _natural(value: str) -> tuple[int, str]:
    return (int(value), "") if value.isdecimal() else (2**31, value)


def _usual(values: Values) -> dict[str, str]:
    """What is not asked for, as choose.py has it."""
    one = Question()
    found = {
        "goal": one.goal,
        "producers": str(one.producers),
        "consumers": str(one.consumers),
        "item": one.item,
        "order": one.order,
        "bound": EITHER,
        "progress": ANY_PROGRESS,
        "wait": one.wait,
        "rate": "80%",
    }
    # A run of another suite may have no such wait.
    return found | {
        key: known[0] for key, known in values.items() if found[key] not in known and key != "goal"
    }


def _queue(entry: Json, proofs: ProofTable | None) -> Json:
    name = str(entry["name"])
    told = {"name": name, "promises": choice_words.promises(entry)}
    shape = f"{entry['producers']} to {entry['consumers']}"
    if proofs is None:
        return told | {"shape": shape, "proven": "no record", "proofs": "no record"}
    return told | {
        "shape": shape,
        "proven": choice_words.proven(name, proofs),
        "proofs": choice_words.proven_in_full(name, proofs),
    }


def _lacks(queues: Sequence[Json], values: Values, usual: dict[str, str]) -> Json:
    """By part of a question and by what is asked of it: which queues do not promise that, and what they are instead."""
    found: Json = {}
    for part, promises in PROMISES.items():
        for value in values[part]:
            # FIFO of many producers: of one, whoever keeps their order keeps that of all, and `order_of_one` says so.
            asked = usual | {"goal": "throughput", "order": "any", part: value}
            if part == "order":
                asked["producers"] = "2"
            told: Json = {}
            for at, entry in enumerate(queues):
                faults = candidates.faults(entry, question(asked))
                if words := [faults[one] for one in promises if one in faults]:
                    told[str(at)] = words[0]
            found.setdefault(part, {})[value] = told
    return found | {"order_of_one": {"fifo": "per_producer"}}


# ---- the answers of a goal ------------------------------------------------------------------------------------


class _Goal:
    """Its settings, with how far each is from what may be asked, and all answers that may be asked for."""

    def __init__(
        self, goal: str, evidence: Evidence, values: Values, usual: dict[str, str], names: list[str]
    ) -> None:
        self._goal, self._evidence, self._values, self._names = goal, evidence, values, names
        self._usual = usual | {"goal": goal}
        self.settings = sorted(nearest.of_goal(goal, evidence.settings), key=lambda one: one.group)
        self._far = {part: self._distances(part) for part in FAR}

    def as_dict(self, lines: Lines) -> Json:
        reached = sorted(self._reached())
        answers = {
            f"{at}|{mask:x}": lines.answer(self._answer(self.settings[at], mask)) for at, mask in reached
        }
        return {
            "aim": GOALS[self._goal],
            "figure": choice_words.FIGURES[self._goal],
            "settings": [self._setting(at, one) for at, one in enumerate(self.settings)],
            "answers": answers,
        }

    def _answer(self, setting: Setting, mask: int) -> Answer:
        able = Candidates(tuple(name for at, name in enumerate(self._names) if mask >> at & 1), {})
        return choice.at(Place(setting, ()), question(self._usual), able, self._evidence, in_full=False)

    def _setting(self, at: int, one: Setting) -> Json:
        rows = self._evidence.rows(one.group)
        return {
            "group": one.group,
            "measured": f"{self._mask(one.measured):x}",
            "tried": f"{self._mask(self._evidence.tried(one.group)):x}",
            "crowded": "oversubscribed" in rows and bool((rows["oversubscribed"] == 1).any()),
            "far": [_shortest(self._far[part][at].tolist()) for part in FAR],
            "told": [
                _shortest([self._difference(one, part, value)[1] for value in self._values[part]])
                for part in FAR
            ],
        }

    def _mask(self, names: Sequence[str] | set[str] | frozenset[str] | Any) -> int:
        return sum(1 << at for at, name in enumerate(self._names) if name in names)

    def _difference(self, setting: Setting, part: str, value: str) -> tuple[float, str]:
        asked = question(self._usual | {part: value})
        for one in nearest.differences(asked, setting):
            if one.what == FAR[part]:
                return one.distance, one.measured
        return 0.0, ""

    def _distances(self, part: str) -> Floats:
        """Of each setting from each value."""
        return np.array(
            [[self._difference(one, part, value)[0] for value in self._values[part]] for one in self.settings]
        ).reshape(len(self.settings), len(self._values[part]))

    def _reached(self) -> set[tuple[int, int]]:
        """Which settings answer which queues, of all questions that may be asked."""
        measured = [self._mask(one.measured) for one in self.settings]
        found: set[tuple[int, int]] = set()
        if not self.settings:
            return found
        for able, chosen in self._alike():
            held = [mask & able for mask in measured]
            if not any(held):
                continue
            # As nearest.place adds them up, from left to right.
            far: Floats = np.zeros((1,) * len(FAR) + (len(self.settings),))
            for axis, part in enumerate(FAR):
                shape = [1] * len(FAR) + [len(self.settings)]
                shape[axis] = len(chosen[part])
                far = far + self._far[part][:, chosen[part]].T.reshape(shape)
            missing = [1.0 - mask.bit_count() / able.bit_count() for mask in held]
            far = far + nearest.MISSING * np.array(missing)
            far = np.where(np.array([mask > 0 for mask in held]), far, np.inf)
            found |= {(int(at), held[int(at)]) for at in np.unique(far.argmin(axis=-1))}
        return found

    def _alike(self) -> Iterator[tuple[int, dict[str, list[int]]]]:
        """Questions that the same queues do the job of: these, and the places of what is asked, for each part."""
        parts = [part for part in PROMISES if part not in ("order", "progress")]
        classes = {part: self._classes(part) for part in parts}
        rates = list(range(len(self._values["rate"]) if self._goal == "p99" else 1))
        for chosen in product(*classes.values()):
            some = {part: self._values[part][places[0]] for part, places in zip(parts, chosen)}
            for order, progress in product(self._values["order"], self._values["progress"]):
                asked = question(self._usual | some | {"order": order, "progress": progress})
                able = self._mask(candidates.of(self._evidence.queues, asked).names)
                yield able, {**dict(zip(parts, chosen)), "rate": rates}

    def _classes(self, part: str) -> list[list[int]]:
        """The values of a part, those together that the same queues promise."""
        found: dict[str, list[int]] = {}
        for at, value in enumerate(self._values[part]):
            asked = question(self._usual | {"order": "any", part: value})
            kind = str([candidates.faults(one, asked) for one in self._evidence.queues])
            many = "many" if part in ("producers", "consumers") and int(value) > 1 else ""
            found.setdefault(kind + many, []).append(at)
        return list(found.values())


def _shortest(values: list[Any]) -> Any:
    """One for all, where they are the same."""
    return values[0] if all(value == values[0] for value in values) else values


def lacking(found: Json, asked: dict[str, str]) -> set[int]:
    """Which queues do not promise what is asked, by what the page looks it up in."""
    of_one = found["lacks"]["order_of_one"] if asked["producers"] == "1" else {}
    chosen = asked | {"order": of_one.get(asked["order"], asked["order"])}
    return {int(at) for part in PROMISES for at in found["lacks"][part][chosen[part]]}


def command(asked: dict[str, str]) -> str:
    return f"scripts/choose.py {shlex.join(question(asked).arguments())}"
