"""What is proven of an implementation, in a few words: for the README, which links to the details."""

from __future__ import annotations

from collections.abc import Sequence

from .cells import BROKEN, CAUGHT, EARLIER, PROVEN, ProofCell
from .table import COLUMNS, ProofRow

TICK = "✓"
SANITIZERS = ("TSan", "ASan")


def parts(row: ProofRow) -> list[str]:
    """What a reader may rely on, or is warned of. A check that was not made is left out, but for the order's."""
    cells = dict(zip(COLUMNS, row.cells))
    if row.state == BROKEN:
        broken = [name for name, cell in cells.items() if cell.state == BROKEN]
        return [f"**BROKEN** ({', '.join(broken)})"]
    told = [_order(cells["order proven"])]
    told += [f"explored {TICK}"] if cells["explored"].state == PROVEN else []
    told += _sanitizers(cells["sanitizers"])
    return told + _faults(cells["mutations killed"])


def _order(cell: ProofCell) -> str:
    if cell.state == EARLIER:
        return "order of an earlier source"
    if cell.state == CAUGHT:
        return f"caught {TICK}"
    if cell.state != PROVEN:
        return "order not proven"
    if "order-free" in cell.text:
        return f"order-free checks {TICK}"
    promise = cell.text.partition(",")[0]
    if promise.startswith("linearizable") and not promise.endswith("bag"):
        promise = "linearizable"  # of what stands in the column of orders
    return f"{promise} {TICK}"


def _sanitizers(cell: ProofCell) -> list[str]:
    ran = [name for name in SANITIZERS if cell.state == PROVEN and name in cell.text]
    return [f"{', '.join(ran)} {TICK}"] if ran else []


def _faults(cell: ProofCell) -> list[str]:
    """Also where one survived: 11/12 says so."""
    killed, of, all_of = cell.text.partition(" of ")
    return [f"faults {killed}/{all_of}"] if of and killed.isdigit() and all_of.isdigit() else []


def is_left_out(row: ProofRow) -> bool:
    """Of what is told of all: its source has changed since the proofs."""
    return row.state == EARLIER


def told_apart(rows: Sequence[ProofRow]) -> tuple[list[list[str]], list[str]]:
    """The parts of each row, and those that all rows have, which are to be told once: all of which something is proven
    as they are now (`is_left_out`)."""
    each = [parts(row) for row in rows]
    current = [own for own, row in zip(each, rows) if not is_left_out(row)]
    shared = [part for part in current[0] if all(part in own for own in current)] if len(current) > 1 else []
    return [[part for part in one if part not in shared] for one in each], shared
