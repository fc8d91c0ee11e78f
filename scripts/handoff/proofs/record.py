"""reports/proofs.json: what was proven of which source, in one record that is kept beside the numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import HandoffError, write_text

SCHEMA = 1
DEFAULT = Path("reports") / "proofs.json"  # below the project's root
MAKE_IT = "scripts/proofs.py run"

QUICK, DEEP = "quick", "deep"

Json = dict[str, Any]
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Proof:
    """One check of one implementation, in one build."""

    name: str  # of the implementation
    check: str  # order, explored, walked, tests, mutations, progress, stalls
    preset: str
    effort: str
    run: str  # in Record.runs: commit, compiler, machine, date
    sources: str  # hash of what was checked (sources.py)
    holds: bool
    facts: Json  # what there is to say, by check (docs/proofs.md)
    library: str | None = (
        None  # what it was compiled with, version included; None: a record of before that was kept
    )

    @property
    def key(self) -> Key:
        return self.name, self.check, self.preset, self.effort


@dataclass
class Record:
    runs: dict[str, Json] = field(default_factory=dict)
    proofs: dict[Key, Proof] = field(default_factory=dict)

    def add(self, run_id: str, run: Json, proofs: Iterable[Proof]) -> None:
        """In the place of what an earlier run says of the same check, preset and effort, and of nothing else."""
        self.proofs |= {proof.key: proof for proof in proofs}
        self.runs[run_id] = run
        used = {proof.run for proof in self.proofs.values()}
        self.runs = {name: run for name, run in self.runs.items() if name in used}

    def of(self, name: str) -> list[Proof]:
        return [proof for proof in self.proofs.values() if proof.name == name]

    def commit(self, run_id: str) -> str:
        """In short, for people."""
        run = self.runs[run_id]
        return f"{str(run['commit'] or 'unknown')[:7]}{' with changes' if run['dirty'] else ''}"


def load(path: Path) -> Record:
    """Raises HandoffError if it is not there or of a version that is not known here."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise HandoffError(f"there is no record of proofs '{path}'; {MAKE_IT} makes one") from error
    except ValueError as error:
        raise HandoffError(f"'{path}' is no record of proofs ({error})") from error
    if not isinstance(stored, dict) or stored.get("schema") != SCHEMA:
        schema = stored.get("schema") if isinstance(stored, dict) else None
        raise HandoffError(f"'{path}': unknown schema {schema!r} of a record of proofs; valid: {SCHEMA}")
    proofs = [Proof(**one) for one in stored["proofs"]]
    return Record(stored["runs"], {proof.key: proof for proof in proofs})


def write(record: Record, path: Path) -> None:
    """A line for each proof, so that a difference between two records can be read."""

    def line(value: Any) -> str:
        return json.dumps(value, allow_nan=False, ensure_ascii=False)

    runs = ",\n".join(f"  {line(name)}: {line(run)}" for name, run in sorted(record.runs.items()))
    proofs = ",\n".join(f"  {line(asdict(record.proofs[key]))}" for key in sorted(record.proofs))
    text = f'{{\n "schema": {SCHEMA},\n "runs": {{\n{runs}\n }},\n "proofs": [\n{proofs}\n ]\n}}\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
