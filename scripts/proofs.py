#!/usr/bin/python3
"""Keeps the record of what is proven of each implementation, reports/proofs.json: from the tests of the presets
release, tsan and asan-ubsan (or those that are named: also tsan-gcc and asan-ubsan-clang), of which source, and
when. README and report make their tables from it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import HandoffError, MeasurementError, ends_with_one_line
from handoff.proofs import build as proving, record as proof_record
from handoff.proofs.build import ProvingBuild
from handoff.proofs.record import DEFAULT, Record

ROOT = Path(__file__).resolve().parent.parent


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__)
    commands = p.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="build the presets, run the tests that prove, add to the record")
    begin = commands.add_parser("begin", help="only stamp the sources; then build, run ctest, and collect")
    collect = commands.add_parser("collect", help="only add what tests that have run since `begin` have left")
    for one in (run, begin, collect):
        one.add_argument("presets", nargs="*", metavar="PRESET", help=f"default: {' '.join(proving.PRESETS)}")
        one.add_argument(
            "--build-dir", type=Path, metavar="DIR", help="a project of your own, built, instead of presets"
        )
    for one in (run, collect):
        one.add_argument(
            "--record", type=Path, default=ROOT / DEFAULT, metavar="FILE", help=f"default: {DEFAULT}"
        )
    run.add_argument(
        "--deep", action="store_true", help="the long form of the tests, up to half an hour a preset"
    )
    return p


def builds(given: argparse.Namespace) -> list[ProvingBuild]:
    if given.build_dir is None:
        return [proving.preset(ROOT, name) for name in given.presets or proving.PRESETS]
    if given.presets:
        raise HandoffError(f"{given.presets[0]} and --build-dir {given.build_dir}; valid: one of the two")
    return [proving.elsewhere(ROOT, given.build_dir)]


def record_at(path: Path) -> Record:
    return proof_record.load(path) if path.exists() else Record()


def collect(build: ProvingBuild, path: Path) -> None:
    record = record_at(path)
    for warning in proving.collect(build, record):
        print(f"warning: {warning}", file=sys.stderr)
    proof_record.write(record, path)


@ends_with_one_line
def main() -> int:
    given = parser().parse_args()
    chosen = builds(given)
    if given.command == "run":
        # Now, rather than after an hour.
        record_at(given.record)
        for build in chosen:
            proving.refuse_changes(build)
    failed: list[str] = []
    for build in chosen:
        if given.command in ("run", "begin"):
            proving.begin(build)
        if given.command == "run":
            build.compile()
            if not build.test(given.deep):
                failed.append(build.name)
        if given.command in ("run", "collect"):
            collect(build, given.record)
    if failed:
        raise MeasurementError(f"tests failed in {', '.join(failed)}; {given.record} says which")
    if given.command != "begin":
        print(given.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
