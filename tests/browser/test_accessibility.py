"""What whoever hears the page, or uses it without a mouse, needs: names, headings, landmarks, heads of tables, a focus that
is seen and goes forward. Debian has no axe-core; these are the rules of it that apply to this page."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Browser, Stored
from selenium.webdriver.common.keys import Keys

Json = dict[str, Any]

UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"

# By rule, what breaks it. A name is what is read aloud of an element.
BROKEN = """
const shown = (one) => one.checkVisibility();
const said = (one) => one.outerHTML.slice(0, 120);
const all = (query) => [...document.querySelectorAll(query)];
const text = (one) => [...one.childNodes].filter((part) => part.nodeName !== "SELECT").map((part) => part.textContent).join("").trim();
const named = (one) => one.getAttribute("aria-label")?.trim() || [...(one.labels || [])].map(text).join("") || (one.matches("input, select") ? "" : one.textContent.trim());
const found = {};
const rule = (name, broken) => { if (broken.length) found[name] = broken.slice(0, 5); };

rule("a control has a name", all("a[href], button, input, select, summary, [tabindex='0'], svg[role=img]")
  .filter((one) => shown(one) && !named(one) && !one.querySelector?.(":scope > title")).map(said));
rule("an id is there once", all("[id]").map((one) => one.id).filter((id, at, ids) => ids.indexOf(id) !== at));
rule("what is referred to is there", ["aria-labelledby", "aria-describedby", "aria-controls", "for"].flatMap((name) => all(`[${name}]`)
  .filter((one) => one.getAttribute(name).split(" ").some((id) => !document.getElementById(id))).map(said)));
rule("no order of focus but that of the page", all("[tabindex]").filter((one) => one.tabIndex > 0).map(said));

const levels = all("h1, h2, h3, h4, h5, h6").filter(shown);
rule("one heading of the first level, and it is the first", levels.filter((one) => (one.tagName === "H1") !== (one === levels[0])).map(said));
rule("no level of headings is skipped", levels.filter((one, at) => at && Number(one.tagName[1]) > Number(levels[at - 1].tagName[1]) + 1).map(said));
rule("a heading says something", levels.filter((one) => !one.textContent.trim()).map(said));

rule("one main part", all("main").length === 1 ? [] : [String(all("main").length)]);
rule("each navigation has a name", all("nav").filter((one) => !one.getAttribute("aria-label")).map(said));
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const outside = [];
while (walk.nextNode()) {
  const one = walk.currentNode.parentElement;
  if (walk.currentNode.textContent.trim() && shown(one) && !one.closest("header, nav, main, script, style, .skip, [role=tooltip]")) outside.push(said(one));
}
rule("all text is in a landmark", outside);

rule("a table has heads", all("table").filter((one) => shown(one) && one.rows.length && !one.querySelector("th")).map(said));
rule("a head says of what it is", all("th").filter((one) => shown(one) && !["col", "row", "colgroup", "rowgroup"].includes(one.scope)).map(said));
rule("a head says something", all("th").filter((one) => shown(one) && !one.textContent.trim()).map(said));
rule("as many heads as cells", all("table").filter((one) => shown(one) && one.tHead && one.tBodies[0]?.rows.length)
  .filter((one) => [...one.tBodies[0].rows].some((row) => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0) !== [...one.tHead.rows[0].cells].reduce((sum, cell) => sum + cell.colSpan, 0))).map(said));
rule("what scrolls can be reached", all(".picture, .wide").filter((one) => shown(one) && one.scrollWidth > one.clientWidth + 1 && one.tabIndex < 0 && !one.querySelector("a, button, [tabindex='0'], summary")).map(said));
rule("the page has a language and a title", document.documentElement.lang && document.title.trim() ? [] : ["none"]);
return found;
"""

# Where the focus is, and whether it can be seen.
FOCUSED = """
const one = document.activeElement;
if (!one || one === document.body) return null;
const style = getComputedStyle(one);
const place = one.getBoundingClientRect();
const order = [...document.querySelectorAll("*")].indexOf(one);
return { said: one.outerHTML.slice(0, 100), order, seen: place.width > 0 && place.height > 0 && place.bottom > 0 && place.top < innerHeight,
  marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 || style.boxShadow !== "none" };
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_rules_hold(browser: Browser, stored: Stored, width: int) -> None:
    browser.size(width, 900)
    browser.open(stored.page)
    assert browser.run(BROKEN) == {}
    browser.run(UNFOLD)
    browser.wait("return document.querySelectorAll('#table tbody tr').length === 200")
    assert browser.run(BROKEN) == {}


def test_the_focus_goes_forward_and_is_seen(browser: Browser, stored: Stored) -> None:
    browser.size(1280, 900)
    browser.open(stored.page)
    body = browser.driver.find_element("css selector", "body")
    body.send_keys(Keys.TAB)
    before = -1
    for _ in range(60):
        told: Json = browser.run(FOCUSED)
        assert told is not None and told["order"] > before, (told, before)
        assert told["seen"] and told["marked"], told
        before = told["order"]
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)


def test_what_a_change_says_is_read_aloud(browser: Browser, stored: Stored) -> None:
    browser.open(stored.page)
    for place in ("#conclusion", "#duel-answer", "#shown"):
        live = "return Boolean(document.querySelector(arguments[0]).closest('[aria-live=polite], output'))"
        assert browser.run(live, place), place
