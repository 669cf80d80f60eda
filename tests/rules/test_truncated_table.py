"""TRUNCATE."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "truncated-table"
LOCKED = (
    "TRUNCATE takes an ACCESS EXCLUSIVE lock: nobody reads or writes what it empties until the "
    "transaction ends."
)
USERS = Table("users", rows=5, referenced_by=("orders",))
ORDERS = Table("orders", rows=5, referenced_by=("lines", "notes"))


def deleted(key: str) -> str:
    return (
        f'batch = sa.text("DELETE FROM {key} WHERE ctid IN (SELECT ctid FROM {key} LIMIT 10000)")\n'
        "with op.get_context().autocommit_block():\n"
        "    while op.get_bind().execute(batch).rowcount:\n"
        "        pass"
    )


def test_truncating_locks_and_loses_and_the_fix_deletes_in_batches() -> None:
    assert found("TRUNCATE shops") == [
        Finding(
            NAME,
            "Truncating shops loses all of its rows.",
            LOCKED,
            (deleted("shops"),),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
def test_mariadb_and_mysql_make_the_table_anew(kind: str) -> None:
    (judged,) = found("TRUNCATE TABLE shops", kind=kind, only=NAME)
    assert (judged.message, judged.why, judged.next) == (
        "Truncating shops loses all of its rows.",
        "The server drops the table and makes it anew, and commits at once: nothing brings the "
        "rows back.",
        (
            'batch = sa.text("DELETE FROM shops WHERE true LIMIT 10000")\n'
            "with op.get_context().autocommit_block():\n"
            "    while op.get_bind().execute(batch).rowcount:\n"
            "        pass",
        ),
    )


def test_cascade_names_all_that_refer_to_it_and_the_fix_empties_them_first() -> None:
    tables = [USERS, ORDERS, Table("lines", rows=5), Table("notes", rows=0)]
    (judged,) = found("TRUNCATE users CASCADE", tables=tables, only=NAME)
    assert (judged.message, judged.why, judged.next) == (
        "Truncating users with CASCADE empties orders, lines too.",
        LOCKED,
        (deleted("lines"), deleted("orders"), deleted("users")),
    )


def test_cascade_empties_nobody_knows_what_where_no_database_was_asked() -> None:
    (judged,) = found("TRUNCATE users CASCADE", only=NAME)
    assert (
        judged.message == "Truncating users with CASCADE empties every table that refers to it too."
    )


def test_cascade_is_harmless_where_nothing_refers_to_it() -> None:
    (judged,) = found("TRUNCATE lines CASCADE", tables=[Table("lines", rows=5)], only=NAME)
    assert judged.message == "Truncating lines loses about 5 rows."


def test_tables_that_refer_to_each_other_are_told_once() -> None:
    tables = [USERS, Table("orders", rows=5, referenced_by=("users",))]
    (judged,) = found("TRUNCATE users CASCADE", tables=tables, only=NAME)
    assert judged.message == "Truncating users with CASCADE empties orders too."


def test_an_empty_table_is_silent_unless_cascade_empties_one_that_is_not() -> None:
    empty = Table("users", rows=0, referenced_by=("orders",))
    assert found("TRUNCATE users", tables=[empty, ORDERS], only=NAME) == []
    assert found("TRUNCATE users CASCADE", tables=[empty, Table("orders", rows=0)]) == []
    assert [each.message for each in found("TRUNCATE users CASCADE", tables=[empty, ORDERS])] == [
        "Truncating users with CASCADE empties orders, lines, notes too."
    ]


def test_a_new_table_is_silent() -> None:
    assert found("CREATE TABLE users (id bigint)", "TRUNCATE users", only=NAME) == []


def test_it_is_found_inside_of_a_do() -> None:
    judged = found("DO $$ BEGIN TRUNCATE shops; END $$", only=NAME)
    assert [each.message for each in judged] == ["Truncating shops loses all of its rows."]
