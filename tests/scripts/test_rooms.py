"""The order of the rooms (docs/architecture.md): a file uses its own room and those below it, never one above."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# From the top down.
PYTHON_ROOMS = (
    "commands",
    "report",
    "fleet",
    "python",
    "campaign",
    "proofs",
    "compare",
    "statistics",
    "run",
    "host",
    "errors.py",
    "streams.py",
)
CPP_ROOMS = ("benchmarks/downloads", "benchmarks/workloads", "benchmarks/harness", "impls")

PACKAGE = "handoff"
MOST_ARROWS = 30  # between two of the Python rooms

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Use:
    """One file uses another."""

    file: Path
    statement: str
    room: str
    used: str

    def upwards(self, rooms: Sequence[str]) -> str | None:
        """What is wrong with it, if it goes up."""
        below = rooms[rooms.index(self.room) :]
        if self.used in below:
            return None
        return f"{self.file}: '{self.statement}' uses {self.used}; {self.room} may use {', '.join(below)}"


# ---- Python --------------------------------------------------------------------------------------------------


def python_files(package: Path) -> list[Path]:
    return [file for file in sorted(package.rglob("*.py")) if file != package / "__init__.py"]


def python_uses(package: Path) -> list[Use]:
    """The imports of all modules of the package from the package, those within functions, too."""
    found = []
    for file in python_files(package):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for target in _imported(node, file, package):
                    room, used = _python_room(file.relative_to(package).parts), _python_room(target)
                    found.append(Use(file.relative_to(package), ast.unparse(node), room, used))
    return found


def _imported(node: ast.Import | ast.ImportFrom, file: Path, package: Path) -> Iterator[tuple[str, ...]]:
    """The path within the package of each thing that is imported from it."""
    here = (package.name, *file.relative_to(package).parent.parts)
    for name in node.names:
        if isinstance(node, ast.Import):
            path = tuple(name.name.split("."))
        else:
            start = here[: len(here) - node.level + 1] if node.level else ()
            path = (*start, *(node.module.split(".") if node.module else ()), name.name)
        if path[0] == package.name and len(path) > 1:
            yield path[1:]


def _python_room(path: Sequence[str]) -> str:
    """A folder, or a module beside them."""
    return path[0] if path[0] in PYTHON_ROOMS else f"{path[0].removesuffix('.py')}.py"


def python_faults(package: Path) -> list[str]:
    """What breaks the order."""
    stray = sorted({_python_room(file.relative_to(package).parts) for file in python_files(package)})
    unknown = [
        f"{room} is no room; valid: {', '.join(PYTHON_ROOMS)}" for room in stray if room not in PYTHON_ROOMS
    ]
    known = [use for use in python_uses(package) if use.room in PYTHON_ROOMS]
    return unknown + [fault for use in known if (fault := use.upwards(PYTHON_ROOMS))]


def test_no_module_imports_from_a_room_above_its_own() -> None:
    assert python_faults(ROOT / "scripts" / PACKAGE) == []


def test_there_are_few_arrows_between_the_rooms() -> None:
    arrows = {(use.room, use.used) for use in python_uses(ROOT / "scripts" / PACKAGE) if use.room != use.used}
    between = sorted(f"{room} -> {used}" for room, used in arrows if used not in ("errors.py", "streams.py"))
    assert 0 < len(between) <= MOST_ARROWS, between


@pytest.mark.parametrize(
    "statement",
    [
        "from ..report import page",
        "from ..report.page import render",
        "from .. import report",
        "import handoff.report.page",
        "from handoff import report",
        "from handoff.report.page import render",
        "def later():\n    from ..report import page",
    ],
)
def test_an_import_upwards_is_named(tmp_path: Path, statement: str) -> None:
    package = tmp_path / PACKAGE
    (package / "run").mkdir(parents=True)
    (package / "run" / "cases.py").write_text(f"import json\nfrom ..host import probe\n{statement}\n")
    (said,) = python_faults(package)
    line = statement.splitlines()[-1].strip()
    assert said == f"run/cases.py: '{line}' uses report; run may use run, host, errors.py, streams.py"


def test_a_module_outside_of_the_rooms_is_named(tmp_path: Path) -> None:
    package = tmp_path / PACKAGE
    package.mkdir()
    (package / "stray.py").write_text("")
    (said,) = python_faults(package)
    assert said.startswith("stray.py is no room; valid: commands, report, ")


# ---- C++ -----------------------------------------------------------------------------------------------------


def cpp_uses(root: Path) -> list[Use]:
    """The includes of all sources in a room of files that are in a room."""
    found = []
    for file in _cpp_files(root):
        room = _cpp_room(file, root)
        for name in INCLUDE.findall(file.read_text(encoding="utf-8")):
            # As the compiler looks: beside the file, then in the folders that it is given.
            places = (file.parent, root, root / "benchmarks", root / "impls")
            target = next((place / name for place in places if (place / name).is_file()), None)
            used = target and _cpp_room(target.resolve(), root)
            if room and used:
                found.append(Use(file.relative_to(root), f'#include "{name}"', room, used))
    return found


def _cpp_files(root: Path) -> list[Path]:
    endings = ("*.hpp", "*.cpp", "*.cpp.in")
    folders = (root / "benchmarks", root / "impls")
    return sorted(file for folder in folders for ending in endings for file in folder.rglob(ending))


def _cpp_room(file: Path, root: Path) -> str | None:
    path = file.relative_to(root).as_posix()
    return next((room for room in CPP_ROOMS if path.startswith(f"{room}/")), None)


def cpp_faults(root: Path) -> list[str]:
    """What breaks the order."""
    stray = [file.relative_to(root) for file in _cpp_files(root) if _cpp_room(file, root) is None]
    unknown = [f"{file} is in no room; valid: {', '.join(CPP_ROOMS)}" for file in stray]
    return unknown + [fault for use in cpp_uses(root) if (fault := use.upwards(CPP_ROOMS))]


def test_no_source_includes_from_a_room_above_its_own() -> None:
    assert cpp_faults(ROOT) == []
    assert {use.room for use in cpp_uses(ROOT)} == set(CPP_ROOMS)  # the includes were found


@pytest.mark.parametrize("name", ["workloads/case_main.hpp", "../workloads/case_main.hpp"])
def test_an_include_upwards_is_named(tmp_path: Path, name: str) -> None:
    for room in CPP_ROOMS:
        (tmp_path / room).mkdir(parents=True)
    (tmp_path / "impls" / "ring.hpp").write_text("")
    (tmp_path / "benchmarks" / "workloads" / "case_main.hpp").write_text('#include "harness/plan.hpp"\n')
    plan = f'#include <vector>\n#include "ring.hpp"\n#  include "{name}"\n'
    (tmp_path / "benchmarks" / "harness" / "plan.hpp").write_text(plan)
    (said,) = cpp_faults(tmp_path)
    assert said == (
        f"benchmarks/harness/plan.hpp: '#include \"{name}\"' uses benchmarks/workloads; "
        "benchmarks/harness may use benchmarks/harness, impls"
    )


def test_a_source_outside_of_the_rooms_is_named(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "stray.cpp").write_text("")
    (said,) = cpp_faults(tmp_path)
    assert said.startswith("benchmarks/stray.cpp is in no room; valid: benchmarks/downloads, ")
