"""The kinds of implementations that a catalog lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LISTS = ("queues", "counters", "locks", "ways_to_wait")


def entries(catalog: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of all kinds, in the catalog's order. A catalog of before a kind was there has no list of it."""
    return [entry for kind in LISTS for entry in catalog.get(kind, [])]


def is_wait(entry: Mapping[str, Any]) -> bool:
    return "meanwhile" in entry


def is_lock(entry: Mapping[str, Any]) -> bool:
    return "fairness" in entry
