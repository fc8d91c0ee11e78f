"""Threads add to one number, or to the source's list [1, 2, 3], without a lock and with one.

The unlocked forms may lose updates, and which of them does depends on the interpreter: CPython lets another thread
run between two bytecodes of its choice. Since 3.10 these are the ends of loops and calls, so that `values[0] += 1`
is never interrupted, but `values[0] = plus(values[0], 1)` is. Neither is promised.
"""

from __future__ import annotations

import threading
from itertools import repeat
from typing import Any, Callable, Dict, List, Sequence, Tuple

from .window import RAMP, Figures, FormError, Record, Window, common_figures, run_team, shares

Values = List[int]
# Adds `step` BATCH times to each value.
Batch = Callable[[Values, int, Any], None]

BATCH = 100  # some microseconds between two looks at the window


def plus(value: int, step: int) -> int:
    return value + step


def unlocked(values: Values, step: int, lock: Any) -> None:
    for _ in repeat(None, BATCH):
        values[0] += step


def unlocked_list(values: Values, step: int, lock: Any) -> None:
    for _ in repeat(None, BATCH):
        values[0] += step
        values[1] += step
        values[2] += step


def calling(values: Values, step: int, lock: Any) -> None:
    for _ in repeat(None, BATCH):
        values[0] = plus(values[0], step)


def calling_list(values: Values, step: int, lock: Any) -> None:
    for _ in repeat(None, BATCH):
        values[0] = plus(values[0], step)
        values[1] = plus(values[1], step)
        values[2] = plus(values[2], step)


def locked(values: Values, step: int, lock: Any) -> None:
    for _ in repeat(None, BATCH):
        with lock:
            values[0] += step


def locked_list(values: Values, step: int, lock: Any) -> None:
    for _ in repeat(None, BATCH):
        with lock:
            values[0] += step
            values[1] += step
            values[2] += step


# By implementation: for one number, for the list.
FORMS: Dict[str, Tuple[Batch, Batch]] = {
    "python_unlocked": (unlocked, unlocked_list),
    "python_unlocked_call": (calling, calling_list),
    "python_lock": (locked, locked_list),
}

# The C++ workload's names of what threads do; the list is one whose counters lie side by side.
MIXES = ("increment", "add_subtract", "list_packed")


def run(implementation: str, mix: str, cpus: Sequence[int], ramp_s: float, window_s: float) -> Figures:
    one, three = FORMS[implementation]
    count = _Count(three if mix == "list_packed" else one, [1, 2, 3] if mix == "list_packed" else [0])
    count.subtracting = mix == "add_subtract"
    figures = count.run(cpus, ramp_s, window_s)
    may_lose = implementation != "python_lock"
    if figures["lost_updates"] and not may_lose:
        raise FormError(f"unverified: the counter is off by {figures['lost_updates']:.0f}")
    figures["verified"] = 0 if may_lose else 1
    return figures


class _Count:
    subtracting = False

    def __init__(self, batch: Batch, values: Values) -> None:
        self.batch = batch
        self.first = list(values)
        self.values = values
        self.lock = threading.Lock()
        self.window = Window()
        self.records: List[Record] = []
        self.added: List[int] = []  # to each value, by each thread

    def run(self, cpus: Sequence[int], ramp_s: float, window_s: float) -> Figures:
        self.records = [Record() for _ in cpus]
        self.added = [0] * len(cpus)
        taken = run_team(cpus, self.work, lambda: self.window.drive(ramp_s, window_s))
        figures = common_figures(self.records, taken)
        operations = sum(record.operations for record in self.records)
        if operations == 0:
            raise FormError("voided: nothing was added within the window")
        elapsed = sum(record.elapsed for record in self.records) / len(cpus)
        expected = [first + sum(self.added) for first in self.first]
        steps = [self.values[i + 1] - self.values[i] for i in range(len(self.values) - 1)]
        figures.update(
            operations=operations,
            operations_per_second=operations / elapsed,
            adds=sum(abs(one) for one in self.added),
            reads=0,
            lost_updates=sum(abs(value - due) for value, due in zip(self.values, expected)),
            final_value=self.values[0],
        )
        if steps:
            figures["consecutive"] = float(all(step == 1 for step in steps))
        figures.update(shares(self.records))
        return figures

    def work(self, index: int) -> None:
        step = -1 if self.subtracting and index % 2 == 1 else 1
        batch, values, lock, window, record = (
            self.batch,
            self.values,
            self.lock,
            self.window,
            self.records[index],
        )
        done, seen = 0, RAMP
        while True:
            batch(values, step, lock)
            done += BATCH
            phase = window.phase
            if phase != seen:
                seen = phase
                if record.edge(phase, done):
                    break
        self.added[index] = step * done
