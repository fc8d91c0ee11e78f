"""What a reader relies on in environment.json (docs/samples.md). Of the rest, which is only shown, it must be JSON that
can be shown."""

from __future__ import annotations

import re
from typing import Any

from ..errors import HandoffError
from . import cases, sampling, shapes
from .shapes import Misshapen, Shape, fields, flag, list_of, map_of, nullable, number, one_of, text, whole

MOST_CPUS = 1 << 16
LONGEST_MS = 1e9
SEEDS = whole(0, 2**63 - 1)

_COMMIT = re.compile(r"[0-9a-f]{4,64}")


def commit(value: Any, at: str) -> None:
    """It is given to git."""
    text(value, at)
    if not _COMMIT.fullmatch(value):
        raise Misshapen(at, value, "a commit's hash")


def case_name(value: Any, at: str) -> None:
    text(value, at)
    try:
        cases.parse(value)
    except HandoffError as error:
        raise ValueError(f"{at}: {error}") from error


def control(value: Any, at: str) -> None:
    """Its kind; catalogs of before said only whether it is one."""
    if value is not None and type(value) is not bool:
        text(value, at)


_TEXTS = map_of(text)
_MAYBE_TEXT = nullable(text)

_ENTRY_TEXTS = (
    "cite",
    "producers",
    "consumers",
    "bound",
    "push",
    "pop",
    "delivery",
    "failure",
    "add",
    "read",
)
_ENTRY = fields(
    {"name": text},
    {name: text for name in (*_ENTRY_TEXTS, "value", "header")}
    | {name: flag for name in ("own_wait", "timed", "closable", "conserves", "packaged")}
    | {"library": _MAYBE_TEXT, "control": control, "items": list_of(text)},
)
_PYTHON = fields(
    {"forms": list_of(fields({"name": text}, {"cite": text}))},
    {
        "implementation": text,
        "version": text,
        "gil": nullable(flag),
        "forms_sha256": text,
        "packages": map_of(_MAYBE_TEXT),
    },
)
_CATALOG = fields(
    {},
    {
        "schema": one_of((1,)),
        "queues": list_of(_ENTRY),
        "counters": list_of(_ENTRY),
        "locks": list_of(_ENTRY),
        "ways_to_wait": list_of(_ENTRY),
        "waits": list_of(text),
        "workloads": list_of(text),
        "clock": fields({}, {"counter": text, "hz": number(0, 1e12)}),
        "python": _PYTHON,
    },
)
_BUILD = fields(
    {},
    {
        name: _MAYBE_TEXT
        for name in ("version", "compiler", "flags", "build_type", "sanitizers", "diff_sha256")
    }
    | {
        "commit": nullable(commit),
        "dirty": nullable(flag),
        "compiled_with": map_of(_MAYBE_TEXT),
        "libraries": map_of(_MAYBE_TEXT),
        "binaries": _TEXTS,
    },
)
_MACHINE = fields(
    {},
    {
        "model": _MAYBE_TEXT,
        "cpu_model": _MAYBE_TEXT,
        "slug": text,
        "architecture": text,
        "cpus": nullable(whole(1, MOST_CPUS)),
        "affinity": nullable(list_of(whole(0, MOST_CPUS))),
        "kernel": shapes.anything,
        "lscpu": _TEXTS,
    },
)
_OTHER_RUN = fields(
    {"campaign": text, "side": one_of(("base", "head")), "commit": nullable(commit), "dirty": nullable(flag)},
    {},
)

ENVIRONMENT: Shape = fields(
    {"cases": list_of(case_name)},
    {
        "run_id": text,
        "run_stem": text,
        "profile": text,
        "seed": SEEDS,
        "placement": text,
        "window_ms": number(0, LONGEST_MS),
        "ramp_ms": number(0, LONGEST_MS),
        "brief_ms": nullable(number(0, LONGEST_MS)),
        "redis": nullable(fields({"workers_elsewhere": whole(0, MOST_CPUS)}, {})),
        "sampling": nullable(sampling.RULE),
        "started": text,
        "finished": _MAYBE_TEXT,
        "interrupted": flag,
        "ended": _MAYBE_TEXT,
        "resumed": list_of(text),
        "blocks_complete": whole(0, 2**31),
        "machine": _MACHINE,
        "build": _BUILD,
        "catalog": _CATALOG,
        "sources": _TEXTS,
        "interleaved_with": nullable(_OTHER_RUN),
    },
)
