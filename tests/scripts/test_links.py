"""What the documents link to is in the repository, and not only on the machine of whoever wrote them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"\]\((?!\w+:|#)([^)\s#]+)")


def tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return listed.stdout.rstrip("\0").split("\0")


# A tree without .git, such as an unpacked archive, cannot say what would be cloned.
DOCUMENTS = tracked("*.md") if (ROOT / ".git").exists() else []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_what_a_clone_has(document: str) -> None:
    files = set(tracked())
    folders = {str(parent) for name in files for parent in Path(name).parents}
    text = (ROOT / document).read_text(encoding="utf-8")
    linked = {target: (ROOT / document).parent.joinpath(target).resolve() for target in LINK.findall(text)}
    missing = [
        target
        for target, path in linked.items()
        if not path.is_relative_to(ROOT) or str(path.relative_to(ROOT)) not in files | folders
    ]
    assert missing == []
