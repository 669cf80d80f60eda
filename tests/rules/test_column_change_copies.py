"""Another type of a column."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Column, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "column-change-copies"
SQL = "ALTER TABLE orders MODIFY shop_id bigint"
OLD = {"shop_id": Column("shop_id", SqlType("integer"))}
ORDERS = Table("orders", OLD, complete=True, rows=9_000)


def test_another_type_copies_and_the_fix_is_a_column_beside() -> None:
    assert found(SQL, kind="mariadb", tables=[ORDERS], only=NAME) == [
        Finding(
            NAME,
            ("Changing orders.shop_id to bigint copies all of orders, and every write waits."),
            (
                "It was integer, which is stored in another way. The server uses "
                "ALGORITHM=COPY with LOCK=SHARED.\n"
                "orders has about 9,000 rows."
            ),
            (
                (
                    "# After this, let every instance write shop_id and shop_id_as_bigint.\n"
                    'op.add_column("orders", sa.Column("shop_id_as_bigint", sa.BigInteger()))'
                ),
                (
                    "# Once they do; after this, let every instance read shop_id_as_bigint, and "
                    "drop orders.shop_id when none uses it.\n"
                    'batch = sa.text("UPDATE orders SET shop_id_as_bigint = shop_id '
                    'WHERE shop_id_as_bigint IS NULL AND shop_id IS NOT NULL LIMIT 10000")\n'
                    "with op.get_context().autocommit_block():\n"
                    "    while op.get_bind().execute(batch).rowcount:\n"
                    "        pass"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(SQL, kind="mysql", tables=[ORDERS], only=NAME) == [
        Finding(
            NAME,
            ("Changing orders.shop_id to bigint copies all of orders, and every write waits."),
            (
                "It was integer, which is stored in another way. The server uses "
                "ALGORITHM=COPY with LOCK=SHARED.\n"
                "orders has about 9,000 rows."
            ),
            (
                (
                    "# After this, let every instance write shop_id and shop_id_as_bigint.\n"
                    'op.add_column("orders", sa.Column("shop_id_as_bigint", sa.BigInteger()))'
                ),
                (
                    "# Once they do; after this, let every instance read shop_id_as_bigint, and "
                    "drop orders.shop_id when none uses it.\n"
                    'batch = sa.text("UPDATE orders SET shop_id_as_bigint = shop_id '
                    'WHERE shop_id_as_bigint IS NULL AND shop_id IS NOT NULL LIMIT 10000")\n'
                    "with op.get_context().autocommit_block():\n"
                    "    while op.get_bind().execute(batch).rowcount:\n"
                    "        pass"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_type_that_is_not_known_is_a_warning() -> None:
    assert found(SQL, kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            ("Changing orders.shop_id to bigint may copy all of orders, and every write waits."),
            (
                "Its type of before is not known: assumed is another one. The server "
                "uses ALGORITHM=COPY with LOCK=SHARED.\n"
                "No database was asked how large orders is: it is judged as a large "
                "table."
            ),
            (
                (
                    "# After this, let every instance write shop_id and shop_id_as_bigint.\n"
                    'op.add_column("orders", sa.Column("shop_id_as_bigint", sa.BigInteger()))'
                ),
                (
                    "# Once they do; after this, let every instance read shop_id_as_bigint, and "
                    "drop orders.shop_id when none uses it.\n"
                    'batch = sa.text("UPDATE orders SET shop_id_as_bigint = shop_id '
                    'WHERE shop_id_as_bigint IS NULL AND shop_id IS NOT NULL LIMIT 10000")\n'
                    "with op.get_context().autocommit_block():\n"
                    "    while op.get_bind().execute(batch).rowcount:\n"
                    "        pass"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_another_character_set_copies_too() -> None:
    assert found(
        "ALTER TABLE orders MODIFY note text COLLATE latin1_bin",
        kind="mysql",
        tables=[
            Table(
                "orders",
                {"note": Column("note", SqlType("text"), collation="utf8mb4_bin")},
                complete=True,
            )
        ],
        only=NAME,
    ) == [
        Finding(
            NAME,
            "Changing orders.note copies all of orders, and every write waits.",
            (
                "Its character set, or what else it is, is stored in another way. "
                "The server uses ALGORITHM=COPY with LOCK=SHARED.\n"
                "How large orders is, is not known: it is judged as a large table."
            ),
            (
                (
                    "# After this, let every instance write note and note_as_text.\n"
                    'op.add_column("orders", sa.Column("note_as_text", sa.Text()))'
                ),
                (
                    "# Once they do; after this, let every instance read note_as_text, and drop "
                    "orders.note when none uses it.\n"
                    'batch = sa.text("UPDATE orders SET note_as_text = note WHERE '
                    'note_as_text IS NULL AND note IS NOT NULL LIMIT 10000")\n'
                    "with op.get_context().autocommit_block():\n"
                    "    while op.get_bind().execute(batch).rowcount:\n"
                    "        pass"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_lists_and_longer_varchars_are_told_of_elsewhere() -> None:
    assert (
        found(
            "ALTER TABLE orders MODIFY shop_id enum('b')",
            kind="mariadb",
            tables=[
                Table(
                    "orders",
                    {"shop_id": Column("shop_id", SqlType("enum", ("a", "b")))},
                    complete=True,
                )
            ],
            only=NAME,
        )
        == []
    )
    assert (
        found(
            "ALTER TABLE orders MODIFY shop_id varchar(300)",
            kind="mysql",
            tables=[
                Table(
                    "orders",
                    {"shop_id": Column("shop_id", SqlType("varchar", ("9",)))},
                    complete=True,
                )
            ],
            only=NAME,
        )
        == []
    )


def test_what_copies_nothing_is_silent() -> None:
    assert (
        found(
            "ALTER TABLE orders MODIFY shop_id integer NOT NULL",
            kind="mariadb",
            tables=[ORDERS],
            only=NAME,
        )
        == []
    )
    assert (
        found(
            "ALTER TABLE orders CHANGE shop_id shop integer",
            kind="mariadb",
            tables=[ORDERS],
            only=NAME,
        )
        == []
    )
    assert found(SQL, kind="mariadb", version=(11, 4), tables=[ORDERS], only=NAME) == []
    assert (
        found(SQL, kind="mariadb", tables=[Table("orders", OLD, complete=True, rows=0)], only=NAME)
        == []
    )
    assert found("CREATE TABLE orders (shop_id integer)", SQL, kind="mariadb", only=NAME) == []
