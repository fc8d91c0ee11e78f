"""Who may leave a race: members of a group that are shown slower than another one by more than anybody cares about.

After each block there is a look at all trials so far, and whoever is out gets no more of them. Looking again and again
for something significant finds it in the end where there is nothing (Armitage, McPherson and Rowe, J. R. Stat. Soc. A
132, 1969). So the error of the whole sequence is spent over the looks (Lan and DeMets, Biometrika 70, 1983): the k-th
look has 1 / (k (k + 1)) of it. However many looks there are, the shares add up to no more than the whole, and half of
it is there at the first look, where who leaves saves most. Within a look the share is divided by the number of pairs
that are still in, as in verdicts.py.

"Slower" is what pairs.py makes of it, with the other member made dearer by the margin beforehand: the same evidence,
and the same right of each regime to object. The rule knows no names and no order of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from .costs import Floats
from .outcomes import CARE
from .pairs import Group

# Nominal, over all looks: that anybody leaves who is not slower than the best by more than CARE. As of a verdict, stray
# trials make more of it, and test_racing.py shows how much.
ERROR = 0.002


def level(look: int, error: float = ERROR) -> float:
    """What the k-th look may spend; k from 1."""
    return error / (look * (look + 1))


def wrong_beyond(of: Group, margin: float = CARE) -> Floats:
    """By [i, j]: how likely "i is dearer than j by more than the margin" would be said by chance; 1: not to be said."""
    columns = [_dearer(of, j, margin).wrong[:, j] for j in range(len(of.names))]
    found: Floats = np.column_stack(columns) if columns else np.zeros((0, 0))
    np.fill_diagonal(found, 1.0)
    return found


def _dearer(of: Group, member: int, margin: float) -> Group:
    """As if each trial of this member had cost more by the margin."""
    by = np.log1p(margin)

    def shifted(location: Floats) -> Floats:
        moved = location.copy()
        moved[:, member] += by
        return moved

    aligned = of.costs.aligned + by * (of.trials.member == member)
    costs = replace(of.costs, location=shifted(of.costs.location), aligned=aligned)
    return replace(of, costs=costs, pooled=replace(of.pooled, location=shifted(of.pooled.location)))


@dataclass
class Race:
    """One contest. `left`: who may still be the best, or is not slower than it by more than anybody cares about."""

    left: list[str]
    looks: int = 0
    out: dict[str, int] = field(default_factory=dict)  # by name: at which look

    def look(self, of: Group) -> list[str]:
        """Who leaves at this look, the surest first. `of`: all trials so far of those that are in, at least."""
        self.looks += 1
        p = wrong_beyond(of)
        place = {name: at for at, name in enumerate(of.names)}
        leaving: list[str] = []
        while len(present := [name for name in self.left if name in place]) > 1:
            inside = [place[name] for name in present]
            surest = p[np.ix_(inside, inside)].min(axis=1)
            worst = int(np.argmin(surest))
            if surest[worst] * len(inside) * (len(inside) - 1) > level(self.looks):
                break
            leaving.append(present[worst])
            self.left.remove(present[worst])
        self.out |= {name: self.looks for name in leaving}
        return leaving
