"""The work of scripts/compare.py: what changed from run A to run B, or from one commit to another."""

from __future__ import annotations

import argparse
import copy
import sys

from rich.console import Console
from rich.table import Table

from ..campaign import commits, progress, schedule, two_builds
from ..campaign.interrupt import Interrupt
from ..campaign.two_builds import TwoBuilds
from ..compare import compare, memory_changes
from ..compare.changes import IMPROVEMENT, REGRESSION
from ..errors import EXIT_FAILED, EXIT_INTERRUPTED, HandoffError, MeasurementError
from ..host.build import ROOT
from ..run import results, sampling
from . import campaign

WIDE = 200  # of output that is no terminal: case names are kept whole


def plan(given: argparse.Namespace) -> tuple[TwoBuilds, schedule.StopRule]:
    """Both builds, up to date, and what of them is measured."""
    sources = commits.sources(ROOT, given.commits)
    sources += [] if len(sources) == 2 else [commits.working_tree(ROOT)]
    for source in sources:
        print(f"building {source.name} in {source.build_dir}", file=sys.stderr)
        commits.build(source)
    base, head = (_request(given, source) for source in sources)
    suites, selected = (base.suite, head.suite), (base.cases, head.cases)
    for sentence in two_builds.left_out(selected):
        print(f"note: {sentence}", file=sys.stderr)
    cases = two_builds.common_cases(suites, selected)
    block_s = 2 * schedule.TrialCosts(base.settings).of_block(sampling.full_block(cases))
    schedule.refuse_if_hopeless(base.stop, base.budget_s, block_s, len(cases))
    roots = (sources[0].root, sources[1].root)
    return TwoBuilds(roots, suites, cases, base.settings, base.profile.name), base.stop


def _request(given: argparse.Namespace, source: commits.CommitSource) -> campaign.Request:
    asked = copy.copy(given)
    asked.build_dir = source.build_dir
    asked.precision = None  # two builds are measured in full blocks
    try:
        return campaign.check(asked)
    except HandoffError as error:
        raise HandoffError(f"{source.name}: {error}") from error


def compare_commits(given: argparse.Namespace) -> int:
    both, stop = plan(given)
    folders = two_builds.open_folders(both, ROOT / "reports", given.out, given.seed)
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


def run(given: argparse.Namespace) -> int:
    if given.commits is not None:
        return compare_commits(given)
    a, b = (results.load(path) for path in given.runs)
    return report(a, b, given)
