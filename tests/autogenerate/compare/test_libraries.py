"""Objects of `alembic_utils` and `sqlalchemy-declarative-extensions`: by ours, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import comparators
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_view import PGView
from alembic_utils.replaceable_entity import register_entities, registry
from sqlalchemy import Engine, MetaData
from sqlalchemy_declarative_extensions import View, Views, declare_database
from sqlalchemy_declarative_extensions.alembic import register_alembic_events
from sqlalchemy_declarative_extensions.dialects.postgresql import Function, Trigger

from alembic_guard.runtime.comparing.postgresql.namespace import namespace
from tests.autogenerate.changes import Written, metadata_of, run, written

Empty = Callable[[], Engine]


def _theirs() -> dict[Any, list[Any]]:
    """The comparators that the libraries have left on Alembic's global list, taken off it."""
    register_alembic_events(databases=False, roles=False, grants=False, rows=False)
    found = {}
    for key, registered in comparators._registry.items():
        found[key] = [each for each in registered if each[0].__module__.startswith(LIBRARIES)]
        comparators._registry[key] = [each for each in registered if each not in found[key]]
    return found


LIBRARIES = ("alembic_utils.", "sqlalchemy_declarative_extensions.")
THEIRS = _theirs()


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Their comparators on Alembic's global list, for as long as a test lasts."""
    for key, found in THEIRS.items():
        comparators._registry[key] += found
    yield
    registry._entities.clear()
    for key, found in THEIRS.items():
        left = [each for each in comparators._registry[key] if each not in found]
        comparators._registry[key] = left


def users(metadata: MetaData) -> None:
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))


def there_and_back(empty: Empty, metadata: MetaData) -> Written:
    """The migration to what is declared, which leaves nothing, and whose way back leads back."""
    engine = empty()
    metadata_of(users).create_all(engine)
    with engine.begin() as connection:
        migration = written(connection, metadata)
    with engine.connect() as connection:
        run(connection, migration.upgrade, metadata)
    with engine.begin() as connection:
        assert written(connection, metadata) == Written("", "")
    with engine.connect() as connection:
        run(connection, migration.downgrade, metadata)
    with engine.begin() as connection:
        assert written(connection, metadata) == migration
    return migration


def test_entities_of_alembic_utils_are_migrated_once_and_in_plain_alembic(empty: Empty) -> None:
    register_entities(
        [
            PGView("public", "v", "select id, '5%'::text || ':x' as p from public.t"),
            PGFunction("app", "f(a int)", "returns int language sql as $$ select a::int $$"),
        ]
    )

    assert there_and_back(empty, metadata_of(users)) == Written(
        "op.execute('CREATE SCHEMA app')\n"
        "op.execute('CREATE VIEW \"public\".\"v\" AS select id, \\'5%\\'::text || \\'\\\\:x\\' "
        "as p from public.t')\n"
        'op.execute(\'CREATE FUNCTION "app"."f"(a int) returns int language sql as '
        "$$ select a::int $$')",
        "op.execute('DROP FUNCTION app.f(integer)')\n"
        "op.execute('DROP VIEW v')\n"
        "op.execute('DROP SCHEMA app')",
    )


def test_objects_of_declarative_extensions_are_migrated_once_and_in_plain_alembic(
    empty: Empty,
) -> None:
    metadata = metadata_of(users)
    declare_database(
        metadata,
        views=[View("w", sa.select(metadata.tables["t"].c.id).where(sa.text("id > 1")))],
        functions=[Function("g", "begin return new; end", returns="trigger", language="plpgsql")],
        triggers=[Trigger.before("insert", on="t", execute="g").named("x").for_each_row()],
    )

    assert there_and_back(empty, metadata) == Written(
        "op.execute(\n    'CREATE VIEW w AS SELECT t.id \\n'\n    'FROM t \\n'\n    "
        "'WHERE id > 1'\n)\n"
        'op.execute(\'CREATE FUNCTION "g"() RETURNS trigger LANGUAGE plpgsql AS '
        "$$begin return new; end$$')\n"
        'op.execute(\'CREATE TRIGGER "x" BEFORE INSERT ON "t" FOR EACH ROW EXECUTE PROCEDURE '
        '"g"()\')',
        "op.execute('DROP TRIGGER x ON t')\nop.execute('DROP FUNCTION g()')\n"
        "op.execute('DROP VIEW w')",
    )


def test_what_ignore_unspecified_spares_is_not_dropped(empty: Empty) -> None:
    engine = empty()
    metadata = metadata_of(users)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW w AS SELECT 1 AS a")
        connection.exec_driver_sql("CREATE VIEW nobodys AS SELECT 1 AS a")
    declare_database(metadata, views=Views(ignore_unspecified=True).are(View("w", "SELECT 1 AS a")))

    with engine.begin() as connection:
        assert written(connection, metadata) == Written("", "")


def test_their_comparators_stay_where_ours_take_no_part(empty: Empty) -> None:
    engine = empty()
    register_entities([PGView("public", "v", "select 1 as a")])

    with engine.begin() as connection:
        found = written(connection, MetaData(), ["alembic.autogenerate.*"], include_schemas=False)

    assert "op.create_entity(public_v)" in found.upgrade


def test_no_lock_on_a_live_object_stays(empty: Empty) -> None:
    engine = empty()
    metadata = metadata_of(users)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW v AS SELECT id FROM t")
    register_entities([PGView("public", "v", "select id + 1 as id from public.t")])

    with engine.begin() as connection:
        assert written(connection, metadata).upgrade
        held = connection.exec_driver_sql(
            "SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
            "WHERE l.pid = pg_backend_pid() AND c.relnamespace = 'public'::regnamespace"
        ).all()

    assert held == []


@pytest.mark.parametrize("sql", ["COMMIT", "ROLLBACK", "SELECT 1; COMMIT", "ABORT; BEGIN"])
def test_a_commit_that_comes_through_does_not_leave_scratch(empty: Empty, sql: str) -> None:
    engine = empty()

    with engine.begin() as connection:
        with namespace(connection, "public", (), temporary=False) as made:
            (failure,) = made.run([sql])
        left = connection.exec_driver_sql(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'guard%%'"
        )

        assert failure.code == "0A000"
        assert left.all() == []
