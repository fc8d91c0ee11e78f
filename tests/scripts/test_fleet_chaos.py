"""A fleet of four workers of which one after the other is killed at random, and a Redis that is: each job ends once, and no
sample is lost or doubled. Campaigns are fakes, which take as long as it takes to kill them.

HANDOFF_FLEET_KILLS says how many kills there are, HANDOFF_FLEET_SEED repeats a draw; HANDOFF_FLEET_SPACES=1 has each worker in a
network of its own (as root), whose link to Redis is cut now and then, too."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fleet_fixtures
from conftest import HANG_S, ROOT, environment
from fleet_fixtures import FLEET, Fleet, PrivateRedis, child_pids

from handoff.fleet.board import Board
from handoff.fleet.server import PASSWORD_VARIABLE

KILLS = int(os.environ.get("HANDOFF_FLEET_KILLS", "4"))
SEED = int(os.environ.get("HANDOFF_FLEET_SEED", random.randrange(2**32)))
IN_SPACES = os.environ.get("HANDOFF_FLEET_SPACES") == "1"

IS_LONG = KILLS > 20
JOBS = 12 if IS_LONG else 4
RESTARTS = 2 if IS_LONG else 1
PAUSE_S = 0.07 if IS_LONG else 0.015  # between two of the 318 lines of a run
BETWEEN_S = (0.3, 2.2) if IS_LONG else (0.3, 1.2)  # two kills
AWAY_S = (0.0, 4.0)  # how long a killed worker stays away: it is missed after 2 s

NAMES = ("w0", "w1", "w2", "w3")
PASSWORD = "of-the-chaos"


# ---- networks of their own -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spaces:
    """A network for each worker, joined by a bridge to that of Redis."""

    tag: str
    host: str = "10.231.77.1"

    def enter(self, name: str) -> list[str]:
        return ["ip", "netns", "exec", f"{self.tag}{name}"]

    def link(self, name: str, up: bool) -> None:
        ip("link", "set", f"{self.tag}{name}", "up" if up else "down")


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextmanager
def spaces() -> Iterator[Spaces]:
    found = Spaces(f"h{os.getpid() % 100000}")
    bridge = f"{found.tag}b"
    try:
        ip("link", "add", bridge, "type", "bridge")
        ip("addr", "add", f"{found.host}/24", "dev", bridge)
        ip("link", "set", bridge, "up")
        for at, name in enumerate(NAMES):
            space, outer = f"{found.tag}{name}", f"{found.tag}{name}"
            ip("netns", "add", space)
            ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", space)
            ip("link", "set", outer, "master", bridge, "up")
            ip("-n", space, "addr", "add", f"10.231.77.{at + 2}/24", "dev", "eth0")
            ip("-n", space, "link", "set", "eth0", "up")
        yield found
    finally:
        for name in NAMES:
            subprocess.run(["ip", "netns", "del", f"{found.tag}{name}"], capture_output=True)
        subprocess.run(["ip", "link", "del", bridge], capture_output=True)


# ---- what is done to them ------------------------------------------------------------------------------------


class Chaos:
    def __init__(self, fleet: Fleet, jobs: list[str], networks: Spaces | None) -> None:
        self.fleet, self.jobs, self.networks = fleet, jobs, networks
        self.client, self.look_at = fleet.redis.client(), 0.0
        self.random = random.Random(SEED)
        self.kills = self.busy_kills = self.restarts = self.cuts = 0
        self.back_at: dict[str, float] = {}
        self.whole_at: dict[str, float] = {}

    def start(self, name: str) -> None:
        if self.networks is None:
            self.fleet.start(name)
            return
        fleet = self.fleet
        given = ["--name", name, "--state", fleet.folder / "state", "--lock", fleet.folder / f"{name}.lock"]
        given += [
            "--silent-after",
            fleet_fixtures.SILENT_S,
            "--poll",
            fleet_fixtures.POLL_S,
            "--even-as-root",
        ]
        url = f"redis://{self.networks.host}:{fleet.redis.port}"
        command = [sys.executable, FLEET, "worker", "--redis", url, *given, "--repository", fleet.root]
        with open(fleet.folder / f"{name}.said", "a") as said:
            fleet.workers[name] = subprocess.Popen(
                [*self.networks.enter(name), *map(str, command)],
                stderr=said,
                text=True,
                env=os.environ | fleet.variables,
            )

    def run(self) -> None:
        for name in NAMES:
            self.start(name)
        end = time.monotonic() + HANG_S * (4 if IS_LONG else 1)
        kill_at, restart_at = time.monotonic() + 3.0, self._next_restart(KILLS)
        while not self._is_done():
            now = time.monotonic()
            assert now < end, (SEED, self.fleet.states())
            for name in [name for name, at in self.back_at.items() if at <= now]:
                del self.back_at[name]
                self.start(name)
            for name in [name for name, at in self.whole_at.items() if at <= now]:
                assert self.networks is not None
                self.networks.link(name, up=True)
                del self.whole_at[name]
            if now >= kill_at and self.kills < KILLS and self.fleet.workers:
                kill_at = now + self.random.uniform(*BETWEEN_S)
                self._kill(now)
            if self.restarts < RESTARTS and self.kills >= restart_at:
                restart_at = self._next_restart(KILLS - self.kills) + self.kills
                self._restart()
            time.sleep(0.05)
        self.client.close()
        for name in self.whole_at:
            assert self.networks is not None
            self.networks.link(name, up=True)
        self._stop()

    def _next_restart(self, left: int) -> int:
        return self.random.randint(1, max(1, left // 2))

    def _kill(self, now: float) -> None:
        # One that builds or measures, as a rule, and now and then one that waits.
        every = sorted(self.fleet.workers)
        busy = [name for name in every if child_pids(self.fleet.workers[name].pid)]
        name = self.random.choice(busy if busy and self.random.random() < 0.9 else every)
        self.busy_kills += name in busy
        self.fleet.kill(name, campaign_too=self.random.random() < 0.5)
        self.kills += 1
        self.back_at[name] = now + self.random.uniform(*AWAY_S)
        if self.networks is not None and self.random.random() < 0.3:
            cut = self.random.choice(NAMES)
            if cut not in self.whole_at:
                self.networks.link(cut, up=False)
                self.whole_at[cut] = now + self.random.uniform(0.5, 6.0)
                self.cuts += 1

    def _restart(self) -> None:
        """By turns as an operator does it, and as a loss of power does."""
        self.fleet.redis.stop(signal.SIGTERM if self.restarts % 2 else signal.SIGKILL)
        time.sleep(self.random.uniform(0.1, 1.5))
        self.fleet.redis.start()
        self.restarts += 1

    def _is_done(self) -> bool:
        """Asked now and then."""
        if time.monotonic() < self.look_at:
            return False
        self.look_at = time.monotonic() + 0.5
        told = Board(self.client).states(self.jobs)
        return self.kills == KILLS and not self.back_at and set(told.values()) == {"done"}

    def _stop(self) -> None:
        for name, worker in list(self.fleet.workers.items()):
            assert worker.poll() is None, (SEED, name, self.fleet.said(name))
            worker.terminate()
            assert worker.wait(HANG_S) in (130, -signal.SIGTERM)  # the latter if it was only starting
            del self.fleet.workers[name]


def lines(run: Path) -> list[str]:
    return (run / "samples.jsonl").read_text().splitlines() if (run / "samples.jsonl").exists() else []


def check(fleet: Fleet, jobs: list[str], out: Path) -> None:
    told = {job["id"]: job for job in fleet.jobs()}
    assert sorted(told) == sorted(jobs) and {job["state"] for job in told.values()} == {"done"}, (SEED, told)
    template = lines(fleet.root / "template")
    accepted = {job: environment(fleet.copy(told[job]["worker"], job) / "run")["run_id"] for job in jobs}
    assert accepted == {job: told[job]["run_id"] for job in jobs} and len(set(accepted.values())) == len(jobs)
    said = "".join(fleet.said(name) for name in NAMES)
    for job in jobs:
        sent = set(re.findall(rf"job {job}: run (\S+) sent", said))
        assert sent <= {accepted[job]}, (SEED, job, sent)
        for name in NAMES:  # nothing is mixed: each copy is the beginning of one run
            copy = lines(fleet.copy(name, job) / "run")
            whole = (
                copy
                if (fleet.copy(name, job) / "run").exists()
                and environment(fleet.copy(name, job) / "run")["finished"]
                else copy[:-1]
            )
            assert whole == template[: len(whole)], (SEED, job, name)
    copied = out.with_name("copied")
    for job in jobs:
        shutil.copytree(fleet.copy(told[job]["worker"], job) / "run", copied / job)
    report = [] if IS_LONG else ["--no-report"]
    done = fleet.call("fetch", "--out", out, *report)
    assert done.returncode == 0, done.stderr
    assert {run.name: lines(run) for run in (out / "runs").iterdir()} == dict.fromkeys(jobs, template)
    assert len(fleet.redis.client().keys("handoff:fleet:parcel:*")) == len(jobs)
    if IS_LONG:
        command = [sys.executable, str(ROOT / "scripts" / "report.py"), *(str(copied / job) for job in told)]
        subprocess.run([*command, "--out", str(copied / "report")], check=True, capture_output=True)
        for name in ("report.html", "report.md"):
            assert (out / name).read_text() == (copied / "report" / name).read_text()


def test_each_job_ends_once_whoever_is_killed(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    started = time.monotonic()
    settings: dict[str, Any] = {"password": PASSWORD}
    with fleet_fixtures.opened(tmp_path / "fleet", PAUSE_S, **settings) as fleet:
        fleet.variables = {PASSWORD_VARIABLE: PASSWORD}
        jobs = [job for at in range(JOBS) for job in fleet.submit("--profile", "smoke", commit=at % 2)]
        if IN_SPACES:
            with spaces() as networks:
                expose(fleet.redis, networks)
                chaos = Chaos(fleet, jobs, networks)
                chaos.run()
        else:
            chaos = Chaos(fleet, jobs, None)
            chaos.run()
        assert chaos.kills == KILLS and chaos.restarts == RESTARTS
        check(fleet, jobs, tmp_path / "out")
        told = fleet.jobs()
        print(
            f"{chaos.kills} kills ({chaos.busy_kills} of workers with a job), {chaos.restarts} restarts of Redis, {chaos.cuts} cuts; {len(jobs)} jobs in "
            f"{sum(job['takes'] for job in told)} attempts, {sum(job['abandoned'] for job in told)} of them abandoned; "
            f"{time.monotonic() - started:.0f} s"
        )


def expose(server: PrivateRedis, networks: Spaces) -> None:
    """To the networks of the workers."""
    import socket

    server.stop()
    with socket.socket() as free:
        free.bind((networks.host, 0))
        server.port = free.getsockname()[1]
    server.bind = networks.host
    server.start()
