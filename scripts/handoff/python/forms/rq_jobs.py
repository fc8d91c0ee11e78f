"""What RQ's workers run for each document, by its name in the queue. They import nothing else of the forms."""

from __future__ import annotations

from typing import Tuple

from .fetching import Fetched, fetch
from .simulated_list import Document
from .simulated_network import ARRIVED, End

FUNCTION = f"{__name__}.fetch_or_fail"

# As it passes through Redis: document, status, attempts, bytes, checksum, started, ended.
Result = Tuple[int, str, int, int, int, float, float]

TAKEN = "taken"  # in a job's meta data: what a failed job has to report, as it returns nothing


class NotToBeHad(Exception):
    """The job fails, and RQ keeps it with its traceback until somebody puts it back."""


def fetch_or_fail(document: Tuple[int, int, int, bool], index: int, seed: int) -> Result:
    from rq import get_current_job  # only RQ's workers have it

    one = fetch(Document(*document), index, seed)
    taken: Result = (one.document, *one.end, one.bytes, one.checksum, one.started, one.ended)
    if one.end.status != ARRIVED:
        job = get_current_job()
        job.meta[TAKEN] = taken
        job.save_meta()
        raise NotToBeHad(f"document {index}: {one.end.status} after {one.end.attempts} attempts")
    return taken


def restored(taken: Result) -> Fetched:
    document, status, attempts, size, checksum, started, ended = taken
    return Fetched(document, End(status, attempts), size, checksum, started, ended)
