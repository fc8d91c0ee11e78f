"""A run's folder while it is measured: begun, gone on with, finished."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..errors import HandoffError, describe, naming
from . import line_file, same_machine, samples, sampling, stamps, strict_json
from .environment_shape import ENVIRONMENT

ENVIRONMENT_NAME = "environment.json"
LARGEST_ENVIRONMENT = 16 << 20

# What must stay the same for trials to belong to one run.
FIXED_SETTINGS = ("method", "profile", "placement", "window_ms", "ramp_ms", "brief_ms", "redis")

# What a campaign writes as it measures.
SUMMARY_NAME = "summary.json"  # what a report derives from all of them
MEASURED = (samples.FILE_NAME, sampling.BLOCKS_NAME, stamps.FILE_NAME)

HASH_DIGITS = 8  # of what was measured, at the end of a run's name

MOST_DIFFERENCES = 3  # named when a run cannot go on here

# Names the other run of a campaign that took the trials of two builds in turns.
INTERLEAVED = "interleaved_with"


class RunFolder:
    def __init__(self, path: Path, environment: dict[str, Any], keeps_name: bool) -> None:
        self.path = path
        self.environment = environment
        self._keeps_name = keeps_name
        path.mkdir(parents=True, exist_ok=True)
        self.log = samples.SampleLog(path / samples.FILE_NAME)
        try:  # after the samples, of which there is a lock
            self.plans = sampling.PlanLog(path / sampling.BLOCKS_NAME)
            self.stamps = stamps.StampLog(path / stamps.FILE_NAME)
            self._write()
        except (HandoffError, OSError):
            self.log.close()
            raise

    @classmethod
    def begin(cls, reports: Path, out: Path | None, environment: dict[str, Any]) -> RunFolder:
        """A new run, in `out` or, named after itself, in `reports`."""
        path = out or reports / environment["run_id"]
        if out is None and path.exists():
            raise HandoffError(f"'{path}' exists already; --out {path} goes on with it")
        if any(_has_content(path / name) for name in MEASURED):
            raise HandoffError(
                f"'{path}' has samples without their {ENVIRONMENT_NAME}; another --out begins anew"
            )
        return cls(path, environment, keeps_name=out is not None)

    @classmethod
    def resume(
        cls, out: Path, wanted: Mapping[str, Any], asked_seed: int | None, asked_precision: float | None
    ) -> RunFolder:
        """Goes on with the run in `out`, provided that it is the same campaign."""
        if line_file.packed(out / samples.FILE_NAME).exists():
            raise _refusal(out, "it is stored, and its samples are packed")
        environment = read_environment(out / ENVIRONMENT_NAME)
        _check_same(out, environment, wanted, asked_seed)
        _check_same_sampling(out, environment.get("sampling"), wanted["sampling"], asked_precision)
        environment["finished"] = None
        environment.setdefault("resumed", []).append(now())
        return cls(out, environment, keeps_name=True)

    def finish(self, blocks_complete: int, interrupted: bool, ended: str) -> None:
        """Records the end and, now that the data are known, gives the run its name."""
        self.log.check_in_place()
        self.close()
        run_id = self._run_id()
        self.environment |= {
            "finished": now(),
            "blocks_complete": blocks_complete,
            "interrupted": interrupted,
            "ended": ended,
            "run_id": run_id,
        }
        self._write()
        if not self._keeps_name:
            self.path = self.path.rename(self.path.with_name(run_id))

    def close(self) -> None:
        self.log.close()
        self.plans.close()
        self.stamps.close()

    def _run_id(self) -> str:
        stem = (
            str(self.environment["run_id"]).rpartition("-running-")[0]
            or str(self.environment["run_id"]).rpartition("-")[0]
        )
        return f"{stem}-{data_sha256(self.path)[:HASH_DIGITS]}"

    def _write(self) -> None:
        """Replaces the file as a whole: it is never half written."""
        path = self.path / ENVIRONMENT_NAME
        new = path.with_suffix(".json.new")
        try:
            with naming(new), open(new, "w", encoding="utf-8") as file:
                json.dump(self.environment, file, indent=1, ensure_ascii=False, allow_nan=False)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            new.unlink(missing_ok=True)
            raise
        new.replace(path)
        line_file.sync_folder(self.path)


def data_sha256(path: Path) -> str:
    """Of all that was measured, be it packed or not: what the run's name ends with the first digits of."""
    told = hashlib.sha256()
    for name in (samples.FILE_NAME, stamps.FILE_NAME):
        with contextlib.suppress(FileNotFoundError), line_file.open_lines(path / name) as file:
            while part := file.read(1 << 20):
                told.update(part)
    return told.hexdigest()


def is_begun(path: Path) -> bool:
    """Whether there is a run to go on with. A start that died at once, or for which there was no room on the disk,
    leaves empty files: that is none."""
    return _has_content(path / ENVIRONMENT_NAME)


def _has_content(path: Path) -> bool:
    packed = line_file.packed(path)
    return packed.exists() or (path.exists() and (not path.is_file() or path.stat().st_size > 0))


def read_environment(path: Path) -> dict[str, Any]:
    """All that is relied on is there, and of the kind that it should be."""
    try:
        with line_file.open_regular(path) as file:
            content = file.read(LARGEST_ENVIRONMENT + 1)
    except OSError as error:
        raise HandoffError(f"cannot read the environment {describe(error)}") from error
    if len(content) > LARGEST_ENVIRONMENT:
        raise HandoffError(f"{path}: corrupt, larger than {LARGEST_ENVIRONMENT >> 20} MiB")
    try:
        environment = strict_json.loads(content)
        if not isinstance(environment, dict):
            raise ValueError("not an environment")
        samples.check_version(str(path), environment)
        ENVIRONMENT(environment, "")
    except ValueError as error:
        raise HandoffError(f"{path}: corrupt, {error}") from error
    return environment


def interleaved(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether these are the environments of the two runs of one campaign."""
    one, other = a.get(INTERLEAVED), b.get(INTERLEAVED)
    return bool(one and other and one["campaign"] == other["campaign"] and one["side"] != other["side"])


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def run_stem(slug: str, commit: str | None, dirty: bool | None) -> str:
    """The part of a run's name that is known before its data are."""
    date = datetime.now(timezone.utc).strftime("%Y%m%d")
    # A name that was blotted out of the slug leaves its brackets.
    slug = re.sub(r"[^a-z0-9-]", "", slug)
    return "-".join([date, slug, (commit or "nocommit")[:10], *(["dirty"] if dirty else [])])


def _refusal(out: Path, what: str) -> HandoffError:
    return HandoffError(f"cannot go on with '{out}': {what}; another --out begins anew")


def _check_same_sampling(
    out: Path, stored: Mapping[str, Any] | None, wanted: Mapping[str, Any], asked_precision: float | None
) -> None:
    """A run keeps the precision that it began with: one that is chosen with an eye on the result is none."""
    if stored is None or {**stored, "precision": 0} != {**wanted, "precision": 0}:
        raise _refusal(out, "its blocks were planned by another rule")
    if asked_precision is not None and stored["precision"] != asked_precision:
        raise _refusal(
            out, f"it has precision {100 * stored['precision']:g}%, not {100 * asked_precision:g}%"
        )


def _check_same(
    out: Path, stored: Mapping[str, Any], wanted: Mapping[str, Any], asked_seed: int | None
) -> None:
    def refuse(what: str) -> HandoffError:
        return _refusal(out, what)

    for key in FIXED_SETTINGS:
        if stored.get(key) != wanted.get(key):
            raise refuse(f"it has {key} {stored.get(key)}, not {wanted.get(key)}")
    if asked_seed is not None and stored.get("seed") != asked_seed:
        raise refuse(f"it has seed {stored.get('seed')}, not {asked_seed}")
    if stored.get(INTERLEAVED) != wanted.get(INTERLEAVED):
        raise refuse(f"it was measured {_company(stored)}, not {_company(wanted)}")
    if stored["cases"] != wanted["cases"]:
        differing = sorted(set(stored["cases"]) ^ set(wanted["cases"])) or ["their order"]
        raise refuse(
            f"its {len(stored['cases'])} cases differ from these {len(wanted['cases'])}: {differing[0]}"
        )
    for key in ("catalog", "build", "machine"):
        if key not in stored:
            raise refuse(f"its {ENVIRONMENT_NAME} has no {key}")
    if stored["catalog"].get("python") != wanted["catalog"].get("python"):
        raise refuse("its Python forms, or the Python that ran them, are others")
    was, now_is = stored["build"].get("binaries", {}), wanted["build"]["binaries"]
    measured = {str(name).partition("/")[0] for name in stored["cases"]}
    changed = sorted(name for name in measured if was.get(name) != now_is.get(name))
    if changed:
        raise refuse(f"the benchmark '{changed[0]}' has been built anew since")
    if differing := same_machine.differences(stored["machine"], wanted["machine"]):
        raise refuse("; ".join(differing[:MOST_DIFFERENCES]))


def _company(environment: Mapping[str, Any]) -> str:
    other = environment.get(INTERLEAVED)
    if other is None:
        return "on its own"
    changed = " with changes" if other["dirty"] else ""
    return f"in turns with commit {str(other['commit'])[:10]}{changed}, campaign {other['campaign']}"
