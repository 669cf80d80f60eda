"""Names of 63 bytes and more, written, proved and found again by `guard-revision`."""

from __future__ import annotations

import pytest

from tests.commands.revising import applied, body, refused, revise, settled, written
from tests.guards.test_not_compared import warned
from tests.project import Project

MODELS = """

from sqlalchemy import CheckConstraint, Column, DDL, Enum, ForeignKey, Index, Integer, Table
from sqlalchemy import UniqueConstraint, event, text

END = {end!r}
one = Table(
    "t" + END,
    Base.metadata,
    Column("k" + END, Integer, primary_key=True),
    Column("c" + END, Integer, CheckConstraint("{column} > 0"), server_default="7"),
    Column("e" + END, Enum("a", "b", name="n" + END)),
    CheckConstraint("{column} < 9", name="x" + END),
    UniqueConstraint("c" + END, name="u" + END),
    Index("i" + END, text("abs({column})")),
)
Table(
    "r" + END,
    Base.metadata,
    Column("f" + END, ForeignKey(one.c[0], name="g" + END)),
    Column("h" + END, ForeignKey(one.c[0])),
)
event.listen(Base.metadata, "after_create", DDL("CREATE VIEW v" + END + " AS SELECT 1 AS one"))
"""


ENDS = {"63 bytes": "x" * 62, "81 bytes, which PostgreSQL cuts": "ü" * 40}
"""SQLAlchemy itself refuses names of constraints and indexes of more than 63 letters."""


def with_names(project: Project, end: str) -> Project:
    """A settled project in whose models all names are so long."""
    settled(project)
    more = MODELS.format(end=end, column=f"c{end}")
    project.write("models.py", project.read("models.py") + more)
    return project


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_is_written_is_proved_and_found_again(postgresql_project: Project, end: str) -> None:
    project = with_names(postgresql_project, end)

    result = applied(revise(project, "--prove"))
    upgrade, downgrade = (body(written(project)[0], each) for each in ("upgrade", "downgrade"))
    applied(project.alembic("safe-upgrade"))

    assert "Proved    upgrade and downgrade on a scratch database." in result.stdout
    assert warned(result.output) == []
    assert upgrade.count("op.create_table(") == downgrade.count("op.drop_table(") == 2
    assert "CREATE VIEW " in upgrade
    assert refused(project).startswith("error: empty-revision: Nothing differs ")
    applied(project.alembic("downgrade", "0001"))
    assert project.tables() == ["alembic_guard_journal", "alembic_version", "users"]


def test_a_name_that_sqlalchemy_refuses_is_named_and_nothing_is_written(
    postgresql_project: Project,
) -> None:
    project = with_names(postgresql_project, "x" * 63)

    said = refused(project)

    assert "Traceback" not in said
    assert f"Identifier 'i{'x' * 63}' exceeds maximum length of 63 characters." in said
