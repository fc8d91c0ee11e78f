"""A fleet whose Redis has a password and TLS, and what is said where the two ends do not agree."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fleet_fixtures
import pytest
from conftest import HANG_S, one_line
from fleet_fixtures import FLEET, Fleet

from handoff.fleet import server
from handoff.fleet.server import PASSWORD_VARIABLE, CutOff

PASSWORD = "correct-horse-battery"


def certificate(folder: Path, name: str) -> Path:
    """Of localhost, signed by itself; its key lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.pem"
    made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(path.with_suffix(".key")), "-out", str(path)]
    subprocess.run(["openssl", "req", *made, *named, *files], check=True, capture_output=True)
    return path


def status(url: str, *trusted: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FLEET), "status", "--redis", url, *trusted]
    known = os.environ | {PASSWORD_VARIABLE: PASSWORD}
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, env=known)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("tls")
    own = certificate(folder, "own")
    with fleet_fixtures.opened(
        folder / "fleet", password=PASSWORD, port=free_port(), certificate=own
    ) as opened:
        opened.variables = {PASSWORD_VARIABLE: PASSWORD}
        yield opened


def test_a_job_is_measured_and_brought_home(fleet: Fleet, tmp_path: Path) -> None:
    (job,) = fleet.submit()
    fleet.start("a")
    fleet.wait_for("done")
    done = fleet.call("fetch", "--out", tmp_path / "out", "--no-report")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "runs" / job / "samples.jsonl").read_text().count("\n") > 100


def test_another_certificate_is_not_trusted(fleet: Fleet, tmp_path: Path) -> None:
    other = certificate(tmp_path, "other")
    for trusted in ([], ["--ca", str(other)]):
        done = status(f"rediss://localhost:{fleet.redis.port}", *trusted)
        assert done.returncode == 2 and "certificate is not trusted here" in one_line(done.stderr)


def test_a_port_without_tls_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis waits for the rest of what it takes for a command."""
    monkeypatch.setattr(server, "ANSWER_S", 0.5)
    with fleet_fixtures.private_redis(tmp_path / "plain", password=PASSWORD, port=free_port()) as plain:
        with pytest.raises(CutOff, match="does not answer by TLS; without TLS its URL begins with redis://"):
            server.Server("rediss", "localhost", plain.port, None, PASSWORD, None).connect()
