"""report.html and report.md of several machines: each in its own column or section, and where they agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..compare import memory
from ..proofs.table import ProofTable
from ..statistics import interference
from . import merge, page
from .figures import Rendered
from .merge import Agreement, Machine

Json = dict[str, Any]


def write_texts(
    machines: Sequence[Machine], left_out: list[str], drawn: list[Rendered], proofs: ProofTable | None = None
) -> dict[str, str]:
    """Both files, by name."""
    agreement = merge.agreement(machines)
    common: Json = {
        "machines": [_section(machine) for machine in machines],
        "citable": all(machine.summary["citable"] for machine in machines),
        "alike": merge.alike(machines),
        "left_out": left_out,
        "outcomes": merge.OUTCOMES,
        "agreement": agreement,
        "totals": {outcome: sum(one.count(outcome) for one in agreement) for outcome in merge.OUTCOMES},
        "opposite": _opposite(agreement),
        "overall": merge.overall(machines, agreement),
        "decisions": _decisions(machines),
        "memory": _memory(machines),
        "memory_reading": memory.READING,
        "proofs": proofs,
    }
    # Of the sections of a run's report this one has only that of the questions.
    figures = [figure for section in page.by_section(drawn).values() for figure in section]
    templates = page.environment()
    return {
        page.FILE_NAME: templates.get_template("merged.html.j2").render(
            **common, figures=figures, cases=_cases(machines, proofs)
        ),
        "report.md": page.markdown_environment()
        .get_template("merged.md.j2")
        .render(**common, figures=figures),
    }


def _section(machine: Machine) -> Json:
    summary = machine.summary
    return {
        "label": machine.label,
        "s": summary,
        "env": summary["environment"],
        "failures": [one for one in summary["failures"] if not one["expected"]],
        "interference": interference.sentence(summary["interference"]),
        "citation": page.citation(summary),
    }


def _opposite(agreement: list[Agreement]) -> list[tuple[str, merge.MachinesPair]]:
    return [(one.group, pair) for one in agreement for pair in one.pairs if pair.outcome == merge.OPPOSITE]


def _decisions(machines: Sequence[Machine]) -> list[Json]:
    """A row per situation with what each machine's own run says."""
    columns = [machine.summary["decisions"] for machine in machines]
    return [
        {"title": row[0]["title"], "asks": row[0]["asks"], "limit": row[0]["limit"], "answers": list(row)}
        for row in zip(*columns)
    ]


def _memory(machines: Sequence[Machine]) -> list[Json]:
    """Per setting a row for each implementation, with what each machine's run says of it, or None."""
    found: dict[tuple[str, int], dict[str, list[Json | None]]] = {}
    for at, machine in enumerate(machines):
        for setting in machine.summary["memory"]:
            rows = found.setdefault((setting["item"], setting["items"]), {})
            for member in setting["members"]:
                rows.setdefault(member["implementation"], [None] * len(machines))[at] = member
    return [{"item": item, "items": items, "rows": rows} for (item, items), rows in found.items()]


def _cases(machines: Sequence[Machine], proofs: ProofTable | None) -> list[Json]:
    """A row per case with, for each machine, one entry per regime (none where it has no sample of the case)."""
    found: dict[tuple[str, str], Json] = {}
    for at, machine in enumerate(machines):
        rows = page.explorer_rows(machine.summary)
        page.note_proofs(rows, proofs)
        for row in rows:
            case = row["case"]
            if case["workload"] == "core_to_core" and not row["bar"]:
                continue
            entry = found.setdefault(
                (case["group"], case["label"]), {"case": case, "columns": [[] for _ in machines]}
            )
            entry["columns"][at] += [row] if row["bar"] else []
    return [found[key] for key in sorted(found)]
