"""environment.json: what a run was measured on, without saying whose machine it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..host import build, machine
from ..host.privacy import anonymous
from ..proofs import sources as proof_sources
from ..run.cases import Case
from ..run.run_folder import now, run_stem
from ..run.samples import METHOD, SCHEMA
from ..run.sampling import Sampling
from .catalog import Suite
from .runner import Settings


def describe(
    root: Path,
    suite: Suite,
    cases: list[Case],
    settings: Settings,
    profile: str,
    seed: int,
    sampling: Sampling,
) -> dict[str, Any]:
    host = anonymous(machine.describe())
    built = anonymous(build.describe(root, suite.build_dir, suite.binaries))
    stem = run_stem(host["slug"], built["commit"], built["dirty"])
    return {
        "schema": SCHEMA,
        "method": METHOD,
        "run_id": f"{stem}-running-{seed}",
        "run_stem": stem,
        "profile": profile,
        "seed": seed,
        "placement": settings.placement,
        "window_ms": settings.window_ms,
        "ramp_ms": settings.ramp_ms,
        "brief_ms": settings.brief_ms,
        "redis": None if settings.redis is None else settings.redis.described(),
        "sampling": sampling.as_dict(),
        "started": now(),
        "finished": None,
        "interrupted": False,
        "ended": None,
        "blocks_complete": 0,
        "cases": [case.name for case in cases],
        "machine": host,
        "build": built,
        "catalog": suite.catalog,
        "sources": proof_sources.of_catalog(
            root, suite.entries(), proof_sources.own_project(suite.build_dir)
        ),
    }
