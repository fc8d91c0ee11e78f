"""How the page looks and is used: on a phone and on paper, in the dark, by the keyboard, and with nothing else loaded."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from conftest import Browser, Stored
from selenium.webdriver.common.keys import Keys

Json = dict[str, Any]

PAGES_OF_PAPER = 4
SCREENS = 6  # before what is folded
MOST_BYTES = 1_000_000  # of the page of the reference run
WINDOW = (1280, 900)

# The contrast of each text that is seen with what is behind it, by the rule of the WCAG 2.1; 4.5, or 3 of large text.
TOO_PALE = """
const shade = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
const behind = (one) => { for (; one; one = one.parentElement) { const found = shade(getComputedStyle(one).backgroundColor); if (found.a > 0.99) return found.rgb; }
  return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255]; };
const found = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const one = walk.currentNode.parentElement;
  if (!walk.currentNode.textContent.trim() || one.closest("svg, script, style, option") || !one.checkVisibility()) continue;
  const style = getComputedStyle(one);
  const [front, back] = [light(shade(style.color).rgb), light(behind(one))];
  const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
  if (contrast < (large ? 3 : 4.5)) found.push([walk.currentNode.textContent.trim().slice(0, 40), Number(contrast.toFixed(2))]);
}
return found;
"""

# Texts of a figure that stand in one line, or nearly so, and are less than two pixels apart.
OVERLAPS = """
const found = [];
for (const svg of document.querySelectorAll(".picture > svg")) {
  const texts = [...svg.querySelectorAll("text")].filter((one) => one.textContent.trim()).map((one) => ({ said: one.textContent.trim(), box: one.getBoundingClientRect() }));
  texts.forEach((a, at) => texts.slice(at + 1).forEach((b) => {
    const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
    const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
    if (across > -2 && down > 3) found.push([svg.closest("figure").id, a.said, b.said]);
  }));
}
return found;
"""


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_its_window_and_can_be_read(browser: Browser, stored: Stored, width: int, dark: bool) -> None:
    browser.size(width, 900, dark)
    browser.open(stored.page, "producers=4&order=any")
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(TOO_PALE) == []
    # The same of all that is folded.
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(TOO_PALE) == []
    assert browser.run("return matchMedia('(prefers-color-scheme: dark)').matches") is dark
    assert not [line for line in browser.said() if line["level"] == "SEVERE"]


def test_it_is_small(stored: Stored) -> None:
    assert stored.page.stat().st_size <= MOST_BYTES


def test_nothing_else_is_loaded(browser: Browser, stored: Stored) -> None:
    browser.open(stored.page)
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.run("return performance.getEntriesByType('resource').map((one) => one.name)") == []


def test_the_answer_is_on_the_first_screen_and_the_rest_is_not_far(browser: Browser, stored: Stored) -> None:
    browser.size(*WINDOW)
    browser.open(stored.page)
    below = "return document.querySelector(arguments[0]).getBoundingClientRect().bottom + scrollY"
    assert browser.run(below, "#ranked tbody tr:nth-child(5)") <= WINDOW[1]
    folded = browser.run("return document.querySelector('.folded').getBoundingClientRect().top + scrollY")
    assert folded <= SCREENS * WINDOW[1]


def test_it_is_printed_on_few_pages_and_whole(browser: Browser, stored: Stored) -> None:
    browser.size(*WINDOW)
    browser.open(stored.page)
    told = browser.driver.execute_cdp_cmd(
        "Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
    )
    pages = len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(told["data"])))
    assert 1 < pages <= PAGES_OF_PAPER
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    paper = {"width": 718, "height": 1000, "deviceScaleFactor": 1, "mobile": False}  # 190 mm, of A4
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", paper)
    try:
        assert browser.run("return document.documentElement.scrollWidth") <= 718
        seen = "return document.querySelector(arguments[0]).checkVisibility()"
        assert [browser.run(seen, one) for one in ("#ranked", ".decide", ".duel", ".folded", "nav")] == [
            True, True, True, False, False]  # fmt: skip
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.size(*WINDOW)


def test_no_text_of_a_figure_lies_on_another(browser: Browser, stored: Stored) -> None:
    browser.size(*WINDOW)
    browser.open(stored.page)
    browser.run("for (const one of document.querySelectorAll('details.figure')) one.open = true")
    assert browser.run("return document.querySelectorAll('.picture > svg text').length") > 500
    assert browser.run(OVERLAPS) == []


def test_a_mark_says_what_it_shows_when_it_has_the_focus(browser: Browser, stored: Stored) -> None:
    browser.open(stored.page)
    told = browser.run(
        "const mark = document.querySelector('details.figure[open] .tip'); mark.focus();"
        "const tip = document.getElementById('tip'); return [tip.hidden, tip.textContent, mark.querySelector('title').textContent]"
    )
    assert told[0] is False and told[1] == told[2]
    assert re.search(r"^\w+: .+ \(.+ – .+\), n = \d+, regime \w+$", told[1])


def test_the_figures_follow_the_picker(browser: Browser, stored: Stored) -> None:
    opened = "return [...document.querySelectorAll('details.figure[open] figure')].map((one) => one.id)"
    for goal, figure in (("memory", "figure-memory"), ("round_trip", "figure-ping_pong_headline")):
        browser.open(stored.page, f"goal={goal}")
        assert browser.run(opened) == [figure]
    browser.run("document.querySelector('#figure-memory a').click()")
    assert browser.run("return document.querySelector('#picker [name=goal]').value") == "memory"


def test_the_keyboard_reaches_the_answer_and_sorts(browser: Browser, stored: Stored) -> None:
    browser.size(*WINDOW)
    browser.open(stored.page)
    browser.driver.find_element("css selector", "body").send_keys(Keys.TAB)
    assert browser.run("return document.activeElement.className") == "skip"
    unnamed = browser.run(
        "return [...document.querySelectorAll('input, select, button, a, summary')]"
        ".filter((one) => !one.labels?.length && !one.textContent.trim()).map((one) => one.outerHTML)"
    )
    assert unnamed == []
    browser.open(stored.page, "find=mutex_ring")
    button = browser.driver.find_elements("css selector", "#table th[data-sort=number] button")[1]
    for order in ("ascending", "descending"):
        button.send_keys(Keys.ENTER)
        head = browser.run("return arguments[0].parentElement.getAttribute('aria-sort')", button)
        assert head == order
        cells = browser.run(
            "return [...document.querySelectorAll('#table tbody tr')].map((row) => row.cells[5].textContent)"
        )
        assert len(cells) > 3
    assert all(
        "mutex_ring" in row.text
        for row in browser.driver.find_elements("css selector", "#table tbody tr")[:5]
    )


def test_evidence_lands_below_the_head_that_stays(browser: Browser, stored: Stored) -> None:
    browser.size(*WINDOW)
    browser.open(stored.page)
    browser.run(
        "document.querySelector('.decide td a').click(); return new Promise((done) => setTimeout(done, 50))"
    )
    places = browser.run(
        "return [document.querySelector('nav').getBoundingClientRect().bottom, document.getElementById('explore').getBoundingClientRect().top,"
        " document.getElementById('shown').textContent]"
    )
    assert places[0] <= places[1] + 1
    assert re.match(r"\d+ of \d+ rows in ping_pong/", places[2])
