"""A document's way through the simulated network: what goes wrong on it, and how it is tried again. The same to the
nanosecond as benchmarks/downloads/job/network.cpp has it for the same list and seed."""

from __future__ import annotations

import time
from typing import NamedTuple

from .simulated_list import WORD, Document

ATTEMPTS = 5
FIRST_BOUND_NS, HIGHEST_BOUND_NS = 10_000_000, 1_000_000_000

ARRIVED, GAVE_UP, REFUSED = "arrived", "gave up", "refused"


class End(NamedTuple):
    status: str
    attempts: int


class TryAgain(Exception):
    """This attempt has failed, and another one may not."""


class Refused(Exception):
    """There will never be such a document."""


def attempt(document: Document, number: int) -> None:
    time.sleep(document.latency_ns * 1e-9)
    if document.permanent:
        raise Refused
    if number < document.failures:
        raise TryAgain


def download(document: Document, index: int, seed: int) -> End:
    """Sleeps as long as it takes, with the pauses between attempts."""
    for number in range(ATTEMPTS):
        try:
            attempt(document, number)
        except Refused:
            return End(REFUSED, number + 1)
        except TryAgain:
            if number + 1 < ATTEMPTS:
                time.sleep(pause_ns(seed, index, number) * 1e-9)
        else:
            return End(ARRIVED, number + 1)
    return End(GAVE_UP, ATTEMPTS)


def expected_end(document: Document) -> End:
    """What follows from the list alone, so that it can be verified."""
    if document.permanent:
        return End(REFUSED, 1)
    if document.failures >= ATTEMPTS:
        return End(GAVE_UP, ATTEMPTS)
    return End(ARRIVED, document.failures + 1)


def pause_ns(seed: int, index: int, number: int) -> int:
    """After a document's failed attempt, counted from 0: evenly below a bound that doubles ("full jitter")."""
    bound = min(FIRST_BOUND_NS << number, HIGHEST_BOUND_NS)
    share = (_mixed(_mixed(_mixed(seed) ^ index) ^ number) >> 11) * 2.0**-53
    return int(share * bound)


def under_way_ns(document: Document, index: int, seed: int) -> int:
    """How long the document is under way at least."""
    attempts = expected_end(document).attempts
    pauses = sum(pause_ns(seed, index, number) for number in range(attempts - 1))
    return attempts * document.latency_ns + pauses


def _mixed(value: int) -> int:
    """splitmix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    value = (value + 0x9E3779B97F4A7C15) & WORD
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & WORD
    return value ^ (value >> 31)
