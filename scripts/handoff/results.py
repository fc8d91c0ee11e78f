"""A run read back from its folder: what everything that is derived from a run starts with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas

from . import cases, samples
from .control_kinds import labels
from .errors import HandoffError
from .run_folder import ENVIRONMENT_NAME, read_environment


@dataclass(frozen=True)
class Run:
    path: Path
    environment: dict[str, Any]
    # One row per sample, in the order of the file. Columns: the fields of a line (docs/samples.md) except
    # `figures`, which becomes a column per figure under its own name (NaN where a case has none); `workload`,
    # `implementation` and a text column `key_…` per key of the case name (None where a case has none).
    samples: pandas.DataFrame
    warnings: list[str] = field(default_factory=list)

    def complete_blocks(self) -> list[int]:
        """The blocks that hold each planned trial. A partial block is never reported."""
        if self.samples.empty:
            return []
        planned = Counter({name: len(labels(cases.parse(name))) for name in self.environment["cases"]})
        per_block = self.samples.groupby("block")["case"].agg(Counter)
        return [int(str(block)) for block, measured in per_block.items() if measured >= planned]

    def complete_samples(self) -> pandas.DataFrame:
        """The rows of the complete blocks."""
        return self.samples[self.samples["block"].isin(self.complete_blocks())]


def load(run_dir: Path) -> Run:
    """Reads a run. Raises HandoffError if it cannot be read or is of a version that is not known here; a last
    line that was cut short is left out and said in `warnings`."""
    if not run_dir.is_dir():
        raise HandoffError(f"run '{run_dir}': there is no such folder")
    environment = read_environment(run_dir / ENVIRONMENT_NAME)
    lines = samples.read(run_dir / samples.FILE_NAME)
    warnings = []
    if lines.cut:
        warnings.append(
            f"{run_dir / samples.FILE_NAME}: the last line was cut short ({len(lines.cut)} bytes) and is left out"
        )
    return Run(run_dir, environment, _frame(lines.records), warnings)


def _frame(records: list[dict[str, Any]]) -> pandas.DataFrame:
    fields = [name for name in samples.FIELDS if name != "figures"]
    columns: dict[str, list[Any]] = {name: [record[name] for record in records] for name in fields}
    parsed = {name: cases.parse(name) for name in dict.fromkeys(columns["case"])}
    of_rows = [parsed[name] for name in columns["case"]]
    columns["workload"] = [case.workload for case in of_rows]
    columns["implementation"] = [case.implementation for case in of_rows]
    for key in _union(case.keys for case in parsed.values()):
        columns[f"key_{key}"] = [case.keys.get(key) for case in of_rows]
    for name in _union(record["figures"] for record in records):
        if name in columns:
            raise HandoffError(f"figure '{name}' has the name of a field of the sample itself")
        columns[name] = [record["figures"].get(name, float("nan")) for record in records]
    return pandas.DataFrame(columns)


def _union(names: Iterable[dict[str, Any]]) -> list[str]:
    """All names, in the order in which they first appear."""
    seen: dict[str, None] = {}
    for some in names:
        seen.update(dict.fromkeys(some))
    return list(seen)
