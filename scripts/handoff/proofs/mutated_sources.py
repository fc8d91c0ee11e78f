"""Copies of our sources in which every fault of mutations.toml can be switched on as the program runs.

Where a fault's `original` stands, the copy has both texts and asks tests/mutants/mutation.hpp which of them to run. So
one copy of a file has all its faults, and is compiled once. An original may lie inside another one, or be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import HandoffError
from .mutations import Mutation

_ASKS = "mutants/mutation.hpp"  # what a copy with faults includes, as seen from tests/
_TOKEN = re.compile(
    r"""(?P<skipped>\s+|//[^\n]*|/\*.*?\*/)|\w+(?:'\w+)*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|.""",
    re.DOTALL,
)


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Place:
    """Where a fault stands in a file: its original, from its first token to its last."""

    mutation: str
    start: int
    end: int
    mutated: str
    is_statement: bool

    def selecting(self, original: str) -> str:
        asked = f'::handoff::mutants::is_mutated("{self.mutation}")'
        if self.is_statement:
            return f"if ({asked}) {{ {self.mutated} }} else {{ {original} }}"
        return f"({asked} ? ({self.mutated}) : ({original}))"


def write(table: Sequence[Mutation], root: Path, sources: Iterable[str], into: Path) -> None:
    """Copies `sources`, named as seen from `root`; a copy that is there and right is not touched."""
    named = list(sources)
    for one in table:
        if one.file not in named:
            raise HandoffError(f"mutation '{one.name}': '{one.file}' is none of the files that are copied")
    for name in named:
        text = copy(root / name, [one for one in table if one.file == name])
        path = into / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in into.rglob("*.[ch]pp"):
        if str(path.relative_to(into)) not in named:
            path.unlink()  # of a source that is gone


def copy(source: Path, faults: Sequence[Mutation]) -> str:
    """The source with its faults. A line keeps its number, and messages name the source itself."""
    text = source.read_text(encoding="utf-8")
    included = [_ASKS] if faults else []
    included += dict.fromkeys(file for one in faults for file in one.include)
    head = [f'#include "{file}"' for file in included]
    return "\n".join([*head, f'#line 1 "{source}"', _rendered(text, 0, len(text), _places(text, faults))])


def _places(text: str, faults: Iterable[Mutation]) -> list[_Place]:
    """Outer ones before those inside them, and of two at the same text the one that the table has first."""
    tokens = _tokens(text)
    found = [
        _place(one, original, mutated, tokens)
        for one in faults
        for original, mutated in zip(one.original, one.mutated, strict=True)
    ]
    return sorted(found, key=lambda place: (place.start, -place.end))


def _place(fault: Mutation, original: str, mutated: str, tokens: Sequence[_Token]) -> _Place:
    wanted, instead = _tokens(original), _tokens(mutated)
    found = _occurrences(wanted, tokens)
    if len(found) != 1:
        raise HandoffError(
            f"mutation '{fault.name}': in '{fault.file}' the original '{' '.join(original.split())}' occurs "
            f"{len(found)} times; it must occur exactly once"
        )
    is_statement = _ends_statement(wanted)
    becomes_statement = not instead or _ends_statement(instead)
    if becomes_statement != is_statement:
        raise HandoffError(
            f"mutation '{fault.name}': 'original' and 'mutated' must both be statements, which end in ';' or '}}', "
            "or both expressions"
        )
    start, end = found[0][0].start, found[0][-1].end
    return _Place(fault.name, start, end, _without_comments(mutated), is_statement)


def _occurrences(wanted: Sequence[_Token], tokens: Sequence[_Token]) -> list[Sequence[_Token]]:
    texts = [token.text for token in wanted]
    pieces = (tokens[i : i + len(texts)] for i in range(len(tokens) - len(texts) + 1))
    return [piece for piece in pieces if [token.text for token in piece] == texts]


def _ends_statement(tokens: Sequence[_Token]) -> bool:
    return bool(tokens) and tokens[-1].text in (";", "}")


def _rendered(text: str, start: int, end: int, places: Sequence[_Place]) -> str:
    """The text from start to end, in which each place can be switched to its fault."""
    parts: list[str] = []
    while places:
        outer, *rest = places
        inside = [place for place in rest if place.start < outer.end]
        for place in inside:
            if place.end > outer.end:
                raise HandoffError(
                    f"mutations '{outer.mutation}' and '{place.mutation}': each original has a part of the other; "
                    "one must lie inside the other"
                )
        parts.append(text[start : outer.start])
        parts.append(outer.selecting(_rendered(text, outer.start, outer.end, inside)))
        start, places = outer.end, rest[len(inside) :]
    return "".join([*parts, text[start:end]])


def _tokens(text: str) -> list[_Token]:
    """Without comments and blank space, so that it does not matter how a line is broken."""
    return [
        _Token(match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text)
        if match["skipped"] is None
    ]


def _without_comments(text: str) -> str:
    """On one line."""
    return " ".join(_TOKEN.sub(lambda match: match[0] if match["skipped"] is None else " ", text).split())
