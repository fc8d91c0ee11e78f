"""Whom a worker of a fleet trusts: which server, which sources, which jobs; and what it keeps to itself."""

from __future__ import annotations

import argparse
import io
import json
import os
import pickle
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fleet as script
import fleet_fixtures
import pytest
from conftest import one_line, wait_until
from fleet_fixtures import Fleet

from handoff.errors import HandoffError
from handoff.fleet import server, signing, sources, spec
from handoff.fleet.board import Board
from handoff.fleet.server import PASSWORD_VARIABLE
from handoff.fleet.sources import Allowed, NotAllowed, Sources
from handoff.fleet.spec import Spec

PASSWORD = "correct-horse-battery"


def asked(url: str, **given: Any) -> server.Server:
    options = {"redis": url, "user": None, "password_file": None, "ca": None}
    return server.asked_for(argparse.Namespace(**options | given))


# ---- which server --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:6379", "redis://localhost", "redis://[::1]:7000", "unix:///run/redis/socket"]
)
def test_a_server_of_this_machine_needs_no_password(url: str) -> None:
    assert asked(url).is_local


@pytest.mark.parametrize(
    "url",
    ["redis://cache.example:6379", "redis://10.0.0.7", "rediss://cache.example", "redis://127.0.0.1.example"],
)
def test_any_other_server_needs_one(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    with pytest.raises(HandoffError, match="the server is on another machine, and no password is given"):
        asked(url)
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    assert asked(url).password == PASSWORD


@pytest.mark.parametrize(
    "url, says",
    [
        ("redis://:geheim@cache.example", "has a user or a password in it"),
        ("cache.example:6379", "that is no URL of a server"),
        ("http://geheim", "that is no URL of a server"),
        ("redis://geheim:99999", "no port from 1 to 65535"),
        ("redis://", "has no host"),
        ("redis://ge heim", "has no host"),
        ("unix://geheim", "has no path"),
    ],
)
def test_a_url_that_is_none_is_refused_and_not_repeated(url: str, says: str) -> None:
    with pytest.raises(HandoffError, match=says) as error:
        asked(url)
    assert "geheim" not in str(error.value)


def test_a_password_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o640)
    with pytest.raises(HandoffError, match="others may read it; chmod 600"):
        asked("redis://cache.example", password_file=file)
    file.chmod(0o600)
    found = asked("redis://cache.example", password_file=file)
    assert found.password == PASSWORD
    assert PASSWORD not in repr(found) and "cache.example" not in repr(found)
    file.write_text("")
    with pytest.raises(HandoffError, match="is empty"):
        asked("redis://cache.example", password_file=file)


def test_a_certificate_is_of_tls(tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="--ca is of a server with TLS"):
        asked("redis://127.0.0.1", ca=tmp_path)
    with pytest.raises(HandoffError, match="is no file"):
        asked("rediss://127.0.0.1", ca=tmp_path / "missing")


def test_a_password_that_the_server_does_not_ask_for_or_take_is_refused(tmp_path: Path) -> None:
    with fleet_fixtures.private_redis(tmp_path / "open") as redis:
        with pytest.raises(
            HandoffError, match="the Redis server asks for none: anybody could give its workers"
        ):
            server.Server("unix", redis.url[7:], 0, None, PASSWORD, None).connect()
    with fleet_fixtures.private_redis(tmp_path / "closed", password=PASSWORD) as redis:
        for other in (None, "another-password"):
            with pytest.raises(HandoffError, match="refuses this user and password") as error:
                server.Server("unix", redis.url[7:], 0, None, other, None).connect()
            assert "another-password" not in str(error.value)


# ---- which sources -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    root = tmp_path_factory.mktemp("repository")
    return root, fleet_fixtures.repository(root)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with fleet_fixtures.private_redis(tmp_path_factory.mktemp("redis") / "own") as redis:
        client = redis.client()
        yield Board(client)
        client.close()


def of_commit(commit: str) -> Spec:
    return Spec(spec.COMMIT, commit, "smoke", "any")


def of_archive(digest: str) -> Spec:
    return Spec(spec.ARCHIVE, digest, "smoke", "any")


def unasked() -> Board:
    raise AssertionError("no server is needed for it")


def test_commits_of_the_repositorys_branches_are_run(
    repository: tuple[Path, list[str]], tmp_path: Path
) -> None:
    root, commits = repository
    allowed = Sources(tmp_path, Allowed(str(root), (), None), unasked)
    tree = allowed.tree(of_commit(commits[0]))
    assert (tree.root / "number").read_text() == "0"
    assert allowed.tree(of_commit(commits[0])).root == tree.root  # once
    # A pull request's lies in the same repository, and is on no branch of it.
    for commit in (commits[2], "f" * 40):
        with pytest.raises(NotAllowed, match="is on none of the repository that this worker may run"):
            allowed.tree(of_commit(commit))


def test_a_repository_that_cannot_be_reached_is_no_fault_of_the_job(tmp_path: Path) -> None:
    """It is left to others, with what git says of it, and counts as no failure."""
    with fleet_fixtures.opened(tmp_path / "fleet") as fleet:
        (job,) = fleet.submit()
        fleet.root.rename(tmp_path / "elsewhere")
        fleet.start("a")
        wait_until(lambda: f"job {job} is left to others: git clone: fatal: " in fleet.said("a"))
        fleet.wait_for("queued")
        (told,) = fleet.jobs()
        assert (told["failures"], told["abandoned"]) == (0, 0) and "git clone: fatal:" in told["refused"]
        (tmp_path / "elsewhere").rename(fleet.root)
        fleet.wait_for("done")


def test_branches_can_be_named(repository: tuple[Path, list[str]], tmp_path: Path) -> None:
    root, commits = repository
    fleet_fixtures.git(root, "branch", "--force", "wild/idea", commits[2])
    narrow = Sources(tmp_path, Allowed(str(root), ("ma*", "release-*"), None), unasked)
    assert narrow.tree(of_commit(commits[1]))
    with pytest.raises(NotAllowed, match=r"its branches ma\*, release-\*"):
        narrow.tree(of_commit(commits[2]))
    wide = Sources(tmp_path, Allowed(str(root), (), None), unasked)
    assert (wide.tree(of_commit(commits[2])).root / "number").read_text() == "2"
    fleet_fixtures.git(root, "branch", "-D", "wild/idea")


def key(folder: Path, name: str) -> Path:
    path = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def test_archives_are_run_if_somebody_signed_them_who_may(
    repository: tuple[Path, list[str]], board: Board, tmp_path: Path
) -> None:
    root, _ = repository
    ours, theirs = key(tmp_path, "ours"), key(tmp_path, "theirs")
    signers = tmp_path / "signers"
    signers.write_text(f"me@example.org {ours.with_suffix('.pub').read_text()}")
    archive = tmp_path / "mine.tar"
    fleet_fixtures.git(root, "archive", "-o", str(archive), "HEAD")
    content = archive.read_bytes()
    allowed = Sources(tmp_path / "worker", Allowed(None, (), signers), lambda: board)

    good = sources.send(board, content, signing.signature(archive, ours))
    assert (allowed.tree(of_archive(good)).root / "number").exists()
    with pytest.raises(NotAllowed, match="this worker runs signed archives alone"):
        allowed.tree(of_commit("0" * 40))

    for signature in (signing.signature(archive, theirs), b"", b"-----BEGIN SSH SIGNATURE-----\n"):
        sources.send(board, content, signature)
        with pytest.raises(NotAllowed, match="is signed by nobody whom this worker's owner allows"):
            allowed.tree(of_archive(good))
    # What lies there under its name is another one.
    board.client.hset(f"handoff:fleet:source:{good}", "archive", content + b"\0")
    with pytest.raises(NotAllowed, match="what lies on the server is another one"):
        allowed.tree(of_archive(good))
    # A signature of ours, made for something else.
    other = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-q", "-f", str(ours), "-n", "file"],
        input=content,
        capture_output=True,
        check=True,
    )
    sources.send(board, content, other.stdout)
    with pytest.raises(NotAllowed, match="is signed by nobody"):
        allowed.tree(of_archive(good))


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "inside/../../outside"])
def test_an_archive_writes_nowhere_else(name: str, board: Board, tmp_path: Path) -> None:
    ours = key(tmp_path, "ours")
    (tmp_path / "signers").write_text(f"me {ours.with_suffix('.pub').read_text()}")
    archive = tmp_path / "bad.tar"
    with tarfile.open(archive, "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    digest = sources.send(board, archive.read_bytes(), signing.signature(archive, ours))
    allowed = Sources(tmp_path / "worker", Allowed(None, (), tmp_path / "signers"), lambda: board)
    with pytest.raises(HandoffError, match="which leads out of it"):
        allowed.tree(of_archive(digest))


# ---- which jobs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"options": [["out", "/etc"]]}, "a job may not have the option --out"),
        ({"options": [["build-dir", "/tmp/evil"]]}, "a job may not have the option --build-dir"),
        ({"options": [["redis", "redis://evil"]]}, "a job may not have the option --redis"),
        ({"options": [["filter"]]}, "its options are none"),
        ({"digest": "HEAD; rm -rf ~"}, "names neither a commit nor an archive"),
        ({"source": "url"}, "names neither a commit nor an archive"),
        ({"profile": "--out=/etc"}, "its profile is none"),
        ({"schema": 2}, "of another version of the fleet"),
        ({"on": ""}, "its on is none"),
    ],
)
def test_a_job_that_asks_for_more_than_it_may_is_no_job(changes: dict[str, Any], says: str) -> None:
    good = json.loads(of_commit("0" * 40).to_json())
    assert spec.from_json(json.dumps(good)) == of_commit("0" * 40)
    with pytest.raises(ValueError, match=says):
        spec.from_json(json.dumps(good | changes))


def test_no_value_of_a_job_becomes_an_option() -> None:
    one = Spec(spec.COMMIT, "0" * 40, "smoke", "any", (("filter", "--out=/etc"), ("alone", "")))
    assert one.flags() == ["--filter=--out=/etc", "--alone"]


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch /tmp/handoff-fleet-evil",)


def test_what_stands_in_the_queue_beside_a_jobs_id_is_never_run(tmp_path: Path) -> None:
    trace = Path("/tmp/handoff-fleet-evil")
    with fleet_fixtures.opened(tmp_path / "fleet") as fleet:
        client = fleet.redis.client()
        (job,) = fleet.submit()
        for name in ("evil", job):
            data = {
                "data": pickle.dumps(("os.system", None, [f"touch {trace}"], {})),
                "meta": pickle.dumps(Evil()),
            }
            client.hset(f"rq:job:{name}", mapping=data)
        client.lpush("rq:queue:handoff-fleet:any", "evil")
        client.close()
        fleet.start("a", "--until-idle")
        fleet.finish("a")
        assert fleet.states() == ["done"] and not trace.exists()


# ---- what stays here -----------------------------------------------------------------------------------------


def test_no_secret_leaves_a_worker(tmp_path: Path) -> None:
    """The fake campaign prints all of its variables; one job fails, and its log is kept."""
    with fleet_fixtures.opened(tmp_path / "fleet", password=PASSWORD) as fleet:
        refused = fleet.call("status")
        assert refused.returncode == 2 and "refuses this user and password" in one_line(refused.stderr)
        fleet.variables = {PASSWORD_VARIABLE: PASSWORD}
        good, bad = [*fleet.submit(), *fleet.submit("--filter", "fails")]
        fleet.start("a")
        fleet.wait_for("done", "failed")
        done = fleet.call("fetch", "--out", tmp_path / "out", "--no-report")
        assert done.returncode == 0, done.stderr
        log = fleet.call("status", "--log", bad).stdout
        assert "variables: " in log and "PATH=" in log
        kept = (fleet.copy("a", bad) / "log").read_text()
        seen = [log, kept, fleet.said("a"), done.stdout, done.stderr, fleet.call("status", "--json").stdout]
        seen += [path.read_text() for path in (tmp_path / "out" / "runs" / good).iterdir()]
        assert not [text for text in seen if PASSWORD in text]


def test_root_is_refused_and_so_is_a_worker_that_may_run_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = ["worker", "--redis", "redis://127.0.0.1:1", "--name", "a", "--state", str(tmp_path)]
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert script.main(given) == 2
    assert "this user is root; valid: a plain user, or --even-as-root" in one_line(capsys.readouterr().err)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert script.main(given) == 2
    assert "neither --repository URL, whose commits it may run, nor --signers" in one_line(
        capsys.readouterr().err
    )
    assert script.main([*given, "--signers", str(tmp_path / "none")]) == 2
    assert "is no file" in one_line(capsys.readouterr().err)
