"""The proof files that the tests leave in build/PRESET/proofs, held against what CTest says of those tests.

A file alone proves nothing: it may be of an earlier build, or a sanitizer may have ended the test after the
file was written. So a file counts if it is younger than the stamp with which the run began, and says that
something holds only if the test that wrote it has passed, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError
from .ctest import CTestResult
from .record import DEEP, QUICK, Proof

Json = dict[str, Any]

EXPLORATION_SCHEMA = "handoff-exploration-1"
MUTATION_SCHEMA = "handoff-mutation-1"


@dataclass(frozen=True)
class Collected:
    """One build after its tests."""

    folder: Path  # of the proofs
    preset: str
    run: str
    since: float  # older files are of another run
    sources: Mapping[str, str]
    libraries: Mapping[str, str]  # of those that were compiled with one
    outcomes: Mapping[str, CTestResult]

    def proofs(self) -> list[Proof]:
        found = [*_by_effort(self), *_explored(self), *_mutations(self), *_tests(self)]
        return [one for one in found if one is not None]

    def proof(self, name: str, check: str, effort: str, holds: bool, facts: Json) -> Proof | None:
        """None for what has no source here."""
        source = self.sources.get(name)
        if source is None:
            return None
        library = self.libraries.get(name, "")
        return Proof(name, check, self.preset, effort, self.run, source, holds, facts, library)

    def read(self, path: Path, schema: Any) -> Json | None:
        """None if the file is not there, or of another run."""
        if not path.is_file() or path.stat().st_mtime < self.since:
            return None
        try:
            page = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise HandoffError(f"'{path}' is no proof file ({error})") from error
        if not isinstance(page, dict) or page.get("schema") != schema:
            stated = page.get("schema") if isinstance(page, dict) else None
            raise HandoffError(f"'{path}': unknown schema {stated!r} of a proof; valid: {schema!r}")
        return page


def _first_line(text: str | None) -> str | None:
    return text.strip().splitlines()[0] if text and text.strip() else None


def _order(page: Json) -> Json:
    calls = page["calls"]
    return {
        "checker": page["checker"],
        "trusted": page["stamps"]["trusted"],
        "why": page["stamps"]["why"],
        **{name: calls[name] for name in ("stamped", "decided", "concurrent", "unstamped")},
        "overtaken": page["overtaken"],
        "most_overtaken": page.get("most_overtaken"),
        "stops": page["stopped"]["stops"],
        "stopped_calls": page["stopped"]["calls"],
        "wrapped_calls": page["wrapped"]["calls"],
        "seconds": page["seconds"],
        "seed": page["seed"],
    }


def _progress(page: Json) -> Json:
    operations = {
        name: {key: value[key] for key in ("claim", "watched", "held_up")}
        for name, value in page.items()
        if isinstance(value, dict) and "claim" in value
    }
    return {"stops": page["stops"], "operations": operations, "seed": page["seed"]}


def _stalls(page: Json) -> Json:
    return {name: page[name] for name in ("order", "transfers", "items", "stops", "reordered", "seed")}


@dataclass(frozen=True)
class ProofKind:
    """A check whose tests write one file for each implementation and effort."""

    check: str
    prefix: str  # of the file
    suite: str  # of the test
    facts: Callable[[Json], Json]
    must_exist: bool  # the test always writes it


KINDS = (
    ProofKind("order", "", "linearizability", _order, True),
    ProofKind("progress", "progress-", "progress", _progress, False),
    ProofKind("stalls", "stalls-", "progress", _stalls, False),
)


def _by_effort(collected: Collected) -> Iterator[Proof | None]:
    for suite in dict.fromkeys(kind.suite for kind in KINDS):
        for effort, ending in ((QUICK, ""), (DEEP, "_deep")):
            for name in collected.sources:
                outcome = collected.outcomes.get(f"{suite}{ending}/{name}")
                if outcome is not None:
                    yield from _of_test(collected, suite, effort, name, outcome)


def _of_test(
    collected: Collected, suite: str, effort: str, name: str, outcome: CTestResult
) -> Iterator[Proof | None]:
    kinds = [kind for kind in KINDS if kind.suite == suite]
    pages = [collected.read(collected.folder / effort / f"{kind.prefix}{name}.json", 1) for kind in kinds]
    # If the test failed and its files do not say why, they are not believed.
    believed = outcome.passed or any(page is not None and not page["holds"] for page in pages)
    for kind, page in zip(kinds, pages):
        if page is None and kind.must_exist:
            # It ended before it could say anything: by a signal, a sanitizer or the watchdog.
            facts: Json = {"violation": "the test wrote no proof"}
            yield collected.proof(name, kind.check, effort, False, facts)
        if page is None:
            continue
        facts = kind.facts(page)
        # The test of a faulty control passes because the fault was found: its file says that nothing holds.
        holds = page["holds"] and believed
        if not holds:
            facts["violation"] = _first_line(page.get("violation")) or "the test that wrote this failed"
        facts["test_passed"] = outcome.passed
        yield collected.proof(name, kind.check, effort, holds, facts)


_SCENARIO = ("scenario", "threads", "preemptions", "stale", "spurious", "executions", "complete")


def _explored(collected: Collected) -> Iterator[Proof | None]:
    for check, test, ending, effort in (
        ("explored", "exploration/scenarios", "", QUICK),
        ("walked", "exploration/random", "-random", DEEP),
    ):
        outcome = collected.outcomes.get(test)
        if outcome is None:
            continue
        pages = {
            name: page
            for name in collected.sources
            if (
                page := collected.read(
                    collected.folder / f"exploration-{name}{ending}.json", EXPLORATION_SCHEMA
                )
            )
        }
        # One test explores all: the fault of one is not another's, unless it accounts for no one's.
        accounted = outcome.passed or any(_failure(page) or not _complete(page) for page in pages.values())
        for name, page in pages.items():
            failure = _failure(page) or (None if accounted else f"{test} failed, and no scenario says why")
            facts: Json = {
                "scenarios": [{key: one[key] for key in _SCENARIO if key in one} for one in page["scenarios"]]
            }
            if failure:
                facts["violation"] = failure
            yield collected.proof(name, check, effort, failure is None, facts)


def _failure(page: Json) -> str | None:
    failed = (one for one in page["scenarios"] if "failure" in one)
    return next((f"{one['scenario']}: {_first_line(one['failure'])}" for one in failed), None)


def _complete(page: Json) -> bool:
    return all(one["complete"] for one in page["scenarios"])


def _mutations(collected: Collected) -> Iterator[Proof | None]:
    """By implementation, each fault that its code can be given and the checks that caught it."""
    for effort, suite in ((QUICK, "mutations"), (DEEP, "mutations_deep")):
        found: dict[str, dict[str, list[str]]] = {}
        for path in sorted((collected.folder / "mutations" / effort).glob("*.json")):
            page = collected.read(path, MUTATION_SCHEMA)
            if page is None or f"{suite}/{path.stem}" not in collected.outcomes:
                continue
            caught = sorted(name for name, one in page["checks"].items() if one["verdict"] == "caught")
            for name in page["implementations"]:
                found.setdefault(name, {})[page["mutation"]] = caught
        sound = collected.outcomes.get(f"{suite}/none")
        for name, caught_by in found.items():
            facts: Json = {"caught_by": caught_by}
            if sound is None or not sound.passed:
                # Whatever fails without a fault, too, catches none.
                facts["violation"] = "the checks that find its faults did not pass without them"
            yield collected.proof(name, "mutations", effort, "violation" not in facts, facts)


def _tests(collected: Collected) -> Iterator[Proof | None]:
    """For each implementation which of its tests passed in this build, sanitized or not."""
    found: dict[tuple[str, str], dict[str, CTestResult]] = {}
    for test, outcome in collected.outcomes.items():
        suite, _, name = test.partition("/")
        if name in collected.sources:
            effort = DEEP if suite.endswith("_deep") else QUICK
            found.setdefault((name, effort), {})[suite] = outcome
    for (name, effort), suites in found.items():
        passed = sorted(suite for suite, outcome in suites.items() if outcome.passed)
        failed = sorted(set(suites) - set(passed))
        facts: Json = {"passed": passed, "suppressed": sum(one.suppressed for one in suites.values())}
        if failed:
            facts["violation"] = f"{' and '.join(failed)} failed"
        yield collected.proof(name, "tests", effort, not failed, facts)
