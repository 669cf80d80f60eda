"""A new table with foreign keys to several tables."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "new-table-locks-referenced"
SQL = (
    "CREATE TABLE owners (user_id integer REFERENCES users (id), shop_id bigint, "
    "PRIMARY KEY (user_id, shop_id), "
    "CONSTRAINT owners_shop FOREIGN KEY (shop_id) REFERENCES shops (id))"
)


def names(*statements: str, **options: object) -> list[str]:
    return [each.name for each in found(*statements, only=NAME, **options)]  # type: ignore[arg-type]


def test_two_tables_are_locked_and_the_fix_adds_the_second_key_later() -> None:
    assert found(SQL, only=NAME) == [
        Finding(
            NAME,
            "Creating owners makes writes to users and shops wait for one another.",
            "Each foreign key takes SHARE ROW EXCLUSIVE on the table that it refers to. It is "
            "brief, but held to the commit: while one lock waits, writes to the other tables do "
            "too.",
            (
                'op.create_table("owners", sa.Column("user_id", sa.Integer(), nullable=False), '
                'sa.Column("shop_id", sa.BigInteger(), nullable=False), '
                'sa.PrimaryKeyConstraint("user_id", "shop_id"), '
                'sa.ForeignKeyConstraint(["user_id"], ["users.id"]))\n'
                'op.create_index("ix_owners_shop_id", "owners", ["shop_id"])',
                'op.create_foreign_key("owners_shop", "owners", "shops", ["shop_id"], ["id"], '
                "postgresql_not_valid=True)",
                'op.execute("ALTER TABLE owners VALIDATE CONSTRAINT owners_shop")',
            ),
            severity=Severity.NOTE,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_one_foreign_key_which_is_the_commonest_migration_of_all_is_silent() -> None:
    sql = "CREATE TABLE invoices (id bigint PRIMARY KEY, user_id integer REFERENCES users (id))"
    assert names(sql) == []


def test_one_table_that_is_referred_to_twice_is_one() -> None:
    columns = "id bigint PRIMARY KEY, a integer REFERENCES users (id), b integer REFERENCES users"
    assert names(f"CREATE TABLE invoices ({columns})") == []


def test_new_and_empty_tables_and_the_table_itself_do_not_count() -> None:
    assert names("CREATE TABLE shops (id bigint PRIMARY KEY)", SQL) == []
    assert names(SQL, tables=[Table("shops", rows=0), Table("users", rows=5)]) == []
    own = SQL.replace("REFERENCES shops", "REFERENCES owners")
    assert names(own) == []


def test_a_table_that_is_there_already_is_silent() -> None:
    sql = SQL.replace("TABLE", "TABLE IF NOT EXISTS", 1)
    assert names(sql, tables=[Table("owners", rows=5)]) == []
    assert names(sql) == [NAME]


def test_a_table_that_has_no_code_gets_the_later_keys_alone() -> None:
    (judged,) = found(SQL.replace("shop_id bigint", "mood mood, shop_id bigint"), only=NAME)
    assert judged.next == (
        'op.create_foreign_key("owners_shop", "owners", "shops", ["shop_id"], ["id"], '
        "postgresql_not_valid=True)",
        'op.execute("ALTER TABLE owners VALIDATE CONSTRAINT owners_shop")',
    )
