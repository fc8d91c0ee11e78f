"""What each member of a group costs in each regime of the machine, with the scatter that this is known by.

The model: the logarithm of a trial's cost is what its block adds to everybody (drift, a disturbed moment), plus
what the member costs in the regime, plus noise. It is fitted to the whole group at once, because a group knows
things that a pair does not:

- what a block did to everybody, also where the machine moved within it, or where it holds only some members;
- how large noise usually is. A member's own six values say little of their scatter, so its variance is drawn
  towards that of the group (moderated variances: Smyth, Stat. Appl. Genet. Mol. Biol. 3, 2004);
- which trials are stray. On a virtual machine every eighth trial is off by any factor. Each trial has the weight
  by which it belongs to the normal part of a mixture of both, so that a stray one moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

STRAY = 1 / 8  # which share of the trials is stray, before the group has said anything
_STRAY_KNOWN_FROM = 8.0  # how many trials that is worth
_MOST_STRAY = 1 / 4  # more than that is not stray but how the group is
STRAY_WIDTH = (
    0.3  # of the Cauchy law of stray trials, as a logarithm: half of them are off by a factor of 1.35 or more
)
AGREEMENT = 0.1  # how likely one stray trial lies beside another one as near as two sound ones do
_LEAST = 1e-3  # 0.1%: no scatter of a process is smaller, so neither is the one that is assumed
_ROUNDS = 30
_SETTLED = 1e-3  # of a standard deviation: what moves by less has settled
_WIDTH = 0.6  # of the members' scatters, as a logarithm, before the group has said anything
_WIDTH_KNOWN_FROM = 4.0  # how many members that is worth


@dataclass(frozen=True)
class Trials:
    """One entry per trial. `member`, `block`, `regime` are numbers from 0."""

    log_cost: Floats
    member: Integers
    block: Integers
    regime: Integers

    @property
    def members(self) -> int:
        return int(self.member.max(initial=-1)) + 1

    @property
    def regimes(self) -> int:
        return int(self.regime.max(initial=-1)) + 1


@dataclass(frozen=True)
class Costs:
    """Arrays by regime and member; NaN where there is no trial."""

    location: Floats  # [regime, member], logarithm of cost
    covariance: Floats  # [regime, member, member]
    trials: Integers  # [regime, member]: how many there are
    sound: Floats  # [regime, member]: how many of them are not stray
    scatter: Floats  # [member]: standard deviation of a sound trial
    freedom: Floats  # [member]: degrees of freedom of it
    left: float  # degrees of freedom that the whole group has left, after its cells and blocks
    aligned: Floats  # per trial: its logarithm of cost without what its block added


class _Layout:
    """Which cell and which shifts each trial belongs to, and sums over them.

    A cell is what is to be known: a member in a regime or, where regimes are pooled, a member. Shifts are what is
    added to everybody: that of the block and, where regimes are pooled, that of the regime.
    """

    def __init__(self, trials: Trials, pooled: bool) -> None:
        self.members = trials.members
        self.cell = trials.member if pooled else trials.regime * self.members + trials.member
        self.cells = self.members * (1 if pooled else trials.regimes)
        self.member = trials.member
        # A block that holds a single trial says nothing of what it adds: all of these count as one.
        alone = np.bincount(trials.block, minlength=1)[trials.block] < 2
        _, block = np.unique(np.where(alone, -1, trials.block), return_inverse=True)
        kinds = [(block, int(block.max(initial=-1)) + 1)] + (
            [(trials.regime, trials.regimes)] if pooled else []
        )
        self.kinds = kinds
        self.shifts = np.zeros((trials.block.size, sum(size for _, size in kinds)))
        start = 0
        for index, size in kinds:
            self.shifts[np.arange(index.size), start + index] = 1.0
            start += size

    def taken(self, counts: Integers) -> int:
        """How many degrees of freedom go to what is found: each cell, and of each kind of shift all but one."""
        shifts = [np.unique(index).size - 1 for index, _ in self.kinds]
        return int(np.count_nonzero(counts) + sum(shifts))

    def by_cell(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.cell, values, self.cells), dtype=float)

    def by_cell_and_shift(self, values: Floats) -> Floats:
        parts = [
            np.bincount(self.cell * size + index, values, self.cells * size).reshape(self.cells, size)
            for index, size in self.kinds
        ]
        return np.hstack(parts)

    def each(self, shift: Floats) -> Floats:
        """What the shifts add to each trial."""
        found: Floats = self.shifts @ shift
        return found

    def spread(self, shift: Floats, usual: float) -> Floats:
        """Of each shift the variance of its kind. The plain one: a single block that is far off must not be pulled
        in."""
        parts = np.split(shift, np.cumsum([size for _, size in self.kinds])[:-1])
        return np.concatenate(
            [np.full(one.size, max(float(np.mean(one**2)), (0.2 * usual) ** 2)) for one in parts]
        )


def fit(trials: Trials, pooled: bool = False) -> Costs:
    """The costs of all members, by iteratively reweighted least squares from medians. `pooled`: as if ratios were the
    same in all regimes; the result then has one regime."""
    if trials.log_cost.size == 0:
        none, empty = np.zeros((0, 0)), np.zeros(0)
        return Costs(none, np.zeros((0, 0, 0)), none.astype(np.int64), none, empty, empty, 1.0, empty)
    layout = _Layout(trials, pooled)
    y = trials.log_cost
    location, shift = _polished(y, layout)
    residual = y - location[layout.cell] - layout.each(shift)
    usual = max(_LEAST, 1.4826 * float(np.median(np.abs(residual))) if residual.size else _LEAST)
    own = 1.4826 * _medians(np.abs(residual), layout.member, layout.members)
    scatter = np.maximum(own, usual)
    location = _likeliest(y - layout.each(shift), layout, location, usual)
    solved = _Solved(location, shift, np.zeros((layout.cells, layout.cells)), np.ones(y.size))
    weight, stray = np.ones(y.size), STRAY
    for _ in range(_ROUNDS):
        residual = y - solved.location[layout.cell] - layout.each(solved.shift)
        weight, _ = _soundness(residual, scatter[layout.member], stray)
        seen = STRAY * _STRAY_KNOWN_FROM + float((1 - weight).sum())
        stray = min(_MOST_STRAY, seen / (_STRAY_KNOWN_FROM + y.size))
        before = solved.location
        solved = _solve(y, weight, scatter, layout.spread(solved.shift, usual), layout)
        residual = y - solved.location[layout.cell] - layout.each(solved.shift)
        found = _scatter(residual, solved.inflation, stray, usual, layout)
        scatter, usual = found.deviation, found.usual
        if np.abs(solved.location - before).max(initial=0.0) < _SETTLED * usual:
            break
    return _costs(trials, layout, solved, weight, found)


def _soundness(off: Floats, scatter: Floats | float, stray: float = STRAY) -> tuple[Floats, Floats]:
    """How likely a trial that is so far off is not a stray one; and the logarithm of its density."""
    z = np.minimum(np.abs(off / scatter), 37.0)  # where the normal law underflows
    normal = (1 - stray) * np.exp(-0.5 * z * z) / (np.sqrt(2 * np.pi) * scatter)
    both = normal + stray / (np.pi * STRAY_WIDTH * (1 + (off / STRAY_WIDTH) ** 2))
    return normal / both, np.log(both)


def _polished(y: Floats, layout: _Layout) -> tuple[Floats, Floats]:
    """Tukey's median polish: where the iteration starts."""
    shifts = [np.zeros(size) for _, size in layout.kinds]
    location = np.zeros(layout.cells)
    for _ in range(6):
        rest = y - sum(shift[index] for shift, (index, _) in zip(shifts, layout.kinds))
        location = _medians(rest, layout.cell, layout.cells)
        for at, (index, size) in enumerate(layout.kinds):
            others = sum(s[i] for s, (i, _) in zip(shifts, layout.kinds) if i is not index)
            shifts[at] = _medians(y - location[layout.cell] - others, index, size)
    return location, np.concatenate(shifts)


def _medians(values: Floats, group: Integers, groups: int) -> Floats:
    """The median of each group of values; zero for an empty one."""
    order = np.lexsort((values, group))
    counts = np.bincount(group, minlength=groups)
    starts: Integers = np.cumsum(counts) - counts
    ordered = np.append(values[order], 0.0)
    low = np.where(counts > 0, starts + (counts - 1) // 2, -1)
    high = np.where(counts > 0, starts + counts // 2, -1)
    middle: Floats = (ordered[low] + ordered[high]) / 2
    return middle


def _likeliest(aligned: Floats, layout: _Layout, medians: Floats, usual: float) -> Floats:
    """Of each cell the value of its own that explains the others best. A median of six with three stray trials lies
    between the two kinds, from where no reweighting finds back."""
    order = np.argsort(layout.cell, kind="stable")
    counts = np.bincount(layout.cell, minlength=layout.cells)
    place = np.arange(order.size) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.full((layout.cells, int(counts.max(initial=0)) + 1), np.nan)
    table[layout.cell[order], place] = aligned[order]
    table[:, -1] = medians  # one more place to start from
    found = medians.copy()
    for cell in np.flatnonzero(counts > 2):
        starts = np.unique(table[cell][np.isfinite(table[cell])])
        values = table[cell, : counts[cell]]
        likelihood = _soundness(values - starts[:, np.newaxis], usual)[1].sum(axis=1)
        found[cell] = starts[int(np.argmax(likelihood))]
    return found


@dataclass(frozen=True)
class _Solved:
    location: Floats  # by cell
    shift: Floats
    covariance: Floats  # of the cells
    inflation: Floats  # by trial: how much wider its residual would be, had it no part in the shifts


def _solve(y: Floats, weight: Floats, scatter: Floats, of_shifts: Floats, layout: _Layout) -> _Solved:
    """Weighted least squares with random shifts. Each trial is in one cell, so that only a system as large as the
    number of shifts is solved."""
    precision = np.maximum(weight, 1e-9) / scatter[layout.member] ** 2
    own = np.maximum(layout.by_cell(precision), 1e-300)
    weighted = layout.shifts * precision[:, np.newaxis]
    both = layout.by_cell_and_shift(precision)
    share = both / own[:, np.newaxis]
    inverse = np.linalg.inv(layout.shifts.T @ weighted + np.diag(1.0 / of_shifts) - share.T @ both)
    shift = inverse @ (weighted.T @ y - share.T @ layout.by_cell(precision * y))
    location = (layout.by_cell(precision * y) - both @ shift) / own
    cross = share @ inverse
    covariance = np.diag(1.0 / own) + cross @ share.T
    of_trial = layout.shifts - share[layout.cell]
    part = precision * ((of_trial @ inverse) * of_trial).sum(axis=1)
    return _Solved(location, shift, covariance, 1.0 / np.sqrt(1.0 - np.clip(part, 0.0, 0.9)))


@dataclass(frozen=True)
class _Scatter:
    """What is known of each member's scatter, and what that leaves open of each cell."""

    deviation: Floats  # by member
    freedom: Floats  # by member
    usual: float
    moved: Floats  # by cell: where its location lies when scatter is not taken as known
    open: Floats  # by cell: the variance that this adds


_STEPS = 1.35 ** np.arange(-6, 10)  # scatters that are tried, as multiples of the usual one


def _scatter(residual: Floats, inflation: Floats, stray: float, usual: float, layout: _Layout) -> _Scatter:
    """Of few values it is often open whether two are stray or scatter is large, and the location hangs on it. So each
    scatter counts by how likely it makes the values, and by how common it is in the group."""
    scatters = usual * _STEPS
    by_cell = np.arange(scatters.size)[:, np.newaxis] * layout.cells + layout.cell
    values = residual * inflation

    def summed(of_trials: Floats) -> Floats:
        flat = np.bincount(by_cell.ravel(), of_trials.ravel(), scatters.size * layout.cells)
        return np.asarray(flat.reshape(scatters.size, layout.cells), dtype=float)

    moved = np.zeros((scatters.size, layout.cells))
    for _ in range(3):
        sound, density = _soundness(values - moved[:, layout.cell], scatters[:, np.newaxis], stray)
        total = np.maximum(summed(sound), 1e-9)
        moved = summed(sound * values) / total
    counts = np.bincount(layout.cell, minlength=layout.cells)
    likelihood = (
        summed(density) + np.log(scatters)[:, np.newaxis] - np.log(total) / 2
    )  # locations integrated out
    likelihood = np.where(counts > 0, likelihood, 0.0)
    likely = _posterior(_of_members(likelihood, layout), np.log(_STEPS))
    square = (likely * scatters[:, np.newaxis] ** 2).sum(axis=0)
    left = (likely * scatters[:, np.newaxis] ** 4).sum(axis=0) - square**2
    freedom = 4.0 + 2.0 * square**2 / np.maximum(left, 1e-9 * square**2)  # of a scaled inverse chi-square
    of_cell = np.tile(likely, layout.cells // layout.members)
    middle = (of_cell * moved).sum(axis=0)
    between = (of_cell * (moved - middle) ** 2).sum(axis=0)
    logs = (likely * np.log(scatters)[:, np.newaxis]).sum(axis=0)
    return _Scatter(
        np.sqrt(np.maximum(square * (freedom - 2) / freedom, _LEAST**2)),
        freedom,
        max(_LEAST, float(np.exp(np.mean(logs)))),
        middle,
        between,
    )


def _of_members(by_cell: Floats, layout: _Layout) -> Floats:
    found: Floats = by_cell.reshape(by_cell.shape[0], -1, layout.members).sum(axis=1)
    return found


def _posterior(likelihood: Floats, logs: Floats) -> Floats:
    """How likely each scatter is for each member, where scatters are log-normal in the group: middle and width of that
    law are found by expectation-maximization."""
    middle, width = 0.0, _WIDTH
    members = likelihood.shape[1]
    likely = np.zeros_like(likelihood)
    for _ in range(6):
        weighed = likelihood - 0.5 * ((logs - middle) / width)[:, np.newaxis] ** 2
        likely = np.exp(weighed - weighed.max(axis=0))
        likely /= likely.sum(axis=0)
        middle = float((likely * logs[:, np.newaxis]).sum() / members)
        squares = float((likely * (logs[:, np.newaxis] - middle) ** 2).sum())
        width = float(np.sqrt((squares + _WIDTH_KNOWN_FROM * _WIDTH**2) / (members + _WIDTH_KNOWN_FROM)))
    return likely


def _costs(trials: Trials, layout: _Layout, solved: _Solved, weight: Floats, scatter: _Scatter) -> Costs:
    shape = (layout.cells // max(1, layout.members), layout.members)
    counts = np.bincount(layout.cell, minlength=layout.cells).reshape(shape)
    location = np.where(counts > 0, (solved.location + scatter.moved).reshape(shape), np.nan)
    covariance = solved.covariance + np.diag(scatter.open)
    at = np.arange(layout.cells).reshape(shape)
    return Costs(
        location,
        np.array([covariance[np.ix_(one, one)] for one in at]).reshape(*shape, layout.members),
        counts.astype(np.int64),
        layout.by_cell(weight).reshape(shape),
        scatter.deviation,
        scatter.freedom,
        max(1.0, float(weight.sum()) - layout.taken(counts)),
        trials.log_cost - layout.each(solved.shift),
    )
