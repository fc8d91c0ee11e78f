#!/usr/bin/python3
"""longer_if_void.py WINDOW_MS PROGRAM ARGUMENTS...: runs a benchmark with a window of so many milliseconds, and again
with a longer one as long as nothing is wrong but that windows were void: on a machine with other work a thread may not
get a CPU within a short one. Exits with the last exit code; what each run prints is printed."""

from __future__ import annotations

import subprocess
import sys

RUNS = 6  # each with a window twice as long as the one before


def only_void(said: str) -> bool:
    """Whether each error is a void window: a line for each, and none of another kind."""
    lines = said.splitlines()
    return any(line.startswith("voided: ") for line in lines) and not any(
        line.startswith(("unverified: ", "failed: ", "handoff: ", "error: ")) for line in lines
    )


def main(window_ms: int, command: list[str]) -> int:
    for run in range(RUNS):
        done = subprocess.run(
            [*command, f"--window_ms={window_ms << run}"], stderr=subprocess.PIPE, text=True
        )
        print(done.stderr, end="", file=sys.stderr, flush=True)
        if done.returncode != 1 or not only_void(done.stderr):
            break
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
