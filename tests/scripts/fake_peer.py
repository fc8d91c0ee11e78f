#!/usr/bin/python3 -IS
"""Stands in for a peer's benchmark: prints what lies in the file `printed` beside it, or in the one named by its last
argument, and notes how it was run. The file `does`, if there is one, says how it ends."""

from __future__ import annotations

import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def text(name: str) -> str:
    with open(os.path.join(HERE, name)) as file:
        return file.read()


does = text("does") if os.path.exists(os.path.join(HERE, "does")) else ""
with open(os.path.join(HERE, "runs"), "a") as runs:
    how = {
        "cwd": os.getcwd(),
        "cpus": sorted(os.sched_getaffinity(0)),
        "locale": os.environ["LC_ALL"],
        "arguments": sys.argv[1:],
    }
    print(json.dumps(how), file=runs)
open("benchmarks.log", "a").close()  # as moodycamel's does
if does == "hang":
    time.sleep(600)
time.sleep(0.1)
print(text(sys.argv[-1] if len(sys.argv) > 1 else "printed"), end="")
print("Warning: no huge pages", file=sys.stderr)
if does == "lose":
    print("AtomicQueueB: wrong checksum error: producers: 1, expected_sum: 5, diff: 1.", file=sys.stderr)
if does == "fail":
    print("get_cpu_topology_info() invariant broken.", file=sys.stderr)
    sys.exit(1)
