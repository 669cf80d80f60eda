"""Materialized views with their indexes: a table of changes, and one of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Engine, Index, Integer, MetaData, String, Table

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    execute,
    seeing_all,
    typed,
    without_event_triggers,
)

M = "CREATE MATERIALIZED VIEW m AS SELECT id, age FROM users"
M2 = f"{M} WHERE id > 1"
BY_ID = "CREATE UNIQUE INDEX m_id ON m (id)"
BY_AGE = "CREATE INDEX m_age ON m (age DESC) WHERE age IS NOT NULL"
KEPT = "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one"
"""They are managed as soon as one is declared."""

NEW_IN_2_1 = pytest.mark.skipif(
    not hasattr(sa.schema, "CreateView"), reason="SQLAlchemy has CreateView since 2.1"
)


def created(*columns: str) -> State:
    """One as SQLAlchemy 2.1 declares it, with an index on each of some columns."""

    def state(metadata: MetaData) -> None:
        users = Table("users", metadata, Column("id", Integer), Column("name", String(50)))
        made = sa.schema.CreateView(
            sa.select(users.c.id, users.c.name), "m", metadata=metadata, materialized=True
        )
        for each in columns:
            Index(f"m_{each}", made.table.c[each])

    return state


CHANGES: dict[str, tuple[Any, ...]] = {
    "one is added with its indexes": (
        typed(),
        typed(M, BY_ID, BY_AGE),
        Written(
            (
                "op.execute('CREATE MATERIALIZED VIEW m AS SELECT id, age FROM users')\n"
                "op.execute('CREATE UNIQUE INDEX m_id ON m (id)')\n"
                "op.execute('CREATE INDEX m_age ON m (age DESC) WHERE age IS NOT NULL')"
            ),
            "op.execute('DROP MATERIALIZED VIEW m')",
        ),
    ),
    "one is dropped with its indexes": (
        typed(M, BY_ID, BY_AGE, KEPT),
        typed(KEPT),
        Written(
            "op.execute('DROP MATERIALIZED VIEW m')",
            (
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute('CREATE UNIQUE INDEX m_id ON m USING btree (id)')\n"
                "op.execute('CREATE INDEX m_age ON m USING btree (age DESC) WHERE (age "
                "IS NOT NULL)')"
            ),
        ),
    ),
    "its query changes, and its indexes come again": (
        typed(M, BY_ID, BY_AGE),
        typed(M2, BY_ID, BY_AGE),
        Written(
            (
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute('CREATE MATERIALIZED VIEW m AS SELECT id, age FROM users "
                "WHERE id > 1')\n"
                "op.execute('CREATE UNIQUE INDEX m_id ON m (id)')\n"
                "op.execute('CREATE INDEX m_age ON m (age DESC) WHERE age IS NOT NULL')"
            ),
            (
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute('CREATE UNIQUE INDEX m_id ON m USING btree (id)')\n"
                "op.execute('CREATE INDEX m_age ON m USING btree (age DESC) WHERE (age "
                "IS NOT NULL)')"
            ),
        ),
    ),
    "an index is added": (
        typed(M),
        typed(M, BY_ID),
        Written(
            "op.execute('CREATE UNIQUE INDEX m_id ON m (id)')", "op.execute('DROP INDEX m_id')"
        ),
    ),
    "an index is dropped": (
        typed(M, BY_ID, BY_AGE),
        typed(M, BY_ID),
        Written(
            "op.execute('DROP INDEX m_age')",
            "op.execute('CREATE INDEX m_age ON m USING btree (age DESC) WHERE (age IS NOT NULL)')",
        ),
    ),
    "an index changes": (
        typed(M, BY_AGE),
        typed(M, BY_AGE.replace("DESC", "ASC")),
        Written(
            (
                "op.execute('DROP INDEX m_age')\n"
                "op.execute('CREATE INDEX m_age ON m (age ASC) WHERE age IS NOT NULL')"
            ),
            (
                "op.execute('DROP INDEX m_age')\n"
                "op.execute('CREATE INDEX m_age ON m USING btree (age DESC) WHERE (age "
                "IS NOT NULL)')"
            ),
        ),
    ),
    "its query and an index change": (
        typed(M, BY_ID, BY_AGE),
        typed(M2, BY_AGE.replace("DESC", "ASC")),
        Written(
            (
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute('CREATE MATERIALIZED VIEW m AS SELECT id, age FROM users "
                "WHERE id > 1')\n"
                "op.execute('CREATE INDEX m_age ON m (age ASC) WHERE age IS NOT NULL')"
            ),
            (
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute('CREATE UNIQUE INDEX m_id ON m USING btree (id)')\n"
                "op.execute('CREATE INDEX m_age ON m USING btree (age DESC) WHERE (age "
                "IS NOT NULL)')"
            ),
        ),
    ),
    "one without data": (
        typed(),
        typed(f"{M} WITH NO DATA"),
        Written(
            "op.execute('CREATE MATERIALIZED VIEW m AS SELECT id, age FROM users WITH NO DATA')",
            "op.execute('DROP MATERIALIZED VIEW m')",
        ),
    ),
    "one without data in the database is dropped": (
        typed(f"{M} WITH NO DATA", KEPT),
        typed(KEPT),
        Written(
            "op.execute('DROP MATERIALIZED VIEW m')",
            (
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users\\n'\n"
                "    'WITH NO DATA'\n"
                ")"
            ),
        ),
    ),
    "storage parameters change": (
        typed(M),
        typed(M.replace("m AS", "m WITH (fillfactor = 70) AS")),
        Written(
            (
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute('CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS SELECT "
                "id, age FROM users')"
            ),
            (
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a column that it reads has another type": (
        typed(M, BY_AGE, "CREATE VIEW v AS SELECT age FROM m"),
        typed(M, BY_AGE, "CREATE VIEW v AS SELECT age FROM m", age=BigInteger),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.execute('CREATE MATERIALIZED VIEW m AS SELECT id, age FROM users')\n"
                "op.execute('CREATE INDEX m_age ON m (age DESC) WHERE age IS NOT NULL')\n"
                "op.execute('CREATE VIEW v AS SELECT age FROM m')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute('CREATE INDEX m_age ON m USING btree (age DESC) WHERE (age "
                "IS NOT NULL)')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT m.age\\n'\n"
                "    '   FROM m'\n"
                ")"
            ),
        ),
    ),
    "it is given a comment": (
        typed(M),
        typed(M, "COMMENT ON MATERIALIZED VIEW m IS 'x'"),
        Written(
            "op.execute(\"COMMENT ON MATERIALIZED VIEW m IS 'x'\")",
            "op.execute('COMMENT ON MATERIALIZED VIEW m IS NULL')",
        ),
    ),
    "it has privileges, a comment and one built on it": (
        typed(
            *(
                M,
                "CREATE MATERIALIZED VIEW n AS SELECT id FROM m",
                "GRANT SELECT ON m TO pg_monitor",
            ),
            *("COMMENT ON MATERIALIZED VIEW m IS 'x'", "COMMENT ON COLUMN m.id IS 'y'"),
        ),
        typed(
            *(
                M2,
                "CREATE MATERIALIZED VIEW n AS SELECT id FROM m",
                "GRANT SELECT ON m TO pg_monitor",
            ),
            *("COMMENT ON MATERIALIZED VIEW m IS 'x'", "COMMENT ON COLUMN m.id IS 'y'"),
        ),
        Written(
            (
                "op.execute('DROP MATERIALIZED VIEW n')\n"
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute('CREATE MATERIALIZED VIEW m AS SELECT id, age FROM users "
                "WHERE id > 1')\n"
                "op.execute(\"COMMENT ON MATERIALIZED VIEW m IS 'x'\")\n"
                "op.execute(\"COMMENT ON COLUMN m.id IS 'y'\")\n"
                "op.execute('GRANT SELECT ON TABLE m TO pg_monitor')\n"
                "op.execute('CREATE MATERIALIZED VIEW n AS SELECT id FROM m')"
            ),
            (
                "op.execute('DROP MATERIALIZED VIEW n')\n"
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute(\"COMMENT ON MATERIALIZED VIEW m IS 'x'\")\n"
                "op.execute(\"COMMENT ON COLUMN m.id IS 'y'\")\n"
                "op.execute('GRANT SELECT ON TABLE m TO pg_monitor')\n"
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW n AS\\n'\n"
                "    'SELECT m.id\\n'\n"
                "    '   FROM m'\n"
                ")"
            ),
        ),
    ),
    "it becomes a view": (
        typed(M, BY_ID),
        typed("CREATE VIEW m AS SELECT id, age FROM users"),
        Written(
            (
                "op.execute('DROP MATERIALIZED VIEW m')\n"
                "op.execute('CREATE VIEW m AS SELECT id, age FROM users')"
            ),
            (
                "op.execute('DROP VIEW m')\n"
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute('CREATE UNIQUE INDEX m_id ON m USING btree (id)')"
            ),
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, expected, *options = CHANGES[case]
    assert migrated(empty, before, after, **(options[0] if options else {})) == expected


CREATED: dict[str, tuple[Any, ...]] = {
    "an index of SQLAlchemy's is added": (
        created("id"),
        created("id", "name"),
        Written("op.execute('CREATE INDEX m_name ON m (name)')", "op.execute('DROP INDEX m_name')"),
    ),
    "one is added with an index": (
        lambda metadata: Table(
            "users", metadata, Column("id", Integer), Column("name", String(50))
        ),
        created("id"),
        Written(
            (
                "op.execute(\n"
                "    'CREATE MATERIALIZED VIEW m AS SELECT users.id, users.name \\n'\n"
                "    'FROM users'\n"
                ")\n"
                "op.execute('CREATE INDEX m_id ON m (id)')"
            ),
            "op.execute('DROP MATERIALIZED VIEW m')",
        ),
    ),
}


@NEW_IN_2_1
@pytest.mark.parametrize("case", CREATED)
def test_a_change_of_one_of_sqlalchemy_is_seen(case: str, empty: Callable[[], Engine]) -> None:
    before, after, expected = CREATED[case]
    assert migrated(empty, before, after) == expected


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "one with indexes": (typed(M, BY_ID, BY_AGE), ()),
    "one that was never filled": (typed(f"{M} WITH NO DATA"), ()),
    "one that was filled since": (
        typed(f"{M} WITH NO DATA", BY_ID),
        ("REFRESH MATERIALIZED VIEW m",),
    ),
    "WITH DATA": (typed(f"{M}\n WITH  DATA ;"), ()),
    "restored from a dump": (
        typed(f"{M} WHERE name IN ('a', 'b')"),
        (
            "DROP MATERIALIZED VIEW m",
            "CREATE MATERIALIZED VIEW m AS SELECT id, age FROM users WHERE name::text = ANY"
            " (ARRAY['a'::character varying, 'b'::character varying]::text[])",
        ),
    ),
    "all columns in another order": (
        typed("CREATE MATERIALIZED VIEW m AS SELECT * FROM users", BY_ID),
        (
            "DROP MATERIALIZED VIEW m",
            "CREATE MATERIALIZED VIEW m AS SELECT age, name, id FROM users",
            BY_ID,
        ),
    ),
    "one that nobody declares": (typed(), (M, BY_ID)),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")


@NEW_IN_2_1
def test_one_of_sqlalchemy_with_an_index_is_no_table(empty: Callable[[], Engine]) -> None:
    assert unchanged(empty, created("id", "name")) == Written("", "")


def test_its_data_is_not_read_for_the_comparison(empty: Callable[[], Engine]) -> None:
    theirs = (
        "CREATE SCHEMA big",
        "CREATE TABLE big.t (id integer)",
        "INSERT INTO big.t VALUES (0)",
    )
    state = typed("CREATE MATERIALIZED VIEW m AS SELECT 1 / id AS x FROM big.t WHERE id > 0")
    engine = empty()
    with engine.begin() as connection:
        for each in theirs:
            connection.exec_driver_sql(each)
    metadata = MetaData()
    state(metadata)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql("DROP MATERIALIZED VIEW m")
        connection.exec_driver_sql(
            "CREATE MATERIALIZED VIEW m AS SELECT 1 / id AS x FROM big.t WHERE id > 0"
        )
    from tests.autogenerate.changes import written

    dividing = MetaData()
    typed("CREATE MATERIALIZED VIEW m AS SELECT 1 / id AS x FROM big.t")(dividing)
    with engine.begin() as connection:
        assert written(connection, dividing) == Written(
            "op.execute('DROP MATERIALIZED VIEW m')\n"
            "op.execute('CREATE MATERIALIZED VIEW m AS SELECT 1 / id AS x FROM big.t')",
            "op.execute('DROP MATERIALIZED VIEW m')\n"
            "op.execute(\n"
            "    'CREATE MATERIALIZED VIEW m AS\\n'\n"
            "    'SELECT (1 / t.id) AS x\\n'\n"
            "    '   FROM big.t\\n'\n"
            "    '  WHERE (t.id > 0)'\n"
            ")",
        )
