"""What a statement does to its session: parameters and transactions."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import ControlTransaction, Opaque, Read, SetParameter
from alembic_guard.ddl.postgresql_text import read_postgresql

CASES = [
    ("set lock_timeout = '1s'", [SetParameter("lock_timeout", "1s")]),
    ("set local lock_timeout = 5000", [SetParameter("lock_timeout", "5000", local=True)]),
    ("set search_path = a, b", [SetParameter("search_path", "a, b")]),
    ("set time zone 'utc'", [SetParameter("timezone", "utc")]),
    ("set x to default", [SetParameter("x", "DEFAULT")]),
    ("reset x", [SetParameter("x", "DEFAULT")]),
    ("reset all", [SetParameter("all", "DEFAULT")]),
    (
        "set transaction isolation level serializable, read only",
        [
            SetParameter("transaction_isolation", "serializable", local=True),
            SetParameter("transaction_read_only", "1", local=True),
        ],
    ),
    (
        "set session characteristics as transaction read only",
        [SetParameter("default_transaction_read_only", "1")],
    ),
    ("set role x", [SetParameter("role", "x")]),
    ("set constraints all deferred", [SetParameter("constraints", "DEFERRED", local=True)]),
    ("discard all", [SetParameter("all", "DEFAULT")]),
    ("begin", [ControlTransaction("BEGIN")]),
    ("start transaction", [ControlTransaction("START TRANSACTION")]),
    ("commit", [ControlTransaction("COMMIT")]),
    ("end", [ControlTransaction("COMMIT")]),
    ("rollback", [ControlTransaction("ROLLBACK")]),
    ("savepoint a", [ControlTransaction("SAVEPOINT")]),
    ("rollback to a", [ControlTransaction("ROLLBACK TO SAVEPOINT")]),
    ("release a", [ControlTransaction("RELEASE SAVEPOINT")]),
    ("prepare transaction 'x'", [ControlTransaction("PREPARE TRANSACTION")]),
    ("commit prepared 'x'", [ControlTransaction("COMMIT PREPARED")]),
    (
        "select set_config('lock_timeout', '1s', true)",
        [SetParameter("lock_timeout", "1s", local=True)],
    ),
    (
        "select pg_catalog.set_config('a','b',false), b from c",
        [SetParameter("a", "b"), Read(("c",))],
    ),
    ("show x", []),
    ("notify x", []),
    ("execute p(1)", [Opaque("EXECUTE")]),
    ("call p(1)", [Opaque("CALL")]),
    ("deallocate p", []),
    ("set x from current", [SetParameter("x", "FROM CURRENT")]),
    (
        "set time zone interval '-08:00' hour to minute",
        [SetParameter("timezone", "'-08:00'::interval hour to minute")],
    ),
    ("discard temp", []),
    ("select set_config('a', 'b')", [Read()]),
    ("select set_config('a', 'b', false) from c", [SetParameter("a", "b"), Read(("c",))]),
    ("load 'x'", []),
    ("checkpoint", []),
    ("listen x", []),
    ("unlisten x", []),
    ("fetch c", []),
    ("close c", []),
]


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_a_statement_on_the_session_gives_the_parameter_or_the_verb(
    sql: str, expected: list[Action]
) -> None:
    assert list(read_postgresql(sql)) == expected
