"""What `guard-doctor` and `guard-check` say of the models: only what is wrong, and once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from tests.commands.revising import edit, refused, settled
from tests.project import Project

TARGET = "target_metadata = Base.metadata"
ORDER = """\
from models import Base
from sqlalchemy.orm import Mapped, mapped_column

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


def findings(project: Project, command: str, status: int) -> str:
    """What a command says after its list of checks, having seen that no file was changed."""
    before = project.snapshot(), project.tables()
    result = project.alembic(command)
    assert (result.returncode, result.stderr) == (status, ""), result.output
    assert (project.snapshot(), project.tables()) == before
    lines = result.stdout.splitlines(keepends=True)
    first = next((at for at, line in enumerate(lines) if line.startswith("versions", 9)), -1)
    return "".join(lines[first + 1 :])


def test_migrations_that_are_written_by_hand_need_no_models(sqlite_project: Project) -> None:
    settled(sqlite_project)
    edit(sqlite_project, "migrations/env.py", TARGET, "target_metadata = None")
    assert findings(sqlite_project, "guard-doctor", 0) == (
        "note: no-target-metadata (migrations/env.py:23): "
        "migrations/env.py gives Alembic no MetaData: line 23 says target_metadata = None.\n"
        "    Autogenerate has nothing to compare; migrations written by hand need no models.\n"
        "    models.py:7 has Base.\n"
        "    next: in migrations/env.py, instead of line 23: from models import Base; "
        f"{TARGET}\n"
    )
    assert findings(sqlite_project, "guard-check", 0) == (
        "Checked 1 revision and 1 database: no guard refuses.\n"
    )


def test_one_database_of_multidb_may_have_no_models(sqlite_url: str, project_path: Path) -> None:
    with Project.create(project_path, sqlite_url, "multidb") as project:
        edit(project, "migrations/env.py", ', "engine2": Base.metadata}', "}")
        said = "migrations/env.py gives Alembic a MetaData for engine1 in line 40, and none for "
        step = (
            "    next: in migrations/env.py, line 40: add the MetaData of the models of engine2\n"
        )
        assert findings(project, "guard-doctor", 0) == (
            f"note: no-target-metadata (migrations/env.py:40): {said}engine2.\n"
            "    Autogenerate has nothing to compare; migrations written by hand need no models.\n"
            f"{step}"
        )
        assert refused(project) == (
            f"error: no-target-metadata (migrations/env.py:40): {said}engine2.\n"
            "    Without the MetaData of your models there is nothing to compare the database "
            "with.\n"
            f"{step}"
        )


def test_tables_that_no_revision_made_are_said_once(sqlite_project: Project) -> None:
    settled(sqlite_project)
    with sqlite_project.connect() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    expected = (
        "error: tables-without-history (migrations/versions/0001_users.py): "
        f"{sqlite_project.url} has users already, and no revision is recorded in "
        "alembic_version.\n"
        "    Revision 0001 users would fail, for it creates users. Something other than Alembic "
        "made them, such as create_all(). Their columns are those of revision 0001.\n"
        "    next: alembic stamp 0001\n"
    )
    assert findings(sqlite_project, "guard-check", 1) == expected
    assert findings(sqlite_project, "guard-doctor", 1) == expected


def test_an_import_at_the_end_of_env_py_has_no_effect(sqlite_project: Project) -> None:
    settled(sqlite_project)
    sqlite_project.write("orders.py", ORDER)
    env_py = sqlite_project.read("migrations/env.py")
    sqlite_project.write("migrations/env.py", f"{env_py}\nimport orders\n")
    line = env_py.count("\n") + 2
    assert refused(sqlite_project) == (
        "error: models-not-imported (orders.py:4): orders.py declares orders, and "
        f"migrations/env.py imports it in line {line}, after it ran the migrations.\n"
        "    Autogenerate would leave it out.\n"
        f"    next: in migrations/env.py: move line {line} above line 23 (target_metadata = …)\n"
    )


def test_what_may_be_no_model_of_the_application_does_not_refuse(sqlite_project: Project) -> None:
    settled(sqlite_project)
    for name in ("testing/factories.py", "benchmarks/bench.py", "scripts/demo.py", "docs/x.py"):
        sqlite_project.write(name, ORDER)
    sqlite_project.write("playground/x.py", ORDER)
    assert findings(sqlite_project, "guard-check", 0) == (
        "Checked 1 revision and 1 database: no guard refuses.\n"
        "warning: models-not-imported (playground/x.py:4): playground/x.py declares orders, "
        "and migrations/env.py never imports it.\n"
        "    Autogenerate would leave it out, if it is a model of the application.\n"
        "    next: in migrations/env.py, above line 23 (target_metadata = …): "
        "import playground.x\n"
    )
