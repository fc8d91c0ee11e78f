"""What a worker may run: commits of the repository that its owner named, and archives signed by somebody whom its owner
allowed. Each is checked out and built once, by this machine's compiler, in a folder of its own."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..campaign import commits
from ..campaign.commits import CommitSource
from ..errors import HandoffError
from ..host import git
from . import signing
from .board import PREFIX, Board
from .server import understood
from .spec import COMMIT, Spec

REMOTE = "refs/remotes/origin/"


class NotAllowed(Exception):
    """The owner of this worker has not allowed what the job asks for."""


class NotHere(Exception):
    """This worker cannot get at the source now, which is no fault of the job."""


@dataclass(frozen=True)
class Allowed:
    """By the owner of the worker."""

    repository: str | None  # a path or a URL of git's
    branches: tuple[str, ...]  # patterns of them; none: any branch and any tag
    signers: Path | None  # as ssh-keygen(1) has it

    def check(self) -> None:
        if self.repository is None and self.signers is None:
            raise HandoffError(
                "this worker would run nothing: neither --repository URL, whose commits it may run, nor --signers FILE, "
                "whose archives it may run, is given"
            )
        if self.signers is not None and not self.signers.is_file():
            raise HandoffError(
                f"--signers '{self.signers}' is no file; valid: a file of allowed signers (ssh-keygen(1))"
            )


class Sources:
    def __init__(self, folder: Path, allowed: Allowed, board: Callable[[], Board]) -> None:
        self._folder = folder
        self._allowed = allowed
        self._board = board

    def tree(self, spec: Spec) -> CommitSource:
        """Checked out, and not built yet."""
        return self._commit(spec.digest) if spec.source == COMMIT else self._archive(spec.digest)

    # ---- commits ---------------------------------------------------------------------------------------------

    def _commit(self, commit: str) -> CommitSource:
        if self._allowed.repository is None:
            raise NotAllowed(f"commit {commit[:12]}: this worker runs signed archives alone")
        root = self._clone(self._allowed.repository)
        if not self._is_on_allowed_branch(root, commit):
            self._git(root, "fetch", "--quiet", "--prune", "--prune-tags", "--force", "--tags", "origin")
        if not self._is_on_allowed_branch(root, commit):
            which = (
                f"its branches {', '.join(self._allowed.branches)}"
                if self._allowed.branches
                else "its branches and tags"
            )
            raise NotAllowed(
                f"commit {commit[:12]} is on none of the repository that this worker may run ({which})"
            )
        (source,) = commits.sources(root, [commit])
        return source

    def _clone(self, repository: str) -> Path:
        root = self._folder / "repository"
        if not (root / ".git").exists():
            part = root.with_name("repository.part")
            shutil.rmtree(part, ignore_errors=True)
            part.parent.mkdir(parents=True, exist_ok=True)
            self._git(self._folder, "clone", "--quiet", "--no-checkout", "--", repository, str(part))
            part.replace(root)
        # Another repository may be allowed now.
        self._git(root, "remote", "set-url", "origin", repository)
        return root

    def _is_on_allowed_branch(self, root: Path, commit: str) -> bool:
        """What merely lies in the repository, such as a pull request's commits, is on no branch of it."""
        names = git.output(
            root, "for-each-ref", "--format=%(refname)", "--contains", commit, REMOTE, "refs/tags/"
        )
        found = (names or "").split()
        if not self._allowed.branches:
            return bool(found)
        branches = [name.removeprefix(REMOTE) for name in found if name.startswith(REMOTE)]
        return any(fnmatchcase(name, pattern) for name in branches for pattern in self._allowed.branches)

    def _git(self, cwd: Path, *arguments: str) -> None:
        done = subprocess.run(
            git.command(*arguments),
            cwd=cwd,
            env=git.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            telling = [line for line in said if line.startswith(("fatal:", "error:"))]
            raise NotHere(f"git {arguments[0]}: {(telling or said)[0]}")

    # ---- archives --------------------------------------------------------------------------------------------

    def _archive(self, sha256: str) -> CommitSource:
        if self._allowed.signers is None:
            raise NotAllowed(f"archive {sha256[:12]}: this worker runs commits of its repository alone")
        content, signature = received(self._board(), sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotAllowed(f"archive {sha256[:12]}: what lies on the server is another one")
        if signing.signer(content, signature, self._allowed.signers) is None:
            raise NotAllowed(f"archive {sha256[:12]} is signed by nobody whom this worker's owner allows")
        root = self._folder / "archives" / sha256[:12]
        if not root.exists():
            part = root.with_name(f"{root.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            try:
                with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                    tar.extractall(part, [_inside(entry) for entry in tar])
            except (tarfile.TarError, EOFError) as error:
                raise HandoffError(f"archive {sha256[:12]} cannot be unpacked: {error}") from error
            part.replace(root)
        return CommitSource(f"archive {sha256[:12]}", _top(root))


def _inside(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Python 3.11.2 does not look itself where an archive writes to."""
    target = entry.linkname if entry.issym() or entry.islnk() else ""
    for path in (entry.name, target):
        if path.startswith("/") or ".." in path.split("/"):
            raise HandoffError(f"the archive holds '{entry.name}', which leads out of it")
    if not (entry.isreg() or entry.isdir() or target):
        raise HandoffError(
            f"the archive holds '{entry.name}', which is neither a file nor a folder nor a link"
        )
    entry.mode &= 0o755
    return entry


def _top(root: Path) -> Path:
    """An archive may have one folder that all is in."""
    inside = list(root.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else root


def send(board: Board, archive: bytes, signature: bytes) -> str:
    digest = hashlib.sha256(archive).hexdigest()
    with understood():
        board.client.hset(_key(digest), mapping={"archive": archive, "signature": signature})
    return digest


def received(board: Board, sha256: str) -> tuple[bytes, bytes]:
    with understood():
        archive, signature = board.client.hmget(_key(sha256), "archive", "signature")
    if archive is None or signature is None:
        raise HandoffError(
            f"archive {sha256[:12]} is not on the server; scripts/fleet.py submit --archive sends it"
        )
    return archive, signature


def _key(sha256: str) -> str:
    return f"{PREFIX}source:{sha256}"
