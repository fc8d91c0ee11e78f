#!/usr/bin/python3
"""Reject a script of a page whose types do not agree: TypeScript's checker reads what JSDoc says of each value.

The scripts of a page are one program, put together from files in scripts/handoff/report/templates. Each is checked as a
browser gets it, and what is found is told with the file and line that it stands in. Nothing is translated: the page has
the scripts as they are written.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.host import interpreter

if __name__ == "__main__":
    interpreter.settle()

from handoff.errors import HandoffError, ends_with_one_line

CHECKER = "tsc"
OPTIONS = "--checkJs --allowJs --noEmit --strict --noUnusedLocals --noUnusedParameters --noImplicitReturns"
OPTIONS += " --noFallthroughCasesInSwitch --target es2022 --lib es2022,dom,dom.iterable --pretty false"
FOUND = re.compile(r"^[^(]*\((\d+),(\d+)\): (.*)$")


@ends_with_one_line
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args(arguments)
    if shutil.which(CHECKER) is None:
        raise HandoffError(f"'{CHECKER}' is not installed; Debian's node-typescript has it")
    from handoff.report.page import TEMPLATES, environment  # needs packages

    programs = sorted(TEMPLATES.glob("*.js.j2"))
    told = []
    for program in programs:
        text = environment().get_template(program.name).render()
        told += found(text, program.name, sorted(TEMPLATES.glob("*.js")))
    for line in sorted(set(told)):
        print(line)
    print(f"{len(programs)} programs, {len(set(told))} findings")
    return 1 if told else 0


def found(text: str, name: str, parts: Iterable[Path]) -> list[str]:
    """What the checker says of a program, each with the place in the part that it stands in."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "program.js").write_text(text, encoding="utf-8")
        ended = subprocess.run(
            [CHECKER, *OPTIONS.split(), "program.js"], cwd=folder, capture_output=True, text=True
        )
    starts = []
    for part in parts:
        at = text.find(part.read_text(encoding="utf-8"))
        starts += [(text.count("\n", 0, at), part)] if at >= 0 else []
    told = []
    for line in ended.stdout.splitlines():
        place = FOUND.match(line)
        if place:
            told.append(f"{_place(int(place[1]), name, starts)}:{place[2]}: {place[3]}")
        else:  # the reason of the one above
            told[-1:] = [" ".join([*told[-1:], line.strip()])]
    if ended.returncode and not told:
        raise HandoffError(f"'{CHECKER}' ended with {ended.returncode}: {ended.stderr.strip()}")
    return told


def _place(line: int, name: str, starts: Iterable[tuple[int, Path]]) -> str:
    """A line of the program as one of the part that holds it; of none, as it is."""
    for start, part in starts:
        if start < line <= start + len(part.read_text(encoding="utf-8").splitlines()):
            return f"{part.name}:{line - start}"
    return f"{name}, line of the program:{line}"


if __name__ == "__main__":
    sys.exit(main())
