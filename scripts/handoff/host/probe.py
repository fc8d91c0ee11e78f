"""Looking things up on a machine that may not have them: what cannot be read is null, never an error."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COMMAND_LIMIT_S = 20.0


def without_flags() -> dict[str, str]:
    """This process's environment without the flags of Google Benchmark, which reads them from there as well: whatever
    a user has exported, a campaign measures what its own options say."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BENCHMARK_")}


def text(path: Path | str) -> str | None:
    """The file's text without the white space around it."""
    try:
        return Path(path).read_text(errors="replace").strip()
    except OSError:
        return None


def number(path: Path | str) -> int | None:
    found = text(path)
    try:
        return None if found is None else int(found)
    except ValueError:
        return None


def output(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str | None:
    """What the command prints; null if it is not there or fails. `env`: instead of this process's environment."""
    try:
        answer = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=COMMAND_LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def parsed(*command: str) -> Any:
    """The JSON that the command prints."""
    try:
        return json.loads(output(*command) or "null")
    except ValueError:
        return None


def choice(path: Path | str) -> str | None:
    """The chosen one of "never [madvise] always"; the whole text if none is bracketed."""
    found = text(path)
    if found is None or "[" not in found:
        return found
    return found.partition("[")[2].partition("]")[0]
