"""The work of scripts/compare.py: what changed from run A to run B, or from one commit to another."""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from ..campaign import commits, progress, schedule, two_builds
from ..campaign.interrupt import Interrupt
from ..campaign.two_builds import TwoBuilds
from ..compare import as_json, compare, gate, identity, markdown, text, told
from ..errors import EXIT_INCONCLUSIVE, EXIT_INTERRUPTED, HandoffError, MeasurementError
from ..host.build import ROOT
from ..run import cases, results, sampling
from ..run.cases import Case
from . import campaign

MOST_NAMED = 4  # of what two runs differ in; the others are counted


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
    shared = two_builds.common_cases(suites, selected)
    block_s = 2 * schedule.TrialCosts(base.settings).of_block(sampling.full_block(shared))
    schedule.refuse_if_hopeless(base.stop, base.budget_s, block_s, len(shared))
    roots = (sources[0].root, sources[1].root)
    return TwoBuilds(roots, suites, shared, base.settings, base.profile.name), base.stop


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
        return EXIT_INTERRUPTED if interrupt.requested else EXIT_INCONCLUSIVE
    code = report(a, b, given)
    if code == EXIT_INCONCLUSIVE:
        print(
            f"more time tells more: the same command with --out {where} and a longer --time-budget",
            file=sys.stderr,
        )
    if interrupt.requested:
        return EXIT_INTERRUPTED
    if failed := two_builds.failures(both, folders):
        raise MeasurementError(failed)
    return code


def report(a: results.Run, b: results.Run, given: argparse.Namespace) -> int:
    for run in (a, b):
        for warning in run.warnings:
            print(f"warning: {warning}", file=sys.stderr)
    across = identity.differences(a, b)
    if across and not given.across:
        raise HandoffError(_refused(across))
    found = compare.compare(a, b, given.threshold, selection_of(given, a, b))
    judged = gate.judge(found, given.resolve)
    _print(told.of_runs(a, b, across, judged), given)
    return judged.answer.exit_code


def _refused(across: Sequence[identity.Difference]) -> str:
    listed = "; ".join(map(str, across[:MOST_NAMED]))
    more = f"; and {len(across) - MOST_NAMED} more" if len(across) > MOST_NAMED else ""
    return f"the runs differ in more than their source: {listed}{more}; valid: runs that do not, or --across"


def selection_of(given: argparse.Namespace, a: results.Run, b: results.Run) -> Callable[[Case], bool]:
    """Which cases of the two runs were asked for."""
    chosen = campaign.selected(given)
    names = {*a.environment["cases"], *b.environment["cases"]}
    chosen.check([cases.parse(name) for name in sorted(names)])
    return chosen.takes


def _print(what: told.Told, given: argparse.Namespace) -> None:
    if given.json:
        print(json.dumps(as_json.of_told(what), indent=1, ensure_ascii=False, allow_nan=False))
    elif given.markdown:
        print(markdown.render(what))
    else:
        # Lines are as long as they may be, and a terminal that is narrower folds them itself.
        console = Console(highlight=False, soft_wrap=True)
        for line, style in text.lines(what, given.all):
            console.print(line, style=style or None, markup=False, emoji=False)


def run(given: argparse.Namespace) -> int:
    if given.commits is not None:
        return compare_commits(given)
    one, other = given.runs
    if one.resolve() == other.resolve():
        raise HandoffError(f"'{one}' and '{other}' are the same run; valid: two runs")
    return report(results.load(one), results.load(other), given)
