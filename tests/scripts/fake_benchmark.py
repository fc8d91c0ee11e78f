#!/usr/bin/python3 -IS
"""Stands in for every benchmark binary and for the catalog: knows the flags, prints what Google Benchmark
prints, and misbehaves as the file `behaviour.json` beside it says. Its words: the program's name, and its options."""

from __future__ import annotations

import json
import os
import re
import sys
import time

TYPE_CHECKING = False  # known to mypy by this name; importing typing would slow every trial down
if TYPE_CHECKING:
    from typing import Any

# By `begin`: the folder, the program, and its options.
HERE = PROGRAM = ""
OPTIONS: list[str] = []
# Without these no report is made of such workloads.
OF_DOWNLOADS_AND_MEMORY = (
    "ideal_s bound_s document_s bound_cpu_s bound_bandwidth_s enough_n bytes_per_item empty_bytes retained_bytes "
    "peak_bytes allocations_per_item items capacity"
).split()
SUFFIX = "/iterations:1/manual_time"
# What it does to its process, and not only to what it prints.
TO_ITS_PROCESS = ("keep files", "hang", "linger", "say variables", "crash")


def read(name: str) -> Any:
    with open(os.path.join(HERE, name)) as file:
        return json.load(file)


def flag(name: str) -> str | None:
    values = [a.partition("=")[2] for a in OPTIONS if a.startswith(f"--{name}=")]
    return values[-1] if values else None


def count_call() -> int:
    with open(os.path.join(HERE, "calls"), "ab") as file:
        file.write(b".")
        return file.tell()


def cost(case: str) -> float:
    """How many times as long as usual an operation takes, by the file `costs.json`, if there is one."""
    factors = read("costs.json") if os.path.exists(os.path.join(HERE, "costs.json")) else {}
    return float(next((factor for pattern, factor in factors.items() if re.search(pattern, case)), 1.0))


def entry(case: str, **more: object) -> dict[str, object]:
    own = {
        "family_index": 0,
        "per_family_instance_index": 0,
        "repetitions": 1,
        "repetition_index": 0,
        "threads": 1,
    }
    times = {"iterations": 1, "real_time": 5e7, "cpu_time": 1e6, "time_unit": "ns"}
    return {"name": case + SUFFIX, "run_name": case + SUFFIX, **own, **times, **more}


def print_document(*entries: dict[str, object]) -> None:
    context = {"host_name": "somebodys-laptop", "handoff_placement": flag("placement")}
    print(json.dumps({"context": context, "benchmarks": list(entries)}))


def fail(case: str, message: str) -> None:
    print_document(entry(case, error_occurred=True, error_message=message))
    print(message, file=sys.stderr)
    sys.exit(1)


def write_stamps(path: str, documents: int) -> None:
    """Each document takes 0.1 s, one after the other, and its result waits as long."""
    with open(path, "w") as file:
        print("document,started_s,ended_s,delivered_s", file=file)
        for i in range(documents):
            print(f"{i},{0.1 * i:.9g},{0.1 * i + 0.1:.9g},{0.1 * i + 0.2:.9g}", file=file)


def misbehave(do: str, case: str) -> None:
    if do == "keep files":
        with open(os.path.join(os.environ["TMPDIR"], f"{os.getpid()}.kept"), "w") as kept:
            kept.write(case)
    elif do == "hang":
        print("about to hang", flush=True)
        # In one step: who waits for the file reads the number in it.
        with open(os.path.join(HERE, "hanging.part"), "w") as file:
            file.write(str(os.getpid()))
        os.rename(file.name, os.path.join(HERE, "hanging.pid"))
        time.sleep(600)
    elif do == "linger":
        time.sleep(0.3)
    elif do == "say variables":
        print(*os.environ, file=sys.stderr)
        sys.exit(1)
    elif do == "crash":
        print("about to crash", file=sys.stderr, flush=True)
        os.kill(os.getpid(), 11)
    elif do == "garbage":
        print('{"context": {\n    "host_name": "somebodys-laptop",\nSegmentation fault, but not really {')
        sys.exit(0)
    elif do == "unverified":
        fail(case, "unverified: 1 of 5000 items were lost")
    elif do == "voided":
        fail(case, "voided: the harness clock ran 3% off wall time")
    elif do == "failed":
        fail(case, "failed: no memory")
    elif do == "no server":
        fail(case, f"failed: {flag('redis')} does not answer")
    elif do == "silent":
        sys.exit(3)
    elif do == "nan":
        print_document(entry(case, items_per_second=float("nan")))
        sys.exit(0)
    elif do == "no stamps":
        print_document(entry(case, makespan_s=0.05))
        sys.exit(0)
    elif do == "abandoned":
        print("unverified: a thread never came back from the queue", file=sys.stderr)
        sys.exit(1)


def main() -> None:
    if PROGRAM == "catalog":
        print(json.dumps(read("catalog.json")))
        return
    placement = flag("placement") or "compact"
    if placement not in ("compact", "scatter", "none") and not placement.startswith("cpus:"):
        print(f"handoff: {PROGRAM}: placement '{placement}' is unknown; valid: compact", file=sys.stderr)
        sys.exit(2)
    cases = [name for name in read("cases.json") if name.startswith(PROGRAM + "/")]
    if "--benchmark_list_tests" in OPTIONS:
        print("".join(name + SUFFIX + "\n" for name in cases), end="")
        return
    (case,) = [name for name in cases if re.search(flag("benchmark_filter") or "", name + SUFFIX)]
    calls = count_call()
    with open(os.path.join(HERE, "tsc_hz"), "w") as file:
        file.write(flag("tsc_hz") or "")
    with open(os.path.join(HERE, "commands"), "a") as file:
        file.write(" ".join([PROGRAM, *OPTIONS]) + "\n")
    padding = len(os.environ["HANDOFF_PADDING"])
    scatter = 1.0
    for rule in read("behaviour.json"):
        if re.search(rule["case"], case) and calls > rule.get("after", 0):
            misbehave(rule["do"], case)
            if rule["do"] == "scatter":
                scatter = 1.0 + padding / 4096
    if path := flag("stamps"):
        write_stamps(path, int(re.search(r"/items:(\d+)", case)[1]))
    figures = dict(
        window_s=0.05,
        team=2,
        oversubscribed=0,
        items_per_second=1e6 * scatter / cost(case),
        operations_per_second=1e6 * scatter,
        round_trip_ns=100.5 * scatter * cost(case),
        makespan_s=0.05 * scatter,
        padding=padding,
        heap_gap=float(flag("heap_gap") or "nan"),
    )
    if os.path.exists(os.path.join(HERE, "figures.json")):  # more of them, for whoever needs such
        figures |= read("figures.json")
    if PROGRAM == "memory" or PROGRAM.startswith("download"):
        figures |= dict.fromkeys(OF_DOWNLOADS_AND_MEMORY, 1.0)
    print_document(entry(case, label="cpus:0,1", **figures))


def begin(folder: str, program: str, options: list[str]) -> None:
    global HERE, PROGRAM, OPTIONS
    HERE, PROGRAM, OPTIONS = folder, program, options
    main()


if __name__ == "__main__":
    begin(os.path.dirname(os.path.abspath(__file__)), sys.argv[1], sys.argv[2:])
