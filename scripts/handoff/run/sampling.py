"""What a block holds: everything at first, later just what still needs samples.

The first blocks are full. Then, after each block, the campaign looks at what is known (needs.py) and either ends,
because every contest is settled and every headline case is known precisely enough, or plans a *thin* block. A
*contest* is a row of the decision table: whoever is shown to be behind in it gets no more trials for its sake.

The time goes to one rank of cases after the other. Those that contend in a contest are in each thin block, or in every
second one where many contend: such a contest is far from its end, and would leave little time for the others. Where
nobody contends any more, those of the first headline that still has needs are. Those of the other headlines are in
one of 12, other cases with needs in one of 24, all others in one of 48, so that a drift is seen. The cases of a group
take their turns together, because comparisons are paired by block.

blocks.jsonl says what each block was to hold, written before its first trial. By it a block is complete or not,
and a campaign that was stopped goes on with the block that it was at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import HandoffError
from . import line_file, shapes, strict_json
from .cases import Case, parse
from .control_kinds import comparison

REASONS = ("contending", "missing", "wide", "disturbed", "undecided")

VERSION = 3  # of the rule; another one does not go on with a run
# The exact sign-test interval of a median needs at least 6 blocks (docs/method.md). Where trials were set
# aside 6 full blocks do not suffice: those cases are missing one, and come in every block until they have it.
BLOCKS_FOR_AN_INTERVAL = 6
HEADLINES_EVERY = 12
OTHERS_EVERY = 24
REVISITED_EVERY = 48

# A contest in which more than so many contend is in one thin block of two.
MANY_CONTENDERS = 8
MANY_EVERY = 2

# Trials of each label of the controls of the comparison. A full block holds 8 because there are few full blocks;
# there are enough thin ones that 2 make as many pairs in the same time.
FULL_REPEATS = 8
THIN_REPEATS = 2

BLOCKS_NAME = "blocks.jsonl"
BLOCK_SCHEMA = 1

# What may be read. A campaign plans far fewer; a trial of each is counted.
MOST_REPEATS = 1000
MOST_BLOCKS = 2**31
_EVERY = shapes.whole(1, 10**6)
_CONTEST = shapes.fields(
    {
        "title": shapes.text,
        "column": shapes.text,
        "cases": shapes.list_of(shapes.text),
        "of_waits": shapes.flag,
    },
    {},
)


@dataclass(frozen=True)
class Needs:
    """Names of cases, and why more of them is wanted. A case of which no trial has given a figure is not among
    them: more of it would not help."""

    contending: frozenset[str] = frozenset()  # may still be the best of a contest
    missing: frozenset[str] = frozenset()  # no interval yet
    wide: frozenset[str] = frozenset()  # an interval wider than asked for
    disturbed: frozenset[str] = frozenset()  # flagged samples that no calm ones stand beside yet
    undecided: frozenset[str] = frozenset()  # in a comparison that is still open
    open_pairs: int = 0

    @property
    def all(self) -> frozenset[str]:
        return self.contending | self.missing | self.wide | self.disturbed | self.undecided

    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in REASONS} | {"open_pairs": self.open_pairs}

    def as_dict(self) -> dict[str, Any]:
        return {name: sorted(getattr(self, name)) for name in REASONS} | {"open_pairs": self.open_pairs}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Needs:
        reasons = {name: frozenset(stored[name]) for name in REASONS}
        return cls(**reasons, open_pairs=stored["open_pairs"])


# What is ranked: the column of a sample's logarithm of what there should be little of (statistics/measures.py).
COLUMNS = {"cpu": "log_cpu", "memory": "log_bytes"}
USUAL_COLUMN = "log_cost"


@dataclass(frozen=True)
class Contest:
    """Cases of which the best is asked for."""

    title: str
    column: str
    cases: tuple[str, ...]
    of_waits: bool = False  # the members are the waits of one implementation, not implementations

    def member(self, case: Case) -> str:
        return case.keys["wait"] if self.of_waits else case.implementation


@dataclass(frozen=True)
class Sampling:
    """The rule's parameters, stored with the run: whoever goes on with it goes on with them."""

    precision: float  # relative half-width of an interval that is enough
    headlines: tuple[tuple[str, ...], ...]  # names of cases, the most important first
    contests: tuple[Contest, ...] = ()
    first_blocks: int = BLOCKS_FOR_AN_INTERVAL
    headlines_every: int = HEADLINES_EVERY
    others_every: int = OTHERS_EVERY
    revisited_every: int = REVISITED_EVERY
    version: int = VERSION

    def as_dict(self) -> dict[str, Any]:
        contests = [asdict(one) | {"cases": list(one.cases)} for one in self.contests]
        return asdict(self) | {
            "headlines": [list(names) for names in self.headlines],
            "contests": contests,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Sampling:
        if stored.get("version") != VERSION:
            raise HandoffError(f"unknown rule of sampling {stored.get('version')!r}; valid: {VERSION}")
        values: dict[str, Any] = dict(stored) | {
            "headlines": tuple(map(tuple, stored["headlines"])),
            "contests": tuple(Contest(**one | {"cases": tuple(one["cases"])}) for one in stored["contests"]),
        }
        return cls(**values)

    def is_enough(self, needs: Needs) -> bool:
        return not needs.contending and not any(needs.all & set(names) for names in self.headlines)


RULE = shapes.fields(
    {
        "precision": shapes.number(0, 1),
        "headlines": shapes.list_of(shapes.list_of(shapes.text)),
        "version": shapes.whole(0, 10**6),
    },
    {"contests": shapes.list_of(_CONTEST)}
    | {name: _EVERY for name in ("first_blocks", "headlines_every", "others_every", "revisited_every")},
)


@dataclass(frozen=True)
class BlockPlan:
    """The contents of a block."""

    cases: tuple[Case, ...]
    repeats: int  # of each label of the controls of the comparison
    needs: Needs | None = None  # why it is thin


def full_block(cases: Sequence[Case]) -> BlockPlan:
    return BlockPlan(tuple(cases), FULL_REPEATS)


class ThinBlocks:
    """What thin blocks hold, as long as the same is needed."""

    def __init__(self, cases: Sequence[Case], needs: Needs, rule: Sampling) -> None:
        self._cases = cases
        self._needs = needs
        self._rule = rule
        self._groups = {group: at for at, group in enumerate(dict.fromkeys(case.group for case in cases))}
        self._every = needs.all
        nothing = frozenset[str]()
        first = next(
            (self._every & set(names) for names in rule.headlines if self._every & set(names)), nothing
        )
        self._headlines = self._every & set().union(*rule.headlines)
        self._crowd = _crowd(needs.contending, rule.contests)
        contending = needs.contending - self._crowd
        self._always = comparison(cases) | needs.missing | (contending if needs.contending else first)

    def block(self, number: int) -> BlockPlan:
        def takes(case: Case) -> bool:
            turn = number + self._groups[case.group]  # not all groups at once: blocks get about as long
            return turn % self.period(case) == 0

        return BlockPlan(tuple(case for case in self._cases if takes(case)), THIN_REPEATS, self._needs)

    def period(self, case: Case) -> int:
        """In one of how many blocks it is."""
        if case.name in self._always:
            return 1
        if case.name in self._crowd:
            return MANY_EVERY
        if case.name in self._headlines:
            return self._rule.headlines_every
        return self._rule.others_every if case.name in self._every else self._rule.revisited_every


def _crowd(contending: frozenset[str], contests: Sequence[Contest]) -> frozenset[str]:
    """Those that contend among many only."""
    left = [contending & set(one.cases) for one in contests]
    few = frozenset[str]().union(*(names for names in left if len(names) <= MANY_CONTENDERS))
    return contending - few


def thin_block(block: int, cases: Sequence[Case], needs: Needs, rule: Sampling) -> BlockPlan:
    return ThinBlocks(cases, needs, rule).block(block)


def while_nothing_is_known(cases: Sequence[Case], rule: Sampling) -> Needs:
    """For an estimate beforehand: as if all cases had intervals that are too wide, and nobody were behind in a
    contest."""
    contending = frozenset[str]().union(*(one.cases for one in rule.contests))
    return Needs(contending=contending, wide=frozenset(case.name for case in cases))


# ---- what is stored of them -----------------------------------------------------------------------------


@dataclass(frozen=True)
class BlockRecord:
    """A line."""

    block: int
    repeats: int  # of each label of the controls of the comparison
    cases: list[str]
    needs: Mapping[str, int] | None = None  # of a thin block: how many cases needed samples, and why

    def line(self) -> bytes:
        record = {"schema": BLOCK_SCHEMA} | vars(self)
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def read_blocks(path: Path) -> tuple[dict[int, BlockRecord], int]:
    """The blocks, and the number of bytes of whole lines: a block whose line was cut short was not begun yet. A
    run from before there were plans has no such file: each block holds everything."""
    lines, whole = line_file.whole_lines(path, "blocks")
    records = [_record(line, path, number) for number, line in enumerate(lines, start=1)]
    return {record.block: record for record in records}, whole


BLOCK = shapes.fields(
    {
        "schema": shapes.one_of((BLOCK_SCHEMA,)),
        "block": shapes.whole(0, MOST_BLOCKS),
        "repeats": shapes.whole(1, MOST_REPEATS),
        "cases": shapes.list_of(shapes.text),
        "needs": shapes.nullable(shapes.map_of(shapes.whole(0, 10**9))),
    },
    {},
)


def _record(line: bytes, path: Path, number: int) -> BlockRecord:
    try:
        found: Any = strict_json.loads(line)
        BLOCK(found, "")
        for name in found["cases"]:
            parse(name)
    except (HandoffError, ValueError) as error:
        raise HandoffError(f"{path}:{number}: corrupt line, not a block ({error})") from error
    return BlockRecord(found["block"], found["repeats"], found["cases"], found["needs"])


class PlanLog(line_file.LineLog[int, BlockRecord]):
    """The blocks of a run that is being measured: each is on the disk before its first trial."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, read_blocks(path), lambda record: record.block)
