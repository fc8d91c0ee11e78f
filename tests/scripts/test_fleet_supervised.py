"""What a worker of a fleet starts: it holds the machine as long as it runs, and ends with the worker."""

from __future__ import annotations

import io
import lzma
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from conftest import ROOT, wait_until

from handoff.fleet import kept, parcel, supervised
from handoff.fleet.server import PASSWORD_VARIABLE
from handoff.fleet.supervised import MachineLock


def run(command: list[str], folder: Path, lock: MachineLock) -> int:
    """Asks it to end when it has made the file `begun`."""
    with open(folder / "log", "wb") as log:
        return supervised.run(command, folder, log, lock, (folder / "begun").exists)


def test_the_machine_is_for_one_at_a_time(tmp_path: Path) -> None:
    one, other = MachineLock(tmp_path / "lock"), MachineLock(tmp_path / "lock")
    assert one.taken() and not other.taken()
    one.leave()
    assert other.taken() and not one.taken()
    one.close(), other.close()


def test_a_program_whose_worker_was_killed_holds_the_machine_until_it_has_ended(tmp_path: Path) -> None:
    code = f"""
import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r})
from pathlib import Path
from handoff.fleet import supervised
lock = supervised.MachineLock(Path({str(tmp_path / 'lock')!r}))
assert lock.taken()
# It is asked to end, and takes its time.
late = "trap 'touch asked; sleep 2; exit 0' TERM; touch begun; while true; do sleep 0.05; done"
supervised.run(["sh", "-c", late], Path({str(tmp_path)!r}), open("/dev/null", "wb"), lock, lambda: False)
"""
    worker = subprocess.Popen([sys.executable, "-c", code])
    wait_until((tmp_path / "begun").exists)
    worker.kill()
    worker.wait()
    lock = MachineLock(tmp_path / "lock")
    wait_until((tmp_path / "asked").exists)
    assert not lock.taken()
    wait_until(lock.taken)
    lock.close()


def test_a_program_is_asked_to_end_and_says_how_it_ended(tmp_path: Path) -> None:
    lock = MachineLock(tmp_path / "lock")
    assert run(["sh", "-c", "exit 7"], tmp_path, lock) == 7
    assert (
        run(
            ["sh", "-c", "trap 'exit 130' TERM; touch begun; while true; do sleep 0.02; done"], tmp_path, lock
        )
        == 130
    )
    lock.close()


def test_a_program_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervised, "END_WITHIN_S", 0.2)
    lock = MachineLock(tmp_path / "lock")
    assert (
        run(["sh", "-c", "trap '' TERM; touch begun; while true; do sleep 0.02; done"], tmp_path, lock) == -9
    )
    lock.close()


def test_it_is_told_no_secret_and_nothing_of_anothers_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "correct-horse")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("BENCHMARK_FILTER", "none")
    lock = MachineLock(tmp_path / "lock")
    assert run(["env"], tmp_path, lock) == 0
    told = (tmp_path / "log").read_text()
    assert "PATH=" in told and not any(
        word in told for word in ("correct-horse", "GIT_DIR=", "BENCHMARK_FILTER=")
    )
    lock.close()


# ---- copies and parcels --------------------------------------------------------------------------------------


def test_a_parcel_holds_what_was_measured_and_comes_out_the_same(tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    for name, content in (
        ("environment.json", b"{}"),
        ("samples.jsonl", os.urandom(9999)),
        ("report.html", b"derived"),
    ):
        (run_dir / name).write_bytes(content)
    packed = parcel.packed(run_dir)
    assert packed == parcel.packed(run_dir)
    parcel.unpack(packed, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["environment.json", "samples.jsonl"]
    assert (tmp_path / "out" / "samples.jsonl").read_bytes() == (run_dir / "samples.jsonl").read_bytes()


@pytest.mark.parametrize("name", ["../environment.json", "/tmp/samples.jsonl", "other.json"])
def test_a_parcel_with_something_else_in_it_is_refused(name: str, tmp_path: Path) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(Exception, match="which is no file of a run"):
        parcel.unpack(lzma.compress(plain.getvalue()), tmp_path / "out")
    with pytest.raises(Exception, match="cannot be opened"):
        parcel.unpack(b"garbage", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_that_cannot_go_on_stays_beside_the_new_one(tmp_path: Path) -> None:
    copy = kept.Kept(tmp_path).of("0123456789ab")
    for number in (1, 2):
        copy.run.mkdir()
        assert copy.set_aside() == copy.path / f"aside-{number}"
    assert [one.job for one in kept.Kept(tmp_path).all()] == ["0123456789ab"] and copy.run_id is None
