"""Who may leave a race: on campaigns whose truth is known, and each rule by an example."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from test_verdicts import NAMES, group_of, noisy

from handoff.statistics import pairs, racing, synthetic
from handoff.statistics.costs import Floats, Trials
from handoff.statistics.outcomes import CARE
from handoff.statistics.racing import Race
from handoff.statistics.synthetic import Campaign, Kind

SEED = 20261130
FIRST = 6  # blocks before the first look


def _edge(_: np.random.Generator, k: int) -> Floats:
    """One is best, and all others are behind by just what nobody cares about: the hardest case for the rule."""
    return np.append(0.0, np.full(k - 1, np.log1p(CARE)))


def _far(rng: np.random.Generator, k: int) -> Floats:
    """Half within what nobody cares about, half behind by 30% to 300%."""
    near = rng.uniform(0, np.log1p(CARE), k // 2)
    return np.append(near, rng.uniform(np.log(1.3), np.log(4.0), k - k // 2))


EDGE = Kind("edge", implementations=(5, 8), blocks=(24, 24), truth=_edge)
FAR = Kind("far", implementations=(8, 16), blocks=(12, 12), truth=_far)
MOVING = dataclasses.replace(FAR, name="moving", regimes=(2, 3), within_blocks=0.02)


def raced(of: Campaign) -> dict[int, int]:
    """By member, after how many blocks it left. Whoever leaves has no trials afterwards."""
    trials, race = of.trials, Race(list(of.names))
    kept = np.ones(trials.member.size, dtype=bool)
    left: dict[int, int] = {}
    for blocks in range(FIRST, int(trials.block.max()) + 2):
        seen = kept & (trials.block < blocks)
        places, place = np.unique(trials.regime[seen], return_inverse=True)
        so_far = Trials(trials.log_cost[seen], trials.member[seen], trials.block[seen], place)
        group = pairs.of_trials(so_far, of.names, [of.regimes[at] for at in places])
        for name in race.look(group):
            member = of.names.index(name)
            left[member] = blocks
            kept &= (trials.member != member) | (trials.block < blocks)
    return left


def behind(of: Campaign) -> Floats:
    """By which factor each is behind the best, where it is behind most."""
    found: Floats = np.exp((of.truth - of.truth.min(axis=1, keepdims=True)).max(axis=0))
    return found


def wrongly_out(kind: Kind, campaigns: int) -> int:
    """Campaigns in which anybody leaves who is not behind by more than anybody cares about."""
    rng = np.random.default_rng([SEED, *kind.name.encode()])
    wrong = 0
    for _ in range(campaigns):
        one = synthetic.campaign(kind, rng)
        wrong += any(behind(one)[member] <= 1 + CARE + 1e-9 for member in raced(one))
    return wrong


# ---- campaigns with known truth ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "campaigns"), [(EDGE, 15), (FAR, 8), (MOVING, 4)])
def test_nobody_leaves_wrongly_over_all_looks(kind: Kind, campaigns: int) -> None:
    """docs/choosing.md has the counts of more campaigns."""
    assert wrongly_out(kind, campaigns) == 0


def test_a_rule_that_looks_again_and_again_would_lose_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the campaigns above are hard enough to show it."""
    monkeypatch.setattr(racing, "level", lambda look: 1.0)
    assert wrongly_out(EDGE, 15) >= 2


def test_most_of_those_who_are_far_behind_leave_at_the_first_look() -> None:
    rng = np.random.default_rng(SEED)
    far, first, ever = 0, 0, 0
    for _ in range(6):
        one = synthetic.campaign(FAR, rng)
        left = raced(one)
        members = [member for member, factor in enumerate(behind(one)) if factor >= 1.3]
        far += len(members)
        first += sum(left.get(member) == FIRST for member in members)
        ever += sum(member in left for member in members)
    assert far > 20
    assert first >= 0.6 * far and ever >= 0.9 * far


# ---- the rule ------------------------------------------------------------------------------------------------


def test_all_looks_together_spend_no_more_than_the_error() -> None:
    spent = [racing.level(look) for look in range(1, 10_000)]
    assert spent[0] == racing.ERROR / 2
    assert 0.999 * racing.ERROR < sum(spent) < racing.ERROR
    assert spent == sorted(spent, reverse=True)


def leaving(costs: list[float], blocks: int = 12, scatter: float = 0.01) -> list[str]:
    return Race(list(NAMES[: len(costs)])).look(group_of(noisy(costs, blocks, scatter)))


def test_who_is_behind_by_more_than_anybody_cares_about_leaves() -> None:
    assert leaving([1.0, 1.2]) == ["b"]
    assert leaving([1.0, 1.07]) == []
    assert leaving([1.0, 1.0]) == []
    assert set(leaving([2.0, 1.0, 1.05, 3.0])) == {"a", "d"}


def test_with_few_trials_nobody_leaves() -> None:
    assert leaving([1.0, 5.0], blocks=5) == [] and leaving([1.0, 5.0], blocks=6) == ["b"]


def test_the_last_one_stays() -> None:
    race = Race(["a"])
    assert race.look(group_of(noisy([1.0, 0.5]))) == [] and race.left == ["a"]


def test_who_has_no_trials_yet_stays() -> None:
    race = Race(["a", "b", "z"])
    assert race.look(group_of(noisy([1.0, 2.0], 12, 0.01))) == ["b"]
    assert race.left == ["a", "z"]


def test_a_regime_may_object() -> None:
    """Behind by a half in one regime, ahead by as much in the other."""
    table = noisy([1.0, 1.5], 24, 0.01)
    regime = np.repeat([0.0, 1.0], 12)[:, np.newaxis] * np.ones((1, 2))
    table[12:] += np.log([[1.5, 1.0]]) - np.log([[1.0, 1.5]])
    assert Race(["a", "b"]).look(group_of(table, regime)) == []


def test_who_is_out_and_when_is_remembered() -> None:
    race = Race(["a", "b", "c"])
    first, second = noisy([1.0, 2.0, 1.0], 8, 0.01), noisy([1.0, 2.0, 1.5], 24, 0.01)
    race.look(group_of(first))
    race.look(group_of(second))
    assert race.out == {"b": 1, "c": 2} and race.left == ["a"] and race.looks == 2


def test_the_rule_favours_nobody() -> None:
    """Neither by name nor by place: whoever has the same trials fares the same."""
    costs = [1.0, 1.02, 1.3, 1.6, 1.1]
    table = noisy(costs, 10, 0.04)
    usual = {costs[NAMES.index(name)] for name in Race(list(NAMES[:5])).look(group_of(table))}
    assert usual
    for order in ([4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
        group = group_of(table[:, order])
        for first in range(5):
            left = [NAMES[(first + at) % 5] for at in range(5)]
            assert {costs[order[NAMES.index(name)]] for name in Race(left).look(group)} == usual


def test_twice_the_cost_beyond_the_margin_is_as_likely_as_within_none() -> None:
    """The margin moves the question and nothing else."""
    table = noisy([1.0, 1.3, 1.3], 12, 0.05)
    moved = table.copy()
    moved[:, 0] += np.log1p(CARE)
    assert racing.wrong_beyond(group_of(table))[1, 0] == pytest.approx(group_of(moved).wrong[1, 0], rel=1e-6)
