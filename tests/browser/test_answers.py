"""What the page answers is what choose.py answers from the same run."""

from __future__ import annotations

import random
import shlex
from typing import Any
from urllib.parse import urlencode

import pytest
from conftest import Browser, Stored

from handoff.campaign import question_options
from handoff.errors import HandoffError
from handoff.report import choice, choice_words, picker
from handoff.statistics import measures, verdicts

Json = dict[str, Any]

QUESTIONS = 30

# What stands on the page, as a reader sees it.
SEEN = """
const text = (id) => document.getElementById(id).textContent.trim();
const more = document.getElementById("all-lines");
if (!more.hidden && more.textContent.startsWith("all")) more.click();
const rows = document.getElementById("ranked").hidden ? [] : [...document.querySelectorAll("#ranked tbody tr")];
return {
  conclusion: text("conclusion"), said: text("said"), left_out: text("left-out"),
  near: document.getElementById("nearest").hidden ? "" : text("nearest"),
  command: document.querySelector("#nearest .command")?.textContent || "",
  group: document.querySelector("#said a")?.textContent || "",
  statistic: text("statistic"),
  lines: rows.map((row) => [0, 2, 3, 4, 6].map((at) => row.cells[at].textContent)),
};
"""


def asked(browser: Browser, question: dict[str, str]) -> Json:
    browser.run("location.hash = arguments[0]", urlencode(question))
    browser.run("return new Promise((done) => setTimeout(done, 0))")
    found: Json = browser.run(SEEN)
    return found


def test_the_picker_answers_as_choose_does(browser: Browser, stored: Stored, drawn: random.Random) -> None:
    browser.open(stored.page)
    told = stored.answers()["picker"]
    kinds = set()
    for _ in range(QUESTIONS):
        question = {part: drawn.choice(values) for part, values in told["values"].items()}
        question["goal"] = drawn.choice(list(told["goals"]))
        if drawn.random() < 0.5:  # else few would be the ones that were measured
            question |= {"producers": "1", "consumers": "1", "wait": "pause", "item": "8", "bound": "either"}
        kinds.add(_same(asked(browser, question), question, stored))
    assert {"exact", "nearest"} <= kinds, kinds
    assert not [line for line in browser.said() if line["level"] == "SEVERE"]


def _same(seen: Json, question: dict[str, str], stored: Stored) -> str:
    """Compares, and says what kind of answer it was."""
    command = picker.command(question)
    given = question_options.parser().parse_args(
        [*shlex.split(command)[1:], "--from", str(stored.page.parent)]
    )
    question_options.check(given)
    try:
        answer = choice.answer(question_options.question_of(given), stored.evidence, measured_now=False)
    except HandoffError as error:
        assert seen["lines"] == [] and seen["conclusion"] in (
            "no queue promises all of this",
            "not in this run",
        )
        assert str(error).startswith(seen["conclusion"]) or seen["command"] == command, (str(error), seen)
        return "none"
    assert seen["conclusion"] == choice_words.conclusion(answer), command
    assert seen["group"] == answer.place.setting.group, command
    assert seen["said"].startswith(choice_words.headline(answer)), command
    wanted = [choice_words.cells(rank, answer, stored.proofs) for rank in answer.ranks]
    assert seen["lines"] == [
        [name, figure, ratio, outcome, proven] for name, figure, ratio, outcome, _, proven, _, _ in wanted
    ], command
    for word, names in choice_words.dropped(answer):
        assert f"{word} ({', '.join(names)})" in seen["left_out"], command
    for name in answer.not_measured:
        assert name in seen["left_out"], command
    if answer.place.is_exact:
        assert seen["near"] == ""
        return "exact"
    assert choice_words.differs(answer) in seen["near"] and seen[
        "command"
    ] == command == choice_words.command(answer)
    return "nearest"


def test_without_the_script_the_first_answer_stands_there(browser: Browser, stored: Stored) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(stored.page, scripted=False)
        rows = browser.driver.find_elements("css selector", "#ranked tbody tr")
        seen = [[cell.text for cell in row.find_elements("css selector", "td")] for row in rows[:4]]
        assert not browser.driver.find_element("css selector", "#picker").is_displayed()
        assert browser.driver.find_element("css selector", ".decide").is_displayed()
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    answer = choice.answer(
        question_options.question_of(question_options.parser().parse_args([])), stored.evidence, False
    )
    wanted = [choice_words.cells(rank, answer, stored.proofs) for rank in answer.ranks[:4]]
    assert [[row[0], row[2], row[3], row[4]] for row in seen] == [list(one[:4]) for one in wanted]


def test_the_address_keeps_what_is_picked(browser: Browser, stored: Stored) -> None:
    browser.open(stored.page)
    for name, value in {
        "goal": "p99",
        "order": "any",
        "progress": "lock_free",
        "rate": "50%",
        "mine": "treiber_stack",
    }.items():
        browser.run(
            "const one = document.querySelector(`#picker [name=${arguments[0]}]`); one.value = arguments[1];"
            "one.dispatchEvent(new Event('change', { bubbles: true }));", name, value,
        )  # fmt: skip
    before = browser.run(SEEN)
    address = browser.driver.current_url
    browser.open(stored.page, address.partition("#")[2])
    assert browser.run(SEEN) == before
    assert browser.run("return document.querySelector('#ranked .mine code').textContent") == "treiber_stack"
    browser.run("document.querySelector('#picker [type=reset]').click()")
    assert browser.driver.current_url.partition("#")[2] == ""


def test_a_against_b_is_what_the_verdicts_say(browser: Browser, stored: Stored, drawn: random.Random) -> None:
    told = stored.answers()["duels"]
    for _ in range(6):
        one, other = drawn.sample(told["names"], 2)
        browser.open(stored.page, urlencode({"a": one, "b": other}))
        rows = browser.run(
            "return [...document.querySelectorAll('.duel tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText))"
        )
        both = [
            s
            for s in told["settings"]
            if {told["names"].index(one), told["names"].index(other)} <= set(s["members"])
        ]
        assert [row[0].splitlines()[0] for row in rows] == [s["group"] for s in both]
        for setting, row in zip(both, rows):
            column = "log_bytes" if setting["group"].startswith("memory/") else "log_cost"
            of = stored.evidence.compared(setting["group"], column)
            i, j = of.names.index(one), of.names.index(other)
            verdict = verdicts.verdict(of, i, j)
            family = verdicts.all_pairs(of)[i, j].value
            standing = verdicts.against_best(of)
            assert standing is not None
            if standing.best == other:
                family = standing.of(one).outcome
            elif standing.best == one:
                family = standing.of(other).outcome
                family = {"slower": "faster", "faster": "slower"}.get(family, family)
            assert row[1] == family, (one, other, setting["group"])
            shown = float(row[2].split("×")[0].removesuffix("k"))
            assert shown == pytest.approx(
                float(measures.times(verdict.ratio).removesuffix("×").removesuffix("k")), rel=0.006
            )


@pytest.mark.parametrize("goal", ["counter", "wait"])
def test_what_is_asked_for_by_name_has_its_list(browser: Browser, stored: Stored, goal: str) -> None:
    browser.open(stored.page, urlencode({"goal": goal}))
    seen = browser.run(SEEN)
    assert len(seen["lines"]) > 1 and seen["group"]
    assert seen["conclusion"].startswith("not known") or seen["lines"][0][3] == "best"
