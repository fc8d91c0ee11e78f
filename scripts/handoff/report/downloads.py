"""The download strategies in tables: what each costs, what keeping the order costs, how many documents under
way are enough, what a stage of a pipeline costs by itself, and what a pool leaves behind when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from ..run import cases, strategies
from ..run.stamps import Job
from ..statistics import states
from ..statistics.stats import median_interval

Json = dict[str, Any]
Cells = list[tuple[Json, Json]]  # a case, and its state in the regime of its table

# What cases have in common that are compared.
_SETTING = ("items", "latency", "ms", "failures", "bandwidth", "time", "transport")

# Whatever is shown of a strategy beside its makespan.
_FIGURES = (
    "bytes_per_second",
    "first_result_s",
    "p50_ns",
    "p99_ns",
    "active_s",
    "waiting_s",
    "cpu_s",
    "voluntary_switches",
    "involuntary_switches",
    "peak_threads",
    "peak_resident_bytes",
    "retries",
    "failed",
    "lost_items_per_second",
    "left_behind",
)

_TABLES = ("settings", "order", "numbers", "stages", "ends", "jobs")
_KEEPING = (strategies.ORDERED, strategies.BUFFERED)
_STAGES = (strategies.POOL, strategies.CLOSED_POOL, strategies.COUNTED_POOL)
_ENDS = (strategies.FLAGGED_POOL, strategies.POOL, strategies.CLOSED_POOL, strategies.COUNTED_POOL)


def tables(rows: list[Json], usable: pd.DataFrame, queues: Iterable[str], jobs: Iterable[Job] = ()) -> Json:
    """All of them, by setting: those with most strategies first. `rows` are the cases of the summary,
    `usable` the trials behind them, `jobs` those that are to be drawn."""
    names = list(queues)
    mine = [row for row in rows if row["workload"] == strategies.WORKLOAD and row["regimes"]]
    if not mine:
        return {name: [] for name in _TABLES}
    makespans = _Makespans(usable)
    settings = [_Setting(found, names, makespans) for found in _by_setting(mine)]
    return {
        "settings": [one.described() | {"members": one.members()} for one in settings],
        "order": [row for one in settings for row in one.order()],
        "numbers": [one.described() | numbers for one in settings if (numbers := one.numbers())],
        "stages": [one.described() | stages for one in settings if (stages := one.stages())],
        "ends": [one.described() | {"members": ends} for one in settings if (ends := one.ends())],
        "jobs": [_drawn(job) for job in jobs if job.is_sound],
    }


def _drawn(job: Job) -> Json:
    case = cases.parse(job.case)
    return {"implementation": case.implementation, "setting": case.keys, "documents": job.documents}


def _by_setting(rows: list[Json]) -> list[list[Json]]:
    found: dict[tuple[str, ...], list[Json]] = {}
    for row in rows:
        found.setdefault(tuple(row["keys"].get(key, "") for key in _SETTING), []).append(row)
    most = sorted(
        found, key=lambda setting: (-len({row["implementation"] for row in found[setting]}), setting)
    )
    return [found[setting] for setting in most]


class _Makespans:
    """Of each case, by block and regime: what is compared is compared within these."""

    def __init__(self, usable: pd.DataFrame) -> None:
        wanted = usable[usable["case"].str.startswith(f"{strategies.WORKLOAD}/")]
        self._of = {
            case: trials.groupby(["block", "regime"])["value"].median()
            for case, trials in wanted.groupby("case")
        }

    def interval(self, case: str, each: Callable[[Any], Any] = lambda makespan: makespan) -> Json | None:
        return _known(each(self._of[case]))

    def paired(self, one: str, other: str, each: Callable[[Any, Any], Any]) -> Json | None:
        """The median over the blocks of what `each` makes of the two makespans."""
        both = pd.concat([self._of[one], self._of[other]], axis=1, keys=["one", "other"]).dropna()
        return _known(each(both["one"], both["other"]))


def _known(values: "pd.Series[float]") -> Json | None:
    found = median_interval(values.to_numpy(float))
    if not found.n:
        return None
    return {"median": found.estimate, "low": found.low, "high": found.high, "n": found.n}


class _Setting:
    """The cases of one list of documents."""

    def __init__(self, rows: list[Json], queues: list[str], makespans: _Makespans) -> None:
        self._queues = queues
        self._makespans = makespans
        self._regime = states.main_regime(rows)
        found = ((row, states.state_of(row, self._regime)) for row in rows)
        self._cells: Cells = [(row, state) for row, state in found if state is not None]
        self._keys = {key: rows[0]["keys"][key] for key in _SETTING if key in rows[0]["keys"]}
        self._items = int(rows[0]["keys"]["items"])

    def described(self) -> Json:
        return {"setting": self._keys, "regime": self._regime}

    def members(self) -> list[Json]:
        """By how many are under way, then nearest to the bound first."""
        found = [
            {
                "implementation": row["implementation"],
                "n": int(row["keys"]["n"]),
                "trials": state["n"],
                "makespan": _interval_of(state),
                "share": state["figures"]["bound_s"] / state["median"],
                "items": self._items,
                "figures": {name: state["figures"].get(name) for name in _FIGURES},
            }
            for row, state in self._cells
        ]
        return sorted(found, key=lambda one: (one["n"], -one["share"], one["implementation"]))

    def order(self) -> list[Json]:
        """What windows that keep the order do less in a second than one that does not, block by block."""
        by_case = {(row["implementation"], row["keys"]["n"]): (row, state) for row, state in self._cells}
        numbers = sorted({n for name, n in by_case if name == strategies.UNORDERED}, key=int)
        return [
            self.described()
            | {"n": int(n), "rate": self._items / by_case[strategies.UNORDERED, n][1]["median"]}
            | {"windows": windows}
            for n in numbers
            if (windows := [self._window(by_case, name, n) for name in _KEEPING if (name, n) in by_case])
        ]

    def _window(self, by_case: dict[tuple[str, str], tuple[Json, Json]], name: str, n: str) -> Json:
        (row, state), (other, _) = by_case[name, n], by_case[strategies.UNORDERED, n]
        return {
            "implementation": name,
            "rate": self._items / state["median"],
            "lost": self._makespans.paired(
                other["case"], row["case"], lambda free, kept: self._items / free - self._items / kept
            ),
            "share": self._makespans.paired(other["case"], row["case"], lambda free, kept: 1 - free / kept),
            "by_stamps": state["figures"].get("lost_items_per_second"),
        }

    def numbers(self) -> Json | None:
        """The model beside what the pool with most numbers under way made; None where it has only one."""
        by_name: dict[str, Cells] = {}
        for row, state in self._cells:
            pool = strategies.pool_of(row["implementation"], self._queues)
            if pool is not None and pool[0] == strategies.POOL and _is_modelled(state["figures"]):
                by_name.setdefault(row["implementation"], []).append((row, state))
        most = max(sorted(by_name), key=lambda name: len(by_name[name]), default=None)
        if most is None or len(by_name[most]) < 2:
            return None
        cells = sorted(by_name[most], key=lambda cell: int(cell[0]["keys"]["n"]))
        figures = cells[-1][1]["figures"]
        return {
            "implementation": most,
            "document_s": figures["document_s"],
            "enough": figures["enough_n"],
            "rows": [self._modelled(row, state) for row, state in cells],
        }

    def _modelled(self, row: Json, state: Json) -> Json:
        n, figures = int(row["keys"]["n"]), state["figures"]
        rates = {
            name: self._items / figures[figure] if figures[figure] > 0 else None
            for name, figure in (("cpu", "bound_cpu_s"), ("link", "bound_bandwidth_s"))
        }
        return {
            "n": n,
            "rates": {"number": n / figures["document_s"], **rates},
            "model": self._items / figures["bound_s"],
            "limit": _limit(n, self._items, figures),
            "measured": self._items / state["median"],
            "low": self._items / state["high"],
            "high": self._items / state["low"],
            "share": figures["bound_s"] / state["median"],
            "trials": state["n"],
        }

    def stages(self) -> Json | None:
        """Where there is nothing to wait for and one worker: what a queue between the list and it adds to a
        document, over doing it all in one thread; the cheapest queue first."""
        if self._keys.get("ms") != "0":
            return None
        one_worker = {row["implementation"]: row for row, _ in self._cells if row["keys"]["n"] == "1"}
        alone = one_worker.pop(strategies.SEQUENTIAL, None)
        if alone is None:
            return None
        found: dict[str, Json] = {}
        for name, row in one_worker.items():
            pool = strategies.pool_of(name, self._queues)
            if pool is not None and pool[0] != strategies.FLAGGED_POOL:
                added = self._added_ns(row["case"], alone["case"])
                found.setdefault(pool[1], {"queue": pool[1]})[pool[0]] = added
        members = [one for one in found.values() if any(one.get(kind) for kind in _STAGES)]
        if not members:
            return None
        alone_ns = self._makespans.interval(alone["case"], lambda makespan: 1e9 * makespan / self._items)
        return {"alone_ns": alone_ns, "members": sorted(members, key=_cheapest)}

    def _added_ns(self, case: str, alone: str) -> Json | None:
        return self._makespans.paired(case, alone, lambda pool, one: 1e9 * (pool - one) / self._items)

    def ends(self) -> list[Json]:
        """The pools over one queue that is ended in several ways, one of which leaves documents behind."""
        pools = [
            (*pool, row, state)
            for row, state in self._cells
            if (pool := strategies.pool_of(row["implementation"], self._queues)) is not None
        ]
        shown = {
            (queue, row["keys"]["n"]) for kind, queue, row, _ in pools if kind == strategies.FLAGGED_POOL
        }
        return [
            {
                "end": kind,
                "implementation": row["implementation"],
                "n": int(row["keys"]["n"]),
                "makespan": _interval_of(state),
                "left_behind": state["figures"].get("left_behind"),
                "trials": state["n"],
            }
            for kind, queue, row, state in sorted(pools, key=lambda one: _ENDS.index(one[0]))
            if (queue, row["keys"]["n"]) in shown
        ]


def _is_modelled(figures: Json) -> bool:
    """Not in the runs of before there was a model."""
    parts = ("bound_s", "document_s", "bound_cpu_s", "bound_bandwidth_s", "enough_n")
    return all(name in figures for name in parts) and figures["document_s"] > 0 and figures["bound_s"] > 0


def _interval_of(state: Json) -> Json:
    return {name: state[name] for name in ("median", "low", "high")}


def _cheapest(member: Json) -> tuple[float, str]:
    return min(member[kind]["median"] for kind in _STAGES if member.get(kind)), member["queue"]


def _limit(n: int, items: int, figures: Json) -> str:
    """Which part of the bound is the longest."""
    parts = {
        "cpu": figures["bound_cpu_s"],
        "link": figures["bound_bandwidth_s"],
        "number": items * figures["document_s"] / n,
    }
    longest = max(parts, key=lambda name: float(parts[name]))
    # The longest document is no part by itself: the bound is longer than all of them.
    return longest if parts[longest] >= figures["bound_s"] * (1 - 1e-6) else "longest"
