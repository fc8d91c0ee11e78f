"""A campaign of two builds whose trials are interleaved: two ordinary runs that know of each other."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError
from ..run.cases import Case
from ..run.run_folder import ENVIRONMENT_NAME, INTERLEAVED, RunFolder, is_begun, read_environment
from ..run.sampling import Sampling
from . import environment, measuring
from .catalog import Suite
from .interrupt import Interrupt
from .measuring import Design
from .profiles import PROFILES
from .progress import Display
from .runner import Settings
from .schedule import StopRule

SIDES = ("base", "head")


@dataclass(frozen=True)
class TwoBuilds:
    """What both builds have in common, and where each comes from."""

    roots: tuple[Path, Path]  # of the sources
    suites: tuple[Suite, Suite]
    cases: list[Case]
    settings: Settings
    profile: str


def common_cases(suites: tuple[Suite, Suite], selected: tuple[list[Case], list[Case]]) -> list[Case]:
    """Those that both builds have, in the order of the first."""
    base, head = selected
    known = set(head)
    shared = [case for case in base if case in known]
    if not shared:
        raise HandoffError(
            f"nothing to compare: of the {len(base)} cases chosen in '{suites[0].build_dir}' none is among the "
            f"{len(head)} in '{suites[1].build_dir}'"
        )
    return shared


def left_out(selected: tuple[list[Case], list[Case]]) -> list[str]:
    """Cases of one build alone, as a sentence for each side."""
    names = [{case.name for case in one} for one in selected]
    alone = (names[0] - names[1], names[1] - names[0])
    return [
        f"only in {side}, so not measured: {', '.join(sorted(found))}"
        for side, found in zip(SIDES, alone)
        if found
    ]


def open_folders(plan: TwoBuilds, reports: Path, out: Path | None, asked_seed: int | None) -> list[RunFolder]:
    """A folder for each side, new or gone on with; both know the campaign and the seed."""
    stored = _stored(out)
    seed = stored["seed"] if stored else secrets.randbits(32) if asked_seed is None else asked_seed
    campaign = (stored.get(INTERLEAVED) or {}).get("campaign") or secrets.token_hex(4)
    profile = PROFILES[plan.profile]
    wanted = [
        environment.describe(
            root,
            suite,
            plan.cases,
            plan.settings,
            plan.profile,
            seed,
            Sampling(profile.precision, profile.headlines(suite, plan.cases)),
        )
        for root, suite in zip(plan.roots, plan.suites)
    ]
    for side, own, other in zip(SIDES, wanted, wanted[::-1]):
        own[INTERLEAVED] = _company(campaign, side, other["build"])
    if out is None:
        last = (wanted[1]["build"]["commit"] or "nocommit")[:10]
        changed = "-dirty" if wanted[1]["build"]["dirty"] else ""
        out = reports / f"{wanted[0]['run_stem']}-vs-{last}{changed}-{campaign}"
    return [_open(out / side, one, asked_seed) for side, one in zip(SIDES, wanted)]


def measure(
    plan: TwoBuilds, stop: StopRule, folders: list[RunFolder], interrupt: Interrupt, display: Display
) -> None:
    builds = [measuring.MeasuredBuild(suite, folder) for suite, folder in zip(plan.suites, folders)]
    design = Design(plan.cases, folders[0].environment["seed"], stop, sampling=None)
    campaign = measuring.Campaign(builds, plan.settings, design)
    try:
        campaign.measure(interrupt, display)
    finally:
        display.close()
    for folder in folders:
        folder.finish(campaign.blocks_complete, interrupt.requested, campaign.ended)


def failures(plan: TwoBuilds, folders: list[RunFolder]) -> str:
    """One line about what failed on either side; empty if nothing did."""
    told = [
        f"{side}: {failed}"
        for side, suite, folder in zip(SIDES, plan.suites, folders)
        if (failed := measuring.failures(measuring.MeasuredBuild(suite, folder)))
    ]
    return "; ".join(told)


def _company(campaign: str, side: str, other: Mapping[str, Any]) -> dict[str, Any]:
    return {"campaign": campaign, "side": side, "commit": other["commit"], "dirty": other["dirty"]}


def _stored(out: Path | None) -> dict[str, Any]:
    """The environment of the side that an earlier campaign has begun; empty if there is none."""
    if out is None:
        return {}
    if (out / ENVIRONMENT_NAME).exists():
        raise HandoffError(
            f"'{out}' is one run; --out takes the folder of two, with {' and '.join(SIDES)} in it"
        )
    begun = [out / side for side in SIDES if is_begun(out / side)]
    return read_environment(begun[0] / ENVIRONMENT_NAME) if begun else {}


def _open(path: Path, wanted: dict[str, Any], asked_seed: int | None) -> RunFolder:
    if is_begun(path):
        return RunFolder.resume(path, wanted, asked_seed, asked_precision=None)
    return RunFolder.begin(path.parent, path, wanted)
