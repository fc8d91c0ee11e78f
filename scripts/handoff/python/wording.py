"""What a report says of the Python forms."""

from __future__ import annotations

from typing import Any

from ..statistics import measures

Json = dict[str, Any]

# What is counted per second.
ITEMS = {"ping_pong": "hops", "counter": "operations", "download_strategies": "documents"}

TOPICS = {"ping_pong": "Ping-pong", "counter": "Counters", "download_strategies": "Downloads"}

READINGS = {
    "ping_pong": (
        "Two threads hand a number to and fro. One interpreter lock lets one of them run at a time, so waiting decides "
        "everything: a thread that polls keeps the lock from the one that it waits for until it is taken away, "
        "after 5 ms, unless the poll itself lets go of it; one that blocks gives it up at once, and pays for the "
        "kernel's wake-up, as a blocked C++ thread does: where a sleeping CPU is woken slowly, as on many virtual "
        "machines, that is most of what either takes. With one shared queue a thread mostly takes back its own number: "
        "many hops, few of them between threads. In C++ both threads run, and a poll is the fastest wait."
    ),
    "counter": (
        "Threads add to one number, or to the list [1, 2, 3], with and without a lock. Python threads take turns, so "
        "two of them add no more than one. In C++ they run at once: there a lost update is not a matter of luck."
    ),
    "download_strategies": (
        "The same documents with the same latencies and accidents, each waited for with a sleep, during which Python lets "
        "other threads run. Here the language hardly matters, and the strategy does: a window that joins its first "
        "document first stands still whenever that one is slow, executor.map goes on meanwhile, and a flag ends the "
        "workers of a pool, not its work: what they leave in the queue one thread does. RQ's workers take their jobs from "
        "Redis, as the C++ workers beside them do: each pays for a job's serialisation and for its round trips to the "
        "server, and RQ's usual worker for a process, too."
    ),
}

_WAITS = {
    "spin": "polls empty()",
    "try": "get_nowait, exception",
    "sleep_1ms": "sleeps 1 ms if empty",
    "timed": "get, timeout of 1 ms",
    "block": "blocking get",
}
_FORMS = {
    "python_unlocked": "no lock",
    "python_unlocked_call": "no lock, with a call",
    "python_lock": "lock",
    "python_sequential": "one by one",
    "python_thread_per_item": "a thread for each",
    "python_window_in_order": "window of {n}, joined in order",
    "python_pool": "pool of {n}, task_done and join",
    "python_pool_stopped": "pool of {n}, a None for each",
    "python_pool_flagged": "pool of {n}, ended by a flag",
    "python_executor_map": "executor.map, {n} threads",
    "python_processes": "{n} processes",
    "python_rq": "RQ, {n} workers, a process for each job",
    "python_rq_simple": "RQ, {n} simple workers",
    "python_rq_killed": "RQ, {n} simple workers, one of them killed",
}
_MIXES = {"increment": "+1", "add_subtract": "+1 against −1", "list_packed": "list of three"}


def experiment(entry: Json) -> str:
    keys = entry["keys"]
    if entry["workload"] == "ping_pong":
        kind = "LIFO queue" if entry["implementation"] == "python_lifo_queue" else "queue"
        queues = f"two {kind}s" if keys["queues"] == "2" else f"one {kind}"
        return f"{queues}: {_WAITS.get(keys['wait'], keys['wait'])}"
    form = _FORMS.get(entry["implementation"], entry["implementation"])
    if entry["workload"] == "counter":
        threads = "1 thread" if keys["t"] == "1" else f"{keys['t']} threads"
        return f"{_MIXES.get(keys['mix'], keys['mix'])}, {form}, {threads}"
    errors = "" if keys["failures"] == "0%" else f", {keys['failures']} errors"
    return f"{keys['items']} documents{errors}: {form.format(n=keys['n'])}"


def partner(other: Json) -> str:
    """The C++ side, and its wait where that has another name."""
    waits = {"own": ", own waiting", "adaptive": ", spins 2 µs, then blocks"}
    return f"{other['implementation']}{waits.get(other['wait'] or '', '')}"


def rate(side: Json) -> str:
    return measures.text(side["rate"]["median"], "1/s")


def interval(ratio: Json | None) -> str:
    if ratio is None:
        return "–"
    span = f"{measures.short_number(ratio['low'])} – {measures.short_number(ratio['high'])}"
    return span if ratio["sufficient"] else f"{span} (range)"


def interpreter(found: Json) -> str:
    python = found["python"]
    lock = "with its interpreter lock" if python["gil"] else "without an interpreter lock"
    return f"{python['implementation']} {python['version']}, {lock}"


def claim(found: Json) -> str:
    """What the run says of the project's own promise."""
    told = found["claim"]
    if told is None:
        return ""
    compared = ", ".join(
        f"{partner(one)}: {measures.times(one['median'])} ({interval(one)}, {one['n']} pairs, "
        f"{'shown' if one['shown'] else 'not shown'})"
        for one in told["compared"]
    )
    return (
        "Two queues with blocking waits, hops per second over those of the Python form; promised are at least "
        f"{told['least']:g}×: {compared}"
    )


def increments(found: Json) -> str:
    """What became of the unlocked increments of several threads, and why."""
    told = []
    for name, code in (
        ("python_unlocked", "values[i] += 1"),
        ("python_unlocked_call", "values[i] = plus(values[i], 1)"),
    ):
        lost, additions = _lost(found, name)
        if additions:
            told.append(f"“{code}” lost {_count(lost)} of {_count(additions)} additions")
    if not told:
        return ""
    python = found["python"]
    return f"Unlocked, by two threads, in {interpreter(found)}: {' and '.join(told)}. {_why(python)}"


JOB_QUEUE = ("python_rq", "python_rq_simple", "python_rq_killed")


def job_queue(found: Json) -> str:
    """What a job costs that passes through Redis, by RQ and by the C++ workers, over the list that all of them did."""
    rows = {
        e["implementation"]: e for e in found["entries"] if e["implementation"] in JOB_QUEUE and _is_short(e)
    }
    told = [f"{_FORMS[name].format(n=e['keys']['n'])}: {_job(e)}" for name, e in rows.items()]
    beside = {other["implementation"]: other for e in rows.values() for other in e["others"]}
    told += [f"{name}: {_job(other)}" for name, other in beside.items()]
    if not told:
        return ""
    killed = rows.get(JOB_QUEUE[2])
    by_hand = (
        " The job of the killed worker was put back at once and by hand; RQ by itself takes minutes to notice, and then "
        "files it with the failed ones."
        if killed
        else ""
    )
    return f"What a job costs in a queue in Redis. {'; '.join(told)}.{by_hand}"


def _is_short(entry: Json) -> bool:
    return bool(entry["keys"]["items"] == "64" and entry["keys"]["failures"] == "0%")


def _job(side: Json) -> str:
    cpu = (
        ""
        if side["cpu_s"] is None
        else f", {measures.text(side['cpu_s'] / side['items'], 's')} of CPU time a document"
    )
    first = (
        ""
        if side["first_result_s"] is None
        else f", the first result after {measures.text(side['first_result_s'], 's')}"
    )
    return f"{measures.text(side['items'] / side['rate']['median'], 's')} in all{first}{cpu}"


def _lost(found: Json, form: str) -> tuple[float, float]:
    rows = [e for e in found["entries"] if e["implementation"] == form and e["keys"].get("t") != "1"]
    lost = sum(entry["lost"] or 0.0 for entry in rows)
    # Each addition to the list is one to each of its three values.
    return lost, sum((entry["adds"] or 0.0) * (3 if "list" in entry["keys"]["mix"] else 1) for entry in rows)


def _count(value: float) -> str:
    return f"{measures.short_number(value / 1e6)} M" if value >= 1e6 else f"{value:,.0f}"


def _why(python: Json) -> str:
    if not python["gil"]:
        return "Without an interpreter lock threads run at once, and an unlocked increment loses updates as in C++"
    try:
        version = tuple(int(part) for part in str(python["version"]).split(".")[:2])
    except ValueError:
        version = (0, 0)
    if python["implementation"] != "CPython" or version == (0, 0):
        return "Where this interpreter may change threads is its own business"
    if version >= (3, 10):
        return (
            "Since 3.10 CPython changes threads only at the ends of loops and at calls, so that the former no longer "
            "loses updates in such a loop, as it did before. Nothing promises that it stays so: a call between the "
            "load and the store is enough"
        )
    return (
        "Before 3.10 CPython changes threads between any two bytecodes, also between the load and the store"
    )
