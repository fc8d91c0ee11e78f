"""The work of scripts/archive.py: runs join an archive, are compared in it, leave it, and are checked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..compare import identity
from ..errors import HandoffError, MeasurementError, write_bytes, write_text
from ..fleet import parcel
from ..host.build import ROOT
from ..proofs import record as proof_record
from ..report.archive import auditing, checking, comparing, entry, folder, pages
from ..report.archive.checking import Checked
from ..report.archive.folder import COMPARISONS, RUNS, Archive
from ..run import results, run_folder
from . import report, store_report

Json = dict[str, Any]


def add(given: argparse.Namespace) -> int:
    with folder.opened(given.archive, create=True) as archive:
        run_dir = _unpacked(given.run, archive.new) if given.run.is_file() else given.run
        found = _checked(run_dir, given.anyhow, given.run)
        entries = archive.entries()
        if _is_there(found, entries, archive):
            print(f"{found.id} is there already; nothing is added")
            return 0
        new = _stage(found, archive)
        notes = [
            note
            for a, b in _pairs(new, entries)
            if (note := _compare_if_alike(archive, a["id"], b["id"])) is not None
        ]
        _publish(archive, folder.in_order([*entries, new]))
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    marked = "" if new["citable"] else ", marked as NOT CITABLE"
    print(f"{found.id} is in the archive{marked}: {given.archive / folder.INDEX_PAGE}")
    return 0


def _unpacked(path: Path, new: Path) -> Path:
    """A run that somebody has sent, as `pack` has made it."""
    target = new / "parcel" / path.name
    parcel.unpack(path.read_bytes(), target)
    return target


def _checked(run_dir: Path, anyhow: bool, named: Path) -> Checked:
    found = checking.check(run_dir)
    if not found.summary["citable"] and not anyhow:
        raise HandoffError(
            f"run '{named}' is not citable: {'; '.join(found.summary['stamps'])}; --anyhow takes it, and it is marked"
        )
    return found


def _is_there(found: Checked, entries: Sequence[Json], archive: Archive) -> bool:
    for one in entries:
        if one["data_sha256"] == found.data_sha256 and one["id"] != found.id:
            raise HandoffError(
                f"the samples of '{found.id}' are in '{archive.path}' already, as run '{one['id']}'"
            )
        if one["id"] == found.id:
            if one["environment_sha256"] != found.environment_sha256:
                raise HandoffError(
                    f"'{archive.path}' has another run '{found.id}': its environment.json differs; archive.py remove "
                    f"{found.id} takes that one out"
                )
            return True
    return False


def _stage(found: Checked, archive: Archive) -> Json:
    """The run with all that is made of it, where it will be moved from."""
    stage = archive.new / RUNS / found.id
    stage.mkdir(parents=True)
    store_report.fill(stage, found.run.path)
    if run_folder.data_sha256(stage) != found.data_sha256:
        raise HandoffError(f"run '{found.run.path}' has changed while it was read; valid: a finished run")
    new = entry.build(found)
    write_text(stage / entry.FILE_NAME, entry.text(new))
    return new


def _pairs(new: Json, entries: Sequence[Json]) -> list[tuple[Json, Json]]:
    before, after = comparing.neighbours(new, entries)
    return ([(before, new)] if before else []) + ([(new, after)] if after else [])


def _compare_if_alike(archive: Archive, a: str, b: str) -> str | None:
    """Staged; or why there is nothing to say of a change of the source."""
    one, other = (results.load(_place(archive, name)) for name in (a, b))
    if differing := identity.differences(one, other):
        return f"{b} is not compared with {a}: {differing[0]}"
    try:
        _stage_changes(archive, one, other)
    except HandoffError as error:
        return f"{b} is not compared with {a}: {error}"
    return None


def _place(archive: Archive, run_id: str) -> Path:
    staged = archive.new / RUNS / run_id
    return staged if staged.exists() else archive.run(run_id)


def _stage_changes(archive: Archive, a: results.Run, b: results.Run) -> Json:
    told = comparing.changes(a, b)
    return _write(archive, comparing.of_changes(told), comparing.render(told))


def _write(archive: Archive, found: Json, text: str | None) -> Json:
    stage = archive.new / COMPARISONS / comparing.folder_name(found["a"], found["b"])
    stage.mkdir(parents=True, exist_ok=True)
    write_text(stage / comparing.FILE_NAME, comparing.text(found))
    if text is not None:
        write_text(stage / comparing.PAGES[found["kind"]], text)
    return found


def _publish(archive: Archive, entries: Sequence[Json], gone: Sequence[Path] = ()) -> None:
    staged = archive.new / COMPARISONS
    new = [comparing.read(path) for path in sorted(staged.iterdir())] if staged.exists() else []
    fresh = {comparing.folder_name(one["a"], one["b"]) for one in new}
    left = {path.name for path in gone} | fresh
    archive.publish(pages.all_of(entries, [*archive.comparisons(left), *new]), gone)


def compare(given: argparse.Namespace) -> int:
    with folder.opened(given.archive) as archive:
        a, b = (results.load(archive.run(name)) for name in (given.a, given.b))
        if comparing.kind_of(a, b) == comparing.CHANGES:
            found = _stage_changes(archive, a, b)
        else:
            found = _stage_machines(archive, a, b)
        _publish(archive, archive.entries())
    where = given.archive / COMPARISONS / comparing.folder_name(given.a, given.b)
    print(f"{found['said']}: {where / comparing.PAGES[found['kind']]}")
    return 0


def _stage_machines(archive: Archive, a: results.Run, b: results.Run) -> Json:
    found = comparing.of_machines(a, b)
    stage = archive.new / COMPARISONS / comparing.folder_name(found["a"], found["b"])
    report.write_merged([a.path, b.path], stage, proof_record.load(ROOT / proof_record.DEFAULT))
    return _write(archive, found, None)


def remove(given: argparse.Namespace) -> int:
    with folder.opened(given.archive) as archive:
        leaving = archive.run(given.id)
        entries = [one for one in archive.entries() if one["id"] != given.id]
        of_it = [name for name in archive.compared() if given.id in name.split("_")]
        _publish(archive, entries, [leaving, *(archive.path / COMPARISONS / name for name in of_it)])
    print(f"{given.id} has left '{given.archive}'")
    return 0


def check(given: argparse.Namespace) -> int:
    faults = 0
    with folder.opened(given.archive, writes=False) as archive:
        for what, fault in auditing.audit(archive):
            print(f"{what}: {fault or 'as it was measured'}", flush=True)
            faults += bool(fault)
    if faults:
        raise MeasurementError(f"archive '{given.archive}': {faults} {'fault' if faults == 1 else 'faults'}")
    return 0


def _differs(found: Checked) -> str:
    try:
        return entry.differs(found.run.path, found)
    except HandoffError:  # of an earlier version, or damaged: that is what is made again
        return ""


def refresh(given: argparse.Namespace) -> int:
    with folder.opened(given.archive) as archive:
        entries = []
        for name in archive.ids():
            found = checking.check(archive.path / RUNS / name)
            if found.id != name:
                raise HandoffError(
                    f"{archive.path / RUNS / name} is run '{found.id}'; valid: a folder of its name"
                )
            if (found.run.path / entry.FILE_NAME).exists() and (differing := _differs(found)):
                raise HandoffError(f"{found.run.path}: {differing}; archive.py remove {name} takes it out")
            entries.append(_stage(found, archive))
            print(f"{name} is made again", flush=True)
        for name in archive.compared():
            a, b = (results.load(archive.run(one)) for one in name.split("_"))
            if comparing.kind_of(a, b) == comparing.CHANGES:
                _stage_changes(archive, a, b)
            else:
                _stage_machines(archive, a, b)
        _publish(archive, folder.in_order(entries))
    print(given.archive / folder.INDEX_PAGE)
    return 0


def pack(given: argparse.Namespace) -> int:
    found = _checked(given.run, given.anyhow, given.run)
    out = given.out or Path(f"{found.id}.tar.xz")
    write_bytes(out, parcel.packed(given.run))
    print(out)
    return 0


ACTIONS = {"add": add, "pack": pack, "compare": compare, "remove": remove, "check": check, "refresh": refresh}


def run(given: argparse.Namespace) -> int:
    return ACTIONS[given.action](given)
