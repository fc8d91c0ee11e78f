#!/usr/bin/python3
"""Write the README's tables from the catalog, or with --check fail if they are not what the catalog says."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from handoff.errors import HandoffError, MeasurementError, ends_with_one_line

README = Path(__file__).resolve().parent.parent / "README.md"

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


def tables(catalog: dict[str, Any]) -> dict[str, str]:
    """The text of each marked place of the README, by its name."""

    def ranked(kind: str) -> list[Entry]:
        return [e for e in catalog[kind] if not e["control"]]

    controls = [e for kind in ("queues", "counters") for e in catalog[kind] if e["control"]]
    return {
        "queues": queue_table(ranked("queues")),
        "counters": counter_table(ranked("counters")),
        "controls": table(
            ["control", "what it is"],
            [[f"[`{e['name']}`](impls/{e['header']})", e["cite"]] for e in controls],
        ),
    }


def filled(text: str, catalog: dict[str, Any]) -> str:
    for name, content in tables(catalog).items():
        start, end = f"<!-- {name}: made by scripts/readme_tables.py -->", f"<!-- end of {name} -->"
        marked = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        if len(marked.findall(text)) != 1:
            raise HandoffError(f"{README.name}: the markers '{start}' and '{end}' must stand in it once")
        text = marked.sub(lambda _: f"{start}\n{content}\n{end}", text)
    return text


@ends_with_one_line
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=Path, default=README.parent / "build/release")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if something would change"
    )
    arguments = parser.parse_args()
    binary = arguments.build_dir / "benchmarks/catalog"
    if not binary.exists():
        raise HandoffError(f"there is no {binary}; build the release preset first")
    catalog = json.loads(subprocess.run([binary], check=True, capture_output=True, text=True).stdout)
    present = README.read_text(encoding="utf-8")
    wanted = filled(present, catalog)
    if arguments.check and wanted != present:
        raise MeasurementError(
            "README.md: its tables are not what the catalog says; run scripts/readme_tables.py"
        )
    if wanted != present:
        README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
