"""What a run must be before it joins an archive. It may come from anywhere: nothing of it is believed that can be made
again from its samples, and nothing but what was measured is taken from its folder."""

from __future__ import annotations

import hashlib
import re
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ...compare import identity
from ...errors import HandoffError
from ...run import results, run_folder, shapes, stored
from ...run.results import Run
from ...run.run_folder import ENVIRONMENT_NAME, HASH_DIGITS
from .. import summary

Json = dict[str, Any]

# The name of a folder and a part of addresses.
RUN_ID = re.compile(r"[0-9]{8}-[a-z0-9-]{1,150}-[0-9a-f]{8}")
# Each has a page of its own, which is a file.
IMPLEMENTATION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")
_NAME = shapes.short(200)  # of a machine, a compiler, a profile


@dataclass(frozen=True)
class Checked:
    run: Run
    summary: Json
    data_sha256: str
    environment_sha256: str

    @property
    def id(self) -> str:
        return str(self.run.environment["run_id"])


def check(run_dir: Path) -> Checked:
    """Raises HandoffError where the run cannot join. Whether it is citable stands in its summary."""
    _refuse_links(run_dir)
    run = results.load(run_dir)
    if run.warnings:
        raise HandoffError(f"run '{run_dir}' is damaged: {'; '.join(run.warnings)}")
    _check_names(run)
    found = Checked(
        run,
        summary.build(run),
        run_folder.data_sha256(run_dir),
        hashlib.sha256((run_dir / ENVIRONMENT_NAME).read_bytes()).hexdigest(),
    )
    _check_hash(found)
    _check_blocks(found)
    return found


def _refuse_links(run_dir: Path) -> None:
    """A link would put a file of this machine into the archive."""
    if not run_dir.is_dir():
        raise HandoffError(f"run '{run_dir}': there is no such folder")
    for path in stored.files(run_dir):
        if path.is_symlink() or (path.exists() and not stat.S_ISREG(path.lstat().st_mode)):
            raise HandoffError(f"{path}: no regular file; valid: the files of a run themselves, no links")


def _check_names(run: Run) -> None:
    environment = run.environment
    run_id, commit = environment.get("run_id"), environment.get("build", {}).get("commit")
    if not environment.get("finished"):
        raise HandoffError(
            f"run '{run.path}' is not finished; scripts/campaign.py --out {run.path} goes on with it"
        )
    if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
        raise HandoffError(
            f"{run.path / ENVIRONMENT_NAME}: run_id is {run_id!r:.80}; valid: <date>-<machine>-<commit>-<hash> in "
            "small letters, digits and -"
        )
    if commit is not None and f"-{commit[:10]}-" not in run_id:
        raise HandoffError(f"run '{run.path}' is named {run_id}, and its commit is {commit[:10]}")
    told = identity.of_run(run)
    for what, value in (
        ("machine", told.machine),
        ("compiler", told.compiler),
        ("profile", environment.get("profile", "")),
        ("build.version", environment.get("build", {}).get("version") or ""),
    ):
        try:
            _NAME(value, what)
        except ValueError as error:
            raise HandoffError(f"{run.path / ENVIRONMENT_NAME}: {error}") from error
    for key in ("started", "finished"):
        _check_time(run, key)
    for name in sorted(set(run.samples["implementation"])):
        if not IMPLEMENTATION.fullmatch(name):
            raise HandoffError(
                f"run '{run.path}': the implementation {name!r:.100} has no name that a page can have; valid: letters, "
                "digits, _ . + -"
            )


def _check_time(run: Run, key: str) -> None:
    value = run.environment.get(key)
    try:
        datetime.fromisoformat(str(value))
    except ValueError as error:
        raise HandoffError(
            f"{run.path / ENVIRONMENT_NAME}: {key} is {str(value)!r:.80}; valid: a time as 2026-11-30T19:14:39+00:00"
        ) from error


def _check_hash(found: Checked) -> None:
    named, measured = found.id[-HASH_DIGITS:], found.data_sha256[:HASH_DIGITS]
    if named != measured:
        raise HandoffError(
            f"run '{found.run.path}' is not what was measured: its name ends with {named}, the hash of its samples "
            f"is {measured}"
        )


def _check_blocks(found: Checked) -> None:
    stated = found.run.environment.get("blocks_complete")
    complete = found.summary["counts"]["blocks_complete"]
    if stated != complete:
        raise HandoffError(
            f"{found.run.path / ENVIRONMENT_NAME}: blocks_complete is {stated}; the samples have {complete}"
        )
