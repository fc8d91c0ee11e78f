"""check_memory_orders.py: what it accepts, and each fault that it must name with file and line."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import check_memory_orders
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_memory_orders.py"

GOOD = """\
void push() {
    // relaxed: only the producer writes tail_.
    auto tail = tail_.load(memory_order_relaxed);
    // (1) release: pairs with (2), (3); publishes
    // the item.
    tail_.store(tail + 1, memory_order_release);
}
void pop() {
    auto t = tail_.load(memory_order_acquire);  // (2) acquire: pairs with (1).
    // (3) acquire: pairs with (1); see "(1) release" above.
    // LP(pop, empty): here.
    while (very_long_name_of_a_queue.tail_of_it.load(
               std::memory_order_acquire) == t) {
    }
}
"""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check(directory: Path, source: str) -> tuple[int, list[str]]:
    """Exit code and messages, with the path of the file taken off. In this process: it would take longer to start."""
    file = directory / "queue.hpp"
    file.write_text(source, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = check_memory_orders.main([str(file)])
    assert err.getvalue() == ""
    lines = out.getvalue().splitlines()
    assert all(line.startswith(f"{file}:") for line in lines)
    return code, [line.removeprefix(f"{file}:") for line in lines]


def test_accepts_tagged_orders(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD) == (0, [])


@pytest.mark.parametrize(
    "source",
    [
        "x.load();\n",
        "x.load(memory_order_seq_cst);\n",
        "// memory_order_relaxed in a comment\n/* and memory_order_acquire\n in one of two lines */\n",
        'log("memory_order_relaxed");\n',
        "auto n = 1'000'000;  // relaxed: no operation, so nothing to check\n",
        "// D. P. Reed, CACM 22(2), 1979; (3) is no reference here.\nint x;\n",
        "// relaxed: both orders; publishes nothing.\nx.compare_exchange_weak(a, b, memory_order_relaxed,\n"
        "                        memory_order_relaxed);\n",
        "// (1) acq_rel: pairs with (1). relaxed: a failure is only another guess.\n"
        "x.compare_exchange_weak(a, b, memory_order_acq_rel, memory_order_relaxed);\n",
        "// (1) seq_cst: pairs with (2).\nx.store(1);\n"
        "// (2) acquire: pairs with (1).\nx.load(memory_order_acquire);\n",
        "// acquire: pairs with the store of the slot in\n// the library's push.\n"
        "x.load(memory_order_acquire);\n",
        "// (1) release: pairs with (2) and (3).\nx.store(1, memory_order_release);\n"
        "// (2) acquire: pairs with (1).\natomic_thread_fence(memory_order_acquire);\n"
        "// (3) acquire: pairs with\n// (1).\nx.load(memory_order::acquire);\n",
    ],
)
def test_accepts(tmp_path: Path, source: str) -> None:
    assert check(tmp_path, source) == (0, [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x.load(memory_order_relaxed);\n", ["1: relaxed without a tag"]),
        ("x.load(std::memory_order::relaxed);\n", ["1: relaxed without a tag"]),
        ("// relaxed:\nx.load(memory_order_relaxed);\n", ["2: relaxed without a tag"]),
        ("// relaxed is fine here\nx.load(memory_order_relaxed);\n", ["2: relaxed without a tag"]),
        ("// relaxed: too far away.\n\nx.load(memory_order_relaxed);\n", ["3: relaxed without a tag"]),
        (
            "// relaxed: the first.\nx.load(memory_order_relaxed);\nx.load(memory_order_relaxed);\n",
            ["3: relaxed"],
        ),
        ("int a;\nx.load(memory_order_acquire);\n", ["2: acquire without a tag"]),
        ("// acquire: pairs with the push.\nx.load(memory_order_acquire);\n", ["2: acquire without a tag"]),
        (
            "// acquire: pairs with the library's push.\nx.store(1, memory_order_release);\n",
            ["2: release without a tag"],
        ),
        ("#define LOAD(x) x.load(memory_order_acquire)\n", ["1: acquire without a tag"]),
        ("// acquire: without a number.\nx.load(memory_order_acquire);\n", ["2: acquire without a tag"]),
        (
            "// relaxed: of the wrong kind.\nx.store(1, memory_order_release);\n",
            ["2: release without a tag"],
        ),
        (
            "// (1) acq_rel: pairs with (1).\nx.compare_exchange_weak(a, b, memory_order_acq_rel,\n"
            "                        memory_order_relaxed);\n",
            ["3: relaxed without a tag"],
        ),
        (
            "// (1) acquire: sees the item.\nx.load(memory_order_acquire);\n",
            ["1: (1) acquire: names no partner"],
        ),
        (
            "// (1) acquire: pairs with (7).\nx.load(memory_order_acquire);\n",
            ["1: (1) pairs with (7), which no tag defines", "2: the comment refers to (7)"],
        ),
        (
            "// relaxed: (4) publishes.\nx.load(memory_order_relaxed);\n",
            ["2: the comment refers to (4), which no tag in this file defines"],
        ),
    ],
)
def test_rejects(tmp_path: Path, source: str, expected: list[str]) -> None:
    code, messages = check(tmp_path, source)
    assert code == 1
    assert len(messages) == len(expected), messages
    for message, start in zip(messages, expected):
        assert message.startswith(start)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "pairs with (2), (3)",
            "pairs with (3)",
            "9: (2) pairs with (1), but (1) on line 4 does not name (2)",
        ),
        (
            "(3) acquire: pairs with (1); see",
            "(3) acquire: pairs with (2); see",
            "10: (3) acquire cannot pair with (2) acquire",
        ),
        ("// (3) acquire", "// (2) acquire", "10: (2) is already the number of the tag on line 9"),
        (
            "tail + 1, memory_order_release",
            "tail + 1",
            "4: (1) release: stands at no release operation",
        ),
        ("// LP(pop, empty)", "// LP(pop, empty) at (9)", "13: the comment refers to (9)"),
    ],
)
def test_names_a_broken_pairing(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert GOOD.count(old) == 1
    code, messages = check(tmp_path, GOOD.replace(old, new))
    assert code == 1
    assert any(message.startswith(expected) for message in messages), messages


def test_searches_directories_and_exempts_only_the_alias(tmp_path: Path) -> None:
    bad = "x.load(memory_order_relaxed);\n"
    for name in (
        "support/atomic.hpp",
        "support/other.hpp",
        "queues/deep/down.hpp",
        "queues/not_a_header.cpp",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(bad, encoding="utf-8")
    result = run(tmp_path)
    assert result.returncode == 1
    named = [line.split(":")[0] for line in result.stdout.splitlines()]
    assert named == [str(tmp_path / "queues/deep/down.hpp"), str(tmp_path / "support/other.hpp")]


def test_refuses_to_check_nothing(tmp_path: Path) -> None:
    missing = run(tmp_path / "missing")
    assert missing.returncode == 2
    assert missing.stderr == f"check_memory_orders: {tmp_path}/missing: no such file or directory\n"
    empty = run(tmp_path)
    assert empty.returncode == 2
    assert empty.stderr == "check_memory_orders: no *.hpp below the given paths\n"


def test_our_implementations_are_tagged() -> None:
    result = run()
    assert result.stdout == ""
    assert result.returncode == 0
