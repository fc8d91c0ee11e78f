#!/usr/bin/python3
"""Reject memory orders weaker than seq_cst that carry no tag, and tags whose partners do not agree.

A tag is a comment on the lines of the statement, up to the order, or directly above it:

    // relaxed: only the producer writes tail_.
    // (3) acquire: pairs with (7); the item is visible.
    // acquire: pairs with the store of the slot in the library's push.

The last form is for an adapter whose partner lies in the packaged library; it must name "the library". A
number is defined once in a file. The numbers after "pairs with" exist in the same file and name this one
back, and of two partners one reads and one writes. A partner that is seq_cst carries a tag of that kind.
impls/support/atomic.hpp is exempt: it only gives the orders their names.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import ends_with_one_line

REPOSITORY = Path(__file__).resolve().parent.parent
EXEMPT = ("support", "atomic.hpp")

ORDER = re.compile(r"\bmemory_order(?:_|\s*::\s*)(relaxed|consume|acquire|release|acq_rel)\b")
RELAXED_TAG = re.compile(r"(?<!\w)relaxed:\s*\S")
LIBRARY_TAG = re.compile(r"(?<!\w)(consume|acquire|release|acq_rel): pairs with [^.;]*\bthe library\b")
NUMBERED_TAG = re.compile(r"(?<![\w)])\((\d+)\) (consume|acquire|release|acq_rel|seq_cst):")
PARTNERS = re.compile(r"\s*pairs with (\(\d+\)(?:(?:,| and|, and) \(\d+\))*)")
REFERENCE = re.compile(r"(?<![\w)])\((\d+)\)")

READS = {"consume", "acquire", "acq_rel", "seq_cst"}
WRITES = {"release", "acq_rel", "seq_cst"}


@dataclass(frozen=True, order=True)
class Problem:
    line: int
    text: str


@dataclass
class Line:
    """The code and the comments of one source line; string literals are in neither."""

    code: str = ""
    comment: str = ""

    @property
    def only_comment(self) -> bool:
        return bool(self.comment) and not self.code.strip()


@dataclass
class Tag:
    line: int
    kind: str
    partners: list[int]
    has_operation: bool = False


@dataclass
class Source:
    lines: list[Line]
    tags: dict[int, Tag] = field(default_factory=dict)
    problems: set[Problem] = field(default_factory=set)

    def complain(self, line: int, text: str) -> None:
        self.problems.add(Problem(line + 1, text))


def split_lines(text: str) -> list[Line]:
    from pygments.lexers.c_cpp import CppLexer
    from pygments.token import Comment, String

    lines = [Line()]
    for token, value in CppLexer(stripnl=False, ensurenl=False).get_tokens(text):
        is_comment = token in Comment.Single or token in Comment.Multiline
        for i, part in enumerate(value.split("\n")):
            if i > 0:
                lines.append(Line())
            if is_comment:
                lines[-1].comment += part.strip("/* \t")
            elif token not in String:
                lines[-1].code += part
    return lines


def comment_run(lines: list[Line], first: int) -> str:
    """The comment that begins on line `first`, with the lines on which it goes on."""
    words = [lines[first].comment]
    for line in lines[first + 1 :]:
        if not line.only_comment:
            break
        words.append(line.comment)
    return " ".join(words)


def collect_tags(source: Source) -> None:
    """Find every numbered tag of the file, wherever it stands."""
    for at, line in enumerate(source.lines):
        for match in NUMBERED_TAG.finditer(line.comment):
            number, kind = int(match[1]), match[2]
            pairs = PARTNERS.match(comment_run(source.lines, at), match.end())
            if pairs is None:
                source.complain(at, f'({number}) {kind}: names no partner; write "pairs with (M)"')
            partners = [int(n) for n in re.findall(r"\d+", pairs[1])] if pairs else []
            if number in source.tags:
                earlier = source.tags[number].line + 1
                source.complain(at, f"({number}) is already the number of the tag on line {earlier}")
            else:
                source.tags[number] = Tag(at, kind, partners)


def annotated_lines(lines: list[Line], at: int) -> range:
    """The lines whose comments speak of line `at`: its statement so far, and the comment directly above."""
    first = at
    while first > 0:
        before = lines[first - 1].code.strip()
        if not before or before.startswith("#") or before[-1] in ";{}:":
            break
        first -= 1
    while first > 0 and lines[first - 1].only_comment:
        first -= 1
    return range(first, at + 1)


def check_operation(source: Source, at: int, kind: str) -> None:
    """Check that the order `kind` on line `at` has a tag."""
    where = annotated_lines(source.lines, at)
    text = " ".join(source.lines[i].comment for i in where)
    for number in REFERENCE.findall(text):
        if int(number) not in source.tags:
            source.complain(at, f"the comment refers to ({number}), which no tag in this file defines")
    if kind == "relaxed":
        if not RELAXED_TAG.search(text):
            source.complain(at, 'relaxed without a tag; write "relaxed: reason" directly above')
        return
    tags = [tag for tag in source.tags.values() if tag.line in where and tag.kind == kind]
    for tag in tags:
        tag.has_operation = True
    if not tags and kind not in LIBRARY_TAG.findall(text):
        source.complain(at, f'{kind} without a tag; write "(N) {kind}: pairs with (M); …" directly above')


def check_partners(source: Source) -> None:
    for number, tag in source.tags.items():
        if not tag.has_operation and tag.kind != "seq_cst":
            source.complain(tag.line, f"({number}) {tag.kind}: stands at no {tag.kind} operation")
        for partner in tag.partners:
            other = source.tags.get(partner)
            if other is None:
                source.complain(tag.line, f"({number}) pairs with ({partner}), which no tag defines")
                continue
            if number not in other.partners:
                text = f"({number}) pairs with ({partner}), but ({partner}) on line {other.line + 1} does not"
                source.complain(tag.line, f"{text} name ({number})")
            reads_from = tag.kind in READS and other.kind in WRITES
            if not reads_from and not (tag.kind in WRITES and other.kind in READS):
                source.complain(tag.line, f"({number}) {tag.kind} cannot pair with ({partner}) {other.kind}")


def check(text: str) -> list[Problem]:
    """All problems of one file, by line."""
    source = Source(split_lines(text))
    collect_tags(source)
    for at, line in enumerate(source.lines):
        for kind in ORDER.findall(line.code):
            check_operation(source, at, kind)
    check_partners(source)
    return sorted(source.problems)


def headers(paths: list[Path]) -> list[Path]:
    found: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found.update(path.rglob("*.hpp"))
        elif path.is_file():
            found.add(path)
        else:
            raise FileNotFoundError(f"{path}: no such file or directory")
    return sorted(path for path in found if path.parts[-2:] != EXEMPT)


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, help="files or directories (default: impls/)")
    options = parser.parse_args(arguments)
    try:
        files = headers(options.paths or [REPOSITORY / "impls"])
        texts = {path: path.read_text(encoding="utf-8") for path in files}
    except (OSError, UnicodeDecodeError) as error:
        print(f"check_memory_orders: {error}", file=sys.stderr)
        return 2
    if not files:
        print("check_memory_orders: no *.hpp below the given paths", file=sys.stderr)
        return 2
    failed = False
    for path, text in texts.items():
        for problem in check(text):
            failed = True
            print(f"{path}:{problem.line}: {problem.text}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
