"""Runs that join an archive, and an archive whose reports are quickly made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.commands import store_report
from handoff.run import run_folder, stored

Json = dict[str, Any]

SMALL = Spec(
    blocks=7,
    queues=("mutex_ring", "vyukov_mpmc_ring"),
    counters=("mutex_counter",),
    workloads=("producer_consumer", "ping_pong", "counter"),
    places=(49.0,),
)
# Less than can be cited, for what makes many archives.
TINY: Json = {"queues": ("mutex_ring",), "counters": (), "controls": (), "workloads": ("ping_pong",)}
COMMIT = "0123456789abcdef"


def finished(run: Path, change: Callable[[Json], object] = lambda _: None) -> Path:
    """A run as a campaign leaves it: named after what was measured. `change`: of its environment."""
    path = run / "environment.json"
    found = json.loads(path.read_text())
    found["started"], found["finished"] = "2026-11-20T12:00:00+00:00", "2026-11-20T12:05:00+00:00"
    found["build"]["commit"] = COMMIT
    change(found)
    commit = str(found["build"]["commit"])[:10]
    found["run_id"] = f"20261120-synthetic-2c-{commit}-{run_folder.data_sha256(run)[:8]}"
    path.write_text(json.dumps(found))
    return run


def measured(folder: Path, change: Callable[[Json], object] = lambda _: None, **spec: Any) -> Path:
    return finished(synthetic_run.write(folder, Spec(**{**vars(SMALL), **spec})), change)


def name_of(run: Path) -> str:
    return str(json.loads((run / "environment.json").read_text())["run_id"])


def edit(run: Path, **changes: Any) -> None:
    """The environment is another one, and the name stays."""
    path = run / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def files(folder: Path) -> dict[str, bytes]:
    """All of a tree; none, if there is no such folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


def make_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report takes seconds, and most tests are about something else."""

    def fill(folder: Path, run_dir: Path, pngs: object = ()) -> Path:
        stored.pack(run_dir, folder)
        page = folder / "report.html"
        page.write_text("<!doctype html><title>a report of our own</title>")
        return page

    monkeypatch.setattr(store_report, "fill", fill)
