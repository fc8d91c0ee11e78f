#!/usr/bin/python3
"""Runs deep tests of a preset's build, drawn at random, until a time is up: what CI can afford of them.

Each run draws others and gives them another seed, so that many runs see what one does not. Ends with exit code 1
when a test fails; `--seed` draws the same tests and gives them the same seed again.

A test that says in CTest's COST that it takes longer than what is left of the time is passed over.

A deep test says all that the quick one of its name says, of more calls. `--said FILE` tells ctest which of these
need not be run any more."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import EXIT_FAILED, HandoffError, describe, ends_with_one_line

ROOT = Path(__file__).resolve().parent.parent
SECONDS_EACH = 5  # HANDOFF_DEEP_SECONDS: more tests, instead of the 8 or 15 that each has by itself


@dataclass(frozen=True)
class Slice:
    preset: str
    seconds: float
    seed: int

    def tests(self) -> list[tuple[str, float]]:
        """All deep tests of the build and the seconds that they say they take (0: not said), in an order that
        follows from the seed."""
        found = self._ctest("--show-only=json-v1")
        try:
            tests = sorted((str(test["name"]), _cost(test)) for test in json.loads(found.stdout)["tests"])
        except (ValueError, KeyError, TypeError) as error:
            said = (found.stderr or found.stdout).strip().splitlines()
            raise HandoffError(
                f"ctest lists no deep tests of preset '{self.preset}': {said[-1] if said else repr(error)}"
            ) from error
        if not tests:
            raise HandoffError(f"preset '{self.preset}' has no deep tests; scripts/test.sh builds them")
        random.Random(self.seed).shuffle(tests)
        return tests

    def run(self) -> tuple[list[str], list[str]]:
        """The tests that were run, and those of them that failed. A test begins while there is time left, and time
        enough for it, if it says how much it needs."""
        begun = time.monotonic()
        done: list[str] = []
        failed: list[str] = []
        for name, cost in self.tests():
            start = time.monotonic()
            left = self.seconds - (start - begun)
            if left <= 0:
                break
            if cost > left:
                continue
            code = self._one(name)
            print(
                f"  {time.monotonic() - start:5.1f} s  {'passed' if code == 0 else 'FAILED'}  {name}",
                flush=True,
            )
            done.append(name)
            failed += [name] if code != 0 else []
        return done, failed

    def _one(self, name: str) -> int:
        """ctest's exit code. What a test that fails has to say is shown, all else is ctest's usual noise."""
        ended = self._ctest("-R", f"^{_literally(name)}$")
        if ended.returncode != 0:
            print(ended.stdout + ended.stderr)
        return ended.returncode

    def _ctest(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        told = {"HANDOFF_SEED": str(self.seed), "HANDOFF_DEEP_SECONDS": str(SECONDS_EACH)}
        try:
            return subprocess.run(
                ["ctest", "--preset", f"{self.preset}-deep", *arguments],
                cwd=ROOT,
                env=dict(os.environ) | told,
                capture_output=True,
                text=True,
                errors="replace",
            )
        except OSError as error:
            raise HandoffError(f"cannot run ctest: {describe(error)}") from error


def _cost(test: dict[str, Any]) -> float:
    return next((float(one["value"]) for one in test.get("properties", []) if one["name"] == "COST"), 0.0)


def _literally(name: str) -> str:
    """As an expression of CMake's."""
    return re.sub(r"([^\w/-])", r"\\\1", name)


def quick_ones(done: list[str]) -> str:
    """The tests that have been said by these, as ctest's --exclude-regex takes them: progress/a of progress_deep/a."""
    names = [name.replace("_deep/", "/", 1) for name in done if "_deep/" in name]
    return f"^({'|'.join(map(_literally, names))})$"


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--preset", required=True, help="release, tsan or another that is built")
    p.add_argument("--seconds", type=float, required=True, help="a test begins while these are not over")
    p.add_argument("--seed", type=int, help="of the draw and of the tests (default: a new one, printed)")
    p.add_argument(
        "--said", type=Path, metavar="FILE", help="write here which quick tests that makes needless"
    )
    given = p.parse_args(arguments)
    seed = secrets.randbits(31) if given.seed is None else given.seed
    chosen = Slice(given.preset, given.seconds, seed)
    print(f"deep tests of {given.preset} for {given.seconds:g} s, seed {seed}", flush=True)
    done, failed = chosen.run()
    if given.said is not None:
        given.said.write_text(quick_ones(done) + "\n", encoding="utf-8")
    if failed:
        print(
            f"{len(failed)} of {len(done)} deep tests failed: {', '.join(failed)}; repeat with "
            f"scripts/deep_slice.py --preset {given.preset} --seconds {given.seconds:g} --seed {seed}",
            file=sys.stderr,
        )
        return EXIT_FAILED
    print(f"{len(done)} deep tests passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
