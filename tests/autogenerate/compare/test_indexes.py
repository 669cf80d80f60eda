"""Indexes: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from tests.autogenerate.changes import (
    State,
    Written,
    make,
    metadata_of,
    migrated,
    run,
    snapshot,
    unchanged,
    written,
)
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
    users,
)


def index(*parts: Any, name: str | None = "ix", **options: Any) -> Item:
    """An index; a text with more than a name in it is an expression."""

    def item() -> sa.Index:
        made = [
            sa.text(each) if isinstance(each, str) and not each.isidentifier() else each
            for each in (part() if callable(part) else part for part in parts)
        ]
        return sa.Index(name, *made, **options)

    return item


def where(text: str) -> dict[str, Any]:
    return {"postgresql_where": sa.text(text)}


def of_columns(*make_parts: Callable[[Any], Any], **options: Any) -> State:
    """An index on expressions of SQLAlchemy."""

    def state(metadata: MetaData) -> None:
        users()(metadata)
        made = metadata.tables["users"]
        sa.Index("ix", *[each(made.c) for each in make_parts], **options)

    return state


def changed(before: Item, after: Item, expected: Written) -> Change:
    return Change(users(before), users(after), expected)


CHANGES = {
    "one is added": Change(
        users(),
        users(index("name")),
        Written(
            ("op.create_index('ix', 'users', ['name'], unique=False)"),
            ("op.drop_index('ix', table_name='users')"),
        ),
    ),
    "one with a predicate for another database is added": Change(
        users(),
        users(index("name", sqlite_where=sa.text("age > 1"))),
        Written(
            (
                "op.create_index('ix', 'users', ['name'], unique=False, "
                "sqlite_where=sa.text('age > 1'))"
            ),
            ("op.drop_index('ix', table_name='users')"),
        ),
    ),
    "one is dropped": Change(
        users(index("name")),
        users(),
        Written(
            ("op.drop_index(op.f('ix'), table_name='users')"),
            ("op.create_index(op.f('ix'), 'users', ['name'], unique=False)"),
        ),
    ),
    "a column has one": Change(
        table("t", column("a")),
        table("t", column("a", index=True)),
        Written(
            ("op.create_index(op.f('ix_t_a'), 't', ['a'], unique=False)"),
            ("op.drop_index(op.f('ix_t_a'), table_name='t')"),
        ),
    ),
    "its columns change": changed(
        index("name"),
        index("name", "age"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name', 'age'], unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "the order of its columns changes": changed(
        index("name", "age"),
        index("age", "name"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['age', 'name'], unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name', 'age'], unique=False)"
            ),
        ),
    ),
    "it becomes unique": changed(
        index("name"),
        index("name", unique=True),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=True)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "it is unique no more": changed(
        index("name", unique=True),
        index("name"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=True)"
            ),
        ),
    ),
    "an expression changes in case": changed(
        index("coalesce(name, 'X')"),
        index("coalesce(name, 'x')"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', [sa.literal_column(\"coalesce(name, "
                "'x')\")], unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                'op.execute("CREATE INDEX ix ON users USING btree (COALESCE(name, '
                "'X'::character varying))\")"
            ),
        ),
    ),
    "an expression changes in a cast": changed(
        index("(age::bigint)"),
        index("(age::smallint)"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', [sa.literal_column('(age::smallint)')], "
                "unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.execute('CREATE INDEX ix ON users USING btree (((age)::bigint))')"
            ),
        ),
    ),
    "an expression changes in quotes": changed(
        index("lower(name)"),
        index("lower('name')"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', [sa.literal_column(\"lower('name')\")], "
                "unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.execute('CREATE INDEX ix ON users USING btree (lower((name)::text))')"
            ),
        ),
    ),
    "a column becomes an expression": changed(
        index("name"),
        index("lower(name)"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', [sa.literal_column('lower(name)')], "
                "unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "an expression of SQLAlchemy is added": Change(
        users(),
        of_columns(lambda c: sa.func.lower(c.name), lambda c: c.age.desc()),
        Written(
            (
                "op.create_index('ix', 'users', [sa.literal_column('lower(name)'), "
                "sa.literal_column('age DESC')], unique=False)"
            ),
            ("op.drop_index('ix', table_name='users')"),
        ),
    ),
    "the operator class of an expression with a label": Change(
        users(),
        of_columns(
            lambda c: sa.func.lower(c.email).label("low"),
            postgresql_ops={"low": "text_pattern_ops"},
        ),
        Written(
            (
                "op.create_index('ix', 'users', [sa.literal_column('lower(email) "
                "text_pattern_ops')], unique=False)"
            ),
            ("op.drop_index('ix', table_name='users')"),
        ),
    ),
    "columns with other keys": Change(
        table("t", column("a", sa.Text, key="x"), column("b", key="y")),
        table(
            "t",
            column("a", sa.Text, key="x"),
            column("b", key="y"),
            index("x", postgresql_ops={"x": "text_pattern_ops"}, postgresql_include=["y"]),
        ),
        Written(
            (
                "op.create_index('ix', 't', ['a'], unique=False, postgresql_ops={'a': "
                "'text_pattern_ops'}, postgresql_include=['b'])"
            ),
            ("op.drop_index('ix', table_name='t')"),
        ),
    ),
    "a predicate of SQLAlchemy": Change(
        users(),
        of_columns(lambda c: c.age, postgresql_where=sa.column("name").like("100%:b'")),
        Written(
            (
                "op.create_index('ix', 'users', ['age'], unique=False, "
                "postgresql_where=sa.text(\"name LIKE '100%\\\\:b'''\"))"
            ),
            ("op.drop_index('ix', table_name='users')"),
        ),
    ),
    "a predicate is added": changed(
        index("name"),
        index("name", **where("age > 1")),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False, "
                "postgresql_where=sa.text('age > 1'))"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "a predicate changes": changed(
        index("name", **where("age > 1")),
        index("name", **where("age > 2")),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False, "
                "postgresql_where=sa.text('age > 2'))"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.execute('CREATE INDEX ix ON users USING btree (name) WHERE (age > "
                "1)')"
            ),
        ),
    ),
    "a predicate goes": changed(
        index("name", **where("age > 1 AND name LIKE 'x%'")),
        index("name"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                'op.execute("CREATE INDEX ix ON users USING btree (name) WHERE ((age > 1)'
                " AND ((name)::text ~~ 'x%'::text))\")"
            ),
        ),
    ),
    "a predicate with colons and percents": changed(
        index("name"),
        index("name", **where(r"name ~ '[[\:alpha\:]]' AND name LIKE '100%\:b'")),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False, "
                "postgresql_where=sa.text(\"name ~ '[[\\\\:alpha\\\\:]]' AND name LIKE "
                "'100%\\\\:b'\"))"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "its method changes": changed(
        index("name"),
        index("name", postgresql_using="hash"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False, "
                "postgresql_using='hash')"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "its method changes back": changed(
        index("name", postgresql_using="hash"),
        index("name"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.execute('CREATE INDEX ix ON users USING hash (name)')"
            ),
        ),
    ),
    "an operator class is added": changed(
        index("name"),
        index("name", postgresql_ops={"name": "varchar_pattern_ops"}),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False, "
                "postgresql_ops={'name': 'varchar_pattern_ops'})"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "an operator class goes": changed(
        index("name", postgresql_ops={"name": "varchar_pattern_ops"}),
        index("name"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.execute('CREATE INDEX ix ON users USING btree (name "
                "varchar_pattern_ops)')"
            ),
        ),
    ),
    "descending": changed(
        index("age"),
        index("age DESC"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', [sa.literal_column('age DESC')], "
                "unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['age'], unique=False)"
            ),
        ),
    ),
    "nulls first": changed(
        index("age"),
        index("age NULLS FIRST"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', [sa.literal_column('age NULLS FIRST')], "
                "unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['age'], unique=False)"
            ),
        ),
    ),
    "descending, nulls last": changed(
        index("age DESC"),
        index("age DESC NULLS LAST"),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', [sa.literal_column('age DESC NULLS "
                "LAST')], unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.execute('CREATE INDEX ix ON users USING btree (age DESC)')"
            ),
        ),
    ),
    "a collation": changed(
        index("name"),
        index('name COLLATE "C"'),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', [sa.literal_column('name COLLATE \"C\"')], "
                "unique=False)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "a column is included": changed(
        index("name"),
        index("name", postgresql_include=["age"]),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False, "
                "postgresql_include=['age'])"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "another column is included": changed(
        index("name", postgresql_include=["age"]),
        index("name", postgresql_include=["email"]),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=False, "
                "postgresql_include=['email'])"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.execute('CREATE INDEX ix ON users USING btree (name) INCLUDE (age)')"
            ),
        ),
    ),
    "nulls become alike": changed(
        index("name", unique=True),
        index("name", unique=True, postgresql_nulls_not_distinct=True),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=True, "
                "postgresql_nulls_not_distinct=True)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['name'], unique=True)"
            ),
        ),
    ),
    "a storage parameter is added": changed(
        index("name"),
        index("name", postgresql_with={"fillfactor": 50}),
        Written(
            ("op.execute('ALTER INDEX ix SET (fillfactor = 50)')"),
            ("op.execute('ALTER INDEX ix RESET (fillfactor)')"),
        ),
    ),
    "a storage parameter changes": changed(
        index("name", postgresql_with={"fillfactor": 50}),
        index("name", postgresql_with={"fillfactor": 60, "deduplicate_items": "off"}),
        Written(
            ("op.execute('ALTER INDEX ix SET (fillfactor = 60, deduplicate_items = off)')"),
            ("op.execute('ALTER INDEX ix SET (fillfactor = 50), RESET (deduplicate_items)')"),
        ),
    ),
    "a storage parameter with a predicate": Change(
        users(index("name", postgresql_with={"fillfactor": 50}, **where("age > 1"))),
        users(),
        Written(
            ("op.drop_index(op.f('ix'), table_name='users')"),
            (
                'op.execute("CREATE INDEX ix ON users USING btree (name) WITH '
                "(fillfactor='50') WHERE (age > 1)\")"
            ),
        ),
    ),
    "a storage parameter, and it changes": changed(
        index("name", postgresql_with={"fillfactor": 50}),
        index("age", postgresql_with={"fillfactor": 60}),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('ix', 'users', ['age'], unique=False, "
                "postgresql_with={'fillfactor': 60})"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                'op.execute("CREATE INDEX ix ON users USING btree (name) WITH '
                "(fillfactor='50')\")"
            ),
        ),
    ),
    "it is renamed": changed(
        index("name", name="old"),
        index("name"),
        Written(
            ("op.execute('ALTER INDEX \"old\" RENAME TO ix')"),
            ("op.execute('ALTER INDEX ix RENAME TO \"old\"')"),
        ),
    ),
    "it is renamed, with a predicate": changed(
        index("name", name="old", **where("age > 1")),
        index("name", **where("age > 1")),
        Written(
            ("op.execute('ALTER INDEX \"old\" RENAME TO ix')"),
            ("op.execute('ALTER INDEX ix RENAME TO \"old\"')"),
        ),
    ),
    "it is renamed in a restored database": Change(
        users(index("name", name="old", **where("name IN ('a', 'b')"))),
        users(index("name", name="new", **where("name IN ('a', 'b')"))),
        Written(
            ('op.execute(\'ALTER INDEX "old" RENAME TO "new"\')'),
            ('op.execute(\'ALTER INDEX "new" RENAME TO "old"\')'),
        ),
        (
            "DROP INDEX old",
            "CREATE INDEX old ON users (name) WHERE (((name)::text = ANY"
            " (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
        ),
        options={"exact": False},
    ),
    "it is renamed, and changes": changed(
        index("name", name="old"),
        index("name", unique=True),
        Written(
            (
                "op.drop_index(op.f('old'), table_name='users')\n"
                "op.create_index('ix', 'users', ['name'], unique=True)"
            ),
            (
                "op.drop_index('ix', table_name='users')\n"
                "op.create_index(op.f('old'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "two candidates are no rename": Change(
        users(index("name", name="a"), index("name", name="b")),
        users(index("name", name="c")),
        Written(
            (
                "op.drop_index(op.f('a'), table_name='users')\n"
                "op.drop_index(op.f('b'), table_name='users')\n"
                "op.create_index('c', 'users', ['name'], unique=False)"
            ),
            (
                "op.drop_index('c', table_name='users')\n"
                "op.create_index(op.f('b'), 'users', ['name'], unique=False)\n"
                "op.create_index(op.f('a'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "two names are swapped": Change(
        users(index("name", name="a"), index("age", name="b")),
        users(index("name", name="b"), index("age", name="a")),
        Written(
            (
                "op.drop_index(op.f('a'), table_name='users')\n"
                "op.drop_index(op.f('b'), table_name='users')\n"
                "op.create_index('a', 'users', ['age'], unique=False)\n"
                "op.create_index('b', 'users', ['name'], unique=False)"
            ),
            (
                "op.drop_index('b', table_name='users')\n"
                "op.drop_index('a', table_name='users')\n"
                "op.create_index(op.f('b'), 'users', ['age'], unique=False)\n"
                "op.create_index(op.f('a'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "one takes the name of another": Change(
        users(index("name", name="a"), index("age", name="b")),
        users(index("age", name="a")),
        Written(
            (
                "op.drop_index(op.f('a'), table_name='users')\n"
                "op.drop_index(op.f('b'), table_name='users')\n"
                "op.create_index('a', 'users', ['age'], unique=False)"
            ),
            (
                "op.drop_index('a', table_name='users')\n"
                "op.create_index(op.f('b'), 'users', ['age'], unique=False)\n"
                "op.create_index(op.f('a'), 'users', ['name'], unique=False)"
            ),
        ),
    ),
    "names with quotes, dots and percents": Change(
        table('a "b" 1.5%', column('c "d" 7.%')),
        table(
            'a "b" 1.5%',
            column('c "d" 7.%', index=True),
            lambda: sa.Index('E "f" 100% .', 'c "d" 7.%'),
        ),
        Written(
            (
                "op.create_index('E \"f\" 100% .', 'a \"b\" 1.5%', ['c \"d\" 7.%'], "
                "unique=False)\n"
                'op.create_index(op.f(\'ix_a "b" 1.5%_c "d" 7.%\'), \'a "b" 1.5%\', [\'c "d" '
                "7.%'], unique=False)"
            ),
            (
                'op.drop_index(op.f(\'ix_a "b" 1.5%_c "d" 7.%\'), table_name=\'a "b" 1.5%\')\n'
                "op.drop_index('E \"f\" 100% .', table_name='a \"b\" 1.5%')"
            ),
        ),
    ),
    "it is renamed to what must be quoted": changed(
        index("name"),
        index("name", name='The "one" %.'),
        Written(
            ('op.execute(\'ALTER INDEX ix RENAME TO "The ""one"" %."\')'),
            ('op.execute(\'ALTER INDEX "The ""one"" %." RENAME TO ix\')'),
        ),
    ),
    "a name that is cut within a letter": changed(
        index("age"),
        index("name", name="é" * 40),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='users')\n"
                "op.create_index('éééééééééééééééééééééééééééééééééééééééé', 'users', "
                "['name'], unique=False)"
            ),
            (
                "op.drop_index('éééééééééééééééééééééééééééééééééééééééé', "
                "table_name='users')\n"
                "op.create_index(op.f('ix'), 'users', ['age'], unique=False)"
            ),
        ),
    ),
    "a convention whose name is cut": Change(
        table("t" * 60, column("c" * 40)),
        table("t" * 60, column("c" * 40, index=True)),
        Written(
            (
                "op.create_index(op.f('ix_tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt_cccccccccccccccccccccccccccccccccccccccc'),"
                " 'tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt', "
                "['cccccccccccccccccccccccccccccccccccccccc'], unique=False)"
            ),
            (
                "op.drop_index(op.f('ix_tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt_cccccccccccccccccccccccccccccccccccccccc'),"
                " "
                "table_name='tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt')"
            ),
        ),
    ),
    "it goes with its column": Change(
        table("t", column("a"), column("b"), index("a", "b")),
        table("t", column("a")),
        Written(
            ("op.drop_index(op.f('ix'), table_name='t')\nop.drop_column('t', 'b')"),
            (
                "op.add_column('t', sa.Column('b', sa.INTEGER(), autoincrement=False, "
                "nullable=True))\n"
                "op.create_index(op.f('ix'), 't', ['a', 'b'], unique=False)"
            ),
        ),
    ),
    "it comes with its column": Change(
        table("t", column("a")),
        table("t", column("a"), column("b"), index("a", "b")),
        Written(
            (
                "op.add_column('t', sa.Column('b', sa.Integer(), nullable=True))\n"
                "op.create_index('ix', 't', ['a', 'b'], unique=False)"
            ),
            ("op.drop_index('ix', table_name='t')\nop.drop_column('t', 'b')"),
        ),
    ),
    "its column changes type, and its operator class": Change(
        table(
            "t", column("a", sa.String(9)), index("a", postgresql_ops={"a": "varchar_pattern_ops"})
        ),
        table("t", column("a", sa.Text), index("a", postgresql_ops={"a": "text_pattern_ops"})),
        Written(
            (
                "op.drop_index(op.f('ix'), table_name='t')\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.VARCHAR(length=9),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True)\n"
                "op.create_index('ix', 't', ['a'], unique=False, postgresql_ops={'a': "
                "'text_pattern_ops'})"
            ),
            (
                "op.drop_index('ix', table_name='t')\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.VARCHAR(length=9),\n"
                "           existing_nullable=True)\n"
                "op.execute('CREATE INDEX ix ON t USING btree (a varchar_pattern_ops)')"
            ),
        ),
    ),
    "its column changes type, and it stays": Change(
        table("t", column("a"), index("a", **where("a > 1"))),
        table("t", column("a", sa.BigInteger), index("a", **where("a > 1"))),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "in another schema": Change(
        in_schema("app", users(index("name", name="a"), index("age", name="b"), schema="app")),
        in_schema("app", users(index("name", name="c"), index("age DESC", name="b"), schema="app")),
        Written(
            (
                "op.drop_index(op.f('b'), table_name='users', schema='app')\n"
                "op.execute('ALTER INDEX app.a RENAME TO c')\n"
                "op.create_index('b', 'users', [sa.literal_column('age DESC')], "
                "unique=False, schema='app')"
            ),
            (
                "op.drop_index('b', table_name='users', schema='app')\n"
                "op.execute('ALTER INDEX app.c RENAME TO a')\n"
                "op.create_index(op.f('b'), 'users', ['age'], unique=False, schema='app')"
            ),
        ),
        options={"include_schemas": True},
    ),
    "somebody has typed it": Change(
        users(),
        both(users(), ddl("CREATE INDEX IF NOT EXISTS typed ON users (lower(name))")),
        Written(
            ("op.execute('CREATE INDEX typed ON users USING btree (lower((name)::text))')"),
            ("op.execute('DROP INDEX typed')"),
        ),
    ),
    "it gets a comment": Change(
        users(index("name")),
        both(users(index("name")), ddl("COMMENT ON INDEX ix IS 'why: 100%'")),
        Written(
            ("op.execute(\"COMMENT ON INDEX ix IS 'why: 100%'\")"),
            ("op.execute('COMMENT ON INDEX ix IS NULL')"),
        ),
    ),
    "it has a comment and is dropped": Change(
        both(users(index("name")), ddl("COMMENT ON INDEX ix IS 'why'")),
        users(),
        Written(
            ("op.drop_index(op.f('ix'), table_name='users')"),
            (
                "op.create_index(op.f('ix'), 'users', ['name'], unique=False)\n"
                "op.execute(\"COMMENT ON INDEX ix IS 'why'\")"
            ),
        ),
    ),
    "a partitioned table has one": Change(
        table("p", column("a"), column("b"), postgresql_partition_by="LIST (a)"),
        table("p", column("a"), column("b"), index("b"), postgresql_partition_by="LIST (a)"),
        Written(
            ("op.create_index('ix', 'p', ['b'], unique=False)"),
            ("op.drop_index('ix', table_name='p')"),
        ),
    ),
    "a partitioned table loses one": Change(
        table("p", column("a"), column("b"), index("b DESC"), postgresql_partition_by="LIST (a)"),
        table("p", column("a"), column("b"), postgresql_partition_by="LIST (a)"),
        Written(
            ("op.drop_index(op.f('ix'), table_name='p')"),
            ("op.execute('CREATE INDEX ix ON p USING btree (b DESC)')"),
        ),
    ),
    "its table is new": Change(
        users(),
        both(users(), table("t", column("a"), index("a DESC", name="it", **where("a > 1")))),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.create_index('it', 't', [sa.literal_column('a DESC')], unique=False, "
                "postgresql_where=sa.text('a > 1'))"
            ),
            ("op.drop_index('it', table_name='t')\nop.drop_table('t')"),
        ),
    ),
    "its table is dropped": Change(
        both(
            users(),
            table(
                "t",
                column("a"),
                column("b", sa.Text),
                index("b", name="i1", postgresql_ops={"b": "text_pattern_ops"}, **where("a > 1")),
                index('b COLLATE "C" DESC', name="i2", postgresql_with={"fillfactor": 50}),
            ),
        ),
        users(),
        Written(
            (
                "op.drop_index(op.f('i1'), table_name='t')\n"
                "op.drop_index(op.f('i2'), table_name='t')\n"
                "op.drop_table('t')"
            ),
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.INTEGER(), autoincrement=False, nullable=True),\n"
                "sa.Column('b', sa.TEXT(), autoincrement=False, nullable=True)\n"
                ")\n"
                'op.execute(\'CREATE INDEX i2 ON t USING btree (b COLLATE "C" DESC) WITH '
                "(fillfactor=\\'50\\')')\n"
                "op.execute('CREATE INDEX i1 ON t USING btree (b text_pattern_ops) WHERE "
                "(a > 1)')"
            ),
        ),
    ),
}

SAME = {
    "plain": Same(users(index("name"))),
    "a column has one": Same(table("t", column("a", index=True))),
    "a unique column has one": Same(table("t", column("a", index=True, unique=True))),
    "an expression": Same(users(index("lower(name)"))),
    "CASE": Same(users(index("(CASE WHEN age > 1 THEN name ELSE 'x' END)"))),
    "BETWEEN and IN": Same(users(index("(age BETWEEN 1 AND 9)", "(name IN ('a', 'b'))"))),
    "!=": Same(users(index("(age != 1)"))),
    "concatenation": Same(users(index("(name || ' ' || email)"))),
    "a collation": Same(users(index('name COLLATE "C"'))),
    "several columns in one text": Same(users(index("name, age DESC"))),
    "an operator class that is DESC": Same(users(index("age", postgresql_ops={"age": "DESC"}))),
    "an operator class": Same(users(index("name", postgresql_ops={"name": "varchar_pattern_ops"}))),
    "an operator class in the text": Same(users(index("name varchar_pattern_ops"))),
    "the default operator class, said": Same(
        users(index("email", postgresql_ops={"email": "text_ops"}))
    ),
    "a predicate with IN": Same(users(index("name", **where("name IN ('a', 'b')")))),
    "a predicate with colons and percents": Same(
        users(index("name", **where(r"name ~ '[[\:alpha\:]]' AND name LIKE '100%'")))
    ),
    "a predicate that is a column": Same(
        table("t", column("a", sa.Boolean), index("a", **where("a")))
    ),
    "an expression of SQLAlchemy": Same(
        of_columns(
            lambda c: sa.func.lower(c.name),
            lambda c: c.age.desc().nulls_last(),
            lambda c: sa.cast(c.age, sa.BigInteger),
        )
    ),
    "ascending, nulls last": Same(users(index("age ASC NULLS LAST"))),
    "descending, nulls first": Same(users(index("age DESC NULLS FIRST"))),
    "the default method, said": Same(users(index("age", postgresql_using="btree"))),
    "hash": Same(users(index("age", postgresql_using="hash"))),
    "columns included": Same(users(index("age", postgresql_include=["name", "email"]))),
    "nulls not distinct": Same(
        users(index("name", unique=True, postgresql_nulls_not_distinct=True))
    ),
    "nulls distinct, said": Same(
        users(index("name", unique=True, postgresql_nulls_not_distinct=False))
    ),
    "storage parameters": Same(users(index("age", postgresql_with={"fillfactor": 50}))),
    "storage parameters that only the database has": Same(
        users(index("name")), ("ALTER INDEX ix SET (fillfactor = 60)",)
    ),
    "more storage parameters in the database": Same(
        users(index("name", postgresql_with={"fillfactor": 50})),
        ("ALTER INDEX ix SET (deduplicate_items = off)",),
    ),
    "the default tablespace, said": Same(users(index("name", postgresql_tablespace="pg_default"))),
    "a comment that only the database has": Same(
        users(index("name")), ("COMMENT ON INDEX ix IS 'mine'",)
    ),
    "a comment": Same(both(users(index("name")), ddl("COMMENT ON INDEX ix IS 'it''s'"))),
    "clustered, statistics, replica identity": Same(
        table("t", column("a", nullable=False), index("a", unique=True)),
        (
            "ALTER TABLE t CLUSTER ON ix",
            "ALTER TABLE t REPLICA IDENTITY USING INDEX ix",
        ),
    ),
    "a restored database": Same(
        users(index("name", **where("name IN ('a', 'b')"))),
        (
            "DROP INDEX ix",
            "CREATE INDEX ix ON users (name) WHERE (((name)::text = ANY"
            " (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
        ),
    ),
    "names with quotes, dots and percents": Same(
        table('a "b" 1.5%', column('c "d" 7.%'), lambda: sa.Index('E "f" 100% .', 'c "d" 7.%'))
    ),
    "a name in capitals": Same(users(index("name", name="IX_Users"))),
    "a name that is cut": Same(users(index("name", name="é" * 40))),
    "a convention whose name is cut": Same(table("t" * 60, column("c" * 40, index=True))),
    "in another schema": Same(
        in_schema(
            "app",
            both(users(index("name"), schema="app"), users(index("name"), name="others")),
        )
    ),
    "the default schema, said": Same(users(index("name"), schema="public")),
    "a partitioned table": Same(
        table("p", column("a"), column("b"), index("b"), postgresql_partition_by="LIST (a)"),
        ("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",),
        options={"include_name": lambda name, type_, _: name != "p1"},
    ),
    "somebody has typed it": Same(
        both(users(), ddl("CREATE INDEX IF NOT EXISTS typed ON users (lower(name)) INCLUDE (age)"))
    ),
    "an extension's operator class": Same(
        first(
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            users(index("name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"})),
        )
    ),
    "an expression of a function that is typed": Same(
        first(
            "CREATE OR REPLACE FUNCTION norm(t text) RETURNS text LANGUAGE sql IMMUTABLE"
            " AS $$ SELECT lower(t) $$",
            users(index("norm(name)")),
        )
    ),
    "full text": Same(users(index("to_tsvector('english', name)", postgresql_using="gin"))),
    "a JSON path": Same(
        table(
            "t",
            column("a", JSONB),
            index("(a ->> 'k')", "(a #>> '{x,y}')", name="ix"),
        )
    ),
    "left out by the project": Same(
        users(),
        ("CREATE INDEX left_out ON users (name)",),
        options={"include_name": lambda name, type_, _: name != "left_out"},
    ),
    "a time zone by the function that it is": Same(
        users(index("(timezone('utc', to_timestamp(age)))")),
        sql=(
            "DROP INDEX ix",
            "CREATE INDEX ix ON users ((to_timestamp(age) AT TIME ZONE 'utc'))",
        ),
    ),
    "a predicate in other words": Same(
        users(index("age", **where("name IN ('a', 'b') AND age BETWEEN 1 AND 2"))),
        sql=(
            "DROP INDEX ix",
            "CREATE INDEX ix ON users (age) WHERE name::text = ANY (ARRAY['a'::text, 'b'::text])"
            " AND age >= 1 AND age <= 2",
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


def test_an_index_that_a_failed_build_left_invalid_is_made_anew(
    empty: Callable[[], Engine],
) -> None:
    engine, state = empty(), users(index("name", unique=True))
    make(
        engine, state, ["UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix'::regclass"]
    )
    with engine.begin() as connection:
        migration = written(connection, metadata_of(state))
    assert migration == Written(
        "op.drop_index(op.f('ix'), table_name='users')\n"
        "op.create_index('ix', 'users', ['name'], unique=True)",
        "op.drop_index('ix', table_name='users')\n"
        "op.create_index(op.f('ix'), 'users', ['name'], unique=True)",
    )
    with engine.connect() as connection:
        run(connection, migration.upgrade)
    with engine.begin() as connection:
        assert written(connection, metadata_of(state)) == Written("", "")


@pytest.mark.parametrize("before", [(), ("CREATE INDEX ix ON users (age)",)])
def test_an_index_that_the_models_build_concurrently_stands_outside_of_the_transaction(
    before: tuple[str, ...], empty: Callable[[], Engine]
) -> None:
    engine = empty()
    make(engine, users(index("name")))
    expected = snapshot(engine)
    engine = empty()
    make(engine, users(), before)
    first = snapshot(engine)
    metadata = metadata_of(users(index("name", postgresql_concurrently=True)))
    with engine.begin() as connection:
        migration = written(connection, metadata)
    dropped = (
        "with op.get_context().autocommit_block():\n"
        "    op.drop_index(op.f('ix'), table_name='users', postgresql_concurrently=True)\n\n"
    )
    assert migration == Written(
        (dropped if before else "") + "with op.get_context().autocommit_block():\n"
        "    op.create_index('ix', 'users', ['name'], unique=False, postgresql_concurrently=True)",
        "with op.get_context().autocommit_block():\n"
        "    op.drop_index('ix', table_name='users', postgresql_concurrently=True)"
        + ("\n\nop.create_index(op.f('ix'), 'users', ['age'], unique=False)" if before else ""),
    )
    with engine.connect() as connection:
        run(connection, migration.upgrade, metadata)
    assert snapshot(engine) == expected
    with engine.begin() as connection:
        assert written(connection, metadata) == Written("", "")
    with engine.connect() as connection:
        run(connection, migration.downgrade, metadata)
    assert snapshot(engine) == first


def test_an_index_that_is_built_concurrently_comes_with_its_table(
    empty: Callable[[], Engine],
) -> None:
    engine = empty()
    metadata = metadata_of(table("t", column("a"), index("a", postgresql_concurrently=True)))
    with engine.begin() as connection:
        migration = written(connection, metadata)
    assert migration == Written(
        "op.create_table('t',\nsa.Column('a', sa.Integer(), nullable=True)\n)\n"
        "with op.get_context().autocommit_block():\n"
        "    op.create_index('ix', 't', ['a'], unique=False, postgresql_concurrently=True)",
        "with op.get_context().autocommit_block():\n"
        "    op.drop_index('ix', table_name='t', postgresql_concurrently=True)\n\n"
        "op.drop_table('t')",
    )
    with engine.connect() as connection:
        run(connection, migration.upgrade, metadata)
    with engine.begin() as connection:
        assert written(connection, metadata) == Written("", "")
    with engine.connect() as connection:
        run(connection, migration.downgrade, metadata)
    assert [each for each in snapshot(engine) if each.startswith(("table", "index"))] == []


def test_an_index_moves_to_the_tablespace_that_the_models_say(
    empty: Callable[[], Engine], tablespace: str
) -> None:
    silent, said = users(index("name")), users(index("name", postgresql_tablespace=tablespace))
    assert migrated(empty, silent, said) == Written(
        f"op.execute('ALTER INDEX ix SET TABLESPACE {tablespace}')",
        "op.execute('ALTER INDEX ix SET TABLESPACE pg_default')",
    )
    assert unchanged(empty, said) == Written("", "")
    moved = [f"ALTER INDEX ix SET TABLESPACE {tablespace}"]
    assert unchanged(empty, silent, moved) == Written("", "")
    assert migrated(empty, said, users()) == Written(
        "op.drop_index(op.f('ix'), table_name='users')",
        f"op.execute('CREATE INDEX ix ON users USING btree (name) TABLESPACE {tablespace}')",
    )


@pytest.fixture
def tablespace(postgresql_engine: Engine, empty: Callable[[], Engine]) -> Iterator[str]:
    """One within the server's own directory, where the server has such (PostgreSQL 15)."""
    name = f"guard_{uuid4().hex[:12]}"
    with postgresql_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            connection.exec_driver_sql("SET allow_in_place_tablespaces = on")
        except DBAPIError as error:
            pytest.skip(f"no tablespace without a directory: {error.orig}")
        connection.exec_driver_sql(f"CREATE TABLESPACE {name} LOCATION ''")
        try:
            yield name
        finally:
            empty()
            connection.exec_driver_sql(f"DROP TABLESPACE {name}")


def test_an_index_that_a_project_types_and_builds_concurrently_is_seen(
    empty: Callable[[], Engine],
) -> None:
    typed = "CREATE INDEX {} IF NOT EXISTS typed ON users (lower(name))"
    state = both(users(), ddl(typed.format("CONCURRENTLY")))
    engine = empty()
    make(engine, users(), [typed.format("")])
    with engine.begin() as connection:
        assert written(connection, metadata_of(state)) == Written("", "")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX typed ON elsewhere.users (name)",
        "ALTER TABLE users ADD CONSTRAINT ck CHECK (nowhere(name))",
    ],
)
def test_nothing_is_dropped_that_a_statement_might_have_made(
    statement: str, empty: Callable[[], Engine], caplog: pytest.LogCaptureFixture
) -> None:
    engine = empty()
    make(
        engine,
        users(),
        [
            "CREATE INDEX typed ON users (name)",
            "ALTER TABLE users ADD CONSTRAINT ck CHECK (age > 0)",
        ],
    )
    with engine.begin() as connection:
        found = written(connection, metadata_of(both(users(), ddl(statement))))
    assert found == Written("", "")
    assert statement in caplog.text
