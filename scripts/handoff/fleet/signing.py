"""Source archives that are signed, and by whom: OpenSSH's signatures, so that the keys are those that one has."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from ..errors import HandoffError, describe

NAMESPACE = "handoff-fleet"
_GOOD = re.compile(rf'Good "{NAMESPACE}" signature for (\S+)')


def signature(archive: Path, key: Path) -> bytes:
    """By the private key in the file, or by the one of the agent to which the public key in the file belongs."""
    with tempfile.TemporaryDirectory(prefix="handoff-fleet-") as folder:
        copy = Path(folder) / "archive"
        copy.write_bytes(archive.read_bytes())
        done = _keygen("sign", "-q", "-f", str(key), "-n", NAMESPACE, str(copy))
        if done.returncode != 0:
            raise HandoffError(
                f"--key '{key}' signs nothing: {_last_line(done)}; valid: a key of ssh-keygen's"
            )
        return copy.with_suffix(".sig").read_bytes()


def signer(archive: bytes, signed: bytes, allowed: Path) -> str | None:
    """Who has signed it, of those in the file of allowed signers (ssh-keygen(1)); None if it is none of them."""
    with tempfile.TemporaryDirectory(prefix="handoff-fleet-") as folder:
        file = Path(folder) / "signature"
        file.write_bytes(signed)
        found = _keygen("find-principals", "-f", str(allowed), "-s", str(file))
        for name in found.stdout.decode(errors="replace").split() if found.returncode == 0 else []:
            who = ("-f", str(allowed), "-I", name, "-n", NAMESPACE, "-s", str(file))
            verified = _keygen("verify", *who, given=archive)
            if verified.returncode == 0 and _GOOD.search(verified.stdout.decode(errors="replace")):
                return name
    return None


def _keygen(what: str, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", "-Y", what, *arguments], input=given, capture_output=True)
    except OSError as error:
        raise HandoffError(f"cannot run {describe(error)}; Debian's package openssh-client has it") from error


def _last_line(done: subprocess.CompletedProcess[bytes]) -> str:
    return (done.stderr.decode(errors="replace").strip().splitlines() or ["it says nothing"])[-1]
