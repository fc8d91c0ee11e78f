"""Every view of one run shows the verdicts of the one function that decides them, and nothing else."""

from __future__ import annotations

import html
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.report import asked, documents, duels, figures, markdown, page, summary
from handoff.report.evidence import Evidence
from handoff.run import results
from handoff.statistics import controls, pairs, verdicts
from handoff.statistics.outcomes import Outcome
from handoff.statistics.prepared import prepare
from handoff.statistics.verdicts import BEST, Standing

Json = dict[str, Any]

GROUP = "ping_pong/queues:2/wait:spin/report:mean"
TITLE = "Round trip, one producer, one consumer"
WORDS = {BEST, *(outcome.value for outcome in Outcome)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = Spec(blocks=8, noise=0.12, workloads=("ping_pong", "core_to_core"), places=(49.0, 98.0))
    return synthetic_run.write(tmp_path_factory.mktemp("views") / "run", spec)


@pytest.fixture(scope="module")
def decided(folder: Path) -> Standing:
    """By the function itself, from the samples."""
    run = results.load(folder)
    rows = prepare(run.complete_samples()).usable
    known = controls.names(run.environment["catalog"])
    rows = rows[(rows["group"] == GROUP) & ~rows["implementation"].isin(known)]
    found = verdicts.against_best(pairs.of_rows(rows[rows["label"] == rows["implementation"]]))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def found(folder: Path) -> Json:
    return summary.build(results.load(folder))


@pytest.fixture(scope="module")
def outcomes(decided: Standing) -> dict[str, str]:
    told = {member.name: member.outcome for member in decided.members}
    assert {BEST, "slower", "not known"} <= set(told.values()), "the run shows something to compare"
    return told


def test_the_summary(found: Json, outcomes: dict[str, str]) -> None:
    group = next(one for one in found["groups"] if one["id"] == GROUP)
    assert {member["implementation"]: member["outcome"] for member in group["members"]} == outcomes


def test_the_explorer(found: Json, outcomes: dict[str, str]) -> None:
    rows = [row for row in page.explorer_rows(found) if row["case"]["group"] == GROUP and row["member"]]
    assert {row["case"]["implementation"] for row in rows} == set(outcomes)
    assert all(row["export"]["outcome"] == outcomes[row["case"]["implementation"]] for row in rows)
    text = page.render(found, [])
    workload, *keys = GROUP.split("/")
    start = f"<td>{workload}</td><td><code>"
    seen = {}
    for line in text[text.index('<table class="explore"') :].split("<tr")[1:]:
        name = re.search(rf"{start}(.*?)</code></td><td class=\"keys\">{' '.join(keys)} </td>", line)
        if name and html.unescape(name[1]) in outcomes:
            assert f"<td>{outcomes[name[1]]}<small>" in line
            seen[name[1]] = line
    assert set(seen) == set(outcomes)


def test_the_figure(found: Json, outcomes: dict[str, str]) -> None:
    drawn = figures.required("ping_pong_headline", found)
    texts = [
        html.unescape(one).strip() for one in re.findall(r"<text[^>]*>(.*?)</text>", drawn.svg, re.DOTALL)
    ]
    shown = [one for one in texts if one in WORDS]
    group = next(one for one in found["groups"] if one["id"] == GROUP)
    assert shown == [outcomes[member["implementation"]] for member in group["members"]]


@pytest.fixture(scope="module")
def answers(folder: Path, found: Json) -> Json:
    return asked.build(Evidence(results.load(folder)), found, None).data


def test_the_picker(answers: Json, outcomes: dict[str, str]) -> None:
    told = answers["picker"]
    goal = told["goals"]["round_trip"]
    at = next(i for i, one in enumerate(goal["settings"]) if one["group"] == GROUP)
    # The answer among all that were measured there.
    answer = goal["answers"][f"{at}|{goal['settings'][at]['measured']}"]
    shown = {told["names"][name]: told["texts"][outcome] for name, _, _, outcome in answer["lines"]}
    assert shown == outcomes


def test_a_against_b(answers: Json, outcomes: dict[str, str]) -> None:
    """Against the best one each pair has the word that each other view has."""
    pairs = answers["duels"]
    setting = next(one for one in pairs["settings"] if one["group"] == GROUP)
    names = [pairs["names"][at] for at in setting["members"]]
    best = next(name for name, outcome in outcomes.items() if outcome == BEST)
    turned = {"faster": "slower", "slower": "faster"}
    shown = {}
    for at, (one, other) in enumerate(combinations(names, 2)):
        word = pairs["words"][duels.DIGITS.index(setting["pairs"][at])]
        if best in (one, other):
            shown[one if other == best else other] = word if other == best else turned.get(word, word)
    assert shown == {name: outcome for name, outcome in outcomes.items() if name != best}


def test_the_decision_cell(found: Json, decided: Standing) -> None:
    row = next(row for row in found["decisions"] if row["title"] == TITLE)
    assert row["group"] == GROUP
    assert row["best"] == decided.tied
    assert row["slower"] == decided.named(Outcome.SLOWER)
    assert row["by_regime"] == decided.named(Outcome.REGIME_DEPENDENT)
    assert [one["implementation"] for one in row["not_known"]] == decided.named(Outcome.NOT_KNOWN)
    cells = page.render(found, []).partition('<table class="decide">')[2].partition("</table>")[0]
    cell = cells[cells.index(TITLE) :].partition("<td>")[2].partition("</td>")[0]
    assert re.findall(r'<code class="name">(.*?)</code>', cell) == decided.tied
    for name in decided.named(Outcome.NOT_KNOWN):
        assert name in cell.partition("not known against it: ")[2]


def test_the_short_form_and_the_readme(found: Json, decided: Standing, outcomes: dict[str, str]) -> None:
    text = markdown.render(found, [])
    lines = text.partition(f"## `{GROUP}`")[2].partition("\n## ")[0].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    told = {row[0]: row[5] for row in rows if row[0] in outcomes}
    assert told and told == {name: outcomes[name] for name in told}
    line = next(line for line in documents.which_queue(found, "r").splitlines() if TITLE in line)
    assert re.findall(r"`(.*?)`", line) == decided.tied


def test_no_view_says_that_what_is_not_known_is_a_tie(found: Json) -> None:
    text = page.render(found, []) + markdown.render(found, [])
    assert not re.search(
        r"\b(tied|ties|unresolved)\b", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    )
