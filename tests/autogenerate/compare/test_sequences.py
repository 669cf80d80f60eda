"""Sequences: a table of changes, and a table of what is no change."""

# ruff: noqa: E501 - what is written is asserted as it stands

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Integer, MetaData, Table

from tests.autogenerate.changes import State, Written, migrated, unchanged


def users(*sequences: Callable[[MetaData], Any], drawing: str = "", after: str = "") -> State:
    """A table, and sequences; its number may be drawn from one."""

    def state(metadata: MetaData) -> None:
        for each in sequences:
            each(metadata)
        default = sa.text(f"nextval('{drawing}')") if drawing else None
        Table(
            "users",
            metadata,
            Column("id", Integer, nullable=False),
            Column("number", Integer, server_default=default),
        )
        if after:
            ddl = sa.DDL(after.replace("%", "%%"))  # type: ignore[no-untyped-call]
            sa.event.listen(metadata, "after_create", ddl)

    return state


def sequence(name: str = "numbers", **options: Any) -> Callable[[MetaData], Any]:
    """A sequence of the models."""
    return lambda metadata: sa.Sequence(name, metadata=metadata, **options)


def with_column(metadata: MetaData) -> None:
    """A column that draws from a sequence in Python."""
    Table("users", metadata, Column("id", Integer, nullable=False))
    Table("jobs", metadata, Column("id", Integer, sa.Sequence("jobs_seq"), primary_key=True))


def serial(metadata: MetaData) -> None:
    """A serial column."""
    Table("users", metadata, Column("id", Integer, primary_key=True))


def serial_less(metadata: MetaData) -> None:
    """Two tables, with numbers from nowhere."""
    for name in ("users", "jobs"):
        Table(name, metadata, Column("id", Integer, primary_key=True, autoincrement=False))


def shared(metadata: MetaData) -> None:
    """Two tables, with numbers from one sequence."""
    drawn = sa.Sequence("ids", start=1000, increment=5)
    for name in ("users", "jobs"):
        key = Column("id", Integer, drawn, primary_key=True, server_default=drawn.next_value())
        Table(name, metadata, key)


ODD = 'Odd "a%b'
OWNED = "ALTER SEQUENCE numbers OWNED BY users.id"

CHANGES: dict[str, Any] = {
    "one comes": (
        users(),
        users(sequence()),
        Written(
            "op.execute('CREATE SEQUENCE numbers')",
            "op.execute('DROP SEQUENCE numbers')",
        ),
    ),
    "one with all options comes": (
        users(),
        users(
            sequence(
                start=10,
                increment=5,
                minvalue=5,
                maxvalue=500,
                cycle=True,
                cache=7,
                data_type=sa.SmallInteger,
            )
        ),
        Written(
            "op.execute('CREATE SEQUENCE numbers AS smallint INCREMENT BY 5 MINVALUE 5 MAXVALUE 500 START WITH 10 CACHE 7 CYCLE')",
            "op.execute('DROP SEQUENCE numbers')",
        ),
    ),
    "one that counts down comes": (
        users(),
        users(sequence(increment=-1)),
        Written(
            "op.execute('CREATE SEQUENCE numbers INCREMENT BY -1')",
            "op.execute('DROP SEQUENCE numbers')",
        ),
    ),
    "one with an odd name comes": (
        users(),
        users(sequence(ODD)),
        Written(
            'op.execute(\'CREATE SEQUENCE "Odd ""a%b"\')',
            'op.execute(\'DROP SEQUENCE "Odd ""a%b"\')',
        ),
    ),
    "one comes with the default of a column": (
        users(),
        users(sequence(), drawing="numbers"),
        Written(
            "op.execute('CREATE SEQUENCE numbers')\n"
            "op.alter_column('users', 'number',\n"
            "           existing_type=sa.INTEGER(),\n"
            "           existing_nullable=True,\n"
            "           server_default=sa.text(\"nextval('numbers')\"))",
            "op.alter_column('users', 'number',\n"
            "           existing_type=sa.INTEGER(),\n"
            "           existing_nullable=True,\n"
            "           server_default=None)\n"
            "op.execute('DROP SEQUENCE numbers')",
        ),
    ),
    "one comes with its owner": (
        users(),
        users(sequence(), after=OWNED),
        Written(
            "op.execute('CREATE SEQUENCE numbers')\n"
            "op.execute('ALTER SEQUENCE numbers OWNED BY users.id')",
            "op.execute('ALTER SEQUENCE numbers OWNED BY NONE')\n"
            "op.execute('DROP SEQUENCE numbers')",
        ),
    ),
    "one comes beside another": (
        users(sequence()),
        users(sequence(), sequence("more")),
        Written(
            "op.execute('CREATE SEQUENCE more')",
            "op.execute('DROP SEQUENCE more')",
        ),
    ),
    "one goes": (
        users(sequence(), sequence("more", increment=5)),
        users(sequence()),
        Written(
            "op.execute('DROP SEQUENCE more')",
            "op.execute('CREATE SEQUENCE more INCREMENT BY 5')",
        ),
    ),
    "one that is owned goes": (
        users(sequence("more"), sequence(), after=OWNED),
        users(sequence("more")),
        Written(
            "op.execute('ALTER SEQUENCE numbers OWNED BY NONE')\n"
            "op.execute('DROP SEQUENCE numbers')",
            "op.execute('CREATE SEQUENCE numbers')\n"
            "op.execute('ALTER SEQUENCE numbers OWNED BY users.id')",
        ),
    ),
    "one goes with the default of a column": (
        users(sequence("more"), sequence(), drawing="numbers"),
        users(sequence("more")),
        Written(
            "op.alter_column('users', 'number',\n"
            "           existing_type=sa.INTEGER(),\n"
            "           existing_nullable=True,\n"
            "           server_default=None)\n"
            "op.execute('DROP SEQUENCE numbers')",
            "op.execute('CREATE SEQUENCE numbers')\n"
            "op.alter_column('users', 'number',\n"
            "           existing_type=sa.INTEGER(),\n"
            "           existing_nullable=True,\n"
            "           server_default=sa.text(\"nextval('numbers'::regclass)\"))",
        ),
    ),
    "its increment changes": (
        users(sequence()),
        users(sequence(increment=5)),
        Written(
            "op.execute('ALTER SEQUENCE numbers INCREMENT BY 5')",
            "op.execute('ALTER SEQUENCE numbers INCREMENT BY 1')",
        ),
    ),
    "its bounds change": (
        users(sequence(maxvalue=100)),
        users(sequence(minvalue=-5, maxvalue=200)),
        Written(
            "op.execute('ALTER SEQUENCE numbers MINVALUE -5 MAXVALUE 200 START WITH -5')",
            "op.execute('ALTER SEQUENCE numbers MINVALUE 1 MAXVALUE 100 START WITH 1')",
        ),
    ),
    "its type changes": (
        users(sequence()),
        users(sequence(data_type=sa.Integer)),
        Written(
            "op.execute('ALTER SEQUENCE numbers AS integer MAXVALUE 2147483647')",
            "op.execute('ALTER SEQUENCE numbers AS bigint MAXVALUE 9223372036854775807')",
        ),
    ),
    "it begins to cycle": (
        users(sequence()),
        users(sequence(cycle=True, cache=10)),
        Written(
            "op.execute('ALTER SEQUENCE numbers CACHE 10 CYCLE')",
            "op.execute('ALTER SEQUENCE numbers CACHE 1 NO CYCLE')",
        ),
    ),
    "its start changes": (
        users(sequence()),
        users(sequence(start=1000)),
        Written(
            "op.execute('ALTER SEQUENCE numbers START WITH 1000')",
            "op.execute('ALTER SEQUENCE numbers START WITH 1')",
        ),
    ),
    "an odd one changes": (
        users(sequence(ODD)),
        users(sequence(ODD, increment=2)),
        Written(
            'op.execute(\'ALTER SEQUENCE "Odd ""a%b" INCREMENT BY 2\')',
            'op.execute(\'ALTER SEQUENCE "Odd ""a%b" INCREMENT BY 1\')',
        ),
    ),
    "it gets an owner": (
        users(sequence()),
        users(sequence(), after=OWNED),
        Written(
            "op.execute('ALTER SEQUENCE numbers OWNED BY users.id')",
            "op.execute('ALTER SEQUENCE numbers OWNED BY NONE')",
        ),
    ),
    "it loses its owner": (
        users(sequence(), after=OWNED),
        users(sequence()),
        Written(
            "op.execute('ALTER SEQUENCE numbers OWNED BY NONE')",
            "op.execute('ALTER SEQUENCE numbers OWNED BY users.id')",
        ),
    ),
    "it gets a comment": (
        users(sequence()),
        users(sequence(), after="COMMENT ON SEQUENCE numbers IS 'it''s 5%'"),
        Written(
            "op.execute(\"COMMENT ON SEQUENCE numbers IS 'it''s 5%'\")",
            "op.execute('COMMENT ON SEQUENCE numbers IS NULL')",
        ),
    ),
    "one comes from which two columns draw": (
        serial_less,
        shared,
        Written(
            (
                "op.execute('CREATE SEQUENCE ids INCREMENT BY 5 START WITH 1000')\n"
                "op.alter_column('jobs', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           server_default=sa.text(\"nextval('ids')\"))\n"
                "op.alter_column('users', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           server_default=sa.text(\"nextval('ids')\"))"
            ),
            (
                "op.alter_column('users', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           server_default=None)\n"
                "op.alter_column('jobs', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           server_default=None)\n"
                "op.execute('DROP SEQUENCE ids')"
            ),
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
    "one": (users(sequence()), ()),
    "one with all options": (
        users(sequence(start=10, increment=5, minvalue=5, maxvalue=500, cycle=True, cache=7)),
        (),
    ),
    "one that counts down": (users(sequence(increment=-1)), ()),
    "one with an odd name": (users(sequence(ODD)), ()),
    "one that was drawn from": (users(sequence()), ("SELECT nextval('numbers')",)),
    "one with its owner": (users(sequence(), after=OWNED), ()),
    "one with a default": (users(sequence(), drawing="numbers"), ()),
    "one of a column in Python": (with_column, ()),
    "a serial column": (serial, ()),
    "a serial column whose sequence has another name": (
        serial,
        ("ALTER SEQUENCE users_id_seq RENAME TO other",),
    ),
    "a serial column whose sequence has other options": (
        serial,
        ("ALTER SEQUENCE users_id_seq INCREMENT BY 10 CACHE 5",),
    ),
    "a serial column beside a sequence": (
        users(sequence(), after="CREATE TABLE t (id serial)"),
        (),
    ),
    "one that nobody declares": (users(), ("CREATE SEQUENCE free",)),
    "a comment that only the database has": (
        users(sequence()),
        ("COMMENT ON SEQUENCE numbers IS 'x'",),
    ),
    "no minimum and no maximum": (users(sequence(nominvalue=True, nomaxvalue=True)), ()),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
