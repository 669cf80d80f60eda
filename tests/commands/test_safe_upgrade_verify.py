"""`safe-upgrade --verify`: at its end models and database are compared, and nothing is changed."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.commands.upgrading import change_env, history, journal, masked_url, run, until
from tests.project import Project

NAMED = (
    'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), '
    'sa.Column("name", sa.String(50), nullable=False))'
)
NOT_COMPARED = "Note      models and database were not compared: {}."
SAME = "Verified  models and database are the same."


def as_the_models(project: Project) -> None:
    """A history that makes just what the models say."""
    project.add_revision("0001", None, NAMED, message="users")


def ahead(project: Project) -> None:
    """Models that have a column and a table more."""
    models = project.read("models.py").replace("name:", "email: Mapped[int | None]\n    name:")
    order = (
        "\n\nclass Order(Base):\n"
        '    __tablename__ = "orders"\n\n'
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    project.write("models.py", models + order)


def drift(project: Project, *before: str) -> list[str]:
    """What is said of models that are ahead, in the order of the migration."""
    changes = ["      adds table orders", "      adds column users.email"]
    return [
        f"drift: {masked_url(project)} is at its head, and is not what the models say.",
        "    A migration that is made now:",
        *(reversed(changes) if project.url.startswith("mariadb") else changes),
        *before,
    ]


def end(project: Project, *words: str) -> tuple[int, list[str]]:
    """Status, and what was said after the plan."""
    result = project.alembic("safe-upgrade", *words)
    lines = result.stdout.splitlines()
    pending = next(number for number, line in enumerate(lines) if line.startswith("Pending"))
    left_out = ("Pending", "Applied", "          ")
    return result.returncode, [line for line in lines[pending:] if not line.startswith(left_out)]


def test_the_same_is_said_with_and_without_work(project: Project) -> None:
    as_the_models(project)
    assert end(project, "--verify") == (0, [SAME, "Done: 1 revision applied."])
    assert end(project, "--verify") == (0, [SAME, "Done: nothing to apply."])
    assert end(project) == (0, ["Done: nothing to apply."])


def test_drift_is_an_error_whose_status_says_whether_anything_was_applied(
    project: Project,
) -> None:
    as_the_models(project)
    ahead(project)
    first, *rest = drift(project, "    Applied before, and staying: 0001 users.")
    command = '    next: alembic guard-revision -m "…"'
    assert end(project, "--verify") == (3, [f"error: {first}", *rest, command])
    assert project.heads_in_database() == ("0001",)

    first, *rest = drift(project)
    before = journal(project, "revision", "status"), project.tables(), sorted_files(project)
    assert end(project, "--verify") == (1, [f"error: {first}", *rest, command])
    assert (journal(project, "revision", "status"), project.tables()) == before[:2]
    assert sorted_files(project) == before[2]
    assert end(project, "--verify", "--allow", "drift") == (
        0,
        [
            "Done: nothing to apply.",
            f"allowed: {first}",
            *rest,
            "    allowed: --allow or the setting allow",
        ],
    )


def sorted_files(project: Project) -> list[Path]:
    """Every file but what Python itself caches."""
    found = project.path.rglob("*")
    return sorted(each for each in found if "__pycache__" not in each.parts)


def test_the_json_report_has_what_was_compared(sqlite_project: Project) -> None:
    project = sqlite_project
    as_the_models(project)
    ahead(project)
    result = project.alembic("safe-upgrade", "--verify", "--format", "json")
    report = json.loads(result.stdout)
    assert (report["exit_status"], [each["name"] for each in report["findings"]]) == (3, ["drift"])
    assert report["data"]["verified"] == [
        {
            "database": masked_url(project),
            "compared": True,
            "reason": None,
            "differences": ["adds table orders", "adds column users.email"],
        }
    ]
    plain = project.alembic("safe-upgrade", "--format", "json")
    assert "verified" not in json.loads(plain.stdout)["data"]


def test_a_partial_upgrade_and_a_plan_are_not_compared(sqlite_project: Project) -> None:
    project = sqlite_project
    history(project, "pass")
    note = NOT_COMPARED.format("not at head")
    assert end(project, "0001", "--verify") == (0, [note, "Done: 1 revision applied."])
    assert end(project, "--plan", "--verify") == (
        0,
        ["Nothing was changed: this is the plan."],
    )


def test_models_that_cannot_be_compared_are_a_warning(sqlite_project: Project) -> None:
    project = sqlite_project
    as_the_models(project)
    change_env(project, "target_metadata = Base.metadata", "target_metadata = None")
    assert end(project, "--verify")[1][:3] == [
        NOT_COMPARED.format("no-target-metadata"),
        "Done: 1 revision applied.",
        "warning: no-target-metadata (migrations/env.py:23): migrations/env.py gives Alembic "
        "no MetaData: line 23 says target_metadata = None.",
    ]
    empty = 'target_metadata = __import__("sqlalchemy").MetaData()'
    change_env(project, "target_metadata = None", empty)
    status, lines = end(project, "--verify")
    assert (status, lines[0]) == (0, NOT_COMPARED.format("empty-metadata"))
    assert any(line.startswith("warning: empty-metadata (") for line in lines)


def test_it_is_a_setting_and_an_option_that_wins(sqlite_project: Project) -> None:
    project = sqlite_project
    as_the_models(project)
    ahead(project)
    project.write("alembic.ini", project.read("alembic.ini") + "\n[alembic_guard]\nverify = on\n")
    assert end(project)[0] == 3
    assert end(project)[0] == 1
    assert end(project, "--no-verify") == (0, ["Done: nothing to apply."])
    # who is about to write the missing migration is not told that it is missing
    result = project.alembic("guard-revision", "-m", "orders", "--upgrade")
    assert result.returncode == 0, result.output
    assert end(project, "--verify") == (0, [SAME, "Done: 1 revision applied."])


def test_it_is_none_of_a_downgrade_and_none_of_a_script(sqlite_project: Project) -> None:
    as_the_models(sqlite_project)
    down = sqlite_project.alembic("safe-downgrade", "base", "--verify")
    assert (down.returncode, "No such option" in down.stderr) == (2, True)
    sql = sqlite_project.alembic("safe-upgrade", "--sql", "--verify")
    assert (sql.returncode, sql.stderr.splitlines()[-1]) == (
        2,
        "Error: --verify means nothing with --sql.",
    )


def test_an_async_env_py_is_compared(postgresql_url: str, project_path: Path) -> None:
    with Project.create(project_path, postgresql_url, "async") as project:
        as_the_models(project)
        ahead(project)
        status, lines = end(project, "--verify")
    assert (status, lines[2:4]) == (3, ["      adds table orders", "      adds column users.email"])


def test_of_several_databases_the_one_that_differs_is_named(project_path: Path) -> None:
    url = f"sqlite:///{(project_path / 'first.db').as_posix()}"
    with Project.create(project_path, url, "multidb") as project:
        change_env(project, '"engine2": Base.metadata', '"engine2": other')
        change_env(
            project,
            "from models import Base\n",
            "from models import Base\nfrom sqlalchemy import Column, Integer, MetaData, Table\n"
            'other = MetaData()\nTable("more", other, Column("id", Integer, primary_key=True))\n',
        )
        result = project.alembic("safe-upgrade", "--verify", "--format", "json")
    verified = json.loads(result.stdout)["data"]["verified"]
    assert [(each["database"], each["differences"]) for each in verified] == [
        (url, ["adds table users"]),
        (project.second_url, ["adds table more"]),
    ]


def test_of_several_databases_each_is_named(project_path: Path) -> None:
    url = f"sqlite:///{(project_path / 'first.db').as_posix()}"
    with Project.create(project_path, url, "multidb") as project:
        change_env(project, '"engine2": Base.metadata', '"engine2": None')
        project.add_revision("0001", None, NAMED, message="users")
        assert project.alembic("safe-upgrade", "--allow", "all").returncode == 0
        lines = project.alembic("safe-upgrade", "--verify").stdout.splitlines()
    assert [each for each in lines if each.startswith(("Verified", "Note"))] == [
        f"Verified  models and {url} are the same.",
        f"Note      models and {project.second_url} were not compared: no-target-metadata.",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_it_compares_says_that_the_upgrade_was_done(
    postgresql_project: Project, number: signal.Signals
) -> None:
    project = postgresql_project
    as_the_models(project)
    change_env(
        project,
        "target_metadata=target_metadata",
        "target_metadata=target_metadata, include_object=slowly",
    )
    change_env(
        project,
        "target_metadata = Base.metadata\n",
        "target_metadata = Base.metadata\n\n\n"
        "def slowly(*_):\n"
        "    import pathlib, time\n\n"
        "    pathlib.Path('comparing').touch()\n"
        "    time.sleep(60)\n",
    )
    done = "error: interrupted: Interrupted while models and database were compared.\n"
    why, stays = (
        "    The upgrade itself was done.\n",
        "    Applied before, and staying: 0001 users.\n",
    )
    again = "    next: alembic safe-upgrade --verify --wait 5s\n"
    assert _interrupted(project, number) == (3, done + why + stays + again)
    assert project.heads_in_database() == ("0001",)
    assert _interrupted(project, number) == (130, done + why + again)
    assert journal(project, "revision", "status") == [("0001", "applied")]


def _interrupted(project: Project, number: signal.Signals) -> tuple[int, str]:
    """Status, and the end of what is said, of a comparison that is interrupted."""
    mark = project.path / "comparing"
    mark.unlink(missing_ok=True)
    process = project.spawn("safe-upgrade", "--verify", "--wait", "5s")
    until(mark.exists)
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    return process.returncode, output[output.index("error: ") :]


def test_a_program_gets_what_was_compared(sqlite_project: Project) -> None:
    as_the_models(sqlite_project)
    result = run(
        sqlite_project,
        "import alembic_guard\n"
        "from alembic.config import Config\n"
        "config = Config('alembic.ini')\n"
        "upgraded = alembic_guard.safe_upgrade(config, verify=True)\n"
        "print(*[one['compared'] for one in upgraded.verified])\n"
        "print(alembic_guard.safe_upgrade(config).verified)\n",
    )
    assert result.stdout.splitlines() == ["True", "None"], result.stderr
