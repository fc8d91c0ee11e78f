"""Commits as something to measure: found, checked out beside the working tree, and built as they were."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import HandoffError, MeasurementError, describe, unknown
from ..host import git
from ..host.build import PRESET
from ..run.samples import METHOD, SCHEMA

# Below build/, which no commit contains; a folder that is deleted there needs no more than another checkout.
CACHE = Path("build") / "commits"
SHORT = 12  # digits of a hash that name a folder

OLDER_PRESET = "release"  # of a commit from before what is measured had a preset of its own
BUILD_LOG = Path("build") / "compare.log"
LAST_LINES = 12  # of a build that failed: a compiler's first error is rarely longer

# What binaries print and how it is measured goes with these; the scripts that measure are today's.
VERSIONS_IN = "scripts/handoff/run/samples.py"
VERSIONS_WERE_IN = "scripts/handoff/samples.py"  # until the modules had rooms


@dataclass(frozen=True)
class CommitSource:
    """A tree to build: a commit's checkout, or the working tree."""

    name: str  # as it was asked for
    root: Path

    @property
    def preset(self) -> str:
        presets = json.loads((self.root / "CMakePresets.json").read_text(encoding="utf-8"))
        known = {preset["name"] for preset in presets["configurePresets"]}
        return PRESET if PRESET in known else OLDER_PRESET

    @property
    def build_dir(self) -> Path:
        return self.root / "build" / self.preset


def sources(root: Path, asked: Sequence[str]) -> list[CommitSource]:
    """One per name. What cannot be measured is refused before anything is checked out."""
    hashes = [_resolve(root, name) for name in asked]
    for name, commit in zip(asked, hashes):
        _check_versions(root, name, commit)
    return [_checked_out(root, name, commit) for name, commit in zip(asked, hashes)]


def working_tree(root: Path) -> CommitSource:
    return CommitSource("the working tree", root)


def build_commands(source: CommitSource) -> list[list[str]]:
    return [["cmake", "--preset", source.preset], ["cmake", "--build", "--preset", source.preset]]


def build(source: CommitSource) -> None:
    """Configures and builds, or finds that nothing is left to be done."""
    log = source.root / BUILD_LOG
    log.parent.mkdir(exist_ok=True)
    with open(log, "w+b") as output:
        for command in build_commands(source):
            try:
                code = subprocess.run(
                    command, cwd=source.root, stdin=subprocess.DEVNULL, stdout=output, stderr=output
                ).returncode
            except OSError as error:
                raise HandoffError(f"cannot run {describe(error)}") from error
            if code != 0:
                print(_end_of(output), file=sys.stderr)
                raise MeasurementError(
                    f"{source.name} does not build: {' '.join(command)} ended with exit code {code}; "
                    f"{log} has all that it said"
                )


def _end_of(output: IO[bytes]) -> str:
    output.seek(0)
    return "\n".join(output.read().decode(errors="replace").splitlines()[-LAST_LINES:])


def _resolve(root: Path, name: str) -> str:
    """The full hash."""
    inside = _git(root, "rev-parse", "--is-inside-work-tree")
    if inside.returncode != 0:
        raise HandoffError(f"'{root}' is no git repository, so it has no commits to compare")
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found.returncode == 0:
        return found.stdout.strip()
    if _git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == "true":
        raise HandoffError(
            f"unknown commit '{name}': this clone is shallow; git fetch --unshallow gets the rest"
        )
    refs = _git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags").stdout.split()
    raise unknown("commit", name, ["HEAD", *refs, "any other name or hash of git's"])


def _check_versions(root: Path, name: str, commit: str) -> None:
    text = _versions(root, commit)
    for key, known in (("SCHEMA", SCHEMA), ("METHOD", METHOD)):
        stated = re.search(rf"^{key} = (\d+)", text, re.MULTILINE)
        if stated is None:
            raise HandoffError(
                f"commit '{name}' states no {key} in {VERSIONS_IN}: it cannot be measured from here"
            )
        if int(stated[1]) != known:
            raise HandoffError(
                f"commit '{name}' has {key.lower()} {stated[1]}, and these scripts measure {key.lower()} {known}; "
                f"valid: a commit with {key.lower()} {known}"
            )


def _versions(root: Path, commit: str) -> str:
    """The file that states them, as it is in the commit; empty without one."""
    for path in (VERSIONS_IN, VERSIONS_WERE_IN):
        shown = _git(root, "show", f"{commit}:{path}")
        if shown.returncode == 0:
            return shown.stdout
    return ""


def _checked_out(root: Path, name: str, commit: str) -> CommitSource:
    path = root / CACHE / commit[:SHORT]
    if not (path / ".git").exists():
        # Forced: the folder of an earlier checkout may have been deleted without telling git.
        added = _git(root, "worktree", "add", "--force", "--detach", str(path), commit)
        if added.returncode != 0:
            said = added.stderr.strip().splitlines() or ["git said nothing"]
            raise HandoffError(f"cannot check '{name}' out into '{path}': {said[-1]}")
    head = _git(path, "rev-parse", "HEAD").stdout.strip()
    changed = _git(path, "status", "--porcelain").stdout
    if head != commit or changed:
        what = (
            f"is at {head[:SHORT]}" if head != commit else f"has changes ({changed.splitlines()[0].strip()})"
        )
        raise HandoffError(
            f"the checkout '{path}' of '{name}' {what}; git worktree remove --force {path} clears it away"
        )
    return CommitSource(f"commit {name}", path)


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            git.command(*arguments),
            cwd=root,
            env=git.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except OSError as error:
        raise HandoffError(f"cannot run {describe(error)}") from error
