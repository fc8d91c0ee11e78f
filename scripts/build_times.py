#!/usr/bin/python3
"""Says what a build has compiled and how long that took, by kind of object; or, with --ahead, how long what is left
of it may take."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import ends_with_one_line
from handoff.host import compiling


def print_compiled(build_dir: Path, most: int) -> None:
    objects = compiling.compiled(build_dir)
    print(f"{len(objects)} objects took {sum(one.seconds for one in objects):.0f} s of compiling:")
    for kind in compiling.kinds(objects):
        name = "only tests need these" if kind.name == compiling.TESTS else kind.name
        print(f"  {kind.seconds:6.1f} s  {kind.objects:3}  {name}")
    print("the slowest:")
    for one in objects[:most]:
        print(f"  {one.seconds:6.1f} s  {one.path}")


def print_ahead(build_dir: Path, targets: list[str]) -> None:
    left = compiling.outlook(build_dir, targets)
    if left.objects == 0:
        print(f"{build_dir}: nothing to compile")
        return
    minutes, seconds = divmod(round(left.seconds), 60)
    print(
        f"{build_dir}: {left.objects} objects to compile, about {minutes}:{seconds:02} (an estimate: "
        f"{left.seconds_each:.1f} s each, {left.source}; {left.jobs} at once)",
        flush=True,
    )


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build_dir", type=Path, help="a build folder, such as build/bench")
    parser.add_argument("--most", type=int, default=5, help="how many of the slowest to print (default: 5)")
    parser.add_argument("--ahead", action="store_true", help="what is left to compile, instead")
    parser.add_argument(
        "--target", nargs="+", default=["all"], metavar="TARGET", help="with --ahead: of these targets alone"
    )
    given = parser.parse_args(arguments)
    if given.ahead:
        print_ahead(given.build_dir, given.target)
    else:
        print_compiled(given.build_dir, given.most)
    return 0


if __name__ == "__main__":
    sys.exit(main())
