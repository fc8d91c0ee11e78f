"""What git says of a folder, whatever the user's settings and the environment ask of git: git runs as for a script.

A hook exports GIT_DIR, and a user's settings may colour the output, hide untracked files or show differences by
another program; each would make another tree, or a tree without changes, of the one that is asked about.
"""

from __future__ import annotations

import os
from pathlib import Path

from . import probe

_SETTINGS = (
    "color.ui=never",
    "status.showUntrackedFiles=normal",
    "core.quotePath=true",
    "core.fsmonitor=false",
)


def environment() -> dict[str, str]:
    """This process's, without what would point git to another repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def command(*arguments: str) -> list[str]:
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    return ["git", "--no-pager", *settings, *arguments]


def output(root: Path, *arguments: str) -> str | None:
    """What git prints there; null where there is no git or it fails."""
    return probe.output(*command(*arguments), cwd=root, env=environment())


def is_repository(root: Path) -> bool:
    """Whether the folder is a checkout itself. One that lies within somebody else's repository is none."""
    top = output(root, "rev-parse", "--show-toplevel")
    return top is not None and Path(top).resolve() == root.resolve()
