"""`head-without-tables` says where the tables and the version table are."""

from __future__ import annotations

import pytest

from alembic_guard import guards
from alembic_guard.guards._subjects import MissingTables
from tests.guards.of_metadata import said


def missing(**changes: object) -> MissingTables:
    values: dict[str, object] = {
        "url": "postgresql://u:***@h/db",
        "recorded": ("0002",),
        "tables": ("orders", "users"),
        "schema": "public",
        "version_table": "alembic_version",
        "version_schemas": ("public",),
        "elsewhere": ("app",),
        "kind": "postgresql",
    }
    return MissingTables(**{**values, **changes})  # type: ignore[arg-type]


def test_a_schema_that_has_them_is_put_on_the_search_path() -> None:
    [finding] = guards.judge(missing())
    assert said(finding) == (
        "warning: head-without-tables",
        "None",
        "postgresql://u:***@h/db is at head (0002) and does not have any of the 2 tables "
        "(orders, users) in the schema public.",
        "The revisions create them. alembic_version is in the schema public. "
        "The schema app has them all.",
        ("add to the URL: ?options=-csearch_path%3Dapp",),
    )


@pytest.mark.parametrize("kind", ["mysql", "mariadb"])
def test_on_mysql_a_schema_is_a_database_maybe_of_another_application(kind: str) -> None:
    [finding] = guards.judge(missing(kind=kind, schema="shop"))
    assert (finding.refuses, finding.next) == (
        True,
        (
            "name the database app in the URL  # if that is the one",
            "check that the URL names the database that you mean",
            "alembic stamp base  # if the tables are gone",
            "alembic safe-upgrade  # makes them again",
        ),
    )


def test_tables_that_are_nowhere_are_made_again() -> None:
    [finding] = guards.judge(missing(elsewhere=(), tables=("users",)))
    assert finding.refuses
    assert said(finding)[2:] == (
        "postgresql://u:***@h/db is at head (0002) and does not have the table users in the schema "
        "public.",
        "The revisions create it. alembic_version is in the schema public. "
        "No schema of this database has them.",
        (
            "check that the URL names the database that you mean",
            "alembic stamp base  # if the tables are gone",
            "alembic safe-upgrade  # makes them again",
        ),
    )


def test_a_database_without_schemas_names_none() -> None:
    [finding] = guards.judge(missing(schema=None, version_schemas=(), elsewhere=(), kind="sqlite"))
    assert finding.message.endswith("any of the 2 tables (orders, users).")
    assert finding.why.endswith("This database has alembic_version and not the tables.")
