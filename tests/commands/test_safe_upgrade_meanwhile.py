"""A plain `alembic upgrade` that races a safe one, and takes no lock, is noticed and named."""

from __future__ import annotations

from tests.commands.upgrading import columns, history, journal, masked_url, run, until
from tests.project import Project

ADD = 'op.add_column("users", sa.Column("{}", sa.Integer()))'

RACED = """
    import subprocess
    import sys

    from alembic.config import Config

    import alembic_guard

    def plain_upgrade(line):
        if line.startswith("Applied   {after}"):
            subprocess.run([sys.executable, "-m", "alembic", *{words!r}.split()], check=True)

    try:
        alembic_guard.safe_upgrade(Config("alembic.ini"), progress=plain_upgrade)
    except alembic_guard.GuardError as error:
        finding = error.findings[0]
        print(error.exit_status, finding.name)
        print(finding.message)
        print(finding.why)
        print(finding.next)
"""

# The safe upgrade waits in its revision until the plain one, which does not, has done its work.
WAITING = """
import os, pathlib, time
if not os.environ.get("PLAIN"):
    pathlib.Path("running").touch()
    while not pathlib.Path("go").exists():
        time.sleep(0.02)
"""


def test_a_plain_upgrade_between_two_revisions_is_noticed_before_the_next(
    project: Project,
) -> None:
    history(project, ADD.format("age"), ADD.format("size"))

    done = run(project, RACED.format(after="0001", words="upgrade head"))

    assert done.stdout == (
        "3 moved-meanwhile\n"
        f"Another program moved {masked_url(project)} from 0001 to 0003 meanwhile.\n"
        "It did not ask for the deployer lock; plain alembic upgrade, downgrade and stamp do not.\n"
        "Revision 0002 step 2 was not begun.\n"
        "Applied before, and staying: 0001 step 1.\n"
        "('alembic safe-upgrade',)\n"
    ), done.stderr
    assert project.heads_in_database() == ("0003",)
    assert journal(project, "revision", "status") == [("0001", "applied")]
    assert columns(project, "users") == ["id", "name", "age", "size"]
    assert project.alembic("safe-upgrade").returncode == 0


def test_a_plain_downgrade_meanwhile_is_noticed_too(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project, ADD.format("age"), ADD.format("size"))

    done = run(project, RACED.format(after="0002", words="downgrade 0001"))

    assert done.stdout.splitlines()[:2] == [
        "3 moved-meanwhile",
        f"Another program moved {masked_url(project)} from 0002 to 0001 meanwhile.",
    ], done.stderr
    assert project.heads_in_database() == ("0001",)


def race(project: Project) -> tuple[int, list[str]]:
    """Apply 0002 by a plain upgrade while a safe one is in it; what the safe one found."""
    project.alembic("upgrade", "0001")
    upgrade = project.spawn("safe-upgrade")
    until((project.path / "running").exists)
    plain = project.alembic("upgrade", "head", env={"PLAIN": "1"})
    assert plain.returncode == 0, plain.output
    (project.path / "go").touch()
    output, errors = upgrade.communicate(timeout=60)
    assert "Traceback" not in errors
    return upgrade.returncode, output[output.index("error: ") :].splitlines()[:4]


def test_a_plain_upgrade_within_a_revision_is_the_cause_of_its_failure(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, WAITING + "op.execute('INSERT INTO users (id) VALUES (1)')")

    assert race(project) == (
        1,
        [
            f"error: moved-meanwhile: Another program moved {masked_url(project)} "
            "from 0001 to 0002 meanwhile.",
            "    It did not ask for the deployer lock; plain alembic upgrade, downgrade and stamp "
            "do not.",
            "    Because of it this run failed: duplicate key value violates unique constraint "
            '"users_pkey" [SQL: INSERT INTO users (id) VALUES (1)]',
            "    next: alembic safe-upgrade",
        ],
    )
    assert journal(project, "revision", "status") == [("0001", "adopted")]


def test_the_version_table_that_another_one_wrote_is_the_cause_on_mariadb(
    mariadb_project: Project,
) -> None:
    project = mariadb_project
    history(project, WAITING)

    assert race(project) == (
        1,
        [
            f"error: moved-meanwhile: Another program moved {masked_url(project)} "
            "from 0001 to 0002 meanwhile.",
            "    It did not ask for the deployer lock; plain alembic upgrade, downgrade and stamp "
            "do not.",
            "    Because of it this run failed: CommandError: Online migration expected to match "
            "one row when updating '0001' to '0002' in 'alembic_version'; 0 found",
            "    next: alembic safe-upgrade",
        ],
    )
    assert journal(project, "revision", "status") == [("0001", "adopted")]
