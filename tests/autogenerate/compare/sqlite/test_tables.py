"""Tables of a SQLite as a whole: options, names, and what refers to them; with rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import (
    ForeignKey,
    Integer,
    String,
    Text,
)

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.rows import both, column, table, users
from tests.autogenerate.compare.sqlite.files import Change, migrated
from tests.autogenerate.compare.sqlite.states import (
    AGES_ROWS,
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
    "a foreign key deletes with what it refers to": Change(
        both(ages, users(fk("f"))),
        both(ages, users(fk("f", ondelete="CASCADE"))),
        Written(
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_constraint(batch_op.f('f'), type_='foreignkey')\n"
                "    batch_op.create_foreign_key('f', 'ages', ['age'], ['id'], "
                "ondelete='CASCADE')"
            ),
            (
                "with op.batch_alter_table('users', schema=None) as batch_op:\n"
                "    batch_op.drop_constraint('f', type_='foreignkey')\n"
                "    batch_op.create_foreign_key(batch_op.f('f'), 'ages', ['age'], "
                "['id'])"
            ),
        ),
        rows=AGES_ROWS,
    ),
    "a column of a STRICT table is dropped": Change(
        t(column("a", Text), column("b", Integer), sqlite_strict=True),
        t(column("a", Text), sqlite_strict=True),
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
    "a table becomes STRICT": Change(
        t(column("a", Text)),
        t(column("a", Text), sqlite_strict=True),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta TEXT, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')\\n'\n"
                "    ' STRICT'\n"
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
        rows=TEXTS,
    ),
    "a table loses its ROWID": Change(
        t(column("a", Text)),
        t(column("a", Text), sqlite_with_rowid=False),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta TEXT, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')\\n'\n"
                "    ' WITHOUT ROWID'\n"
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
        rows=TEXTS,
    ),
    "a table gets AUTOINCREMENT": Change(
        t(column("a", Text)),
        t(column("a", Text), sqlite_autoincrement=True),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \\n'\n"
                "    '\\ta TEXT\\n'\n"
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
        rows=TEXTS,
    ),
    "a table with AUTOINCREMENT remembers its greatest number": Change(
        t(column("a", Text), sqlite_autoincrement=True),
        t(column("a", Text), ck("id > 0"), sqlite_autoincrement=True),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \\n'\n"
                "    '\\ta TEXT, \\n'\n"
                "    '\\tCHECK (id > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                'op.execute("DELETE FROM sqlite_sequence WHERE name = '
                "'_alembic_tmp_t'\")\n"
                'op.execute("INSERT INTO sqlite_sequence (name, seq) SELECT '
                "'_alembic_tmp_t', seq FROM sqlite_sequence WHERE name = 't'\")\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \\n'\n"
                "    '\\ta TEXT\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                'op.execute("DELETE FROM sqlite_sequence WHERE name = '
                "'_alembic_tmp_t'\")\n"
                'op.execute("INSERT INTO sqlite_sequence (name, seq) SELECT '
                "'_alembic_tmp_t', seq FROM sqlite_sequence WHERE name = 't'\")\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=(*TEXTS, "DELETE FROM t WHERE id = 9"),
    ),
    "what refers to a table is kept where foreign keys are enforced": Change(
        both(
            ages,
            table(
                "k",
                column(
                    "id",
                    Integer,
                    lambda: ForeignKey("ages.id", ondelete="CASCADE"),
                    primary_key=True,
                ),
            ),
        ),
        both(
            table("ages", column("id", Integer, primary_key=True), ck("id > 0")),
            table(
                "k",
                column(
                    "id",
                    Integer,
                    lambda: ForeignKey("ages.id", ondelete="CASCADE"),
                    primary_key=True,
                ),
            ),
        ),
        Written(
            (
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=OFF')\n"
                "\n"
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_ages (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (id > 0)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_ages (id) SELECT id FROM ages')\n"
                "op.execute('DROP TABLE ages')\n"
                "op.execute('ALTER TABLE _alembic_tmp_ages RENAME TO ages')\n"
                "op.execute('RELEASE rebuild')\n"
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=ON')"
            ),
            (
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=OFF')\n"
                "\n"
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_ages (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_ages (id) SELECT id FROM ages')\n"
                "op.execute('DROP TABLE ages')\n"
                "op.execute('ALTER TABLE _alembic_tmp_ages RENAME TO ages')\n"
                "op.execute('RELEASE rebuild')\n"
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=ON')"
            ),
        ),
        rows=("INSERT INTO ages VALUES (1), (2)", "INSERT INTO k VALUES (1), (2)"),
        enforced=True,
    ),
    "a table that refers to itself is changed where foreign keys are enforced": Change(
        t(column("a", Integer, lambda: ForeignKey("t.id", ondelete="CASCADE"))),
        t(
            column("a", Integer, lambda: ForeignKey("t.id", ondelete="CASCADE"), nullable=True),
            ck("id > 0"),
        ),
        Written(
            (
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=OFF')\n"
                "\n"
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (id > 0), \\n'\n"
                "    '\\tFOREIGN KEY(a) REFERENCES t (id) ON DELETE CASCADE\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')\n"
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=ON')"
            ),
            (
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=OFF')\n"
                "\n"
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tFOREIGN KEY(a) REFERENCES t (id) ON DELETE CASCADE\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')\n"
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=ON')"
            ),
        ),
        rows=("INSERT INTO t VALUES (1, NULL), (2, 1)",),
        enforced=True,
    ),
    "a column of a table that others refer to where foreign keys are enforced": Change(
        both(
            t(column("a", String(5))),
            table(
                "k",
                column(
                    "id", Integer, lambda: ForeignKey("t.id", ondelete="CASCADE"), primary_key=True
                ),
            ),
        ),
        both(
            t(column("a", String(6))),
            table(
                "k",
                column(
                    "id", Integer, lambda: ForeignKey("t.id", ondelete="CASCADE"), primary_key=True
                ),
            ),
        ),
        Written(
            (
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=OFF')\n"
                "\n"
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
                "op.execute('RELEASE rebuild')\n"
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=ON')"
            ),
            (
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=OFF')\n"
                "\n"
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
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')\n"
                "with op.get_context().autocommit_block():\n"
                "    op.execute('PRAGMA foreign_keys=ON')"
            ),
        ),
        rows=(*TEXTS, "INSERT INTO k VALUES (1), (2)"),
        enforced=True,
    ),
    "a STRICT table with a trigger is dropped": Change(
        both(users(), t(column("a", Text), ix("i", "a"), sqlite_strict=True)),
        users(),
        Written(
            ("op.execute('DROP TABLE t')"),
            (
                "op.execute(\n"
                "    'CREATE TABLE t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta TEXT, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')\\n'\n"
                "    ' STRICT'\n"
                ")\n"
                "op.execute('CREATE INDEX i ON t (a)')\n"
                "op.execute('CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END')"
            ),
        ),
        rows=(*USERS,),
        sql_before=("CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",),
    ),
    "a plain table is added": Change(
        users(),
        both(users(), t(column("a", Text))),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('a', sa.Text(), nullable=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")"
            ),
            ("op.drop_table('t')"),
        ),
        rows=USERS,
    ),
    "names that must be quoted": Change(
        table(
            'my "t"',
            column("id", Integer, primary_key=True),
            column("a b", String),
            column("order", Integer),
        ),
        table(
            'my "t"',
            column("id", Integer, primary_key=True),
            column("a b", String),
            column("order", Integer),
            ck("\"a b\" <> 'x'"),
            ix("i-x", "order"),
        ),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                '    \'CREATE TABLE "_alembic_tmp_my ""t""" (\\n\'\n'
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\t\"a b\" VARCHAR, \\n'\n"
                "    '\\t\"order\" INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tCHECK (\"a b\" <> \\'x\\')\\n'\n"
                "    ')'\n"
                ")\n"
                'op.execute(\'INSERT INTO "_alembic_tmp_my ""t""" (id, "a b", "order") '
                'SELECT id, "a b", "order" FROM "my ""t"""\')\n'
                'op.execute(\'DROP TABLE "my ""t"""\')\n'
                'op.execute(\'ALTER TABLE "_alembic_tmp_my ""t""" RENAME TO "my '
                '""t"""\')\n'
                'op.execute(\'CREATE INDEX "i-x" ON "my ""t""" ("order")\')\n'
                "op.execute('RELEASE rebuild')"
            ),
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                '    \'CREATE TABLE "_alembic_tmp_my ""t""" (\\n\'\n'
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\t\"a b\" VARCHAR, \\n'\n"
                "    '\\t\"order\" INTEGER, \\n'\n"
                "    '\\tPRIMARY KEY (id)\\n'\n"
                "    ')'\n"
                ")\n"
                'op.execute(\'INSERT INTO "_alembic_tmp_my ""t""" (id, "a b", "order") '
                'SELECT id, "a b", "order" FROM "my ""t"""\')\n'
                'op.execute(\'DROP TABLE "my ""t"""\')\n'
                'op.execute(\'ALTER TABLE "_alembic_tmp_my ""t""" RENAME TO "my '
                '""t"""\')\n'
                "op.execute('RELEASE rebuild')"
            ),
        ),
        rows=('INSERT INTO "my ""t""" VALUES (1, \'x y\', 3)',),
    ),
    "two tables change at once": Change(
        both(users(), t(column("a", String))),
        both(users(ck("age > 0")), t(column("a", String), uq("a"))),
        Written(
            (
                "op.execute('SAVEPOINT rebuild')\n"
                "op.execute(\n"
                "    'CREATE TABLE _alembic_tmp_t (\\n'\n"
                "    '\\tid INTEGER NOT NULL, \\n'\n"
                "    '\\ta VARCHAR, \\n'\n"
                "    '\\tPRIMARY KEY (id), \\n'\n"
                "    '\\tUNIQUE (a)\\n'\n"
                "    ')'\n"
                ")\n"
                "op.execute('INSERT INTO _alembic_tmp_t (id, a) SELECT id, a FROM t')\n"
                "op.execute('DROP TABLE t')\n"
                "op.execute('ALTER TABLE _alembic_tmp_t RENAME TO t')\n"
                "op.execute('RELEASE rebuild')\n"
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
                "op.execute('RELEASE rebuild')\n"
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
        rows=(*USERS, *TEXTS),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_written_and_both_directions_keep_all_rows(name: str, tmp_path: Path) -> None:
    assert migrated(tmp_path, CHANGES[name]) == CHANGES[name].expected
