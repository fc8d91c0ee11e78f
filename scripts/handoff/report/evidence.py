"""A run as a question needs it: its trials, its settings, and whether it may be cited."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..campaign.nearest import Setting
from ..errors import HandoffError
from ..run.results import Run
from ..statistics import controls, interference, pairs, states, withheld
from ..statistics.prepared import Prepared, prepare
from . import effort

Json = dict[str, Any]

SPEC = ("name", "producers", "consumers", "bound", "push", "pop", "delivery")


@dataclass(frozen=True)
class Evidence:
    run: Run
    # What many questions ask of one setting, by the setting and the column.
    _compared: dict[tuple[str, str], pairs.Group] = field(default_factory=dict, repr=False, compare=False)
    _known: dict[str, dict[str, list[Json]]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def catalog(self) -> Json:
        return dict(self.run.environment.get("catalog", {}))

    @cached_property
    def queues(self) -> list[Json]:
        """With all that candidates are chosen by."""
        found = list(self.catalog.get("queues", []))
        for entry in found:
            if lacking := [key for key in SPEC if key not in entry]:
                name = entry.get("name", "without a name")
                raise HandoffError(
                    f"run '{self.run.path}': the queue {name} of its catalog lacks {', '.join(lacking)}"
                )
        return found

    @cached_property
    def prepared(self) -> Prepared:
        return prepare(self.run.samples)

    @cached_property
    def blocks(self) -> list[int]:
        return self.run.complete_blocks()

    @cached_property
    def usable(self) -> pd.DataFrame:
        """Trials of complete blocks that figures are made of."""
        good = self.prepared.usable
        marked, _ = interference.mark(good[good["block"].isin(self.blocks)])
        return marked

    @cached_property
    def stamps(self) -> list[str]:
        """Why it must not be cited."""
        outcomes = controls.check(self.prepared.samples, self.usable)
        return controls.stamps(self.run.environment, outcomes, len(self.blocks))

    @cached_property
    def withheld(self) -> dict[str, str]:
        """By implementation, why it has no figures."""
        return {name: one.reason for name, one in withheld.find(self.prepared.samples).items()}

    @cached_property
    def settings(self) -> list[Setting]:
        """What was measured, and of what there are figures."""
        entrants = self.usable[self.usable["control"] == ""]
        if entrants.empty:
            return []
        offered = (
            entrants.groupby("group")["offered_per_second"].median()
            if "offered_per_second" in entrants
            else pd.Series(dtype=float)
        )
        found = []
        for name, rows in entrants.groupby("group"):
            case = self.prepared.cases[rows["case"].iloc[0]]
            rate = float(offered.get(name, np.nan))
            share = case.keys.get("rate", "").endswith("%") and np.isfinite(rate)
            measured = frozenset(map(str, rows["implementation"].unique()))
            found.append(Setting(str(name), case.workload, case.keys, measured, rate if share else None))
        return found

    def tried(self, group: str) -> set[str]:
        """The implementations that were run in a setting, whatever came of it."""
        samples = self.prepared.samples
        return set(samples["implementation"][samples["group"] == group])

    def rows(self, group: str, names: Collection[str] | None = None) -> pd.DataFrame:
        """The trials of a setting, of these implementations, under their own label."""
        own = self._entrants.get(group, self.usable.iloc[:0])
        return own if names is None else own[own["implementation"].isin(names)]

    @cached_property
    def _entrants(self) -> dict[str, pd.DataFrame]:
        """By setting, the trials of those that compete, under their own label."""
        own = self.usable[self.usable["label"] == self.usable["implementation"]]
        return {str(name): rows for name, rows in own[own["control"] == ""].groupby("group")}

    def compared(self, group: str, column: str) -> pairs.Group:
        """All that were measured in a setting against each other."""
        key = (group, column)
        if key not in self._compared:
            self._compared[key] = pairs.of_rows(self.rows(group), column)
        return self._compared[key]

    def known(self, group: str) -> dict[str, list[Json]]:
        """The figures in each regime of all that were measured in a setting."""
        if group not in self._known:
            self._known[group] = self.states(self.rows(group))
        return self._known[group]

    def states(self, rows: pd.DataFrame) -> dict[str, list[Json]]:
        """Of each implementation of a setting its figures in each regime."""
        precision = effort.precision(self.run.environment)
        found = states.find(rows, self.prepared.measures, precision)
        return {self.prepared.cases[case].implementation: known for (case, _), known in found.items()}
