"""The key of a new table has 32 bits."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from alembic_guard import rules
from alembic_guard.ddl.directives import read_directive
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Table, Target
from tests.rules.judging import found

NAME = "integer-primary-key"
WHY = (
    "id has 32 bits. When it has counted that far, every INSERT fails, and to widen it then takes "
    "a rewrite of the table while nobody can read it."
)


def names(sql: str, **options: object) -> list[str]:
    return [each.name for each in found(sql, only=NAME, enable=(NAME,), **options)]  # type: ignore[arg-type]


def test_a_serial_key_is_found_and_the_fix_is_the_table_with_a_big_one() -> None:
    sql = (
        "CREATE TABLE invoices (id serial PRIMARY KEY, user_id integer NOT NULL "
        "CONSTRAINT invoices_user REFERENCES users (id), total numeric(10, 2) DEFAULT 0)"
    )
    assert found(sql, only=NAME, enable=(NAME,)) == [
        Finding(
            NAME,
            "The key of invoices ends at 2,147,483,647.",
            WHY,
            (
                'op.create_table("invoices", sa.Column("id", sa.BigInteger(), nullable=False), '
                'sa.Column("user_id", sa.Integer(), nullable=False), '
                'sa.Column("total", sa.Numeric(10, 2), server_default=sa.text("0")), '
                'sa.PrimaryKeyConstraint("id"), '
                'sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="invoices_user"))\n'
                'op.create_index("ix_invoices_user_id", "invoices", ["user_id"])',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
def test_so_is_that_of_the_directive(kind: str) -> None:
    operation = ops.CreateTableOp("invoices", [sa.Column("id", sa.Integer(), primary_key=True)])
    dialect = sa.create_mock_engine(f"{kind}://", lambda *_: None).dialect
    actions = read_directive(operation, dialect, kind)
    assert actions is not None
    (judged,) = found(*actions, kind=kind, only=NAME, enable=(NAME,))
    assert judged.next == (
        'op.create_table("invoices", sa.Column("id", sa.BigInteger(), nullable=False), '
        'sa.PrimaryKeyConstraint("id"))',
    )


def test_the_indexes_of_the_table_are_a_part_of_the_fix() -> None:
    sql = "CREATE TABLE invoices (id integer AUTO_INCREMENT PRIMARY KEY, note date, KEY n (note))"
    table = (
        'op.create_table("invoices", sa.Column("id", sa.BigInteger()), '
        'sa.Column("note", sa.Date()), sa.PrimaryKeyConstraint("id"))\n'
    )
    (judged,) = found(sql, kind="mariadb", only=NAME, enable=(NAME,))
    assert judged.next == (table + 'op.create_index("n", "invoices", ["note"])',)
    key, other = sa.Column("id", sa.Integer, primary_key=True), sa.Column("d", sa.Date, index=True)
    dialect = sa.create_mock_engine("postgresql://", lambda *_: None).dialect
    actions = read_directive(ops.CreateTableOp("invoices", [key, other]), dialect, "postgresql")
    step = Step(None, (), Place("a1.py", 1), 0, "a1")
    run = Run(Target("postgresql", (15, 0)))
    judged = next(rules.judge([(step, actions or ())], run, enable=(NAME,))).finding
    assert judged.next == (
        'op.create_table("invoices", sa.Column("id", sa.BigInteger(), nullable=False), '
        'sa.Column("d", sa.Date()), sa.PrimaryKeyConstraint("id"))\n'
        'op.create_index("ix_invoices_d", "invoices", ["d"])',
    )


def test_an_index_that_the_revision_makes_later_is_not() -> None:
    sql = "CREATE TABLE invoices (id serial PRIMARY KEY, user_id integer REFERENCES users)"
    (judged,) = found(sql, "CREATE INDEX i ON invoices (user_id)", only=NAME, enable=(NAME,))
    assert judged.next == (
        'op.create_table("invoices", sa.Column("id", sa.BigInteger(), nullable=False), '
        'sa.Column("user_id", sa.Integer()), sa.PrimaryKeyConstraint("id"), '
        'sa.ForeignKeyConstraint(["user_id"], ["users.id"]))',
    )


def test_an_unsigned_one_ends_later_and_stays_unsigned() -> None:
    sql = "CREATE TABLE invoices (id int unsigned AUTO_INCREMENT PRIMARY KEY)"
    (judged,) = found(sql, kind="mariadb", only=NAME, enable=(NAME,))
    assert (judged.message, judged.next) == (
        "The key of invoices ends at 4,294,967,295.",
        (
            'op.create_table("invoices", '
            'sa.Column("id", sa.dialects.mysql.BIGINT(unsigned=True)), '
            'sa.PrimaryKeyConstraint("id"))',
        ),
    )


def test_a_table_that_has_no_code_gets_the_column_alone() -> None:
    sql = "CREATE TABLE invoices (id integer PRIMARY KEY, mood mood)"
    (judged,) = found(sql, only=NAME, enable=(NAME,))
    assert judged.next == ('sa.Column("id", sa.BigInteger(), primary_key=True)',)


@pytest.mark.parametrize(
    "columns",
    [
        "id bigint PRIMARY KEY",
        "id bigserial PRIMARY KEY",
        "id uuid PRIMARY KEY",
        "id smallint PRIMARY KEY",
        "id integer",
        "user_id integer, shop_id integer, PRIMARY KEY (user_id, shop_id)",
        "user_id integer PRIMARY KEY REFERENCES users (id)",
        "user_id integer, PRIMARY KEY (user_id), FOREIGN KEY (user_id) REFERENCES users (id)",
    ],
)
def test_wide_keys_and_those_that_are_as_wide_as_another_are_silent(columns: str) -> None:
    assert names(f"CREATE TABLE invoices ({columns})") == []


def test_tables_that_do_not_last_or_are_there_already_are_silent() -> None:
    columns = "(id integer PRIMARY KEY)"
    assert names(f"CREATE TEMPORARY TABLE invoices {columns}") == []
    there = [Table("invoices", rows=5)]
    assert names(f"CREATE TABLE IF NOT EXISTS invoices {columns}", tables=there) == []
    assert names(f"CREATE TABLE IF NOT EXISTS invoices {columns}") == [NAME]


def test_an_integer_of_sqlite_has_64_bits() -> None:
    assert names("CREATE TABLE invoices (id INTEGER PRIMARY KEY)", kind="sqlite") == []
