"""What a job needs of a queue, and what the best one is to be best at. Needs only the standard library."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import HandoffError, unknown

GOALS = {
    "throughput": "most items per second",
    "round_trip": "shortest round trip between two threads",
    "p99": "least 99th percentile of the latency at a rate",
    "cpu": "least CPU time per item",
    "memory": "fewest bytes per item held",
}

# What of the catalog's orders will do. Of one producer, the order per producer is that of all items.
ORDERS: Mapping[str, tuple[str, ...]] = {
    "fifo": ("fifo",),
    "per_producer": ("fifo", "per_producer_fifo"),
    "any": ("fifo", "per_producer_fifo", "k_relaxed", "lifo", "unordered"),
}

SPINNING = ("spin", "pause", "backoff")  # a waiting thread keeps its CPU to itself

MOVE_ONLY = "move_only"
ITEM_BYTES = (8, 64, 256)  # of the items that are measured
USUAL_CAPACITY = 1024

_UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}


@dataclass(frozen=True)
class Question:
    """The defaults are what is not asked for."""

    goal: str = "throughput"
    producers: int = 1
    consumers: int = 1
    item: str = "8"  # bytes, or move_only
    order: str = "fifo"
    bounded: int | None = None  # items that it must hold, and more it need not
    unbounded: bool = False
    lock_free: bool = False
    wait: str = "pause"
    rate: str | None = None  # of the goal p99: items per second, or with a % the share of what a queue takes

    def check(self) -> None:
        for thing, value, valid in (
            ("goal", self.goal, GOALS),
            ("order", self.order, ORDERS),
        ):
            if value not in valid:
                raise unknown(thing, value, valid)
        for name, count in (("producers", self.producers), ("consumers", self.consumers)):
            if count < 1:
                raise HandoffError(f"--{name} {count}: at least 1")
        if self.item != MOVE_ONLY and not (self.item.isdecimal() and int(self.item) > 0):
            raise HandoffError(f"--item '{self.item}'; valid: bytes such as 64, or {MOVE_ONLY}")
        if self.bounded is not None and self.bounded < 1:
            raise HandoffError(f"--bounded {self.bounded}: at least 1")
        if self.bounded is not None and self.unbounded:
            raise HandoffError(f"--bounded {self.bounded} and --unbounded; valid: one of the two, or neither")
        self._check_rate()

    def check_wait(self, valid: Collection[str]) -> None:
        """By the catalog, which alone knows what waits there are."""
        if valid and self.wait not in valid:
            raise unknown("wait", self.wait, valid)

    def _check_rate(self) -> None:
        if self.goal != "p99" and self.rate is not None:
            raise HandoffError(f"--rate {self.rate}: only of --goal p99, not of {self.goal}")
        if self.goal == "p99" and self.rate is None:
            raise HandoffError("--goal p99 needs --rate; valid: items per second such as 200k, or 80%")
        if self.rate is not None:
            parse_rate(self.rate)

    @property
    def capacity(self) -> int:
        return self.bounded or USUAL_CAPACITY

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def arguments(self) -> list[str]:
        """As scripts/choose.py takes them; what is not asked for is left out."""
        told = ["--goal", self.goal, "--producers", str(self.producers), "--consumers", str(self.consumers)]
        told += ["--item", self.item, "--order", self.order]
        told += ["--bounded", str(self.bounded)] if self.bounded is not None else []
        told += ["--unbounded"] if self.unbounded else []
        told += ["--lock-free"] if self.lock_free else []
        told += ["--rate", self.rate] if self.rate is not None else []
        return [*told, "--wait", self.wait]

    @property
    def needs(self) -> str:
        """In words, for people."""
        size = "move-only" if self.item == MOVE_ONLY else f"{self.item}-byte"
        told = [f"{_count(self.producers, 'producer')}, {_count(self.consumers, 'consumer')}, {size} items"]
        told += {"fifo": ["FIFO"], "per_producer": ["FIFO per producer"], "any": ["any order"]}[self.order]
        told += [f"bounded at {self.bounded}"] if self.bounded is not None else []
        told += ["unbounded"] if self.unbounded else []
        told += ["no stalled thread stops another"] if self.lock_free else []
        return ", ".join([*told, f"wait {self.wait}"])

    @property
    def aim(self) -> str:
        return GOALS[self.goal].replace("a rate", self.rate_words)

    @property
    def rate_words(self) -> str:
        if self.rate is None:
            return "a rate"
        return f"{self.rate} of what the queue takes" if self.rate.endswith("%") else f"{self.rate}/s"


def parse_rate(text: str) -> tuple[float, bool]:
    """The number, and whether it is a share."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([kMG%]?)", text)
    number = float(found[1]) if found else 0.0
    if found is None or not (number > 0 and math.isfinite(number)):
        raise HandoffError(
            f"--rate '{text}'; valid: items per second such as 200k or 1M, or a share such as 80%"
        )
    return (number / 100, True) if found[2] == "%" else (number * _UNITS[found[2]], False)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
