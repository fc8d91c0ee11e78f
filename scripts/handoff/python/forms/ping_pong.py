"""Two threads hand a number to and fro, over two queues or over one that both use, with each of the source's ways to
wait until there is one."""

from __future__ import annotations

import queue
import time
from typing import Callable, Dict, List, Sequence, Tuple

from .window import RAMP, Figures, FormError, Record, Window, common_figures, run_team

NO_ROUND_TRIP = "voided: no round trip ended within the window"

Getter = Callable[["queue.Queue[int | None]"], "int | None"]
Maker = Callable[[], "queue.Queue[int | None]"]


def poll(numbers: queue.Queue[int | None]) -> int | None:
    while numbers.empty():
        pass
    return numbers.get()


def sleep_1ms(numbers: queue.Queue[int | None]) -> int | None:
    while numbers.empty():
        time.sleep(0.001)
    return numbers.get()


def block(numbers: queue.Queue[int | None]) -> int | None:
    return numbers.get()


def timed(numbers: queue.Queue[int | None]) -> int | None:
    while True:
        try:
            return numbers.get(timeout=0.001)  # as long as the C++ wait of this name
        except queue.Empty:
            pass


def try_again(numbers: queue.Queue[int | None]) -> int | None:
    while True:
        try:
            return numbers.get_nowait()
        except queue.Empty:
            pass


WAITS: Dict[str, Getter] = {
    "spin": poll,
    "try": try_again,
    "sleep_1ms": sleep_1ms,
    "timed": timed,
    "block": block,
}


FIFO, LIFO = "python_queue", "python_lifo_queue"

QUEUES: Dict[str, Maker] = {
    FIFO: queue.Queue,
    LIFO: lambda: queue.LifoQueue(maxsize=64),  # as many as the C++ queues of a ping-pong hold
}


def run(
    queues: int, wait: str, cpus: Sequence[int], ramp_s: float, window_s: float, form: str = FIFO
) -> Figures:
    play = _TwoQueues if queues == 2 else _OneQueue
    return play(WAITS[wait], QUEUES[form]).run(cpus, ramp_s, window_s)


class _Game:
    def __init__(self, get: Getter) -> None:
        self.get = get
        self.capacity = 0  # of a queue: no bound
        self.window = Window()
        self.records = [Record(), Record()]
        self.wrong = 0  # numbers that came out other than they went in; any is too many, so no lock

    def run(self, cpus: Sequence[int], ramp_s: float, window_s: float) -> Figures:
        taken = run_team(cpus, self.play, lambda: self.window.drive(ramp_s, window_s))
        self.verify()
        trips, seconds = self.round_trips()
        if trips == 0:
            raise FormError(NO_ROUND_TRIP)
        figures = common_figures(self.records, taken)
        figures.update(
            verified=1, capacity=self.capacity, round_trips=trips, round_trip_ns=1e9 * seconds / trips
        )
        for index, record in enumerate(self.records):
            figures[f"active_s_{index}"] = record.elapsed - record.waiting
            figures[f"waiting_s_{index}"] = record.waiting
        figures.update(self.more())
        return figures

    def play(self, index: int) -> None:
        raise NotImplementedError

    def verify(self) -> None:
        raise NotImplementedError

    def round_trips(self) -> Tuple[float, float]:
        """Their number, and the seconds that they took."""
        raise NotImplementedError

    def more(self) -> Figures:
        return {}


class _TwoQueues(_Game):
    def __init__(self, get: Getter, make: Maker) -> None:
        super().__init__(get)
        self.there, self.back = make(), make()
        self.capacity = self.there.maxsize
        self.done = [0, 0]

    def play(self, index: int) -> None:
        (self.serve, self.give_back)[index]()

    def serve(self) -> None:
        there, back, get, window = self.there, self.back, self.get, self.window
        clock = time.perf_counter
        done, waited, seen = 0, 0.0, RAMP
        while True:
            there.put(done)
            start = clock()
            got = get(back)
            waited += clock() - start
            if got != done:
                self.wrong += 1
            done += 1
            phase = window.phase
            if phase != seen:
                seen = phase
                if self.records[0].edge(phase, done, waited):
                    break
        there.put(None)
        self.done[0] = done

    def give_back(self) -> None:
        there, back, get, window = self.there, self.back, self.get, self.window
        clock = time.perf_counter
        done, waited, seen = 0, 0.0, RAMP
        while True:
            start = clock()
            got = get(there)
            waited += clock() - start
            if got is None:  # the sentinel
                break
            if got != done:
                self.wrong += 1
            done += 1
            back.put(got)
            phase = window.phase
            if phase != seen:
                seen = phase
                self.records[1].edge(phase, done, waited)
        if window.phase != seen:
            self.records[1].edge(window.phase, done, waited)
        self.done[1] = done

    def verify(self) -> None:
        left = self.there.qsize() + self.back.qsize()
        if self.wrong or left or self.done[0] != self.done[1]:
            raise FormError(
                f"unverified: {self.done[0]} numbers came back and {self.done[1]} were given back, {self.wrong} of "
                f"them others than were sent, and {left} are left in the queues"
            )

    def round_trips(self) -> Tuple[float, float]:
        return self.records[0].operations, self.records[0].elapsed


class _OneQueue(_Game):
    """The number counts its own hops, so that none can be lost, doubled or invented unnoticed."""

    # A hop takes about a microsecond, of which two stamps are a tenth: one in this many stands for the others.
    STAMPED = 64

    def __init__(self, get: Getter, make: Maker) -> None:
        super().__init__(get)
        self.numbers = make()
        self.capacity = self.numbers.maxsize
        self.numbers.put(0)
        self.hops: List[int] = [0, 0]
        self.handovers: List[int] = [0, 0]

    def play(self, index: int) -> None:
        numbers, get, window = self.numbers, self.get, self.window
        clock = time.perf_counter
        hops, handovers, waited, seen, put = 0, 0, 0.0, RAMP, -1
        while True:
            if hops % self.STAMPED == 0:
                start = clock()
                got = get(numbers)
                waited += self.STAMPED * (clock() - start)
            else:
                got = get(numbers)
            assert got is not None
            if got != put:
                handovers += 1
            put = got + 1
            numbers.put(put)
            hops += 1
            phase = window.phase
            if phase != seen:
                seen = phase
                if self.records[index].edge(phase, hops, waited):
                    break
        self.hops[index], self.handovers[index] = hops, handovers

    def verify(self) -> None:
        left = self.numbers.qsize()
        last = self.numbers.get() if left == 1 else None
        if last != sum(self.hops):
            raise FormError(
                f"unverified: the number has made {last} hops of {sum(self.hops)}, and {left} are in the queue"
            )

    def round_trips(self) -> Tuple[float, float]:
        hops = sum(record.operations for record in self.records)
        return hops / 2, sum(record.elapsed for record in self.records) / 2

    def more(self) -> Figures:
        return {"handover_share": sum(self.handovers) / sum(self.hops)}
