"""What of the models cannot be made is named, whatever its name, and left to Alembic alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, Engine, Index, Integer, MetaData
from sqlalchemy.types import UserDefinedType

from alembic_guard.autogenerate.compared import uncompared_in
from tests.autogenerate.changes import PLUGINS, State, make, metadata_of
from tests.autogenerate.compare.rows import both, column, ddl, table


class NoWords(UserDefinedType[int]):
    """A type that no dialect has words for."""

    cache_ok = True


def named_by(engine: Engine, state: State) -> tuple[dict[str, str], str]:
    """What was not compared, with the reasons, and what is proposed for the rest."""
    metadata: MetaData = metadata_of(state)
    with engine.begin() as connection:
        opts = {"autogenerate_plugins": list(PLUGINS), "target_metadata": metadata}
        context = MigrationContext.configure(connection, opts=opts)
        script = produce_migrations(context, metadata)
        assert script.upgrade_ops is not None
        code = render_python_code(script.upgrade_ops, migration_context=context)
    found = uncompared_in(context.opts)
    assert found is not None
    body = [each.strip() for each in code.splitlines() if not each.strip().startswith("#")]
    return {each.source: each.reason for each in found.unknown}, "".join(body)


KEY = column("id", Integer, primary_key=True)

UNSEEN = "nothing of its kind is, and no migration makes it"

ROWS: dict[str, tuple[State, State, dict[str, str], str]] = {
    "a table with a dot in its name": (
        table("a.b", KEY, lambda: CheckConstraint("id > 0", name="live")),
        table("a.b", KEY, lambda: CheckConstraint("no_such(id)", name="ck")),
        {"table a.b": "function no_such(integer) does not exist"},
        "pass",
    ),
    "an index of a table with a dot in its name": (
        table("a.b", KEY, lambda: Index("ix", "id")),
        table("a.b", KEY, lambda: Index("ix", sa.text("no_such(id)"))),
        {"index ix": "function no_such(integer) does not exist"},
        "op.drop_index(op.f('ix'), table_name='a.b')"
        "op.create_index('ix', 'a.b', [sa.literal_column('no_such(id)')], unique=False)",
    ),
    "a table that is said to be in the default schema": (
        table("t", KEY, lambda: CheckConstraint("id > 0", name="live"), schema="public"),
        table("t", KEY, lambda: CheckConstraint("no_such(id)", name="ck"), schema="public"),
        {"table t": "function no_such(integer) does not exist"},
        "pass",
    ),
    "a table with quotes and percent signs in its name": (
        table('100% "x"', KEY, lambda: CheckConstraint("id > 0", name="live")),
        table('100% "x"', KEY, lambda: CheckConstraint("no_such(id)", name="ck")),
        {'table 100% "x"': "function no_such(integer) does not exist"},
        "pass",
    ),
    "what a table is partitioned by": (
        table("days", KEY, postgresql_partition_by="RANGE (id)"),
        table("days", KEY, postgresql_partition_by="HASH (id)"),
        {
            "what table days is partitioned by": "it is HASH (id) in the models and RANGE (id) in "
            "the database, and no ALTER TABLE makes the one of the other: create another table, "
            "copy the rows, and rename it"
        },
        "pass",
    ),
    "a check whose name SQLAlchemy refuses": (
        table("u", KEY),
        both(
            table("t", KEY, lambda: CheckConstraint("id > 0", name="c" * 64)),
            table("u", KEY, lambda: CheckConstraint("id > 0", name="ck")),
        ),
        {"table t": f"Identifier '{'c' * 64}' exceeds maximum length of 63 characters"},
        "op.create_table('t',sa.Column('id', sa.Integer(), nullable=False),"
        f"sa.CheckConstraint('id > 0', name='{'c' * 64}'),sa.PrimaryKeyConstraint('id'))"
        "op.create_check_constraint('ck', 'u', sa.text('id > 0'))",
    ),
    "a view that a server has no table for, beside one that it has": (
        both(table("t", KEY), ddl("CREATE VIEW v AS SELECT 1 AS one")),
        both(
            table("t", KEY),
            ddl("CREATE VIEW v AS SELECT 1 AS one", "CREATE VIEW w AS SELECT * FROM no_such"),
        ),
        {"CREATE VIEW w AS SELECT * FROM no_such": 'relation "no_such" does not exist'},
        "pass",
    ),
    "a statement about a kind of which nothing is compared": (
        table("t", KEY, column("v", Integer)),
        both(
            table("t", KEY, column("v", Integer)),
            ddl("CREATE STATISTICS st (dependencies) ON id, v FROM t"),
            ddl("CREATE TYPE span AS RANGE (subtype = float8)"),
            ddl("ALTER TABLE t REPLICA IDENTITY FULL"),
            ddl("ALTER TABLE t ALTER v SET STATISTICS 500"),
            ddl("CREATE TYPE pair AS (a integer, b integer)"),
        ),
        {
            "CREATE STATISTICS st (dependencies) ON id, v FROM t": UNSEEN,
            "CREATE TYPE span AS RANGE (subtype = float8)": UNSEEN,
            "ALTER TABLE t REPLICA IDENTITY FULL": UNSEEN,
            "ALTER TABLE t ALTER v SET STATISTICS 500": UNSEEN,
        },
        "op.execute('CREATE TYPE pair AS (a integer, b integer)')",
    ),
}


@pytest.mark.parametrize(("live", "models", "unknown", "proposed"), ROWS.values(), ids=ROWS)
def test_what_cannot_be_made_is_named_and_left_to_alembic(
    empty: Callable[[], Engine],
    live: State,
    models: State,
    unknown: dict[str, str],
    proposed: str,
) -> None:
    engine = empty()
    make(engine, live)

    assert named_by(engine, models) == (unknown, proposed)


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_a_type_that_the_dialect_has_no_words_for_is_named_with_its_table(
    empty: Callable[[], Engine], tmp_path: Path, dialect: str
) -> None:
    file = sa.create_engine(f"sqlite:///{tmp_path / 'app.db'}")
    engine = empty() if dialect == "postgresql" else file
    make(engine, both(table("a.b", KEY), table("t", KEY)))
    wordless = table("a.b", KEY, lambda: Column("x", NoWords()))

    unknown, proposed = named_by(engine, both(wordless, table("t", KEY, column("name"))))

    assert unknown == {"table a.b": "'NoWords' object has no attribute 'get_col_spec'"}
    assert proposed == (
        "op.add_column('a.b', sa.Column('x', tests.autogenerate.compare.test_unknown.NoWords(), "
        "nullable=True))op.add_column('t', sa.Column('name', sa.Integer(), nullable=True))"
    )
