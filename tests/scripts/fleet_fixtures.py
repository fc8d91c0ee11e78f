"""A fleet on this machine: a Redis of its own that can be restarted, a repository of two commits whose campaigns are fakes
that write a run line by line, and workers that can be killed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import fleet
import redis
import synthetic_run
from conftest import HANG_S, ROOT, wait_until
from synthetic_run import Spec

from handoff.python.forms import rq_server
from handoff.run.samples import METHOD, SCHEMA

FLEET = ROOT / "scripts" / "fleet.py"
SILENT_S, POLL_S = 2.0, 0.1

# Goes on where it was stopped; each line is on the disk before the next. Its speed and faults are in the file beside it.
CAMPAIGN = """
import argparse, json, os, pathlib, secrets, signal, sys, time
p = argparse.ArgumentParser()
p.add_argument("--profile"); p.add_argument("--out", type=pathlib.Path); p.add_argument("--no-report", action="store_true")
p.add_argument("--filter"); p.add_argument("--blocks")
given = p.parse_args()
here = pathlib.Path(__file__).resolve().parents[1]
signal.signal(signal.SIGTERM, lambda *a: sys.exit(130))
print("variables: " + " ".join(f"{k}={v}" for k, v in os.environ.items()))
if given.filter == "fails":
    sys.exit("error: this campaign fails, seen on " + os.uname().nodename)
lines = (here / "template" / "samples.jsonl").read_text().splitlines(True)
environment = json.loads((here / "template" / "environment.json").read_text())
given.out.mkdir(parents=True, exist_ok=True)
path, samples = given.out / "environment.json", given.out / "samples.jsonl"
def write(told):
    new = path.with_suffix(".new")
    new.write_text(json.dumps(told))
    new.replace(path)
if path.exists():
    environment = json.loads(path.read_text())
    if given.filter == "moved" and not environment.get("resumed"):
        sys.exit(f"error: cannot go on with '{given.out}': the machine is another one; another --out begins anew")
    environment.setdefault("resumed", []).append("now")
else:
    environment |= {"run_id": "20261130-fake-" + secrets.token_hex(5) + "-" + secrets.token_hex(4), "finished": None,
        "interrupted": False, "blocks_complete": 0, "started": time.strftime("%FT%T%z")}
write(environment | {"finished": None})
there = samples.read_text().splitlines(True) if samples.exists() else []
there = [line for line in there if line.endswith("\\n")]
samples.write_text("".join(there))
pause = float((here / "pause").read_text())
with open(samples, "a") as file:
    for line in lines[len(there):]:
        time.sleep(pause)
        file.write(line)
        file.flush()
write(environment | {"finished": time.strftime("%FT%T%z"), "ended": "blocks", "blocks_complete": 6})
"""

PRESETS = {
    "version": 6,
    "configurePresets": [{"name": "bench", "generator": "Ninja", "binaryDir": "${sourceDir}/build/bench"}],
    "buildPresets": [{"name": "bench", "configurePreset": "bench"}],
}

SMALL = Spec(
    blocks=6,
    queues=("mutex_ring", "vyukov_mpmc_ring", "cached_spsc_ring"),
    counters=("mutex_counter",),
    workloads=("ping_pong",),
    places=(49.0,),
)


@dataclass
class PrivateRedis:
    """Each change is on the disk before it is answered, so that a restart forgets nothing."""

    folder: Path
    password: str | None = None
    port: int = 0
    bind: str = "127.0.0.1"
    certificate: Path | None = None  # with TLS: its file, beside which its key ends in .key
    process: subprocess.Popen[bytes] | None = None

    @property
    def where(self) -> list[str]:
        """What a command of the fleet is given."""
        if self.certificate is None:
            return ["--redis", self.url]
        return ["--redis", f"rediss://localhost:{self.port}", "--ca", str(self.certificate)]

    @property
    def url(self) -> str:
        return f"unix://{self.folder / 'socket'}"

    def start(self) -> None:
        settings = {
            "port": str(self.port),
            "unixsocket": str(self.folder / "socket"),
            "save": "",
            "appendonly": "yes",
        }
        settings |= {"appendfsync": "always", "dir": str(self.folder), "daemonize": "no", "bind": self.bind}
        settings |= {"unixsocketperm": "777"} | ({"requirepass": self.password} if self.password else {})
        if self.certificate is not None:
            key = self.certificate.with_suffix(".key")
            settings |= {"port": "0", "tls-port": str(self.port), "tls-auth-clients": "no"}
            settings |= {"tls-cert-file": str(self.certificate), "tls-key-file": str(key)}
            settings |= {"tls-ca-cert-file": str(self.certificate)}
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", *words], executable=rq_server.program(), stdout=log, stderr=log
            )
        wait_until(self.listens)

    def listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.folder / "socket")) == 0

    def stop(self, number: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(HANG_S)

    def client(self) -> Any:
        return redis.Redis(unix_socket_path=str(self.folder / "socket"), password=self.password)


@contextmanager
def private_redis(folder: Path, **settings: Any) -> Iterator[PrivateRedis]:
    folder.mkdir(parents=True)
    server = PrivateRedis(folder, **settings)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None:
            server.process.kill()
            server.process.wait()


def git(root: Path, *arguments: str) -> str:
    who = [
        "-c",
        "user.name=somebody",
        "-c",
        "user.email=somebody@example.org",
        "-c",
        "init.defaultBranch=main",
    ]
    done = subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(root: Path, pause_s: float = 0.0) -> list[str]:
    """Two commits on main; a third on no branch. Returns all three."""
    (root / "scripts" / "handoff" / "run").mkdir(parents=True)
    (root / "scripts" / "handoff" / "run" / "samples.py").write_text(
        f"SCHEMA = {SCHEMA}\nMETHOD = {METHOD}\n"
    )
    (root / "scripts" / "campaign.py").write_text(CAMPAIGN)
    (root / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\nproject(fake NONE)\n")
    (root / "CMakePresets.json").write_text(json.dumps(PRESETS))
    (root / ".gitignore").write_text("build/\n")
    (root / "pause").write_text(str(pause_s))
    synthetic_run.write(root / "template", SMALL)
    git(root, "init", "-q")
    found = []
    for number in range(3):
        (root / "number").write_text(str(number))
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", f"commit {number}")
        found.append(git(root, "rev-parse", "HEAD"))
    git(root, "update-ref", "refs/pull/1/head", found[2])
    git(root, "reset", "-q", "--hard", found[1])
    return found


@dataclass
class Fleet:
    folder: Path
    redis: PrivateRedis
    root: Path
    commits: list[str]
    workers: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def call(self, what: str, *arguments: Any) -> subprocess.CompletedProcess[str]:
        """In this process: whoever waits for a job asks again and again. A report is made by another, as ever."""
        words = [what, *self.redis.where, *map(str, arguments)]
        if what == "fetch" and "--no-report" not in arguments:
            command, variables = [sys.executable, str(FLEET), *words], os.environ | self.variables
            return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, env=variables)
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.dict(os.environ, self.variables),
        ):
            code = fleet.main(words)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    def submit(self, *arguments: Any, commit: int = 0) -> list[str]:
        """The ids of the jobs."""
        which = ("--repository", self.root, "--commit", self.commits[commit])
        done = self.call("submit", *which, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def start(self, name: str, *arguments: Any, **options: Any) -> subprocess.Popen[str]:
        given = ["--name", name, "--state", self.folder / "state", "--lock", self.folder / f"{name}.lock"]
        given += ["--silent-after", SILENT_S, "--poll", POLL_S, "--even-as-root"]
        if "--signers" not in arguments:
            given += ["--repository", self.root]
        command = [sys.executable, str(FLEET), "worker", *self.redis.where, *given, *arguments]
        with open(self.folder / f"{name}.said", "a") as said:
            self.workers[name] = subprocess.Popen(
                [str(word) for word in command],
                stderr=said,
                text=True,
                env=os.environ | self.variables,
                **options,
            )
        return self.workers[name]

    def finish(self, name: str) -> str:
        """Of one that ends when it is idle; what it said."""
        code = self.workers[name].wait(HANG_S)
        said = self.said(name)
        assert code == 0, said
        return said

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.said").read_text()

    def jobs(self) -> list[dict[str, Any]]:
        done = self.call("status", "--json")
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout)["jobs"])

    def states(self) -> list[str]:
        return [job["state"] for job in self.jobs()]

    def wait_for(self, *states: str) -> None:
        wait_until(lambda: sorted(self.states()) == sorted(states), every_s=0.1)

    def copy(self, name: str, job: str) -> Path:
        return self.folder / "state" / name / "kept" / job

    def kill(self, name: str, campaign_too: bool = False) -> None:
        """As a machine that loses its power has it, or as a worker alone."""
        worker = self.workers.pop(name)
        children = child_pids(worker.pid) if campaign_too else []
        worker.kill()
        worker.wait()
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def close(self) -> None:
        for name in list(self.workers):
            self.kill(name, campaign_too=True)


def child_pids(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


@contextmanager
def opened(folder: Path, pause_s: float = 0.0, **settings: Any) -> Iterator[Fleet]:
    (folder / "repository").mkdir(parents=True)
    commits = repository(folder / "repository", pause_s)
    with private_redis(folder / "redis", **settings) as server:
        opened = Fleet(folder, server, folder / "repository", commits)
        try:
            yield opened
        finally:
            opened.close()
