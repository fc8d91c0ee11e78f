"""A comparison as JSON, for a program; docs/comparing.md describes each key."""

from __future__ import annotations

import math
from typing import Any

from .changes import Change
from .gate import Gate
from .told import Told

Json = dict[str, Any]

SCHEMA = 1


def of_told(what: Told) -> Json:
    gate, found = what.gate, what.gate.found
    return {
        "schema": SCHEMA,
        "answer": gate.answer.value,
        "exit_code": gate.answer.exit_code,
        "threshold": found.threshold,
        "resolve": gate.resolve,
        "interleaved": found.paired,
        "a": vars(what.a),
        "b": vars(what.b),
        "across": [vars(one) for one in what.across],
        "changes": [_change(one, gate) for one in found.changes],
        "memory": [vars(one) for one in found.memory],
        "newly_failing": found.newly_failing,
        "not_compared": found.not_compared,
        "only_a": found.only_a,
        "only_b": found.only_b,
    }


def _change(one: Change, gate: Gate) -> Json:
    values = {name: _plain(value) for name, value in vars(one).items()}
    seen = None if not one.decides else one not in gate.unseen
    return values | {"outcome": one.outcome.value, "effect": one.effect or None, "seen": seen}


def _plain(value: Any) -> Any:
    """What is not known, or known to be anything, is null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
