"""An archive changes as a whole: whatever ends a command in its midst, the archive is as it was, or as it was to be."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import archive as script
import pytest
from archive_fixtures import TINY, files, measured, name_of, quick
from conftest import one_line

from handoff.commands import store_report
from handoff.report.archive import folder

__all__ = ["quick"]  # a fixture

Capture = pytest.CaptureFixture[str]
LEFT = (folder.NEW, folder.GONE)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Of one machine, so that the second is compared with the first."""
    place = tmp_path_factory.mktemp("measured")
    return [measured(place / str(seed), seed=seed, **TINY) for seed in (7, 8)]


@pytest.fixture
def archive(runs: list[Path], tmp_path: Path, quick: None) -> Path:
    call("add", runs[0], "--anyhow", "--to", tmp_path / "a")
    return tmp_path / "a"


def call(*arguments: object) -> int:
    return script.main([str(one) for one in arguments])


def adding(run: Path, archive: Path) -> list[object]:
    return ["add", run, "--anyhow", "--to", archive]


def visible(archive: Path) -> dict[str, bytes]:
    """Without what the next command removes."""
    return {path: text for path, text in files(archive).items() if path.split("/")[0] not in LEFT}


class Nth:
    """Does something else at the n-th step."""

    def __init__(self, step: int, instead: Callable[[], object]) -> None:
        self.step, self.instead, self.steps = step, instead, 0
        self._replace = os.replace

    def __call__(self, source: Path, target: Path) -> None:
        self.steps += 1
        if self.steps == self.step:
            self.instead()
        self._replace(source, target)


def full() -> None:
    raise OSError(28, "No space left on device", "the disk")


def killed(step: int, arguments: list[object]) -> bool:
    """Whether a process that is killed at that step got so far."""
    child = os.fork()
    if child == 0:
        vars(os)["replace"] = Nth(step, lambda: os.kill(os.getpid(), signal.SIGKILL))
        os._exit(call(*arguments))
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def at_each_step(monkeypatch: pytest.MonkeyPatch, archive: Path, arguments: list[object]) -> list[Path]:
    """Copies of the archive as a process that is killed leaves it, by the step at which it is: what it has not written
    by then is nowhere on the disk."""
    found: list[Path] = []
    replace, begun = os.replace, copied(archive, "killed")

    def kept(source: Path, target: Path) -> None:
        found.append(copied(archive, f"at-{len(found) + 1}"))
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", kept)
        assert call(*arguments) == 0
    # One of them, for all: a process that is killed leaves the same.
    step = len(found) // 2 + 1
    assert killed(step, [begun if one == archive else one for one in arguments])
    assert files(begun) == files(found[step - 1])
    return found


def steps_of(monkeypatch: pytest.MonkeyPatch, arguments: list[object]) -> int:
    counter = Nth(-1, full)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", counter)
        assert call(*arguments) == 0
    return counter.steps


def copied(archive: Path, name: str) -> Path:
    return Path(shutil.copytree(archive, archive.with_name(name)))


@pytest.mark.parametrize("action", ["add", "remove", "refresh"])
def test_a_step_that_fails_undoes_those_before_it(
    action: str, runs: list[Path], archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    if action == "refresh":
        (archive / "index.html").write_text("of an earlier version")
    asked: dict[str, Callable[[Path], list[object]]] = {
        "add": lambda where: adding(runs[1], where),
        "remove": lambda where: ["remove", name_of(runs[0]), "--from", where],
        "refresh": lambda where: ["refresh", where],
    }
    arguments = asked[action]
    steps = steps_of(monkeypatch, arguments(copied(archive, "done")))
    assert steps >= 3
    before = files(archive)
    for step in range(1, steps + 1):
        capsys.readouterr()
        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", Nth(step, full))
            assert call(*arguments(archive)) == 2
        assert one_line(capsys.readouterr().err) == "error: the disk: No space left on device"
        assert files(archive) == before, step
    assert call(*arguments(archive)) == 0
    assert files(archive) == files(archive.with_name("done"))


def test_a_kill_leaves_it_as_it_was_or_as_it_was_to_be(
    runs: list[Path], archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = copied(archive, "done")
    left = at_each_step(monkeypatch, done, adding(runs[1], done))
    after, before = files(done), files(archive)
    seen = set()
    for step, here in enumerate(left, 1):
        joined = any(path.startswith(f"runs/{name_of(runs[1])}/") for path in visible(here))
        seen.add(joined)
        assert joined or visible(here) == before, step
        # The next command, whichever it is, leaves it whole.
        assert call("remove", name_of(runs[1]), "--from", here) == (0 if joined else 2)
        assert files(here) == before, step
    assert call(*adding(runs[1], here)) == 0
    assert files(here) == after
    assert seen == {False, True}


def test_a_kill_of_a_refresh_loses_no_run(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(archive)
    done = copied(archive, "done")
    for step, here in enumerate(at_each_step(monkeypatch, done, ["refresh", done]), 1):
        assert call("refresh", here) == 0
        assert files(here) == before, step


def test_an_interrupt_while_the_report_is_made_leaves_it_as_it_was(
    runs: list[Path], archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def interrupted(new: Path, run_dir: Path, pngs: object = ()) -> Path:
        (new / "half").write_text("of a report")
        raise KeyboardInterrupt

    before = files(archive)
    capsys.readouterr()
    monkeypatch.setattr(store_report, "fill", interrupted)
    assert call(*adding(runs[1], archive)) == 130
    assert one_line(capsys.readouterr().err) == "error: interrupted" and files(archive) == before
    assert call(*adding(runs[1], archive.with_name("new"))) == 130
    assert not archive.with_name("new").exists()


def test_a_signal_waits_until_all_is_in_its_place(
    runs: list[Path], archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "replace", Nth(2, lambda: os.kill(os.getpid(), signal.SIGINT)))
    assert call(*adding(runs[1], archive)) == 130
    monkeypatch.undo()
    assert name_of(runs[1]) in os.listdir(archive / "runs")
    assert call("check", archive) == 0


def test_two_at_once_take_turns(runs: list[Path], tmp_path: Path, quick: None) -> None:
    children = []
    for run in runs:
        if (child := os.fork()) == 0:
            os._exit(call(*adding(run, tmp_path / "a")))
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    assert sorted(os.listdir(tmp_path / "a" / "runs")) == sorted(map(name_of, runs))
    assert call("check", tmp_path / "a") == 0
