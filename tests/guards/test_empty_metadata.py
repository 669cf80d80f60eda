"""`empty-metadata` says why there is no table: another Base, one of env.py's own, or no import."""

from __future__ import annotations

import pytest

from alembic_guard.runtime.env_target import EnvTarget
from alembic_guard.runtime.metadata_holders import MetadataHolder
from alembic_guard.runtime.models import DeclaredTable
from tests.guards.of_metadata import findings, here, said

EMPTY = {"tables": frozenset()}
PASTE = (
    "in migrations/env.py, instead of line 21: "
    "from shop.db import Base; target_metadata = Base.metadata"
)
IMPORT = "in migrations/env.py: import the modules that define your models, and use their metadata"


def base(tables: int | None) -> MetadataHolder:
    return MetadataHolder("shop.db", "Base", "Base.metadata", here("shop/db.py"), 3, tables)


def target(made_at: int | None = None) -> EnvTarget:
    return EnvTarget(21, "target_metadata = metadata", made_at)


@pytest.mark.parametrize(
    ("changes", "cause", "line"),
    [
        (
            {"target": target(made_at=21), "holders": (base(2),)},
            "migrations/env.py:21 makes a MetaData of its own. "
            "The models are on Base (shop/db.py:3), "
            "which has 2 tables.",
            PASTE,
        ),
        (
            {"target": target(), "holders": (base(1),)},
            "migrations/env.py gives another MetaData. The models are on Base (shop/db.py:3), "
            "which has 1 table.",
            PASTE,
        ),
        (
            {"target": target(made_at=9), "holders": (base(None),)},
            "migrations/env.py:9 makes a MetaData of its own, "
            "and never imports Base (shop/db.py:3).",
            PASTE,
        ),
        (
            {"target": target(made_at=9)},
            "migrations/env.py:9 makes a MetaData of its own, "
            "and no other was found in the project.",
            IMPORT,
        ),
        (
            {"target": target(), "holders": (base(0),)},
            "No model was found of Base (shop/db.py:3).",
            IMPORT,
        ),
        (
            {"target": target()},
            "No module that defines models on this MetaData has been imported.",
            IMPORT,
        ),
    ],
)
def test_the_cause_is_said_and_the_line_to_paste(
    changes: dict[str, object], cause: str, line: str
) -> None:
    [finding] = findings(**EMPTY, **changes)
    assert said(finding) == (
        "error: empty-metadata",
        "migrations/env.py:21",
        "The target_metadata of migrations/env.py holds no table.",
        f"Every table in postgresql://u:***@h/db (1) would be dropped.\n{cause}",
        (line,),
    )


def test_an_empty_database_would_get_an_empty_migration() -> None:
    [finding] = findings(**EMPTY, live=frozenset())
    assert finding.why.startswith("The migration would be empty.\n")


def test_where_one_only_looks_it_is_a_note() -> None:
    [finding] = findings(**EMPTY, target=target(), holders=(base(1),), autogenerate=False)
    assert said(finding) == (
        "note: empty-metadata",
        "migrations/env.py:21",
        "The target_metadata of migrations/env.py holds no table.",
        "Autogenerate has nothing to compare; migrations written by hand need no models.\n"
        "migrations/env.py gives another MetaData. The models are on Base (shop/db.py:3), "
        "which has 1 table.",
        (PASTE,),
    )


def test_a_database_of_multidb_is_not_given_the_base_of_another() -> None:
    text = "target_metadata = {'one': Base.metadata, 'two': MetaData()}"
    dictionary = EnvTarget(21, text, keyed=True, keys=("one", "two"))
    logs = MetadataHolder("shop.logs", "Logs", "Logs.metadata", here("shop/logs.py"), 5)
    multidb = {**EMPTY, "target": dictionary, "engines": ("one", "two")}
    [known] = findings(**multidb, holders=(base(1),))
    [other] = findings(**multidb, holders=(base(1), logs))
    assert known.next == (IMPORT,)
    assert other.next == (
        "in migrations/env.py, for postgresql://u:***@h/db in line 21: Logs.metadata  "
        "# from shop.logs import Logs",
    )


def test_files_that_were_not_imported_are_the_cause_already() -> None:
    table = DeclaredTable("users", None, here("users.py"), 1, "User", "users")
    assert {each.name for each in findings(**EMPTY, undeclared=(table,))} == {"models-not-imported"}
