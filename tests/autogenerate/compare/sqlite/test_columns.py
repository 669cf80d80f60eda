"""Columns of a SQLite: what is written for a change, run in both directions with rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import (
    Computed,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
)

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.rows import both, column, ddl, table, users
from tests.autogenerate.compare.sqlite.files import Change, migrated
from tests.autogenerate.compare.sqlite.states import (
    NUMBERS,
    TEXTS,
    USERS,
    nocase,
    t,
)

CHANGES = {
    "a type changes": Change(
        users(),
        table(
            "users",
            column("id", Integer, primary_key=True),
            column("name", String(60)),
            column("age", Integer),
            column("email", String),
        ),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.alter_column('name',\n"
                "           existing_type=sa.VARCHAR(length=50),\n"
                "           type_=sa.String(length=60),\n"
                "           existing_nullable=True)"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.alter_column('name',\n"
                "           existing_type=sa.String(length=60),\n"
                "           type_=sa.VARCHAR(length=50),\n"
                "           existing_nullable=True)"
            ),
        ),
        rows=USERS,
    ),
    "a type changes beside a trigger": Change(
        both(
            t(column("a", String(5))), ddl("CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END")
        ),
        both(
            t(column("a", String(6))), ddl("CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END")
        ),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR(6), \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('PRAGMA legacy_alter_table=ON')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('PRAGMA legacy_alter_table=OFF')\n"
                "op.execute('CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR(5), \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('PRAGMA legacy_alter_table=ON')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('PRAGMA legacy_alter_table=OFF')\n"
                "op.execute('CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a text becomes a number": Change(
        t(column("a", String)),
        t(column("a", LargeBinary)),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta BLOB, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
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
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a text becomes a date": Change(
        t(column("a", Text)),
        t(column("a", DateTime)),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta DATETIME, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta TEXT, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=("INSERT INTO t VALUES (1, '2026-01-02 03:04:05')",),
    ),
    "a collation is set": Change(
        t(column("a", String)),
        t(column("a", nocase())),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR COLLATE \"NOCASE\", \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
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
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a collation is dropped beside a change of type": Change(
        t(column("a", String(5, collation="NOCASE"))),
        t(column("a", String(6))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR(6), \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR(5) COLLATE \"NOCASE\", \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a column becomes NOT NULL": Change(
        t(column("a", Integer)),
        t(column("a", Integer, nullable=False)),
        Written(
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.alter_column('a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           nullable=False)"
            ),
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.alter_column('a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           nullable=True)"
            ),
        ),
        rows=NUMBERS,
    ),
    "a column of a table with a collation becomes NOT NULL": Change(
        t(column("a", Integer), column("b", nocase())),
        t(column("a", Integer, nullable=False), column("b", nocase())),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER NOT NULL, \\n'\n"
                "    '\\tb VARCHAR COLLATE \"NOCASE\", \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a, b) SELECT id, a, b "
                "FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tb VARCHAR COLLATE \"NOCASE\", \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a, b) SELECT id, a, b "
                "FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=NUMBERS,
    ),
    "a column becomes nullable": Change(
        t(column("a", Integer, nullable=False)),
        t(column("a", Integer)),
        Written(
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.alter_column('a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           nullable=True)"
            ),
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.alter_column('a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           nullable=False)"
            ),
        ),
        rows=NUMBERS,
    ),
    "NOT NULL gets ON CONFLICT": Change(
        t(column("a", Integer, nullable=False)),
        t(column("a", Integer, nullable=False, sqlite_on_conflict_not_null="IGNORE")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER NOT NULL ON CONFLICT IGNORE, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER NOT NULL, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=NUMBERS,
    ),
    "a default is set": Change(
        t(column("a", String)),
        t(column("a", String, server_default="x")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    \"\\ta VARCHAR DEFAULT 'x', \\n\"\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
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
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a default is changed": Change(
        t(column("a", Integer, server_default="1")),
        t(column("a", Integer, server_default="2")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    \"\\ta INTEGER DEFAULT '2', \\n\"\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    \"\\ta INTEGER DEFAULT '1', \\n\"\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=NUMBERS,
    ),
    "a default is dropped": Change(
        t(column("a", String, server_default="x")),
        t(column("a", String)),
        Written(
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
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    \"\\ta VARCHAR DEFAULT 'x', \\n\"\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a default becomes an expression": Change(
        t(column("a", String, server_default="x")),
        t(column("a", String, server_default=text("(lower('X:y%'))"))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    \"\\ta VARCHAR DEFAULT (lower('X:y%')), \\n\"\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    \"\\ta VARCHAR DEFAULT 'x', \\n\"\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a generated column is added": Change(
        t(column("a", Integer)),
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"))),
        Written(
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.add_column(sa.Column('b', sa.Integer(), sa.Computed('a * "
                "2', ), nullable=True))"
            ),
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.drop_column('b')"
            ),
        ),
        rows=NUMBERS,
    ),
    "a generated column is stored": Change(
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"))),
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2", persisted=True))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tb INTEGER GENERATED ALWAYS AS (a * 2) STORED, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tb INTEGER GENERATED ALWAYS AS (a * 2), \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=NUMBERS,
    ),
    "a generated column changes": Change(
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"))),
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 3"))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tb INTEGER GENERATED ALWAYS AS (a * 3), \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tb INTEGER GENERATED ALWAYS AS (a * 2), \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=NUMBERS,
    ),
    "a generated column becomes a plain one": Change(
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"))),
        t(column("a", Integer), column("b", Integer)),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tb INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a, b) SELECT id, a, b "
                "FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tb INTEGER GENERATED ALWAYS AS (a * 2), \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=NUMBERS,
    ),
    "a column is added": Change(
        t(column("a", String)),
        t(column("a", String), column("b", Integer)),
        Written(
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.add_column(sa.Column('b', sa.Integer(), nullable=True))"
            ),
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.drop_column('b')"
            ),
        ),
        rows=TEXTS,
    ),
    "a column with a UNIQUE is added": Change(
        t(column("a", String)),
        t(column("a", String), column("b", Integer, unique=True)),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR, \\n'\n"
                "    '\\tb INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tUNIQUE (b)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
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
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=TEXTS,
    ),
    "a column is dropped": Change(
        t(column("a", String), column("b", Integer)),
        t(column("a", String)),
        Written(
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.drop_column('b')"
            ),
            (
                "with op.batch_alter_table('t', schema=None) as batch_op:\n"
                "    batch_op.add_column(sa.Column('b', sa.INTEGER(), nullable=True))"
            ),
        ),
        rows=TEXTS,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_written_and_both_directions_keep_all_rows(name: str, tmp_path: Path) -> None:
    assert migrated(tmp_path, CHANGES[name]) == CHANGES[name].expected
