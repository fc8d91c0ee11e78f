"""Who is held against whom in a contest: implementations, or the waits of one of them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from . import pairs


def group(usable: pd.DataFrame, cases: Collection[str], column: str, of_waits: bool = False) -> pairs.Group:
    """Of usable trials of these cases under their own label. Its names: the implementations, or the waits."""
    rows = usable[usable["case"].isin(cases) & (usable["label"] == usable["implementation"])]
    if of_waits:
        rows = rows.assign(implementation=rows["case"].str.extract(r"/wait:([^/]+)", expand=False))
    return pairs.of_rows(rows, column)
