"""A campaign with a Redis server, and workers, of the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FakeBuild, Scripts, environment, lines, one_line, run_here

from handoff.campaign import redis_server

DOWNLOAD = "download_strategies/redis_workers/n:8/items:64/latency:log_normal/ms:4/time:real"
ELSEWHERE = ["--redis", "redis://cache.example:6379", "--queue", "mine", "--workers-elsewhere", "2"]
FLAGS = "--redis=redis://cache.example:6379 --queue=mine --workers_elsewhere=2"


@pytest.fixture
def downloads(build: FakeBuild) -> FakeBuild:
    build.set_cases("ping_pong/good_ring/wait:spin", DOWNLOAD)
    return build


def commands(build: FakeBuild) -> dict[str, str]:
    written = (build.benchmarks / "commands").read_text().splitlines()
    return {line.partition(" ")[0]: line for line in written}


def test_only_the_workload_that_has_workers_is_told(downloads: FakeBuild, tmp_path: Path) -> None:
    assert run_here(downloads, "--blocks", "1", "--out", str(tmp_path / "run"), *ELSEWHERE) == 0
    told = commands(downloads)
    assert FLAGS in told["download_strategies"]
    assert "--redis" not in told["ping_pong"] and "elsewhere" not in told["ping_pong"]


def test_no_server_is_told_of_unless_it_is_asked_for(downloads: FakeBuild, tmp_path: Path) -> None:
    assert run_here(downloads, "--blocks", "1", "--out", str(tmp_path / "run")) == 0
    assert "--redis" not in commands(downloads)["download_strategies"]
    assert environment(tmp_path / "run")["redis"] is None


def test_the_run_says_how_many_were_elsewhere_but_not_where(downloads: FakeBuild, tmp_path: Path) -> None:
    run = tmp_path / "run"
    downloads.misbehave({"case": "redis_workers", "do": "no server"})
    assert run_here(downloads, "--blocks", "1", "--out", str(run), *ELSEWHERE) == 1
    assert environment(run)["redis"] == {"workers_elsewhere": 2}
    (failed,) = [line for line in lines(run) if line["case"] == DOWNLOAD]
    assert failed["message"] == "failed: redis://<server>:6379 does not answer"
    assert "cache.example" not in "".join(path.read_text() for path in run.glob("*.json*"))


def test_a_run_goes_on_with_the_same_workers(scripts: Scripts, tmp_path: Path) -> None:
    scripts.build.set_cases("ping_pong/good_ring/wait:spin", DOWNLOAD)
    begun = ["--profile", "full", "--blocks", "1", "--out", str(tmp_path / "run")]
    assert scripts.campaign(*begun, *ELSEWHERE).returncode == 0
    other = scripts.campaign(*begun)
    assert other.returncode == 2
    assert "it has redis {'workers_elsewhere': 2}, not None" in other.stderr


def test_a_report_says_at_its_top_what_it_does_not_describe() -> None:
    assert redis_server.warnings({}) == redis_server.warnings({"redis": None}) == []
    (all_here,) = redis_server.warnings({"redis": {"workers_elsewhere": 0}})
    (some,) = redis_server.warnings({"redis": {"workers_elsewhere": 2}})
    assert "2 of the n workers" in some and "workers" not in all_here


@pytest.mark.parametrize(
    "url, says",
    [
        ("redis://user:hunter2@cache.example:6379", "a user or a password"),
        ("redis://:hunter2@cache.example", "a user or a password"),
        ("redis://hunter2%40cache@cache.example", "a user or a password"),
        ("rediss://cache.example:hunter2", "no URL of a server"),
        ("hunter2", "no URL of a server"),
        ("redis://cache.example:hunter2", "no port from 1 to 65535"),
        ("redis://cache.example:65536", "no port from 1 to 65535"),
        ("redis://cache.example:0", "no port from 1 to 65535"),
        ("redis://cache.example:6379?password=hunter2", "has '?' in it"),
        ("redis://cache.example:6379#hunter2", "has '#' in it"),
        ("redis://cache.example:6379/0", "no host, or something"),
        ("redis://[::1:6379", "no host, or something"),
        ("redis://", "no host, or something"),
        ("redis:///hunter2", "no host, or something"),
        ("unix://hunter2", "the URL has no path"),
        ("unix:///", "the URL has no path"),
    ],
)
def test_a_url_that_is_none_or_holds_a_secret_is_refused_and_not_repeated(
    build: FakeBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, says: str
) -> None:
    out = tmp_path / "run"
    assert run_here(build, "--blocks", "1", "--out", str(out), "--redis", url) == 2
    said = one_line(capsys.readouterr().err)
    assert says in said and "hunter2" not in said and "cache" not in said
    assert "valid: redis://HOST:PORT, unix:///PATH" in said
    assert not out.exists() and build.calls() == 0


@pytest.mark.parametrize(
    "url",
    ["redis://a", "redis://A.example:65535/", "redis://[::1]:6379", "redis://10.0.0.1", "unix:///run/r.sock"],
)
def test_a_url_of_a_server_is_taken(url: str) -> None:
    server = redis_server.asked_for(url, None, None)
    assert server is not None and len(server.where()) == 1 and server.where()[0] in url
