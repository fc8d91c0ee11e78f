"""Which measured setting answers a question, and how far from it the setting is where there is no exact one.

The unit of distance is a doubling of the threads at one end. The weights are a judgement, and no more than an order:
what is told is which setting it is and in what it differs.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from .question import MOVE_ONLY, SPINNING, Question, parse_rate

# What is ranked, by goal.
WORKLOADS = {
    "throughput": "producer_consumer",
    "round_trip": "ping_pong",
    "p99": "load",
    "cpu": "producer_consumer",
    "memory": "memory",
}

# Between one thread at an end and several, the queue does another job; most of all where nobody is in the way.
ONE_FOR_MANY, MANY_FOR_ONE = 4.0, 2.0
SPUN = 8.0  # spinning instead of sleeping or the other way: nothing else is as wrong
ITEM = 0.25  # for a doubling
CAPACITY = 0.1
RATE = 0.5
MISSING = (
    6.0  # where none of the candidates was measured: a contest of two answers less than a near setting does
)

# What the keys of a workload do not say, because it is always so: items of up to so many bytes, threads at each end.
_ITEM_UP_TO = {"ping_pong": 8, "load": 16}
_CAPACITY = {"load": "1024"}
_ONE_AT_EACH_END = ("ping_pong",)
_NOBODY_WAITS = ("memory",)


@dataclass(frozen=True)
class Difference:
    what: str
    asked: str
    measured: str
    distance: float


@dataclass(frozen=True)
class Setting:
    """A group of cases that differ only in the implementation."""

    group: str
    workload: str
    keys: Mapping[str, str]
    measured: Collection[str]  # the implementations
    offered: float | None = None  # items per second, of a rate that is a share


@dataclass(frozen=True)
class Place:
    """A setting and how it differs from what was asked for."""

    setting: Setting
    differences: tuple[Difference, ...]

    @property
    def is_exact(self) -> bool:
        return not self.differences


def place(question: Question, settings: Collection[Setting], candidates: Collection[str]) -> Place | None:
    """The nearest one in which any of the candidates was measured, and rather one with all of them."""
    found = [
        Place(one, tuple(differences(question, one)))
        for one in of_goal(question.goal, settings)
        if set(candidates) & set(one.measured)
    ]

    def far(at: Place) -> tuple[float, str]:
        missing = 1.0 - len(set(candidates) & set(at.setting.measured)) / len(candidates)
        return sum(one.distance for one in at.differences) + MISSING * missing, at.setting.group

    return min(found, key=far) if found else None


def of_goal(goal: str, settings: Collection[Setting]) -> list[Setting]:
    """Those that have a figure of what the best is to be best at."""
    return [one for one in settings if one.workload == WORKLOADS[goal] and _fits(one)]


def spinning(place: Place, settings: Collection[Setting]) -> Setting | None:
    """The setting in which waiting threads spin, and all else is the same; rather with a pause."""
    for wait in ("pause", *SPINNING):
        keys = dict(place.setting.keys) | {"wait": wait}
        for one in settings:
            if one.workload == place.setting.workload and dict(one.keys) == keys:
                return one
    return None


def of_memory(question: Question) -> Question:
    """The same, about bytes per item."""
    return replace(question, goal="memory", rate=None)


def _fits(one: Setting) -> bool:
    """A round trip goes to and fro over two queues, and its mean is what is compared."""
    if one.workload == "ping_pong":
        return one.keys.get("queues") == "2" and one.keys.get("report") == "mean"
    return one.workload != "load" or one.keys.get("arrivals") == "poisson"


def differences(question: Question, setting: Setting) -> list[Difference]:
    found = [*_threads(question, setting), *_wait(question, setting), *_item(question, setting)]
    return [*found, *_capacity(question, setting), *_rate(question, setting)]


def _threads(question: Question, setting: Setting) -> list[Difference]:
    if setting.workload in _NOBODY_WAITS:
        return []
    found = []
    for what, key, asked in (("producers", "p", question.producers), ("consumers", "c", question.consumers)):
        measured = 1 if setting.workload in _ONE_AT_EACH_END else int(setting.keys[key])
        if asked != measured:
            kind = ONE_FOR_MANY if measured == 1 else MANY_FOR_ONE if asked == 1 else 0.0
            distance = kind + abs(math.log2(asked / measured))
            found.append(Difference(what, str(asked), str(measured), distance))
    return found


def _wait(question: Question, setting: Setting) -> list[Difference]:
    measured = setting.keys.get("wait", question.wait)
    if measured == question.wait:
        return []
    spins = (measured in SPINNING) + (question.wait in SPINNING)
    distance = {2: 0.25, 1: SPUN, 0: 1.0}[spins]
    return [Difference("wait", question.wait, measured, distance)]


def _item(question: Question, setting: Setting) -> list[Difference]:
    most = _ITEM_UP_TO.get(setting.workload)
    measured = str(most) if most is not None else setting.keys["item"]
    if question.item == measured:
        return []
    if MOVE_ONLY in (question.item, measured):
        return [Difference("item", question.item, measured, 2 * ITEM)]
    if most is not None and int(question.item) <= most:
        return []
    distance = ITEM * abs(math.log2(int(question.item) / int(measured)))
    return [Difference("item", question.item, measured, distance)]


def _capacity(question: Question, setting: Setting) -> list[Difference]:
    """Of what is not bounded it is a hint. In the workload of memory it is the number of items that are held."""
    usual = _CAPACITY.get(setting.workload)
    measured = setting.keys.get("items" if setting.workload == "memory" else "capacity", usual)
    if question.bounded is None or measured is None or int(measured) == question.bounded:
        return []
    distance = CAPACITY * abs(math.log2(question.bounded / int(measured)))
    return [Difference("capacity", str(question.bounded), measured, distance)]


def _rate(question: Question, setting: Setting) -> list[Difference]:
    measured = setting.keys.get("rate")
    if question.rate is None or measured is None:
        return []
    (asked, share), (is_now, share_now) = parse_rate(question.rate), parse_rate(measured)
    if share == share_now and math.isclose(asked, is_now):
        return []
    if share == share_now:
        return [Difference("rate", question.rate, measured, RATE * abs(math.log2(asked / is_now)))]
    if share or not setting.offered:
        return [Difference("rate", question.rate, measured, 4 * RATE)]
    distance = RATE * (1 + abs(math.log2(asked / setting.offered)))
    return [Difference("rate", question.rate, f"{measured}, about {_short(setting.offered)}/s", distance)]


def _short(rate: float) -> str:
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if rate >= size:
            return f"{rate / size:.3g}{unit}"
    return f"{rate:.3g}"
