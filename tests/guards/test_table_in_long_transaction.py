"""A long transaction on a table that is about to be locked is named before anything is done."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import text

from alembic_guard import guards
from alembic_guard.finding import Severity
from alembic_guard.runtime.blocking import Blocker
from alembic_guard.runtime.table_locks import BusyTable, BusyTables, Holder
from tests.commands.upgrading import blocking, history
from tests.project import Project

HOLDER = Holder(
    table="users",
    granted=True,
    pid=12,
    transaction="3/4",
    age=61.4,
    query_age=None,
    same_role=True,
    vacuum=False,
    wraparound=False,
    blocker=Blocker("pid 12", "app", "shop", "idle in transaction", 61.4, "SELECT"),
)


def judged(holder: Holder) -> list[tuple[object, ...]]:
    busy = BusyTables((BusyTable("0002", "ACCESS EXCLUSIVE", holder),))
    return [
        (each.name, each.severity, each.message, each.why, each.next, each.revision)
        for each in guards.judge(busy)
    ]


def test_it_says_which_table_which_revision_and_who() -> None:
    assert judged(HOLDER) == [
        (
            "table-in-long-transaction",
            Severity.WARNING,
            "users, which revision 0002 locks in ACCESS EXCLUSIVE mode, is used by a transaction "
            "that has been open for 61 s.",
            "It is pid 12, user app, application shop, idle in transaction, transaction open for "
            "61 s, last statement SELECT. The upgrade waits until it is over, with nobody waiting "
            "behind it, and gives up in the end.",
            ("SELECT * FROM pg_stat_activity WHERE pid = 12;",),
            "0002",
        )
    ]


def plan(project: Project) -> str:
    result = project.alembic("safe-upgrade", "--plan")
    assert result.returncode == 0, result.output
    found = [line for line in result.stdout.splitlines() if "table-in-long" in line]
    return re.sub(r"for \d+ s", "for N s", "\n".join(found))


@pytest.fixture
def project(postgresql_project: Project) -> Project:
    history(postgresql_project, 'op.add_column("users", sa.Column("age", sa.Integer()))')
    postgresql_project.alembic("upgrade", "0001")
    with postgresql_project.connect() as connection:
        connection.execute(text("CREATE TABLE others (id INTEGER)"))
    return postgresql_project


def test_a_table_that_is_to_be_locked_is_warned_of_and_no_other(project: Project) -> None:
    with blocking(project, "SELECT * FROM others") as other, blocking(project, "SELECT 1") as one:
        one.execute(text("SELECT * FROM users"))
        threading.Event().wait(5.2)  # what is long is 5 s
        long, _ = plan(project), other.execute(text("SELECT 1"))

    assert long == (
        "warning: table-in-long-transaction: users, which "
        "revision 0002 locks in ACCESS EXCLUSIVE mode, is used by a transaction that has been "
        "open for N s."
    )
    assert plan(project) == ""


def test_a_short_transaction_is_no_harm(project: Project) -> None:
    with blocking(project, "SELECT * FROM users"):
        assert plan(project) == ""
