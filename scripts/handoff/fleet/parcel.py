"""A run's files as one string of bytes, and back."""

from __future__ import annotations

import contextlib
import hashlib
import io
import lzma
import os
import tarfile
from pathlib import Path

from ..errors import HandoffError
from ..run import line_file
from ..run.run_folder import ENVIRONMENT_NAME, MEASURED

# What was measured. What is derived from it is made again where it arrives.
NAMES = (ENVIRONMENT_NAME, *MEASURED)
LARGEST_BYTES = 2 << 30


def packed(run: Path) -> bytes:
    """The same bytes each time, of a stored run, too."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name in NAMES:
            with contextlib.suppress(FileNotFoundError), line_file.open_lines(run / name) as file:
                entry = tarfile.TarInfo(name)
                content = file.read()
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return lzma.compress(plain.getvalue())


def sha256(parcel: bytes) -> str:
    return hashlib.sha256(parcel).hexdigest()


def unpack(parcel: bytes, folder: Path) -> None:
    """The folder appears when all of it is on the disk."""
    part = folder.with_name(f"{folder.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    try:
        with lzma.open(io.BytesIO(parcel)) as stream:
            plain = stream.read(LARGEST_BYTES + 1)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise HandoffError(f"the parcel of '{folder.name}' cannot be opened ({error})") from error
    if len(plain) > LARGEST_BYTES:
        raise HandoffError(f"the parcel of '{folder.name}' is larger than {LARGEST_BYTES >> 20} MiB")
    try:
        with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
            for entry in tar:
                content = tar.extractfile(entry) if entry.isreg() and entry.name in NAMES else None
                if content is None:
                    raise HandoffError(
                        f"the parcel of '{folder.name}' holds '{entry.name}', which is no file of a run"
                    )
                _write(part / entry.name, content.read())
    except tarfile.TarError as error:
        raise HandoffError(f"the parcel of '{folder.name}' cannot be opened ({error})") from error
    part.replace(folder)


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
