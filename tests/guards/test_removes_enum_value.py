"""`removes-enum-value`: a value that would go, and another order."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.commands.revising import body, edit, refused, revise, settled, written
from tests.project import Project

AGAIN = "alembic guard-revision -m change --allow removes-enum-value"


@pytest.fixture
def orders(postgresql_project: Project) -> Project:
    """A project whose users have a state."""
    project = settled(postgresql_project)
    with project.connect() as connection:
        connection.execute(text("CREATE TYPE status AS ENUM ('new', 'it''s', 'done')"))
        connection.execute(text("ALTER TABLE users ADD state status"))
    return project


def values(project: Project, *labels: str) -> None:
    """Give the model these values."""
    said = ", ".join(map(repr, labels))
    line = f"    state: Mapped[str | None] = mapped_column(Enum({said}, name='status'))"
    edit(project, "models.py", "    name: ", f"{line}\n    name: ")
    edit(project, "models.py", "import String", "import Enum, String")


def test_a_value_that_would_go_is_refused(orders: Project) -> None:
    values(orders, "new")
    assert refused(orders) == (
        "error: removes-enum-value: The migration would remove 'it's', 'done' from enum status.\n"
        "    Every table with a column of the type is rewritten under an exclusive lock, and the "
        "migration fails where a row holds one of them.\n"
        f"    next: {AGAIN}  # no row holds one of them\n"
    )


def test_another_order_is_refused(orders: Project) -> None:
    values(orders, "done", "it's", "new")
    assert refused(orders) == (
        "error: removes-enum-value: The migration would make enum status anew, with its values in "
        "another order.\n"
        "    Every table with a column of the type is rewritten under an exclusive lock; the order "
        "counts only where values are sorted or compared.\n"
        f"    next: {AGAIN}  # the order counts\n"
    )


def test_what_is_allowed_is_written(orders: Project) -> None:
    values(orders, "new", "it's")
    result = revise(orders, "--allow", "removes-enum-value")
    assert (result.returncode, body(written(orders)[0]).splitlines()[:2]) == (
        0,
        [
            "op.execute('ALTER TYPE status RENAME TO status_old')",
            "op.execute(\"CREATE TYPE status AS ENUM ('new', 'it''s')\")",
        ],
    )


@pytest.mark.parametrize(
    "labels", [("new", "it's", "done", "lost"), ("new", "it's", "finished")], ids=["add", "rename"]
)
def test_a_value_that_is_added_or_renamed_is_not_refused(
    orders: Project, labels: tuple[str, ...]
) -> None:
    values(orders, *labels)
    result = revise(orders)
    assert (result.returncode, len(written(orders))) == (0, 1), result.output
