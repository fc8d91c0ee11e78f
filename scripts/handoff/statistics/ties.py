"""Tie groups as letters: what stands beside a row, so that a tie is not read as an order."""

from __future__ import annotations

import re
import string

import numpy as np

from .stats import Bools


def shorten(letters: str) -> str:
    """abcdg becomes a–d g: what stands on a chart."""
    found = re.findall(r"[a-zA-Z]|\(\d+\)", letters)
    ranks = [string.ascii_letters.index(one) if len(one) == 1 else int(one[1:-1]) - 1 for one in found]
    runs: list[list[int]] = []
    for rank in ranks:
        if runs and rank == runs[-1][-1] + 1:
            runs[-1].append(rank)
        else:
            runs.append([rank])
    parts = [
        f"{_letter(run[0])}–{_letter(run[-1])}" if len(run) > 2 else "".join(_letter(one) for one in run)
        for run in runs
    ]
    return " ".join(parts) if any(len(part) > 1 for part in parts) else "".join(parts)


def tie_letters(different: Bools) -> list[str]:
    """Compact letter display: two share a letter exactly when they were not found different.

    Each letter is a set without any different pair, and together they cover all other pairs. The sets are
    grown greedily in order of rank, after the clique covers of Gramm et al. (2007), Comput. Stat. Data Anal.
    52(2), 725-736: all maximal sets, which insert-and-absorb lists, can be exponentially many.
    """
    k = different.shape[0]
    tied = ~different
    np.fill_diagonal(tied, True)
    open_pairs = tied.copy()
    columns: list[Bools] = []
    for i in range(k):
        while open_pairs[i, i:].any():
            columns.append(_grow(tied, open_pairs, i, i + int(np.argmax(open_pairs[i, i:]))))
            open_pairs &= ~np.logical_and.outer(columns[-1], columns[-1])
    columns = _without_spare(columns)
    columns.sort(key=lambda column: [int(i) for i in np.flatnonzero(column)])
    return ["".join(_letter(at) for at, column in enumerate(columns) if column[i]) for i in range(k)]


def _grow(tied: Bools, open_pairs: Bools, i: int, j: int) -> Bools:
    """A maximal set around the pair i, j; first those that close an open pair, so that few sets are needed."""
    members = np.zeros(tied.shape[0], dtype=bool)
    members[[i, j]] = True
    allowed = tied[i] & tied[j] & ~members
    while allowed.any():
        closes = allowed & open_pairs[members].any(axis=0)
        chosen = int(np.argmax(closes if closes.any() else allowed))
        members[chosen] = True
        allowed &= tied[chosen]
        allowed[chosen] = False
    return members


def _without_spare(columns: list[Bools]) -> list[Bools]:
    """Drops each set whose pairs the others cover, too."""
    if not columns:
        return columns
    covers = np.zeros((columns[0].size, columns[0].size), dtype=np.int64)
    for column in columns:
        covers += np.logical_and.outer(column, column)
    kept: list[Bools] = []
    for column in columns:
        own = np.logical_and.outer(column, column)
        if (covers[own] > 1).all():
            covers -= own
        else:
            kept.append(column)
    return kept


def _letter(index: int) -> str:
    letters = string.ascii_letters
    return letters[index] if index < len(letters) else f"({index + 1})"
