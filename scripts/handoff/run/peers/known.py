"""The peers whose benchmark can stand beside ours."""

from __future__ import annotations

from . import atomic_queue, moodycamel
from .suite import Suite

SUITES: dict[str, Suite] = {one.name: one for one in (atomic_queue.SUITE, moodycamel.SUITE)}
