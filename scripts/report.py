#!/usr/bin/python3
"""Renders everything that is derived from a run: summary.json, figures/, report.html and report.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from handoff import figures, markdown, page, results, summary
from handoff.errors import ends_with_one_line


def write(run_dir: Path) -> Path:
    """All files of the report; returns the page. What is derived is replaced, what was measured is not."""
    run = results.load(run_dir)
    for warning in run.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    found = summary.build(run)
    summary.write(found, run_dir / summary.FILE_NAME)
    folder = run_dir / "figures"
    folder.mkdir(exist_ok=True)
    drawn: list[figures.Rendered] = []
    for name in figures.REGISTRY:
        one = figures.render(name, found)
        if one is None:
            # A picture of an earlier state would contradict the page.
            (folder / f"{name}.svg").unlink(missing_ok=True)
            (folder / f"{name}.png").unlink(missing_ok=True)
            continue
        (folder / f"{name}.svg").write_text(one.svg, encoding="utf-8")
        (folder / f"{name}.png").write_bytes(one.png)
        drawn.append(one)
    target = run_dir / page.FILE_NAME
    target.write_text(page.render(found, drawn), encoding="utf-8")
    short = markdown.render(found, [(one.name, one.question) for one in drawn])
    (run_dir / markdown.FILE_NAME).write_text(short, encoding="utf-8")
    return target


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a run, reports/<run-id>")
    print(write(parser.parse_args().run))
    return 0


if __name__ == "__main__":
    sys.exit(main())
