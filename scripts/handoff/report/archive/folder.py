"""An archive on the disk. What a command makes lies in a folder of its own until all of it is there; then it takes its
place at once. The folders of the runs say what belongs to the archive: every page is made again from them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import HandoffError, write_text
from ...run import line_file
from . import comparing, entry
from .checking import RUN_ID

Json = dict[str, Any]

RUNS, COMPARISONS, HISTORY = "runs", "comparisons", "history"
INDEX_PAGE, INDEX_DATA = "index.html", "index.json"
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FOLDERS = (RUNS, COMPARISONS, HISTORY)
# What is being made, and what has left its place, or was there before.
NEW, GONE = ".new", ".gone"
COMPARED = re.compile(rf"{RUN_ID.pattern}_{RUN_ID.pattern}")
OWN = {*FOLDERS, INDEX_PAGE, INDEX_DATA, NEW, GONE}


@dataclass(frozen=True)
class Archive:
    path: Path

    @property
    def new(self) -> Path:
        return self.path / NEW

    def run(self, run_id: str) -> Path:
        """Raises HandoffError where there is none of that name."""
        if not RUN_ID.fullmatch(run_id) or run_id not in self.ids():
            valid = ", ".join(self.ids()) or "none, it is empty"
            raise HandoffError(f"unknown run '{run_id}' of '{self.path}'; valid: {valid}")
        return self.path / RUNS / run_id

    def ids(self) -> list[str]:
        return [name for name in _names(self.path / RUNS) if RUN_ID.fullmatch(name)]

    def entries(self) -> list[Json]:
        """The oldest first."""
        return in_order(entry.read(self.path / RUNS / name) for name in self.ids())

    def compared(self) -> list[str]:
        """The names of the comparisons' folders."""
        return [name for name in _names(self.path / COMPARISONS) if COMPARED.fullmatch(name)]

    def comparisons(self, without: Collection[str] = ()) -> list[Json]:
        names = [name for name in self.compared() if name not in without]
        return [comparing.read(self.path / COMPARISONS / name) for name in names]

    def strange(self, kind: str) -> list[str]:
        """What lies among the runs, or the comparisons, and is none."""
        own = self.ids() if kind == RUNS else self.compared()
        return [f"{kind}/{path.name}" for path in _children(self.path / kind) if path.name not in own]

    def pages(self) -> dict[str, str]:
        """The derived files that are there, by their path within the archive."""
        paths = [self.path / INDEX_PAGE, self.path / INDEX_DATA, *(self.path / HISTORY).glob("*.html")]
        return {
            path.relative_to(self.path).as_posix(): path.read_text(encoding="utf-8", errors="replace")
            for path in paths
            if path.is_file()
        }

    def publish(self, pages: Mapping[str, str], leaving: Iterable[Path] = ()) -> None:
        """Everything below `.new` takes its place, and so do the pages; what is leaving goes. It happens as a whole: if
        a step fails, those before it are undone."""
        before = self.pages()
        changed = {name: text for name, text in pages.items() if before.get(name) != text}
        arriving = [path for name in FOLDERS for path in _children(self.new / name)]
        for name, text in changed.items():
            (self.new / name).parent.mkdir(parents=True, exist_ok=True)
            write_text(self.new / name, text)
        _sync(self.new)
        moves = _Moves(self.path)
        # Ended by a signal between two steps, it would be neither as it was nor as it is to be.
        with _undisturbed():
            try:
                for path in [*leaving, *(self.path / name for name in before.keys() - pages.keys())]:
                    moves.away(path)
                for path in arriving:
                    moves.into_place(path, self.path / path.relative_to(self.new))
                for name in sorted(changed, key=lambda name: (name == INDEX_PAGE, name == INDEX_DATA, name)):
                    moves.into_place(self.new / name, self.path / name)
            except OSError:
                moves.undo()
                raise
        for name in ("", *FOLDERS):
            if (self.path / name).is_dir():
                line_file.sync_folder(self.path / name)

    def tidy(self) -> None:
        """What an earlier command has left that was ended in its midst. A run or comparison that it was replacing is
        put back."""
        for kind in (RUNS, COMPARISONS):
            for kept in _children(self.path / GONE / kind):
                place = self.path / kind / kept.name
                if not place.exists() and (self.new / kind / kept.name).exists():
                    kept.replace(place)
        for name in (NEW, GONE):
            shutil.rmtree(self.path / name, ignore_errors=True)


def in_order(entries: Iterable[Json]) -> list[Json]:
    return sorted(entries, key=lambda one: (one["started"], one["id"]))


@dataclass
class _Moves:
    """Files and folders that have changed their places."""

    root: Path
    done: list[Callable[[], object]] = field(default_factory=list)  # what undoes each

    def away(self, path: Path) -> None:
        kept = self._kept(path)
        os.replace(path, kept)
        self.done.append(lambda: os.replace(kept, path))

    def into_place(self, path: Path, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        if target.is_dir():
            self.away(target)
        elif target.exists():  # a page is never absent: whoever reads it has the one or the other
            kept = self._kept(target)
            shutil.copyfile(target, kept)
            os.replace(path, target)
            self.done.append(lambda: os.replace(kept, target))
            return
        os.replace(path, target)
        self.done.append(lambda: os.replace(target, path))

    def undo(self) -> None:
        while self.done:
            self.done.pop()()

    def _kept(self, path: Path) -> Path:
        kept = self.root / GONE / path.relative_to(self.root)
        kept.parent.mkdir(parents=True, exist_ok=True)
        return kept


@contextlib.contextmanager
def opened(path: Path, create: bool = False, writes: bool = True) -> Iterator[Archive]:
    """Alone, if it writes. A folder that is none of ours is left alone."""
    found = Archive(path)
    begun = create and not path.exists()
    if begun:
        path.mkdir(parents=True, exist_ok=True)  # another one may begin it, too
    if not path.is_dir():
        raise HandoffError(
            f"archive '{path}': there is no such folder; archive.py add RUN --to DIR begins one"
        )
    strange = sorted(set(os.listdir(path)) - OWN)
    if not (path / INDEX_DATA).exists() and (strange or not create):
        what = f"has '{strange[0]}' and no" if strange else "has no"
        raise HandoffError(
            f"'{path}' is no archive, it {what} {INDEX_DATA}; valid: an archive, or a new folder"
        )
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(lock, path, fcntl.LOCK_EX if writes else fcntl.LOCK_SH)
        if writes:
            found.tidy()
            found.new.mkdir()
        try:
            yield found
        finally:
            if writes:
                found.tidy()
    finally:
        os.close(lock)
        if begun and not os.listdir(path):
            path.rmdir()


def _lock(fd: int, path: Path, kind: int) -> None:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"another archive.py is at work in '{path}'; waiting for it", file=sys.stderr)
        fcntl.flock(fd, kind)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """What asks to end has its say afterwards. By handlers: a mask is of one thread, and libraries have others, to which
    the signal would go."""
    came: list[int] = []
    heard = [one for one in _ENDINGS if signal.getsignal(one) not in (signal.SIG_IGN, None)]
    former = {one: signal.signal(one, lambda number, _: came.append(number)) for one in heard}
    try:
        yield
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)
    for number in came:
        signal.raise_signal(number)


def _names(folder: Path) -> list[str]:
    return [path.name for path in _children(folder) if path.is_dir()]


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        fd = os.open(path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # not every file system knows of it
                os.fsync(fd)
        finally:
            os.close(fd)
