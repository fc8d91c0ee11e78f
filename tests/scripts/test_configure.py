"""What configuring makes of flags, compilers and libraries that are not the usual ones. Nothing is compiled."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import HANG_S, ROOT

ODD_FLAGS = """-DNAME='"a b"' -DBACKSLASH=a\\\\\\\\b -fsanitize=address"""

NEWER = ("-std=c++23", "-std=c++2b")  # as the compiler calls C++23


# Of a user who may write nothing but the build folder, which root could elsewhere.
PLAIN_USER = 65534
AS_PLAIN_USER = ("setpriv", f"--reuid={PLAIN_USER}", f"--regid={PLAIN_USER}", "--clear-groups")


def configure(
    source: Path, build: Path, *arguments: str, start: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    usual = {name: value for name, value in os.environ.items() if name not in ("CC", "CXX", "CXXFLAGS")}
    command = [*start, "cmake", "-S", str(source), "-B", str(build), *arguments]
    return subprocess.run(
        command, cwd=source, capture_output=True, text=True, timeout=HANG_S, env=usual | environment
    )


def info(build: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((build / "build_info.json").read_text())
    return found


def said(told: subprocess.CompletedProcess[str]) -> str:
    return " ".join(told.stderr.split())


def test_compiler_flags_and_standard_are_respected_and_recorded(tmp_path: Path) -> None:
    preset = ("--preset", "bench")  # which has no tests to configure
    told = configure(
        ROOT, tmp_path, *preset, "-DCMAKE_CXX_STANDARD=23", CXX="clang++", CXXFLAGS=ODD_FLAGS, CC="gcc"
    )
    assert told.returncode == 0, told.stderr
    found = info(tmp_path)
    assert found["compiler"].startswith("Clang ")
    assert found["flags"].startswith(ODD_FLAGS) and found["flags"].endswith(NEWER)
    assert found["sanitizers"] == "address" and found["build_type"] == "Release"
    assert all("(" in text for text in found["libraries"].values())
    commands = (tmp_path / "compile_commands.json").read_text()
    assert found["flags"].split()[-1] in commands and "-fsanitize=address" in commands
    # The same folder goes on with the same compiler, and follows the flags.
    before = (tmp_path / "build_info.json").stat().st_mtime_ns
    told = configure(ROOT, tmp_path, *preset, "-DCMAKE_CXX_STANDARD=23", CXX="clang++", CXXFLAGS=ODD_FLAGS)
    assert told.returncode == 0 and (tmp_path / "build_info.json").stat().st_mtime_ns == before
    told = configure(ROOT, tmp_path, *preset, CXX="g++")
    assert told.returncode != 0 and "CXX is 'g++', but this folder was configured for" in said(told)
    told = configure(ROOT, tmp_path, *preset)
    assert told.returncode == 0 and info(tmp_path)["sanitizers"] == ""


@pytest.fixture
def plain_folder() -> Iterator[Path]:
    """Not below pytest's own folder, which is closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="handoff_configure"))
    if os.geteuid() == 0:
        os.chown(folder, PLAIN_USER, PLAIN_USER)
    yield folder
    shutil.rmtree(folder)


def test_a_plain_user_configures_a_preset_that_names_its_compiler(plain_folder: Path) -> None:
    start = AS_PLAIN_USER if os.geteuid() == 0 else ()
    if subprocess.run([*start, "test", "-r", ROOT / "CMakeLists.txt"]).returncode != 0:
        pytest.skip(f"another user cannot read {ROOT}")
    own = {"HOME": str(plain_folder), "CMAKE_CXX_COMPILER_LAUNCHER": ""}  # a cache would be somebody else's
    told = configure(ROOT, plain_folder, "--preset", "tsan", start=start, CXX="g++", CXXFLAGS="-DX", **own)
    assert told.returncode == 0, told.stderr
    assert "CXX is 'g++', but this preset is about" in said(told)
    found = info(plain_folder)
    assert found["compiler"].startswith("Clang ") and found["flags"].startswith("-DX -O1 -g1")
    assert found["sanitizers"] == "thread"


def test_a_standard_that_is_too_old_is_refused(tmp_path: Path) -> None:
    told = configure(ROOT, tmp_path, "-DCMAKE_CXX_STANDARD=17")
    assert told.returncode != 0 and "CMAKE_CXX_STANDARD is '17'; valid: 20, 23, 26" in said(told)


def test_what_is_installed_is_whole(tmp_path: Path) -> None:
    built, prefix = tmp_path / "build", tmp_path / "prefix"
    assert configure(ROOT, built, "-DBUILD_TESTING=OFF", "-DHANDOFF_BENCHMARKS=OFF").returncode == 0
    subprocess.run(
        ["cmake", "--install", str(built), "--prefix", str(prefix)], check=True, capture_output=True
    )
    installed = prefix / "share" / "handoff"
    assert (installed / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    help_text = subprocess.run(
        [installed / "scripts" / "campaign.py", "--help"], capture_output=True, text=True
    )
    assert help_text.returncode == 0 and "--profile" in help_text.stdout
    kept = [path.relative_to(ROOT) for path in (ROOT / "scripts").glob("*") if os.access(path, os.X_OK)]
    assert all(os.access(installed / path, os.X_OK) for path in kept)
    # A version that is not there is said to be so; the one that is there is named.
    own = tmp_path / "own"
    own.mkdir()
    asked = "cmake_minimum_required(VERSION 3.25)\nproject(own CXX)\nfind_package(handoff 99 REQUIRED)\n"
    (own / "CMakeLists.txt").write_text(asked)
    told = configure(own, own / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    assert told.returncode != 0 and f"version: {info(built)['version']}" in said(told)


PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(own CXX)
set(HANDOFF_BINARY_DIR ${{CMAKE_BINARY_DIR}})
include({root}/cmake/handoff_library.cmake)
add_library(theirs INTERFACE)
target_include_directories(theirs INTERFACE ${{CMAKE_SOURCE_DIR}})
{lines}
"""
LIBRARY = "handoff_library(theirs HEADERS folder/moved.hpp folder/theirs.hpp TARGET theirs"


def library(folder: Path, header: str, options: str) -> subprocess.CompletedProcess[str]:
    (folder / "folder").mkdir(exist_ok=True)
    (folder / "folder" / "theirs.hpp").write_text(header)
    lines = f"{LIBRARY} {options})\nget_property(text GLOBAL PROPERTY HANDOFF_LIBRARY_theirs)\nmessage(NOTICE [${{text}}])"
    (folder / "CMakeLists.txt").write_text(PROJECT.format(root=ROOT, lines=lines))
    return configure(folder, folder / "build")


def test_a_library_is_asked_for_its_version(tmp_path: Path) -> None:
    header = '#define PART 7\n#define THEIR_VERSION "3" "." "1_2"\n'
    assert "[theirs 3.1.2]" in said(library(tmp_path, header, "VERSION THEIR_VERSION"))


def test_a_library_that_says_no_version_is_told_by_its_header(tmp_path: Path) -> None:
    first = said(library(tmp_path, "int a;\n", ""))
    second = said(library(tmp_path, "int b;\n", ""))
    assert "[theirs (header " in first and "[theirs (header " in second and first != second


def test_a_library_of_a_package_names_it(tmp_path: Path) -> None:
    lines = "handoff_library(Boost HEADERS boost/version.hpp VERSION BOOST_LIB_VERSION)\n"
    lines += "get_property(text GLOBAL PROPERTY HANDOFF_LIBRARY_Boost)\nmessage(NOTICE [${text}])"
    (tmp_path / "CMakeLists.txt").write_text(PROJECT.format(root=ROOT, lines=lines))
    owner = subprocess.run(
        ["dpkg-query", "--search", "/usr/include/boost/version.hpp"], capture_output=True, text=True
    )
    package = owner.stdout.partition(":")[0]
    version = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", package], capture_output=True, text=True
    )
    told = said(configure(tmp_path, tmp_path / "build"))
    assert told.startswith("[Boost 1.") and f"({package} {version.stdout})]" in told


@pytest.mark.parametrize(
    "register, reason",
    [
        ("handoff_add(queue ring PACKAGED theirs USES theirs)", "valid: one of the two"),
        ("handoff_add(queue ring PACKAGED nobody)", "no handoff_library is called 'nobody'"),
        ("handoff_library(theirs HEADERS folder/none.hpp)", "the compiler finds no folder/none.hpp"),
        ("handoff_library(theirs)", "no HEADERS"),
    ],
)
def test_misuse_of_the_register_is_refused(tmp_path: Path, register: str, reason: str) -> None:
    (tmp_path / "ring.hpp").write_text("")
    lines = f"include({ROOT}/cmake/handoff_add.cmake)\n{register}"
    (tmp_path / "CMakeLists.txt").write_text(PROJECT.format(root=ROOT, lines=lines))
    told = configure(tmp_path, tmp_path / "build")
    assert told.returncode != 0 and reason in said(told)


def test_what_stands_on_an_optional_library_that_is_absent_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "ring.hpp").write_text("")
    lines = f"""include({ROOT}/cmake/handoff_add.cmake)
handoff_library(theirs HEADERS folder/none.hpp OPTIONAL libtheirs-dev)
handoff_add(queue ring PACKAGED theirs)
get_property(left_out GLOBAL PROPERTY HANDOFF_LEFT_OUT)
get_property(queues GLOBAL PROPERTY HANDOFF_QUEUES)
message(NOTICE "[${{left_out}}] [${{queues}}]")"""
    (tmp_path / "CMakeLists.txt").write_text(PROJECT.format(root=ROOT, lines=lines))
    told = configure(tmp_path, tmp_path / "build")
    assert told.returncode == 0, told.stderr
    assert "-- Left out: ring: there is no theirs here (libtheirs-dev)\n" in told.stdout
    assert said(told) == "[ring;libtheirs-dev] []"
