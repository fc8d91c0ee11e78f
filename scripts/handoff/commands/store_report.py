"""The work of scripts/store_report.py: stores a finished run, packed, with its report."""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

from ..errors import HandoffError
from ..host.build import ROOT
from ..proofs import record as proof_record
from ..report import summary
from ..run import results, stored
from . import report

REPORTS = ROOT / "reports"

# Which figures the README shows of a kind.
IN_THE_README = {"reference": ("ping_pong_headline",)}

MOST_BYTES = 8_000_000  # of all that is stored: each clone has it


def store(run_dir: Path, kind: str, reports: Path = REPORTS) -> Path:
    """Returns the page. The former run stays until the new one is whole."""
    refuse_what_cannot_be_cited(run_dir)
    new, target = reports / f".{kind}.new", reports / kind
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    page = fill(new, run_dir, IN_THE_README.get(kind, ()))
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)
    return target / page.name


def fill(folder: Path, run_dir: Path, pngs: Collection[str] = ()) -> Path:
    """The run, packed, and its report, whose page it returns."""
    stored.pack(run_dir, folder)
    page = report.write(folder, proof_record.load(ROOT / proof_record.DEFAULT), pngs)
    (folder / summary.FILE_NAME).unlink()  # it is made again with the report
    return page


def refuse_what_cannot_be_cited(run_dir: Path) -> None:
    found = summary.build(results.load(run_dir))
    if not found["citable"]:
        raise HandoffError(f"run '{run_dir}' is not citable: {'; '.join(found['stamps'])}")


def stored_bytes(root: Path) -> int:
    """What a clone would have in reports/: all that git does not ignore, in whole blocks of the disk."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "reports"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [root / name for name in listed.stdout.split("\0") if name]
    return sum(path.stat().st_blocks * 512 for path in paths if path.exists())


def run(given: argparse.Namespace) -> int:
    print(store(given.run, given.kind))
    size = stored_bytes(ROOT)
    if size > MOST_BYTES:
        raise HandoffError(f"reports/ has {size / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:g} MB are stored")
    return 0
