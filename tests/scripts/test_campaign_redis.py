"""A campaign with a Redis server, and workers, of the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FakeBuild, Scripts, environment, lines, run_here

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
