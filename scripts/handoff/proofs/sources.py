"""What an implementation is made of, as one hash: whether a proof is of the source at hand.

The hash covers the implementation's header and all of impls/ that it includes, without comments and blank space.
"""

from __future__ import annotations

import functools
import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..host import git, probe
from ..run import kinds

IMPLS = "impls"
BENCHMARKS = "../benchmarks"  # as seen from impls/
FOLDERS = ("queues", "counters", "controls", "locks", "waits")
# Proven on their own, though they are no implementations: their files, as seen from impls/.
EVENTCOUNT = ("support/eventcount.hpp",)
PARTS = {
    "eventcount": EVENTCOUNT,
    "wait_loop": ("../benchmarks/harness/wait.hpp", "../benchmarks/harness/wait.cpp", *EVENTCOUNT),
}

Read = Callable[[str], str | None]

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"', re.MULTILINE)
# Comments, and the literals that may hold what looks like one. The ' in 1'000 begins no literal.
_COMMENT_OR_LITERAL = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])*'""", re.DOTALL
)


class Sources:
    """The implementations as they stand in one place."""

    def __init__(self, read: Read) -> None:
        self._read = functools.cache(read)
        self._code = functools.cache(without_comments)

    def hash_of(self, *files: str) -> str | None:
        """Of these files, named as seen from impls/, with all that they include; None if one is not there."""
        code: dict[str, str] = {}
        waiting = list(files)
        while waiting:
            name = waiting.pop()
            text = self._read(name)
            if text is None:
                return None
            if name not in code:
                code[name] = self._code(text)
                waiting += self._included(name, text)
        digest = hashlib.sha256()
        for name in sorted(code):
            digest.update(f"{name}\n{code[name]}\n".encode())
        return digest.hexdigest()

    def _included(self, name: str, text: str) -> Iterable[str]:
        """A quoted name that is in no such place belongs to a library."""
        for included in _INCLUDE.findall(text):
            places = (posixpath.dirname(name), "", BENCHMARKS)
            for candidate in (posixpath.normpath(posixpath.join(place, included)) for place in places):
                if self._read(candidate) is not None:
                    yield candidate
                    break


def without_comments(text: str) -> str:
    code = _COMMENT_OR_LITERAL.sub(lambda found: " " if found["comment"] else found[0], text)
    lines = (" ".join(line.split()) for line in code.splitlines())
    return "\n".join(line for line in lines if line)


def in_tree(root: Path, own: Path | None = None) -> Sources:
    """As they stand in the working tree; `own`: the folder of a project of somebody else's."""
    folders = [root / IMPLS, *([own] if own else [])]

    def read(name: str) -> str | None:
        paths = (folder / name for folder in folders)
        return next((path.read_text("utf-8", "replace") for path in paths if path.is_file()), None)

    return Sources(read)


def in_commit(root: Path, commit: str) -> Sources:
    """As they were then; without the commit there is no source to be found."""
    known = git.output(root, "cat-file", "-t", commit) == "commit"

    def read(name: str) -> str | None:
        path = posixpath.normpath(posixpath.join(IMPLS, name))
        return (
            git.output(root, "show", "--no-ext-diff", "--no-textconv", f"{commit}:{path}") if known else None
        )

    return Sources(read)


def files_of(root: Path, own: Path | None = None) -> dict[str, tuple[str, ...]]:
    """By the name of what may be proven: the files that it starts with."""
    found = {
        path.stem: (f"{folder}/{path.name}",)
        for folder in FOLDERS
        for path in sorted((root / IMPLS / folder).glob("*.hpp"))
    }
    if own is not None:
        found |= {path.stem: (path.name,) for path in sorted(own.glob("*.hpp"))}
    return found | PARTS


def hashes(root: Path, own: Path | None = None) -> dict[str, str]:
    """Of everything that may be proven, as it stands in the working tree."""
    sources = in_tree(root, own)
    found = {name: sources.hash_of(*files) for name, files in files_of(root, own).items()}
    return {name: value for name, value in found.items() if value is not None}


def of_catalog(root: Path, entries: Iterable[Mapping[str, Any]], own: Path | None = None) -> dict[str, str]:
    """Of the implementations of a catalog; one whose header is not found is left out."""
    return _of_headers(in_tree(root, own), entries)


def measured(root: Path, environment: Mapping[str, Any]) -> dict[str, str]:
    """What a run measured, as it recorded it or, of an older run, as its commit has it."""
    if "sources" in environment:
        return dict(environment["sources"])
    build, catalog = environment.get("build", {}), environment.get("catalog", {})
    if build.get("dirty", True) or not build.get("commit"):
        return {}
    return _of_headers(in_commit(root, build["commit"]), kinds.entries(catalog))


def _of_headers(sources: Sources, entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    found = {one["name"]: sources.hash_of(one["header"]) for one in entries if "header" in one}
    return {name: value for name, value in found.items() if value is not None}


def own_project(build_dir: Path) -> Path | None:
    """The source folder of the project that built in `build_dir`, or in the folder above it."""
    for folder in (build_dir, build_dir.absolute().parent):
        cache = probe.text(folder / "CMakeCache.txt")
        if cache and (home := re.search(r"^CMAKE_HOME_DIRECTORY:\w+=(.*)$", cache, re.MULTILINE)):
            return Path(home[1])
    return None
