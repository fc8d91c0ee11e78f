"""What a value that was read must look like. A shape is called with a value and its place and raises Misshapen, which
names the place, or another ValueError, if the value is of another shape. What is not named in `fields` may be there and be anything."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .strict_json import quoted

Shape = Callable[[Any, str], None]


class Misshapen(ValueError):
    def __init__(self, at: str, value: Any, wanted: str) -> None:
        super().__init__(f"{at or 'the whole'} is {quoted(value)}; valid: {wanted}")


def text(value: Any, at: str) -> None:
    if type(value) is not str:
        raise Misshapen(at, value, "a text")


def short(most: int) -> Shape:
    """A text of so many characters at most, none of which moves a cursor or ends a line: a name."""

    def check(value: Any, at: str) -> None:
        if type(value) is not str or len(value) > most or not value.isprintable():
            raise Misshapen(at, value, f"a printable text of at most {most} characters")

    return check


def long(most: int) -> Shape:
    def check(value: Any, at: str) -> None:
        if type(value) is not str or len(value) > most:
            raise Misshapen(at, value, f"a text of at most {most} characters")

    return check


def flag(value: Any, at: str) -> None:
    if type(value) is not bool:
        raise Misshapen(at, value, "true or false")


def whole(least: int, most: int) -> Shape:
    def check(value: Any, at: str) -> None:
        if type(value) is not int or not least <= value <= most:
            raise Misshapen(at, value, f"a whole number from {least} to {most}")

    return check


def number(least: float, most: float) -> Shape:
    def check(value: Any, at: str) -> None:
        if type(value) not in (int, float) or not (math.isfinite(value) and least <= value <= most):
            raise Misshapen(at, value, f"a number from {least:g} to {most:g}")

    return check


def one_of(choices: Collection[Any]) -> Shape:
    def check(value: Any, at: str) -> None:
        # Types too: True is equal to 1, and a list cannot be looked up.
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            raise ValueError(f"unknown {at} {quoted(value)}; valid: {', '.join(map(str, choices))}")

    return check


def nullable(shape: Shape) -> Shape:
    def check(value: Any, at: str) -> None:
        if value is not None:
            shape(value, at)

    return check


def list_of(shape: Shape) -> Shape:
    def check(value: Any, at: str) -> None:
        if type(value) is not list:
            raise Misshapen(at, value, "a list")
        for index, one in enumerate(value):
            shape(one, f"{at}[{index}]")

    return check


def map_of(shape: Shape) -> Shape:
    def check(value: Any, at: str) -> None:
        if type(value) is not dict:
            raise Misshapen(at, value, "an object")
        for key, one in value.items():
            shape(one, _within(at, key))

    return check


def anything(value: Any, at: str) -> None:
    pass


def fields(required: Mapping[str, Shape], optional: Mapping[str, Shape]) -> Shape:
    def check(value: Any, at: str) -> None:
        if type(value) is not dict:
            raise Misshapen(at, value, "an object")
        if not value.keys() >= required.keys():
            missing = [_within(at, key) for key in required if key not in value]
            raise ValueError(f"without {', '.join(missing)}")
        for key, shape in required.items():
            shape(value[key], _within(at, key))
        for key, shape in optional.items():
            if key in value:
                shape(value[key], _within(at, key))

    return check


def _within(at: str, key: str) -> str:
    return f"{at}.{key[:60]}" if at else key[:60]
