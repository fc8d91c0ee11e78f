"""What was built, from which source, by which compiler, with which libraries."""

from __future__ import annotations

import argparse
import csv
import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import git, probe

ROOT = Path(__file__).resolve().parent.parent.parent.parent  # of the project

# The preset of what is measured, and where it is built.
PRESET = "bench"
FOLDER = Path("build") / PRESET

# The folders that decide what is measured. A report that is not committed yet makes no build dirty.
MEASURED_SOURCE = (":(top)", ":(top,exclude)reports")


def add_option(parser: argparse._ActionsContainer) -> None:
    """--build-dir, for whoever measures."""
    parser.add_argument(
        "--build-dir",
        type=Path,
        default=ROOT / FOLDER,
        metavar="DIR",
        help=f"the build to measure (default: {FOLDER})",
    )


def describe(root: Path, build_dir: Path, binaries: Mapping[str, Path]) -> dict[str, Any]:
    info = _build_info(build_dir)
    return {
        **source(root),
        "version": info.get("version"),
        "compiler": info.get("compiler"),
        "flags": info.get("flags"),
        "build_type": info.get("build_type"),
        "sanitizers": info.get("sanitizers"),
        "compiled_with": info.get("libraries", {}),
        "libraries": _libraries(root / "scripts" / "packages.tsv"),
        "binaries": {name: sha256(path) for name, path in binaries.items()},
    }


def source(root: Path) -> dict[str, Any]:
    """The commit and what differs from it; null where there is no repository, as in what was installed or unpacked."""
    if not git.is_repository(root):
        return {"commit": None, "dirty": None, "diff_sha256": None}
    commit = git.output(root, "rev-parse", "--verify", "HEAD")
    status = git.output(root, "status", "--porcelain", "--", *MEASURED_SOURCE)
    diff = git.output(
        root, "diff", "HEAD", "--binary", "--no-ext-diff", "--no-textconv", "--", *MEASURED_SOURCE
    )
    return {
        "commit": commit,
        "dirty": None if status is None else status != "",
        "diff_sha256": hashlib.sha256(diff.encode()).hexdigest() if diff else None,
    }


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _build_info(build_dir: Path) -> dict[str, Any]:
    """What CMake has written beside the binaries."""
    try:
        info = json.loads(probe.text(build_dir / "build_info.json") or "{}")
    except ValueError:
        return {}
    return info if isinstance(info, dict) else {}


def _libraries(packages: Path) -> dict[str, str | None]:
    """The versions of the packages that the project asks for (package, tab, reason)."""
    listed = probe.text(packages) or ""
    rows = csv.reader((line for line in listed.splitlines() if not line.startswith("#")), delimiter="\t")
    names = [row[0] for row in rows if row and row[0]]
    return {name: _installed().get(name) for name in names} if names else {}


@functools.cache
def _installed() -> dict[str, str]:
    """Every installed package: asking once is faster than asking for each."""
    listed = probe.output("dpkg-query", "-W", "-f", "${Package}\t${db:Status-Status}\t${Version}\n") or ""
    rows = (line.split("\t") for line in listed.splitlines())
    return {package: version for package, status, version in rows if status == "installed"}
