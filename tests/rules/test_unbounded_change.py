"""An UPDATE or DELETE of all rows."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Constraint, Table
from alembic_guard.sql_types import parse_type
from tests.rules.judging import found

NAME = "unbounded-change"


def test_an_update_without_where_is_done_in_pages_of_the_primary_key() -> None:
    assert found("UPDATE orders SET note = 'a:b'", only=NAME) == [
        Finding(
            NAME,
            "Every write to orders waits until one update of all its rows is committed.",
            "An UPDATE locks each row that it writes.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'ends = sa.text("SELECT id FROM (SELECT id FROM orders WHERE id > :after ORDER '
                'BY id LIMIT 10000) AS page ORDER BY id DESC LIMIT 1")\n'
                "page = sa.text(\"UPDATE orders SET note = 'a:b' WHERE id > :after AND id <= "
                ':until")\n'
                "after = -(2**31)\n"
                "with op.get_context().autocommit_block():\n"
                '    while (until := op.get_bind().scalar(ends, {"after": after})) is not '
                "None:\n"
                '        op.get_bind().execute(page, {"after": after, "until": until})\n'
                "        after = until",
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_delete_without_where_is_done_in_batches() -> None:
    assert found("DELETE FROM orders", only=NAME) == [
        Finding(
            NAME,
            "Every write to orders waits until one delete of all its rows is committed.",
            "A DELETE locks each row that it deletes.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'batch = sa.text("DELETE FROM orders WHERE ctid IN (SELECT ctid FROM orders '
                'LIMIT 10000)")\n'
                "with op.get_context().autocommit_block():\n"
                "    while op.get_bind().execute(batch).rowcount:\n"
                "        pass",
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DELETE FROM orders", kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "Every write to orders waits until one delete of all its rows is committed.",
            "A DELETE locks each row that it deletes.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'batch = sa.text("DELETE FROM orders WHERE true LIMIT 10000")\n'
                "with op.get_context().autocommit_block():\n"
                "    while op.get_bind().execute(batch).rowcount:\n"
                "        pass",
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_pages_begin_below_every_key_of_its_type() -> None:
    columns = {"code": Column("code", parse_type("uuid"))}
    key = {"pk": Constraint("primary key", "pk", ("code",))}
    table = Table("Orders", columns, key, complete=True, rows=5)
    sql = 'UPDATE "Orders" SET note = NULL'
    assert found(sql, tables=[table], only=NAME) == [
        Finding(
            NAME,
            "Every write to Orders waits until one update of all its rows is committed.",
            "An UPDATE locks each row that it writes.\nOrders has about 5 rows.",
            (
                'ends = sa.text("SELECT code FROM (SELECT code FROM \\"Orders\\" WHERE code > '
                ':after ORDER BY code LIMIT 10000) AS page ORDER BY code DESC LIMIT 1")\n'
                'page = sa.text("UPDATE \\"Orders\\" SET note = NULL WHERE code > :after AND '
                'code <= :until")\n'
                'after = "00000000-0000-0000-0000-000000000000"\n'
                "with op.get_context().autocommit_block():\n"
                '    while (until := op.get_bind().scalar(ends, {"after": after})) is not '
                "None:\n"
                '        op.get_bind().execute(page, {"after": after, "until": until})\n'
                "        after = until",
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_values_that_are_not_known_are_to_be_filled_in() -> None:
    assert found("UPDATE orders SET note = $1", only=NAME)[0].next == (
        "# Fill in the values.\n"
        'ends = sa.text("SELECT id FROM (SELECT id FROM orders WHERE id > :after ORDER '
        'BY id LIMIT 10000) AS page ORDER BY id DESC LIMIT 1")\n'
        'page = sa.text("UPDATE orders SET note = ... WHERE id > :after AND id <= '
        ':until")\n'
        "after = -(2**31)\n"
        "with op.get_context().autocommit_block():\n"
        '    while (until := op.get_bind().scalar(ends, {"after": after})) is not '
        "None:\n"
        '        op.get_bind().execute(page, {"after": after, "until": until})\n'
        "        after = until",
    )


def test_without_a_key_of_one_column_the_line_is_let_through_with_a_reason() -> None:
    table = Table("orders", complete=True, rows=5)
    assert found("UPDATE orders SET note = 'x'", tables=[table], only=NAME)[0].next == (
        "op.execute(\"UPDATE orders SET note = 'x'\")  # guard: allow(unbounded-change) "
        "few rows, and nobody waits",
    )


def test_a_condition_and_new_or_empty_tables_raise_nothing() -> None:
    assert found("UPDATE orders SET note = '' WHERE note IS NULL", only=NAME) == []
    assert found("CREATE TABLE orders (id int)", "DELETE FROM orders", only=NAME) == []
    empty = Table("orders", rows=0, complete=True)
    assert found("DELETE FROM orders", tables=[empty], only=NAME) == []


def test_under_the_lock_of_an_alter_table_it_is_another_rules() -> None:
    alter = "ALTER TABLE orders ADD COLUMN memo text"
    assert found(alter, "DELETE FROM orders", only=NAME) == []
