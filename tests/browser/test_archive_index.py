"""The index of an archive, opened as a file: filters, sorting, two runs, the address; on a phone and in the dark; without
a script, and with nothing else loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import archive as script
import pytest
from archive_fixtures import SMALL, finished, make_quick, measured, name_of
from conftest import Browser
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from test_looks import TOO_PALE

Json = dict[str, Any]

SEEN = "return [...document.querySelectorAll('#table tbody tr')].filter((row) => !row.hidden).map((row) => row.id)"


def run_of(folder: Path, day: int, commit: str, cpus: int, **spec: Any) -> Path:
    def change(environment: Json) -> None:
        environment["build"]["commit"] = commit
        environment["machine"]["cpus"] = cpus
        for key in ("started", "finished"):
            environment[key] = f"2026-11-{day}T12:00:00+00:00"

    measured(folder, **{**vars(SMALL), "workloads": ("ping_pong", "producer_consumer"), **spec})
    return finished(folder, change)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: two commits on one machine, and a run of another machine that must not be cited."""
    place = tmp_path_factory.mktemp("archive")
    runs = [
        run_of(place / "1", 21, "a" * 16, 2, seed=1),
        run_of(place / "2", 22, "b" * 16, 2, seed=2, slower={"vyukov_mpmc_ring": 1.3}),
        run_of(place / "3", 23, "c" * 16, 8, seed=3, dirty=True),
    ]
    with pytest.MonkeyPatch.context() as patched:
        make_quick(patched)
        for run in runs:
            assert script.main(["add", str(run), "--to", str(place / "kept"), "--anyhow"]) == 0
            shutil.rmtree(run)
    return place / "kept" / "index.html"


def names(index: Path) -> list[str]:
    """The newest first."""
    told = json.loads(index.with_name("index.json").read_text())["runs"]
    return [one["id"] for one in reversed(told)]


def show(browser: Browser, index: Path, state: str = "") -> None:
    browser.open(index, state, scripted=False)
    browser.wait("return document.documentElement.dataset.ready")


def choose(browser: Browser, form: str, name: str, value: str) -> None:
    Select(browser.driver.find_element("css selector", f"{form} [name={name}]")).select_by_value(value)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", ["index", "history", "comparison"])
def test_it_fits_its_window_and_can_be_read(
    browser: Browser, index: Path, page: str, width: int, dark: bool
) -> None:
    browser.size(width, 900, dark)
    if page == "index":
        a, b, _ = reversed(names(index))
        show(browser, index, f"a={a}&b={b}")
    else:
        (path,) = index.parent.glob("history/vyukov*" if page == "history" else "comparisons/*/index.html")
        browser.open(path, scripted=False)
    for _ in range(2):
        assert browser.run("return document.documentElement.scrollWidth") <= width
        assert browser.run(TOO_PALE) == []
        browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.run("return performance.getEntriesByType('resource').map((one) => one.name)") == []
    assert not [line for line in browser.said() if line["level"] == "SEVERE"]


def test_the_filters_choose_among_the_runs_and_are_in_the_address(browser: Browser, index: Path) -> None:
    newest, second, first = names(index)
    browser.size(1280, 900)
    for state, wanted in (
        ("", [newest, second, first]),
        ("state=marked", [newest]),
        ("state=citable", [second, first]),
        ("find=bbbbbb", [second]),
        ("from=2026-11-22&to=2026-11-22", [second]),
        ("profile=none", []),
        ("sort=1", [first, second, newest]),
        ("sort=-1", [newest, second, first]),
    ):
        show(browser, index, state)
        assert browser.run(SEEN) == wanted, state
        assert (
            browser.run("return document.getElementById('shown').textContent") == f"{len(wanted)} of 3 runs"
        )
    show(browser, index)
    machine = browser.run("return document.getElementById(arguments[0]).dataset.machine", newest)
    Select(browser.driver.find_element("css selector", "#filters [name=machine]")).select_by_visible_text(
        machine
    )
    assert browser.run(SEEN) == [newest]
    shown = "return [...document.querySelectorAll('#headlines tr[data-machine]')].filter((row) => !row.hidden).map((row) => row.dataset.machine)"
    assert set(browser.run(shown)) == {machine}
    address = browser.driver.current_url.partition("#")[2]
    show(browser, index, address)
    assert browser.run(SEEN) == [newest]
    browser.run("document.querySelector('#filters [type=reset]').click()")
    assert browser.run(SEEN) == [newest, second, first] and browser.driver.current_url.endswith("#")


def test_the_column_of_the_best_follows_the_situation(browser: Browser, index: Path) -> None:
    show(browser, index)
    told = json.loads(index.with_name("index.json").read_text())["runs"]
    titles = browser.run(
        "return [...document.querySelectorAll('#filters [name=situation] option')].map((one) => one.textContent)"
    )
    assert len(titles) > 2
    for title in titles:
        Select(
            browser.driver.find_element("css selector", "#filters [name=situation]")
        ).select_by_visible_text(title)
        assert browser.run("return document.getElementById('situation').textContent") == title
        for run in told:
            row = next((one for one in run["headlines"] if one["title"] == title), None)
            seen = browser.run(
                "return document.getElementById(arguments[0]).querySelector('.headline').textContent",
                run["id"],
            )
            assert seen == (row["words"] + row["figure"] if row else "not in this run")  # fmt: skip


def test_two_runs_are_beside_each_other(browser: Browser, index: Path) -> None:
    newest, second, first = names(index)
    (told,) = json.loads(index.with_name("index.json").read_text())["comparisons"]
    show(browser, index)
    choose(browser, "#pair", "a", second)
    choose(browser, "#pair", "b", first)
    answer = "return document.getElementById('pair-answer').innerText"
    link = "const one = document.querySelector('#pair-answer a'); return one && [one.getAttribute('href'), one.textContent]"
    assert browser.run(link) == [told["page"], told["said"]]
    assert browser.run(answer).startswith(f"From {first} to {second}"), "the older one is its A"
    choose(browser, "#pair", "b", newest)
    assert browser.run(link) is None
    assert f"scripts/archive.py compare {second} {newest} --in DIR" in browser.run(answer)
    assert "not compared yet" in browser.run(answer)
    rows = browser.run("return document.querySelectorAll('#pair-answer tbody tr').length")
    assert rows == len(
        {
            row["title"]
            for row in json.loads(index.with_name("index.json").read_text())["runs"][-1]["headlines"]
        }
    )


def test_the_keyboard_reaches_all_and_sorts(browser: Browser, index: Path) -> None:
    show(browser, index)
    browser.driver.find_element("css selector", "body").send_keys(Keys.TAB)
    assert browser.run("return document.activeElement.className") == "skip"
    unnamed = browser.run(
        "return [...document.querySelectorAll('input, select, button, a, summary')]"
        ".filter((one) => !one.labels?.length && !one.textContent.trim()).map((one) => one.outerHTML)"
    )
    assert unnamed == []
    newest, second, first = names(index)
    button = browser.driver.find_element("css selector", "#table th button")
    for order, wanted in (("ascending", [first, second, newest]), ("descending", [newest, second, first])):
        button.send_keys(Keys.ENTER)
        assert browser.run("return arguments[0].parentElement.getAttribute('aria-sort')", button) == order
        assert browser.run(SEEN) == wanted


def test_without_a_script_it_can_be_read(browser: Browser, index: Path) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(index, scripted=False)
        rows = browser.driver.find_elements("css selector", "#table tbody tr")
        assert [row.get_attribute("id") for row in rows] == names(index)
        assert all(row.is_displayed() for row in rows)
        assert not browser.driver.find_element("css selector", "#filters").is_displayed()
        assert browser.driver.find_elements("css selector", ".situation[open] tbody tr")
        assert browser.driver.find_element("css selector", "#compare tbody a").is_displayed()
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
