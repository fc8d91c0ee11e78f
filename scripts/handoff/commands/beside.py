"""The work of scripts/beside.py: measures a peer's own benchmark and ours in turns, and says by how much they differ."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..campaign import beside, catalog
from ..campaign.beside import Design
from ..campaign.interrupt import Interrupt
from ..campaign.runner import Settings
from ..errors import EXIT_INTERRUPTED, HandoffError, MeasurementError
from ..host import build, machine, probe
from ..host.privacy import anonymous
from ..report import beside as words
from ..run.peers import folder
from ..run.peers.known import SUITES
from ..run.peers.suite import Clock
from ..run.run_folder import now
from ..statistics.beside import compare

OUT = build.ROOT / "build" / "beside"


def program_of(given: argparse.Namespace) -> Path:
    """The peer's program, as given or where its project builds it."""
    suite = SUITES[given.peer]
    if given.program is not None:
        return _runnable(given.program.absolute(), f"--program '{given.program}'")
    checkout: Path = given.checkout
    if not checkout.is_dir():
        raise HandoffError(f"--checkout '{checkout}': there is no such folder")
    there = [checkout / name for name in suite.programs if (checkout / name).is_file()]
    if not there:
        raise HandoffError(
            f"--checkout '{checkout}' has no built benchmark: none of {', '.join(suite.programs)}; "
            f"'{suite.how_to_build}' in it builds one, --program names another file"
        )
    return _runnable(there[0].absolute(), f"'{there[0]}'")


def _runnable(program: Path, said: str) -> Path:
    if not program.is_file():
        raise HandoffError(f"{said}: there is no such file")
    if not os.access(program, os.X_OK):
        raise HandoffError(f"{said} cannot be run; valid: a program")
    return program


def _model() -> str:
    """As the kernel tells it to the peer."""
    found = re.search(r"^model name\s*:\s*(.*)", probe.text("/proc/cpuinfo") or "", re.MULTILINE)
    return found[1] if found else ""


def _design(given: argparse.Namespace) -> Design:
    suite, program = SUITES[given.peer], program_of(given)
    wanted = {one.case.partition("/")[0] for one in suite.counterparts}
    cpus = ",".join(map(str, beside.two_cpus()))
    settings = Settings(placement=f"cpus:{cpus}")
    ours = catalog.load(given.build_dir.absolute(), settings, wanted.__contains__)
    hz = ours.tsc_hz()
    if not hz:
        raise HandoffError(
            "this machine's time stamp counter is no clock, and the peer's figures may count it"
        )
    known = {case.name: case for case in ours.cases}
    cases = [known[name] for name in dict.fromkeys(one.case for one in suite.counterparts) if name in known]
    if not cases:
        raise HandoffError(
            f"'{given.build_dir}' has no case beside the benchmark of {suite.name}; its queues need {suite.library}"
        )
    seed = secrets.randbelow(2**32) if given.seed is None else given.seed
    return Design(
        suite,
        program,
        ours,
        cases,
        replace(settings, tsc_hz=hz),
        Clock(hz, _model()),
        given.blocks,
        seed,
    )


def _header(design: Design) -> dict[str, Any]:
    described: dict[str, Any] = anonymous(
        {
            "peer": design.suite.name,
            "program": build.sha256(design.program),
            "tsc_hz": design.clock.tsc_hz,
            "model": design.clock.model,
            "cpus": [int(cpu) for cpu in design.cpus.split(",")],
            "trials": design.trials,
            "blocks": design.blocks,
            "seed": design.seed,
            "started": now(),
            "machine": machine.describe(),
            "build": build.describe(build.ROOT, design.ours.build_dir, design.ours.binaries),
        }
    )
    return described


def _measure(given: argparse.Namespace) -> tuple[Path, bool]:
    """The folder, and whether it was interrupted."""
    design = _design(given)
    out = given.out or OUT / f"{design.suite.name}-{re.sub(r'[^0-9]', '', now())[:14]}"
    print(
        f"{design.blocks} blocks of {design.trials} trials, seed {design.seed}, into {out}", file=sys.stderr
    )
    with Interrupt() as interrupt:
        log = folder.begin(out, _header(design))
        try:
            beside.measure(design, log, interrupt, lambda line: print(line, file=sys.stderr, flush=True))
        finally:
            log.close()
        return out, interrupt.requested


def run(given: argparse.Namespace) -> int:
    out, interrupted = (given.stored, False) if given.stored is not None else _measure(given)
    measured = folder.load(out)
    if given.peer != measured.suite.name:
        raise HandoffError(f"'{out}' was measured beside {measured.suite.name}, not beside {given.peer}")
    compared = compare(measured)
    if not compared.found:
        if interrupted:
            raise KeyboardInterrupt
        why = compared.failed[0] if compared.failed else "no complete block has figures of both in one regime"
        raise MeasurementError(f"'{out}' compares nothing: {why}")
    print("\n".join(words.lines(measured, compared)))
    return EXIT_INTERRUPTED if interrupted else 0
