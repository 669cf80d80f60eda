"""Constraints of a SQLite: what is written for a change, run in both directions with rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import (
    Enum,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.rows import both, column, table, users
from tests.autogenerate.compare.sqlite.files import Change, migrated
from tests.autogenerate.compare.sqlite.states import (
    AGES_ROWS,
    NUMBERS,
    TEXTS,
    USERS,
    ages,
    ck,
    fk,
    ix,
    t,
    uq,
)

CHANGES = {
    "a CHECK with a name is added": Change(
        users(),
        users(ck("age > 0", "age")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT age CHECK (age > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a CHECK with a name is dropped": Change(
        users(ck("age > 0", "age")),
        users(),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT age CHECK (age > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a CHECK is changed": Change(
        users(ck("age > 0", "age")),
        users(ck("age > 1", "age")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT age CHECK (age > 1)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT age CHECK (age > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a CHECK without a name is added": Change(
        users(),
        users(ck("age > 0 AND name <> ':x%'")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    \"\\tCHECK (age > 0 AND name <> 'NULL%')\\n\"\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a CHECK without a name is dropped": Change(
        users(ck("age > 0")),
        users(),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (age > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a literal in a CHECK changes its case": Change(
        users(ck("name != 'A'")),
        users(ck("name != 'a'")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    \"\\tCHECK (name != 'a')\\n\"\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    \"\\tCHECK (name != 'A')\\n\"\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a CHECK of a column is added": Change(
        t(column("a", String)),
        t(column("a", String, ck("a <> ''", "c"))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    \"\\ta VARCHAR CONSTRAINT c CHECK (a <> ''), \\n\"\n"
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
    "a UNIQUE with a name is added": Change(
        users(),
        users(uq("name", name="u")),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.create_unique_constraint('u', ['name'])"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_constraint('u', type_='unique')"
            ),
        ),
        rows=USERS,
    ),
    "a UNIQUE without a name is added": Change(
        users(),
        users(uq("name")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tUNIQUE (name)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a UNIQUE without a name is dropped": Change(
        users(uq("name")),
        users(),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tUNIQUE (name)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a UNIQUE beside a CHECK without a name is added": Change(
        users(ck("age > 0")),
        users(ck("age > 0"), uq("name", name="u")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (age > 0), \\n'\n"
                "    '\\tCONSTRAINT u UNIQUE (name)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (age > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "the columns of a UNIQUE change their order": Change(
        users(uq("name", "age", name="u")),
        users(uq("age", "name", name="u")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT u UNIQUE (age, name)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT u UNIQUE (name, age)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a UNIQUE gets ON CONFLICT": Change(
        users(uq("name", name="u")),
        users(uq("name", name="u", sqlite_on_conflict="REPLACE")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT u UNIQUE (name) ON CONFLICT REPLACE\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT u UNIQUE (name)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
    ),
    "a UNIQUE gets another name": Change(
        users(uq("name", name="u")),
        users(uq("name", name="v")),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_constraint(batch_op.f('u'), type_='unique')\n"
                "    batch_op.create_unique_constraint('v', ['name'])"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_constraint('v', type_='unique')\n"
                "    batch_op.create_unique_constraint(batch_op.f('u'), ['name'])"
            ),
        ),
        rows=USERS,
    ),
    "a foreign key is added": Change(
        both(ages, users()),
        both(ages, users(fk("f"))),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.create_foreign_key('f', 'ages', ['age'], ['id'])"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_constraint('f', type_='foreignkey')"
            ),
        ),
        rows=AGES_ROWS,
    ),
    "a foreign key without a name is added": Change(
        both(ages, users()),
        both(ages, users(fk())),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tFOREIGN KEY(age) REFERENCES ages (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=AGES_ROWS,
    ),
    "a foreign key without a name is dropped": Change(
        both(ages, users(fk())),
        both(ages, users()),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tFOREIGN KEY(age) REFERENCES ages (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=AGES_ROWS,
    ),
    "a foreign key without a name is deferrable": Change(
        both(ages, users(fk())),
        both(ages, users(fk(deferrable=True, initially="DEFERRED"))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tFOREIGN KEY(age) REFERENCES ages (id) DEFERRABLE INITIALLY "
                "DEFERRED\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tFOREIGN KEY(age) REFERENCES ages (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=AGES_ROWS,
    ),
    "a primary key gets another column": Change(
        table("t", column("a", Integer, primary_key=True), column("b", Integer, nullable=False)),
        table("t", column("a", Integer, primary_key=True), column("b", Integer, primary_key=True)),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\ta INTEGER NOT NULL, \\n'\n"
                "    '\\tb INTEGER NOT NULL, \\n'\n"
                "    '\\tPRIMARY KEY (a, b)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (a, b) SELECT a, b FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\ta INTEGER NOT NULL, \\n'\n"
                "    '\\tb INTEGER NOT NULL, \\n'\n"
                "    '\\tPRIMARY KEY (a)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (a, b) SELECT a, b FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=("INSERT INTO t VALUES (1, 2)",),
    ),
    "a primary key gets a name": Change(
        table("t", column("a", String), lambda: PrimaryKeyConstraint("a", name="p")),
        table("t", column("a", String), lambda: PrimaryKeyConstraint("a", name="q")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\ta VARCHAR NOT NULL, \\n'\n"
                "    '\\tCONSTRAINT q PRIMARY KEY (a)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (a) SELECT a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\ta VARCHAR NOT NULL, \\n'\n"
                "    '\\tCONSTRAINT p PRIMARY KEY (a)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (a) SELECT a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=("INSERT INTO t VALUES ('1')",),
    ),
    "a STRICT table with a CHECK and an index is added": Change(
        users(),
        both(users(), t(column("a", Text, ck("a <> ''", "c")), ix("i", "a"), sqlite_strict=True)),
        Written(
            (
                "op.execute(\n"
                "    'CREATE TABLE t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    \"\\ta TEXT CONSTRAINT c CHECK (a <> ''), \\n\"\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')\\n'\n"
                "    ' STRICT'\n"
                ")\n"
                "op.execute('CREATE INDEX i ON t (a)')"
            ),
            ("op.execute('DROP TABLE t')"),
        ),
        rows=USERS,
    ),
    "a table changed by ALTER TABLE gets a CHECK": Change(
        t(column("a", String)),
        t(column("a", String), column("b", Integer), ck("id > 0"), ck("b > 0", "c")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR, \\n'\n"
                "    '\\tb INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (id > 0), \\n'\n"
                "    '\\tCONSTRAINT c CHECK (b > 0)\\n'\n"
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
                "    '\\ta VARCHAR, b INTEGER CONSTRAINT c CHECK (b > 0), \\n'\n"
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
        rows=("INSERT INTO t (id, a, b) VALUES (1, 'x', 2)",),
        sql_before=("ALTER TABLE t ADD COLUMN b INTEGER CONSTRAINT c CHECK (b > 0)",),
    ),
    "an enum that is a CHECK gets a value": Change(
        t(
            column(
                "a", Enum("x", "y", name="e", native_enum=False, create_constraint=True, length=9)
            )
        ),
        t(
            column(
                "a",
                Enum("x", "y", "z", name="e", native_enum=False, create_constraint=True, length=9),
            )
        ),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR(9), \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    \"\\tCONSTRAINT e CHECK (a IN ('x', 'y', 'z'))\\n\"\n"
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
                "    '\\ta VARCHAR(9), \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    \"\\tCONSTRAINT e CHECK (a IN ('x', 'y'))\\n\"\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=("INSERT INTO t VALUES (1, 'x')",),
    ),
    "a CHECK is added without batch mode": Change(
        users(),
        users(uq("name", name="u")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCONSTRAINT u UNIQUE (name)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_users (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tname VARCHAR(50), \\n'\n"
                "    '\\tage INTEGER, \\n'\n"
                "    '\\temail VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_users (id, name, age, email) "
                "SELECT id, name, age, email FROM users')\n"
                "op.execute('DROP TABLE users')\n"
                "op.execute('ALTER TABLE _alembic_tmp_users RENAME TO users')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=USERS,
        options={"render_as_batch": False},
    ),
    "a CHECK speaks of its own table": Change(
        t(column("a", Integer), ck("t.a > 0")),
        t(column("a", Integer), ck("t.a > 1")),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (a > 1)\\n'\n"
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
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (a > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=NUMBERS,
        exact=False,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_written_and_both_directions_keep_all_rows(name: str, tmp_path: Path) -> None:
    assert migrated(tmp_path, CHANGES[name]) == CHANGES[name].expected
