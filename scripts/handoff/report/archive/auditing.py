"""Whether an archive is what its runs say: each run by the checks that it joined by, and everything that is made from
the runs made again."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import HandoffError
from ...run import results
from .. import page
from . import checking, comparing, entry, pages
from .folder import COMPARISONS, FOLDERS, GONE, NEW, RUNS, Archive

AGAIN = "archive.py refresh makes it again"


def audit(archive: Archive) -> Iterator[tuple[str, str]]:
    """What was looked at, and what is wrong with it; empty: nothing."""
    for name in (NEW, GONE):
        if (archive.path / name).exists():
            yield name, "left by a command that was ended in its midst; the next one removes it"
    for folder in FOLDERS[:2]:
        yield from ((one, "is none of the archive's") for one in archive.strange(folder))
    sound = True
    for name in archive.ids():
        fault = _run(archive, name)
        sound = sound and not fault
        yield f"{RUNS}/{name}", fault
    for name in archive.compared():
        fault = _comparison(archive, name)
        sound = sound and not fault
        yield f"{COMPARISONS}/{name}", fault
    if sound:
        yield from _pages(archive)


def _run(archive: Archive, name: str) -> str:
    run_dir = archive.path / RUNS / name
    try:
        found = checking.check(run_dir)
        if found.id != name:
            return f"it is run '{found.id}'"
        if differing := entry.differs(run_dir, found):
            return differing
        if entry.read(run_dir) != entry.build(found):
            return f"{entry.FILE_NAME} is not what the samples say; {AGAIN}"
    except (HandoffError, OSError) as error:
        return str(error)
    return "" if (run_dir / page.FILE_NAME).is_file() else f"without {page.FILE_NAME}; {AGAIN}"


def _comparison(archive: Archive, name: str) -> str:
    path = archive.path / COMPARISONS / name
    try:
        found = comparing.read(path)
        a, b = (results.load(archive.run(found[side])) for side in ("a", "b"))
        if comparing.kind_of(a, b) != found["kind"]:
            return f"it is of {found['kind']}, and the runs are not; {AGAIN}"
        if found["kind"] == comparing.CHANGES and comparing.of_changes(comparing.changes(a, b)) != found:
            return f"{comparing.FILE_NAME} is not what the runs say; {AGAIN}"
    except (HandoffError, OSError) as error:
        return str(error)
    shown = comparing.PAGES[found["kind"]]
    return "" if (path / shown).is_file() else f"without {shown}; {AGAIN}"


def _pages(archive: Archive) -> Iterator[tuple[str, str]]:
    wanted, there = pages.all_of(archive.entries(), archive.comparisons()), archive.pages()
    for name in sorted(wanted.keys() | there.keys()):
        if there.get(name) != wanted.get(name):
            fault = "is missing" if name not in there else "is not what the runs say"
            yield name, f"{fault}; {AGAIN}"
