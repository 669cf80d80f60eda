"""`drift`: what differs is told line by line, up to a limit, in words for every operation."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from alembic_guard import guards
from alembic_guard.autogenerate.phrases import phrase, together
from alembic_guard.guards._subjects import Drift

URL = "sqlite:///app.db"
_KEY = {"referent_table": "users", "local_cols": ["user_id"], "remote_cols": ["id"]}


def lines(number: int) -> list[str]:
    """What is said of so many differences, below the message."""
    changes = tuple(f"adds table t{each}" for each in range(number))
    return [line for one in guards.judge(Drift(URL, changes)) for line in one.why.splitlines()]


def test_it_says_what_differs_and_what_to_type() -> None:
    (finding,) = guards.judge(Drift(URL, ("adds table orders", "adds column users.email")))
    assert (finding.message, finding.why, finding.next, finding.refuses) == (
        "sqlite:///app.db is at its head, and is not what the models say.",
        "A migration that is made now:\n  adds table orders\n  adds column users.email",
        ('alembic guard-revision -m "…"',),
        True,
    )


def test_no_difference_is_no_finding_and_many_are_counted() -> None:
    assert lines(0) == []
    assert len(lines(10)) == 11
    assert lines(13)[-2:] == ["  adds table t9", "  and 3 more"]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (ops.CreateTableOp("orders", []), "adds table orders"),
        (ops.DropTableOp("orders", schema="shop"), "drops table shop.orders"),
        (ops.AddColumnOp("users", sa.Column("email", sa.Text)), "adds column users.email"),
        (ops.DropColumnOp("users", "email"), "drops column users.email"),
        (
            ops.AlterColumnOp("users", "name", modify_nullable=False),
            "changes column users.name to NOT NULL",
        ),
        (
            ops.AlterColumnOp(
                "users",
                "name",
                existing_type=sa.String(50),
                modify_type=sa.Text(),
                modify_nullable=True,
                modify_server_default="x",
            ),
            "changes column users.name from String(length=50) to Text(), to NULL, in its default",
        ),
        (
            ops.AlterColumnOp("users", "name", modify_comment=None),
            "changes column users.name in its comment",
        ),
        (ops.CreateIndexOp("ix", "users", ["name"]), "adds index ix of users"),
        (ops.DropIndexOp("ix", "users"), "drops index ix of users"),
        (
            ops.CreateUniqueConstraintOp(None, "users", ["name", "email"]),
            "adds unique constraint (name, email) of users",
        ),
        (
            ops.CreateForeignKeyOp(None, "orders", **_KEY),
            "adds foreign key (user_id) of orders",
        ),
        (
            ops.DropConstraintOp("fk", "orders", type_="foreignkey"),
            "drops foreign key fk of orders",
        ),
        (
            ops.CreateTableCommentOp("users", "people"),
            "changes the comment of table users",
        ),
        (ops.DropTableCommentOp("users"), "drops the comment of table users"),
        (ops.ExecuteSQLOp("SELECT 1"), "does ExecuteSQLOp"),
    ],
)
def test_each_operation_has_its_words(operation: ops.MigrateOperation, words: str) -> None:
    assert phrase(operation) == words


def test_what_is_dropped_and_added_again_is_one_line() -> None:
    said = ("drops view v", "drops check ok of users", "drops index ix of users", "adds table t")
    assert together((*said, "adds check ok of users", "adds view v")) == [
        "makes view v anew",
        "changes check ok of users",
        "drops index ix of users",
        "adds table t",
    ]
