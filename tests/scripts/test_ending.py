"""What a campaign says at its end is what its report says, in fewer words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.report import ending, summary
from handoff.run import results

Json = dict[str, Any]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    spec = Spec(blocks=8, counters=("mutex_counter",))
    return summary.build(results.load(synthetic_run.write(tmp_path_factory.mktemp("ending") / "run", spec)))


def test_each_row_is_answered_or_named_as_not_known(found: Json) -> None:
    told = ending.text(found)
    assert all(len(line) <= ending.WIDTH for line in told.splitlines())
    flat = " ".join(told.split())
    answered, unknown = flat.split(" Not known: ")
    rows = [row for row in found["decisions"] if row["group"]]
    assert {row["resolved"] for row in rows} == {True, False}
    for row in rows:
        if row["resolved"]:
            assert f"{row['title']}: {row['best'][0]}" in answered and row["title"] not in unknown
            if row["next"]:
                worse, ratio = row["next"]["implementation"], row["next"]["ratio"]
                assert f"{worse} costs {ratio:.2f} × as much" in answered
        else:
            assert f"{row['title']} ({row['measured']} candidates)" in unknown
            assert f"{row['title']}:" not in answered


def test_the_first_line_says_whether_it_can_be_cited(found: Json) -> None:
    counts = found["counts"]
    measured = f"{counts['trials']} trials in {counts['blocks_complete']} complete blocks."
    sound = found | {"citable": True, "stamps": []}
    assert ending.text(sound).splitlines()[0] == f"Citable: all controls passed. {measured}"
    flawed = found | {"citable": False, "stamps": ["dirty build", "A/A failed"]}
    assert ending.text(flawed).splitlines()[0] == f"NOT CITABLE: dirty build; A/A failed. {measured}"


def test_a_run_that_answers_nothing_says_no_more(found: Json) -> None:
    unasked = found | {"decisions": [row | {"group": None} for row in found["decisions"]]}
    assert len(ending.text(unasked).splitlines()) == 1
