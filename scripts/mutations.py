#!/usr/bin/python3
"""Switch on the faults of tests/mutants/mutations.toml, and hold what the checks say of them against what stands there
(docs/mutations.md).

sources   copies our sources, with all the faults in them
names     the faults that these checks are tried on
subjects  what these checks are tried on, deep included: implementations, and locks
check     tries the checks on one of them, or on none; exit code 1: not as the table says
page      makes the table of docs/mutations.md from what the deep tests of all presets have recorded
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import MeasurementError, ends_with_one_line
from handoff.proofs import mutated_sources, mutation_page, mutation_runs, mutations

NONE = "none"  # the checks themselves, which must pass


def check(arguments: argparse.Namespace) -> int:
    table = mutations.read()
    if arguments.mutation == NONE:
        return check_none(table, arguments)
    mutation = mutations.find(arguments.mutation, table)
    results = [
        mutation_runs.check(mutation, cell, arguments.build_dir)
        for cell in mutation.chosen(arguments.checks, arguments.effort)
    ]
    mutation_runs.write(mutation, arguments.effort, results, arguments.build_dir)
    for one in results:
        print(f"{one.cell.check}: {one.verdict}: {one.reported} ({one.effort})")
    wrong = [one for one in results if not one.is_as_expected]
    if wrong:
        told = "; ".join(
            f"{one.cell.check}: {one.verdict} ({one.reported}; {one.effort}), but the table says "
            f"'{one.cell.expected}' {one.cell.reason.pattern}"
            for one in wrong
        )
        raise MeasurementError(f"{mutation.name}: {told}")
    return 0


def check_none(table: list[mutations.Mutation], arguments: argparse.Namespace) -> int:
    """Without a fault, the very tests pass that are to fail with one."""
    commands = mutation_runs.commands_without_fault(
        [cell for one in table for cell in one.chosen(arguments.checks, arguments.effort)],
        arguments.build_dir,
    )
    for command in commands:
        ended = mutation_runs.run(command, "", mutation_runs.NONE_SECONDS)
        print(f"{' '.join(command)}: {ended.seconds:.1f} s")
        if ended.code != 0:
            raise MeasurementError(f"{' '.join(command)} fails without a fault: {ended.output[-2000:]}")
    return 0


def sources(arguments: argparse.Namespace) -> int:
    mutated_sources.write(mutations.read(), mutations.ROOT, arguments.files, arguments.into)
    return 0


def names(arguments: argparse.Namespace) -> int:
    for one in mutations.read():
        cells = one.chosen(arguments.checks, arguments.effort)
        if any(cell.has_threads for cell in cells) if arguments.with_threads else cells:
            print(one.name)
    return 0


def subjects(arguments: argparse.Namespace) -> int:
    cells = [cell for one in mutations.read() for cell in one.of(arguments.checks)]
    print("\n".join(sorted({cell.subject for cell in cells})))
    return 0


def page(arguments: argparse.Namespace) -> int:
    recorded = mutation_page.records(arguments.build_dirs)
    text = mutation_page.PAGE.read_text(encoding="utf-8")
    made = mutation_page.page(text, mutations.read(), recorded)
    mutation_page.PAGE.write_text(made, encoding="utf-8")
    return 0


@ends_with_one_line
def main(given: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    for run in (names, subjects, check):
        command = commands.add_parser(run.__name__)
        command.set_defaults(run=run)
        if run is check:
            command.add_argument("mutation", help=f"its name, or '{NONE}'")
        if run is names:
            command.add_argument(
                "--with-threads", action="store_true", help="not those that run on one thread"
            )
        command.add_argument("--checks", nargs="+", choices=mutations.CHECKS, default=mutations.CHECKS)
        command.add_argument("--effort", choices=(mutations.QUICK, mutations.DEEP), default=mutations.DEEP)
        command.add_argument("--build-dir", type=Path, default=mutations.ROOT / "build/release")
    command = commands.add_parser("sources")
    command.set_defaults(run=sources)
    command.add_argument("--into", type=Path, required=True, metavar="DIR")
    command.add_argument("files", nargs="+", metavar="FILE", help="as seen from the root of this project")
    command = commands.add_parser("page")
    command.set_defaults(run=page)
    command.add_argument("build_dirs", nargs="+", type=Path, metavar="BUILD_DIR")
    arguments = parser.parse_args(given)
    return int(arguments.run(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
