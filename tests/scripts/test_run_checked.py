"""What is no run is refused where it is read, in one line that names the file, the place and the value."""

from __future__ import annotations

import json
import lzma
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_samples import CASE, edit, sample, write_run

from handoff.errors import HandoffError
from handoff.run import line_file, results, samples, strict_json

DOWNLOAD = "download/mutex_ring/n:8/m:2/wait:block/items:64"
DEEP = "[" * 100_000


def environment_with(run: Path, text: str) -> None:
    path = run / "environment.json"
    path.write_text(path.read_text().rstrip()[:-1] + f", {text}}}")


def last_line(run: Path, line: bytes) -> None:
    with open(run / "samples.jsonl", "ab") as file:
        file.write(line + b"\n")


def refused(run: Path, says: str) -> None:
    with pytest.raises(HandoffError) as caught:
        results.load(run)
    said = str(caught.value)
    assert says in said and str(run) in said
    assert len(said) < 600 and "\n" not in said
    said.encode("utf-8")


@pytest.mark.parametrize(
    "text, says",
    [
        ('"seed": NaN', "NaN is no number"),
        ('"window_ms": Infinity', "Infinity is no number"),
        ('"window_ms": 1e999', "inf is no number"),
        ('"window_ms": -50', "window_ms is -50; valid: a number from 0"),
        (f'"seed": {10**30}', "a whole number of more than 64 bits"),
        (f'"seed": {"9" * 5000}', "not JSON"),
        (f'"machine": {DEEP}', "nested too deep"),
        ('"machine": ' + '{"a":' * 100 + "1" + "}" * 100, "nested deeper than"),
        ('"machine": null', "machine is None; valid: an object"),
        ('"machine": {"model": "\\ud800"}', "half of a pair of surrogates"),
        ('"machine": {"cpus": "two"}', "machine.cpus is 'two'; valid: a whole number"),
        ('"machine": {"cpus": true}', "machine.cpus is True"),
        ('"run_id": null', "run_id is None; valid: a text"),
        ('"build": {"commit": "--output=x"}', "build.commit is '--output=x'; valid: a commit's hash"),
        ('"build": {"flags": ["-O3"]}', "build.flags is a list of 1; valid: a text"),
        ('"catalog": {"queues": [{}]}', "without catalog.queues[0].name"),
        ('"catalog": {"queues": {"a": 1}}', "catalog.queues is an object of 1; valid: a list"),
        ('"catalog": {"python": {}}', "without catalog.python.forms"),
        ('"sampling": {"precision": 2}', "sampling"),
        ('"sources": {"a": null}', "sources.a is None; valid: a text"),
        ('"cases": ["ping_pong/a/queues:two/wait:spin/report:mean"]', "queues is 'two'; valid: a number"),
        ('"cases": ["ping_pong/a/queues:2/wait:spin"]', "has no report"),
        ('"cases": ["counter/a/t:0/mix:increment"]', "t is '0'"),
        ('"cases": ["counter/a/t:²/mix:increment"]', "t is '"),
        ('"cases": [null]', "cases[0] is None; valid: a text"),
    ],
)
def test_of_the_environment(tmp_path: Path, text: str, says: str) -> None:
    run = write_run(tmp_path / "r", sample())
    environment_with(run, text)
    refused(run, says)


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"block": -1}, "block is -1"),
        ({"block": True}, "block is True"),
        ({"block": 10**20}, "block is a whole number of more than 64 bits"),
        ({"block": 1.5}, "block is 1.5"),
        ({"started": None}, "started is None"),
        ({"message": None}, "message is None; valid: a text"),
        ({"output": ["a"]}, "output is a list of 1"),
        ({"exit": "0"}, "exit is '0'"),
        ({"seconds": -1}, "seconds is -1"),
        ({"cpus": [0, None]}, "cpus[1] is None"),
        ({"cpus": {"0": 1}}, "cpus is an object of 1"),
        ({"label": "a\nb"}, "label is 'a\\nb'; valid: a printable text"),
        ({"figures": {"items": None}}, "the figure 'items' is None"),
        ({"figures": {"items": -1}}, "the figure 'items' is -1; valid: 0 or more"),
        ({"figures": {"items": 1e19}}, "the figure 'items' is too large a number"),
        (
            {"figures": {"makespan_s": -2.0, "ideal_s": 1.0}, "case": DOWNLOAD},
            "the figure 'makespan_s' is -2.0",
        ),
        (
            {"figures": {"makespan_s": 0.0, "ideal_s": 1.0}, "case": DOWNLOAD},
            "'makespan_s' is 0.0; valid: more",
        ),
        ({"figures": {"makespan_s": 2.0}, "case": DOWNLOAD}, "download without its figures ideal_s"),
        ({"schema": True}, "unknown schema True"),
        ({"case": "counter/a/t:2/mix:increment/" + "x:" * 5000}, "case is 'counter/a/"),
    ],
)
def test_of_a_sample(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    run = write_run(tmp_path / "r", sample(0), sample(1))
    edit(run, 1, **changes)
    refused(run, says)


@pytest.mark.parametrize(
    "line, says",
    [
        (b'{"figures": {"a": NaN}}', "NaN is no number"),
        (b'{"figures": {"a": Infinity}}', "Infinity is no number"),
        (DEEP.encode(), "nested too deep"),
        (b'{"case": "\\ud83d"}', "a text has half of a pair of surrogates"),
        (b'{"case": "\xed\xa0\x80"}', "not UTF-8"),
        (json.dumps({"a": 1}).encode("utf-16"), "not UTF-8"),
        (b'{"block": ' + b"9" * 5000 + b"}", "not JSON"),
        (b" " * (line_file.LONGEST_LINE + 1), "longer than 4 MiB"),
    ],
)
def test_of_a_line(tmp_path: Path, line: bytes, says: str) -> None:
    run = write_run(tmp_path / "r", sample())
    last_line(run, line)
    refused(run, f"samples.jsonl:2: corrupt line, {says}" if "longer" not in says else says)


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"repeats": 10**8}, "repeats is 100000000; valid: a whole number from 1 to 1000"),
        ({"repeats": 0}, "repeats is 0"),
        ({"block": None}, "block is None"),
        ({"cases": ["nonsense"]}, "'nonsense' is not of the form"),
        ({"cases": "all"}, "cases is 'all'; valid: a list"),
        ({"needs": {"wide": "some"}}, "needs.wide is 'some'"),
    ],
)
def test_of_a_block(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    run = write_run(tmp_path / "r", sample())
    block = {"schema": 1, "block": 0, "repeats": 8, "cases": [CASE], "needs": None} | changes
    (run / "blocks.jsonl").write_text(json.dumps(block) + "\n")
    refused(run, "blocks.jsonl:1: corrupt line, not a block (")
    refused(run, says)


def fifo(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def device(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("name", ["environment.json", "samples.jsonl", "blocks.jsonl", "stamps.jsonl"])
@pytest.mark.parametrize("made", [fifo, device])
def test_what_would_never_end_is_not_waited_for(
    tmp_path: Path, made: Callable[[Path], None], name: str
) -> None:
    run = write_run(tmp_path / "r", sample())
    made(run / name)
    refused(run, "neither a file nor a folder")


def test_what_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_file, "LARGEST_UNPACKED", 3 << 20)
    run = write_run(tmp_path / "r", sample())
    (run / "samples.jsonl").unlink()
    packed = run / "samples.jsonl.xz"
    packed.write_bytes(lzma.compress(b"\0" * (4 << 20)))
    refused(run, "unpacks to more than 3 MiB")
    packed.write_bytes(lzma.compress(sample().line())[:-20])
    refused(run, "not a packed file of lines")


def test_more_figures_than_any_workload_has_are_refused(tmp_path: Path) -> None:
    each = [{f"figure_{at}_{of}": 1.0 for of in range(50)} for at in range(results.MOST_FIGURES // 50 + 1)]
    refused(write_run(tmp_path / "r", *(sample(0, **one) for one in each)), "more than 500 different figures")


def test_a_large_run_is_read_in_little_memory_and_time(tmp_path: Path) -> None:
    """What is asked of each line is asked of hundreds of thousands."""
    record = sample().record()
    record["figures"] = {f"figure_{at}": 1.5 for at in range(60)}
    line = json.dumps(record).encode()
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(2000):
        samples._record(line, tmp_path, 1)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime - before.ru_utime < 2.0, "1 ms a line: 200,000 of them would take minutes"


def test_a_value_is_quoted_in_few_characters() -> None:
    for value in ("x" * 10_000, ["x"] * 10_000, {"x": 1}, 10**5000, "\ud800", None, 1e308):
        said = strict_json.quoted(value)
        assert len(said) <= strict_json.QUOTED + 1 and said.isascii() or said.endswith("…")
