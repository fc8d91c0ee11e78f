"""Campaigns whose truth is known: what each implementation costs in each regime, and the trials that show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .costs import Floats, Integers, Trials

STRAY = 1 / 8


@dataclass(frozen=True)
class Campaign:
    truth: Floats  # [regime, implementation], logarithm of cost
    trials: Trials

    @property
    def names(self) -> list[str]:
        return [f"queue_{i:02}" for i in range(self.truth.shape[1])]

    @property
    def regimes(self) -> list[str]:
        return [chr(ord("A") + i) for i in range(self.truth.shape[0])]


def _spread(rng: np.random.Generator, k: int) -> Floats:
    """From 0 to 10 times: a few that cost exactly the same, the others anywhere."""
    truth = rng.uniform(0.0, np.log(10.0), size=k)
    alike = rng.integers(k, size=k // 4)
    truth[rng.integers(k, size=alike.size)] = truth[alike]
    return truth


def _alike(_: np.random.Generator, k: int) -> Floats:
    return np.zeros(k)


def _crowded(rng: np.random.Generator, k: int) -> Floats:
    """Most within 30% of the best."""
    found: Floats = np.abs(rng.normal(scale=0.15, size=k))
    return found


@dataclass(frozen=True)
class Kind:
    """How campaigns of a kind are made. What has two numbers is drawn from between them for each campaign."""

    name: str
    implementations: tuple[int, int] = (5, 60)
    blocks: tuple[int, int] = (6, 8)
    regimes: tuple[int, int] = (1, 1)
    within_blocks: float = 0.0  # how often the regime changes from one trial to the next
    between_blocks: float = 0.4  # how often it changes from one block to the next
    truth: Callable[[np.random.Generator, int], Floats] = field(default=_spread)
    ratios_differ: float = 0.0  # standard deviation of what a regime does to one implementation
    flips: bool = False
    drift: float = 0.0  # over the whole campaign, of everybody
    stray: float = STRAY
    thin: bool = False  # after half of the blocks only some implementations are in a block


KINDS = (
    Kind("one regime"),
    Kind("one regime, no stray trials", stray=0.0),
    Kind("all alike", truth=_alike),
    Kind("crowded at the top", truth=_crowded),
    Kind("five implementations", implementations=(5, 5)),
    Kind("sixty implementations", implementations=(60, 60)),
    Kind("regimes between blocks", regimes=(2, 4)),
    Kind("regimes within blocks", regimes=(2, 4), within_blocks=0.1),
    Kind("ratios by regime", regimes=(2, 4), within_blocks=0.05, ratios_differ=0.3),
    Kind("one order flips, 6 to 8 blocks", regimes=(2, 2), within_blocks=0.3, flips=True),
    Kind("one order flips, 16 to 24 blocks", regimes=(2, 2), within_blocks=0.3, flips=True, blocks=(16, 24)),
    Kind("drift", drift=0.5, regimes=(1, 2), within_blocks=0.02),
    Kind("drift, thin blocks", drift=0.5, blocks=(10, 14), thin=True),
)


def campaign(kind: Kind, rng: np.random.Generator) -> Campaign:
    k = int(rng.integers(kind.implementations[0], kind.implementations[1] + 1))
    blocks = int(rng.integers(kind.blocks[0], kind.blocks[1] + 1))
    regimes = int(rng.integers(kind.regimes[0], kind.regimes[1] + 1))
    truth = _truth(kind, rng, k, regimes)
    member, block = _plan(kind, rng, k, blocks)
    regime = _places(kind, rng, block, regimes)
    scatter = np.exp(rng.normal(np.log(0.035), 0.5, size=k))  # two_regimes: 1 to 12%, mostly 4
    value = truth[regime, member] + scatter[member] * rng.normal(size=member.size)
    value += 0.02 * rng.normal(size=blocks)[block] + kind.drift * np.linspace(0, 1, member.size)
    stray = rng.random(member.size) < kind.stray
    value[stray] += _stray(rng, int(stray.sum()))
    seen, place = np.unique(regime, return_inverse=True)
    return Campaign(truth[seen], Trials(value, member, block, place))


def _truth(kind: Kind, rng: np.random.Generator, k: int, regimes: int) -> Floats:
    base = kind.truth(rng, k)
    truth: Floats = np.tile(base, (regimes, 1)) + np.log(3.0) * np.arange(regimes)[:, np.newaxis]
    truth[1:] += kind.ratios_differ * rng.normal(size=(regimes - 1, k))
    if kind.flips:
        first, second = rng.choice(k, size=2, replace=False)
        apart = rng.uniform(0.25, 0.7)
        truth[0, second], truth[1, second] = truth[0, first] + apart, truth[1, first] - apart
    return truth


def _plan(kind: Kind, rng: np.random.Generator, k: int, blocks: int) -> tuple[Integers, ...]:
    member, block = [], []
    for at in range(blocks):
        inside = rng.permutation(k)
        if kind.thin and at >= blocks // 2:
            inside = inside[: max(2, k // 3)]
        member.append(inside)
        block.append(np.full(inside.size, at))
    return np.concatenate(member), np.concatenate(block)


def _places(kind: Kind, rng: np.random.Generator, block: Integers, regimes: int) -> Integers:
    place = np.empty(block.size, dtype=np.int64)
    now = int(rng.integers(regimes))
    for at in range(block.size):
        moves = kind.between_blocks if at and block[at] != block[at - 1] else kind.within_blocks
        if rng.random() < moves:
            now = int(rng.integers(regimes))
        place[at] = now
    return place


def _stray(rng: np.random.Generator, n: int) -> Floats:
    """Off by 10% to a factor of 100, mostly slower: contended throughput also gains from an interruption."""
    size = np.exp(rng.uniform(np.log(0.1), np.log(np.log(100.0)), size=n))
    found: Floats = size * np.where(rng.random(n) < 0.75, 1.0, -1.0)
    return found
