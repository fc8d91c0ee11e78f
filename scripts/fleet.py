#!/usr/bin/python3
"""Campaigns on many machines: submit enqueues them in a Redis of yours, a worker on each machine measures them, fetch brings
the runs home and makes one report of them (docs/fleet.md)."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.campaign import options
from handoff.errors import HandoffError, ends_with_one_line

SILENT_AFTER_S = 60.0
POLL_S = 2.0

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def parser() -> argparse.ArgumentParser:
    p = options.OneLineParser(prog="fleet.py", description=__doc__, allow_abbrev=False)
    what = p.add_subparsers(dest="what", required=True, metavar="submit|worker|status|cancel|requeue|fetch")
    _submit(what.add_parser("submit", help="enqueue campaigns", allow_abbrev=False))
    _worker(what.add_parser("worker", help="measure them, one at a time", allow_abbrev=False))
    status = what.add_parser("status", help="say where they are", allow_abbrev=False)
    status.add_argument("--json", action="store_true", help="for a program")
    status.add_argument("--log", metavar="JOB", help="print what was kept of a job that failed")
    for name, does in (("cancel", "call jobs off"), ("requeue", "put failed or called-off jobs back")):
        some = what.add_parser(name, help=does, allow_abbrev=False)
        some.add_argument("jobs", nargs="*", metavar="JOB")
        some.add_argument("--all", action="store_true", help="all that can be")
    fetch = what.add_parser("fetch", help="bring the runs home, with one report", allow_abbrev=False)
    fetch.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the same again fetches what is new"
    )
    fetch.add_argument(
        "--forget", action="store_true", help="Redis need not hold what was fetched any longer"
    )
    fetch.add_argument("--no-report", action="store_true", help="the runs alone")
    for one in what.choices.values():
        _server(one)
    return p


def _server(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--redis", required=True, metavar="URL", help="redis://HOST:PORT, rediss://HOST:PORT, unix:///PATH"
    )
    p.add_argument("--user", metavar="NAME", help="of Redis (default: its default user)")
    p.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="of Redis (default: the variable HANDOFF_FLEET_PASSWORD)",
    )
    p.add_argument("--ca", type=Path, metavar="FILE", help="the certificates to trust with rediss://")


def _submit(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--on",
        action="append",
        metavar="WHICH",
        help='which machines: any, or conditions such as "cpu:EPYC*,cores:>=8"; repeatable, a job for each (default: any)',
    )
    p.add_argument(
        "--times", type=int, default=1, metavar="N", help="so many jobs for each --on (default: 1)"
    )
    source = p.add_mutually_exclusive_group()
    source.add_argument("--commit", metavar="NAME", help="what to measure (default: HEAD)")
    source.add_argument(
        "--archive", type=Path, metavar="FILE", help="or a source archive, which is sent along"
    )
    p.add_argument(
        "--repository",
        type=Path,
        metavar="DIR",
        help="of whose commits it is one (default: the project's own)",
    )
    p.add_argument("--key", type=Path, metavar="FILE", help="signs the archive: a key of ssh-keygen's")
    campaign = p.add_argument_group("what each campaign measures, as in scripts/campaign.py")
    campaign.add_argument("--profile", default="quick", metavar="NAME", help="(default: quick)")
    options.add_selecting_options(campaign)
    campaign.add_argument("--precision", type=float, metavar="PERCENT")
    campaign.add_argument("--alone", action="store_true")


def _worker(p: argparse.ArgumentParser) -> None:
    p.add_argument("--name", required=True, metavar="NAME", help="of this worker, as status shows it")
    p.add_argument("--repository", metavar="URL", help="whose commits it may run: a path or a URL of git's")
    p.add_argument(
        "--branch",
        action="append",
        default=[],
        metavar="PATTERN",
        help="only those of its branches; repeatable",
    )
    p.add_argument(
        "--signers",
        type=Path,
        metavar="FILE",
        help="whose archives it may run: allowed signers, ssh-keygen(1)",
    )
    p.add_argument(
        "--state",
        type=Path,
        default=Path("~/.local/share/handoff-fleet").expanduser(),
        metavar="DIR",
        help="for builds, and for runs until they are fetched (default: ~/.local/share/handoff-fleet)",
    )
    p.add_argument(
        "--lock",
        type=Path,
        metavar="FILE",
        help="one for all workers of this machine (default: in /run/lock)",
    )
    p.add_argument(
        "--silent-after",
        type=float,
        default=SILENT_AFTER_S,
        metavar="S",
        help=f"others take its job when nothing was heard of it for so long (default: {SILENT_AFTER_S:g})",
    )
    p.add_argument(
        "--poll", type=float, default=POLL_S, metavar="S", help=f"between two looks (default: {POLL_S:g})"
    )
    p.add_argument("--until-idle", action="store_true", help="end when there is nothing for it to do")
    p.add_argument(
        "--even-as-root", action="store_true", help="where there is no plain user, as in a container"
    )


def check(given: argparse.Namespace) -> None:
    """What can be said before anything is asked of a server."""
    if given.what == "submit":
        options.profile_of(given)
        options.check_selecting(given)
        if given.out is not None or given.seed is not None:
            name = "--out" if given.out is not None else "--seed"
            raise HandoffError(f"{name} is of one run, and a job is for any machine; valid: a job without it")
        if given.alone and not given.impl:
            raise HandoffError("--alone leaves out what --impl takes along, and needs --impl NAME")
        if given.precision is not None and not 0 < given.precision < 100:
            raise HandoffError(f"--precision {given.precision:g}: more than 0 and less than 100 per cent")
        if given.times < 1:
            raise HandoffError(f"--times {given.times}: at least 1")
        given.placement = None if given.placement == "compact" else given.placement
    if given.what == "worker":
        if not NAME.fullmatch(given.name):
            raise HandoffError(f"--name '{given.name}'; valid: letters, digits, '.', '_' and '-', at most 64")
        for name, value, least in (("--silent-after", given.silent_after, 1.0), ("--poll", given.poll, 0.05)):
            if not least <= value <= 86400:
                raise HandoffError(f"{name} {value:g}; valid: {least:g} to 86400 seconds")


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    check(given)
    from handoff.commands import fleet  # needs packages

    if given.what == "worker" and given.lock is None:
        from handoff.fleet import supervised

        given.lock = supervised.default_lock()
    return fleet.run(given)


if __name__ == "__main__":
    sys.exit(main())
