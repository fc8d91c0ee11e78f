"""One document, fetched: a pause as long as it is under way, and then bytes whose checksum is the work that it makes."""

from __future__ import annotations

import time
import zlib
from typing import NamedTuple

from .simulated_list import Document
from .simulated_network import ARRIVED, End, download


class Fetched(NamedTuple):
    document: int
    end: End
    bytes: int
    checksum: int
    started: float
    ended: float


def fetch(document: Document, index: int, seed: int) -> Fetched:
    started = time.perf_counter()
    end = download(document, index, seed)
    content = body(document, index, end)
    return Fetched(index, end, len(content), zlib.crc32(content), started, time.perf_counter())


def body(document: Document, index: int, end: End) -> bytes:
    """What has arrived of it."""
    if end.status != ARRIVED:
        return b""
    line = b"document %d\n" % index
    return (line * (document.bytes // len(line) + 1))[: document.bytes]
