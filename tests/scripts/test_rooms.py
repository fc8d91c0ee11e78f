"""The order of the rooms (docs/architecture.md): a file uses its own room and those below it, never one above."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# From the top down.
PYTHON_ROOMS = ("report", "python", "campaign", "proofs", "compare", "statistics", "run", "host", "errors.py")

PACKAGE = "handoff"
MOST_ARROWS = 30  # between two of the Python rooms


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
    between = sorted(f"{room} -> {used}" for room, used in arrows if used != "errors.py")
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
    assert said == f"run/cases.py: '{line}' uses report; run may use run, host, errors.py"


def test_a_module_outside_of_the_rooms_is_named(tmp_path: Path) -> None:
    package = tmp_path / PACKAGE
    package.mkdir()
    (package / "stray.py").write_text("")
    (said,) = python_faults(package)
    assert said.startswith("stray.py is no room; valid: report, ")
