"""Indexes, views and triggers of a SQLite: what is written for a change, with rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import (
    Integer,
    String,
    text,
)

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.rows import both, column, ddl, users
from tests.autogenerate.compare.sqlite.files import Change, migrated
from tests.autogenerate.compare.sqlite.states import (
    TEXTS,
    USERS,
    ck,
    ix,
    t,
)

# SQLAlchemy's reflection, which the independent snapshot uses, knows no expressions
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")

CHANGES = {
    "an index is added": Change(
        users(),
        users(ix("i", "name")),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.create_index('i', ['name'], unique=False)"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_index('i')"
            ),
        ),
        rows=USERS,
    ),
    "an index is dropped": Change(
        users(ix("i", "name")),
        users(),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_index(batch_op.f('i'))"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.create_index(batch_op.f('i'), ['name'], unique=False)"
            ),
        ),
        rows=USERS,
    ),
    "an index becomes unique": Change(
        users(ix("i", "name")),
        users(ix("i", "name", unique=True)),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_index(batch_op.f('i'))\n"
                "    batch_op.create_index('i', ['name'], unique=True)"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_index('i')\n"
                "    batch_op.create_index(batch_op.f('i'), ['name'], unique=False)"
            ),
        ),
        rows=USERS,
    ),
    "the WHERE of an index changes": Change(
        users(ix("i", "name", sqlite_where=text("age > 1"))),
        users(ix("i", "name", sqlite_where=text("age > 2"))),
        Written(
            (
                "op.execute('DROP INDEX i')\n"
                "op.execute('CREATE INDEX i ON users (name) WHERE age > 2')"
            ),
            (
                "op.execute('DROP INDEX i')\n"
                "op.execute('CREATE INDEX i ON users (name) WHERE age > 1')"
            ),
        ),
        rows=USERS,
    ),
    "the expression of an index changes": Change(
        users(ix("i", lambda: text("coalesce(name, 'X')"))),
        users(ix("i", lambda: text("coalesce(name, 'x')"))),
        Written(
            (
                "op.execute('DROP INDEX i')\n"
                "op.execute(\"CREATE INDEX i ON users (coalesce(name, 'x'))\")"
            ),
            (
                "op.execute('DROP INDEX i')\n"
                "op.execute(\"CREATE INDEX i ON users (coalesce(name, 'X'))\")"
            ),
        ),
        rows=USERS,
    ),
    "an index is collated": Change(
        users(ix("i", lambda: text("name"))),
        users(ix("i", lambda: text("name COLLATE NOCASE"))),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_index(batch_op.f('i'))\n"
                "    batch_op.create_index('i', [sa.literal_column('name COLLATE "
                "NOCASE')], unique=False)"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_index('i')\n"
                "    batch_op.create_index(batch_op.f('i'), ['name'], unique=False)"
            ),
        ),
        rows=USERS,
    ),
    "an index is descending": Change(
        users(ix("i", "name")),
        users(ix("i", lambda: text("name DESC"))),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_index(batch_op.f('i'))\n"
                "    batch_op.create_index('i', [sa.literal_column('name DESC')], "
                "unique=False)"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_index('i')\n"
                "    batch_op.create_index(batch_op.f('i'), ['name'], unique=False)"
            ),
        ),
        rows=USERS,
    ),
    "an index changes, and a column is added": Change(
        t(column("a", String), ix("i", "a")),
        t(column("a", String), column("b", Integer), ix("i", "a", sqlite_where=text("a > '1'"))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR, \\n'\n"
                "    '\\tb INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute(\"CREATE INDEX i ON t (a) WHERE a > '1'\")\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('CREATE INDEX i ON t (a)')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a view is added beside another": Change(
        both(t(column("a", String)), ddl("CREATE VIEW w AS SELECT 1")),
        both(
            t(column("a", String)),
            ddl("CREATE VIEW w AS SELECT 1", "CREATE VIEW v AS SELECT a FROM t WHERE a <> ':b'"),
        ),
        Written(
            ("op.execute(\"CREATE VIEW v AS SELECT a FROM t WHERE a <> '\\\\:b'\")"),
            ("op.execute('DROP VIEW v')"),
        ),
        rows=TEXTS,
    ),
    "a view is dropped": Change(
        both(
            t(column("a", String)),
            ddl("CREATE VIEW w AS SELECT 1", "CREATE VIEW v AS SELECT a FROM t"),
        ),
        both(t(column("a", String)), ddl("CREATE VIEW w AS SELECT 1")),
        Written(("op.execute('DROP VIEW v')"), ("op.execute('CREATE VIEW v AS SELECT a FROM t')")),
        rows=TEXTS,
    ),
    "a view is changed, and has a trigger": Change(
        both(
            t(column("a", String)),
            ddl(
                "CREATE VIEW v AS SELECT a FROM t",
                "CREATE TRIGGER r INSTEAD OF DELETE ON v BEGIN SELECT 1; END",
            ),
        ),
        both(
            t(column("a", String)),
            ddl(
                "CREATE VIEW v AS SELECT a, id FROM t",
                "CREATE TRIGGER r INSTEAD OF DELETE ON v BEGIN SELECT 1; END",
            ),
        ),
        Written(
            (
                "op.execute('DROP TRIGGER r')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT a, id FROM t')\n"
                "op.execute('CREATE TRIGGER r INSTEAD OF DELETE ON v BEGIN SELECT 1; "
                "END')"
            ),
            (
                "op.execute('DROP TRIGGER r')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT a FROM t')\n"
                "op.execute('CREATE TRIGGER r INSTEAD OF DELETE ON v BEGIN SELECT 1; "
                "END')"
            ),
        ),
        rows=TEXTS,
    ),
    "a trigger is added": Change(
        t(column("a", String)),
        both(
            t(column("a", String)),
            ddl("CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 'x'; END"),
        ),
        Written(
            ("op.execute(\"CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 'x'; END\")"),
            ("op.execute('DROP TRIGGER r')"),
        ),
        rows=TEXTS,
    ),
    "a trigger is changed": Change(
        both(
            t(column("a", String)),
            ddl("CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 'x'; END"),
        ),
        both(
            t(column("a", String)),
            ddl("CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET a = 'x'; END"),
        ),
        Written(
            (
                "op.execute('DROP TRIGGER r')\n"
                'op.execute("CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET a = '
                "'x'; END\")"
            ),
            (
                "op.execute('DROP TRIGGER r')\n"
                'op.execute("CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = '
                "'x'; END\")"
            ),
        ),
        rows=TEXTS,
    ),
    "a trigger nobody declares is kept around a rebuild": Change(
        t(column("a", String)),
        t(column("a", String), ck("id > 0")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (id > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('PRAGMA legacy_alter_table=ON')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('PRAGMA legacy_alter_table=OFF')\n"
                'op.execute("CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = '
                "'x'; END\")\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('PRAGMA legacy_alter_table=ON')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('PRAGMA legacy_alter_table=OFF')\n"
                'op.execute("CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = '
                "'x'; END\")\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
        sql_before=("CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 'x'; END",),
        sql_after=("CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 'x'; END",),
    ),
    "a view nobody declares is kept around a rebuild": Change(
        t(column("a", String)),
        t(column("a", String(9))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR(9), \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('PRAGMA legacy_alter_table=ON')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('PRAGMA legacy_alter_table=OFF')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('PRAGMA legacy_alter_table=ON')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('PRAGMA legacy_alter_table=OFF')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
        sql_before=("CREATE VIEW v AS SELECT * FROM t",),
        sql_after=("CREATE VIEW v AS SELECT * FROM t",),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_written_and_both_directions_keep_all_rows(name: str, tmp_path: Path) -> None:
    assert migrated(tmp_path, CHANGES[name]) == CHANGES[name].expected
