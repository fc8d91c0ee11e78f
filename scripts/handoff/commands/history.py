"""The work of scripts/history.py: appends a comparison to the history of a branch, and plots the history."""

from __future__ import annotations

import argparse

from ..compare import history
from ..errors import HandoffError
from ..report import history_page


def append(given: argparse.Namespace) -> int:
    entries = history.load(given.history) if given.history.exists() else []
    kept = history.appended(entries, history.of_comparison(given.comparison), given.keep)
    history.save(given.history, kept)
    print(f"{given.history}: {len(kept)} commits, the newest {kept[-1].commit[:10]}: {kept[-1].answer}")
    return 0


def page(given: argparse.Namespace) -> int:
    entries = history.load(given.history)
    if not entries:
        raise HandoffError(f"history '{given.history}' has no entries; history.py append adds one")
    given.out.write_text(history_page.render(entries, given.title), encoding="utf-8")
    print(given.out)
    return 0


def run(given: argparse.Namespace) -> int:
    return append(given) if given.action == "append" else page(given)
