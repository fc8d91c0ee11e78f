"""The deep tests that CI draws, against a ctest that is not one."""

from __future__ import annotations

import itertools
import json
import re
import types
from pathlib import Path

import deep_slice
import pytest

NAMES = [f"stress_deep/queue_{letter}" for letter in "abcdefgh"]

# Lists NAMES; notes each test that it is asked for and what the environment says, fails those of the file `failing`.
CTEST = """#!/usr/bin/python3 -IS
import json, os, sys, time
here = os.path.dirname(os.path.abspath(__file__))
assert sys.argv[1:3] == ["--preset", "tsan-deep"], sys.argv
if "--show-only=json-v1" in sys.argv:
    print(open(os.path.join(here, "listing")).read())
    sys.exit(0)
name = sys.argv[sys.argv.index("-R") + 1]
with open(os.path.join(here, "asked"), "a") as asked:
    asked.write(f"{name} {os.environ['HANDOFF_SEED']} {os.environ['HANDOFF_DEEP_SECONDS']}\\n")
time.sleep(0.02)
print("what the test said of", name)
sys.exit(8 if open(os.path.join(here, "failing")).read() in name else 0)
"""


@pytest.fixture
def ctest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ctest").write_text(CTEST)
    (folder / "ctest").chmod(0o755)
    (folder / "listing").write_text(json.dumps({"tests": [{"name": name} for name in NAMES]}))
    (folder / "failing").write_text("none")
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return folder


def asked(ctest: Path) -> list[str]:
    return (ctest / "asked").read_text().splitlines()


def draw(seconds: float, seed: int) -> int:
    return deep_slice.main(["--preset", "tsan", "--seconds", str(seconds), "--seed", str(seed)])


def test_all_are_run_once_while_there_is_time(ctest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert draw(3600, 5) == 0
    assert sorted(asked(ctest)) == [f"^{name}$ 5 5" for name in NAMES]
    out = capsys.readouterr().out
    assert "seed 5" in out and f"{len(NAMES)} deep tests passed" in out
    assert "what the test said" not in out


def test_none_begins_when_the_time_is_over(ctest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count()  # a clock that goes on by one whenever it is read: three times for each test
    monkeypatch.setattr(deep_slice, "time", types.SimpleNamespace(monotonic=lambda: next(seconds)))
    assert draw(5, 5) == 0
    assert len(asked(ctest)) == 2


def test_what_takes_longer_than_is_left_is_passed_over(ctest: Path) -> None:
    costs = dict(zip(NAMES, (1.0, 30.0, 3601.0, 36000.0)))
    listing = [{"name": n, "properties": [{"name": "COST", "value": costs.get(n, 0.0)}]} for n in NAMES]
    (ctest / "listing").write_text(json.dumps({"tests": listing}))
    assert draw(3600, 5) == 0
    assert sorted(asked(ctest)) == [f"^{name}$ 5 5" for name in NAMES if costs.get(name, 0.0) < 3600]


def test_the_draw_follows_from_the_seed(ctest: Path) -> None:
    assert draw(3600, 5) == draw(3600, 5) == draw(3600, 6) == 0
    first, again, other = (asked(ctest)[i : i + len(NAMES)] for i in range(0, 3 * len(NAMES), len(NAMES)))
    assert first == again
    assert [line.split()[0] for line in first] != [line.split()[0] for line in other]


def test_without_a_seed_there_is_a_new_one(ctest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds = set()
    for _ in range(2):
        assert deep_slice.main(["--preset", "tsan", "--seconds", "0.01"]) == 0
        seeds |= set(re.findall(r"seed (\d+)", capsys.readouterr().out))
    assert len(seeds) == 2


def test_a_failure_is_shown_and_how_to_repeat_it(ctest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ctest / "failing").write_text("queue_c")
    assert draw(3600, 5) == 1
    said = capsys.readouterr()
    assert len(asked(ctest)) == len(NAMES), "the others are run all the same"
    assert "what the test said of ^stress_deep/queue_c$" in said.out
    assert "1 of 8 deep tests failed: stress_deep/queue_c; repeat with" in said.err
    assert "--preset tsan --seconds 3600 --seed 5" in said.err


def test_what_deep_has_said_quick_need_not_say(ctest: Path, tmp_path: Path) -> None:
    names = ["stress_deep/queue_a", "stress_deep/queue_b+", "package/own/thread"]
    (ctest / "listing").write_text(json.dumps({"tests": [{"name": name} for name in names]}))
    said = tmp_path / "said.txt"
    arguments = ["--preset", "tsan", "--seed", "5", "--said", str(said), "--seconds"]
    assert deep_slice.main([*arguments, "3600"]) == 0
    expression = re.compile(said.read_text().strip())
    quick = [
        "stress/queue_a",
        "stress/queue_b+",
        "stress/queue_bb",
        "stress/queue_ab",
        "package/own",
        "package/own/thread",
    ]
    assert [name for name in quick if expression.search(name)] == ["stress/queue_a", "stress/queue_b+"]
    assert deep_slice.main([*arguments, "0"]) == 0
    assert not re.search(said.read_text().strip(), "stress/queue_a")


@pytest.mark.parametrize(
    "listing, told",
    [
        ('{"tests": []}', "preset 'tsan' has no deep tests; scripts/test.sh builds them"),
        ("No such preset", "ctest lists no deep tests of preset 'tsan': No such preset"),
    ],
)
def test_a_preset_without_deep_tests_is_misuse(
    ctest: Path, capsys: pytest.CaptureFixture[str], listing: str, told: str
) -> None:
    (ctest / "listing").write_text(listing)
    assert draw(3600, 5) == 2
    assert told in capsys.readouterr().err
