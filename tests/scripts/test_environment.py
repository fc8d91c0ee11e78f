"""environment.json says what the machine is and not whose."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import FakeBuild, Scripts

from handoff.campaign import catalog, environment
from handoff.campaign.runner import Settings
from handoff.host import build as build_info, machine, privacy, probe
from handoff.run.sampling import Sampling


def test_all_that_the_notes_ask_for_is_there() -> None:
    found = machine.describe()
    wanted = {
        "model slug cpus affinity cpu topology caches numa_nodes smt hypervisor memory kernel mitigations frequency "
        "clock scheduling limits cgroup state software"
    }
    assert set(" ".join(wanted).split()) <= found.keys()
    assert found["cpus"] == os.cpu_count() and found["affinity"] == sorted(os.sched_getaffinity(0))
    assert found["kernel"]["release"] == os.uname().release
    assert "command_line" in found["kernel"]
    assert found["kernel"]["aslr"] == int(Path("/proc/sys/kernel/randomize_va_space").read_text())
    assert len(found["state"]["load"]) == 3
    assert found["memory"]["page_size"] == os.sysconf("SC_PAGE_SIZE")
    assert found["limits"]["open_files"][0] > 0
    json.dumps(found, allow_nan=False)


def test_neither_host_nor_user_is_named(
    scripts: Scripts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For this machine: a name is looked for as a word, for "vm" may be part of others."""
    # These leave Google Benchmark's context, which has the host's name, in the kept output.
    scripts.build.misbehave({"case": "lossy", "do": "unverified"}, {"case": "counter", "do": "garbage"})
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{Path.home()}/lib")
    done = scripts.campaign("--profile", "full", "--blocks", "1", "--no-report", "--out", str(tmp_path / "r"))
    assert done.returncode == 1, done.stderr
    written = (tmp_path / "r" / "environment.json").read_text()
    assert "<home>/lib" in written
    for name in (os.uname().nodename, getpass.getuser()):
        assert not re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", written), name
    measured = (tmp_path / "r" / "samples.jsonl").read_text()
    assert measured.count("host_name") == 2 and measured.count("<host>") == 2
    assert "somebodys-laptop" not in measured + written


def test_names_are_blotted_out_wherever_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        privacy,
        "_names",
        lambda: {"/home/alice": "<home>", "zeus.example.org": "<host>", "alice": "<user>"},
    )
    told = {
        "cmdline": "host=zeus.example.org root=UUID=12ab-34CD",
        "more": ["/home/alice/x", "of-alice", 7, None],
    }
    assert privacy.anonymous(told) == {
        "cmdline": "host=<host> root=UUID=<uuid>",
        "more": ["<home>/x", "of-<user>", 7, None],
    }
    assert privacy.anonymous("malice") == "malice"


@pytest.mark.parametrize(
    "model, cpus, short",
    [
        ("Intel(R) Xeon(R) Processor @ 2.20GHz", 2, "intel-xeon-2c"),
        ("AMD EPYC 7763 64-Core Processor", 128, "amd-epyc-7763-128c"),
        ("12th Gen Intel(R) Core(TM) i7-1270P", 16, "12th-gen-intel-core-16c"),
        ("Neoverse-N1", 4, "neoverse-n1-4c"),
    ],
)
def test_slugs(model: str, cpus: int, short: str) -> None:
    assert machine.slug(model, cpus) == short


def test_quotas_of_both_kinds_of_cgroup(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    assert machine._quota(tmp_path) == 1.5
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert machine._quota(tmp_path) is None
    (tmp_path / "cpu.max").unlink()
    (tmp_path / "cpu.cfs_period_us").write_text("100000\n")
    (tmp_path / "cpu.cfs_quota_us").write_text("-1\n")
    assert machine._quota(tmp_path) is None
    (tmp_path / "cpu.cfs_quota_us").write_text("50000\n")
    assert machine._quota(tmp_path) == 0.5


def test_what_cannot_be_read_is_null(tmp_path: Path) -> None:
    assert probe.text(tmp_path / "nothing") is None and probe.number(tmp_path / "nothing") is None
    assert probe.output("no-such-command") is None and probe.output("false") is None
    assert probe.parsed("echo", "no json") is None
    (tmp_path / "thp").write_text("always [madvise] never\n")
    assert probe.choice(tmp_path / "thp") == "madvise"


def test_the_build_is_described_even_without_its_info(build: FakeBuild, tmp_path: Path) -> None:
    binary = build.benchmarks / "counter"
    found = build_info.describe(tmp_path, build.dir, {"counter": binary})
    assert found["compiler"] is None and found["flags"] is None and found["libraries"] == {}
    assert found["binaries"] == {"counter": hashlib.sha256(binary.read_bytes()).hexdigest()}
    (build.dir / "build_info.json").write_text(
        '{"compiler": "GNU 12", "flags": "-O3", "build_type": "Release", "version": "1.2", "libraries": {"ring": "Boost"}}'
    )
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "packages.tsv").write_text(
        "# why\ndpkg\tinstalls\nno-such-package-at-all\tnone\n"
    )
    found = build_info.describe(tmp_path, build.dir, {})
    assert (found["compiler"], found["flags"], found["build_type"]) == ("GNU 12", "-O3", "Release")
    assert (found["version"], found["compiled_with"]) == ("1.2", {"ring": "Boost"})
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "dpkg"], capture_output=True, text=True)
    assert found["libraries"] == {"dpkg": version.stdout, "no-such-package-at-all": None}


def test_the_commit_and_what_differs_from_it(tmp_path: Path) -> None:
    def git(*command: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e"]
        subprocess.run(["git", *identity, *command], cwd=tmp_path, check=True, capture_output=True)

    assert build_info.source(tmp_path) == {"commit": None, "dirty": None, "diff_sha256": None}
    git("init")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-m", "first")
    clean = build_info.source(tmp_path)
    assert re.fullmatch("[0-9a-f]{40}", clean["commit"])
    assert clean["dirty"] is False and clean["diff_sha256"] is None
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "new").write_text("a report is not what is measured")
    assert build_info.source(tmp_path) == clean
    (tmp_path / "a").write_text("2")
    dirty = build_info.source(tmp_path)
    assert dirty["dirty"] is True and dirty["commit"] == clean["commit"]
    assert re.fullmatch("[0-9a-f]{64}", dirty["diff_sha256"])


def a_checkout(folder: Path) -> str:
    """A repository of one commit; returns the commit."""
    identity = ["-c", "user.name=n", "-c", "user.email=e"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a").write_text("1")
    for command in (["init", "-q"], ["add", "a"], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    found = build_info.source(folder)
    assert found["dirty"] is False
    return str(found["commit"])


def test_somebody_elses_repository_around_it_says_nothing(tmp_path: Path) -> None:
    a_checkout(tmp_path)
    (tmp_path / ".gitignore").write_text("inner\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    assert build_info.source(inner) == {"commit": None, "dirty": None, "diff_sha256": None}


def test_a_hooks_environment_points_to_no_other_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = a_checkout(tmp_path / "mine")
    (tmp_path / "other").mkdir()
    subprocess.run(["git", "init", "-q"], cwd=tmp_path / "other", check=True)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert build_info.source(tmp_path / "mine")["commit"] == mine


@pytest.mark.parametrize(
    "setting",
    [
        ("status.showUntrackedFiles", "no"),
        ("color.ui", "always"),
        ("diff.external", "true"),
        ("core.pager", "false"),
    ],
)
def test_a_users_settings_of_git_hide_no_change(tmp_path: Path, setting: tuple[str, str]) -> None:
    a_checkout(tmp_path)
    subprocess.run(["git", "config", *setting], cwd=tmp_path, check=True)
    assert build_info.source(tmp_path)["dirty"] is False
    (tmp_path / "new").write_text("not tracked")
    assert build_info.source(tmp_path)["dirty"] is True
    (tmp_path / "new").unlink()
    (tmp_path / "a").write_text("2")
    found = build_info.source(tmp_path)
    subprocess.run(["git", "config", "--unset", setting[0]], cwd=tmp_path, check=True)
    assert found == build_info.source(tmp_path) and found["diff_sha256"]


def test_the_documented_keys_are_there(build: FakeBuild) -> None:
    suite = catalog.load(build.dir, Settings())
    found = environment.describe(build.dir, suite, suite.cases, Settings(), "smoke", 3, Sampling(0.02, ()))
    documented = (
        (Path(__file__).parents[2] / "docs" / "samples.md").read_text().split("## environment.json")[1]
    )
    names = set(re.findall(r'"(\w+)"', documented)) - {"name"}
    assert names <= found.keys() | found["build"].keys()


def test_only_what_bears_on_timing_is_kept_of_the_kernels_command_line() -> None:
    line = "console=ttyS0 isolcpus=2,3 root=UUID=12 mitigations=off nosmt quiet ip=10.0.0.1 -- --addr 0.0.0.0:1 nosmt"
    assert machine.timing_parameters(line) == "isolcpus=2,3 mitigations=off nosmt"
    assert machine.timing_parameters(None) is None
