"""Extensions: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Integer, MetaData, Table
from sqlalchemy.dialects import postgresql

from tests.autogenerate.changes import (
    State,
    Written,
    make,
    metadata_of,
    migrated,
    run,
    unchanged,
    written,
)


def users(*statements: str, citext: bool = False) -> State:
    """A table, and what somebody typed before it."""

    def state(metadata: MetaData) -> None:
        for each in statements:
            ddl = sa.DDL(each)  # type: ignore[no-untyped-call]
            sa.event.listen(metadata, "before_create", ddl)
        more = [Column("name", postgresql.CITEXT())] if citext else []
        Table("users", metadata, Column("id", Integer), *more)

    return state


CHANGES = {
    "one comes": (
        users(),
        users("CREATE EXTENSION citext"),
        Written(
            "op.execute('CREATE EXTENSION citext')",
            "op.execute('DROP EXTENSION citext')",
        ),
    ),
    "one comes with IF NOT EXISTS": (
        users(),
        users("CREATE EXTENSION IF NOT EXISTS citext"),
        Written(
            "op.execute('CREATE EXTENSION IF NOT EXISTS citext')",
            "op.execute('DROP EXTENSION citext')",
        ),
    ),
    "one with an odd name comes": (
        users(),
        users('CREATE EXTENSION "uuid-ossp"'),
        Written(
            "op.execute('CREATE EXTENSION \"uuid-ossp\"')",
            "op.execute('DROP EXTENSION \"uuid-ossp\"')",
        ),
    ),
    "one comes with a column of its type": (
        users(),
        users("CREATE EXTENSION citext", citext=True),
        Written(
            "op.execute('CREATE EXTENSION citext')\n"
            "op.add_column('users', sa.Column('name', postgresql.CITEXT(), nullable=True))",
            "op.drop_column('users', 'name')\nop.execute('DROP EXTENSION citext')",
        ),
    ),
    "one comes with a version": (
        users(),
        users("CREATE EXTENSION citext VERSION '1.6'"),
        Written(
            "op.execute(\"CREATE EXTENSION citext VERSION '1.6'\")",
            "op.execute('DROP EXTENSION citext')",
        ),
    ),
    "one comes into a schema that comes": (
        users(),
        users("CREATE SCHEMA ext", "CREATE EXTENSION citext WITH SCHEMA ext"),
        Written(
            "op.execute('CREATE SCHEMA ext')\n"
            "op.execute('CREATE EXTENSION citext WITH SCHEMA ext')",
            "op.execute('DROP EXTENSION citext')\nop.execute('DROP SCHEMA ext')",
        ),
    ),
    "two come": (
        users(),
        users("CREATE EXTENSION citext", "CREATE EXTENSION hstore"),
        Written(
            "op.execute('CREATE EXTENSION citext')\nop.execute('CREATE EXTENSION hstore')",
            "op.execute('DROP EXTENSION hstore')\nop.execute('DROP EXTENSION citext')",
        ),
    ),
    "one comes beside another": (
        users("CREATE EXTENSION citext"),
        users("CREATE EXTENSION citext", "CREATE EXTENSION hstore"),
        Written(
            "op.execute('CREATE EXTENSION hstore')",
            "op.execute('DROP EXTENSION hstore')",
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, expected = CHANGES[case]
    assert migrated(empty, before, after) == expected


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "one": (users("CREATE EXTENSION citext"), ()),
    "one in lower case, with a comment": (users("/* x */ create extension citext"), ()),
    "one with IF NOT EXISTS": (users("CREATE EXTENSION IF NOT EXISTS citext", citext=True), ()),
    "one with an odd name": (users('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"'), ()),
    "one with its version": (users("CREATE EXTENSION citext VERSION '1.6'"), ()),
    "one without a version, of an old one": (
        users("CREATE EXTENSION IF NOT EXISTS citext"),
        ("DROP EXTENSION citext", "CREATE EXTENSION citext VERSION '1.4'"),
    ),
    "one in another schema": (users("CREATE SCHEMA ext", "CREATE EXTENSION citext SCHEMA ext"), ()),
    "one that nobody declares": (users(), ("CREATE EXTENSION citext",)),
    "one that nobody declares beside one that is": (
        users("CREATE EXTENSION citext"),
        ("CREATE EXTENSION hstore",),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")


@pytest.mark.parametrize(
    "update", ["CREATE EXTENSION citext VERSION '1.6'", "ALTER EXTENSION citext UPDATE TO '1.6'"]
)
def test_one_is_updated_to_the_version_that_is_declared_and_has_no_way_back(
    update: str, empty: Callable[[], Engine]
) -> None:
    first = "CREATE EXTENSION citext VERSION '1.4'"
    more = (update,) if update.startswith("CREATE") else ("CREATE EXTENSION citext", update)
    engine, models = empty(), metadata_of(users(*more))
    make(engine, users(first))
    expected = Written("op.execute(\"ALTER EXTENSION citext UPDATE TO '1.6'\")", "")
    with engine.connect() as connection:
        assert written(connection, models) == expected
        run(connection, expected.upgrade)
        assert written(connection, models) == Written("", "")
