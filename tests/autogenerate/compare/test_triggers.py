"""Triggers: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import DDL, BigInteger, Column, Engine, Integer, MetaData, Table, event

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    execute,
    seeing_all,
    typed,
    without_event_triggers,
)

F = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
T = "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()"
KEPT = "CREATE TRIGGER kept BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()"
"""Triggers are managed as soon as one is declared."""

WHEN = T.replace("FOR EACH ROW", "FOR EACH ROW WHEN (NEW.age > 1)")
CONSTRAINT = (
    "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION f()"
)
VIEW = "CREATE VIEW v AS SELECT id FROM users"
ON_VIEW = "CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()"
MOVED = (
    "CREATE TRIGGER t AFTER UPDATE ON users REFERENCING OLD TABLE AS o NEW TABLE AS n"
    " FOR EACH STATEMENT EXECUTE FUNCTION f()"
)


def with_table(*sql: str) -> State:
    """Another table, and statements."""

    def state(metadata: MetaData) -> None:
        Table("other", metadata, Column("id", Integer))
        typed(*sql)(metadata)

    return state


def two_schemas(*sql: str) -> State:
    """Tables of one name in two schemas."""

    def state(metadata: MetaData) -> None:
        execute(metadata, "CREATE SCHEMA IF NOT EXISTS app", when="before_create")
        Table("users", metadata, Column("id", Integer))
        Table("users", metadata, Column("id", Integer), schema="app")
        execute(metadata, *sql)

    return state


def on_the_table(metadata: MetaData) -> None:
    """A trigger, by a statement with a place for the name of its table."""
    typed(KEPT)(metadata)
    words = T.replace("TRIGGER t", "TRIGGER %(table)s_t").replace("ON users", "ON %(fullname)s")
    words = f"{F};\n{words};"
    event.listen(metadata.tables["users"], "after_create", DDL(words))  # type: ignore[no-untyped-call]


CHANGES: dict[str, tuple[Any, ...]] = {
    "one is added with its function": (
        typed(),
        typed(F, T),
        Written(
            (
                "op.execute('CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RETURN NEW; END $$')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
            ("op.execute('DROP TRIGGER t ON users')\nop.execute('DROP FUNCTION f()')"),
        ),
    ),
    "one is dropped": (
        typed(F, T, KEPT),
        typed(F, KEPT),
        Written(
            "op.execute('DROP TRIGGER t ON users')",
            (
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "it fires at another time": (
        typed(F, T),
        typed(F, T.replace("BEFORE", "AFTER")),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t AFTER UPDATE ON users FOR EACH ROW EXECUTE "
                "FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "it fires on more": (
        typed(F, T),
        typed(F, T.replace("UPDATE", "UPDATE OR DELETE")),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE OR DELETE ON users FOR EACH "
                "ROW EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "it is given a condition": (
        typed(F, T),
        typed(F, WHEN),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW WHEN "
                "(NEW.age > 1) EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "its condition changes": (
        typed(F, WHEN),
        typed(F, WHEN.replace("> 1", "> 2")),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW WHEN "
                "(NEW.age > 2) EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW WHEN "
                "((new.age > 1)) EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "it watches a column": (
        typed(F, T),
        typed(F, T.replace("UPDATE", "UPDATE OF name")),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE OF name ON users FOR EACH "
                "ROW EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "it is given arguments": (
        typed(F, T),
        typed(F, T.replace("f()", "f('a:b', '5%')")),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                'op.execute("CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW '
                "EXECUTE FUNCTION f('a:b', '5%')\")"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "it calls another function": (
        typed(F, T),
        typed(F, F.replace("f()", "g()"), T.replace("f()", "g()")),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RETURN NEW; END $$')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION g()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('DROP FUNCTION g()')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "its function is replaced": (
        typed(F, T),
        typed(F.replace("NEW", "OLD"), T),
        Written(
            (
                "op.execute('CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE "
                "plpgsql AS $$ BEGIN RETURN OLD; END $$')"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS trigger\\n'\n"
                "    ' LANGUAGE plpgsql\\n'\n"
                "    'AS $function$ BEGIN RETURN NEW; END $function$'\n"
                ")"
            ),
        ),
    ),
    "a constraint trigger is added": (
        typed(),
        typed(F, CONSTRAINT),
        Written(
            (
                "op.execute('CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RETURN NEW; END $$')\n"
                "op.execute('CREATE CONSTRAINT TRIGGER t AFTER INSERT ON users "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()')"
            ),
            ("op.execute('DROP TRIGGER t ON users')\nop.execute('DROP FUNCTION f()')"),
        ),
    ),
    "a constraint trigger becomes immediate": (
        typed(F, CONSTRAINT),
        typed(F, CONSTRAINT.replace("DEFERRED", "IMMEDIATE")),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE CONSTRAINT TRIGGER t AFTER INSERT ON users "
                "DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE CONSTRAINT TRIGGER t AFTER INSERT ON users "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "transition tables are added": (
        typed(F, MOVED.replace(" OLD TABLE AS o", "")),
        typed(F, MOVED),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t AFTER UPDATE ON users REFERENCING OLD "
                "TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t AFTER UPDATE ON users REFERENCING NEW "
                "TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "it is disabled": (
        typed(F, T),
        typed(F, T, "ALTER TABLE users DISABLE TRIGGER t"),
        Written(
            "op.execute('ALTER TABLE users DISABLE TRIGGER t')",
            "op.execute('ALTER TABLE users ENABLE TRIGGER t')",
        ),
    ),
    "it is enabled again": (
        typed(F, T, "ALTER TABLE users DISABLE TRIGGER t"),
        typed(F, T),
        Written(
            "op.execute('ALTER TABLE users ENABLE TRIGGER t')",
            "op.execute('ALTER TABLE users DISABLE TRIGGER t')",
        ),
    ),
    "one that fires always is added": (
        typed(F),
        typed(F, T, "ALTER TABLE users ENABLE ALWAYS TRIGGER t"),
        Written(
            (
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')\n"
                "op.execute('ALTER TABLE users ENABLE ALWAYS TRIGGER t')"
            ),
            "op.execute('DROP TRIGGER t ON users')",
        ),
    ),
    "a disabled one changes": (
        typed(F, T, "ALTER TABLE users DISABLE TRIGGER t"),
        typed(F, WHEN, "ALTER TABLE users DISABLE TRIGGER t"),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW WHEN "
                "(NEW.age > 1) EXECUTE FUNCTION f()')\n"
                "op.execute('ALTER TABLE users DISABLE TRIGGER t')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW "
                "EXECUTE FUNCTION f()')\n"
                "op.execute('ALTER TABLE users DISABLE TRIGGER t')"
            ),
        ),
    ),
    "it is given a comment": (
        typed(F, T),
        typed(F, T, "COMMENT ON TRIGGER t ON users IS 'x'"),
        Written(
            "op.execute(\"COMMENT ON TRIGGER t ON users IS 'x'\")",
            "op.execute('COMMENT ON TRIGGER t ON users IS NULL')",
        ),
    ),
    "one on a view is added": (
        typed(VIEW),
        typed(F, VIEW, ON_VIEW),
        Written(
            (
                "op.execute('CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RETURN NEW; END $$')\n"
                "op.execute('CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
            ("op.execute('DROP TRIGGER t ON v')\nop.execute('DROP FUNCTION f()')"),
        ),
    ),
    "the view that it is on is made again": (
        typed(F, VIEW, ON_VIEW),
        typed(F, VIEW.replace("id FROM", "name, id FROM"), ON_VIEW),
        Written(
            (
                "op.execute('DROP TRIGGER t ON v')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT name, id FROM users')\n"
                "op.execute('CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON v')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute('CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "a column of its condition has another type": (
        typed(F, WHEN),
        typed(F, WHEN, age=BigInteger),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW WHEN "
                "(NEW.age > 1) EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW WHEN "
                "((new.age > 1)) EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "a column that it watches goes": (
        typed(F, T.replace("UPDATE", "UPDATE OF name, age")),
        typed(F, T.replace("UPDATE", "UPDATE OF name"), without=("age",)),
        Written(
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.drop_column('users', 'age')\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE OF name ON users FOR EACH "
                "ROW EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP TRIGGER t ON users')\n"
                "op.add_column('users', sa.Column('age', sa.INTEGER(), "
                "autoincrement=False, nullable=True))\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE OF name, age ON users FOR "
                "EACH ROW EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "its table goes": (
        with_table(F, KEPT, T.replace("users", "other")),
        typed(F, KEPT),
        Written(
            ("op.execute('DROP TRIGGER t ON other')\nop.drop_table('other')"),
            (
                "op.create_table('other',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=True)\n"
                ")\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON other FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "its table comes": (
        typed(F),
        with_table(F, T.replace("users", "other")),
        Written(
            (
                "op.create_table('other',\n"
                "sa.Column('id', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON other FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
            ("op.execute('DROP TRIGGER t ON other')\nop.drop_table('other')"),
        ),
    ),
    "its table goes, and nobody declared it": (
        with_table(),
        typed(),
        Written(
            ("op.execute('DROP TRIGGER t ON other')\nop.drop_table('other')"),
            (
                "op.create_table('other',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=True)\n"
                ")\n"
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON other FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
        ),
        {"sql_before": (F, T.replace("users", "other")), "sql_after": (F,)},
    ),
    "one in another schema": (
        two_schemas(F),
        two_schemas(F, T.replace("users", "app.users")),
        Written(
            (
                "op.execute('CREATE TRIGGER t BEFORE UPDATE ON app.users FOR EACH ROW "
                "EXECUTE FUNCTION f()')"
            ),
            "op.execute('DROP TRIGGER t ON app.users')",
        ),
    ),
    "names with quotes and capitals": (
        typed(F),
        typed(F, T.replace("TRIGGER t", 'TRIGGER "A.b%""c ON d"')),
        Written(
            (
                'op.execute(\'CREATE TRIGGER "A.b%""c ON d" BEFORE UPDATE ON users FOR '
                "EACH ROW EXECUTE FUNCTION f()')"
            ),
            'op.execute(\'DROP TRIGGER "A.b%""c ON d" ON users\')',
        ),
    ),
    "one with such a name is dropped": (
        typed(F, KEPT, T.replace("TRIGGER t", 'TRIGGER "A.b%""c ON d"')),
        typed(F, KEPT),
        Written(
            'op.execute(\'DROP TRIGGER "A.b%""c ON d" ON users\')',
            (
                'op.execute(\'CREATE TRIGGER "A.b%""c ON d" BEFORE UPDATE ON users FOR '
                "EACH ROW EXECUTE FUNCTION f()')"
            ),
        ),
    ),
    "one is added whose statement asks SQLAlchemy for the table": (
        typed(F, KEPT),
        on_the_table,
        Written(
            (
                "op.execute('CREATE TRIGGER users_t BEFORE UPDATE ON users FOR EACH ROW EXECUTE "
                "FUNCTION f()')"
            ),
            ("op.execute('DROP TRIGGER users_t ON users')"),
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
    "a condition": (typed(F, WHEN.replace("> 1", "BETWEEN 1 AND 9 AND NEW.name LIKE '%:a'")), ()),
    "a condition that was restored": (
        typed(F, WHEN.replace("NEW.age > 1", "NEW.name IN ('a', 'b')")),
        (
            "DROP TRIGGER t ON users",
            WHEN.replace(
                "NEW.age > 1",
                "NEW.name::text = ANY (ARRAY['a'::character varying,"
                " 'b'::character varying]::text[])",
            ),
        ),
    ),
    "a constraint trigger": (typed(F, CONSTRAINT), ()),
    "transition tables": (typed(F, MOVED), ()),
    "one on a view": (typed(F, VIEW, ON_VIEW), ()),
    "PROCEDURE for FUNCTION": (typed(F, T.replace("FUNCTION", "PROCEDURE")), ()),
    "one that nobody declares": (typed(), (F, T)),
    "one of nobody on a table of nobody": (
        typed(F, T),
        ("CREATE TABLE theirs (id integer)", T.replace("users", "theirs")),
    ),
    "those of a foreign key": (
        typed(F, T, "CREATE TABLE IF NOT EXISTS other (u integer REFERENCES users)"),
        (),
    ),
    "typed with the default schema": (
        typed(F, T.replace("users", "public.users").replace("f()", "public.f()")),
        (),
    ),
    "two schemas": (two_schemas(F, T, T.replace("users", "app.users")), ()),
    "a disabled one": (typed(F, T, "ALTER TABLE users DISABLE TRIGGER t"), ()),
    "arguments": (typed(F, T.replace("f()", "f('a:b', '5%', 'it''s')")), ()),
    "a comment": (typed(F, T, "COMMENT ON TRIGGER t ON users IS 'x'"), ()),
    "columns in another order": (
        typed(F, T.replace("UPDATE", "UPDATE OF name, age")),
        ("ALTER TABLE users RENAME id TO i", "ALTER TABLE users RENAME i TO id"),
    ),
    "columns and events in another order, and conditions in other parentheses": (
        typed(
            F,
            "CREATE TRIGGER t BEFORE DELETE OR UPDATE OF name, age ON users FOR EACH ROW"
            " WHEN (OLD.name = 'a' AND OLD.age BETWEEN 1 AND 9) EXECUTE FUNCTION f()",
        ),
        (
            "DROP TRIGGER t ON users",
            "CREATE TRIGGER t BEFORE UPDATE OF age, name OR DELETE ON users FOR EACH ROW"
            " WHEN (OLD.name = 'a' AND OLD.age >= 1 AND OLD.age <= 9) EXECUTE FUNCTION f()",
        ),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    options = {"include_object": _not_theirs} if "nobody on" in case else {}
    assert unchanged(empty, state, sql, **options) == Written("", "")


def _not_theirs(_: Any, name: str, type_: str, *__: Any) -> bool:
    return (type_, name) != ("table", "theirs")
