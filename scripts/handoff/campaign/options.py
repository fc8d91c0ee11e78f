"""The options of a campaign and all that can be said about them before anything is built. Needs only the standard
library: scripts/bench.sh asks before it installs anything."""

from __future__ import annotations

import argparse
import math
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from ..errors import HandoffError, unknown
from ..host import build
from . import redis_server, selection
from .profiles import PRECISION, PROFILES, Profile
from .runner import BRIEF_MS, BRIEF_RAMP_MS, USUAL_RAMP_MS, USUAL_WINDOW_MS, Settings

PLACEMENTS = re.compile(r"compact|scatter|none|cpus:\d+(,\d+)*")

# Limits of the benchmarks' options (case_main.cpp).
WINDOW_MS = (1.0, 600_000.0)
RAMP_MS = (0.0, 60_000.0)


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, as the scripts do for any other misuse."""

    def error(self, message: str) -> NoReturn:
        raise HandoffError(f"{message}; --help lists the options")


def add_measuring_options(p: argparse._ActionsContainer) -> None:
    """What to measure, how and for how long."""
    p.add_argument(
        "--profile", default="quick", metavar="NAME", help=f"{', '.join(PROFILES)} (default: quick)"
    )
    add_selecting_options(p)
    add_redis_options(p)


def add_selecting_options(p: argparse._ActionsContainer) -> None:
    """The same for whoever has a profile of its own."""
    defaults = Settings()
    p.add_argument("--filter", metavar="REGEX", help="only cases whose name matches")
    p.add_argument("--impl", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    p.add_argument(
        "--workload", action="append", default=[], metavar="NAME", help="only this one; repeatable"
    )
    p.add_argument("--wait", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    p.add_argument("--time-budget", metavar="TIME", help="such as 90s or 5m (default: the profile's)")
    p.add_argument(
        "--blocks",
        type=int,
        metavar="N",
        help="how many full blocks, fewer if the time is up; not adaptive",
    )
    p.add_argument("--out", type=Path, metavar="DIR", help="a new folder, or a run to go on with")
    p.add_argument("--seed", type=int, metavar="N", help="of the order of the trials (default: random)")
    p.add_argument("--placement", default=defaults.placement, help="compact, scatter, none or cpus:LIST")
    p.add_argument(
        "--window-ms",
        type=float,
        metavar="MS",
        help=f"how long a trial counts (default: {USUAL_WINDOW_MS:g}; in quick and smoke {BRIEF_MS:g} where each thread "
        "has a CPU)",
    )
    p.add_argument(
        "--ramp-ms",
        type=float,
        metavar="MS",
        help=f"how long it runs before (default: {USUAL_RAMP_MS:g}, or {BRIEF_RAMP_MS:g})",
    )


def add_redis_options(p: argparse._ActionsContainer) -> None:
    p.add_argument(
        "--redis",
        metavar="URL",
        help="the server of the strategies over Redis: redis://HOST:PORT or unix:///PATH (default: one of its own)",
    )
    p.add_argument("--queue", metavar="NAME", help=f"which of its queues (default: {redis_server.QUEUE})")
    p.add_argument(
        "--workers-elsewhere",
        type=int,
        metavar="N",
        help="how many of the workers of each run are started by hand, on any host: download_worker --stays 1",
    )


def add_running_options(p: argparse._ActionsContainer) -> None:
    """Which build, and what becomes of it."""
    build.add_option(p)
    p.add_argument("--list", action="store_true", help="print the cases and measure nothing")
    p.add_argument("--dry-run", action="store_true", help="print the cases and how long they would take")
    p.add_argument("--no-report", action="store_true", help="measure only")


def parser() -> argparse.ArgumentParser:
    """Of scripts/campaign.py."""
    p = OneLineParser(
        prog="campaign.py",
        description="Measures: runs the cases of a profile in interleaved blocks of fresh processes, and has the "
        "report written.",
        allow_abbrev=False,
    )
    add_measuring_options(p)
    p.add_argument(
        "--precision",
        type=float,
        metavar="PERCENT",
        help="half-width of a headline's interval at which the campaign may end (default: the profile's, "
        f"{100 * PRECISION:g})",
    )
    p.add_argument(
        "--alone", action="store_true", help="with --impl: without the controls and peers that it takes along"
    )
    add_running_options(p)
    p.add_argument("--check-options", action="store_true", help="check the options and do nothing")
    p.add_argument(
        "--targets", action="store_true", help="print what has to be built for these cases and do nothing"
    )
    return p


def profile_of(options: argparse.Namespace) -> Profile:
    if options.profile not in PROFILES:
        raise unknown("profile", options.profile, PROFILES)
    return PROFILES[options.profile]


def targets(options: argparse.Namespace) -> list[str]:
    """Of the build: the catalog, and the benchmarks that the profile and --workload leave."""
    workloads = profile_of(options).workloads
    if workloads is None:
        return ["all"]
    asked = options.workload or workloads
    return ["print_catalog", *(workload for workload in workloads if workload in asked)]


def budget_of(options: argparse.Namespace) -> float | None:
    """In seconds, if one is asked for."""
    return None if options.time_budget is None else parse_duration(options.time_budget)


def times_of(options: argparse.Namespace) -> tuple[float, float]:
    """Window and ramp, in ms."""
    window_ms = USUAL_WINDOW_MS if options.window_ms is None else options.window_ms
    return window_ms, USUAL_RAMP_MS if options.ramp_ms is None else options.ramp_ms


def settings_of(options: argparse.Namespace) -> Settings:
    is_brief = profile_of(options).is_brief and options.window_ms is None and options.ramp_ms is None
    return Settings(
        options.placement,
        *times_of(options),
        BRIEF_MS if is_brief else None,
        redis=redis_server.asked_for(options.redis, options.queue, options.workers_elsewhere),
    )


def check(options: argparse.Namespace) -> None:
    """Of add_measuring_options and, where there is one, of --precision."""
    profile = profile_of(options)
    check_selecting(options)
    if getattr(options, "alone", False) and not options.impl:
        raise HandoffError("--alone leaves out what --impl takes along, and needs --impl NAME")
    if getattr(options, "precision", None) is not None:
        _check_precision(options, profile)
    settings_of(options)


def typed(program: str, arguments: Sequence[str] | None) -> list[str]:
    """The command as it was given, for whoever is told how to go on."""
    return [f"scripts/{program}", *(sys.argv[1:] if arguments is None else arguments)]


def again(command: Sequence[str], out: Path) -> str:
    """The same command, going on with the run."""
    kept, words = [], iter(command)
    for word in words:
        if word in ("--out", "--seed"):  # a run keeps its seed
            next(words, None)
        elif not word.startswith(("--out=", "--seed=")):
            kept.append(word)
    return shlex.join([*kept, "--out", str(out)])


def comparing(given: argparse.Namespace) -> str:
    """The command that measures the same cases of the last commit and of the tree as it is."""
    p = argparse.ArgumentParser()
    add_measuring_options(p)
    words = ["scripts/compare.py", "--commits", "HEAD"]
    for name, default in vars(p.parse_args([])).items():
        value = getattr(given, name, default)
        if value != default and name not in ("out", "seed"):
            for one in value if isinstance(value, list) else [value]:
                words += [f"--{name.replace('_', '-')}", str(one)]
    return shlex.join(words)


def check_selecting(options: argparse.Namespace) -> None:
    """Of add_selecting_options."""
    budget_of(options)
    selection.check_pattern(options.filter)
    if options.blocks is not None and options.blocks < 1:
        raise HandoffError(f"--blocks {options.blocks}: at least 1")
    if options.seed is not None and options.seed < 0:
        raise HandoffError(f"--seed {options.seed}: at least 0")
    check_placement(options.placement)
    for name, value, (least, most) in (
        ("--window-ms", options.window_ms, WINDOW_MS),
        ("--ramp-ms", options.ramp_ms, RAMP_MS),
    ):
        if value is not None and not least <= value <= most:
            raise HandoffError(f"{name} {value:g}; valid: {least:g} to {most:g}")
    if options.out is not None:
        check_out(options.out)


def check_placement(placement: str) -> None:
    if not PLACEMENTS.fullmatch(placement):
        raise HandoffError(
            f"--placement '{placement}' is unknown; valid: compact, scatter, none, cpus:LIST such as cpus:0,1"
        )


def _check_precision(options: argparse.Namespace, profile: Profile) -> None:
    if not 0 < options.precision < 100:
        raise HandoffError(f"--precision {options.precision:g}: more than 0 and less than 100 per cent")
    if options.blocks is not None:
        raise HandoffError("--precision and --blocks exclude each other; valid: one of the two")
    if options.time_budget is None and profile.budget_s is None:
        raise HandoffError(f"--precision: profile {profile.name} has no time budget; --time-budget sets one")


def check_out(out: Path) -> None:
    """Tries to write there, and leaves nothing behind."""
    if out.is_dir():
        with tempfile.TemporaryFile(dir=out):
            return
    if out.exists():
        raise HandoffError(f"--out '{out}' is a file; valid: a new folder, or a run to go on with")
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    missing[-1].mkdir()
    missing[-1].rmdir()


def parse_duration(text: str) -> float:
    """Seconds from "90s", "5m", "1.5h" or "90"."""
    units: Mapping[str, float] = {"s": 1.0, "m": 60.0, "h": 3600.0}
    number, unit = (text[:-1], text[-1]) if text[-1:] in units else (text, "s")
    try:
        seconds = float(number) * units[unit]
    except ValueError as error:
        raise HandoffError(f"'{text}' is no duration; valid: 90s, 5m, 1.5h") from error
    if not (math.isfinite(seconds) and seconds > 0):
        raise HandoffError(f"'{text}' is no duration; it must be more than nothing and not endless")
    return seconds
