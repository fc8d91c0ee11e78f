"""The options of scripts/choose.py, and all that can be said about them before anything is read or built. Needs only
the standard library."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import HandoffError
from ..host import build
from . import options
from .question import GOALS, MOVE_ONLY, ORDERS, Question
from .runner import Settings

BUDGET = "60s"  # of an answer, from the command to its last line

# What says how to measure, and has no meaning for an answer from a stored run.
_MEASURING = ("build_dir", "time_budget", "out", "seed", "placement")


def parser() -> argparse.ArgumentParser:
    p = options.OneLineParser(
        prog="choose.py",
        description="Which queue for this job? Measures those that promise what it needs against each other, for a "
        "minute, or answers from a run. Without arguments, on a terminal, it asks.",
        allow_abbrev=False,
    )
    usual = Question()
    needs = p.add_argument_group("what the job needs")
    needs.add_argument("--producers", type=int, default=usual.producers, metavar="N")
    needs.add_argument("--consumers", type=int, default=usual.consumers, metavar="N")
    needs.add_argument("--item", default=usual.item, metavar="BYTES", help=f"or {MOVE_ONLY} (default: 8)")
    needs.add_argument("--order", default=usual.order, help=f"{', '.join(ORDERS)} (default: fifo)")
    needs.add_argument("--bounded", type=int, metavar="N", help="it must hold N items, and never many more")
    needs.add_argument("--unbounded", action="store_true", help="a push must never fail (default: either)")
    needs.add_argument("--lock-free", action="store_true", help="a stalled thread must not stop others")
    needs.add_argument(
        "--wait", default=usual.wait, help="of a thread that finds it full or empty, as campaign.py's --wait"
    )
    needs.add_argument("--goal", default=usual.goal, help=f"{', '.join(GOALS)} (default: {usual.goal})")
    needs.add_argument("--rate", metavar="R", help="of the goal p99: 200k items per second, or 80%%")
    answer = p.add_argument_group("where the answer comes from")
    answer.add_argument(
        "--from", dest="stored", type=Path, metavar="RUN", help="a run's folder; measures nothing"
    )
    answer.add_argument("--json", action="store_true", help="the answer as data (docs/choosing.md)")
    measuring = p.add_argument_group("how to measure")
    build.add_option(measuring)
    measuring.add_argument(
        "--time-budget", default=BUDGET, metavar="TIME", help=f"of the whole answer (default: {BUDGET})"
    )
    measuring.add_argument("--out", type=Path, metavar="DIR", help="a new folder for the run")
    measuring.add_argument(
        "--seed", type=int, metavar="N", help="of the order of the trials (default: random)"
    )
    measuring.add_argument(
        "--placement", default=Settings().placement, help="compact, scatter, none or cpus:LIST"
    )
    return p


def question_of(given: argparse.Namespace) -> Question:
    return Question(
        goal=given.goal,
        producers=given.producers,
        consumers=given.consumers,
        item=given.item,
        order=given.order,
        bounded=given.bounded,
        unbounded=given.unbounded,
        lock_free=given.lock_free,
        wait=given.wait,
        rate=given.rate,
    )


def check(given: argparse.Namespace) -> None:
    question_of(given).check()
    if given.stored is not None:
        defaults = parser().parse_args([])
        for name in _MEASURING:
            if getattr(given, name) != getattr(defaults, name):
                raise HandoffError(
                    f"--{name.replace('_', '-')} says how to measure, and --from '{given.stored}' measures nothing"
                )
        return
    options.parse_duration(given.time_budget)
    if given.seed is not None and given.seed < 0:
        raise HandoffError(f"--seed {given.seed}: at least 0")
    options.check_placement(given.placement)
    if given.out is not None:
        options.check_out(given.out)
