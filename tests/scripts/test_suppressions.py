"""What ThreadSanitizer may not say: each suppression has a reason, and a place where that can be looked up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "conformance/tsan.suppressions"


def without_a_link(text: str) -> list[str]:
    """The suppressions in whose paragraph no comment has a link."""
    paragraphs = re.split(r"\n\s*\n", text)
    return [
        line
        for paragraph in paragraphs
        if not re.search(r"^#.*https://\S+/\S+", paragraph, re.MULTILINE)
        for line in paragraph.splitlines()
        if line and not line.startswith("#")
    ]


def test_each_suppression_has_a_link() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("\nrace:") >= 4
    assert without_a_link(text) == []


@pytest.mark.parametrize(
    "text, missing",
    [
        ("# A reason.\n# https://example.org/issues/1\nrace:a\nrace:b\n", []),
        ("# https://example.org/issues/1\n\n# A reason.\nrace:a\n", ["race:a"]),
        ("# https://example.org/1\nrace:a\n\nrace:https://example.org/b", ["race:https://example.org/b"]),
    ],
)
def test_one_without_a_link_is_named(text: str, missing: list[str]) -> None:
    assert without_a_link(text) == missing
