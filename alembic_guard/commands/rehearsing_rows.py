"""What each statement of a rehearsal did to which table, and what that means where there are rows.

Locks, rewrites and scans are those that were measured on the scratch database; what cannot be
measured there (``CONCURRENTLY``, which no transaction may hold; MariaDB's and MySQL's algorithm,
which no catalogue tells) is from the facts of :mod:`alembic_guard.ddl`, and is marked. The rows are
those of the live tables. A table that a pending revision makes is left out: nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alembic_guard.ddl import actions as ddl_actions
from alembic_guard.ddl.actions import Action, CreateTable, DropTable, OnTable
from alembic_guard.ddl.data import Copy, Delete, Insert, Opaque, Read, Update
from alembic_guard.ddl.effects import Effect
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.mentions import tables_of
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.ddl.mysql_algorithm import BLOCKS, INSTANT, Algorithm, heaviest
from alembic_guard.ddl.postgresql import effect
from alembic_guard.finding import Finding, Severity
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Measured, Step

FINE = "fine"
_ROWS_ONLY = (Insert, Update, Delete, Read, Copy)
_LOCKS = dict(zip(BLOCKS, ("NONE", "SHARED", "EXCLUSIVE"), strict=True))
"""What MariaDB and MySQL call in LOCK what waits."""


@dataclass(frozen=True)
class Touched:
    """A table that was there before, and what a statement did to it.

    :param lock: the strongest of its transaction by then; None where there is none.
    :param measured: whether that was seen, and is not just known.
    :param rows: of the live table, estimated; None where that is not known.
    """

    table: str
    lock: str | None
    measured: bool
    rows: int | None
    rewritten: bool
    scanned: bool


@dataclass(frozen=True)
class Row:
    """One statement.

    :param line: of the revision's file, also where a helper of another file ran it.
    :param seconds: on the scratch database; :param changed: rows there, if the driver said it.
    :param findings: names of those that are about it and weigh.
    """

    revision: str
    path: str | None
    line: int | None
    statement: str
    seconds: float
    changed: int | None
    tables: tuple[Touched, ...]
    verdict: str
    findings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            **vars(self),
            "tables": [vars(each) for each in self.tables],
            "findings": list(self.findings),
        }


@dataclass(frozen=True)
class _Expected:
    """What the facts say of a step."""

    effect: Effect
    algorithms: Mapping[str, Algorithm]
    mentioned: tuple[str, ...]
    new: frozenset[str]
    only_rows: bool


def rows_of(
    steps: Sequence[tuple[Step, Sequence[Action]]], run: Run, findings: Sequence[Finding]
) -> Iterator[Row]:
    """The statements that really ran, in order.

    :param steps: each with what it does; :param run: a fresh one, which goes through them.
    :param findings: of the rules.
    """
    held: dict[tuple[int, str], Lock] = {}
    for step, done in steps:
        run.begin(step)
        expected = _expected(step, done, run)
        if step.measured is not None and (step.sql or step.rebuilds):
            yield _row(step, step.measured, expected, run, held, _about(step, findings))


def _about(step: Step, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The names of the findings at the line of a step that are no notes."""
    return tuple(
        dict.fromkeys(
            each.name
            for each in findings
            if each.revision == step.revision
            and each.place is not None
            and each.place == step.place
            and each.severity is not Severity.NOTE
        )
    )


def _expected(step: Step, done: Sequence[Action], run: Run) -> _Expected:
    total, algorithms, mentioned, new = Effect(), dict[str, Algorithm](), dict[str, None](), set()
    for action in map(run.named, _flat(done)):
        keys = dict.fromkeys(tables_of(action))
        mentioned |= keys
        new |= {key for key in keys if run.is_new(key)}
        if run.target.kind == "postgresql":
            total += effect(action, run.target, run.table)
        elif run.target.is_mysql and isinstance(action, OnTable) and _alters(action):
            chosen = algorithm(action, run.target, run.table(action.table))
            algorithms[action.table] = heaviest(algorithms.get(action.table, INSTANT), chosen)
        run.did(action)
        new |= {key for key in keys if run.is_new(key)}
    only = bool(done) and all(isinstance(each, _ROWS_ONLY) for each in done)
    return _Expected(total, algorithms, tuple(mentioned), frozenset(new), only)


def _flat(done: Sequence[Action]) -> Iterator[Action]:
    """What is done, with what is in a DO and not the DO itself."""
    for action in done:
        if isinstance(action, Opaque) and action.actions:
            yield from _flat(action.actions)
        else:
            yield action


def _alters(action: OnTable) -> bool:
    """Whether an action changes a table that there is."""
    made = isinstance(action, CreateTable | DropTable)
    return type(action).__module__ == ddl_actions.__name__ and not made


def _row(
    step: Step,
    measured: Measured,
    expected: _Expected,
    run: Run,
    held: dict[tuple[int, str], Lock],
    findings: tuple[str, ...],
) -> Row:
    scans = set(expected.effect.scans) | (set() if expected.only_rows else {*measured.scans})
    rewrites = {*measured.rewrites, *expected.effect.rewrites}
    rewrites |= {key for key, each in expected.algorithms.items() if each.rebuilds}
    rewrites |= {step.rebuilds} if step.rebuilds else set()
    keys = dict.fromkeys([*measured.locks, *expected.mentioned, *sorted(rewrites | scans)])
    tables = []
    for key in keys:
        known = run.known.table(key)
        there = key in measured.locks or (known is not None and known.complete)
        if key in expected.new or run.is_new(key) or not there:
            continue
        lock, seen = _lock(step, measured, expected, key, held)
        rows = known.rows if known is not None else None
        tables.append(Touched(key, lock, seen, rows, key in rewrites, key in scans))
    own = step.called_from or step.place
    return Row(
        step.revision,
        own.path if own else None,
        own.line if own else None,
        "; ".join(step.sql) or f"-- batch mode copies {step.rebuilds}",
        measured.seconds,
        measured.rows,
        tuple(tables),
        _verdict(tables, findings),
        findings,
    )


def _lock(
    step: Step,
    measured: Measured,
    expected: _Expected,
    key: str,
    held: dict[tuple[int, str], Lock],
) -> tuple[str | None, bool]:
    """The strongest lock on a table, and whether it was seen."""
    if key in expected.algorithms:
        chosen = expected.algorithms[key]
        return f"ALGORITHM={chosen.name.upper()}, LOCK={_LOCKS[chosen.blocks]}", False
    lock = Lock.of_mode(measured.locks[key]) if key in measured.locks else None
    if step.transaction is not None:
        before = held.get((step.transaction, key))
        lock = max(filter(None, (lock, before)), default=None)
        if lock is not None:
            held[step.transaction, key] = lock
    if lock is not None:
        return lock.value, True
    known = expected.effect.locks.get(key)
    return (known.value if known else None), False


def _verdict(tables: Sequence[Touched], findings: Sequence[str]) -> str:
    """The worst that waits for those who use the tables."""
    if any(each.rewritten for each in tables):
        return "rewrites"
    verdicts = {_waits(each): each for each in tables}
    for verdict in _VERDICTS:
        if verdict in verdicts:
            return verdict
    return "see below" if findings else FINE


_VERDICTS = ("blocks reads and writes", "blocks writes", "scans", "blocks for a moment")


def _waits(touched: Touched) -> str:
    if touched.lock is None:
        return FINE
    if touched.lock.startswith("ALGORITHM"):
        level = touched.lock.rpartition("=")[2]
        return {"EXCLUSIVE": _VERDICTS[0], "SHARED": _VERDICTS[1]}.get(level, FINE)
    lock = Lock.of_mode(touched.lock)
    if touched.scanned and lock.blocks_reads:
        return _VERDICTS[0]
    if touched.scanned and lock.blocks_writes:
        return _VERDICTS[1]
    if touched.scanned:
        return _VERDICTS[2]
    return _VERDICTS[3] if lock.blocks_writes else FINE
