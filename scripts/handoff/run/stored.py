"""A run as it is stored: what was measured and nothing else, its lines packed."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import line_file, samples, sampling, stamps
from .run_folder import ENVIRONMENT_NAME

LINES = (samples.FILE_NAME, sampling.BLOCKS_NAME, stamps.FILE_NAME)


def files(run_dir: Path) -> list[Path]:
    """What of a run is there, be it packed or not; a plain file goes before a packed one, as for whoever reads it."""
    found = [run_dir / ENVIRONMENT_NAME]
    for name in LINES:
        paths = [path for path in (run_dir / name, line_file.packed(run_dir / name)) if path.exists()]
        found += paths[:1]
    return found


def pack(run_dir: Path, target: Path) -> None:
    """The same run in a tenth of the space, in a folder that is there."""
    for path in files(run_dir):
        if path.name in LINES:
            line_file.pack(path, line_file.packed(target / path.name))
        else:
            shutil.copyfile(path, target / path.name)
