"""Which source was proven: what changes its hash, and where it is looked for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from handoff.proofs import sources as proof_sources

RING = '#include "../queue.hpp"\n#include "../support/cells.hpp"\n#include <atomic>\nint ring = 1\'000;  // slots\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "queues/ring.hpp": RING,
        "queues/other.hpp": '#include "../queue.hpp"\n',
        "queue.hpp": "struct contract {};\n",
        "support/cells.hpp": '#include "line.hpp"\nint cells;\n',
        "support/line.hpp": "int line = 64;\n",
    }.items():
        path = tmp_path / "impls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def ring(root: Path) -> str | None:
    return proof_sources.in_tree(root).hash_of("queues/ring.hpp")


@pytest.mark.parametrize(
    "file, old, new, changes",
    [
        ("queues/ring.hpp", "// slots", "/* what a\n slot is */", False),
        ("queues/ring.hpp", "int ring", "\n\n  int   ring", False),
        ("queues/ring.hpp", "1'000", "1'001", True),
        ("queues/ring.hpp", ";  // slots", '; auto s = "// slots";', True),
        ("support/line.hpp", "64", "128", True),
        ("queues/other.hpp", "queue", "queues", False),
    ],
)
def test_code_counts_and_comments_do_not(root: Path, file: str, old: str, new: str, changes: bool) -> None:
    before = ring(root)
    path = root / "impls" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert before is not None and (ring(root) != before) == changes


def test_what_looks_like_a_comment_in_a_literal_is_code() -> None:
    kept = 'auto a = "/*"; auto b = \'"\'; auto c = 1\'000; // it\'s gone\nauto d = "*/ // \\" kept";'
    assert proof_sources.without_comments(kept) == kept.replace(" // it's gone", "")


def test_a_header_that_is_not_there_has_no_hash(root: Path) -> None:
    assert proof_sources.in_tree(root).hash_of("queues/nowhere.hpp") is None
    entries = [{"name": "ring", "header": "queues/ring.hpp"}, {"name": "gone", "header": "queues/gone.hpp"}]
    assert proof_sources.of_catalog(root, entries) == {"ring": ring(root)}
    assert proof_sources.hashes(root)["ring"] == ring(root)
    assert not proof_sources.PARTS.keys() & proof_sources.hashes(root).keys()


def test_somebody_elses_header_includes_ours(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("mine")
    (home / "build" / "handoff").mkdir(parents=True)
    (home / "build" / "CMakeCache.txt").write_text(f"# a cache\nCMAKE_HOME_DIRECTORY:INTERNAL={home}\n")
    (home / "mine.hpp").write_text('#include "queue.hpp"\nint mine;\n')
    own = proof_sources.own_project(home / "build" / "handoff")
    assert own == home and proof_sources.own_project(root) is None
    before = proof_sources.hashes(root, own)
    assert {"mine", "ring"} <= before.keys()
    (root / "impls" / "queue.hpp").write_text("struct another_contract {};\n")
    after = proof_sources.hashes(root, own)
    assert after["mine"] != before["mine"]


def test_a_run_says_what_it_measured_or_its_commit_does(root: Path) -> None:
    def git(*arguments: str) -> str:
        setting = ["-c", "user.name=a", "-c", "user.email=a@b"]
        done = subprocess.run(
            ["git", *setting, *arguments], cwd=root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "a ring")
    then = ring(root)
    (root / "impls" / "support" / "line.hpp").write_text("int line = 128;\n")
    catalog = {"queues": [{"name": "ring", "header": "queues/ring.hpp"}], "counters": []}
    clean = {"commit": git("rev-parse", "HEAD"), "dirty": False}
    of_commit = proof_sources.measured(root, {"catalog": catalog, "build": clean})
    assert of_commit == {"ring": then} and ring(root) != then
    assert proof_sources.measured(root, {"catalog": catalog, "build": clean | {"dirty": True}}) == {}
    assert proof_sources.measured(root, {"catalog": catalog, "build": clean | {"commit": "0" * 40}}) == {}
    assert proof_sources.measured(root, {"catalog": catalog, "build": clean, "sources": {"ring": "x"}}) == {
        "ring": "x"
    }
