"""Folders of runs with something wrong in them: small faults in the files of a sound one, drawn by hypothesis."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

ENVIRONMENT, SAMPLES, BLOCKS, STAMPS = "environment.json", "samples.jsonl", "blocks.jsonl", "stamps.jsonl"
LINES = (SAMPLES, BLOCKS, STAMPS)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def object_of(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


# What stands where something else should.
ODD_TEXTS = (
    "",
    " ",
    "\ud800",
    "\x00",
    "\n",
    "x" * 5000,
    "<script>alert(1)</script>",
    "$x^{",
    "{{ 7 * 7 }}",
    "%s",
    "../../etc/passwd",
    "a/b",
    "9" * 30,
    "--output=/nowhere",
    "ping_pong",
    "download_strategies",
)
ODD_NUMBERS = (0, -1, 1, 7, 2**31, 2**63, 2**64, 10**400, 0.5, -0.0, 1e-320, 1e-12, 1e15, 1e18, 1e308)
ODD_VALUES = (
    None,
    True,
    False,
    *ODD_TEXTS,
    *ODD_NUMBERS,
    float("nan"),
    float("inf"),
    [],
    {},
    [None],
    {"name": None},
    ["a", 1, None, {}],
    [[0.1, 0.2, 0.3]],
    object_of(20),
    nested(30),
    nested(900),
)
ODD_BYTES = (
    b"\xff",
    b"\xed\xa0\x80",
    b"\x00",
    b"\n",
    b"{}\n",
    b"[]\n",
    b"[" * 100_000,
    b"1e999",
    b"\xef\xbb\xbf",
    b'"',
)

# Parts of the names of cases, replaced in all files: the run stays whole, and is about something else.
PARTS = (
    "p:1",
    "c:1",
    "p:2",
    "queues:2",
    "wait:spin",
    "wait:pause",
    "report:mean",
    "report:distribution",
    "t:2",
    "mix:increment",
    "mix:list",
    "n:8",
    "m:2",
    "items:64",
    "items:500",
    "items:24",
    "latency:log_normal",
    "ms:50",
    "failures:0%",
    "bandwidth:unlimited",
    "time:real",
    "time:virtual",
    "rate:80%",
    "arrivals:poisson",
    "item:8",
    "capacity:1024",
    "a:0",
    "b:1",
    "mutex_ring",
    "lossy_queue",
    "sequential",
    "paced_spsc_ring",
    "window_in_order",
    "core_to_core",
    "ping_pong",
    "counter",
    "memory",
)


@dataclass
class RunFiles:
    """What is in a folder, as bytes by name."""

    files: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> RunFiles:
        return cls({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})

    def write(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


Mutation = Callable[[RunFiles], None]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*at, key)
        yield from places(one, (*at, key))


def _edited(content: bytes, which: int, what: Callable[[Any, Any], None]) -> bytes:
    value = json.loads(content)
    found = list(places(value))
    if not found:
        return content
    path = found[which % len(found)]
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    what(holder, path[-1])
    return json.dumps(value).encode()


def _in_json(name: str, line: int, which: int, what: Callable[[Any, Any], None]) -> Mutation:
    def apply(run: RunFiles) -> None:
        content = run.files.get(name, b"")
        try:
            if name == ENVIRONMENT:
                run.files[name] = _edited(content, which, what)
            elif lines := content.splitlines():
                at = line % len(lines)
                lines[at] = _edited(lines[at], which, what)
                run.files[name] = b"\n".join(lines) + b"\n"
        except (ValueError, RecursionError):
            pass  # a mutation before this one has spoilt it already

    return apply


def _replace(value: Any) -> Callable[[Any, Any], None]:
    def what(holder: Any, key: Any) -> None:
        holder[key] = copy.deepcopy(value)

    return what


def _remove(holder: Any, key: Any) -> None:
    del holder[key]


def _in_all_samples(name: str, change: Callable[[float], Any] | None) -> Mutation:
    """The figure of each sample that has it; None: it is taken out."""

    def changed(line: bytes) -> bytes:
        record = json.loads(line)
        figures = record.get("figures", {})
        if name in figures:
            value = figures.pop(name)
            figures |= {} if change is None else {name: change(value)}
        return json.dumps(record).encode()

    def apply(run: RunFiles) -> None:
        try:
            lines = [changed(line) for line in run.files.get(SAMPLES, b"").splitlines()]
        except (ValueError, TypeError, AttributeError, RecursionError):
            return
        run.files[SAMPLES] = b"\n".join([*lines, b""])

    return apply


def _in_names(part: str, instead: str) -> Mutation:
    old, new = (json.dumps(text, ensure_ascii=True)[1:-1].encode() for text in (part, instead))

    def apply(run: RunFiles) -> None:
        run.files = {name: content.replace(old, new) for name, content in run.files.items()}

    return apply


def _in_bytes(name: str, where: float, taken: int, put: bytes) -> Mutation:
    def apply(run: RunFiles) -> None:
        content = run.files.get(name, b"")
        at = int(where * len(content))
        run.files[name] = content[:at] + put + content[at + taken :]

    return apply


def _whole(name: str, content: bytes | None) -> Mutation:
    def apply(run: RunFiles) -> None:
        run.files.pop(name, None)
        if content is not None:
            run.files[name] = content

    return apply


def mutations(figures: list[str]) -> st.SearchStrategy[Mutation]:
    """`figures`: names of those that the run has."""
    names = st.sampled_from((ENVIRONMENT, *LINES))
    number = st.integers(0, 100_000)
    odd = st.sampled_from(ODD_VALUES).map(_replace)
    scales = st.sampled_from((-1.0, 0.0, 1e-9, 1e-17, 1e9, 1e15, 1e300))
    constants = st.sampled_from((0.0, 1.0, 1e17, 1e-17, 5e-324, -3.0, 10**30, None, "many"))
    changes = st.one_of(
        st.none(), scales.map(lambda by: lambda value: value * by), constants.map(lambda one: lambda _: one)
    )
    instead = st.sampled_from(ODD_TEXTS) | st.builds(
        lambda part, text: f"{part.split(':')[0]}:{text}",
        st.sampled_from(PARTS),
        st.sampled_from((*ODD_TEXTS, "0", "-1", "1000000", "9" * 12, "spin", "nan", "1.5", "block", "50%")),
    )
    return st.one_of(
        st.builds(_in_json, names, number, number, odd),
        st.builds(_in_json, names, number, number, st.just(_remove)),
        st.builds(_in_all_samples, st.sampled_from(figures), changes),
        st.builds(_in_names, st.sampled_from(PARTS), instead),
        st.builds(_in_bytes, names, st.floats(0, 1), st.integers(0, 40), st.sampled_from((b"", *ODD_BYTES))),
        st.builds(_whole, names, st.sampled_from((None, b"", *ODD_BYTES))),
    )
