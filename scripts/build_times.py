#!/usr/bin/python3
"""Print the slowest translation units of a build, from Ninja's log."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas


def translation_units(build_dir: Path) -> pandas.DataFrame:
    """Seconds per object file, the latest build of each, slowest first."""
    log = pandas.read_csv(
        build_dir / ".ninja_log",
        sep="\t",
        comment="#",
        names=["start", "end", "mtime", "output", "hash"],
    )
    objects = log[log.output.str.endswith(".o")].drop_duplicates("output", keep="last")
    seconds = (objects.end - objects.start) / 1000.0
    return objects.assign(seconds=seconds).sort_values("seconds", ascending=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build_dir", type=Path, help="a build folder, such as build/release")
    parser.add_argument("--most", type=int, default=5, help="how many to print")
    arguments = parser.parse_args()
    units = translation_units(arguments.build_dir)
    print(f"{len(units)} translation units took {units.seconds.sum():.0f} s; the slowest:")
    for unit in units.head(arguments.most).itertuples():
        print(f"  {unit.seconds:5.1f} s  {Path(unit.output).name}")


if __name__ == "__main__":
    main()
