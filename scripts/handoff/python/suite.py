"""A build with the Python forms beside it: their cases join those of the benchmarks, and a Python of the user's
choice runs them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..campaign import catalog
from ..campaign.catalog import Suite
from ..campaign.profiles import Profile
from ..campaign.rules import Chooser, CaseRule, Values
from ..campaign.runner import Settings
from ..campaign.whose import controls_of_comparison, other_controls
from ..errors import HandoffError
from ..run.cases import Case, python_forms
from ..run.sampling import BLOCKS_FOR_AN_INTERVAL
from . import baseline

# Beside handoff's folder, so that the script finds it.
PROGRAM = Path(__file__).resolve().parents[2] / "python_form.py"
# Some forms start a dozen processes, each of which takes a second of CPU time on a busy machine, before they begin.
LATE_FORM_S = 60.0

FORMS = Path(__file__).resolve().parent / "forms"


@dataclass(frozen=True)
class SuiteWithPython(Suite):
    python_command: tuple[str, ...]

    def command(self, case: Case) -> list[str]:
        if case.implementation in python_forms(self.catalog):
            return list(self.python_command)
        return super().command(case)

    def late_at_least_s(self, case: Case) -> float:
        is_form = case.implementation in python_forms(self.catalog)
        return LATE_FORM_S if is_form else super().late_at_least_s(case)


def load(python: Path, build_dir: Path, settings: Settings) -> SuiteWithPython:
    """Asks the binaries, and the Python for its version and its cases."""
    suite = catalog.load(build_dir, settings)
    bracket = catalog.built(build_dir / "benchmarks" / "bracket").absolute()
    # The user's own modules and settings of Python are none of the experiment's.
    command = [str(python), "-E", "-s", str(PROGRAM), f"--bracket={bracket}"]
    described = _described(python, command)
    listed = catalog.list_cases(command, [])
    return SuiteWithPython(
        suite.build_dir,
        suite.catalog | {"python": described},
        suite.binaries,
        [*suite.cases, *listed],
        tuple(command),
    )


def _described(python: Path, command: list[str]) -> dict[str, Any]:
    try:
        found = json.loads(catalog.ask([*command, "--describe"]))
    except (HandoffError, ValueError) as error:
        raise HandoffError(
            f"--python '{python}' cannot run the Python forms; valid: any Python from 3.8 on ({error})"
        ) from error
    return dict(found) | {"forms_sha256": _hash_of_forms()}


def _hash_of_forms() -> str:
    digest = hashlib.sha256()
    for path in sorted(FORMS.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


# ---- what is measured together -----------------------------------------------------------------------------


def _python(suite: Suite) -> set[str]:
    return python_forms(suite.catalog)


def _of(*chosen: Callable[[Mapping[str, Any]], str | None]) -> Chooser:
    def choose(suite: Suite) -> set[str]:
        return {name for one in chosen if (name := one(suite.catalog)) is not None}

    return choose


def _strategies(listed: Mapping[str, str]) -> Chooser:
    """The C++ strategies beside the Python ones that download such a list."""

    def choose(suite: Suite) -> set[str]:
        every = [case for case in suite.cases if case.workload == "download_strategies"]
        forms = [
            case
            for case in every
            if case.implementation in _python(suite) and listed.items() <= case.keys.items()
        ]
        return {
            partner.implementation
            for form in forms
            for _, partner in baseline.partners(form, every, suite.catalog)
        }

    return choose


_QUEUES = _of(baseline.twin_queue, baseline.reserving_queue)
_STACKS = _of(baseline.twin_stack)
_COUNTERS = _of(baseline.racing_counter, baseline.locked_counter, baseline.atomic_counter)
_PING_PONG: Values = {"wait": ("spin", "sleep_1ms", "block", "timed", "own", "adaptive"), "report": "mean"}
_BLOCKING: Values = {"wait": ("block", "own", "adaptive"), "report": "mean"}
_COUNTING: Values = {"t": ("1", "2"), "mix": ("increment", "add_subtract", "list_packed")}
_LISTS = (
    {"items": "64", "latency": "log_normal", "ms": "4", "failures": "0%"},
    {"items": "11", "latency": "log_normal", "ms": "50", "failures": "0%"},
    {"items": "500", "latency": "log_normal", "ms": "4", "failures": "10%"},
)
_NETWORK: Values = {"bandwidth": "unlimited", "time": "real", "transport": None}
_THROUGHPUT: Values = {"p": "1", "c": "1", "wait": "spin", "item": "8", "capacity": "1024"}

_RULES = (
    *(CaseRule(workload, _python, ({},)) for workload in ("ping_pong", "counter", "download_strategies")),
    CaseRule("ping_pong", _QUEUES, (_PING_PONG,)),
    CaseRule("ping_pong", _STACKS, (_BLOCKING,)),
    CaseRule("counter", _COUNTERS, (_COUNTING,)),
    *(CaseRule("download_strategies", _strategies(listed), ({**listed, **_NETWORK},)) for listed in _LISTS),
    # What makes a run citable, with the controls of the comparison.
    CaseRule("producer_consumer", other_controls, (_THROUGHPUT,)),
    CaseRule("counter", other_controls, ({"t": "2", "mix": "increment"},)),
)


def profile(placement: str) -> Profile:
    """Under that placement (as --placement has it, and already known to be one)."""
    cpus = set(placement.removeprefix("cpus:").split(",")) if placement.startswith("cpus:") else set()
    wait = "block" if len(cpus) == 1 else "pause"  # which shows a stall: control_kinds.py
    compared: Values = {"queues": "2", "wait": wait, "report": "mean"}
    rules = (*_RULES, CaseRule("ping_pong", controls_of_comparison, (compared,)))
    return Profile("python_baseline", rules, BLOCKS_FOR_AN_INTERVAL, None)
