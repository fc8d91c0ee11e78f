from __future__ import annotations

import re

import pytest

from handoff.errors import HandoffError
from handoff.run import cases

NAME = "producer_consumer/vyukov_mpmc_ring/p:2/c:2/wait:spin/item:8/capacity:1024"


def test_a_name_is_taken_apart() -> None:
    case = cases.parse(NAME)
    assert (case.name, case.workload, case.implementation) == (NAME, "producer_consumer", "vyukov_mpmc_ring")
    assert case.keys == {"p": "2", "c": "2", "wait": "spin", "item": "8", "capacity": "1024"}
    assert case.number("p") == 2


def test_a_listed_name_loses_its_suffix_only() -> None:
    assert cases.from_listing(NAME + "/iterations:1/manual_time\n") == cases.parse(NAME)
    assert cases.from_listing(NAME) == cases.parse(NAME)


@pytest.mark.parametrize(
    "name, says",
    [
        ("", "workload/implementation"),
        ("counter", "workload/implementation"),
        ("/mutex_counter/t:2", "workload/implementation"),
        ("counter//t:2", "workload/implementation"),
        ("counter/mutex_counter/t", "'t'"),
        ("counter/mutex_counter/t:", "'t:'"),
        ("counter/mutex_counter/:2", "':2'"),
        ("counter/mutex_counter/t:2/t:4", "'t' twice"),
    ],
)
def test_what_is_no_case_is_refused_by_name(name: str, says: str) -> None:
    with pytest.raises(HandoffError, match=re.escape(says)) as caught:
        cases.parse(name)
    assert f"'{name}'" in str(caught.value)


def test_a_key_that_is_no_number_is_named() -> None:
    with pytest.raises(HandoffError, match="'wait'"):
        cases.parse(NAME).number("wait")


def test_the_filter_selects_exactly_one_case() -> None:
    case = cases.parse("counter/a.b+c/t:2/mix:increment")
    pattern = re.compile(cases.listing_filter(case))
    assert pattern.search(case.name + cases.LISTING_SUFFIX)
    assert not pattern.search("counter/aXb+c/t:2/mix:increment" + cases.LISTING_SUFFIX)
    assert not pattern.search("x" + case.name + cases.LISTING_SUFFIX)
    assert not pattern.search(case.name + cases.LISTING_SUFFIX + "/repeats:2")
