"""A control is what the register says, whatever an implementation is called."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from conftest import counter, queue

from handoff.run import cases, control_kinds
from handoff.run.sampling import FULL_REPEATS
from handoff.statistics import controls

ROOT = Path(__file__).resolve().parents[2]
# Names of a user's queues that have a part of a control's name in them.
USERS = ("slow_path_queue", "snoop_queue", "spaced_ring", "lossless_ring", "deduplicating_queue", "faa_ring")


def test_a_catalog_says_which_control_is_which() -> None:
    catalog = {
        "queues": [queue("mine", control="slowed"), queue("other")],
        "counters": [counter("c", control="floor")],
    }
    assert control_kinds.of(catalog) == {"mine": "slowed", "c": "floor"}


@pytest.mark.parametrize("name", USERS)
def test_the_name_of_a_users_queue_makes_no_control_of_it(name: str) -> None:
    catalog = {"queues": [queue(name), queue("ring", control="paced")], "counters": []}
    kinds = control_kinds.of(catalog)
    assert controls.names(catalog) == {"ring"}
    users, paced = (
        cases.parse(f"ping_pong/{one}/queues:2/wait:pause/report:mean", kinds) for one in (name, "ring")
    )
    assert control_kinds.comparison([users, paced]) == {paced.name}
    labels = [label for case, label in control_kinds.trials([users, paced], FULL_REPEATS) if case == users]
    assert labels == [name]


def test_a_catalog_of_before_said_only_that_it_is_a_control() -> None:
    before = {"queues": [queue("slowed_spsc_ring", control=True), queue("mutex_ring", control=False)]}
    assert control_kinds.of(before) == {"slowed_spsc_ring": "slowed"}


def test_the_kinds_are_those_of_the_register() -> None:
    register = (ROOT / "cmake/handoff_add.cmake").read_text(encoding="utf-8")
    found = re.search(r"set\(kinds ([a-z ]+)\)", register)
    assert found and set(found[1].split()) == set(control_kinds.KINDS)


def test_no_list_of_waits_is_kept_beside_the_catalogs() -> None:
    names = re.search(r"wait_names = \{([^}]+)\}", (ROOT / "benchmarks/harness/wait.hpp").read_text("utf-8"))
    assert names
    waits = re.findall(r'"(\w+)"', names[1])
    scripts = sorted((ROOT / "scripts").rglob("*.py"))
    assert len(waits) > 5 and scripts
    written = [path for path in scripts if all(f'"{wait}"' in path.read_text("utf-8") for wait in waits)]
    assert written == []


@pytest.mark.parametrize(
    "of, kind, name",
    [
        ("lock", "intruding", "lets two threads into a lock"),
        ("wait", "forgetful", "forgets what a thread has waited for"),
    ],
)
@pytest.mark.parametrize(
    "statuses, outcome", [({}, "absent"), ({"ok"}, "failed"), ({"unverified"}, "passed"), (None, None)]
)
def test_a_run_of_locks_or_ways_to_wait_must_have_caught_its_control(
    of: str, kind: str, name: str, statuses: set[str] | None, outcome: str | None
) -> None:
    tried = [("ping_pong", "", "ok")]
    if statuses is not None:
        tried = [(of, "", "ok"), *((of, kind, status) for status in statuses)]
    samples = pd.DataFrame(
        [
            {"workload": workload, "implementation": kind or "mine", "control": kind, "status": status}
            for workload, kind, status in tried
        ]
    )
    for column in ("case", "label", "block", "regime"):
        samples[column] = "same"
    usable = samples.iloc[:0].assign(log_cost=0.0)
    found = {one["name"]: one["outcome"] for one in controls.check(samples, usable)}
    assert found.get(name) == outcome
