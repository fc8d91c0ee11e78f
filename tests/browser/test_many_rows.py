"""A page of 20,000 cases builds at its start no more than one of a few hundred, and reads them when they are asked for."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import synthetic_run
from conftest import Browser
from synthetic_run import Spec

from handoff.report import asked, explorer_data, page, summary
from handoff.report.evidence import Evidence
from handoff.run import results

ROWS = 20_000
AT_ONCE = 200  # templates/explorer.js
# Counts how often something of the page is unpacked.
COUNTING = """
window.unpacked = 0;
window.DecompressionStream = class extends DecompressionStream { constructor(kind) { super(kind); window.unpacked += 1; } };
"""
DRAWN = "return document.querySelectorAll('#table tbody tr').length"
NODES = "return document.getElementsByTagName('*').length"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same run with its own cases, and with so many copies of them that there are 20,000 rows."""
    folder = tmp_path_factory.mktemp("many")
    run = results.load(synthetic_run.write(folder / "run", Spec(blocks=6)))
    found = summary.build(run)
    answers = asked.build(Evidence(run), found, None)
    few, many = folder / "few.html", folder / "many.html"
    few.write_text(page.render(found, [], None, answers), encoding="utf-8")
    own = found["cases"]
    copies = ROWS // len(page.explorer_rows(found)) + 1
    found["cases"] = [_numbered(one, number) for number in range(copies) for one in own]
    assert len(page.explorer_rows(found)) >= ROWS
    many.write_text(page.render(found, [], None, answers), encoding="utf-8")
    return few, many


def _numbered(case: dict[str, object], number: int) -> dict[str, object]:
    told = copy.copy(case)
    told |= {"case": f"{case['case']}/copy:{number}", "group": f"{case['group']}/copy:{number}"}
    told["keys"] = {**case["keys"], "copy": str(number)}  # type: ignore[dict-item]
    return told


def test_the_start_builds_no_more_of_many(browser: Browser, pages: tuple[Path, Path]) -> None:
    few, many = pages
    script = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNTING})
    try:
        seen = []
        for one in (few, many):
            browser.open(one)
            seen.append([browser.run(NODES), browser.run("return window.unpacked"), browser.run(DRAWN)])
        assert seen[1][1] == seen[0][1] == 1, "all cases are read when the table is opened"
        assert seen[1][2] == explorer_data.STATIC_OF_MORE
        # What else grows is the values to filter by.
        assert seen[1][0] - seen[0][0] < 1_000, seen
        browser.run("document.getElementById('table').closest('details').open = true")
        browser.wait(f"{DRAWN} === {AT_ONCE}")
        assert browser.run("return window.unpacked") == 2
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_many_are_drawn_some_at_a_time_sorted_and_found(browser: Browser, pages: tuple[Path, Path]) -> None:
    _, many = pages
    browser.open(many, "sort=5&case.copy=3")
    rows = int(browser.run("return document.getElementById('shown').textContent").split()[0])
    assert AT_ONCE < rows < ROWS / 10 and browser.run(DRAWN) == AT_ONCE
    first = "return [...document.querySelectorAll('#table tbody tr')].map((row) => row.cells[1].textContent + row.cells[2].textContent)"
    before = browser.run(first)
    browser.run("document.getElementById('more-rows').click()")
    after = browser.run(first)
    assert after[:AT_ONCE] == before and len(after) == min(rows, 2 * AT_ONCE)
    assert all("copy:3" in one for one in after)
    browser.open(many, "find=ttas_ring+copy:17&sort=6")
    told = browser.run(
        "return [...document.querySelectorAll('#table tbody tr')].map((row) => [row.cells[1].textContent, row.cells[2].textContent])"
    )
    assert told and all(name == "ttas_ring" and "copy:17" in keys for name, keys in told)
    assert not [line for line in browser.said() if line["level"] == "SEVERE"]
