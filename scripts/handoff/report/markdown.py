"""report.md: the same report in short, for a repository or a pull request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..proofs.table import ProofTable
from ..statistics import measures
from . import experiments, page
from .figures import Rendered

Json = dict[str, Any]
FILE_NAME = "report.md"
HEADLINES = 12  # members shown per group; the page has them all


def render(summary: Json, rendered: Iterable[Rendered], proofs: ProofTable | None = None) -> str:
    template = page.markdown_environment().get_template("report.md.j2")
    return template.render(
        **page.shared(summary, proofs),
        figures=page.by_section(rendered),
        experiments=experiments.section(summary, {}),
        groups=_headline_groups(summary),
        unstable=[cell for cell in summary["sampling"]["unstable"] if cell["headline"]],
        shown=HEADLINES,
    )


def _headline_groups(summary: Json) -> list[Json]:
    """The groups that the decision table rests on, each once, with the medians of the commonest regime."""
    known = {group["id"] for group in summary["groups"]}  # bytes have a table of their own
    wanted = list(dict.fromkeys(row["group"] for row in summary["decisions"] if row["group"] in known))
    by_id = {group["id"]: group for group in summary["groups"]}
    return [_group(summary, by_id[name]) for name in wanted]


def _group(summary: Json, group: Json) -> Json:
    from .figures import data  # matplotlib is only needed where figures are

    cases = {case["implementation"]: case for case in summary["cases"] if case["group"] == group["id"]}
    members = group["members"]
    regime = data.main_regime(summary, [cases[member["implementation"]] for member in members])
    rows = [
        {**member, "state": state}
        for member in members
        if (state := data.state_of(cases[member["implementation"]], regime)) is not None
    ]
    percentile = measures.percentile(group["workload"], group["keys"])
    head = f"median {percentile}" if percentile else "median"
    return {**group, "regime": data.regime_text(summary, regime), "rows": rows, "head": head}
