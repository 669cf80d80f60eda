"""A sequence that begins anew."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Severity
from tests.rules.altering import EMPTY, NEW, ORDERS, finding
from tests.rules.judging import found

NAME = "sequence-change"
RESTART = "ALTER SEQUENCE numbers RESTART WITH 1"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            RESTART,
            "The sequence numbers begins anew: it may give out numbers that are in use.",
        ),
        (
            "ALTER SEQUENCE numbers AS smallint",
            "The sequence numbers gets another type: it is rewritten, "
            "and may run out of numbers earlier.",
        ),
        (
            "ALTER TABLE orders ALTER id RESTART WITH 1",
            "The sequence of orders.id is changed: it may begin anew.",
        ),
    ],
)
def test_inserts_wait_and_may_get_a_number_twice(sql: str, message: str) -> None:
    assert found(sql, tables=[ORDERS], only=NAME) == [
        finding(
            NAME,
            message,
            "INSERTs that need a number of it wait until the transaction ends, for nextval() "
            "waits for its SHARE ROW EXCLUSIVE lock.",
            f'op.execute("{sql}")  # guard: allow(sequence-change) '
            "no row has one of the numbers to come",
            severity=Severity.WARNING,
        )
    ]


@pytest.mark.parametrize("change", ["INCREMENT BY 2", "OWNED BY orders.id", "CACHE 10"])
def test_other_changes_give_no_number_out_twice(change: str) -> None:
    assert found(f"ALTER SEQUENCE numbers {change}", only=NAME) == []


def test_nobody_uses_a_sequence_that_this_run_made() -> None:
    assert found("CREATE SEQUENCE numbers", RESTART, only=NAME) == []
    assert len(found(["CREATE SEQUENCE numbers"], [RESTART], only=NAME, together=False)) == 1


def test_nobody_needs_a_number_of_a_new_table_or_an_empty_one() -> None:
    identity = "ALTER TABLE orders ALTER id RESTART"
    assert found(NEW, identity, only=NAME) == []
    assert found(identity, tables=[EMPTY], only=NAME) == []
