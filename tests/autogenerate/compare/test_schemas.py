"""Schemas: a table of changes, and a table of what is no change."""

# ruff: noqa: E501 - what is written is asserted as it stands

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Integer, MetaData, Table

from tests.autogenerate.changes import State, Written, migrated, unchanged


def users(schema: str | None = None, **columns: Any) -> State:
    """A table, somewhere."""

    def state(metadata: MetaData) -> None:
        more = [Column(name, type_) for name, type_ in columns.items()]
        Table("users", metadata, Column("id", Integer), *more, schema=schema)

    return state


def schema(name: str, **options: Any) -> State:
    """A schema that an event creates."""

    def state(metadata: MetaData) -> None:
        ddl = sa.schema.CreateSchema(name, **options)
        sa.event.listen(metadata, "before_create", ddl)

    return state


def typed(*statements: str, when: str = "before_create") -> State:
    """What somebody typed."""

    def state(metadata: MetaData) -> None:
        for each in statements:
            ddl = sa.DDL(each.replace("%", "%%"))  # type: ignore[no-untyped-call]
            sa.event.listen(metadata, when, ddl)

    return state


def both(*states: State) -> State:
    """Several states in one."""

    def state(metadata: MetaData) -> None:
        for each in states:
            each(metadata)

    return state


APP = schema("app")
ALL: dict[str, Any] = {"include_schemas": True}

CHANGES: dict[str, Any] = {
    "one comes with its table": (
        users(),
        both(APP, users(), users("app")),
        Written(
            "op.execute('CREATE SCHEMA app')\n"
            "op.create_table('users',\n"
            "sa.Column('id', sa.Integer(), nullable=True),\n"
            "schema='app'\n"
            ")",
            "op.drop_table('users', schema='app')\nop.execute('DROP SCHEMA app')",
        ),
        ALL,
    ),
    "one comes where schemas are not included": (
        users(),
        both(APP, users(), users("app")),
        Written(
            "op.execute('CREATE SCHEMA app')\n"
            "op.create_table('users',\n"
            "sa.Column('id', sa.Integer(), nullable=True),\n"
            "schema='app'\n"
            ")",
            "op.drop_table('users', schema='app')\nop.execute('DROP SCHEMA app')",
        ),
    ),
    "one comes without a table": (
        users(),
        both(APP, users()),
        Written(
            "op.execute('CREATE SCHEMA app')",
            "op.execute('DROP SCHEMA app')",
        ),
    ),
    "one that is typed comes": (
        users(),
        both(typed("CREATE SCHEMA IF NOT EXISTS app"), users()),
        Written(
            "op.execute('CREATE SCHEMA app')",
            "op.execute('DROP SCHEMA app')",
        ),
    ),
    "two come": (
        users(),
        both(APP, schema("b"), users(), users("app"), users("b")),
        Written(
            "op.execute('CREATE SCHEMA app')\n"
            "op.execute('CREATE SCHEMA b')\n"
            "op.create_table('users',\n"
            "sa.Column('id', sa.Integer(), nullable=True),\n"
            "schema='app'\n"
            ")\n"
            "op.create_table('users',\n"
            "sa.Column('id', sa.Integer(), nullable=True),\n"
            "schema='b'\n"
            ")",
            "op.drop_table('users', schema='b')\n"
            "op.drop_table('users', schema='app')\n"
            "op.execute('DROP SCHEMA b')\n"
            "op.execute('DROP SCHEMA app')",
        ),
        ALL,
    ),
    "one with an odd name comes": (
        users(),
        both(schema('Odd "a%b'), users(), users('Odd "a%b')),
        Written(
            'op.execute(\'CREATE SCHEMA "Odd ""a%b"\')\n'
            "op.create_table('users',\n"
            "sa.Column('id', sa.Integer(), nullable=True),\n"
            "schema='Odd \"a%b'\n"
            ")",
            "op.drop_table('users', schema='Odd \"a%b')\nop.execute('DROP SCHEMA \"Odd \"\"a%b\"')",
        ),
        ALL,
    ),
    "one comes with an enum in it": (
        users(),
        both(APP, users(kind=sa.Enum("a", name="kind", schema="app"))),
        Written(
            "op.execute('CREATE SCHEMA app')\n"
            "op.execute(\"CREATE TYPE app.kind AS ENUM ('a')\")\n"
            "op.add_column('users', sa.Column('kind', postgresql.ENUM('a', name='kind', create_type=False, schema='app'), nullable=True))",
            "op.drop_column('users', 'kind')\n"
            "op.execute('DROP TYPE app.kind')\n"
            "op.execute('DROP SCHEMA app')",
        ),
    ),
    "one comes with an array of an enum in it": (
        users(),
        both(APP, users(kinds=sa.ARRAY(sa.Enum("a", name="kind", schema="app")))),
        Written(
            "op.execute('CREATE SCHEMA app')\n"
            "op.execute(\"CREATE TYPE app.kind AS ENUM ('a')\")\n"
            "op.add_column('users', sa.Column('kinds', postgresql.ARRAY(postgresql.ENUM('a', name='kind', create_type=False, schema='app')), nullable=True))",
            "op.drop_column('users', 'kinds')\n"
            "op.execute('DROP TYPE app.kind')\n"
            "op.execute('DROP SCHEMA app')",
        ),
    ),
    "one comes with a comment": (
        users(),
        both(APP, users(), typed("COMMENT ON SCHEMA app IS 'it''s'")),
        Written(
            ("op.execute('CREATE SCHEMA app')\nop.execute(\"COMMENT ON SCHEMA app IS 'it''s'\")"),
            "op.execute('DROP SCHEMA app')",
        ),
    ),
    "another comment": (
        both(APP, users(), typed("COMMENT ON SCHEMA app IS 'old'")),
        both(APP, users(), typed("COMMENT ON SCHEMA app IS '100% new'")),
        Written(
            ("op.execute(\"COMMENT ON SCHEMA app IS '100% new'\")"),
            ("op.execute(\"COMMENT ON SCHEMA app IS 'old'\")"),
        ),
    ),
    "a comment on the default one": (
        both(users(), typed("COMMENT ON SCHEMA public IS 'theirs'")),
        both(users(), typed("COMMENT ON SCHEMA public IS 'ours'")),
        Written(
            ("op.execute(\"COMMENT ON SCHEMA public IS 'ours'\")"),
            ("op.execute(\"COMMENT ON SCHEMA public IS 'theirs'\")"),
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, expected, *options = CHANGES[case]
    assert migrated(empty, before, after, **(options[0] if options else {})) == expected


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "one with a table": (both(APP, users("app")), ()),
    "one without a table": (both(APP, users()), ()),
    "one that is typed": (both(typed("CREATE SCHEMA app"), users()), ()),
    "one that is typed with IF NOT EXISTS": (
        both(typed("create schema if not exists app"), users("app")),
        (),
    ),
    "one with an odd name": (both(schema('Odd "x'), users('Odd "x')), ()),
    "one that nobody declares": (
        users(),
        ("CREATE SCHEMA other", "CREATE TABLE other.t (x integer)"),
    ),
    "one that nobody declares beside one that is": (
        both(APP, users("app")),
        ("CREATE SCHEMA other",),
    ),
    "the default one": (both(schema("public", if_not_exists=True), users("public")), ()),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
