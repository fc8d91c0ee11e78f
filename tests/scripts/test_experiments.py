"""The table of experiments: sound, about cases that exist, and shown with what a run measured."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from conftest import ROOT
from synthetic_run import Spec

from handoff.campaign import catalog
from handoff.campaign.runner import Settings
from handoff.errors import HandoffError
from handoff.report import experiments, figures, markdown, page, summary
from handoff.run import results

Json = dict[str, Any]

ENTRY = """
[polling]
source = "Poll."
here = "spin"
cases = ['ping_pong/mutex_ring/queues:2/wait:spin/.*']
figures = ["cpu_s"]
see = ["ping_pong_headline", "downloads-ends"]
shows = "That it can be done."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "experiments.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_experiment_points_to_what_there_is() -> None:
    table = experiments.read()
    documented = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "samples.md").read_text(encoding="utf-8")))
    for one in table:
        assert set(one.see) <= {*figures.REGISTRY, *experiments.ANCHORS}, one.name
        assert {re.sub(r"_\d+$", "", name) for name in one.figures} <= documented, one.name
    assert len(table) > 10


@pytest.mark.skipif("HANDOFF_BUILD" not in os.environ, reason="CTest says where the benchmarks are")
def test_each_experiment_is_about_cases_that_exist() -> None:
    built = catalog.load(Path(os.environ["HANDOFF_BUILD"]), Settings())
    names = [case.name for case in built.cases]
    for one in experiments.read():
        for pattern in one.cases:
            assert any(pattern.fullmatch(name) for name in names), (one.name, pattern.pattern)


@pytest.mark.parametrize(
    "change, message",
    [
        (('here = "spin"', 'hear = "spin"'), "unknown key of experiment 'polling' 'hear'"),
        (('here = "spin"', "here = 1"), "experiment 'polling': 'here' is 1; valid: a str"),
        (('figures = ["cpu_s"]', ""), "experiment 'polling': 'figures' is None; valid: a list"),
        (("queues:2", "(queues:2"), "'cases' has no sound expression"),
        (("[polling]", "[polling"), "cannot be read"),
    ],
)
def test_an_unsound_table_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(HandoffError, match=re.escape(message)):
        experiments.read(written(tmp_path, ENTRY.replace(*change)))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    spec = Spec(blocks=6, places=(49.0,), drifting=0.0, queues=("mutex_ring", "boost_queue"), counters=())
    return summary.build(results.load(synthetic_run.write(tmp_path_factory.mktemp("experiments"), spec)))


def test_an_experiment_shows_its_cases_and_links_what_the_page_has(found: Json, tmp_path: Path) -> None:
    anchors = experiments.anchors(["ping_pong_headline"], found["downloads"])
    (one,) = experiments.section(found, anchors, experiments.read(written(tmp_path, ENTRY)))
    assert one["see"] == [("ping_pong_headline", "figure-ping_pong_headline")]  # no pool was ended here
    assert [row["case"]["case"] for row in one["rows"]] == [
        "ping_pong/mutex_ring/queues:2/wait:spin/report:distribution",
        "ping_pong/mutex_ring/queues:2/wait:spin/report:mean",
    ]
    assert [row["values"] for row in one["rows"]] == 2 * [[("cpu_s", "100 ms")]]
    assert one["more"] == 0


def test_the_page_has_every_experiment_measured_or_not(found: Json) -> None:
    section = page.render_experiments(found, [])
    assert section is not None and 'href="experiments.html"' in page.render(found, [])
    for one in experiments.read():
        assert section.count(f'id="experiment-{one.name}"') == 1

    def entry(name: str) -> str:
        return section[section.index(f'id="experiment-{name}"') :].partition("<h3")[0]

    polled = entry("two_queues_polled")
    assert "ping_pong/<wbr>mutex_ring/<wbr>queues:2" in polled and "Not in this run" not in polled
    assert "Not in this run" in entry("racing_list")


def test_the_short_report_has_the_experiments_that_were_measured(found: Json) -> None:
    text = markdown.render(found, [])
    section = text[text.index("## The experiments") : text.index("## What is proven?")]
    measured = [one for one in experiments.section(found, {}) if one["rows"]]
    assert 0 < len(measured) == section.count("### ") < len(experiments.read())
    for one in measured:
        row = one["rows"][0]["case"]["case"]
        paragraph = section[section.index(f"### {one['source']}") :].partition("\n### ")[0]
        assert one["shows"] in paragraph and f"| `{row}` | " in paragraph
    nothing = found | {"cases": [], "decisions": []}
    assert "## The experiments" not in markdown.render(nothing, [])
    assert page.render_experiments(nothing, []) is None
    assert "experiments.html" not in page.render(nothing, [])


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("lost_updates", 1234.0, "1234"),
        ("active_s_0", 0.0312, "31.2 ms"),
        ("items_per_second", 2.5e6, "2.50 M/s"),
        ("p99_ns", 1500.0, "1.50 µs"),
        ("peak_resident_bytes", 2.0**21, "2.00 MiB"),
        ("bytes_per_second", 2.0**21, "2.00 MiB/s"),
        ("efficiency", 0.9612, "0.961"),
        ("overtakes", None, "–"),
    ],
)
def test_a_figure_has_the_unit_of_its_name(name: str, value: float | None, text: str) -> None:
    assert experiments.figure_text(name, value) == text
