"""The table of faults against the page, and what is made of a check that ran with a fault."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from handoff.errors import HandoffError, MeasurementError
from handoff.proofs import mutation_page, mutation_runs, mutations, sources as proof_sources
from handoff.proofs.mutations import BY_CHANCE, CAUGHT, NOT_CAUGHT, FaultCheck, Mutation
from mutations import main as mutations_command

MET = "the mutation is met\n"
CHANGE = 'file = "impls/queues/ring.hpp"\noriginal = "a"\nmutated = "b"\n'


def table_of(tmp_path: Path, text: str) -> list[Mutation]:
    path = tmp_path / "mutations.toml"
    path.write_text(text, encoding="utf-8")
    return mutations.read(path)


def cell(check: str = "conformance", reason: str = "a full queue", expected: str = CAUGHT) -> FaultCheck:
    return FaultCheck(check, expected, "ring", None, re.compile(reason))


def mutation(*cells: FaultCheck) -> Mutation:
    return Mutation("ring.publish", "a fault", ("ring",), None, cells, "ring.hpp", ("a",), ("b",))


def fake(build: Path, script: str, binary: str = "mutants/mutants_conformance") -> None:
    path = build / "tests" / binary
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


# The table and the page as they are in this repository.


def test_every_fault_is_caught_by_something() -> None:
    assert mutations.complaints(mutations.read()) == []


def test_no_reason_is_so_wide_that_another_fault_would_do() -> None:
    wide = [
        f"{one.name}, {cell.check}"
        for one in mutations.read()
        for cell in one.cells
        if cell.expected == CAUGHT and cell.reason.search("something else went wrong")
    ]
    assert wide == []


def registered() -> set[str]:
    """The queues and counters, each of which has a suite."""
    register = (mutations.ROOT / "impls/CMakeLists.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^handoff_add\(\w+ (\w+)", register, re.MULTILINE))


def locks() -> set[str]:
    return {path.stem for path in (mutations.ROOT / "impls/locks").glob("*.hpp")}


def test_the_register_knows_whose_faults_they_are() -> None:
    known = registered() | locks() | set(proof_sources.PARTS)
    assert {name for one in mutations.read() for name in one.implementations} <= known


def test_a_fault_counts_for_all_that_it_is_tried_on() -> None:
    uncounted = [
        f"{one.name}: {cell.subject}"
        for one in mutations.read()
        for cell in one.cells
        if cell.subject not in one.implementations
    ]
    assert uncounted == []
    # So those of a lock are among what the README says of it.
    credited = {name for one in mutations.read() for name in one.implementations}
    assert {"ttas_lock", "ticket_lock"} <= locks() & credited


def test_no_lock_is_taken_for_a_queue() -> None:
    """Only the explorer knows them; the other checks run a suite, which a lock has not."""
    others = [check for check in mutations.CHECKS if check != "exploration"]
    subjects = {cell.subject for one in mutations.read() for cell in one.of(others)}
    assert subjects <= registered() | {"eventcount"}


def test_the_page_states_what_the_tests_require() -> None:
    page = mutation_page.PAGE.read_text(encoding="utf-8")
    assert mutation_page.stated(page) == mutation_page.verdicts(mutations.read())


# The table.


def test_checks_that_need_two_cpus_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    def names(*arguments: str) -> set[str]:
        assert mutations_command(["names", "--effort", "quick", *arguments]) == 0
        return set(capsys.readouterr().out.split())

    assert "lamport_spsc_ring.publish" in names() - names("--with-threads")
    assert "lamport_spsc_ring.publish" in names("--with-threads", "--checks", "thread_sanitizer")
    assert "ring_storage.counted_before_the_move" in names("--with-threads")


def test_the_subjects_of_a_check_are_what_it_is_tried_on(capsys: pytest.CaptureFixture[str]) -> None:
    def subjects(*checks: str) -> set[str]:
        assert mutations_command(["subjects", "--checks", *checks]) == 0
        return set(capsys.readouterr().out.split())

    assert {"mutex_ring", "eventcount"} <= subjects("exploration")
    # A fault of what several share is tried on one of them; a cell that expects nothing has a subject, too.
    assert subjects("address_sanitizer") == {"mutex_ring", "mutex_stack", "two_lock_queue"}
    assert "lamport_spsc_ring" in subjects("linearizability")


def test_a_fault_that_nothing_catches_is_named(tmp_path: Path) -> None:
    checks = 'conformance = "not caught"\nexploration = "by chance"\n'
    table = table_of(tmp_path, f'["ring.missed"]\nwhat = "a"\n{CHANGE}{checks}')
    assert mutations.complaints(table) == ["ring.missed: nothing catches it"]


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ('what = "a"\nconformance = "caught"', "'caught' is no cell; valid: 'SUBJECT: REASON'"),
        ('what = "a"\nconformance = "ring: ("', "no sound expression"),
        ('what = "a"\nconformanse = "ring: a"', "unknown key .* did you mean 'conformance'"),
        ('conformance = "ring: a"', "'what' must say"),
        ('what = "a"\noriginal = []', "'file', 'original' and 'mutated' must say"),
        ('what = "a"\noriginal = ["a", "b"]', "2 originals, but 1 that they become"),
        ('what = "a"\nfile = "impls/queues/stack.hpp"', "its name must begin with 'stack.'"),
        ("what = ", "cannot be read"),
    ],
)
def test_an_entry_that_means_nothing_is_refused(tmp_path: Path, entry: str, complaint: str) -> None:
    given = {line.partition(" ")[0] for line in entry.splitlines()}
    change = "\n".join(line for line in CHANGE.splitlines() if line.partition(" ")[0] not in given)
    with pytest.raises(HandoffError, match=complaint):
        table_of(tmp_path, f'["ring.publish"]\n{entry}\n{change}\n')


def test_quick_is_the_first_check_that_must_catch_it(tmp_path: Path) -> None:
    text = (
        f'["ring.publish"]\nwhat = "a"\n{CHANGE}exploration = "not caught"\nconformance = "ring.full: a"\n'
        'linearizability = "ring: b"\nthread_sanitizer = "ring: data race"\n'
    )
    (one,) = table_of(tmp_path, text)
    of_release = mutations.CHECKS[:4]
    assert [cell.check for cell in one.chosen(of_release, mutations.QUICK)] == ["conformance"]
    assert [cell.check for cell in one.chosen(of_release, mutations.DEEP)] == list(of_release[:3])
    assert [cell.check for cell in one.chosen(["thread_sanitizer"], mutations.QUICK)] == ["thread_sanitizer"]
    with pytest.raises(HandoffError, match="unknown mutation 'ring.publik'; did you mean 'ring.publish'"):
        mutations.find("ring.publik", [one])


# What is made of a run.


FULL = (
    "echo 'tests/single_thread.cpp:95: Failure'; echo 'Value of: x'; echo 'a full queue took an item'; exit 1"
)


@pytest.mark.parametrize(
    ("script", "verdict", "reported"),
    [
        (FULL, CAUGHT, "Value of: x a full queue took an item"),
        (FULL.replace("full", "new"), "failed otherwise", "Value of: x a new queue took an item"),
        ("kill -SEGV $$", "failed otherwise", None),
        ("echo 'mutants_conformance: ring.full (lap 1): did not end within 10 s'; kill -ABRT $$",
         "failed otherwise", "ring.full (lap 1): did not end within 10 s"),
        (f"printf '{MET}'", NOT_CAUGHT, None),
    ],
)  # fmt: skip
def test_only_the_named_reason_is_a_catch(
    tmp_path: Path, script: str, verdict: str, reported: str | None
) -> None:
    fake(tmp_path, script)
    result = mutation_runs.check(mutation(), cell(), tmp_path)
    assert (result.verdict, result.reported) == (verdict, reported)
    assert result.is_as_expected == (verdict == CAUGHT)
    assert mutation_runs.Result(cell(expected=BY_CHANCE), verdict, reported, 0.0).is_as_expected
    missed = mutation_runs.Result(cell(expected=NOT_CAUGHT), verdict, reported, 0.0)
    assert missed.is_as_expected == (verdict == NOT_CAUGHT)


def test_a_fault_that_is_never_met_is_no_verdict(tmp_path: Path) -> None:
    fake(tmp_path, "echo all is well")
    with pytest.raises(HandoffError, match="ring.publish, conformance: the fault was not met: all is well"):
        mutation_runs.check(mutation(), cell(), tmp_path)
    fake(tmp_path, "echo explore: no code that ran has this name; exit 2", "exploration/explore")
    with pytest.raises(HandoffError, match="not met: explore: no code that ran has this name"):
        mutation_runs.check(mutation(), cell("exploration"), tmp_path)


# Counts its runs in a file beside it, and is caught in the third.
CAUGHT_IN_THE_THIRD = (
    f'echo "$HANDOFF_SEED" >>"$0.seeds"; [ $(wc -l <"$0.seeds") -lt 3 ] && printf "{MET}" && exit; {FULL}'
)


def seeds(build: Path, binary: str = "mutants/mutants_conformance") -> list[str]:
    """Those of the runs so far."""
    return (build / f"tests/{binary}.seeds").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("check", ["conformance", "thread_sanitizer"])
def test_what_must_be_caught_is_tried_until_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str
) -> None:
    monkeypatch.setenv("HANDOFF_SEED", "40")
    fake(tmp_path, CAUGHT_IN_THE_THIRD)
    result = mutation_runs.check(mutation(), cell(check), tmp_path)
    assert (result.verdict, result.tries) == (CAUGHT, 3)
    assert result.effort.startswith("3 tries, ")
    assert seeds(tmp_path) == ["40", "41", "42"], "another seed for each try"


@pytest.mark.parametrize("expected", [NOT_CAUGHT, BY_CHANCE])
def test_what_need_not_be_caught_is_tried_once(tmp_path: Path, expected: str) -> None:
    fake(tmp_path, CAUGHT_IN_THE_THIRD)
    result = mutation_runs.check(mutation(), cell(expected=expected), tmp_path)
    assert (result.verdict, result.tries, len(seeds(tmp_path))) == (NOT_CAUGHT, 1, 1)


def test_the_explorer_leaves_nothing_to_a_second_try(tmp_path: Path) -> None:
    fake(tmp_path, CAUGHT_IN_THE_THIRD, "exploration/explore")
    result = mutation_runs.check(mutation(), cell("exploration"), tmp_path)
    assert (result.verdict, result.tries) == (NOT_CAUGHT, 1)


def test_a_failure_for_another_reason_is_not_tried_again(tmp_path: Path) -> None:
    fake(tmp_path, CAUGHT_IN_THE_THIRD.replace("&& exit;", "&& kill -SEGV $$;"))
    assert mutation_runs.check(mutation(), cell(), tmp_path).verdict == "failed otherwise"
    assert len(seeds(tmp_path)) == 1


def test_a_sanitizer_that_a_test_forestalls_is_asked_again(tmp_path: Path) -> None:
    fake(tmp_path, CAUGHT_IN_THE_THIRD.replace("&& exit;", "&& kill -SEGV $$;"))
    result = mutation_runs.check(mutation(), cell("thread_sanitizer"), tmp_path)
    assert (result.verdict, result.tries) == (CAUGHT, 3)


@pytest.mark.parametrize(("most", "seconds", "tries"), [(2, 3600.0, 2), (1000, 0.0, 1)])
def test_tries_are_bounded_by_a_number_and_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, seconds: float, tries: int
) -> None:
    monkeypatch.setattr(mutation_runs, "MOST_TRIES", most)
    monkeypatch.setattr(mutation_runs, "TRIES_SECONDS", seconds)
    fake(tmp_path, f"printf '{MET}'")
    result = mutation_runs.check(mutation(), cell(), tmp_path)
    assert (result.verdict, result.tries) == (NOT_CAUGHT, tries)
    assert not result.is_as_expected


def test_a_run_that_hangs_is_ended(tmp_path: Path) -> None:
    fake(tmp_path, "sleep 600 & wait")
    command = mutation_runs.command("ring.publish", cell(), tmp_path)
    ended = mutation_runs.run(command, "ring.publish", limit=0.3)
    assert ended.code is None
    assert ended.seconds < 60


@pytest.mark.parametrize(
    ("check", "reason", "expected", "step", "patience"),
    [
        ("conformance", "in lap 3\\): did not end", CAUGHT, "3", "1"),
        ("conformance", "empty|did not end", CAUGHT, "10", "1"),
        ("conformance", "a full queue", CAUGHT, "60", "1"),
        ("conformance", "", NOT_CAUGHT, "60", ""),
        ("conformance", "", BY_CHANCE, "10", ""),
        ("progress", "held up", CAUGHT, "60", "1"),
    ],
)
def test_only_a_hang_that_must_come_is_taken_for_one_early(
    tmp_path: Path, check: str, reason: str, expected: str, step: str, patience: str
) -> None:
    told = (
        'echo "x: BROKEN: $HANDOFF_TEST_SECONDS,$HANDOFF_PATIENCE_SECONDS,$HANDOFF_STRESS" >"$0.told"; exit 1'
    )
    suite = "mutants/mutants_progress" if check == "progress" else "mutants/mutants_conformance"
    fake(tmp_path, told, suite)
    mutation_runs.check(mutation(), cell(check, reason, expected), tmp_path)
    effort = "deep" if check == "progress" else "quick"
    assert f"{step},{patience},{effort}\n" in (tmp_path / f"tests/{suite}.told").read_text(encoding="utf-8")
    # The same tests without a fault.
    mutation_runs.run([str(tmp_path / "tests" / suite)], "")
    assert "60,,quick\n" in (tmp_path / f"tests/{suite}.told").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("check", "output", "reported"),
    [
        ("exploration", "  FAILED: data race: the read\n    step 1\n", "data race: the read"),
        ("linearizability", "seed\nring: BROKEN: item 3 popped twice\n[  FAILED", "item 3 popped twice"),
        ("thread_sanitizer", "WARNING\nSUMMARY: ThreadSanitizer: data race a.hpp:3 in f\n", "data race a.hpp:3 in f"),
        ("address_sanitizer", "SUMMARY: AddressSanitizer: 24 byte(s) leaked in 1 allocation(s).\n",
         "24 byte(s) leaked in 1 allocation(s)."),
        ("address_sanitizer", "a.hpp:3:1: runtime error: null pointer\n", "null pointer"),
        ("conformance", "a.cpp:1: Failure\nfirst\nGoogle Test trace:\nb\na.cpp:2: Failure\nsecond\n", "first"),
        ("conformance", f"a.cpp:1: Failure\n{'x' * 300}\n", "x" * 239 + "…"),
        ("conformance", "Segmentation fault\n", None),
    ],
)  # fmt: skip
def test_the_first_complaint_is_reported(check: str, output: str, reported: str | None) -> None:
    assert mutation_runs.complaint(check, output) == reported


def test_what_each_check_runs(tmp_path: Path) -> None:
    def command(check: str, subject: str, test: str | None = None) -> str:
        one = FaultCheck(check, CAUGHT, subject, test, re.compile(""))
        return " ".join(mutation_runs.command("ring.publish", one, Path("b")))

    assert command("exploration", "lock").endswith("explore --implementation lock --mutation ring.publish")
    assert command("thread_sanitizer", "ring", "full").endswith("--gtest_filter=ring.full")
    assert "mutants_linearizability" in command("linearizability", "ring")
    assert "mutants_progress" in command("progress", "ring")
    assert command("conformance", "eventcount").endswith("--gtest_filter=eventcount_test.*")
    cells = [cell(), FaultCheck("conformance", CAUGHT, "ring", "full", re.compile("")), cell("exploration")]
    (both,) = mutation_runs.commands_without_fault(cells, Path("b"))
    assert both[-1] == "--gtest_filter=ring.*:ring.full"


# Records and page.


def page_of(tmp_path: Path, result: mutation_runs.Result) -> str:
    one = mutation(result.cell)
    mutation_runs.write(one, mutations.DEEP, [result], tmp_path)
    text = "before\n<!-- table: made by scripts/mutations.py page -->\n<!-- end of table -->\nafter\n"
    return mutation_page.page(text, [one], mutation_page.records([tmp_path]))


def test_the_page_is_made_from_the_records(tmp_path: Path) -> None:
    made = page_of(tmp_path, mutation_runs.Result(cell(), CAUGHT, "a full queue | took", 0.1))
    assert "| `ring.publish` | a fault | – | caught | – | – | – | – | a full queue \\| took |" in made
    assert made.startswith("before\n") and made.endswith("after\n")
    assert mutation_page.stated(made) == mutation_page.verdicts([mutation(cell())])


def test_the_page_is_not_made_of_other_verdicts(tmp_path: Path) -> None:
    with pytest.raises(
        MeasurementError, match="conformance: 'not caught', where mutations.toml says 'caught'"
    ):
        page_of(tmp_path, mutation_runs.Result(cell(), NOT_CAUGHT, None, 0.1))
    with pytest.raises(MeasurementError, match="ring.publish: no record of linearizability"):
        recorded = {"ring.publish": {"conformance": {"verdict": CAUGHT, "reported": "x"}}}
        text = "<!-- table: made by scripts/mutations.py page --><!-- end of table -->"
        mutation_page.page(text, [mutation(cell(), cell("linearizability"))], recorded)


def test_records_of_another_schema_are_refused(tmp_path: Path) -> None:
    page_of(tmp_path, mutation_runs.Result(cell(), CAUGHT, "a full queue", 0.1))
    (path,) = (tmp_path / "proofs/mutations/deep").glob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": "handoff-mutation-2"}))
    with pytest.raises(
        HandoffError, match="unknown schema 'handoff-mutation-2'; valid: 'handoff-mutation-1'"
    ):
        mutation_page.records([tmp_path])
    with pytest.raises(HandoffError, match="has no records of mutations; run ctest"):
        mutation_page.records([tmp_path / "empty"])
