"""scripts/bench.sh on a machine that has nothing: no package and perhaps no Python. It answers what is asked of it,
and what is wrong with its options, before it installs or builds anything."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import campaign
import pytest
from conftest import ROOT, copy_scripts, one_line

from handoff.campaign import options

# Each writes down that it was called, and changes nothing on this machine.
FAKES = {
    "apt-get": 'echo "apt-get $*" >> "$CALLS"\n',
    "cmake": 'echo "cmake $*" >> "$CALLS"; exit 7\n',
    "ninja": 'echo "ninja $*" >> "$CALLS"; exit 7\n',
    "dpkg-query": "exit 1\n",  # no package is installed
    "apt-cache": '[ "$2" != libxenium-dev ]\n',  # one that a release may lack
    "sudo": '[ "$1" = -n ] && shift; exec "$@"\n',
}

# What the packages of the list would bring.
MODULES = ("numpy", "scipy", "pandas", "matplotlib", "jinja2", "rich", "psutil", "pytest", "pygments")


def blocked(folder: Path) -> dict[str, str]:
    """An environment in which Python has its standard library and no more."""
    folder.mkdir()
    for name in MODULES:
        (folder / f"{name}.py").write_text(
            f'raise ModuleNotFoundError("No module named \'{name}\'", name="{name}")\n'
        )
    return {"PYTHONPATH": str(folder), "HANDOFF_PYTHON": "as_it_is"}


@dataclass
class Machine:
    root: Path  # of the project
    environment: dict[str, str]
    log: Path

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def bench(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "scripts" / "bench.sh", *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
        )


def machine(tmp_path: Path, python: Path) -> Machine:
    root = tmp_path / "project"
    copy_scripts(root)
    setup = root / "scripts" / "setup.sh"
    text = setup.read_text()
    assert text.count("\npython=/usr/bin/python3\n") == 1
    setup.write_text(text.replace("\npython=/usr/bin/python3\n", f"\npython={python}\n"))
    fakes = tmp_path / "bin"
    fakes.mkdir()
    for name, code in FAKES.items():
        (fakes / name).write_text(f"#!/bin/sh\n{code}")
        (fakes / name).chmod(0o755)
    log = tmp_path / "calls"
    told = {"PATH": f"{fakes}:/usr/bin:/bin", "CALLS": str(log), "COLUMNS": "100"}
    return Machine(root, told | blocked(tmp_path / "no_packages"), log)


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """Python, and none of the packages."""
    return machine(tmp_path, Path("/usr/bin/python3"))


@pytest.fixture
def barest(tmp_path: Path) -> Machine:
    """No Python either, until apt-get is asked for it."""
    python = tmp_path / "installed_python3"
    found = machine(tmp_path, python)
    with open(tmp_path / "bin" / "apt-get", "a") as fake:
        fake.write(f'case " $* " in *" python3 "*) ln -s /usr/bin/python3 {python} ;; esac\n')
    return found


def packages(*purposes: str) -> list[str]:
    with open(ROOT / "scripts" / "packages.tsv", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    assert {len(row) for row in rows} == {3}, "package, purpose, reason"
    assert {row[1] for row in rows} == {"bench", "peer", "test", "style"}
    return [row[0] for row in rows if row[1] in purposes]


MISUSES: Sequence[tuple[list[str], str]] = [
    (["--frobnicate"], "unrecognized arguments: --frobnicate; --help lists the options"),
    (["--list", "--frobnicate=3"], "unrecognized arguments: --frobnicate=3; --help lists the options"),
    (["--profile", "quik"], "unknown profile 'quik';"),
    (["--profile=quik"], "unknown profile 'quik';"),
]

MALFORMED: Sequence[tuple[list[str], str]] = [
    (["--time-budget", "nonsense"], "'nonsense' is no duration; valid: 90s, 5m, 1.5h"),
    (["--filter", "("], "--filter '(' is not a regular expression"),
    (["--blocks", "many"], "argument --blocks: invalid int value: 'many'"),
    (["--blocks", "0"], "--blocks 0: at least 1"),
    (["--seed=-1"], "--seed -1: at least 0"),
    (["--precision", "100"], "--precision 100: more than 0 and less than 100 per cent"),
    (["--placement", "cpus:0;1"], "--placement 'cpus:0;1' is unknown; valid: compact, scatter, none, cpus:"),
    (["--window-ms", "0"], "--window-ms 0; valid: 1 to 600000"),
    (["--ramp-ms", "nan"], "--ramp-ms nan; valid: 0 to 60000"),
    (["--redis", "cache:6379"], "--redis: that is no URL of a server; valid: redis://HOST:PORT"),
    (["--queue", "mine"], "--queue mine: it is one of the server that --redis URL names"),
    (["--out", "{own}/file/run"], "{own}/file/run: Not a directory"),
    (["--out", "{own}/" + "x" * 300 + "/run"], "File name too long"),
    (["--out", "{own}/file"], "--out '{own}/file' is a file; valid: a new folder"),
]


@pytest.mark.parametrize("arguments, says", MALFORMED)
def test_a_malformed_value_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    """By what bench.sh asks first, in this process."""
    (tmp_path / "file").touch()
    assert campaign.main(["--check-options", *(one.format(own=tmp_path) for one in arguments)]) == 2
    assert says.format(own=tmp_path) in one_line(capsys.readouterr().err)


# Of the malformed ones two whose words a shell could take apart, and one about a file.
@pytest.mark.parametrize("arguments, says", [*MISUSES, MALFORMED[1], MALFORMED[6], MALFORMED[-1]])
def test_misuse_is_one_line_and_nothing_is_installed_or_built(
    bare: Machine, tmp_path: Path, arguments: list[str], says: str
) -> None:
    (tmp_path / "file").touch()
    told = bare.bench(*(one.format(own=tmp_path) for one in arguments))
    assert told.returncode == 2 and told.stdout == ""
    assert says.format(own=tmp_path) in one_line(told.stderr)
    assert bare.calls == []


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--profile", "smoke", "--help"]])
def test_help_lists_the_options_and_nothing_is_installed_or_built(
    bare: Machine, arguments: list[str]
) -> None:
    told = bare.bench(*arguments)
    assert told.returncode == 0 and told.stderr == ""
    assert "--profile NAME" in told.stdout and "smoke, quick" in told.stdout
    assert bare.calls == []


@pytest.mark.parametrize("arguments, says", MISUSES)
def test_without_python_names_are_looked_up_in_the_stored_help(
    barest: Machine, arguments: list[str], says: str
) -> None:
    told = barest.bench(*arguments)
    assert told.returncode == 2 and told.stdout == ""
    assert says in one_line(told.stderr)
    assert barest.calls == []


def test_without_python_the_stored_help_is_printed(barest: Machine) -> None:
    told = barest.bench("--profile", "smoke", "--help")
    assert told.returncode == 0 and told.stderr == ""
    assert told.stdout == (ROOT / "scripts" / "bench_help.txt").read_text()
    assert barest.calls == []


def test_the_stored_help_is_the_parser_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS=100 scripts/campaign.py --help > scripts/bench_help.txt makes it anew. Versions of Python break lines
    elsewhere."""
    monkeypatch.setenv("COLUMNS", "100")
    stored = (ROOT / "scripts" / "bench_help.txt").read_text()
    assert stored.split() == options.parser().format_help().split()


@pytest.mark.parametrize("arguments, says", [MALFORMED[0], MALFORMED[1]])
def test_without_python_values_are_read_once_it_is_there_and_before_the_rest(
    barest: Machine, arguments: list[str], says: str
) -> None:
    told = barest.bench(*arguments)
    assert told.returncode == 2
    first, second = told.stderr.splitlines()
    assert first == "setup: installing python3" and says in second
    assert barest.calls == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends python3",
    ]


def test_a_campaign_installs_what_it_needs_and_no_more(bare: Machine, tmp_path: Path) -> None:
    out = tmp_path / "new" / "run"
    told = bare.bench("--profile", "smoke", "--time-budget", "90s", "--out", str(out))
    assert told.returncode != 0, "the fake cmake fails"
    needed = packages("bench")
    assert bare.calls[:2] == [
        "apt-get update -qq",
        f"apt-get install -y -qq --no-install-recommends {' '.join(needed)}",
    ]
    peers = [name for name in packages("peer") if name != "libxenium-dev"]
    assert bare.calls[2:4] == [
        "apt-get update -qq",
        f"apt-get install -y -qq --no-install-recommends {' '.join(peers)}",
    ]
    assert "no package libxenium-dev: implementations that stand on it are left out" in told.stderr
    assert bare.calls[4] == "cmake --preset bench"
    assert not {"black", "mypy", "clang", "libgtest-dev", "python3-pytest"} & set(needed)
    assert not out.parent.exists(), "the check of --out leaves nothing behind"


def test_what_can_be_left_out_is_where_it_cannot_be_installed(bare: Machine) -> None:
    refused = 'case " $* " in *" libck-dev "*) exit 100 ;; esac\n'
    fake = Path(bare.environment["PATH"].split(":")[0]) / "apt-get"
    fake.write_text(fake.read_text() + refused)
    told = bare.bench("--profile", "smoke", "--time-budget", "90s")
    assert "implementations that stand on these are left out: libck-dev " in told.stderr
    assert bare.calls[-1] == "cmake --preset bench", "and it goes on"


@pytest.mark.parametrize("option", ["--list", "--dry-run"])
def test_what_only_the_build_knows_is_announced(bare: Machine, option: str) -> None:
    told = bare.bench(option)
    first, second, *_ = told.stderr.splitlines()
    assert first == (
        "bench.sh: the benchmarks list their cases themselves; what is missing is installed and built first"
    )
    assert second.startswith("setup: installing ")


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "scripts").glob("*.py")))
def test_each_script_helps_without_packages(script: str, tmp_path: Path) -> None:
    told = subprocess.run(
        ["/usr/bin/python3", ROOT / "scripts" / script, "--help"],
        env=os.environ | blocked(tmp_path / "no_packages"),
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("usage: ")


@pytest.mark.parametrize(
    "arguments, package",
    [
        (["report.py", "a_run"], "python3-"),
        (["compare.py", "a_run", "b_run"], "python3-"),
        (["choose.py", "--from", "a_run"], "python3-"),
        (["plot.py", "a_run", "--figure", "memory"], "python3-"),
        (["validate.py", "--out", "runs"], "python3-"),
        (["http_agreement.py", "a_run"], "python3-"),
        (["harness_cost.py"], "python3-pandas"),
        (["campaign.py"], "python3-rich"),
        (["gantt.py"], "python3-matplotlib"),
        (["check_memory_orders.py"], "python3-pygments"),
    ],
)
def test_a_missing_package_is_one_line(arguments: list[str], package: str, tmp_path: Path) -> None:
    told = subprocess.run(
        ["/usr/bin/python3", ROOT / "scripts" / arguments[0], *arguments[1:]],
        env=os.environ | blocked(tmp_path / "no_packages"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 2
    said = one_line(told.stderr)
    assert "/usr/bin/python3 has no module '" in said and f"apt-get install {package}" in said


def test_a_missing_module_of_our_own_is_no_missing_package(tmp_path: Path) -> None:
    """That is a fault of the scripts, whose traceback somebody needs."""
    copy_scripts(tmp_path)
    (tmp_path / "scripts" / "handoff" / "commands" / "plot.py").unlink()
    told = subprocess.run(
        ["/usr/bin/python3", tmp_path / "scripts" / "plot.py", "a_run", "--figure", "memory"],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1 and "Traceback" in told.stderr
