"""NOT VALID and VALIDATE in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from alembic_guard import rules
from alembic_guard.ddl.reading import read_sql
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Target
from tests.rules.constraining import ASSUMED, EMPTY, NEW, validate
from tests.rules.judging import found

NAME = "validated-in-same-transaction"
CHECK = "ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID"
KEY = "ALTER TABLE orders ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES users (id) NOT VALID"
VALIDATE = "ALTER TABLE orders VALIDATE CONSTRAINT c"


@pytest.mark.parametrize(
    ("add", "waits", "lock"),
    [
        (CHECK, "read and write of orders", "ACCESS EXCLUSIVE"),
        (KEY, "write of orders and users", "SHARE ROW EXCLUSIVE"),
    ],
)
def test_the_lock_of_the_first_is_held_for_the_second(add: str, waits: str, lock: str) -> None:
    assert found(add, VALIDATE) == [
        Finding(
            NAME,
            f"c is validated in the transaction that added it, so every {waits} waits.",
            f"The {lock} of ADD CONSTRAINT is held until the transaction ends.\n{ASSUMED}",
            (f'op.execute("{add}")', validate("c")),
            Severity.ERROR,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def in_one_transaction(*statements: str, **how: Any) -> list[Finding]:
    """What is found in statements that are a revision each, in one transaction."""
    steps: list[tuple[Step, Sequence[Any]]] = []
    for number, sql in enumerate(statements, start=1):
        step = Step(None, (sql,), Place("a.py", number), 0, f"r{number}")
        steps.append((step, read_sql(sql, "postgresql")))
    judged = rules.judge(steps, Run(Target("postgresql", (15, 0)), **how))
    return [each.finding for each in judged if each.finding.name == NAME]


def test_two_revisions_in_one_transaction_are_noted() -> None:
    assert in_one_transaction(CHECK, VALIDATE) == [
        Finding(
            NAME,
            "c is validated in the transaction that added it, so every read and write of orders "
            "waits, unless env.py says transaction_per_migration.",
            "The ACCESS EXCLUSIVE of ADD CONSTRAINT in r1 is held until the transaction ends.\n"
            f"{ASSUMED}",
            (validate("c"),),
            Severity.NOTE,
            revision="r2",
            place=Place("a.py", 2),
        )
    ]


def test_revisions_that_are_deployed_one_by_one_are_silent() -> None:
    assert in_one_transaction(CHECK, VALIDATE, together=False) == []


def test_another_transaction_is_silent() -> None:
    assert found([CHECK], [VALIDATE], only=NAME) == []
    assert found(CHECK, VALIDATE, autocommit=[2], only=NAME) == []


def test_another_constraint_is_silent() -> None:
    assert found(CHECK, "ALTER TABLE orders VALIDATE CONSTRAINT d", only=NAME) == []
    assert found(CHECK, "ALTER TABLE users VALIDATE CONSTRAINT c", only=NAME) == []


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, CHECK, VALIDATE, only=NAME) == []
    assert found(CHECK, VALIDATE, tables=[EMPTY], only=NAME) == []
