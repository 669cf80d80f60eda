"""EXCLUDE constraints: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import INT4RANGE, TSRANGE, ExcludeConstraint

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.rows import (
    Change,
    Item,
    Same,
    both,
    column,
    ddl,
    first,
    in_schema,
    table,
)


def exclude(*parts: tuple[Any, str], name: str | None = "ex", **options: Any) -> Item:
    return lambda: ExcludeConstraint(*parts, name=name, **options)


def rooms(*items: Item, **options: Any) -> State:
    """Rooms, and when they are taken."""
    columns = (
        column("room", INT4RANGE),
        column("during", TSRANGE),
        column("name", sa.Text),
        column("n"),
    )
    return table("rooms", *columns, *items, **options)


def gist(state: State) -> State:
    return first("CREATE EXTENSION IF NOT EXISTS btree_gist", state)


ROOM, DURING = ("room", "="), ("during", "&&")

CHANGES = {
    "one is added": Change(
        rooms(),
        rooms(exclude(ROOM, DURING)),
        Written(
            (
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (room"
                " WITH =, during WITH &&)')"
            ),
            ("op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')"),
        ),
    ),
    "one is dropped": Change(
        rooms(exclude(ROOM, DURING)),
        rooms(),
        Written(
            ("op.drop_constraint(op.f('ex'), 'rooms')"),
            (
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (room"
                " WITH =, during WITH &&)')"
            ),
        ),
    ),
    "its operator changes": Change(
        rooms(exclude(ROOM)),
        rooms(exclude(("room", "&&"))),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (room"
                " WITH &&)')"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (room"
                " WITH =)')"
            ),
        ),
    ),
    "its columns change": Change(
        rooms(exclude(DURING)),
        rooms(exclude(ROOM, DURING)),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (room"
                " WITH =, during WITH &&)')"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&)')"
            ),
        ),
    ),
    "the order of its columns changes": Change(
        rooms(exclude(DURING, ROOM)),
        rooms(exclude(ROOM, DURING)),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (room"
                " WITH =, during WITH &&)')"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&, room WITH =)')"
            ),
        ),
    ),
    "a predicate is added": Change(
        rooms(exclude(DURING)),
        rooms(exclude(DURING, where=sa.text(r"name <> '100%' AND name <> '\:b'"))),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                'op.execute("ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist '
                "(during WITH &&) WHERE (name <> '100%' AND name <> '\\\\:b')\")"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&)')"
            ),
        ),
    ),
    "a predicate changes": Change(
        rooms(exclude(DURING, where=sa.text("n > 1"))),
        rooms(exclude(DURING, where=sa.text("n > 2"))),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&) WHERE (n > 2)')"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&) WHERE ((n > 1))')"
            ),
        ),
    ),
    "its method changes": Change(
        gist(rooms(exclude(("n", "="), using="gist"))),
        gist(rooms(exclude(("n", "="), using="btree"))),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING btree (n "
                "WITH =)')"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (n "
                "WITH =)')"
            ),
        ),
    ),
    "it becomes deferrable": Change(
        rooms(exclude(DURING)),
        rooms(exclude(DURING, deferrable=True, initially="DEFERRED")),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&) DEFERRABLE INITIALLY DEFERRED')"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&)')"
            ),
        ),
    ),
    "an expression": Change(
        rooms(exclude(DURING)),
        rooms(exclude((sa.text("tsrange(lower(during), upper(during), '[]')"), "&&"))),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                'op.execute("ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist '
                "(tsrange(lower(during), upper(during), '[]') WITH &&)\")"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&)')"
            ),
        ),
    ),
    "an operator class": Change(
        gist(rooms(exclude(("name", "="), using="btree"))),
        gist(rooms(exclude(("name", "="), using="btree", ops={"name": "text_pattern_ops"}))),
        Written(
            (
                "op.drop_constraint(op.f('ex'), 'rooms')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING btree "
                "(name text_pattern_ops WITH =)')"
            ),
            (
                "op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING btree "
                "(name WITH =)')"
            ),
        ),
    ),
    "it is renamed": Change(
        rooms(exclude(DURING, name="old")),
        rooms(exclude(DURING)),
        Written(
            ("op.execute('ALTER TABLE rooms RENAME CONSTRAINT \"old\" TO ex')"),
            ("op.execute('ALTER TABLE rooms RENAME CONSTRAINT ex TO \"old\"')"),
        ),
    ),
    "one without a name is added": Change(
        rooms(),
        rooms(exclude(ROOM, DURING, name=None)),
        Written(
            (
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT rooms_room_during_excl "
                "EXCLUDE USING gist (room WITH =, during WITH &&)')"
            ),
            ("op.execute('ALTER TABLE rooms DROP CONSTRAINT rooms_room_during_excl')"),
        ),
    ),
    "one without a name is dropped": Change(
        rooms(exclude(ROOM, DURING, name=None)),
        rooms(),
        Written(
            ("op.drop_constraint(op.f('rooms_room_during_excl'), 'rooms')"),
            (
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT rooms_room_during_excl "
                "EXCLUDE USING gist (room WITH =, during WITH &&)')"
            ),
        ),
    ),
    "names with quotes, dots and percents": Change(
        table('r "x" 1.%', column("during", TSRANGE)),
        table('r "x" 1.%', column("during", TSRANGE), exclude(DURING, name='e "f" 100% .')),
        Written(
            (
                'op.execute(\'ALTER TABLE "r ""x"" 1.%" ADD CONSTRAINT "e ""f"" 100% ." '
                "EXCLUDE USING gist (during WITH &&)')"
            ),
            ('op.execute(\'ALTER TABLE "r ""x"" 1.%" DROP CONSTRAINT "e ""f"" 100% ."\')'),
        ),
    ),
    "in another schema": Change(
        in_schema("app", rooms(schema="app")),
        in_schema("app", rooms(exclude(DURING), schema="app")),
        Written(
            (
                "op.execute('ALTER TABLE app.rooms ADD CONSTRAINT ex EXCLUDE USING gist "
                "(during WITH &&)')"
            ),
            ("op.execute('ALTER TABLE app.rooms DROP CONSTRAINT ex')"),
        ),
        options={"include_schemas": True},
    ),
    "it gets a comment": Change(
        rooms(exclude(DURING)),
        both(rooms(exclude(DURING)), ddl("COMMENT ON CONSTRAINT ex ON rooms IS 'why'")),
        Written(
            ("op.execute(\"COMMENT ON CONSTRAINT ex ON rooms IS 'why'\")"),
            ("op.execute('COMMENT ON CONSTRAINT ex ON rooms IS NULL')"),
        ),
    ),
    "its column goes": Change(
        table("t", column("a", TSRANGE), column("b", TSRANGE), exclude(("a", "&&"), ("b", "&&"))),
        table("t", column("a", TSRANGE)),
        Written(
            ("op.drop_constraint(op.f('ex'), 't')\nop.drop_column('t', 'b')"),
            (
                "op.add_column('t', sa.Column('b', postgresql.TSRANGE(), "
                "autoincrement=False, nullable=True))\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (a WITH "
                "&&, b WITH &&)')"
            ),
        ),
    ),
    "its table comes": Change(
        table("other", column("a")),
        both(
            table("other", column("a")),
            rooms(exclude(ROOM, DURING, where=sa.text("n > 1"), deferrable=True)),
        ),
        Written(
            (
                "op.create_table('rooms',\n"
                "sa.Column('room', postgresql.INT4RANGE(), nullable=True),\n"
                "sa.Column('during', postgresql.TSRANGE(), nullable=True),\n"
                "sa.Column('name', sa.Text(), nullable=True),\n"
                "sa.Column('n', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (room"
                " WITH =, during WITH &&) WHERE (n > 1) DEFERRABLE')"
            ),
            ("op.execute('ALTER TABLE rooms DROP CONSTRAINT ex')\nop.drop_table('rooms')"),
        ),
    ),
    "its table goes": Change(
        both(
            table("other", column("a")),
            rooms(exclude(ROOM, DURING, where=sa.text("n > 1"), deferrable=True)),
        ),
        table("other", column("a")),
        Written(
            ("op.drop_table('rooms')"),
            (
                "op.create_table('rooms',\n"
                "sa.Column('room', postgresql.INT4RANGE(), autoincrement=False, "
                "nullable=True),\n"
                "sa.Column('during', postgresql.TSRANGE(), autoincrement=False, "
                "nullable=True),\n"
                "sa.Column('name', sa.TEXT(), autoincrement=False, nullable=True),\n"
                "sa.Column('n', sa.INTEGER(), autoincrement=False, nullable=True)\n"
                ")\n"
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (room"
                " WITH =, during WITH &&) WHERE ((n > 1)) DEFERRABLE')"
            ),
        ),
    ),
    "somebody has typed it": Change(
        rooms(),
        both(rooms(), ddl("ALTER TABLE rooms ADD EXCLUDE USING gist (during WITH &&)")),
        Written(
            (
                "op.execute('ALTER TABLE rooms ADD CONSTRAINT rooms_during_excl EXCLUDE "
                "USING gist (during WITH &&)')"
            ),
            ("op.execute('ALTER TABLE rooms DROP CONSTRAINT rooms_during_excl')"),
        ),
    ),
}

SAME = {
    "named": Same(rooms(exclude(ROOM, DURING))),
    "unnamed": Same(rooms(exclude(ROOM, DURING, name=None))),
    "unnamed in the models, named in the database": Same(
        rooms(exclude(DURING, name=None)),
        ("ALTER TABLE rooms RENAME CONSTRAINT rooms_during_excl TO anything",),
    ),
    "a predicate": Same(rooms(exclude(DURING, where=sa.text(r"name IN ('100%', '\:b')")))),
    "an expression": Same(
        rooms(exclude((sa.text("tsrange(lower(during), upper(during), '[]')"), "&&"), name=None))
    ),
    "a column of SQLAlchemy": Same(rooms(exclude((sa.column("during"), "&&")))),
    "deferrable": Same(rooms(exclude(DURING, deferrable=True, initially="DEFERRED"))),
    "an operator class": Same(
        gist(rooms(exclude(("name", "="), using="btree", ops={"name": "text_pattern_ops"})))
    ),
    "in another schema": Same(
        in_schema("app", both(rooms(exclude(DURING), schema="app"), rooms()))
    ),
    "the default schema, said": Same(rooms(exclude(DURING, name=None), schema="public")),
    "a restored database": Same(
        rooms(exclude(DURING, where=sa.text("name IN ('a', 'b')"))),
        (
            "ALTER TABLE rooms DROP CONSTRAINT ex",
            "ALTER TABLE rooms ADD CONSTRAINT ex EXCLUDE USING gist (during WITH &&)"
            " WHERE (((name)::text = ANY (ARRAY['a'::text, 'b'::text])))",
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    row = CHANGES[case]
    found = migrated(
        empty,
        row.before,
        row.after,
        sql_before=row.sql_before,
        sql_after=row.sql_after,
        **row.options,
    )
    assert found == row.expected


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    row = SAME[case]
    assert unchanged(empty, row.state, row.sql, **row.options) == Written("", "")
