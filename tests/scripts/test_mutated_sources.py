"""The copies of our sources that have the faults in them, and the sources, which have none."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from handoff.errors import HandoffError
from handoff.proofs import mutated_sources, mutations
from handoff.proofs.mutations import ROOT, Mutation

SOURCE = """\
#pragma once

inline int sum(int x) {
    int y = 1;
    // What an original passes over.
    y += x *
         2;  // Here, too.
    y -= 3;
    return y;
}
inline constexpr int line = __LINE__;
inline constexpr const char* file = __FILE__;
"""
MAIN = """\
#include <cstdio>
#include "ring.hpp"
int main() { std::printf("%d %d %s\\n", sum(5), line, file); }
"""
FAULT = re.compile(
    r"HANDOFF_(?:MUTA|WEAKENED|INSERTED|OMITTED|IS_MUTATED)|\bis_mutated\b|mutation|\bmutants?\b"
)


def fault(
    name: str, original: str | list[str], mutated: str | list[str], include: tuple[str, ...] = ()
) -> Mutation:
    originals = (original,) if isinstance(original, str) else tuple(original)
    mutants = (mutated,) if isinstance(mutated, str) else tuple(mutated)
    return Mutation(f"ring.{name}", "a fault", ("ring",), None, (), "ring.hpp", originals, mutants, include)


def copied(tmp_path: Path, *faults: Mutation) -> str:
    source = tmp_path / "ring.hpp"
    source.write_text(SOURCE, encoding="utf-8")
    return mutated_sources.copy(source, faults)


# As they are in this repository.


def test_no_fault_stands_in_the_sources() -> None:
    """Who reads them wants to learn the algorithm; the faults are in mutations.toml."""
    names = subprocess.run(
        ["git", "ls-files", "impls", "benchmarks"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in names if (ROOT / name).is_file()}
    assert "impls/queues/treiber_stack.hpp" in texts
    assert {name: FAULT.findall(text) for name, text in texts.items() if FAULT.search(text)} == {}


def test_each_original_occurs_once_in_its_file(tmp_path: Path) -> None:
    table = mutations.read()
    mutated_sources.write(table, ROOT, {one.file for one in table}, tmp_path)
    for one in table:
        assert f'is_mutated("{one.name}")' in (tmp_path / one.file).read_text(encoding="utf-8")


# Copies.


def test_a_copy_does_what_its_source_does_or_its_fault(tmp_path: Path) -> None:
    faults = [
        fault("moved", "y += x * 2; y -= 3;", "y -= 3;\ny *= 2;  // later"),
        fault("factor", "x * 2", "x * 4"),
        fault("forgotten_factor", "x * 2", "x"),
        fault("forgotten", "y -= 3;", ""),
        fault("in_two_places", ["y -= 3;", "return y;"], ["y -= 4;", "return -y;"]),
    ]
    text = copied(tmp_path, *faults)
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies/ring.hpp").write_text(text, encoding="utf-8")
    (tmp_path / "copies/main.cpp").write_text(MAIN, encoding="utf-8")
    program = tmp_path / "program"
    build = ["g++", "-std=c++20", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'tests'}", "-o", str(program)]
    subprocess.run([*build, str(tmp_path / "copies/main.cpp")], check=True)

    def said(name: str) -> tuple[str, bool]:
        environment = os.environ | {"HANDOFF_MUTATION": name}
        ran = subprocess.run([str(program)], check=True, capture_output=True, text=True, env=environment)
        number, line, file = ran.stdout.split()
        assert (line, file) == ("11", str(tmp_path / "ring.hpp"))
        return number, ran.stderr == "the mutation is met\n"

    assert said("") == said("ring.of_another_file") == ("8", False)
    assert said("ring.moved") == ("-4", True)
    assert said("ring.factor") == ("18", True)
    assert said("ring.forgotten_factor") == ("3", True)
    assert said("ring.forgotten") == ("11", True)
    assert said("ring.in_two_places") == ("-7", True)


def test_a_copy_includes_what_its_faults_need(tmp_path: Path) -> None:
    source = tmp_path / "ring.hpp"
    assert copied(tmp_path) == f'#line 1 "{source}"\n{SOURCE}'
    text = copied(
        tmp_path,
        fault("a", "x * 2", "pause(x)", ("../support/pause.hpp",)),
        fault("b", "y -= 3", "pause(3)", ("../support/pause.hpp",)),
    )
    assert text.startswith('#include "mutants/mutation.hpp"\n#include "../support/pause.hpp"\n#line 1 ')


@pytest.mark.parametrize(
    ("faults", "complaint"),
    [
        ([fault("a", "x * 3", "x")], "ring.a': in 'ring.hpp' the original 'x \\* 3' occurs 0 times"),
        ([fault("a", "y", "x")], "ring.a': in 'ring.hpp' the original 'y' occurs 4 times; it must occur exactly once"),
        ([fault("a", "x * 2;", "x")], "ring.a': 'original' and 'mutated' must both be statements"),
        ([fault("a", "x * 2", "x;")], "ring.a': 'original' and 'mutated' must both be statements"),
        ([fault("a", "x * 2", "")], "ring.a': 'original' and 'mutated' must both be statements"),
        ([fault("a", "y += x * 2; y -= 3;", ""), fault("b", "y -= 3; return y;", "")],
         "'ring.a' and 'ring.b': each original has a part of the other"),
    ],
)  # fmt: skip
def test_a_fault_that_has_no_one_place_is_refused(
    tmp_path: Path, faults: list[Mutation], complaint: str
) -> None:
    with pytest.raises(HandoffError, match=complaint):
        copied(tmp_path, *faults)


def test_a_fault_of_a_file_that_is_not_copied_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="ring.a': 'ring.hpp' is none of the files that are copied"):
        mutated_sources.write([fault("a", "x * 2", "x")], tmp_path, ["stack.hpp"], tmp_path / "copies")


def test_only_what_has_changed_is_written_anew(tmp_path: Path) -> None:
    into = tmp_path / "copies"
    for name in ("ring.hpp", "stack.hpp"):
        (tmp_path / name).write_text(SOURCE, encoding="utf-8")
    mutated_sources.write([], tmp_path, ["ring.hpp", "stack.hpp"], into)
    for path in into.iterdir():
        os.utime(path, ns=(1, 1))
    (tmp_path / "stack.hpp").write_text(SOURCE + "// new\n", encoding="utf-8")
    mutated_sources.write([], tmp_path, ["ring.hpp", "stack.hpp"], into)
    assert (into / "ring.hpp").stat().st_mtime_ns == 1
    assert (into / "stack.hpp").stat().st_mtime_ns != 1
    mutated_sources.write([], tmp_path, ["ring.hpp"], into)
    assert [path.name for path in into.iterdir()] == ["ring.hpp"]
