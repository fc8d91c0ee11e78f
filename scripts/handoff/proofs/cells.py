"""The cells of the table of proofs: what the record says of one implementation, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..run import kinds
from .record import DEEP, Proof, Record

# How a cell stands.
PROVEN = "proven"
CAUGHT = "caught"  # a faulty control, and the fault was found
EARLIER = "earlier"  # of another source than the one that the table is about
NONE = "none"
BROKEN = "broken"

# By what a build says of its sanitizers.
SANITIZERS = {"thread": "TSan", "address,undefined": "ASan+UBSan"}
SUITES = ("conformance", "linearizability")  # what a sanitized build must have run to be called clean

FAULTY = ("lossy", "duplicating")  # kinds of controls
THIRD_PARTY = "third-party source"


@dataclass(frozen=True)
class ProofCell:
    state: str
    text: str
    detail: str = ""

    @property
    def plain(self) -> str:
        return f"{self.text}: {self.detail}" if self.detail else self.text

    @property
    def markdown(self) -> str:
        """For a table's cell; what failed stands out."""
        text = f"**{self.text}**" if self.state == BROKEN else self.text
        return (f"{text}: {self.detail}" if self.detail else text).replace("|", "\\|")


@dataclass
class Evidence:
    """All that the record has of an implementation; `source`: the hash of the source that is asked about. The
    library that is asked about is the one that the entry names; an entry that names none asks about none."""

    record: Record
    entry: Mapping[str, Any]
    source: str | None
    all: list[Proof] = field(init=False)
    current: list[Proof] = field(init=False)

    def __post_init__(self) -> None:
        self.all = self.record.of(self.entry["name"])
        self.current = [proof for proof in self.all if self.is_current(proof)]

    def is_current(self, proof: Proof) -> bool:
        """Whether it is of the source and of the library that are asked about."""
        return proof.sources == self.source and self.has_library(proof)

    def has_library(self, proof: Proof) -> bool:
        asked = self.entry.get("library")
        return asked is None or asked == (proof.library or "")

    def best(self, check: str) -> Proof | None:
        """Of the source asked about before others; a failure before everything that held; then what weighs
        most: without sanitizers, deep."""

        def weight(proof: Proof) -> tuple[bool, bool, bool, bool]:
            plain = not self.record.runs[proof.run]["sanitizers"]
            return self.is_current(proof), not self.succeeded(proof), plain, proof.effort == DEEP

        found = [proof for proof in self.all if proof.check == check]
        return max(found, key=weight) if found else None

    def succeeded(self, proof: Proof) -> bool:
        """Whether it came out as it should: the order of a faulty control must not hold, and for the reason
        that its test expects."""
        if proof.check == "order" and self.is_faulty:
            return not proof.holds and bool(proof.facts.get("test_passed"))
        return proof.holds

    @property
    def is_faulty(self) -> bool:
        """A control that must be caught."""
        return self.entry.get("control") in FAULTY

    @property
    def is_packaged(self) -> bool:
        """Somebody else's work, behind an adapter."""
        return bool(self.entry.get("packaged"))

    def cell(self, proof: Proof, text: str, detail: str = "") -> ProofCell:
        """What held, or has failed, of whichever source."""
        state = PROVEN
        if not proof.holds:
            state, text, detail = BROKEN, "BROKEN", _violation(self, proof)
        if self.is_current(proof):
            return ProofCell(state, text, detail)
        return ProofCell(
            BROKEN if state == BROKEN else EARLIER,
            f"{self.difference(proof)}, at {self.record.commit(proof.run)}: {text}",
            detail,
        )

    def difference(self, proof: Proof) -> str:
        """What keeps a proof from being one of what is asked about."""
        if self.source is None:
            return "not known whether of this source"
        if proof.sources != self.source:
            return "of another source"
        return f"with {proof.library or 'a library of unknown version'}"


def _violation(evidence: Evidence, proof: Proof) -> str:
    run = evidence.record.runs[proof.run]
    return f"{proof.facts.get('violation', 'no reason recorded')} ({run['preset']})"


def count(number: int) -> str:
    """With three digits from ten thousand on."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= 0.9995 * size and number >= 9_999.5:
            value = number / size
            return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f} {letter}"
    return f"{number:,}"


def plural(number: int, noun: str) -> str:
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


# ---- order -----------------------------------------------------------------------------------------------


def order(evidence: Evidence) -> ProofCell:
    if kinds.is_lock(evidence.entry):
        return _by_its_tests(evidence, "excludes", "two threads were in the lock")
    if kinds.is_wait(evidence.entry):
        return _by_its_tests(evidence, "loses no wake-up", "what a thread had waited for was lost")
    proof = evidence.best("order")
    if proof is None:
        return ProofCell(NONE, "not proven", "run ctest -L linearizability")
    if evidence.is_faulty:
        return _caught(evidence, proof)
    facts = proof.facts
    if not proof.holds:
        return evidence.cell(proof, "")
    if facts["checker"] is None:
        return ProofCell(NONE, "its spec promises nothing that could be checked")
    if not facts["trusted"]:
        detail = f"clock not trusted ({facts['why']}), {count(facts['unstamped'])} calls"
        return evidence.cell(proof, f"{facts['checker']}, order-free checks only", detail)
    detail = f"{count(facts['stamped'])} calls, {count(facts['concurrent'])} concurrent"
    if facts["decided"] < facts["stamped"]:
        # Rounded down: what is not all does not read 100%.
        share = int(1e4 * facts["decided"] / facts["stamped"]) / 100
        detail += f", {share:.2f}% decided exactly"
    if facts["overtaken"] and not _latest_first(evidence):
        detail += f"; k observed: {count(facts['overtaken'])}"
        # Absent from records of before a spec named its k.
        if facts.get("most_overtaken") is not None:
            detail += f" of {count(facts['most_overtaken'])} promised"
    detail += f"; {count(facts['unstamped'])} more without stamps"
    # Absent from records of before threads were stopped here.
    if facts.get("stops"):
        detail += f"; of all, {count(facts['stopped_calls'])} in bursts with {plural(facts['stops'], 'stop')}"
    # Absent from records of before this was counted.
    if "value" not in evidence.entry and facts.get("wrapped_calls") == 0:
        detail += "; not tested where its indices wrap"
    return evidence.cell(proof, facts["checker"], detail)


def _by_its_tests(evidence: Evidence, promise: str, fault: str) -> ProofCell:
    """A lock, or a way to wait, orders threads and not items: what stands for it is that its tests passed, that of its
    `promise` among them."""
    proof = evidence.best("tests")
    if proof is None:
        return ProofCell(NONE, "not proven", "run ctest -L conformance")
    if evidence.entry.get("control") and proof.holds and evidence.is_current(proof):
        return ProofCell(CAUGHT, f"caught, as it must be: {fault}")
    return evidence.cell(proof, promise)


def _caught(evidence: Evidence, proof: Proof) -> ProofCell:
    """The test of a faulty control passes if the fault was found, and for the right reason."""
    if not evidence.succeeded(proof):
        return ProofCell(
            BROKEN, "NOT CAUGHT", _violation(evidence, proof) if not proof.holds else "no fault found"
        )
    text = f"caught, as it must be: {proof.facts['violation']}"
    if evidence.is_current(proof):
        return ProofCell(CAUGHT, text)
    return ProofCell(
        EARLIER, f"{text} ({evidence.difference(proof)}, at {evidence.record.commit(proof.run)})"
    )


# ---- exploration -----------------------------------------------------------------------------------------


def explored(evidence: Evidence) -> ProofCell:
    proof = evidence.best("explored")
    walked = evidence.best("walked")
    if walked is not None and not walked.holds and evidence.is_current(walked):
        return evidence.cell(walked, "")
    if proof is None:
        if evidence.is_packaged:
            return ProofCell(NONE, f"{THIRD_PARTY}: not explored")
        return ProofCell(
            NONE, "control: not explored" if evidence.entry.get("control") else "has no scenarios"
        )
    scenarios = proof.facts["scenarios"]
    done = sum(one["complete"] for one in scenarios)
    executions = count(sum(one["executions"] for one in scenarios))
    if proof.holds and done < len(scenarios):
        return ProofCell(
            NONE, f"{done} of {plural(len(scenarios), 'scenario')} to the end", f"{executions} executions"
        )
    detail = ""
    if walked is not None and walked.holds and walked.sources == proof.sources:
        detail = f"{count(sum(one['executions'] for one in walked.facts['scenarios']))} random walks"
    return evidence.cell(proof, f"{plural(len(scenarios), 'scenario')}, {executions} executions", detail)


# ---- sanitizers and the plain build ----------------------------------------------------------------------


def sanitizers(evidence: Evidence) -> ProofCell:
    """Whether its tests passed; that a plain build's failed counts as well."""
    tests = [proof for proof in evidence.all if proof.check == "tests"]
    asked = [proof for proof in tests if evidence.is_current(proof)]
    if failed := [proof for proof in asked if not proof.holds]:
        return ProofCell(BROKEN, "BROKEN", "; ".join(_violation(evidence, proof) for proof in failed))
    if tests and not asked:
        newest = max(tests, key=lambda proof: str(evidence.record.runs[proof.run]["began"]))
        return evidence.cell(newest, "its tests passed")
    clean: list[str] = []
    missing: list[str] = []
    for wanted, name in SANITIZERS.items():
        mine = [proof for proof in asked if evidence.record.runs[proof.run]["sanitizers"] == wanted]
        (clean if mine else missing).append(_clean(name, mine, evidence.record) if mine else name)
    if not clean:
        return ProofCell(NONE, "not run under sanitizers", "scripts/proofs.py run tsan asan-ubsan")
    detail = f"not run under {' and '.join(missing)}" if missing else ""
    if evidence.is_faulty:
        return ProofCell(CAUGHT, f"caught under {', '.join(clean)}", detail)
    return ProofCell(PROVEN, ", ".join(clean), detail)


def _clean(name: str, proofs: Sequence[Proof], record: Record) -> str:
    """By each compiler, what has passed under these sanitizers."""
    passed: dict[str, set[str]] = {}
    for proof in proofs:
        suites = passed.setdefault(_compiler(record.runs[proof.run]["compiler"]), set())
        suites.update(suite.removesuffix("_deep") for suite in proof.facts["passed"])
    by = " and ".join(
        compiler if set(SUITES) <= suites else f"{compiler} (only {' and '.join(sorted(suites))})"
        for compiler, suites in sorted(passed.items())
    )
    suppressed = sum(proof.facts["suppressed"] for proof in proofs)
    return f"{name} by {by}" + (f", {plural(suppressed, 'report')} suppressed" if suppressed else "")


def _compiler(described: str) -> str:
    """As one calls it: CMake's name and version are in the record."""
    name = described.partition(" ")[0]
    return {"GNU": "g++", "Clang": "clang++"}.get(name, name)


# ---- faults, stopped threads -----------------------------------------------------------------------------


def mutations(evidence: Evidence) -> ProofCell:
    """Each fault is tried by some of the checks, and those of several builds add up."""
    found = [proof for proof in evidence.all if proof.check == "mutations"]
    if not found:
        if evidence.is_packaged:
            return ProofCell(NONE, f"{THIRD_PARTY}: none made")
        return ProofCell(NONE, "none made" if evidence.all else "not tried")
    asked = [proof for proof in found if evidence.is_current(proof)] or found
    if unsound := [proof for proof in asked if not proof.holds]:
        return evidence.cell(unsound[0], "")
    faults: dict[str, set[str]] = {}
    for proof in asked:
        for fault, checks in proof.facts["caught_by"].items():
            faults.setdefault(fault, set()).update(checks)
    survivors = sorted(fault for fault, checks in faults.items() if not checks)
    text = f"{len(faults) - len(survivors)} of {len(faults)}"
    if survivors:
        return ProofCell(NONE, text, f"NOT killed: {', '.join(survivors)}")
    killers = Counter(check for checks in faults.values() for check in checks)
    by_check = ", ".join(f"{check.replace('_', ' ')} {killed}" for check, killed in sorted(killers.items()))
    return evidence.cell(asked[0], text, by_check)


def progress(evidence: Evidence) -> ProofCell:
    proof = evidence.best("progress")
    if proof is None:
        return ProofCell(NONE, "not observed", _how_to_stop(evidence))
    operations = proof.facts["operations"]
    told = ", ".join(
        f"{name} held up in {count(one['held_up'])} of {plural(one['watched'], 'stop')}"
        for name, one in operations.items()
    )
    claims = {name: one["claim"].replace("_", " ") for name, one in operations.items()}
    if len(set(claims.values())) == 1:
        claimed = next(iter(claims.values()))
    else:
        claimed = ", ".join(f"{claim} {name}" for name, claim in claims.items())
    return evidence.cell(proof, told, f"claims {claimed}")


def stalls(evidence: Evidence) -> ProofCell:
    proof = evidence.best("stalls")
    if proof is None:
        if "value" in evidence.entry:
            return ProofCell(NONE, "a counter holds no items")
        if kinds.is_lock(evidence.entry):
            return ProofCell(NONE, "a lock holds no items")
        if kinds.is_wait(evidence.entry):
            return ProofCell(NONE, "a way to wait holds no items")
        return ProofCell(NONE, "not tried", _how_to_stop(evidence))
    facts = proof.facts
    moved = f"{plural(facts['items'], 'item')}, {plural(facts['stops'], 'stop')}"
    # That none was lost or doubled is what holds; an order that was not promised may still be broken.
    reordered = 0 if _latest_first(evidence) else facts["reordered"]
    return evidence.cell(proof, moved, f"{count(reordered)} reordered" if reordered else "")


def _latest_first(evidence: Evidence) -> bool:
    """Then that later items come out before earlier ones is what it promises."""
    return evidence.entry.get("delivery") == "lifo"


def _how_to_stop(evidence: Evidence) -> str:
    return "control" if evidence.entry.get("control") else "run ctest -L progress"
