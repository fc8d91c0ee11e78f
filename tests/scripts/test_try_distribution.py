"""try_distribution.sh: what it refuses, before it makes or mounts anything."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, one_line


@pytest.mark.parametrize(
    "arguments, says",
    [
        ((), "unknown release ''; valid: bookworm, trixie"),
        (("noble",), "unknown release 'noble'; valid: bookworm, trixie"),
        (("trixie", "--only", "both"), "--only 'both'; valid: bench, test"),
        (("trixie", "--only"), "--only takes a value"),
        (("trixie", "--fast", "yes"), "unknown option --fast; valid: --only, --root, --presets"),
    ],
)
def test_misuse_is_one_line(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    options = (*arguments, "--root", str(tmp_path / "root")) if len(arguments) > 2 else arguments
    told = subprocess.run(
        [str(ROOT / "scripts" / "try_distribution.sh"), *options], capture_output=True, text=True
    )
    assert told.returncode == 2 and told.stdout == "" and says in one_line(told.stderr)
    assert not (tmp_path / "root").exists()
