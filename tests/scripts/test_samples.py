"""samples.jsonl: written so that nothing is lost, read so that nothing is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handoff.errors import HandoffError
from handoff.run import cases, control_kinds, results, samples
from handoff.run.sampling import FULL_REPEATS

CASE = "counter/atomic_counter/t:2/mix:increment"
OTHER = "ping_pong/good_ring/queues:2/wait:spin/report:mean"
PACED = {"queues": [{"name": "paced_spsc_ring", "control": "paced"}]}
REPEATED = "ping_pong/paced_spsc_ring/queues:2/wait:pause/report:mean"


def sample(block: int = 0, case: str = CASE, **figures: float) -> samples.Sample:
    return samples.Sample(
        block=block,
        position=0,
        case=case,
        label=case.split("/")[1],
        started="2026-11-20T12:00:00.000+00:00",
        seconds=0.2,
        status="ok",
        exit=0,
        message="",
        output="",
        placement="compact",
        cpus=[0, 1],
        figures=figures or {"operations_per_second": 1e6},
    )


def write_run(run: Path, *written: samples.Sample, **changes: Any) -> Path:
    run.mkdir(exist_ok=True)
    environment = {"schema": 1, "method": samples.METHOD, "cases": [CASE, OTHER]} | changes
    (run / "environment.json").write_text(json.dumps(environment))
    log = samples.SampleLog(run / "samples.jsonl")
    for one in written:
        log.append(one)
    log.close()
    return run


def edit(run: Path, line: int, **changes: Any) -> None:
    path = run / "samples.jsonl"
    written = path.read_text().splitlines()
    record = json.loads(written[line]) | changes
    written[line] = json.dumps({key: value for key, value in record.items() if value != "gone"})
    path.write_text("\n".join(written) + "\n")


def test_a_line_has_the_documented_fields_in_their_order() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "samples.md").read_text()
    section = documented.split("## A line of samples.jsonl")[1].split("##")[0]
    names = [
        name.strip(" `")
        for row in section.splitlines()
        if row.startswith("| `")
        for name in row.split("|")[1].split(",")
    ]
    assert list(json.loads(sample().line())) == names


def test_a_run_becomes_a_table(tmp_path: Path) -> None:
    run = results.load(
        write_run(tmp_path / "r", sample(0), sample(0, OTHER, round_trip_ns=90.5), sample(1)),
    )
    table = run.samples
    assert list(table["workload"]) == ["counter", "ping_pong", "counter"]
    assert list(table["implementation"]) == ["atomic_counter", "good_ring", "atomic_counter"]
    assert list(table["key_t"]) == ["2", None, "2"]
    assert list(table["key_wait"]) == [None, "spin", None]
    assert table["round_trip_ns"].isna().tolist() == [True, False, True]
    assert table["operations_per_second"].tolist()[::2] == [1e6, 1e6]
    assert run.warnings == []


def test_a_block_without_all_cases_is_not_complete(tmp_path: Path) -> None:
    run = results.load(write_run(tmp_path / "r", sample(0), sample(0, OTHER), sample(1)))
    assert run.complete_blocks() == [0]
    assert len(run.complete_samples()) == 2


def test_a_block_without_all_trials_of_a_repeated_case_is_not_complete(tmp_path: Path) -> None:
    trials = len(control_kinds.trials([cases.parse(REPEATED, {"paced_spsc_ring": "paced"})], FULL_REPEATS))
    assert trials > 1
    measured = [sample(0, REPEATED)] * trials + [sample(1, REPEATED)] * (trials - 1)
    run = results.load(write_run(tmp_path / "r", *measured, cases=[REPEATED], catalog=PACED))
    assert run.complete_blocks() == [0]
    assert len(run.complete_samples()) == trials


def test_a_run_without_samples_yet_is_a_run(tmp_path: Path) -> None:
    run = results.load(write_run(tmp_path / "r"))
    assert run.samples.empty and run.complete_blocks() == []
    assert {"case", "status", "workload"} <= set(run.samples.columns)


def test_a_last_line_cut_anywhere_costs_that_line_alone(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", sample(0), sample(1))
    path = run / "samples.jsonl"
    content = path.read_bytes()
    first = content.index(b"\n") + 1
    for cut in (*range(first, len(content) - 1, 11), len(content) - 1):
        path.write_bytes(content[:cut])
        read = samples.read(path)
        assert [record["block"] for record in read.records] == [0]
        assert read.cut == content[first:cut]
    loaded = results.load(run)
    assert len(loaded.samples) == 1
    assert len(loaded.warnings) == 1 and "cut short" in loaded.warnings[0] and "\n" not in loaded.warnings[0]


def test_appending_after_a_cut_line_keeps_its_bytes_and_all_lines(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", sample(0), sample(1))
    path = run / "samples.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"schema": 1, "met')
    log = samples.SampleLog(path)
    log.append(sample(2))
    log.close()
    assert path.read_bytes() == whole + sample(2).line()
    assert (run / "samples.truncated").read_bytes() == b'{"schema": 1, "met\n'
    assert [record["block"] for record in log.records] == [0, 1, 2]


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"schema": 2}, "unknown schema 2; valid: 1"),
        ({"schema": None}, "unknown schema None"),
        ({"method": 7}, "unknown method 7; valid: 2, 3"),
        ({"status": "splendid"}, "unknown status 'splendid'; valid: ok,"),
        ({"cpus": "gone"}, "without cpus"),
        ({"figures": [1]}, "figures"),
        ({"case": 5}, "case is 5"),
        ({"case": "nonsense"}, "'nonsense'"),
        ({"figures": {"seconds": 1.0}}, "'seconds'"),
        ({"figures": {"items": "many"}}, "'items' is 'many'"),
        ({"figures": {"items": True}}, "'items' is True"),
        ({"figures": {"items": 10**400}}, "too large"),
    ],
)
def test_a_line_of_another_kind_is_refused(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    run = write_run(tmp_path / "r", sample(0), sample(1))
    edit(run, 0, **changes)
    with pytest.raises(HandoffError) as caught:
        results.load(run)
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("garbage", [b"{", b"[]", b"\x00\x00", b""])
def test_a_corrupt_line_in_the_middle_is_refused_by_number(tmp_path: Path, garbage: bytes) -> None:
    run = write_run(tmp_path / "r", sample(0), sample(1))
    path = run / "samples.jsonl"
    first, second = path.read_bytes().splitlines()
    path.write_bytes(first + b"\n" + garbage + b"\n" + second + b"\n")
    with pytest.raises(HandoffError, match=r"samples\.jsonl:2: corrupt"):
        results.load(run)


def test_an_environment_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="environment.json: unknown schema 9; valid: 1"):
        results.load(write_run(tmp_path / "schema", sample(), schema=9))
    with pytest.raises(HandoffError, match="environment.json: unknown method 0; valid:"):
        results.load(write_run(tmp_path / "method", sample(), method=0))


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="no such folder"):
        results.load(tmp_path / "nowhere")
    run = write_run(tmp_path / "r", sample())
    (run / "samples.jsonl").unlink()
    with pytest.raises(HandoffError, match="samples.jsonl: No such file"):
        results.load(run)
    (run / "samples.jsonl").mkdir()  # unreadable for root as well
    with pytest.raises(HandoffError, match="samples.jsonl: Is a directory"):
        results.load(run)
    (run / "environment.json").unlink()
    with pytest.raises(HandoffError, match="environment.json: No such file"):
        results.load(run)
    (run / "environment.json").write_text("{")
    with pytest.raises(HandoffError, match="environment.json: corrupt"):
        results.load(run)


def test_two_campaigns_do_not_write_into_one_file(tmp_path: Path) -> None:
    log = samples.SampleLog(tmp_path / "samples.jsonl")
    with pytest.raises(HandoffError, match="another campaign"):
        samples.SampleLog(tmp_path / "samples.jsonl")
    log.close()
    samples.SampleLog(tmp_path / "samples.jsonl").close()
