"""The tables of the README and of docs/, from the catalog, the record of proofs and stored measurements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..compare.validation import COST_LIMITS
from ..proofs import badge as proof_badge
from ..proofs import cells as proof_cells
from ..proofs import record as proof_record
from ..proofs import sources as proof_sources
from ..proofs import table as proof_table
from ..proofs.record import Record
from ..run import cases
from . import verdict_words

Entry = Mapping[str, Any]
Json = dict[str, Any]

MOST_NAMED = 4  # in a cell of "which queue for what"; the report has them all


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Without blanks around the bars: `wc -w` would count each bar as a word."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"|{'|'.join(cells)}|" for cells in lines)


def link(entry: Entry, to_root: str = "") -> str:
    return f"[`{entry['name']}`]({to_root}impls/{entry['header']})"


def shape(entry: Entry) -> str:
    letter = {"one": "s", "many": "m"}
    return f"{letter[entry['producers']]}p{letter[entry['consumers']]}c"


def words(text: str) -> str:
    return text.replace("_", " ")


def progress(entry: Entry, first: str, second: str) -> str:
    if entry[first] == entry[second]:
        return words(entry[first])
    return f"{words(entry[first])} {first}, {words(entry[second])} {second}"


# ---- the README's --------------------------------------------------------------------------------------------


def which_queue(summary: Json, report: str) -> str:
    """The decision table of a run, with those that are best in it."""
    rows = [
        [row["title"], verdict_words.in_brief(row, MOST_NAMED, "`"), _of(row)] for row in summary["decisions"]
    ]
    machine = summary["environment"]["machine"]
    where = f"{machine.get('cpu_model') or machine.get('model')}, {machine['cpus']} CPUs"
    return "\n\n".join(
        [
            table(["situation", "best in the reference run", "of"], rows),
            f"From run `{summary['run_id']}` on {where}. Names in one cell are shown to be equivalent. "
            f"[Evidence, and when it does not hold]({report}). Your machine is another one: run it.",
        ]
    )


def _of(row: Json) -> str:
    return str(row["measured"]) if row["group"] else ""


def queue_table(entries: Sequence[Entry], proofs: proof_table.ProofTable) -> str:
    """Ours in six columns, with what is proven of all of them once, below; then the names of the adapters."""
    ours = [(e, row) for e, row in zip(entries, proofs.rows) if not e["packaged"]]
    each, shared = proof_badge.told_apart([row for _, row in ours])
    rows = [
        [
            link(e),
            shape(e),
            words(e["delivery"]),
            progress(e, "push", "pop"),
            " · ".join(badge) or "as all",
            e["cite"],
        ]
        for (e, _), badge in zip(ours, each)
    ]
    parts = [table(["queue", "shape", "order", "progress", "proven", "source"], rows)]
    if shared:
        some = any(proof_badge.is_left_out(row) for _, row in ours)
        parts.append(f"All{' others' if some else ''}: {' · '.join(shared)}.")
    if adapters := [link(e) for e in entries if e["packaged"]]:
        promised = "[what they promise](docs/implementations.md)"
        parts.append(f"Adapters of packaged queues ({promised}): {', '.join(adapters)}.")
    return "\n\n".join(parts)


# ---- docs/implementations.md ---------------------------------------------------------------------------------


def all_queues(entries: Iterable[Entry]) -> str:
    head = ["queue", "shape", "capacity", "order", "progress", "a `try_` may fail", "own waiting", "source"]
    rows = [
        [
            link(e, "../"),
            shape(e),
            e["bound"],
            words(e["delivery"]),
            progress(e, "push", "pop"),
            words(e["failure"]),
            "yes" if e["own_wait"] else "",
            e["cite"],
        ]
        for e in entries
    ]
    return table(head, rows)


def counter_table(entries: Iterable[Entry]) -> str:
    rows = [[link(e, "../"), e["value"], progress(e, "add", "read"), e["cite"]] for e in entries]
    return table(["counter", "`read`", "progress", "source"], rows)


def lock_table(entries: Iterable[Entry]) -> str:
    head = ["lock", "fairness", "`try_lock` fails", "readers", "a waiting thread", "unlock", "source"]
    rows = [
        [
            link(e, "../"),
            words(e["fairness"]) + (f" ({e['most_bypasses']})" if e["most_bypasses"] else ""),
            words(e["try"]) if e["try"] else "no `try_lock`",
            "together" if e["shared"] else "",
            "sleeps" if e["may_block"] else "spins",
            words(e["unlock"]),
            e["cite"],
        ]
        for e in entries
    ]
    return table(head, rows)


WHILE_WAITING = {
    "polls": "looks again and again",
    "naps": "sleeps for a set time, looks again",
    "sleeps": "sleeps until it is woken",
    "polls_then_sleeps": "looks for a while, then sleeps",
}


def wait_table(entries: Iterable[Entry]) -> str:
    head = ["way to wait", "a waiting thread", "waiting threads", "`notify_one`", "source"]
    rows = [
        [link(e, "../"), WHILE_WAITING[e["meanwhile"]], e["waiters"], words(e["notify"]), e["cite"]]
        for e in entries
    ]
    return table(head, rows)


def control_table(entries: Iterable[Entry]) -> str:
    return table(["control", "what it is"], [[link(e, "../"), e["cite"]] for e in entries])


# ---- docs/harness_cost.md ------------------------------------------------------------------------------------


def harness_cost(measured: Sequence[Json]) -> str:
    """Harness against hand-written loop; the ceiling has nothing to be compared with."""
    return "\n\n".join([_cost_table(measured), _within_limits(measured), _ceiling(measured)])


def _cost_table(measured: Sequence[Json]) -> str:
    rows = []
    for one in measured:
        case = cases.parse(one["case"])
        if "ratio" not in one:
            continue
        rows.append(
            [
                f"`{case.implementation}`",
                f"{case.keys['of']}, {case.keys['wait']}".replace("_", "-"),
                f"{one['harness_ns']:.1f} ns",
                f"{one['by_hand_ns']:.1f} ns",
                f"{one['ratio']:.2f}",
                f"{one['ratio_low']:.2f} … {one['ratio_high']:.2f}",
                f"{one['own_wait']:.2f}, {one['own_wait_otherwise']:.2f}",
            ]
        )
    head = ["queue", "workload, wait", "harness", "by hand", "ratio", "95% interval"]
    return table([*head, "loops that wait otherwise"], rows)


def _within_limits(measured: Sequence[Json]) -> str:
    """How many of the ratios are what a harness may cost, and which are not."""
    low, high = COST_LIMITS
    compared = [one for one in measured if "ratio" in one]
    outside = [one for one in compared if not low <= one["ratio"] <= high]
    named = ", ".join(
        f"`{case.implementation}` {case.keys['of']}, {case.keys['wait']}".replace("_pong", "-pong")
        for case in (cases.parse(one["case"]) for one in outside)
    )
    told = f"{len(compared) - len(outside)} of {len(compared)} ratios lie within {low:g} … {high:g}"
    return told + (f". Outside: {named}." if outside else ".")


def _ceiling(measured: Sequence[Json]) -> str:
    (noop,) = [one["harness_ns"] for one in measured if "ratio" not in one]
    return f"An operation on the no-op queue, with all of the harness around it, takes {noop:.2f} ns."


# ---- docs/proof_table.md -------------------------------------------------------------------------------------


def proofs_text(
    groups: Mapping[str, Sequence[Entry]], sources: Mapping[str, str], record: Record | None
) -> str:
    """What is proven of each implementation as it stands in the tree, a table for each group, and of what they
    stand on."""
    if record is None:
        return f"There is no record of proofs here. `{proof_record.MAKE_IT}` makes one."
    told = []
    runs: list[str] = []
    for title, entries in groups.items():
        shown = proof_table.table(record, entries, sources, proof_table.HERE)
        rows = [
            [link(entry, "../"), *(cell.markdown for cell in shown.cells(row))]
            for entry, row in zip(entries, shown.rows)
        ]
        told.append(f"### {title}\n" + table(["implementation", *shown.heads], rows))
        told.append(
            "\n".join(f"- {one.heading}, {who}: {text}" for one in shown.shared for who, text in one.lines)
        )
        runs += [run for run in shown.runs if run not in runs]
    told += ["### What they stand on\n" + parts_text(record, sources)]
    told += ["### From\n" + "\n".join(f"- {run}" for run in runs)]
    return "\n\n".join(told)


def parts_text(record: Record, sources: Mapping[str, str]) -> str:
    """The locks and the harness's waiting: explored on their own."""
    rows = []
    for name in ("ttas_lock", "ticket_lock", *proof_sources.PARTS):
        evidence = proof_cells.Evidence(record, {"name": name}, sources.get(name))
        rows.append(
            [
                f"`{name}`",
                proof_cells.explored(evidence).markdown,
                proof_cells.mutations(evidence).markdown,
            ]
        )
    return table(["part", "explored", "mutations killed"], rows)
