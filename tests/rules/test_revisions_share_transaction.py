"""Revisions in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Constraint, Table
from tests.rules.judging import found
from tests.rules.linting import EACH_ITS_OWN, SHARED, shop
from tests.rules.steps import shared

NAME = "revisions-share-transaction"
ADD = "ALTER TABLE users ADD COLUMN memo text"


def test_work_under_the_lock_of_an_earlier_revision_is_a_warning_about_env_py() -> None:
    assert shared([ADD], ["UPDATE orders SET note = '' WHERE note IS NULL"], only=NAME) == [
        Finding(
            NAME,
            "Revision b2 works on orders while every query on users waits.",
            "It shares the transaction of a1, whose ACCESS EXCLUSIVE lock is held until "
            "the last of them is done.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            ("context.configure(..., transaction_per_migration=True)  # in env.py",),
            severity=Severity.WARNING,
            revision="b2",
            place=Place("b2.py", 1),
        )
    ]


def test_whatever_takes_long_is_found_once_in_each_revision() -> None:
    works = [
        ["CREATE INDEX i ON orders (a)", "CREATE INDEX j ON orders (b)"],
        ["ALTER TABLE orders VALIDATE CONSTRAINT c"],
        ["ALTER TABLE orders ALTER shop_id TYPE bigint"],
    ]
    assert [(each.revision, each.place) for each in shared([ADD], *works, only=NAME)] == [
        ("b2", Place("b2.py", 1)),
        ("c3", Place("c3.py", 1)),
        ("d4", Place("d4.py", 1)),
    ]


def test_quick_changes_raise_nothing() -> None:
    assert shared([ADD], ["ALTER TABLE orders ADD COLUMN a text"], only=NAME) == []
    assert shared(["CREATE TABLE users (id int)", ADD], ["DELETE FROM orders"], only=NAME) == []


def test_a_constraint_that_was_added_in_the_same_transaction_is_another_rules() -> None:
    check = "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID"
    assert shared([check], ["ALTER TABLE orders VALIDATE CONSTRAINT c"], only=NAME) == []


def test_revisions_with_transactions_of_their_own_raise_nothing() -> None:
    assert found([ADD], ["DELETE FROM orders"], only=NAME) == []


def test_revisions_that_are_judged_as_if_deployed_one_by_one_raise_nothing() -> None:
    assert shared([ADD], ["DELETE FROM orders"], together=False, only=NAME) == []


def test_env_py_decides(tmp_path: Path, postgresql_server: Any) -> None:
    update = "UPDATE orders SET note = '' WHERE note IS NULL"
    revisions = ['op.add_column("users", sa.Column("a", sa.Text()))', f'op.execute("{update}")']
    with shop("postgresql", tmp_path, postgresql_server) as there:
        assert there.names(*revisions) == []
        env = there.project.path / "migrations/env.py"
        env.write_text(env.read_text("utf-8").replace(EACH_ITS_OWN, SHARED), "utf-8")
        assert there.names(*revisions) == [NAME]


def test_a_lock_is_known_of_a_foreign_key_that_is_dropped_and_made_again() -> None:
    """What was dropped is known no more when the next statement asks who locked its table."""
    key = Constraint("foreign key", "fk", ("user_id",), refers_to="users")
    tables = [Table("orders", constraints={"fk": key}, complete=True, rows=5), Table("users")]
    drop = "ALTER TABLE orders DROP CONSTRAINT fk"
    add = "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id)"
    assert found(drop, add, tables=tables, only=NAME) == []
