"""Foreign keys: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.rows import (
    Change,
    Item,
    Same,
    both,
    column,
    convention,
    ddl,
    in_schema,
    table,
    users,
)

NOT_VALID = (
    "ALTER TABLE posts ADD CONSTRAINT fk FOREIGN KEY (author) REFERENCES users (id) NOT VALID"
)
NAMES = "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"


def key(
    columns: str = "author", target: str = "users.id", name: str | None = "fk", **options: Any
) -> Item:
    local, remote = columns.split(), target.split()
    return lambda: sa.ForeignKeyConstraint(local, remote, name=name, **options)


def posts(*items: Item, **options: Any) -> State:
    """Posts of users, each with an author and somebody who has read it."""
    columns = (column("id", primary_key=True), column("author"), column("reader"))
    return both(users(unique("age", "id")), table("posts", *columns, *items, **options))


def unique(*columns: str, name: str | None = "uq", **options: Any) -> Item:
    return lambda: sa.UniqueConstraint(*columns, name=name, **options)


CHANGES = {
    "one is added": Change(
        posts(),
        posts(key()),
        Written(
            ("op.create_foreign_key('fk', 'posts', 'users', ['author'], ['id'])"),
            ("op.drop_constraint('fk', 'posts', type_='foreignkey')"),
        ),
    ),
    "one is dropped": Change(
        posts(key()),
        posts(),
        Written(
            ("op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')"),
            ("op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'])"),
        ),
    ),
    "its columns change": Change(
        posts(key()),
        posts(key("reader")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['reader'], ['id'])"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'])"
            ),
        ),
    ),
    "its target changes": Change(
        posts(key()),
        posts(key(target="posts.id")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'posts', ['author'], ['id'])"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'])"
            ),
        ),
    ),
    "the order of its columns changes": Change(
        posts(key("author reader", "users.age users.id")),
        posts(key("reader author", "users.age users.id")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['reader', 'author'], "
                "['age', 'id'])"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author', "
                "'reader'], ['age', 'id'])"
            ),
        ),
    ),
    "a cascade is added": Change(
        posts(key()),
        posts(key(ondelete="CASCADE", onupdate="SET NULL")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author'], ['id'], "
                "onupdate='SET NULL', ondelete='CASCADE')"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'])"
            ),
        ),
    ),
    "a cascade goes": Change(
        posts(key(ondelete="CASCADE", onupdate="RESTRICT")),
        posts(key()),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author'], ['id'])"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'], "
                "onupdate='RESTRICT', ondelete='CASCADE')"
            ),
        ),
    ),
    "it sets one column to null": Change(
        posts(key("author reader", "users.age users.id")),
        posts(key("author reader", "users.age users.id", ondelete="SET NULL (author)")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author', 'reader'], "
                "['age', 'id'], ondelete='SET NULL (author)')"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author', "
                "'reader'], ['age', 'id'])"
            ),
        ),
    ),
    "it sets another column to its default": Change(
        posts(key("author reader", "users.age users.id", ondelete="SET NULL (author)")),
        posts(key("author reader", "users.age users.id", ondelete="SET DEFAULT (reader)")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author', 'reader'], "
                "['age', 'id'], ondelete='SET DEFAULT (reader)')"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.execute('ALTER TABLE posts ADD CONSTRAINT fk FOREIGN KEY (author, "
                "reader) REFERENCES users(age, id) ON DELETE SET NULL (author)')"
            ),
        ),
    ),
    "it becomes deferrable": Change(
        posts(key()),
        posts(key(deferrable=True, initially="DEFERRED")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author'], ['id'], "
                "initially='DEFERRED', deferrable=True)"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'])"
            ),
        ),
    ),
    "it is deferrable no more": Change(
        posts(key(deferrable=True)),
        posts(key()),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author'], ['id'])"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'], "
                "deferrable=True)"
            ),
        ),
    ),
    "MATCH FULL": Change(
        posts(key("author reader", "users.age users.id")),
        posts(key("author reader", "users.age users.id", match="FULL")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author', 'reader'], "
                "['age', 'id'], match='FULL')"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author', "
                "'reader'], ['age', 'id'])"
            ),
        ),
    ),
    "MATCH FULL no more": Change(
        posts(key("author reader", "users.age users.id", match="FULL")),
        posts(key("author reader", "users.age users.id")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author', 'reader'], "
                "['age', 'id'])"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author', "
                "'reader'], ['age', 'id'], match='FULL')"
            ),
        ),
    ),
    "it was not validated": Change(
        posts(),
        posts(key()),
        Written(
            ("op.execute('ALTER TABLE posts VALIDATE CONSTRAINT fk')"),
            (
                "op.execute('ALTER TABLE posts DROP CONSTRAINT fk, ADD CONSTRAINT fk "
                "FOREIGN KEY (author) REFERENCES users(id) NOT VALID')"
            ),
        ),
        (NOT_VALID,),
    ),
    "it was not validated, and is dropped": Change(
        posts(),
        posts(),
        Written(
            ("op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')"),
            (
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'], "
                "postgresql_not_valid=True)"
            ),
        ),
        (NOT_VALID,),
    ),
    "it was not validated, and changes": Change(
        posts(),
        posts(key(ondelete="CASCADE")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author'], ['id'], "
                "ondelete='CASCADE')"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('fk'), 'posts', 'users', ['author'], ['id'], "
                "postgresql_not_valid=True)"
            ),
        ),
        (NOT_VALID,),
    ),
    "it is renamed": Change(
        posts(key(name="old")),
        posts(key()),
        Written(
            ("op.execute('ALTER TABLE posts RENAME CONSTRAINT \"old\" TO fk')"),
            ("op.execute('ALTER TABLE posts RENAME CONSTRAINT fk TO \"old\"')"),
        ),
    ),
    "it is renamed, and cascades": Change(
        posts(key(name="old")),
        posts(key(ondelete="CASCADE")),
        Written(
            (
                "op.drop_constraint(op.f('old'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('fk', 'posts', 'users', ['author'], ['id'], "
                "ondelete='CASCADE')"
            ),
            (
                "op.drop_constraint('fk', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('old'), 'posts', 'users', ['author'], ['id'])"
            ),
        ),
    ),
    "a convention names it": Change(
        posts(key(name=None)),
        convention(posts(key(name=None)), fk=NAMES),
        Written(
            (
                "op.execute('ALTER TABLE posts RENAME CONSTRAINT posts_author_fkey TO "
                "fk_posts_author_users')"
            ),
            (
                "op.execute('ALTER TABLE posts RENAME CONSTRAINT fk_posts_author_users TO"
                " posts_author_fkey')"
            ),
        ),
    ),
    "one without a name is added": Change(
        posts(),
        posts(key("author reader", "users.age users.id", None)),
        Written(
            (
                "op.create_foreign_key(op.f('posts_author_reader_fkey'), 'posts', "
                "'users', ['author', 'reader'], ['age', 'id'])"
            ),
            ("op.drop_constraint(op.f('posts_author_reader_fkey'), 'posts', type_='foreignkey')"),
        ),
    ),
    "one of a column is added": Change(
        both(users(), table("t", column("a"))),
        both(users(), table("t", column("a", None, lambda: sa.ForeignKey("users.id")))),
        Written(
            ("op.create_foreign_key(op.f('t_a_fkey'), 't', 'users', ['a'], ['id'])"),
            ("op.drop_constraint(op.f('t_a_fkey'), 't', type_='foreignkey')"),
        ),
    ),
    "one without a name changes": Change(
        posts(key(name=None)),
        posts(key(name=None, ondelete="CASCADE")),
        Written(
            (
                "op.drop_constraint(op.f('posts_author_fkey'), 'posts', "
                "type_='foreignkey')\n"
                "op.create_foreign_key(op.f('posts_author_fkey'), 'posts', 'users', "
                "['author'], ['id'], ondelete='CASCADE')"
            ),
            (
                "op.drop_constraint(op.f('posts_author_fkey'), 'posts', "
                "type_='foreignkey')\n"
                "op.create_foreign_key(op.f('posts_author_fkey'), 'posts', 'users', "
                "['author'], ['id'])"
            ),
        ),
    ),
    "two names are swapped": Change(
        posts(key(name="a"), key("reader", name="b")),
        posts(key(name="b"), key("reader", name="a")),
        Written(
            (
                "op.drop_constraint(op.f('a'), 'posts', type_='foreignkey')\n"
                "op.drop_constraint(op.f('b'), 'posts', type_='foreignkey')\n"
                "op.create_foreign_key('a', 'posts', 'users', ['reader'], ['id'])\n"
                "op.create_foreign_key('b', 'posts', 'users', ['author'], ['id'])"
            ),
            (
                "op.drop_constraint('b', 'posts', type_='foreignkey')\n"
                "op.drop_constraint('a', 'posts', type_='foreignkey')\n"
                "op.create_foreign_key(op.f('b'), 'posts', 'users', ['reader'], ['id'])\n"
                "op.create_foreign_key(op.f('a'), 'posts', 'users', ['author'], ['id'])"
            ),
        ),
    ),
    "names with quotes, dots and percents": Change(
        both(users(name='u "x" 1.%'), table('p "y" 2.%', column('c "d" 7%'))),
        both(
            users(name='u "x" 1.%'),
            table(
                'p "y" 2.%',
                column('c "d" 7%'),
                lambda: sa.ForeignKeyConstraint(['c "d" 7%'], ['u "x" 1.%.id'], name='f "k" %.'),
            ),
        ),
        Written(
            (
                'op.create_foreign_key(\'f "k" %.\', \'p "y" 2.%\', \'u "x" 1.%\', [\'c "d" '
                "7%'], ['id'])"
            ),
            ("op.drop_constraint('f \"k\" %.', 'p \"y\" 2.%', type_='foreignkey')"),
        ),
    ),
    "to another schema": Change(
        in_schema("app", both(users(schema="app"), table("t", column("a")))),
        in_schema(
            "app",
            both(users(schema="app"), table("t", column("a"), key("a", "app.users.id"))),
        ),
        Written(
            ("op.create_foreign_key('fk', 't', 'users', ['a'], ['id'], referent_schema='app')"),
            ("op.drop_constraint('fk', 't', type_='foreignkey')"),
        ),
        options={"include_schemas": True},
    ),
    "from another schema": Change(
        in_schema("app", both(users(), table("t", column("a"), key("a"), schema="app"))),
        in_schema("app", both(users(), table("t", column("a"), schema="app"))),
        Written(
            ("op.drop_constraint(op.f('fk'), 't', schema='app', type_='foreignkey')"),
            ("op.create_foreign_key(op.f('fk'), 't', 'users', ['a'], ['id'], source_schema='app')"),
        ),
        options={"include_schemas": True},
    ),
    "it comes with its column": Change(
        both(users(), table("t", column("a"))),
        both(users(), table("t", column("a"), column("b"), key("b"))),
        Written(
            (
                "op.add_column('t', sa.Column('b', sa.Integer(), nullable=True))\n"
                "op.create_foreign_key('fk', 't', 'users', ['b'], ['id'])"
            ),
            ("op.drop_constraint('fk', 't', type_='foreignkey')\nop.drop_column('t', 'b')"),
        ),
    ),
    "it goes with its column": Change(
        both(users(), table("t", column("a"), column("b"), key("b"))),
        both(users(), table("t", column("a"))),
        Written(
            ("op.drop_constraint(op.f('fk'), 't', type_='foreignkey')\nop.drop_column('t', 'b')"),
            (
                "op.add_column('t', sa.Column('b', sa.INTEGER(), autoincrement=False, "
                "nullable=True))\n"
                "op.create_foreign_key(op.f('fk'), 't', 'users', ['b'], ['id'])"
            ),
        ),
    ),
    "it goes with its target": Change(
        both(users(), table("t", column("a"), key("a"))),
        table("t", column("a")),
        Written(
            ("op.drop_constraint(op.f('fk'), 't', type_='foreignkey')\nop.drop_table('users')"),
            (
                "op.create_table('users',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=True, nullable=False),\n"
                "sa.Column('name', sa.VARCHAR(length=50), autoincrement=False, "
                "nullable=True),\n"
                "sa.Column('age', sa.INTEGER(), autoincrement=False, nullable=True),\n"
                "sa.Column('email', sa.VARCHAR(), autoincrement=False, nullable=True),\n"
                "sa.PrimaryKeyConstraint('id', name=op.f('users_pkey'))\n"
                ")\n"
                "op.create_foreign_key(op.f('fk'), 't', 'users', ['a'], ['id'])"
            ),
        ),
    ),
    "it comes with its target": Change(
        table("t", column("a")),
        both(users(), table("t", column("a"), key("a"))),
        Written(
            (
                "op.create_table('users',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('name', sa.String(length=50), nullable=True),\n"
                "sa.Column('age', sa.Integer(), nullable=True),\n"
                "sa.Column('email', sa.String(), nullable=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.create_foreign_key('fk', 't', 'users', ['a'], ['id'])"
            ),
            ("op.drop_constraint('fk', 't', type_='foreignkey')\nop.drop_table('users')"),
        ),
    ),
    "its key is made anew": Change(
        both(
            table("k", column("a"), column("b"), unique("a", "b")),
            table("t", column("a"), column("b"), key("a b", "k.a k.b")),
        ),
        both(
            table("k", column("a"), column("b"), unique("b", "a")),
            table("t", column("a"), column("b"), key("a b", "k.a k.b")),
        ),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 't', type_='foreignkey')\n"
                "op.drop_constraint(op.f('uq'), 'k', type_='unique')\n"
                "op.create_unique_constraint('uq', 'k', ['b', 'a'])\n"
                "op.create_foreign_key('fk', 't', 'k', ['a', 'b'], ['a', 'b'])"
            ),
            (
                "op.drop_constraint('fk', 't', type_='foreignkey')\n"
                "op.drop_constraint('uq', 'k', type_='unique')\n"
                "op.create_unique_constraint(op.f('uq'), 'k', ['a', 'b'])\n"
                "op.create_foreign_key(op.f('fk'), 't', 'k', ['a', 'b'], ['a', 'b'])"
            ),
        ),
    ),
    "its key is an index that changes": Change(
        both(
            table("k", column("a"), column("b"), lambda: sa.Index("ux", "a", unique=True)),
            table("t", column("a"), key("a", "k.a")),
        ),
        both(
            table(
                "k",
                column("a"),
                column("b"),
                lambda: sa.Index("ux", "a", unique=True, postgresql_include=["b"]),
            ),
            table("t", column("a"), key("a", "k.a")),
        ),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 't', type_='foreignkey')\n"
                "op.drop_index(op.f('ux'), table_name='k')\n"
                "op.create_index('ux', 'k', ['a'], unique=True, postgresql_include=['b'])\n"
                "op.create_foreign_key('fk', 't', 'k', ['a'], ['a'])"
            ),
            (
                "op.drop_constraint('fk', 't', type_='foreignkey')\n"
                "op.drop_index('ux', table_name='k')\n"
                "op.create_index(op.f('ux'), 'k', ['a'], unique=True)\n"
                "op.create_foreign_key(op.f('fk'), 't', 'k', ['a'], ['a'])"
            ),
        ),
    ),
    "it moves from one key to another": Change(
        both(
            table("k", column("a"), column("b"), unique("a")),
            table("t", column("a"), key("a", "k.a")),
        ),
        both(
            table("k", column("a"), column("b"), unique("b", name="ub")),
            table("t", column("a"), key("a", "k.b")),
        ),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 't', type_='foreignkey')\n"
                "op.drop_constraint(op.f('uq'), 'k', type_='unique')\n"
                "op.create_unique_constraint('ub', 'k', ['b'])\n"
                "op.create_foreign_key('fk', 't', 'k', ['a'], ['b'])"
            ),
            (
                "op.drop_constraint('fk', 't', type_='foreignkey')\n"
                "op.drop_constraint('ub', 'k', type_='unique')\n"
                "op.create_unique_constraint(op.f('uq'), 'k', ['a'])\n"
                "op.create_foreign_key(op.f('fk'), 't', 'k', ['a'], ['a'])"
            ),
        ),
    ),
    "its key goes, and another has the same columns": Change(
        both(
            table(
                "k", column("a"), unique("a", name="u1"), unique("a", name="u2", deferrable=True)
            ),
            table("t", column("a"), key("a", "k.a")),
        ),
        both(
            table(
                "k",
                column("a"),
                unique("a", name="u3", postgresql_nulls_not_distinct=True),
                unique("a", name="u2", deferrable=True),
            ),
            table("t", column("a"), key("a", "k.a")),
        ),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 't', type_='foreignkey')\n"
                "op.drop_constraint(op.f('u1'), 'k', type_='unique')\n"
                "op.create_unique_constraint('u3', 'k', ['a'], "
                "postgresql_nulls_not_distinct=True)\n"
                "op.create_foreign_key('fk', 't', 'k', ['a'], ['a'])"
            ),
            (
                "op.drop_constraint('fk', 't', type_='foreignkey')\n"
                "op.drop_constraint('u3', 'k', type_='unique')\n"
                "op.create_unique_constraint(op.f('u1'), 'k', ['a'])\n"
                "op.create_foreign_key(op.f('fk'), 't', 'k', ['a'], ['a'])"
            ),
        ),
    ),
    "a new table rests on a new key": Change(
        table("k", column("a")),
        both(
            table("k", column("a"), unique("a")),
            table("t", column("a"), key("a", "k.a")),
        ),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.create_unique_constraint('uq', 'k', ['a'])\n"
                "op.create_foreign_key('fk', 't', 'k', ['a'], ['a'])"
            ),
            (
                "op.drop_constraint('fk', 't', type_='foreignkey')\n"
                "op.drop_constraint('uq', 'k', type_='unique')\n"
                "op.drop_table('t')"
            ),
        ),
    ),
    "a new table rests on a new key without a name": Change(
        table("k", column("a")),
        both(
            table("k", column("a", unique=True)),
            table("t", column("a", None, lambda: sa.ForeignKey("k.a"))),
        ),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.create_unique_constraint(op.f('k_a_key'), 'k', ['a'])\n"
                "op.create_foreign_key(op.f('t_a_fkey'), 't', 'k', ['a'], ['a'])"
            ),
            (
                "op.drop_constraint(op.f('t_a_fkey'), 't', type_='foreignkey')\n"
                "op.drop_constraint(op.f('k_a_key'), 'k', type_='unique')\n"
                "op.drop_table('t')"
            ),
        ),
    ),
    "a table goes that rests on a key": Change(
        both(
            table("k", column("a"), unique("a")),
            table("t", column("a"), key("a", "k.a")),
        ),
        table("k", column("a")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 't', type_='foreignkey')\n"
                "op.drop_constraint(op.f('uq'), 'k', type_='unique')\n"
                "op.drop_table('t')"
            ),
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.INTEGER(), autoincrement=False, nullable=True)\n"
                ")\n"
                "op.create_unique_constraint(op.f('uq'), 'k', ['a'])\n"
                "op.create_foreign_key(op.f('fk'), 't', 'k', ['a'], ['a'])"
            ),
        ),
    ),
    "a table comes with all kinds": Change(
        users(unique("age", "id")),
        posts(
            key("author reader", "users.age users.id", "f1", match="FULL", deferrable=True),
            key("reader", "users.id", "f2", ondelete="SET NULL", initially="DEFERRED"),
            key("reader", "posts.id", "f3", comment="itself"),
        ),
        Written(
            (
                "op.create_table('posts',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('author', sa.Integer(), nullable=True),\n"
                "sa.Column('reader', sa.Integer(), nullable=True),\n"
                "sa.ForeignKeyConstraint(['author', 'reader'], ['users.age', 'users.id'],"
                " name='f1', deferrable=True, match='FULL'),\n"
                "sa.ForeignKeyConstraint(['reader'], ['posts.id'], name='f3'),\n"
                "sa.ForeignKeyConstraint(['reader'], ['users.id'], name='f2', "
                "ondelete='SET NULL', initially='DEFERRED'),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.execute(\"COMMENT ON CONSTRAINT f3 ON posts IS 'itself'\")"
            ),
            ("op.execute('COMMENT ON CONSTRAINT f3 ON posts IS NULL')\nop.drop_table('posts')"),
        ),
    ),
    "a table goes with all kinds": Change(
        posts(
            key("author reader", "users.age users.id", "f1", match="FULL", deferrable=True),
            key("reader", "users.id", "f2", ondelete="SET NULL", initially="DEFERRED"),
            key("author reader", "users.age users.id", "f4", ondelete="SET NULL (author)"),
            key("reader", "posts.id", "f3", comment="itself"),
        ),
        users(unique("age", "id")),
        Written(
            ("op.drop_table('posts')"),
            (
                "op.create_table('posts',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=True, nullable=False),\n"
                "sa.Column('author', sa.INTEGER(), autoincrement=False, nullable=True),\n"
                "sa.Column('reader', sa.INTEGER(), autoincrement=False, nullable=True),\n"
                "sa.ForeignKeyConstraint(['author', 'reader'], ['users.age', 'users.id'],"
                " name=op.f('f1'), deferrable=True, match='FULL'),\n"
                "sa.ForeignKeyConstraint(['author', 'reader'], ['users.age', 'users.id'],"
                " name=op.f('f4'), ondelete='SET NULL (author)'),\n"
                "sa.ForeignKeyConstraint(['reader'], ['posts.id'], name=op.f('f3')),\n"
                "sa.ForeignKeyConstraint(['reader'], ['users.id'], name=op.f('f2'), "
                "ondelete='SET NULL', initially='DEFERRED', deferrable=True),\n"
                "sa.PrimaryKeyConstraint('id', name=op.f('posts_pkey'))\n"
                ")\n"
                "op.create_foreign_key(op.f('posts_author_fkey'), 'posts', 'users', "
                "['author'], ['id'], postgresql_not_valid=True)\n"
                "op.execute(\"COMMENT ON CONSTRAINT f3 ON posts IS 'itself'\")"
            ),
        ),
        ("ALTER TABLE posts ADD FOREIGN KEY (author) REFERENCES users (id) NOT VALID",),
    ),
    "it gets a comment": Change(
        posts(key()),
        posts(key(comment="why")),
        Written(
            ("op.execute(\"COMMENT ON CONSTRAINT fk ON posts IS 'why'\")"),
            ("op.execute('COMMENT ON CONSTRAINT fk ON posts IS NULL')"),
        ),
    ),
    "somebody has typed it": Change(
        posts(),
        both(
            posts(),
            ddl(
                "ALTER TABLE posts ADD CONSTRAINT typed"
                " FOREIGN KEY (reader) REFERENCES public.users"
            ),
        ),
        Written(
            (
                "op.execute('ALTER TABLE posts ADD CONSTRAINT typed FOREIGN KEY (reader) "
                "REFERENCES users(id)')"
            ),
            ("op.execute('ALTER TABLE posts DROP CONSTRAINT typed')"),
        ),
    ),
}

SAME = {
    "named": Same(posts(key())),
    "unnamed": Same(posts(key(name=None))),
    "unnamed in the models, named in the database": Same(
        posts(key(name=None)),
        ("ALTER TABLE posts RENAME CONSTRAINT posts_author_fkey TO anything",),
    ),
    "two unnamed": Same(posts(key(name=None), key("reader", name=None))),
    "two alike": Same(posts(key(name="a"), key(name="b"))),
    "of a column": Same(
        both(users(), table("t", column("a", None, lambda: sa.ForeignKey("users.id"))))
    ),
    "to itself": Same(posts(key(target="posts.id"))),
    "cascades": Same(posts(key(ondelete="CASCADE", onupdate="SET DEFAULT"))),
    "no action, said": Same(posts(key(ondelete="NO ACTION", onupdate="NO ACTION"))),
    "one column is set to null": Same(
        posts(key("author reader", "users.age users.id", ondelete="SET NULL (author)"))
    ),
    "MATCH SIMPLE, said": Same(posts(key(match="SIMPLE"))),
    "MATCH FULL": Same(posts(key("author reader", "users.age users.id", match="FULL"))),
    "deferrable": Same(posts(key(deferrable=True, initially="DEFERRED"))),
    "initially immediate, said": Same(posts(key(deferrable=True, initially="IMMEDIATE"))),
    "not deferrable, said": Same(posts(key(deferrable=False))),
    "the default schema, said": Same(
        both(
            users(schema="public"),
            table("t", column("a"), key("a", "public.users.id"), schema="public"),
        )
    ),
    "the default schema, said on one side": Same(
        both(
            users(),
            users(schema="public", name="u2"),
            table("t", column("a"), key("a", "public.u2.id")),
        )
    ),
    "to another schema": Same(
        in_schema(
            "app", both(users(schema="app"), table("t", column("a"), key("a", "app.users.id")))
        ),
    ),
    "not valid, as the models say": Same(
        posts(key(postgresql_not_valid=True)),
        ("ALTER TABLE posts DROP CONSTRAINT fk", NOT_VALID),
    ),
    "not valid in the models, and validated": Same(posts(key(postgresql_not_valid=True))),
    "a convention": Same(convention(posts(key(name=None)), fk=NAMES)),
    "a convention whose names are cut": Same(
        convention(posts(key(name=None)), fk="fk_" + "x" * 70 + "%(column_0_name)s")
    ),
    "long names that PostgreSQL cuts": Same(
        both(users(), table("t" * 60, column("c" * 40), key("c" * 40, name=None)))
    ),
    "names with quotes, dots and percents": Same(
        both(
            users(name='u "x" 1%'),
            table(
                'p "y" 2.%',
                column('c "d" 7.%'),
                lambda: sa.ForeignKeyConstraint(['c "d" 7.%'], ['u "x" 1%.id'], name='f "k" %.'),
            ),
        )
    ),
    "two tables that rest on each other": Same(
        both(
            table("a", column("id", primary_key=True), column("b"), key("b", "b.id", "fk_a")),
            table(
                "b",
                column("id", primary_key=True),
                column("a"),
                key("a", "a.id", "fk_b", use_alter=True),
            ),
        )
    ),
    "a target that the project leaves out": Same(
        posts(key()),
        options={"include_object": lambda _, name, type_, *__: (name, type_) != ("users", "table")},
    ),
    "a partitioned table": Same(
        both(
            users(),
            table("p", column("a"), key("a"), postgresql_partition_by="LIST (a)"),
        ),
        ("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",),
        options={"include_name": lambda name, type_, _: name != "p1"},
    ),
    "a target that is partitioned": Same(
        both(
            table("p", column("a", primary_key=True), postgresql_partition_by="LIST (a)"),
            table("t", column("a"), key("a", "p.a")),
        ),
        ("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",),
        options={"include_name": lambda name, type_, _: name != "p1"},
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


UNORDERED = {
    "both columns change type": Change(
        both(
            table("k", column("id", unique=True)),
            table("t", column("a"), key("a", "k.id")),
        ),
        both(
            table("k", column("id", sa.BigInteger, unique=True)),
            table("t", column("a", sa.BigInteger), key("a", "k.id")),
        ),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.alter_column('k', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('k', 'id',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "its key is made anew, and both columns change type": Change(
        both(
            table("k", column("a"), column("b"), unique("a")),
            table("t", column("a"), key("a", "k.a")),
        ),
        both(
            table(
                "k", column("a", sa.String(9)), column("b"), unique("a", postgresql_include=["b"])
            ),
            table("t", column("a", sa.String(9)), key("a", "k.a")),
        ),
        Written(
            (
                "op.execute('ALTER TABLE t DROP CONSTRAINT fk')\n"
                "op.drop_constraint(op.f('uq'), 'k', type_='unique')\n"
                "op.alter_column('k', 'a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.String(length=9),\n"
                "           existing_nullable=True)\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.String(length=9),\n"
                "           existing_nullable=True)\n"
                "op.execute('ALTER TABLE k ADD CONSTRAINT uq UNIQUE (a) INCLUDE (b)')\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES "
                "k(a)')"
            ),
            (
                "op.execute('ALTER TABLE t DROP CONSTRAINT fk')\n"
                "op.execute('ALTER TABLE k DROP CONSTRAINT uq')\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.String(length=9),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='a::integer')\n"
                "op.alter_column('k', 'a',\n"
                "           existing_type=sa.String(length=9),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='a::integer')\n"
                "op.create_unique_constraint(op.f('uq'), 'k', ['a'])\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES "
                "k(a)')"
            ),
        ),
    ),
    "two new tables rest on each other": Change(
        users(),
        both(
            users(),
            table("a", column("id", primary_key=True), column("b"), key("b", "b.id", "fk_a")),
            table(
                "b",
                column("id", primary_key=True),
                column("a"),
                key("a", "a.id", "fk_b", use_alter=True),
            ),
        ),
        Written(
            (
                "op.create_table('b',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('a', sa.Integer(), nullable=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.create_table('a',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('b', sa.Integer(), nullable=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.create_foreign_key('fk_b', 'b', 'a', ['a'], ['id'], use_alter=True)\n"
                "op.create_foreign_key('fk_a', 'a', 'b', ['b'], ['id'])"
            ),
            (
                "op.drop_constraint('fk_a', 'a', type_='foreignkey')\n"
                "op.drop_constraint('fk_b', 'b', type_='foreignkey')\n"
                "op.drop_table('a')\n"
                "op.drop_table('b')"
            ),
        ),
    ),
    "two tables go that rest on each other": Change(
        both(
            users(),
            table("a", column("id", primary_key=True), column("b"), key("b", "b.id", "fk_a")),
            table(
                "b",
                column("id", primary_key=True),
                column("a"),
                key("a", "a.id", "fk_b", use_alter=True),
            ),
        ),
        users(),
        Written(
            (
                "op.drop_constraint(op.f('fk_b'), 'b', type_='foreignkey')\n"
                "op.drop_constraint(op.f('fk_a'), 'a', type_='foreignkey')\n"
                "op.drop_table('b')\n"
                "op.drop_table('a')"
            ),
            (
                "op.create_table('a',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=True, nullable=False),\n"
                "sa.Column('b', sa.INTEGER(), autoincrement=False, nullable=True),\n"
                "sa.PrimaryKeyConstraint('id', name=op.f('a_pkey'))\n"
                ")\n"
                "op.create_table('b',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=True, nullable=False),\n"
                "sa.Column('a', sa.INTEGER(), autoincrement=False, nullable=True),\n"
                "sa.PrimaryKeyConstraint('id', name=op.f('b_pkey'))\n"
                ")\n"
                "op.create_foreign_key(op.f('fk_a'), 'a', 'b', ['b'], ['id'])\n"
                "op.create_foreign_key(op.f('fk_b'), 'b', 'a', ['a'], ['id'])"
            ),
        ),
    ),
}
"""Alembic looks at the two tables in an order that changes from run to run."""


@pytest.mark.parametrize("case", UNORDERED)
def test_two_tables_change_in_any_order(case: str, empty: Callable[[], Engine]) -> None:
    row = UNORDERED[case]
    found = migrated(empty, row.before, row.after)
    for text, expected in (
        (found.upgrade, row.expected.upgrade),
        (found.downgrade, row.expected.downgrade),
    ):
        assert sorted(text.splitlines()) == sorted(expected.splitlines())
