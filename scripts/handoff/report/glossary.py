"""The terms of docs/glossary.md, for the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

PATH = Path(__file__).resolve().parents[3] / "docs" / "glossary.md"


def read(path: Path = PATH) -> list[dict[str, Any]]:
    """Empty where a copy of the scripts has no documents beside it."""
    if not path.exists():
        return []
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.+?) \|$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [{"name": name, "meaning": _markup(meaning)} for name, meaning in rows]


def anchor(name: str) -> str:
    """The end of a term's anchor."""
    return re.sub(r"\W+", "-", name.replace("×", "times")).strip("-")


def _markup(text: str) -> Markup:
    """Code, emphasis, and links as plain words: what they lead to is no part of the page."""
    plain = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", text)
    told = str(escape(plain))
    told = re.sub(r"`(.+?)`", r"<code>\1</code>", told)
    return Markup(re.sub(r"\*(.+?)\*", r"<i>\1</i>", told))
