"""report.html: one self-contained file from the summary and its figures."""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ..compare import memory
from ..proofs.table import ProofTable
from ..python import wording as python_wording
from ..run import cases
from ..statistics import interference, measures, stats, tails, usl
from . import effort, experiments, explorer_data, glossary, nearly_full, pitfalls, stalls, verdict_words
from .asked import Asked
from .figures import REGISTRY, Rendered
from .inline import Inliner

Json = dict[str, Any]

TEMPLATES = Path(__file__).parent / "templates"
FILE_NAME = "report.html"
EXPERIMENTS_NAME = "experiments.html"
DETAIL_FROM = 6  # environment lists longer than this are folded
MOST_LISTED = 40  # what else would be listed is told by its number: the table of all cases has it
MOST_TEXT = 2_000  # letters; what of the environment is longer stands in environment.json alone


def render(
    summary: Json,
    rendered: Iterable[Rendered],
    proofs: ProofTable | None = None,
    answers: Asked | None = None,
) -> str:
    """Without `answers` the page has no picker and no pairs."""
    rows = explorer_rows(summary)
    note_proofs(rows, proofs)
    rendered = list(rendered)
    template = environment().get_template("report.html.j2")
    return template.render(
        **shared(summary, proofs),
        figures=by_section(rendered),
        rows=rows,
        dimensions=dimensions(rows),
        most_rows=explorer_data.static_rows(len(rows)),
        most_listed=MOST_LISTED,
        flagged=[(group, one) for group in summary["groups"] for one in group["without_flagged"]],
        data=packed(explorer_data.build(rows)),
        picker=answers.shown if answers else None,
        duels=bool(answers and "duels" in answers.data),
        answers=packed(answers.data if answers else {}),
        experiments=experiments.any_measured(summary),
        glossary=glossary.read(),
        expected=[one for one in summary["failures"] if one["expected"]],
    )


def render_experiments(summary: Json, rendered: Iterable[Rendered]) -> str | None:
    """A page of their own; None where the run has nothing of them."""
    if not experiments.any_measured(summary):
        return None
    names = [one.name for one in rendered]
    anchors = experiments.anchors(names, summary["downloads"], bool(summary["pitfalls"]))
    template = environment().get_template("experiments.html.j2")
    return template.render(s=summary, page=FILE_NAME, experiments=experiments.section(summary, anchors))


def shared(summary: Json, proofs: ProofTable | None) -> dict[str, Any]:
    """What the templates of the page and of its short form both tell."""
    return {
        "s": summary,
        "env": summary["environment"],
        "citation": citation(summary),
        "fits": [one for one in summary["scaling"] if one["fit"]],
        "no_fit": usl.sentence(summary["scaling"]),
        "memory_reading": memory.READING,
        "python_wording": python_wording,
        "nearly_full_reading": nearly_full.READING,
        "stalls": stalls,
        "pitfalls_reading": pitfalls.READING,
        "proofs": proofs,
        "interference": interference.sentence(summary["interference"]),
        "sampling_blocks": effort.blocks(summary["sampling"]),
        "sampling_outcome": effort.outcome(summary["sampling"]),
        "failures": [one for one in summary["failures"] if not one["expected"]],
    }


def markdown_environment() -> jinja2.Environment:
    """The same for Markdown, which passes HTML on to whoever reads it. Once escaped, a text does not change again: some
    go through two macros."""
    found = environment()
    found.finalize = lambda value: value.replace("<", "&lt;") if type(value) is str else value
    return found


def environment() -> jinja2.Environment:
    """Everything that comes from a run is escaped; a name that a template misspells is an error."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(("html.j2", "html")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(figure=measures.text, times=measures.times, parameter=parameter)
    found.filters.update(median=median_of, extra=measures.extra, percent=measures.percent)
    found.globals.update(script=script)
    found.filters.update(term=glossary.anchor)
    found.filters.update(allocations=memory.allocations, failed=nearly_full.share, wide=effort.wide)
    found.filters.update(against_best=verdict_words.detail, not_known=verdict_words.not_known)
    found.filters.update(instead_of_best=verdict_words.instead_of_best, alike=verdict_words.alike)
    found.tests["long"] = lambda value: isinstance(value, (list, dict)) and len(str(value)) > MOST_TEXT
    found.tests["folded"] = lambda value: isinstance(value, (list, dict)) and len(value) >= DETAIL_FROM
    return found


def script(name: str) -> Markup:
    """A file of the page's script, as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def median_of(state: Json, unit: str) -> str:
    """A tail that is not known within a factor of 1.5 is no number."""
    return measures.text(state["median"], unit) if state["known"] else "not known"


def parameter(value: float) -> str:
    """A parameter of a fit; what is left of one that lies on its bound is nothing."""
    return f"{value:.3g}" if value >= 1e-9 else "0"


def by_section(rendered: Iterable[Rendered]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {spec.section: [] for spec in REGISTRY.values()}
    page = Inliner()
    for one in rendered:
        shown: Json = {"name": one.name, "question": one.question, "answer": one.answer}
        shown["svg"] = page.inline(one.svg, one.question)
        shown["goals"] = REGISTRY[one.name].goals if one.name in REGISTRY else ()
        found[one.section].append(shown)
    return found


def packed(value: Any) -> str:
    """JSON for a script of the page, packed by gzip, in base64: as text it would be most of the page."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    # The same time in each, so that a report that is rendered again is the same.
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")


def explorer_rows(summary: Json) -> list[Json]:
    """One row per case and regime; a case without any usable sample still has its row."""
    members = _members(summary)
    ranges = _ranges(summary)
    forms = cases.python_forms(summary["environment"].get("catalog", {}))
    rows: list[Json] = []
    anchored: set[str] = set()
    for case in sorted(summary["cases"], key=lambda one: (one["group"], one["implementation"], one["label"])):
        anchor = "" if case["group"] in anchored else f"group={case['group']}"
        anchored.add(case["group"])
        for state in case["regimes"] or [None]:
            rows.append(_explorer_row(case, state, members, ranges, anchor))
            if case["implementation"] in forms:
                rows[-1]["notes"] = ["Python" if note == "control" else note for note in rows[-1]["notes"]]
            anchor = ""
    return rows


def _members(summary: Json) -> dict[tuple[str, str], Json]:
    return {
        (group["id"], member["implementation"]): member
        for group in summary["groups"]
        for member in group["members"]
    }


def _ranges(summary: Json) -> dict[str, tuple[float, float]]:
    """Per workload and figure the span of all intervals: the scale of the small bars."""
    spans: dict[str, list[float]] = {}
    for case in summary["cases"]:
        for state in case["regimes"]:
            if state["median"] and state["low"] and state["high"]:
                spans.setdefault(_scale(case), []).extend((state["low"], state["high"]))
    return {name: (min(values), max(values)) for name, values in spans.items()}


def _scale(case: Json) -> str:
    return f"{case['workload']} {case['figure']}"


def _explorer_row(
    case: Json,
    state: Json | None,
    members: dict[tuple[str, str], Json],
    ranges: dict[str, tuple[float, float]],
    anchor: str,
) -> Json:
    known = state is not None and state["median"] is not None
    shown: Json = state if state is not None and known else {}
    found = members.get((case["group"], case["implementation"])) if known else None
    # A second label of a control has no verdict, though its implementation may.
    member: Json = found if found and case["label"] == case["implementation"] else {}
    multiple = shown.get("multiple") or {}
    cpu = shown.get("cpu_ns") or {}
    export = {
        "case": case["case"],
        "label": case["label"],
        "regime": shown.get("regime"),
        "n": shown.get("n", 0),
        "figure": case["figure"],
        "unit": case["unit"],
        **{name: shown.get(name) for name in ("median", "low", "high", "coverage")},
        "multiple": multiple.get("median"),
        "cpu_ns": cpu.get("median"),
        "outcome": member.get("outcome"),
        "ratio": member.get("ratio"),
        "more_blocks": member.get("more_blocks"),
        "resolvable": member.get("resolvable"),
    }
    return {
        "case": case,
        "state": shown,
        "anchor": anchor,
        "member": member,
        "multiple": multiple.get("median"),
        "cpu": cpu.get("median"),
        "percentile": measures.percentile(case["workload"], case["keys"]),
        "bar": _bar(shown, ranges[_scale(case)]) if known else None,
        "notes": _notes(case, shown),
        "export": export,
    }


def note_proofs(rows: list[Json], proofs: ProofTable | None) -> None:
    """No number without what is known of its correctness beside it."""
    for row in rows:
        note = proofs.note(row["case"]["implementation"]) if proofs else None
        row["notes"] += [note] if note else []


def _bar(state: Json, span: tuple[float, float]) -> Json:
    """Places in per cent on a logarithmic scale."""
    width = math.log(span[1] / span[0]) or 1.0
    low, middle, high = (100 * math.log(state[name] / span[0]) / width for name in ("low", "median", "high"))
    return {"low": round(low, 1), "middle": round(middle, 1), "width": round(high - low, 1)}


def _notes(case: Json, state: Json) -> list[str]:
    notes = ["control"] if case["control"] else []
    notes += ["oversubscribed"] if case["oversubscribed"] else []
    if state and state["coverage"] < stats.CONFIDENCE:
        notes.append("n < 6")
    elif state and state["unstable"]:
        notes.append(f"±{measures.percent(state['half_width'])}")
    notes += ["overloaded"] if state and state["figures"].get("overloaded") else []
    if state.get("flagged"):
        without = measures.text(state["median_without_flagged"], case["unit"])
        notes.append(f"{state['flagged']} flagged, {without} without")
    notes += ["interval by bootstrap"] if state.get("method") == tails.METHOD else []
    notes += ["above half of the no-op ceiling"] if state.get("above_half_ceiling") else []
    notes += [case["withheld"]] if case["withheld"] else []
    notes += [f"{count} {status}" for status, count in case["failed"].items()]
    notes += [f"{case['set_aside']} set aside"] if case["set_aside"] else []
    return notes


def dimensions(rows: list[Json]) -> dict[str, list[str]]:
    """What the explorer can be filtered by: each key of the case names with its values."""
    found: dict[str, set[str]] = {"workload": set(), "regime": set()}
    for row in rows:
        found["workload"].add(row["case"]["workload"])
        found["regime"].add(row["state"].get("regime") or "none")
        for key, value in row["case"]["keys"].items():
            found.setdefault(key, set()).add(value)
    return {key: sorted(values, key=_natural) for key, values in found.items() if len(values) > 1}


def _natural(value: str) -> tuple[int, int, str]:
    return (0, int(value), "") if value.isdigit() else (1, 0, value)


def citation(summary: Json) -> str:
    env = summary["environment"]
    build, machine = env.get("build", {}), env.get("machine", {})
    cpu = machine.get("cpu_model") or machine.get("model") or "see environment.json"
    warning = "" if summary["citable"] else "NOT CITABLE. "
    version = f" {build['version']}" if build.get("version") else ""
    return (
        f"{warning}handoff{version}, run {summary['run_id']}, method {summary['method']}, commit "
        f"{build.get('commit') or 'unknown'}, {cpu}, {str(env.get('started', ''))[:10]}."
    )
