"""The work of scripts/readme_tables.py: fills the tables of the documents from the catalog and from what is stored."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..campaign import catalog
from ..compare import agreement
from ..errors import HandoffError, MeasurementError, write_text
from ..host import probe
from ..host.build import ROOT
from ..proofs import record as proof_record
from ..proofs import sources as proof_sources
from ..proofs import table as proof_table
from ..report import documents, ending, summary
from ..run import kinds, results

ROWS_IN_THE_README = 2
REFERENCE = Path("reports") / "reference"
HARNESS_COST = ROOT / "reports" / "harness_cost.json"
HTTP_AGREEMENT = ROOT / "reports" / "http_agreement.json"
PROOFS = ROOT / proof_record.DEFAULT

Contents = dict[str, str]  # by the name of a marked place


def tables(catalog: Mapping[str, Any]) -> dict[Path, Contents]:
    """The text of each marked place, by document."""
    # They are of the tree, not of the libraries of the machine that makes them; the proofs say which ones they had.
    known = {kind: [e | {"library": None} for e in catalog[kind]] for kind in kinds.LISTS}
    queues, counters, locks, waits = ([e for e in known[kind] if not e["control"]] for kind in known)
    controls = [e for entries in known.values() for e in entries if e["control"]]
    record = proof_record.load(PROOFS) if PROOFS.exists() else None
    sources = proof_sources.hashes(ROOT)
    of_queues = proof_table.table(record, queues, sources, proof_table.HERE)
    reference = summary.build(results.load(ROOT / REFERENCE))
    return {
        ROOT
        / "README.md": {
            "terminal": f"```\n{ending.text(reference, ROWS_IN_THE_README)}\n\n{REFERENCE / 'report.html'}\n```",
            "which queue": documents.which_queue(reference, f"{REFERENCE}/report.md"),
            "queues": documents.queue_table(queues, of_queues),
        },
        ROOT
        / "docs/implementations.md": {
            "all queues": documents.all_queues(queues),
            "counters": documents.counter_table(counters),
            "controls": documents.control_table(controls),
        },
        ROOT
        / "docs/proof_table.md": {
            "proofs": documents.proofs_text(
                {
                    "Queues": queues,
                    "Counters": counters,
                    "Locks": locks,
                    "Ways to wait": waits,
                    "Controls": controls,
                },
                sources,
                record,
            )
        },
        ROOT
        / "docs/harness_cost.md": {"harness cost": documents.harness_cost(_stored(HARNESS_COST)["cases"])},
        ROOT
        / "docs/locks_and_waits.md": {
            "locks": documents.lock_table(locks),
            "ways to wait": documents.wait_table(waits),
        },
        ROOT / "docs/downloads.md": {"http agreement": agreement.recorded(_stored(HTTP_AGREEMENT))},
    }


def filled(path: Path, contents: Contents) -> tuple[str, str]:
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


def run(given: argparse.Namespace) -> int:
    binary = catalog.built(given.build_dir / "benchmarks" / "catalog")
    built = json.loads(
        subprocess.run([binary], check=True, capture_output=True, text=True, env=probe.without_flags()).stdout
    )
    texts = {path: filled(path, contents) for path, contents in tables(built).items()}
    changed = {path: text for path, (present, text) in texts.items() if text != present}
    if given.check and changed:
        names = " and ".join(path.name for path in changed)
        raise MeasurementError(
            f"{names}: the tables are not what catalog and measurements say; run scripts/readme_tables.py"
        )
    for path, text in changed.items():
        write_text(path, text)
    return 0
