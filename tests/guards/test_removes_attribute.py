"""`removes-attribute`: an attribute of a composite type that would go, with its values."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.commands.revising import applied, body, refused, revise, settled, written
from tests.project import Project

WHY = "    What rows have in it is lost, and no downgrade brings it back.\n"
NEXT = "    next: alembic guard-revision -m change --allow removes-attribute  # it may go\n"
USED = "ALTER TABLE users ADD home address"


def with_type(project: Project, attributes: str, *, used: bool = True) -> Project:
    """A project whose users have an address, and whose model says what it is made of."""
    settled(project)
    with project.connect() as connection:
        made = "CREATE TYPE address AS (street text, city text, zip text)"
        connection.execute(text(made))
        if used:
            connection.execute(text(USED))
    models = project.read("models.py")
    head = "import sqlalchemy as sa\n\n\nclass Address(sa.types.UserDefinedType):\n"
    head += (
        "    cache_ok = True\n\n    def get_col_spec(self, **_):\n        return 'address'\n\n\n"
    )
    column = "    home = mapped_column(Address())\n    name: "
    if used:
        models = models.replace("    name: ", column, 1)
    typed = f'sa.DDL("CREATE TYPE address AS ({attributes})")'
    models += f'\n\nsa.event.listen(Base.metadata, "before_create", {typed})\n'
    project.write("models.py", head + models)
    return project


@pytest.mark.parametrize(
    ("attributes", "gone"),
    [("street text, city text", "zip"), ("street text, zip text", "city")],
    ids=["the last", "another"],
)
def test_an_attribute_that_would_go_is_refused(
    postgresql_project: Project, attributes: str, gone: str
) -> None:
    project = with_type(postgresql_project, attributes)
    said = refused(project)
    assert said == (
        f"error: removes-attribute: The migration would remove {gone} from composite type "
        f"address.\n{WHY}{NEXT}"
    )


def test_two_are_named_in_one_line(postgresql_project: Project) -> None:
    project = with_type(postgresql_project, "street text")
    assert refused(project) == (
        "error: removes-attribute: The migration would remove city, zip from composite type "
        "address.\n" + WHY.replace("in it", "in them") + NEXT.replace("it may", "they may")
    )


def test_what_is_allowed_is_written(postgresql_project: Project) -> None:
    project = with_type(postgresql_project, "street text, city text")
    applied(revise(project, "--allow", "removes-attribute"))
    assert body(written(project)[0]) == "op.execute('ALTER TYPE address DROP ATTRIBUTE zip')"


@pytest.mark.parametrize(
    "attributes",
    ["street text, city text, zip text, land text", "street text, town text, zip text"],
    ids=["add", "rename"],
)
def test_one_that_is_added_or_renamed_is_not_refused(
    postgresql_project: Project, attributes: str
) -> None:
    project = with_type(postgresql_project, attributes)
    applied(revise(project))


def test_of_a_type_that_nothing_uses_nothing_is_lost(postgresql_project: Project) -> None:
    project = with_type(postgresql_project, "street text", used=False)
    applied(revise(project))
