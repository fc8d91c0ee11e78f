"""A large fleet in virtual time: what it asks of Redis, and what Redis holds. Redis and every step on the board and the line
are real; workers, campaigns and the clock are not. Nothing is measured, and a day passes in a minute."""

from __future__ import annotations

import heapq
import random
import time
from dataclasses import dataclass
from typing import Any

from . import upkeep
from .board import DONE, RUNNING, Board
from .heart import BEATS
from .line import Line
from .spec import COMMIT, Spec

SECONDS_OF_A_CAMPAIGN = (120.0, 600.0)


@dataclass(frozen=True)
class Plan:
    workers: int
    jobs: int
    parcel_bytes: int
    silent_s: float
    poll_s: float
    dies: float  # the share of attempts in whose midst the worker vanishes, to be back after twice the silence
    fetch_every_s: float | None  # and forget; None: once, at the end
    seed: int


@dataclass
class Outcome:
    plan: Plan
    virtual_s: float = 0.0
    real_s: float = 0.0
    commands: int = 0
    server_s: float = 0.0  # CPU time of the server
    peak_bytes: int = 0
    attempts: int = 0
    deaths: int = 0
    done: int = 0

    @property
    def commands_per_job(self) -> float:
        return self.commands / self.plan.jobs

    @property
    def share_of_server(self) -> float:
        """Of the time of its one thread, over the virtual time."""
        return self.server_s / self.virtual_s


class Simulation:
    def __init__(self, client: Any, plan: Plan) -> None:
        self._client = client
        self._plan = plan
        self._random = random.Random(plan.seed)
        self._board, self._line = Board(client, now=0.0), Line(client)
        self._events: list[tuple[float, int, Any]] = []
        self._counter = 0
        self._upkeep_at = 0.0
        self._parcel = self._random.randbytes(plan.parcel_bytes)
        self._found = Outcome(plan)

    def run(self) -> Outcome:
        plan, found = self._plan, self._found
        start, before = time.monotonic(), self._used()
        for at in range(plan.jobs):
            job = f"{at:012x}"
            spec = Spec(COMMIT, f"{at:040x}", "smoke", "any")
            self._board.add(job, spec)
            self._line.add(job, spec.on)
        for at in range(plan.workers):
            self._at(self._random.uniform(0, plan.poll_s), self._look, f"worker-{at}")
        if plan.fetch_every_s is not None:
            self._at(plan.fetch_every_s, self._fetch)
        while found.done < plan.jobs:
            now, _, (step, arguments) = heapq.heappop(self._events)
            self._board.now = now
            step(*arguments)
        found.virtual_s = float(self._board.now or 0.0)
        self._fetch()
        found.real_s = time.monotonic() - start
        after = self._used()
        found.commands, found.server_s = int(after[0] - before[0]), after[1] - before[1]
        return found

    def _at(self, when: float, step: Any, *arguments: Any) -> None:
        self._counter += 1  # of what happens at one time the first comes first
        heapq.heappush(self._events, (when, self._counter, (step, arguments)))

    def _look(self, worker: str) -> None:
        """What a worker does between two jobs."""
        now, plan = self._now, self._plan
        if now >= self._upkeep_at:
            self._upkeep_at = now + plan.silent_s / 2
            upkeep.keep(self._board, self._line)
        drawn = self._line.next({"name": worker})
        attempt = 0 if drawn is None else self._board.take(drawn[0], worker, plan.silent_s)
        if drawn is None or attempt == 0:
            self._at(now + plan.poll_s * self._random.uniform(0.8, 1.2), self._look, worker)
            return
        self._found.attempts += 1
        takes = self._random.uniform(*SECONDS_OF_A_CAMPAIGN)
        if self._random.random() < plan.dies:
            self._found.deaths += 1
            ends = now + takes * self._random.random()
            self._at(ends + 2 * plan.silent_s, self._look, worker)
        else:
            ends = now + takes
            self._at(ends, self._send, worker, drawn[0])
        beat = plan.silent_s / BEATS
        for number in range(1, int((ends - now) / beat) + 1):
            self._at(now + number * beat, self._beat, drawn[0], attempt)

    def _beat(self, job: str, attempt: int) -> None:
        self._board.beat(job, attempt, self._plan.silent_s, "measures")

    def _send(self, worker: str, job: str) -> None:
        chunks = self._board.send(job, "0" * 64, self._parcel)
        if self._board.commit(job, "0" * 64, chunks, len(self._parcel), "run", worker) == 1:
            self._found.done += 1
            upkeep.settle(self._board, self._line, job, DONE)
        if self._found.done % 100 == 0:
            self._weigh()
        self._look(worker)

    def _fetch(self) -> None:
        self._weigh()
        for job in self._board.jobs():
            if job.state == DONE and job.fields.get("fetched") != "1":
                content = self._board.parcel(job.id, job.fields["sha256"], int(job.fields["chunks"]))
                assert content == self._parcel
                self._board.acknowledge(job.id, forget=True)
            assert job.state != RUNNING or self._found.done < self._plan.jobs
        if self._plan.fetch_every_s is not None:
            self._at(self._now + self._plan.fetch_every_s, self._fetch)

    def _weigh(self) -> None:
        self._found.peak_bytes = max(self._found.peak_bytes, int(self._client.info("memory")["used_memory"]))

    @property
    def _now(self) -> float:
        assert self._board.now is not None
        return self._board.now

    def _used(self) -> tuple[float, float]:
        cpu = self._client.info("cpu")
        return (
            float(self._client.info("stats")["total_commands_processed"]),
            float(cpu["used_cpu_user_main_thread"]) + float(cpu["used_cpu_sys_main_thread"]),
        )


HEAD = "| workers | jobs | a run | fetched | hours of virtual time | attempts, of which died | commands a job | Redis busy | most held |"


def row(found: Outcome) -> str:
    plan = found.plan
    fetched = "at the end" if plan.fetch_every_s is None else f"every {plan.fetch_every_s / 60:g} min"
    cells = (
        plan.workers,
        f"{plan.jobs:,}",
        f"{plan.parcel_bytes / 1024:.0f} KiB",
        fetched,
        f"{found.virtual_s / 3600:.1f}",
        f"{found.attempts:,}, {found.deaths:,}",
        f"{found.commands_per_job:.0f}",
        f"{100 * found.share_of_server:.2g}%",
        f"{found.peak_bytes / 2**20:.0f} MiB",
    )
    return f"| {' | '.join(map(str, cells))} |"
