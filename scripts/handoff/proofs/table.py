"""What is proven of each implementation, as a table for README and report: a cell for each kind of proof.

A cell never is a mere dash: what was not proven says why, or how to prove it. Nothing that failed, and nothing
of another source than the one that the table is about, looks like a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..run import kinds, strategies
from ..run.cases import python_forms
from . import cells as proof_cells, sources as proof_sources
from .cells import BROKEN, EARLIER, NONE, ProofCell, Evidence
from .record import Record

Json = dict[str, Any]

# What they measure is the machine, standard locks, and files.
NOTHING_TO_PROVE = ("core_to_core", "pitfalls", "download_saving")

COLUMNS = {
    "order proven": proof_cells.order,
    "explored": proof_cells.explored,
    "sanitizers": proof_cells.sanitizers,
    "mutations killed": proof_cells.mutations,
    "progress observed": proof_cells.progress,
    "with threads stopped": proof_cells.stalls,
}

# These say more of a build than of an implementation.
TRUE_OF_A_BUILD = ("sanitizers",)


@dataclass(frozen=True)
class Wording:
    """How a table says whether the source that was proven is the one that it is about."""

    same: str
    other: str
    other_library: str
    unknown: str


HERE = Wording(
    "unchanged since",
    "CHANGED since",
    "with ANOTHER LIBRARY, at",
    "source not found here; proven at",
)
MEASURED = Wording(
    "as measured, proven at",
    "NOT as measured, proven at",
    "NOT with the library that was measured, proven at",
    "not known which source was measured; proven at",
)


@dataclass(frozen=True)
class ProofRow:
    name: str
    header: str | None
    cells: list[ProofCell]
    source: str  # which one was proven, in words

    @property
    def state(self) -> str:
        """As its order stands, unless something is broken."""
        broken = any(cell.state == BROKEN for cell in self.cells)
        return BROKEN if broken else self.cells[0].state

    @property
    def note(self) -> str | None:
        """What must stand beside each number of this implementation; nothing if its order is proven."""
        return {
            BROKEN: "BROKEN: see proofs",
            NONE: "order not proven",
            EARLIER: "proven of another source or library",
        }.get(self.state)


@dataclass(frozen=True)
class Shared:
    """What would stand in nearly every row: told once for all rows, and by name for the others."""

    heading: str
    groups: list[tuple[str, list[str]]]  # a text with the names that it is true of, most names first

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Of whom, and what; the most come last."""
        (text, _), *others = self.groups
        named = [(", ".join(names), told) for told, names in others]
        return [*named, ("all others" if others else "all", text)]


@dataclass(frozen=True)
class ProofTable:
    rows: list[ProofRow]
    runs: list[str]  # what the proofs come from, a line each
    missing: str | None = None  # why there is no record

    @property
    def heads(self) -> list[str]:
        """The columns in which rows differ."""
        return [head for at, head in enumerate(COLUMNS) if not self._is_shared(at)]

    def cells(self, row: ProofRow) -> list[ProofCell]:
        """One for each of the heads."""
        return [cell for at, cell in enumerate(row.cells) if not self._is_shared(at)]

    @property
    def shared(self) -> list[Shared]:
        texts = {
            head: [row.cells[at].plain for row in self.rows]
            for at, head in enumerate(COLUMNS)
            if self._is_shared(at)
        } | {"source": [row.source for row in self.rows]}
        return [self._grouped(head, told) for head, told in texts.items()] if self.rows else []

    def _is_shared(self, at: int) -> bool:
        """Never their order, which each row's note rests on."""
        same = len({row.cells[at].plain for row in self.rows}) == 1
        return list(COLUMNS)[at] in TRUE_OF_A_BUILD or (same and at > 0 and len(self.rows) > 1)

    def _grouped(self, head: str, told: list[str]) -> Shared:
        names: dict[str, list[str]] = {}
        for row, text in zip(self.rows, told):
            names.setdefault(text, []).append(row.name)
        return Shared(head, sorted(names.items(), key=lambda one: -len(one[1])))

    @property
    def broken(self) -> list[str]:
        return [row.name for row in self.rows if row.state == BROKEN]

    def note(self, name: str) -> str | None:
        """A pool's is that of its queue."""
        notes = {row.name: row.note for row in self.rows}
        return notes.get(name if name in notes else strategies.queue_of(name, notes) or name)


def table(
    record: Record | None, entries: Iterable[Mapping[str, Any]], sources: Mapping[str, str], wording: Wording
) -> ProofTable:
    """`entries` of a catalog; `sources`: hashes of what the table is about."""
    known = record or Record()
    rows = [_row(known, entry, sources.get(entry["name"]), wording) for entry in entries]
    missing = None if record else "There is no record of proofs here."
    return ProofTable(rows, _runs(known, rows), missing)


def of_runs(record: Record | None, root: Path, summaries: Sequence[Json]) -> ProofTable:
    """Of the implementations that these runs have measured, and of the sources that they were then."""
    entries: dict[str, Mapping[str, Any]] = {}
    known: list[dict[str, str]] = []
    sources: dict[str, str] = {}
    for summary in summaries:
        environment = summary["environment"]
        catalog = environment.get("catalog", {})
        cases = summary["cases"]
        queues = [one["name"] for one in catalog.get("queues", [])]
        present = {name for case in cases if (name := _stands_on(case, queues)) is not None}
        present -= python_forms(catalog)  # nothing of ours is to be proven of them
        listed = kinds.entries(catalog)
        listed += [{"name": name} for name in sorted(present - {one["name"] for one in listed})]
        entries |= {one["name"]: one for one in listed if one["name"] in present}
        known.append(proof_sources.measured(root, environment))
    for name in entries:
        # Of two machines that measured different sources, no proof is of both.
        measured = {one.get(name) for one in known}
        if None not in measured:
            sources[name] = str(measured.pop()) if len(measured) == 1 else "different ones"
    return table(record, entries.values(), sources, MEASURED)


def _stands_on(case: Json, queues: Iterable[str]) -> str | None:
    """The implementation whose proof a case needs. A way to download needs that of the queue between its threads,
    if it has one: whether all documents came, whole and once, is verified in each trial."""
    if case["workload"] in NOTHING_TO_PROVE:
        return None
    name = str(case["implementation"])
    return strategies.queue_of(name, queues) if case["workload"] == strategies.WORKLOAD else name


def _row(record: Record, entry: Mapping[str, Any], source: str | None, wording: Wording) -> ProofRow:
    evidence = Evidence(record, entry, source)
    cells = [make(evidence) for make in COLUMNS.values()]
    return ProofRow(entry["name"], entry.get("header"), cells, _source(evidence, wording))


def _source(evidence: Evidence, wording: Wording) -> str:
    if not evidence.all:
        return "no proof is recorded"
    of_source = [proof for proof in evidence.all if proof.sources == evidence.source]
    known = evidence.current or of_source or evidence.all
    runs = evidence.record.runs
    known = sorted(known, key=lambda proof: str(runs[proof.run]["began"]))
    commits = _listed([evidence.record.commit(proof.run) for proof in known])
    libraries = _listed([proof.library for proof in known if proof.library])
    return f"{_phrase(evidence, bool(of_source), wording)} {commits}" + (
        f", with {libraries}" if libraries else ""
    )


def _phrase(evidence: Evidence, of_source: bool, wording: Wording) -> str:
    if evidence.current:
        return wording.same
    if evidence.source is None:
        return wording.unknown
    return wording.other_library if of_source else wording.other


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _runs(record: Record, rows: Sequence[ProofRow]) -> list[str]:
    """Each run that says something of one of the rows: the newest one last."""
    named = {row.name for row in rows}
    used: dict[str, set[str]] = {}
    for proof in record.proofs.values():
        if proof.name in named:
            used.setdefault(proof.run, set()).add(proof.effort)
    found = []
    for run_id in sorted(used, key=lambda one: str(record.runs[one]["began"])):
        run = record.runs[run_id]
        sanitized = f", sanitizers {run['sanitizers']}" if run["sanitizers"] else ""
        found.append(
            f"{run['preset']} ({' and '.join(sorted(used[run_id], reverse=True))}): commit {record.commit(run_id)}, "
            f"{run['compiler']}{sanitized}, {run['machine']}, {run['cpus']} CPUs, {str(run['began'])[:10]}"
        )
    return found
