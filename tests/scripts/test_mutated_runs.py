"""Whatever is wrong in the files of a run, report.py, compare.py, plot.py and a campaign that is to go on say it in one
line, soon, and without taking the machine's memory.

HANDOFF_MUTATED_RUNS says how many are tried; HANDOFF_SEED repeats a draw."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any, cast

import compare
import plot
import pytest
import report
import synthetic_run
from conftest import SEED_OF_TESTS, pytest_configure
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
from mutated_run import Mutation, RunFiles, mutations
from synthetic_run import Spec

from handoff.errors import HandoffError
from handoff.report import figures
from handoff.run.run_folder import RunFolder, read_environment

COUNT = int(os.environ.get("HANDOFF_MUTATED_RUNS", "25"))
SEED = int(os.environ.get(SEED_OF_TESTS, random.randrange(2**32)))
LIMIT_S = 30
MEMORY = 1 << 30

SMALL = Spec(
    blocks=2,
    queues=("mutex_ring", "vyukov_mpmc_ring"),
    counters=("mutex_counter", "relaxed_counter"),
    places=(49.0, 105.0),
    threads=(1, 2),
)
ALL_WORKLOADS = (*SMALL.workloads, "download_strategies", "memory")


def written(folder: Path, spec: Spec) -> Path:
    run = synthetic_run.write(folder, spec)
    environment = json.loads((run / "environment.json").read_text())
    names = environment["cases"]
    rule = {"first_blocks": 6, "headlines_every": 12, "others_every": 24, "revisited_every": 48, "version": 2}
    environment["sampling"] = {"precision": 0.02, "headlines": [names[:2], names[2:4]], **rule}
    environment |= {"redis": None, "interrupted": False, "ended": "blocks", "run_stem": "20261120-synthetic"}
    (run / "environment.json").write_text(json.dumps(environment))
    needs = {"missing": 0, "wide": 3, "disturbed": 0, "undecided": 1, "open_pairs": 2}
    blocks = [
        {"schema": 1, "block": block, "repeats": 8, "cases": names, "needs": needs if block else None}
        for block in range(spec.blocks)
    ]
    (run / "blocks.jsonl").write_text("".join(json.dumps(block) + "\n" for block in blocks))
    return run


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Of the queues, of the downloads, and of all, which are many: the more there is, the slower is a try."""
    folder = tmp_path_factory.mktemp("sound")
    parts = (("ping_pong", "counter", "core_to_core"), ("download", "download_strategies"), ALL_WORKLOADS)
    return [
        written(folder / f"{at}", Spec(**vars(SMALL) | {"workloads": one, "run_id": f"run-of-{at}"}))
        for at, one in enumerate(parts)
    ]


class TooLong(Exception):
    pass


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """What does not fit ends in a MemoryError, which is said in one line, too."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


@contextlib.contextmanager
def limited() -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"not done within {LIMIT_S} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)  # of CPU time: the machine may have other work
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def said_in_one_line(main: Callable[[list[str]], int], *arguments: str | Path) -> None:
    """An exit code that is documented, and of misuse one line of error behind what warnings there are."""
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()), limited():
        code = main([str(one) for one in arguments])
    lines = [line for line in told.getvalue().splitlines() if not line.startswith("warning: ")]
    assert code in (0, 1, 2, 3), told.getvalue()
    assert len(lines) == (code == 2), told.getvalue()
    assert all(line.startswith("error: ") and len(line) < 2000 for line in lines), told.getvalue()
    assert "not enough memory" not in told.getvalue()
    told.getvalue().encode("utf-8")


def resumed(run: Path, beside: Path) -> None:
    wanted = read_environment(beside / "environment.json")
    with contextlib.suppress(HandoffError), limited():
        RunFolder.resume(run, wanted, None, None).close()


# What reads a run, and as often as it is worth it.
LOOKS: tuple[Callable[[Path, Path, str], None], ...] = (
    lambda run, beside, figure: said_in_one_line(report.main, run),
    lambda run, beside, figure: said_in_one_line(report.main, run),
    lambda run, beside, figure: said_in_one_line(report.main, run),
    lambda run, beside, figure: said_in_one_line(compare.main, beside, run),
    lambda run, beside, figure: said_in_one_line(compare.main, run, beside),
    lambda run, beside, figure: said_in_one_line(
        plot.main, run, "--figure", figure, "--out", run / "one.svg"
    ),
    lambda run, beside, figure: said_in_one_line(report.main, run, beside, "--out", run.parent / "merged"),
    lambda run, beside, figure: resumed(run, beside),
)


def figures_of(run: Path) -> list[str]:
    lines = (run / "samples.jsonl").read_text().splitlines()
    return sorted({name for line in lines for name in json.loads(line)["figures"]})


def test_the_users_seed_reaches_the_draws_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, os.environ[name])  # so that they are put back
    monkeypatch.setenv(SEED_OF_TESTS, "1")
    monkeypatch.setenv("HANDOFF_SEED", "7")
    pytest_configure(cast(pytest.Config, SimpleNamespace()))
    assert os.environ[SEED_OF_TESTS] == "7"
    assert "HANDOFF_SEED" not in os.environ


def test_sound_ones_have_a_report(sound: list[Path], tmp_path: Path) -> None:
    for run in sound:
        RunFiles.of(run).write(tmp_path / run.name)
        assert report.main([str(tmp_path / run.name), "--proofs", str(tmp_path / "none")]) in (0, 2)
        assert report.main([str(tmp_path / run.name)]) == 0


def test_nothing_in_a_run_ends_in_a_traceback(sound: list[Path], tmp_path: Path) -> None:
    print(f"HANDOFF_SEED={SEED}, {COUNT} runs")
    known = sorted(set().union(*map(figures_of, sound)))
    slowest = 0.0

    @seed(SEED)
    @settings(
        max_examples=COUNT,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(
        which=st.sampled_from((0, 0, 0, 1, 1, 2)),
        faults=st.lists(mutations(known), min_size=1, max_size=3),
        figure=st.sampled_from(sorted(figures.REGISTRY)),
        look=st.sampled_from(LOOKS),
    )
    def tried(which: int, faults: list[Mutation], figure: str, look: Callable[..., None]) -> None:
        nonlocal slowest
        files = RunFiles.of(sound[which])
        for fault in faults:
            fault(files)
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            run = Path(folder) / "run"
            files.write(run)
            start = time.monotonic()
            look(run, sound[which], figure)
            slowest = max(slowest, time.monotonic() - start)

    tried()
    print(f"the slowest took {slowest:.1f} s")
