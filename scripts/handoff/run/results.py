"""A run read back from its folder: what everything that is derived from a run starts with."""

from __future__ import annotations

import itertools
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas

from ..errors import HandoffError
from . import cases, control_kinds, samples, sampling, stamps
from .run_folder import ENVIRONMENT_NAME, read_environment
from .sampling import FULL_REPEATS, BlockRecord
from .stamps import Job
from .workload_shape import check_case, check_figures

# Of one run. Each is a column as long as the run has samples; no workload comes near these.
MOST_FIGURES = 500
MOST_SHAPES = 3000  # lists of figure names
MOST_KEYS = 100


@dataclass(frozen=True)
class Run:
    path: Path
    environment: dict[str, Any]
    # One row per sample, in the order of the file. Columns: the fields of a line (docs/samples.md) except
    # `figures`, which becomes a column per figure under its own name (NaN where a case has none); `workload`,
    # `implementation`, `control` (its kind; empty: none) and a text column `key_…` per key of the case name (None where a case has none).
    samples: pandas.DataFrame
    warnings: list[str] = field(default_factory=list)
    # What each block was to hold. A block that is not here, in a run from before this was recorded, holds all.
    plans: dict[int, BlockRecord] = field(default_factory=dict)
    # The download jobs that are to be drawn, by case. Empty in a run from before these were recorded.
    jobs: dict[str, Job] = field(default_factory=dict)

    def complete_blocks(self) -> list[int]:
        """The blocks that hold each planned trial. A partial block is never reported."""
        if self.samples.empty:
            return []
        kinds = control_kinds.of(self.environment.get("catalog", {}))
        everything = _trials(self.environment["cases"], kinds, FULL_REPEATS)
        planned = {block: _trials(plan.cases, kinds, plan.repeats) for block, plan in self.plans.items()}
        per_block = self.samples.groupby("block")["case"].agg(Counter)
        measured = {int(str(block)): trials for block, trials in per_block.items()}
        return [block for block, trials in measured.items() if trials >= planned.get(block, everything)]

    def complete_samples(self) -> pandas.DataFrame:
        """The rows of the complete blocks."""
        return self.samples[self.samples["block"].isin(self.complete_blocks())]


def _trials(names: Iterable[str], kinds: Mapping[str, str], repeats: int) -> Counter[str]:
    """How many trials of each case."""
    planned = control_kinds.trials([cases.parse(name, kinds) for name in names], repeats)
    return Counter(case.name for case, _ in planned)


def load(run_dir: Path) -> Run:
    """Reads a run. Raises HandoffError if it cannot be read or is of a version that is not known here; a last
    line that was cut short is left out and said in `warnings`."""
    if not run_dir.is_dir():
        raise HandoffError(f"run '{run_dir}': there is no such folder")
    environment = read_environment(run_dir / ENVIRONMENT_NAME)
    try:
        for name in environment["cases"]:
            _checked(name)
    except _Unfit as error:
        raise HandoffError(f"{run_dir / ENVIRONMENT_NAME}: {error}") from error
    table = _Table()
    path = run_dir / samples.FILE_NAME
    kinds = control_kinds.of(environment.get("catalog", {}))
    try:
        _, cut = samples.scan(path, table.add)
        frame = table.frame(kinds)
    except _Unfit as error:
        raise HandoffError(f"{path}: {error}") from error
    warnings = [f"{path}: the last line was cut short ({len(cut)} bytes) and is left out"] if cut else []
    planned, _ = sampling.read_blocks(run_dir / sampling.BLOCKS_NAME)
    jobs, _ = stamps.read(run_dir / stamps.FILE_NAME)
    return Run(run_dir, environment, frame, warnings, planned, jobs)


class _Unfit(Exception):
    """A sample that is one, and of which no report can be made."""


class _Table:
    """Samples as columns, filled one by one: records of a large run do not fit into memory side by side."""

    def __init__(self) -> None:
        self._rows = 0
        self._fields: dict[str, list[Any]] = {name: [] for name in samples.FIELDS if name != "figures"}
        # Per list of figure names, as they stand in a line: the rows that have it, and all their values.
        self._shapes: dict[tuple[str, ...], tuple[list[int], array[float]]] = {}
        self._figures: set[str] = set()
        self._texts: dict[str, str] = {}  # one copy of each text, however often it was read

    def add(self, record: Mapping[str, Any]) -> None:
        for name, column in self._fields.items():
            value = record[name]
            column.append(self._texts.setdefault(value, value) if type(value) is str else value)
        figures = record["figures"]
        if record["status"] == "ok":
            self._check_figures(record["case"].partition("/")[0], figures)
        shape = tuple(figures)
        if shape not in self._shapes:
            self._note_shape(shape)
        rows, values = self._shapes.setdefault(shape, ([], array("d")))
        rows.append(self._rows)
        values.extend(figures.values())
        self._rows += 1

    def _check_figures(self, workload: str, figures: Mapping[str, Any]) -> None:
        try:
            check_figures(workload, figures)
        except ValueError as error:
            raise _Unfit(f"sample {self._rows + 1}: {error}") from error

    def _note_shape(self, shape: tuple[str, ...]) -> None:
        self._figures.update(shape)
        for count, most, what in (
            (len(self._figures), MOST_FIGURES, "different figures"),
            (len(self._shapes) + 1, MOST_SHAPES, "different lists of figures"),
        ):
            if count > most:
                raise _Unfit(f"sample {self._rows + 1}: more than {most} {what} in one run")

    def frame(self, kinds: Mapping[str, str]) -> pandas.DataFrame:
        columns: dict[str, Any] = dict(self._fields)
        names = list(dict.fromkeys(columns["case"]))
        parsed = [cases.parse(_checked(name), kinds) for name in names]
        number = {name: index for index, name in enumerate(names)}
        which = np.array([number[name] for name in columns["case"]], dtype=np.intp)

        def spread(texts: Iterable[str | None]) -> npt.NDArray[np.object_]:
            return np.array(list(texts), dtype=object)[which]

        columns["workload"] = spread(case.workload for case in parsed)
        columns["implementation"] = spread(case.implementation for case in parsed)
        columns["control"] = spread(case.control for case in parsed)
        keys = _union(case.keys for case in parsed)
        if len(keys) > MOST_KEYS:
            raise _Unfit(f"more than {MOST_KEYS} different keys in the names of the cases")
        for key in keys:
            columns[f"key_{key}"] = spread(case.keys.get(key) for case in parsed)
        tables = [
            (shape, np.array(rows), np.array(values).reshape(len(rows), len(shape)))
            for shape, (rows, values) in self._shapes.items()
        ]
        for name in _union(self._shapes):
            if name in columns:
                raise _Unfit(f"figure '{name}' has the name of a field of the sample itself")
            columns[name] = np.full(self._rows, np.nan)
            for shape, rows, values in tables:
                if name in shape:
                    columns[name][rows] = values[:, shape.index(name)]
        return pandas.DataFrame(columns)


def _checked(name: str) -> str:
    try:
        check_case(name)
    except (HandoffError, ValueError) as error:
        raise _Unfit(str(error)) from error
    return name


def _union(names: Iterable[Iterable[str]]) -> list[str]:
    """All names, in the order in which they first appear."""
    return list(dict.fromkeys(itertools.chain.from_iterable(names)))
