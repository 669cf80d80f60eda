"""`columns-in-another-order`: noted by `guard-check --verbose`, and by nothing else."""

from __future__ import annotations

import json

from sqlalchemy import text

from tests.commands.revising import add_attribute, applied, revise, settled
from tests.project import Project

NOTE = "note: columns-in-another-order: "
CHECKED = "Checked 1 revision and 1 database: no guard refuses.\n"


def grown(project: Project) -> Project:
    """A project whose model has a new column in the middle, and its table at the end."""
    settled(project)
    add_attribute(project)
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE users ADD email varchar(50)"))
    return project


def more(project: Project, count: int, *, reordered: bool = True) -> None:
    """Give models and database more tables."""
    lines = ["\nfrom sqlalchemy import Column, Integer, Table\n"]
    names = [f"t{number}" for number in range(count)]
    for name in names:
        lines.append(
            f'Table("{name}", Base.metadata, Column("a", Integer, primary_key=True, '
            'autoincrement=False), Column("b", Integer))\n'
        )
    project.write("models.py", project.read("models.py") + "".join(lines))
    columns = "b integer, a integer PRIMARY KEY NOT NULL"
    with project.connect() as connection:
        for name in names:
            said = columns if reordered else "a integer PRIMARY KEY NOT NULL, b integer"
            connection.execute(text(f"CREATE TABLE {name} ({said})"))


def test_a_table_that_grew_is_named_once_and_nothing_is_refused(project: Project) -> None:
    grown(project)

    result = applied(project.alembic("guard-check", "--verbose"))

    said = "has its columns in another order than the models: users."
    assert result.stdout.count(NOTE) == 1
    assert f"{NOTE}1 table of {project.url} {said}\n" in result.stdout
    assert CHECKED in result.stdout


def test_of_many_the_first_five_are_named(postgresql_project: Project) -> None:
    project = grown(postgresql_project)
    more(project, 6)

    result = applied(project.alembic("guard-check", "--verbose"))

    assert (
        f"{NOTE}7 tables of {project.url} have their columns in another order than the models: "
        "t0, t1, t2, t3, t4 and 2 more.\n"
    ) in result.stdout


def test_without_the_option_nobody_speaks_of_it(project: Project) -> None:
    grown(project)

    checked = applied(project.alembic("guard-check"))
    drafted = revise(project)

    assert "another order" not in checked.output + drafted.output
    assert drafted.stdout.startswith("error: empty-revision: Nothing differs")


def test_one_order_and_other_columns_are_no_other_order(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    more(project, 1, reordered=False)
    add_attribute(project)  # which the database lacks: that is drift

    result = project.alembic("guard-check", "--verbose")

    assert (result.returncode, NOTE in result.stdout) == (1, False)
    assert "adds column users.email" in result.output


def test_it_is_among_the_findings_of_a_report(postgresql_project: Project) -> None:
    project = grown(postgresql_project)

    result = applied(project.alembic("guard-check", "--verbose", "--format", "json"))

    found = [
        (each["severity"], each["name"])
        for each in json.loads(result.stdout)["findings"]
        if each["name"] == "columns-in-another-order"
    ]
    assert found == [("note", "columns-in-another-order")]
