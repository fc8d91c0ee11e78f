"""JSON of which nothing surprises whoever goes on with it: UTF-8, finite numbers of a sensible size, texts that can be
written again, and no deeper than people nest things. Raises ValueError with a few words on what is wrong."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

DEEPEST = 24
LARGEST_WHOLE = 2**64  # what a machine counts in; beyond, a number is no double either

# What is quoted of a value that is wrong: it may be of any length.
QUOTED = 60


def loads(content: bytes) -> Any:
    """The value, all of it checked."""
    value = line(content)
    _check(value)
    return value


def line(content: bytes) -> Any:
    """The value of one of very many lines: its numbers and its depth are left to whoever knows what stands where."""
    try:
        # Decoded here: json would guess at UTF-16, and let lone surrogates pass.
        value = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: {error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    except _NoNumber:
        raise
    except ValueError:  # the one that is left: Python's own limit to digits
        raise ValueError("not JSON: a whole number of thousands of digits") from None
    if b"\\u" in content:
        check_texts(value)
    return value


def check_texts(value: Any) -> None:
    """Half of a pair of surrogates is a text that nothing can write."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (UnicodeEncodeError, RecursionError):
        raise ValueError("a text has half of a pair of surrogates, or is nested too deep") from None


def quoted(value: Any) -> str:
    """The value as it may stand within a line of an error."""
    if isinstance(value, int) and abs(value) >= LARGEST_WHOLE:
        return "a whole number of more than 64 bits"
    if isinstance(value, (dict, list)):
        kind = "an object" if isinstance(value, dict) else "a list"
        return f"{kind} of {len(value)}"
    text = ascii(value[: QUOTED + 1]) if isinstance(value, str) else repr(value)
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


class _NoNumber(ValueError):
    pass


def _refuse_constant(name: str) -> NoReturn:
    raise _NoNumber(f"{name} is no number")


def _check(value: Any) -> None:
    """Level by level, as what is too deep cannot be walked by calls."""
    level = [value]
    for _ in range(DEEPEST):
        deeper: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                deeper += one.values()
            elif isinstance(one, list):
                deeper += one
            elif isinstance(one, float):
                if not math.isfinite(one):
                    raise ValueError(f"{one} is no number")
            elif isinstance(one, int) and abs(one) >= LARGEST_WHOLE:
                raise ValueError("a whole number of more than 64 bits")
        if not deeper:
            return
        level = deeper
    raise ValueError(f"nested deeper than {DEEPEST} levels")
