"""The work of scripts/report.py: renders everything that is derived from a run, or from runs of several machines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from ..errors import HandoffError, write_bytes, write_text
from ..host.build import ROOT
from ..proofs import record as proof_record, table as proof_table
from ..proofs.record import Record
from ..report import asked, figures, markdown, merge, merged_page, page, summary
from ..report.evidence import Evidence
from ..report.figures import facets
from ..run import results, samples


def write(run_dir: Path, record: Record | None, pngs: Collection[str] = ()) -> Path:
    """All files of the report; returns the page. What is derived is replaced, what was measured is not. `pngs`:
    the figures that are wanted as pixels, too."""
    run = _load(run_dir)
    found = summary.build(run)
    summary.write(found, run_dir / summary.FILE_NAME)
    drawn = _draw(run_dir / "figures", lambda name, pixels: figures.render(name, found, pixels), pngs)
    proofs = proof_table.of_runs(record, ROOT, [found])
    target = run_dir / page.FILE_NAME
    answers = asked.build(Evidence(run), found, proofs)
    write_text(target, page.render(found, drawn, proofs, answers))
    _write_or_remove(run_dir / page.EXPERIMENTS_NAME, page.render_experiments(found, drawn))
    short = markdown.render(found, drawn, proofs)
    write_text(run_dir / markdown.FILE_NAME, short)
    return target


def _write_or_remove(path: Path, text: str | None) -> None:
    """What an earlier state had, and this one has not, would contradict the page."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        write_text(path, text)


def write_merged(run_dirs: list[Path], out: Path, record: Record | None, pngs: Collection[str] = ()) -> Path:
    """The report of several machines; their own folders are only read."""
    if (out / samples.FILE_NAME).exists():
        raise HandoffError(f"--out '{out}' is a run itself; valid: a folder of the report's own")
    machines, left_out = merge.machines([_load(run_dir) for run_dir in run_dirs])
    out.mkdir(parents=True, exist_ok=True)
    named = [(machine.label, machine.summary) for machine in machines]
    drawn = _draw(out / "figures", lambda name, pixels: facets.render(name, named, pixels), pngs)
    proofs = proof_table.of_runs(record, ROOT, [machine.summary for machine in machines])
    for name, text in merged_page.write_texts(machines, left_out, drawn, proofs).items():
        write_text(out / name, text)
    return out / page.FILE_NAME


def _record(asked: Path | None) -> Record | None:
    """The project's own record may be missing; one that is asked for may not."""
    path = asked or ROOT / proof_record.DEFAULT
    if asked is None and not path.exists():
        print(
            f"warning: there is no record of proofs '{path}', so nothing is shown as proven", file=sys.stderr
        )
        return None
    return proof_record.load(path)


def _load(run_dir: Path) -> results.Run:
    run = results.load(run_dir)
    for warning in run.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return run


def _draw(
    folder: Path, render: Callable[[str, bool], figures.Rendered | None], pngs: Collection[str]
) -> list[figures.Rendered]:
    """All figures that there are samples for, as files and to be set into the page."""
    folder.mkdir(exist_ok=True)
    drawn: list[figures.Rendered] = []
    for name in figures.REGISTRY:
        svg, png = folder / f"{name}.svg", folder / f"{name}.png"
        # A picture of an earlier state would contradict the page: it is drawn again, or removed.
        pixels = name in pngs or png.exists()
        one = render(name, pixels)
        if one is None:
            svg.unlink(missing_ok=True)
            png.unlink(missing_ok=True)
            continue
        write_text(svg, one.svg)
        if pixels:
            write_bytes(png, one.png)
        drawn.append(one)
    return drawn


def run(given: argparse.Namespace) -> int:
    record = _record(given.proofs)
    pngs = figures.REGISTRY if given.png else ()
    if given.out is None:
        print(write(given.runs[0], record, pngs))
    else:
        print(write_merged(given.runs, given.out, record, pngs))
    return 0
