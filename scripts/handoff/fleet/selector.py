"""What a machine is, and which machines a job asks for: "any", "cpu:EPYC*", "cpu:EPYC*,cores:>=8"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from ..errors import HandoffError, unknown
from ..host import machine

ANY = "any"
KEYS = ("cpu", "cores", "numa", "kernel", "governor", "quota", "architecture", "system", "name")
NONE = "none"

_LIMIT = re.compile(r"(<=|>=)([0-9]+(?:\.[0-9]+)?)")


def of_this_machine(name: str) -> dict[str, str]:
    """What a worker says of itself."""
    return described(machine.describe(), name)


def described(found: Mapping[str, Any], name: str) -> dict[str, str]:
    governors = found["frequency"]["governors"]
    quota = found["cgroup"]["cpu_quota"]
    affinity = found["affinity"]
    told = {
        "cpu": found["model"],
        "cores": len(affinity) if affinity else found["cpus"],
        "numa": found["numa_nodes"],
        "kernel": found["kernel"]["release"],
        "governor": "+".join(governors) if governors else None,
        "quota": quota,
        "architecture": found["architecture"],
        "system": found["software"]["system"],
        "name": name,
    }
    return {key: NONE if value is None else str(value) for key, value in told.items()}


def checked(text: str) -> str:
    """In one form for all who mean the same."""
    if text.strip() == ANY:
        return ANY
    conditions = [part.strip() for part in text.split(",")]
    for condition in conditions:
        key, found, pattern = condition.partition(":")
        if not found or not pattern.strip():
            raise HandoffError(
                f"--on '{text}': '{condition}' is no condition; valid: {ANY}, or KEY:PATTERN with a key of "
                f"{', '.join(KEYS)}"
            )
        if key not in KEYS:
            raise unknown("key of --on", key, KEYS)
        if not condition.isprintable():
            raise HandoffError(f"--on: the pattern of {key} is not printable; valid: {key}:PATTERN")
    return ",".join(sorted(conditions))


def fits(selector: str, told: Mapping[str, str]) -> bool:
    return selector == ANY or all(_holds(condition, told) for condition in selector.split(","))


def _holds(condition: str, told: Mapping[str, str]) -> bool:
    key, _, pattern = condition.partition(":")
    value = told.get(key)
    if value is None:
        return False
    if limit := _LIMIT.fullmatch(pattern):
        try:
            number = float(value)
        except ValueError:  # no quota, for one: as much as there is
            return key == "quota" and limit[1] == ">="
        return number <= float(limit[2]) if limit[1] == "<=" else number >= float(limit[2])
    # "AMD EPYC 7B13 64-Core Processor" is EPYC*, too: a pattern may begin at any word.
    words = value.lower().split(" ")
    return any(fnmatchcase(" ".join(words[at:]), pattern.lower()) for at in range(len(words)))
