"""scripts/beside.py: a peer's benchmark and cases of ours in turns, on fakes; and what is made of samples with a known
difference."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import beside
import numpy as np
import pytest
from conftest import HANG_S, ROOT, FakeBuild, wait_until
from fakes import in_this_process
from test_peers import RECORDED

from handoff.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_MISUSE
from handoff.run import samples
from handoff.run.peers import atomic_queue, folder, moodycamel
from handoff.statistics.beside import Beside, compare

HERE = Path(__file__).resolve().parent
CASES = (
    "ping_pong/atomic_queue_spsc/queues:2/wait:pause/report:mean",
    "producer_consumer/boost_queue/p:1/c:1/wait:spin/item:8/capacity:1024",
    "producer_consumer/boost_queue/p:1/c:1/wait:pause/item:8/capacity:65536",
    "nearly_full/boost_queue/t:2/wait:pause/capacity:64/free:2",
)
# In so fast a clock the recorded figures take 0.06 s in all, which the fake peer's run is not shorter than.
HZ = 1e12
TWO_CPUS = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two CPUs")


@pytest.fixture
def ours(build: FakeBuild) -> FakeBuild:
    shutil.copy(HERE / "fake_bracket.py", build.benchmarks / "bracket")
    (build.benchmarks / "bracket").chmod(0o755)
    described = json.loads((build.benchmarks / "catalog.json").read_text())
    set_clock(build, HZ)
    assert "clock" not in described
    build.set_cases(*CASES)
    build.misbehave()
    steady = {"yardstick_before_ns": 50.0, "yardstick_after_ns": 51.0}
    (build.benchmarks / "figures.json").write_text(json.dumps(steady))
    return build


def set_clock(build: FakeBuild, hz: float) -> None:
    path = build.benchmarks / "catalog.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"clock": {"counter": "tsc", "hz": hz}}))


@pytest.fixture
def peer(tmp_path: Path) -> Path:
    """A checkout of atomic_queue, with its program built."""
    program = tmp_path / "checkout" / "build" / "release" / "gcc" / "benchmarks"
    program.parent.mkdir(parents=True)
    shutil.copy(HERE / "fake_peer.py", program)
    program.chmod(0o755)
    shutil.copy(RECORDED / "atomic_queue.txt", program.with_name("printed"))
    for part in ("mpsc", "spmc", "enqueue_dequeue_pairs"):
        shutil.copy(RECORDED / f"moodycamel_{part}.txt", program.with_name(part))
    return program


def arguments(build: FakeBuild, peer: Path, *more: str) -> list[str]:
    checkout = peer.parents[3]
    return ["atomic_queue", f"--checkout={checkout}", f"--build-dir={build.dir}", "--seed=1", *more]


def runs(peer: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in peer.with_name("runs").read_text().splitlines()]


def call(given: list[str]) -> int:
    """With our side's trials in this process; the peer's run is one of its own."""
    with in_this_process():
        return beside.main(given)


# ---- measuring -----------------------------------------------------------------------------------------------


@TWO_CPUS
def test_both_are_measured_in_turns_and_told_apart(
    ours: FakeBuild, peer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert call(arguments(ours, peer, "--blocks=2", f"--out={out}")) == 0
    told = capsys.readouterr().out
    records = samples.read(out / samples.FILE_NAME).records
    suite = atomic_queue.SUITE
    per_block = 1 + suite.repeats * sum(one.case in CASES for one in suite.counterparts)
    assert [sum(one["block"] == block for one in records) for block in (0, 1)] == [per_block, per_block]
    orders = [[one["case"] for one in records if one["block"] == block] for block in (0, 1)]
    assert sorted(orders[0]) == sorted(orders[1]) and orders[0] != orders[1]
    # As printed, and in true units; ours are the fakes' 100.5 ns.
    assert "it printed 0.000000365 s first, which is 0.365 ns" in told
    assert "theirs 0.365 ns, ours 10" in told
    assert "in regime A" in told and "the best of 3" in told and "capacity: 8, ours 64" in told
    # What was measured is told again in the same words.
    assert call(["atomic_queue", f"--from={out}"]) == 0
    assert capsys.readouterr().out == told


@TWO_CPUS
def test_the_peer_runs_where_ours_do_and_leaves_nothing_behind(
    ours: FakeBuild, peer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "de_CH.UTF-8")
    assert call(arguments(ours, peer, "--blocks=1", f"--out={tmp_path / 'out'}")) == 0
    (run,) = runs(peer)
    cpus = sorted(os.sched_getaffinity(0))[:2]
    assert run["cpus"] == cpus and run["locale"] == "C" and run["arguments"] == []
    assert not Path(run["cwd"]).exists() and not list(tmp_path.rglob("benchmarks.log"))
    commands = (ours.benchmarks / "commands").read_text().splitlines()
    assert all(f"--placement=cpus:{cpus[0]},{cpus[1]}" in command for command in commands)


@TWO_CPUS
def test_each_benchmark_of_moodycamel_is_a_process_of_its_own(
    ours: FakeBuild, peer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["moodycamel", f"--program={peer}", f"--build-dir={ours.dir}", "--blocks=1"]
    assert call([*given, f"--out={tmp_path / 'out'}"]) == 0
    asked = sorted(run["arguments"] for run in runs(peer))
    assert asked == [["--run", "enqueue_dequeue_pairs"], ["--run", "mpsc"], ["--run", "spmc"]]
    told = capsys.readouterr().out
    assert "it printed 111.74M ops/s first, which is at least 8.95 ns" in told
    assert "it printed 56.28M ops/s first, which is at least 17.8 ns" in told


@TWO_CPUS
@pytest.mark.parametrize(
    "does, hz, status, said",
    [
        ("fail", HZ, "failed", "exit code 1: get_cpu_topology_info() invariant broken."),
        ("lose", HZ, "unverified", "wrong checksum error: producers: 1"),
        ("", 2.096e9, "voided", "its figures add up to 26.7 s, and the whole program ran for 0."),
    ],
)
def test_a_run_that_cannot_be_believed_has_no_figure(
    ours: FakeBuild,
    peer: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    does: str,
    hz: float,
    status: str,
    said: str,
) -> None:
    peer.with_name("does").write_text(does)
    set_clock(ours, hz)
    out = tmp_path / "out"
    assert call(arguments(ours, peer, "--blocks=1", f"--out={out}")) == EXIT_FAILED
    assert said in capsys.readouterr().err.splitlines()[-1]
    (theirs,) = [one for one in samples.read(out / samples.FILE_NAME).records if one["label"] == "theirs"]
    assert theirs["status"] == status and "AtomicQueueB" in theirs["output"]


@TWO_CPUS
def test_an_interruption_keeps_what_was_measured(ours: FakeBuild, peer: Path, tmp_path: Path) -> None:
    peer.with_name("does").write_text("hang")
    out = tmp_path / "out"
    command = [sys.executable, str(ROOT / "scripts" / "beside.py")]
    process = subprocess.Popen(
        [*command, *arguments(ours, peer, f"--out={out}")], stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: peer.with_name("runs").exists() or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=HANG_S)
    assert process.returncode == EXIT_INTERRUPTED and said.splitlines()[-1] == "error: interrupted"
    assert all(one["status"] == "ok" for one in samples.read(out / samples.FILE_NAME).records)


@TWO_CPUS
@pytest.mark.skipif("HANDOFF_BUILD" not in os.environ, reason="CTest says where the benchmarks are")
def test_our_side_is_a_real_build(peer: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build = f"--build-dir={os.environ['HANDOFF_BUILD']}"
    # Where the machine moves in the one block, nothing is compared.
    given = ["moodycamel", f"--program={peer}", build, "--blocks=1", f"--out={out}"]
    assert call(given) in (0, EXIT_FAILED)
    theirs = [one for one in samples.read(out / samples.FILE_NAME).records if one["label"] == "theirs"]
    assert len(theirs) == 3
    for one in theirs:
        assert one["cpus"] == sorted(os.sched_getaffinity(0))[:2]
        assert one["figures"]["yardstick_before_ns"] > 0 and one["figures"]["yardstick_after_ns"] > 0


# ---- misuse --------------------------------------------------------------------------------------------------


MISUSED = [
    (["atomic"], "unknown peer 'atomic'; did you mean 'atomic_queue'?"),
    (["moodycamel"], "valid: --checkout DIR, --program FILE, or --from DIR"),
    (["moodycamel", "--checkout=nowhere"], "--checkout 'nowhere': there is no such folder"),
    (["moodycamel", "--checkout=."], "none of build/bin/benchmarks, "),
    (["moodycamel", "--program=nothing"], "--program 'nothing': there is no such file"),
    (["moodycamel", "--program=plain"], "--program 'plain' cannot be run"),
    (["moodycamel", "--program=plain", "--from=."], "not allowed with"),
    (["moodycamel", "--program=plain", "--blocks=0"], "--blocks 0: at least 1"),
    (["moodycamel", "--program=plain", "--seed=-1"], "--seed -1: at least 0"),
    (["moodycamel", "--from=.", "--seed=1"], "--seed says how to measure, and --from '.' measures nothing"),
    (["moodycamel", "--from=nowhere"], "'nowhere': there is no such folder"),
    (["moodycamel", "--from=."], "valid: a folder that beside.py has written"),
    (["moodycamel", "--from=stored"], "was measured beside atomic_queue, not beside moodycamel"),
    (["atomic_queue", "--from=spoilt"], "spoilt/beside.json: tsc_hz is 0; valid: a number from 1e+06"),
]


@pytest.mark.parametrize("given, said", MISUSED, ids=range(len(MISUSED)))
def test_misuse_is_said_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain").write_text("")
    folder.begin(tmp_path / "stored", HEADER).close()
    folder.begin(tmp_path / "spoilt", HEADER | {"tsc_hz": 0}).close()
    assert call(given) == EXIT_MISUSE
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


@TWO_CPUS
def test_a_program_that_is_another_one_is_named_with_its_line(
    ours: FakeBuild, peer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    peer.with_name("printed").write_text("usage: benchmarks [-h]\n")
    given = arguments(ours, peer, "--blocks=1", f"--out={tmp_path / 'out'}")
    assert call(given) == EXIT_MISUSE
    last = capsys.readouterr().err.splitlines()[-1]
    assert f"'{peer}': line 1 is 'usage: benchmarks [-h]'" in last
    assert call(given) == EXIT_MISUSE  # nothing that was measured is overwritten
    assert "exists and is no empty folder" in capsys.readouterr().err


# ---- what is made of it --------------------------------------------------------------------------------------


HEADER: dict[str, Any] = {"peer": "atomic_queue", "tsc_hz": 2e9, "model": "AMD", "cpus": [0, 1], "trials": 4}
TRIP = atomic_queue.SUITE.counterparts[0].case
SCATTER = 0.02


def stored(
    path: Path, regimes: list[float], ratios: list[float], moved: tuple[int, ...] = ()
) -> folder.Measured:
    """A block in each regime in turns, in which theirs costs so much of ours; in `moved` the machine moved during the
    peer's run. The last block was cut short."""
    random = np.random.Generator(np.random.PCG64(1))
    log = folder.begin(path, HEADER)
    for block in range(17):
        place = block % len(regimes)
        yardstick = regimes[place]
        for position in range(3 if block == 16 else 4):
            noise = float(np.exp(random.normal(0.0, SCATTER)))
            ns = 2 * yardstick * noise * (ratios[place] if position == 0 else 1 + 0.1 * (position - 1))
            after = yardstick * (1.5 if position == 0 and block in moved else 1.0)
            theirs = position == 0
            printed = "---- Running ping-pong benchmarks (lower is better) ----\n"
            printed += f"  AtomicQueueB: {2e-9 * ns:.9f} sec/round-trip\n"  # in ticks / 1 GHz, of 2 GHz
            log.append(
                samples.Sample(
                    block=block,
                    position=position,
                    case=folder.case_name(atomic_queue.SUITE, ()) if theirs else TRIP,
                    label="theirs" if theirs else "ours",
                    started="",
                    seconds=1.0,
                    status="ok",
                    exit=0,
                    message="",
                    output=printed if theirs else "",
                    placement="cpus:0,1",
                    cpus=[0, 1],
                    figures={"yardstick_before_ns": yardstick, "yardstick_after_ns": after}
                    | ({} if theirs else {"round_trip_ns": ns}),
                )
            )
    log.close()
    return folder.load(path)


def only(measured: folder.Measured) -> Beside:
    (found,) = compare(measured).found
    return found


def test_a_known_difference_is_found_in_each_regime(tmp_path: Path) -> None:
    """Of ours the medians of three trials count, 1.1 × as dear as the best of them."""
    found = only(stored(tmp_path, [200.0, 2000.0], [2.2, 4.4]))
    assert [place.regime for place in found.verdict.regimes] == ["A", "B"]
    for place, ratio in zip(found.verdict.regimes, (2.0, 4.0)):
        assert place.trials == 8 and place.low < ratio < place.high and place.high / place.low < 1.1
    assert found.summarised is not None
    for place, ratio in zip(found.summarised.regimes, (2.2, 4.4)):
        assert place.low < ratio < place.high
    assert found.verdict.word == "slower"


def test_no_difference_is_called_equivalent(tmp_path: Path) -> None:
    found = only(stored(tmp_path, [200.0], [1.1]))
    assert found.verdict.word == "equivalent" and found.verdict.low < 1.0 < found.verdict.high
    assert found.verdict.trials == 16  # the block that was cut short is none


def test_runs_in_which_the_machine_moved_are_set_aside(tmp_path: Path) -> None:
    measured = stored(tmp_path, [200.0], [1.1], moved=(3, 5))
    assert compare(measured).set_aside == 2 and only(measured).verdict.trials == 14


def test_the_peers_own_summary_is_made_of_trials_of_ours() -> None:
    assert atomic_queue.SUITE.summarised([3.0, 1.0, 2.0]) == 1.0
    assert moodycamel.SUITE.summarised([4.0, 1.0, 3.0, 2.0]) == 1.5
