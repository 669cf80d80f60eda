"""Composite types: a table of changes, and a table of what is no change."""

# ruff: noqa: E501 - what is written is asserted as it stands

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Integer, MetaData, Table

from tests.autogenerate.changes import State, Written, migrated, unchanged


class Address(sa.types.UserDefinedType[Any]):
    """A column of the type."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its name."""
        return "address"


def users(*attributes: str, name: str = "address", used: bool = False) -> State:
    """A table, and a type that somebody typed."""

    def state(metadata: MetaData) -> None:
        more = [Column("home", Address())] if used else []
        Table("users", metadata, Column("id", Integer), *more)
        if attributes:
            text = f"CREATE TYPE {name} AS ({', '.join(attributes)})"
            ddl = sa.DDL(text.replace("%", "%%"))  # type: ignore[no-untyped-call]
            sa.event.listen(metadata, "before_create", ddl)

    return state


STREET, NUMBER, CITY = "street text", "number integer", "city varchar(50)"

CHANGES: dict[str, Any] = {
    "one comes": (
        users(),
        users(STREET, CITY),
        Written(
            "op.execute('CREATE TYPE address AS (street text, city character varying(50))')",
            "op.execute('DROP TYPE address')",
        ),
    ),
    "one with odd names comes": (
        users(),
        users('"A ""b%" text', name='"Odd %"'),
        Written(
            'op.execute(\'CREATE TYPE "Odd %" AS ("A ""b%" text)\')',
            "op.execute('DROP TYPE \"Odd %\"')",
        ),
    ),
    "an attribute comes": (
        users(STREET),
        users(STREET, NUMBER),
        Written(
            "op.execute('ALTER TYPE address ADD ATTRIBUTE number integer')",
            "op.execute('ALTER TYPE address DROP ATTRIBUTE number')",
        ),
    ),
    "an attribute of one that is used comes": (
        users(STREET, used=True),
        users(STREET, NUMBER, used=True),
        Written(
            "op.execute('ALTER TYPE address ADD ATTRIBUTE number integer')",
            "op.execute('ALTER TYPE address DROP ATTRIBUTE number')",
        ),
    ),
    "an attribute goes": (
        users(STREET, NUMBER),
        users(STREET),
        Written(
            "op.execute('ALTER TYPE address DROP ATTRIBUTE number')",
            "op.execute('ALTER TYPE address ADD ATTRIBUTE number integer')",
        ),
    ),
    "an attribute is renamed": (
        users(STREET, NUMBER),
        users("road text", NUMBER),
        Written(
            "op.execute('ALTER TYPE address RENAME ATTRIBUTE street TO road')",
            "op.execute('ALTER TYPE address RENAME ATTRIBUTE road TO street')",
        ),
    ),
    "an attribute changes its type": (
        users(STREET, NUMBER),
        users(STREET, "number bigint"),
        Written(
            "op.execute('ALTER TYPE address ALTER ATTRIBUTE number TYPE bigint')",
            "op.execute('ALTER TYPE address ALTER ATTRIBUTE number TYPE integer')",
        ),
    ),
    "an attribute of one that is used changes its type": (
        users(STREET, NUMBER, used=True),
        users(STREET, "number bigint", used=True),
        Written(
            "op.execute('ALTER TYPE address RENAME TO address_old')\n"
            "op.execute('CREATE TYPE address AS (street text, number bigint)')\n"
            "op.execute('ALTER TABLE users ALTER COLUMN home TYPE address USING CASE WHEN home IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW((home).street::text, (home).number::bigint)::address END')\n"
            "op.execute('DROP TYPE address_old')",
            "op.execute('ALTER TYPE address RENAME TO address_old')\n"
            "op.execute('CREATE TYPE address AS (street text, number integer)')\n"
            "op.execute('ALTER TABLE users ALTER COLUMN home TYPE address USING CASE WHEN home IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW((home).street::text, (home).number::integer)::address END')\n"
            "op.execute('DROP TYPE address_old')",
        ),
    ),
    "an attribute comes between others": (
        users(STREET, CITY, used=True),
        users(STREET, NUMBER, CITY, used=True),
        Written(
            "op.execute('ALTER TYPE address RENAME TO address_old')\n"
            "op.execute('CREATE TYPE address AS (street text, number integer, city character varying(50))')\n"
            "op.execute('ALTER TABLE users ALTER COLUMN home TYPE address USING CASE WHEN home IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW((home).street::text, NULL, (home).city::character varying(50))::address END')\n"
            "op.execute('DROP TYPE address_old')",
            "op.execute('ALTER TYPE address RENAME TO address_old')\n"
            "op.execute('CREATE TYPE address AS (street text, city character varying(50))')\n"
            "op.execute('ALTER TABLE users ALTER COLUMN home TYPE address USING CASE WHEN home IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW((home).street::text, (home).city::character varying(50))::address END')\n"
            "op.execute('DROP TYPE address_old')",
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
    "one": (users(STREET, NUMBER, CITY), ()),
    "one that is used": (users(STREET, CITY, used=True), ()),
    "one with odd names": (users('"A ""b%" text', name='"Odd %"'), ()),
    "one that nobody declares": (users(), ("CREATE TYPE free AS (x integer)",)),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
