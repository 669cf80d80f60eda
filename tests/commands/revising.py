"""What the tests of `guard-revision` share: a project whose first revision is applied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, inspect

from tests.project import Project, Result

EMAIL = "email: Mapped[str | None] = mapped_column(String(50))"


def settled(project: Project, schema: str | None = None) -> Project:
    """Write revision 0001, which creates `users`, and leave the database as it leaves it."""
    project.add_revision(
        "0001",
        None,
        """
        op.create_table(
            "users",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("name", sa.String(50), nullable=False),
        )
        """,
        'op.drop_table("users")',
        message="users",
    )
    metadata = MetaData()
    Table(
        "users",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(50), nullable=False),
    )
    version = Table(
        "alembic_version",
        metadata,
        Column("version_num", String(32), primary_key=True),
        schema=schema,
    )
    with project.connect() as connection:
        metadata.create_all(connection)
        connection.execute(version.insert().values(version_num="0001"))
    return project


def edit(project: Project, name: str, old: str, new: str) -> None:
    """Replace a text that a file of the project holds once."""
    text = project.read(name)
    assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
    project.write(name, text.replace(old, new))


def add_attribute(project: Project, line: str = EMAIL) -> None:
    """Give the model `User` one more attribute."""
    edit(project, "models.py", "    name: ", f"    {line}\n    name: ")


def configure(project: Project, options: str) -> None:
    """Give `context.configure()` of env.py more options, where it runs online."""
    old = "connection=connection, target_metadata=target_metadata"
    edit(project, "migrations/env.py", old, f"{old}, {options}")


def revise(project: Project, *words: str, **options: Any) -> Result:
    """Run `alembic guard-revision -m change WORDS`; :param options: as for Project.alembic."""
    return project.alembic("guard-revision", "-m", "change", *words, **options)


def written(project: Project) -> list[Path]:
    """The migration files besides 0001, oldest first."""
    files = [path for path in project.revisions() if not path.name.startswith("0001_")]
    return sorted(files, key=lambda path: path.stat().st_mtime_ns)


def body(path: Path, function: str = "upgrade") -> str:
    """What a migration does, without comments and docstrings."""
    text = path.read_text("utf-8").partition(f"def {function}(")[2].partition("\ndef ")[0]
    lines = text.splitlines()[2:]
    return "\n".join(line.strip() for line in lines if line.strip() and "# ###" not in line)


def applied(result: Result) -> Result:
    """See that a command did what it was asked for."""
    assert result.returncode == 0, result.output
    return result


def refused(project: Project, *words: str) -> str:
    """What `guard-revision` prints when it refuses, having seen that nothing was changed."""
    before = project.snapshot(), project.tables(), project.heads_in_database()
    result = revise(project, *words)
    assert result.returncode == 1, result.output
    assert (project.snapshot(), project.tables(), project.heads_in_database()) == before
    return result.stdout


def columns(project: Project, table: str, schema: str | None = None) -> list[str]:
    """The columns of a table of the database, in order."""
    with project.connect() as connection:
        return [str(column["name"]) for column in inspect(connection).get_columns(table, schema)]
