#!/usr/bin/python3
"""Write the tables of the README and of docs/downloads.md from the catalog and from stored measurements, or with
--check fail if they are not what these say."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from handoff.compare import agreement
from handoff.compare.validation import COST_LIMITS
from handoff.errors import HandoffError, MeasurementError, ends_with_one_line
from handoff.proofs import (
    cells as proof_cells,
    record as proof_record,
    sources as proof_sources,
    table as proof_table,
)
from handoff.proofs.record import Record
from handoff.run import cases

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOWNLOADS = ROOT / "docs/downloads.md"
HARNESS_COST = ROOT / "reports/reference/harness_cost.json"
HTTP_AGREEMENT = ROOT / "reports/reference/http_agreement.json"
PROOFS = ROOT / proof_record.DEFAULT

Entry = dict[str, Any]


def shape(entry: Entry) -> str:
    letter = {"one": "s", "many": "m"}
    return f"{letter[entry['producers']]}p{letter[entry['consumers']]}c"


def words(text: str) -> str:
    return text.replace("_", " ")


def progress(entry: Entry, first: str, second: str) -> str:
    if entry[first] == entry[second]:
        return words(entry[first])
    return f"{words(entry[first])} {first}, {words(entry[second])} {second}"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join([row(*head), row(*["---"] * len(head)), *(row(*cells) for cells in rows)])


def queue_table(entries: list[Entry]) -> str:
    rows = [
        [
            f"[`{e['name']}`](impls/{e['header']})",
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
    head = ["queue", "shape", "capacity", "order", "progress", "a `try_` may fail", "own waiting", "source"]
    return table(head, rows)


def counter_table(entries: list[Entry]) -> str:
    rows = [
        [f"[`{e['name']}`](impls/{e['header']})", e["value"], progress(e, "add", "read"), e["cite"]]
        for e in entries
    ]
    return table(["counter", "`read`", "progress", "source"], rows)


def harness_cost_table(measured: list[Entry]) -> str:
    """Harness against hand-written loop; the ceiling has nothing to be compared with."""
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
    head = [
        "queue",
        "workload, wait",
        "harness",
        "by hand",
        "ratio",
        "95% interval",
        "loops that wait otherwise",
    ]
    return table(head, rows)


def within_limits(measured: list[Entry]) -> str:
    """How many of the ratios are what a harness may cost, and which are not."""
    low, high = COST_LIMITS
    compared = [one for one in measured if "ratio" in one]
    outside = [one for one in compared if not low <= one["ratio"] <= high]
    named = ", ".join(
        f"`{case.implementation}` {case.keys['of']}, {case.keys['wait']}".replace("_pong", "-pong")
        for case in (cases.parse(one["case"]) for one in outside)
    )
    told = f"{len(compared) - len(outside)} of {len(compared)} ratios lie within {low:g} … {high:g}"
    return told + (f"; not so: {named}." if outside else ".")


def ceiling(measured: list[Entry]) -> str:
    (noop,) = [one["harness_ns"] for one in measured if "ratio" not in one]
    return f"An operation on the no-op queue, with all of the harness around it, takes {noop:.2f} ns."


def proofs_text(catalog: dict[str, Any], root: Path, record: Record | None) -> str:
    """What is proven of each implementation as it stands in the tree, and of what they stand on."""
    entries = [e for kind in ("queues", "counters") for e in catalog[kind]]
    entries.sort(key=lambda e: bool(e["control"]))
    sources = proof_sources.hashes(root)
    shown = proof_table.table(record, entries, sources, proof_table.HERE)
    rows = [
        [f"[`{row.name}`](impls/{row.header})", *(cell.markdown for cell in row.cells), row.source]
        for row in shown.rows
    ]
    parts = parts_text(record, sources) if record else f"{shown.missing} `{proof_record.MAKE_IT}` makes one."
    runs = [f"From {'; '.join(shown.runs)}."] if shown.runs else []
    return "\n\n".join([table(["implementation", *shown.heads], rows), parts, *runs])


def parts_text(record: Record, sources: dict[str, str]) -> str:
    """The locks and the harness's waiting: explored on their own."""
    told = []
    for name in ("ttas_lock", "ticket_lock", *proof_sources.PARTS):
        evidence = proof_cells.Evidence(record, {"name": name}, sources.get(name))
        told.append(
            f"`{name}`: {proof_cells.explored(evidence).markdown}; faults killed: "
            f"{proof_cells.mutations(evidence).markdown}"
        )
    return f"What they stand on, on its own: {'. '.join(told)}."


def tables(catalog: dict[str, Any], harness_cost: list[Entry], record: Record | None) -> dict[str, str]:
    """The text of each marked place of the README, by its name."""

    def ranked(kind: str) -> list[Entry]:
        return [e for e in catalog[kind] if not e["control"]]

    controls = [e for kind in ("queues", "counters") for e in catalog[kind] if e["control"]]
    return {
        "harness cost": "\n\n".join(
            (harness_cost_table(harness_cost), within_limits(harness_cost), ceiling(harness_cost))
        ),
        "proofs": proofs_text(catalog, ROOT, record),
        "queues": queue_table(ranked("queues")),
        "counters": counter_table(ranked("counters")),
        "controls": table(
            ["control", "what it is"],
            [[f"[`{e['name']}`](impls/{e['header']})", e["cite"]] for e in controls],
        ),
    }


def filled(path: Path, contents: dict[str, str]) -> tuple[str, str]:
    """The file's text as it is, and as it is to be: with the content of each marked place, by its name."""
    text = present = path.read_text(encoding="utf-8")
    for name, content in contents.items():
        start, end = f"<!-- {name}: made by scripts/readme_tables.py -->", f"<!-- end of {name} -->"
        marked = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        if len(marked.findall(text)) != 1:
            raise HandoffError(f"{path.name}: the markers '{start}' and '{end}' must stand in it once")
        text = marked.sub(lambda _: f"{start}\n{content}\n{end}", text)
    return present, text


def _stored(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=Path, default=ROOT / "build/release")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if something would change"
    )
    arguments = parser.parse_args()
    binary = arguments.build_dir / "benchmarks/catalog"
    if not binary.exists():
        raise HandoffError(f"there is no {binary}; build the release preset first")
    catalog = json.loads(subprocess.run([binary], check=True, capture_output=True, text=True).stdout)
    record = proof_record.load(PROOFS) if PROOFS.exists() else None
    wanted = {
        README: tables(catalog, _stored(HARNESS_COST)["cases"], record),
        DOWNLOADS: {"http agreement": agreement.recorded(_stored(HTTP_AGREEMENT))},
    }
    texts = {path: filled(path, contents) for path, contents in wanted.items()}
    changed = {path: text for path, (present, text) in texts.items() if text != present}
    if arguments.check and changed:
        names = " and ".join(path.name for path in changed)
        raise MeasurementError(
            f"{names}: the tables are not what catalog and measurements say; run scripts/readme_tables.py"
        )
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
