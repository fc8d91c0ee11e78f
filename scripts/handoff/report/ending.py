"""What a campaign says at its end, on the terminal: what the run has answered, what it has not, and what to do next."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..statistics import measures, states
from ..statistics.outcomes import Outcome
from . import advice, stalls, verdict_words

Json = dict[str, Any]

WIDTH = 100
MOST_LINES = 5  # of a row of the decision table, its title among them
INDENT = "    "


def text(summary: Json, most_rows: int | None = None) -> str:
    """`most_rows`: for an excerpt, as many of what is answered."""
    rows = [row for row in summary["decisions"] if row["group"]]
    told = [*_head(summary), *_contradicted(summary), ""]
    answered = [row for row in rows if row["resolved"]]
    shown = answered[:most_rows]
    for row in shown:
        told += _row(row, summary)
    told += [f"… {len(answered) - len(shown)} more"] if len(shown) < len(answered) else []
    if unknown := [f"{row['title']} ({_wanted(row)})" for row in rows if not row["resolved"]]:
        told += _indented(f"Not known: {'; '.join(unknown)}.")
    return "\n".join(told).rstrip()


def is_open(summary: Json) -> bool:
    """Whether more of the same would tell more."""
    return not summary["citable"] or any(
        row["group"] and (row["not_known"] or not row["resolved"]) for row in summary["decisions"]
    )


def _head(summary: Json) -> list[str]:
    counts = summary["counts"]
    measured = f"{counts['trials']} trials in {counts['blocks_complete']} complete blocks"
    if summary["citable"]:
        return [*_indented(f"Citable: all controls passed. {measured}.")]
    told = [f"NOT CITABLE. {measured}."]
    for reason in summary["stamps"]:
        told += [*_indented(f"- {reason}"), *_indented(f"  What to do: {advice.on(reason)}.")]
    return told


def _contradicted(summary: Json) -> list[str]:
    """Queues whose declared progress the stops of their threads contradict."""
    found = stalls.contradictions(summary["stalls"])
    return [line for one in found for line in _indented(f"CONTRADICTED: {stalls.sentence(one)}.")]


# ---- a row -----------------------------------------------------------------------------------------------------


def _row(row: Json, summary: Json) -> list[str]:
    """Who is best, who may be, and the first who is not; the others are counted."""
    shown = _shown(row["members"])
    rest = Counter(one["outcome"] for one in row["members"] if one not in shown)
    cases = _cases(row, summary)
    regime = states.main_regime(cases.values())
    known = {one["regime"] for case in cases.values() for one in case["regimes"]}
    where = f", regime {regime}" if len(known) > 1 else ""
    over = f" over {row['queue']}" if row["queue"] else ""
    told = [_cut(f"{row['title']} ({row['measured']} measured{over}{where})")]
    width = max(len(one["implementation"]) for one in shown)
    for one in shown:
        value = _value(cases.get(one["case"]), regime, row["column"])
        ratio = measures.times(one["ratio"])
        told.append(
            _cut(f"{INDENT}{one['implementation']:<{width}}  {value:<18}  {ratio:>7}  {one['outcome']}")
        )
    if rest:
        told.append(INDENT + "and " + ", ".join(f"{count} {outcome}" for outcome, count in rest.items()))
    return told


def _cases(row: Json, summary: Json) -> dict[str, Json]:
    wanted = {one["case"] for one in row["members"]}
    own = [one for one in summary["cases"] if one["case"] in wanted and one["label"] == one["implementation"]]
    return {one["case"]: one for one in own}


def figure_of_best(row: Json, summary: Json) -> str:
    """Of the best one of a decision, in the regime that the terminal shows it in."""
    cases = _cases(row, summary)
    return _value(cases.get(row["members"][0]["case"]), states.main_regime(cases.values()), row["column"])


def _shown(members: Sequence[Json]) -> list[Json]:
    """As many as there is room for; the first that is shown slower is one of them."""
    rank = {Outcome.SLOWER.value: 2, Outcome.EQUIVALENT.value: 0}
    ordered = [members[0], *sorted(members[1:], key=lambda one: rank.get(one["outcome"], 1))]
    room = MOST_LINES - 1
    if len(ordered) <= room:
        return ordered
    shown = ordered[: room - 1]
    slower = next((one for one in ordered if one["outcome"] == Outcome.SLOWER.value), None)
    if slower is not None and slower not in shown:
        shown[-1] = slower
    return shown


def _value(case: Json | None, regime: str, column: str) -> str:
    """What is ranked, with its interval: 127 ns ± 2%."""
    state = states.state_of(case, regime) if case else None
    if state is None or case is None:
        return ""
    figure, unit = (state["cpu_ns"], "ns") if column == "log_cpu" else (state, case["unit"])
    if not figure or not figure["median"] or figure["low"] is None:
        return ""
    if figure is state and not state["known"]:
        return "p99 not known"
    half = (figure["high"] - figure["low"]) / 2 / figure["median"]
    return f"{measures.text(figure['median'], unit)} ± {measures.percent(half)}"


def _wanted(row: Json) -> str:
    """What it would take to know more of a row that nothing is shown of."""
    more = [one["more_blocks"] for one in row["not_known"] if one["more_blocks"] is not None]
    told = verdict_words.wanted({"more_blocks": min(more, default=None)})
    if not row["not_known"]:
        told = "their order depends on the regime"
    return f"{row['measured']} candidates; {told}"


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def _indented(line: str) -> Iterable[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent=INDENT, break_on_hyphens=False)
