"""`no-target-metadata` shows the line of env.py and what the project could write there."""

from __future__ import annotations

from alembic_guard import guards
from alembic_guard.runtime.env_target import EnvTarget
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.metadata_holders import MetadataHolder
from tests.guards.of_metadata import findings, here, said

NOTHING = {"given": False, "tables": frozenset()}
WHY = "Without the MetaData of your models there is nothing to compare the database with."
BASE = MetadataHolder("shop.db", "Base", "Base.metadata", here("shop/db.py"), 3)
DB = MetadataHolder("app", "db", "db.metadata", here("app.py"), 5)


def test_each_metadata_of_the_project_is_a_line_to_paste() -> None:
    target = EnvTarget(21, "target_metadata = None")
    [finding] = findings(**NOTHING, target=target, holders=(BASE, DB))
    assert said(finding) == (
        "error: no-target-metadata",
        "migrations/env.py:21",
        "migrations/env.py gives Alembic no MetaData: line 21 says target_metadata = None.",
        f"{WHY}\nshop/db.py:3 has Base.\napp.py:5 has db.",
        (
            "in migrations/env.py, instead of line 21: "
            "from shop.db import Base; target_metadata = Base.metadata",
            "or, in migrations/env.py, instead of line 21: "
            "from app import db; target_metadata = db.metadata",
        ),
    )


def test_multidb_is_given_a_dictionary() -> None:
    target = EnvTarget(21, "target_metadata = {}", keyed=True)
    [finding] = findings(**NOTHING, target=target, holders=(BASE,), engines=("one", "two"))
    assert finding.next == (
        "in migrations/env.py, instead of line 21: from shop.db import Base; "
        'target_metadata = {"one": Base.metadata, "two": Base.metadata}  '
        "# leave out a database that has other models",
    )


def test_multidb_with_several_metadata_is_told_the_choice() -> None:
    target = EnvTarget(21, "target_metadata = {}", keyed=True)
    [finding] = findings(**NOTHING, target=target, holders=(BASE, DB), engines=("one", "two"))
    assert finding.next == (
        'in migrations/env.py, instead of line 21: target_metadata = {"one": …, "two": …}  '
        "# instead of each …: shop.db.Base.metadata or app.db.metadata",
    )


def test_a_database_of_multidb_is_not_given_the_base_of_another() -> None:
    target = EnvTarget(21, "target_metadata = {'one': Base.metadata}", keyed=True, keys=("one",))
    [finding] = findings(**NOTHING, target=target, holders=(BASE,), engines=("one", "two"))
    assert said(finding) == (
        "error: no-target-metadata",
        "migrations/env.py:21",
        "migrations/env.py gives Alembic a MetaData for one in line 21, and none for two.",
        WHY,
        ("in migrations/env.py, line 21: add the MetaData of the models of two",),
    )


def test_where_one_only_looks_it_is_a_note() -> None:
    target = EnvTarget(21, "target_metadata = None")
    [finding] = findings(**NOTHING, target=target, autogenerate=False)
    assert said(finding) == (
        "note: no-target-metadata",
        "migrations/env.py:21",
        "migrations/env.py gives Alembic no MetaData: line 21 says target_metadata = None.",
        "Autogenerate has nothing to compare; migrations written by hand need no models.\n"
        "The project declares no Base, db or MetaData.",
        (),
    )


def test_a_project_without_any_metadata_is_told_so() -> None:
    [finding] = findings(**NOTHING)
    assert said(finding) == (
        "error: no-target-metadata",
        "migrations/env.py",
        "migrations/env.py gives Alembic no target_metadata.",
        f"{WHY}\nThe project declares no Base, db or MetaData.",
        ("in migrations/env.py: from yourapp.models import Base; target_metadata = Base.metadata",),
    )


def test_a_metadata_that_is_not_handed_on_is_handed_on() -> None:
    target = EnvTarget(21, "target_metadata = Base.metadata", handed=False)
    [finding] = findings(**NOTHING, target=target, holders=(BASE,))
    assert said(finding) == (
        "error: no-target-metadata",
        "migrations/env.py:21",
        "migrations/env.py hands no target_metadata to context.configure().",
        WHY,
        ("in migrations/env.py: context.configure(…, target_metadata=target_metadata)",),
    )


def test_what_alembic_itself_says_has_the_same_name() -> None:
    from alembic.util import CommandError

    message = (
        "Can't proceed with --autogenerate option; environment script env.py does not provide a "
        "MetaData object or sequence of objects to the context."
    )
    failed = EnvironmentFailed(CommandError(message), "migrations/env.py", "migrating")
    names = {finding.name for finding in guards.judge(failed)}
    assert names == {"no-target-metadata"}
