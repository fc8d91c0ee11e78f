"""Where the jobs of a fleet are, and its workers: for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from .board import DONE, FAILED, QUEUED, RUNNING, STATES, WORKERS, Board, JobState
from .server import understood

Json = dict[str, Any]

MOST_LINES = 40


def collect(board: Board) -> Json:
    with understood():
        now = board.client.time()[0]
        workers = {name.decode(): json.loads(told) for name, told in board.client.hgetall(WORKERS).items()}
    return {
        "jobs": [_job(job) for job in board.jobs()],
        "workers": [
            {"name": name, "doing": told["doing"], "seen_s": now - told["seen"], "machine": told["told"]}
            for name, told in sorted(workers.items())
        ],
    }


def _job(job: JobState) -> Json:
    numbers = {name: int(job.fields.get(name, 0)) for name in ("takes", "failures", "abandoned", "bytes")}
    told = {name: job.fields.get(name) for name in ("worker", "progress", "run_id", "refused", "log")}
    return {
        "id": job.id,
        "state": job.state,
        "asks": None if job.spec is None else str(job.spec),
        "fetched": job.fields.get("fetched") == "1",
        **numbers,
        **told,
    }


def text(found: Json) -> str:
    jobs, workers = found["jobs"], found["workers"]
    counts = Counter(job["state"] for job in jobs)
    shown = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state]) or "no jobs"
    lines = [f"{len(jobs)} jobs: {shown}" if jobs else shown]
    order = {state: at for at, state in enumerate((FAILED, RUNNING, QUEUED))}
    listed = sorted(jobs, key=lambda job: order.get(job["state"], len(order)))
    lines += [f"  {_line(job)}" for job in listed[:MOST_LINES]]
    if len(listed) > MOST_LINES:
        lines.append(f"  and {len(listed) - MOST_LINES} more; --json has all of them")
    lines.append(f"{len(workers)} workers")
    for worker in workers:
        machine = worker["machine"]
        lines.append(
            f"  {worker['name']}: {worker['doing']}, last seen between two jobs {worker['seen_s']} s ago; {machine['cpu']}, "
            f"{machine['cores']} cores, governor {machine['governor']}, quota {machine['quota']}, kernel {machine['kernel']}"
        )
    return "\n".join(lines)


def _line(job: Json) -> str:
    parts = [f"{job['id']} {job['state']}: {job['asks'] or 'of another version of the fleet'}"]
    if job["state"] == RUNNING:
        parts.append(f"on {job['worker']}, {job['progress']}")
    if job["state"] == DONE:
        parts.append(f"run {job['run_id']} of {job['worker']}{', fetched' if job['fetched'] else ''}")
    if job["state"] == QUEUED and job["refused"]:
        parts.append(f"refused by {job['refused']}")
    if job["failures"] or job["abandoned"]:
        parts.append(f"{job['failures']} times failed, {job['abandoned']} times left by its worker")
    if job["state"] == FAILED and job["log"]:
        parts.append(f"{job['log'].splitlines()[0]}; --log {job['id']} prints all that was kept")
    return "; ".join(parts)
