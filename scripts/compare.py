#!/usr/bin/python3
"""Prints what changed from run A to run B, or from one commit to another, and exits 1 on a regression past the
threshold."""

from __future__ import annotations

import argparse
import copy
import sys
from pathlib import Path

import campaign
from rich.console import Console
from rich.table import Table

from handoff.campaign import commits, progress, schedule, two_builds
from handoff.campaign.interrupt import Interrupt
from handoff.campaign.two_builds import Plan
from handoff.compare import compare, memory_changes
from handoff.compare.changes import IMPROVEMENT, REGRESSION
from handoff.errors import EXIT_FAILED, EXIT_INTERRUPTED, HandoffError, MeasurementError, ends_with_one_line
from handoff.run import results, sampling

WIDE = 200  # of output that is no terminal: case names are kept whole

USAGE = """compare.py [--threshold T] [--markdown] RUN_A RUN_B
       compare.py [--threshold T] [--markdown] --commits BASE [HEAD] [how to measure]"""


def parser() -> argparse.ArgumentParser:
    p = campaign.OneLineParser(prog="compare.py", usage=USAGE, description=__doc__, allow_abbrev=False)
    p.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="folders of two runs; B is judged by A")
    p.add_argument(
        "--commits",
        nargs="+",
        metavar="COMMIT",
        help="build and measure two commits in turns: BASE and HEAD, each a branch, a tag or a hash; without "
        "HEAD the working tree as it is",
    )
    p.add_argument(
        "--threshold", type=float, default=0.05, help="smallest change of cost that counts (default: 0.05)"
    )
    p.add_argument("--markdown", action="store_true", help="print a table for a pull request")
    campaign.add_measuring_options(p.add_argument_group("how to measure, with --commits"))
    return p


def check(given: argparse.Namespace) -> None:
    if not 0 <= given.threshold < 10:
        raise HandoffError(f"--threshold is {given.threshold:g}; valid: a share from 0 to 10, such as 0.05")
    if given.commits is None:
        if len(given.runs) != 2:
            raise HandoffError(f"{len(given.runs)} runs; valid: RUN_A RUN_B, or --commits BASE [HEAD]")
        _refuse_measuring_options(given)
    elif given.runs:
        raise HandoffError(f"--commits and the run '{given.runs[0]}'; valid: one of the two")
    elif len(given.commits) > 2:
        raise HandoffError(
            f"--commits {' '.join(given.commits)}: {len(given.commits)} commits; valid: 1 or 2"
        )


def _refuse_measuring_options(given: argparse.Namespace) -> None:
    """Nothing is measured where both runs are there: whoever says how has something else in mind."""
    p = argparse.ArgumentParser()
    campaign.add_measuring_options(p)
    for name, default in vars(p.parse_args([])).items():
        if getattr(given, name) != default:
            raise HandoffError(
                f"--{name.replace('_', '-')} says how to measure, and needs --commits BASE [HEAD]"
            )


def plan(given: argparse.Namespace) -> tuple[Plan, schedule.StopRule]:
    """Both builds, up to date, and what of them is measured."""
    campaign.check_alone(given)
    sources = commits.sources(campaign.ROOT, given.commits)
    sources += [] if len(sources) == 2 else [commits.working_tree(campaign.ROOT)]
    for source in sources:
        print(f"building {source.name} in {source.build_dir}", file=sys.stderr)
        commits.build(source)
    base, head = (_request(given, source) for source in sources)
    suites, selected = (base.suite, head.suite), (base.cases, head.cases)
    for sentence in two_builds.left_out(selected):
        print(f"note: {sentence}", file=sys.stderr)
    cases = two_builds.common_cases(suites, selected)
    block_s = 2 * schedule.Costs(base.settings).of_block(sampling.full_block(cases))
    schedule.refuse_if_hopeless(base.stop, base.budget_s, block_s, len(cases))
    roots = (sources[0].root, sources[1].root)
    return Plan(roots, suites, cases, base.settings, base.profile.name), base.stop


def _request(given: argparse.Namespace, source: commits.Source) -> campaign.Request:
    options = copy.copy(given)
    options.build_dir = source.build_dir
    options.precision = None  # two builds are measured in full blocks
    try:
        return campaign.check(options)
    except HandoffError as error:
        raise HandoffError(f"{source.name}: {error}") from error


def compare_commits(given: argparse.Namespace) -> int:
    both, stop = plan(given)
    folders = two_builds.open_folders(both, campaign.ROOT / "reports", given.out, given.seed)
    where = folders[0].path.parent
    display = progress.display(Console(stderr=True))
    display.say(
        f"{len(both.cases)} cases of each in turns; seed {folders[0].environment['seed']}; measuring into {where}; "
        "the same command with --out goes on with it"
    )
    with Interrupt() as interrupt:
        two_builds.measure(both, stop, folders, interrupt, display)
    a, b = (results.load(folder.path) for folder in folders)
    if not (a.complete_blocks() and b.complete_blocks()):
        print(f"no complete block, so nothing is compared; --out {where} goes on", file=sys.stderr)
        return EXIT_INTERRUPTED
    code = report(a, b, given)
    if interrupt.requested:
        return EXIT_INTERRUPTED
    if failed := two_builds.failures(both, folders):
        raise MeasurementError(failed)
    return code


def report(a: results.Run, b: results.Run, given: argparse.Namespace) -> int:
    for run in (a, b):
        for warning in run.warnings:
            print(f"warning: {warning}", file=sys.stderr)
    found = compare.compare(a, b, given.threshold)
    notes = compare.remarks(found, given.threshold)
    if given.markdown:
        _print_markdown(found, notes)
    else:
        _print_table(found, notes)
    return EXIT_FAILED if found.is_worse else 0


def _print_markdown(found: compare.Comparison, notes: list[str]) -> None:
    _print_rows(compare.HEADS, [compare.cells(change) for change in found.changes])
    if found.memory:
        print()
        _print_rows(memory_changes.HEADS, [memory_changes.cells(change) for change in found.memory])
    for note in notes:
        print(f"\n{note}.")


def _print_rows(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for case, *rest in rows:
        print("| " + " | ".join([f"`{case}`", *rest]) + " |")


def _print_table(found: compare.Comparison, notes: list[str]) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    console.print(
        _table(compare.HEADS, [(compare.cells(change), change.effect) for change in found.changes]),
    )
    if found.memory:
        console.print(
            _table(
                memory_changes.HEADS,
                [(memory_changes.cells(change), change.effect) for change in found.memory],
            )
        )
    for note in notes:
        console.print(note, markup=False)


def _table(heads: tuple[str, ...], rows: list[tuple[tuple[str, ...], str]]) -> Table:
    """Rows with what each is of: a regression, an improvement, or neither."""
    table = Table(box=None, pad_edge=False)
    for head in heads:
        left = head in ("case", "figure", "verdict")
        table.add_column(head, overflow="fold", justify="left" if left else "right")
    for cells, effect in rows:
        table.add_row(*cells, style={REGRESSION: "bold red", IMPROVEMENT: "green"}.get(effect))
    return table


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_intermixed_args(arguments)  # A --markdown B
    check(given)
    if given.commits is not None:
        return compare_commits(given)
    a, b = (results.load(path) for path in given.runs)
    return report(a, b, given)


if __name__ == "__main__":
    sys.exit(main())
