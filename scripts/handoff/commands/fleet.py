"""The work of scripts/fleet.py."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..campaign.interrupt import Interrupt
from ..errors import EXIT_INTERRUPTED, HandoffError, MeasurementError, unknown
from ..fleet import board as boards
from ..fleet import fetching, overview, selector, server, signing, sources, upkeep
from ..fleet.board import Board
from ..fleet.line import Line
from ..fleet.server import CutOff
from ..fleet.sources import Allowed
from ..fleet.spec import ARCHIVE, COMMIT, OPTIONS, Spec
from ..fleet.worker import Settings, Worker
from ..host import git
from ..host.build import ROOT


def run(given: argparse.Namespace) -> int:
    try:
        return _WORK[given.what](given)
    except CutOff as error:
        raise MeasurementError(str(error)) from error


def _board(given: argparse.Namespace) -> Board:
    return Board(server.asked_for(given).connect())


# ---- submit --------------------------------------------------------------------------------------------------


def submit(given: argparse.Namespace) -> int:
    asked = [selector.checked(on) for on in given.on or [selector.ANY]]
    options = tuple(_options(given))
    archive = None if given.archive is None else _archive(given)
    commit = None if archive is not None else _commit(given.commit or "HEAD", given.repository or ROOT)
    board = _board(given)
    line = Line(board.client)
    digest = commit if archive is None else sources.send(board, *archive)
    for _ in range(given.times):
        for on in asked:
            job = secrets.token_hex(6)
            spec = Spec(COMMIT if commit else ARCHIVE, str(digest), given.profile, on, options)
            board.add(job, spec)
            line.add(job, on)
            print(job)
    return 0


def _options(given: argparse.Namespace) -> Iterable[tuple[str, str]]:
    """Of the campaign, as they travel."""
    for name in OPTIONS:
        value = getattr(given, name.replace("-", "_"))
        if value is None or value is False:
            continue
        for one in value if isinstance(value, list) else [value]:
            yield name, "" if one is True else str(one)


def _commit(name: str, root: Path) -> str:
    found = git.output(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found is None:
        raise HandoffError(
            f"unknown commit '{name}'; valid: a branch, a tag or a hash of the repository '{root}'"
        )
    if name == "HEAD" and git.output(root, "status", "--porcelain"):
        print(
            "note: the working tree has changes, which the workers do not get; they measure HEAD",
            file=sys.stderr,
        )
    return found


def _archive(given: argparse.Namespace) -> tuple[bytes, bytes]:
    if not given.archive.is_file():
        raise HandoffError(
            f"--archive '{given.archive}' is no file; valid: an archive such as git archive makes"
        )
    if given.key is None:
        raise HandoffError(
            "--archive needs --key FILE, which signs it: no worker takes one that is not signed"
        )
    return given.archive.read_bytes(), signing.signature(given.archive, given.key)


# ---- worker --------------------------------------------------------------------------------------------------


def worker(given: argparse.Namespace) -> int:
    if os.geteuid() == 0 and not given.even_as_root:
        raise HandoffError(
            "a worker runs code that it is sent, and this user is root; valid: a plain user, or --even-as-root where "
            "there is no other, as in a container"
        )
    allowed = Allowed(given.repository, tuple(given.branch), given.signers)
    allowed.check()
    settings = Settings(
        name=given.name,
        server=server.asked_for(given),
        allowed=allowed,
        state=given.state / given.name,
        lock=given.lock,
        silent_s=given.silent_after,
        poll_s=given.poll,
        until_idle=given.until_idle,
    )
    # Nothing that this process starts is to find it there.
    os.environ.pop(server.PASSWORD_VARIABLE, None)
    with Interrupt() as interrupt:
        Worker(settings, interrupt).work()
    return EXIT_INTERRUPTED if interrupt.requested else 0


# ---- the rest ------------------------------------------------------------------------------------------------


def status(given: argparse.Namespace) -> int:
    board = _board(given)
    if given.log is not None:
        print(_known(board, [given.log])[0].fields.get("log") or "nothing was kept: the job has not failed")
        return 0
    found = overview.collect(board)
    print(json.dumps(found, indent=1) if given.json else overview.text(found))
    return 0


def cancel(given: argparse.Namespace) -> int:
    board = _board(given)
    return _each(
        board,
        given,
        "called off",
        (boards.QUEUED, boards.RUNNING, boards.FAILED),
        board.cancel,
        boards.CANCELLED,
    )


def requeue(given: argparse.Namespace) -> int:
    board = _board(given)
    return _each(board, given, "put back", (boards.FAILED, boards.CANCELLED), board.requeue, boards.QUEUED)


def _each(
    board: Board, given: argparse.Namespace, done: str, states: tuple[str, ...], step: Any, then: str
) -> int:
    """Takes the step for the jobs that are named, or for all that are in one of the states."""
    if given.all == bool(given.jobs):
        raise HandoffError("which jobs? valid: JOB …, or --all")
    line = Line(board.client)
    jobs = _known(board, given.jobs) if given.jobs else [job for job in board.jobs() if job.state in states]
    left = []
    for job in jobs:
        if step(job.id):
            upkeep.settle(board, line, job.id, then)
            print(f"{job.id} {done}")
        else:
            left.append(job)
    if left:
        state = board.states([left[0].id])[left[0].id]
        raise HandoffError(f"job {left[0].id} is {state}; valid: one that is {', '.join(states)}")
    return 0


def _known(board: Board, ids: list[str]) -> list[boards.JobState]:
    by_id = {job.id: job for job in board.jobs()}
    for job in ids:
        if job not in by_id:
            raise unknown("job", job, by_id)
    return [by_id[job] for job in ids]


def fetch(given: argparse.Namespace) -> int:
    fetching.check_out(given.out)
    board = _board(given)
    found = fetching.fetch(board, Line(board.client), given.out, given.forget)
    print(f"{len(found.runs)} runs, {found.new} of them new, in {given.out / fetching.RUNS}", file=sys.stderr)
    if found.gone:
        print(
            f"note: {len(found.gone)} runs were fetched before, and the server has forgotten them",
            file=sys.stderr,
        )
    if found.runs and not given.no_report:
        _report(found.runs, given.out)
    if found.damaged:
        raise MeasurementError(
            f"{len(found.damaged)} runs did not come as they were sent, the first of job {found.damaged[0]}; their workers "
            "send them again: fetch again later"
        )
    return 0


def _report(runs: list[Path], out: Path) -> None:
    """One of all runs; of one run it lies in its own folder."""
    command = [sys.executable, str(ROOT / "scripts" / "report.py"), *map(str, runs)]
    if len(runs) > 1:
        command += ["--out", str(out)]
    if code := subprocess.run(command).returncode:
        raise MeasurementError(
            f"the report of {len(runs)} runs failed with exit code {code}; the runs are kept"
        )


_WORK = {
    "submit": submit,
    "worker": worker,
    "status": status,
    "cancel": cancel,
    "requeue": requeue,
    "fetch": fetch,
}
