"""A table kept by hand as a TOML file: a section for each entry."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ..errors import HandoffError


def read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise HandoffError(f"'{path}' cannot be read: {error}") from error
