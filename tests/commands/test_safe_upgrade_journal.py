"""The journal: who applied what, and what is on record when a process dies."""

from __future__ import annotations

import getpass
import hashlib
import signal
import socket
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import inspect, make_url, text

from alembic_guard.runtime.normal_form import normal_form
from tests.commands.upgrading import history, journal, masked_url, until
from tests.project import Project

SLEEPING = "import pathlib, time\npathlib.Path('running').touch()\ntime.sleep(60)"


def test_a_row_says_who_what_when_and_with_what(project: Project) -> None:
    history(project)

    assert project.alembic("safe-upgrade").returncode == 0

    (file,) = project.revisions()
    names = (
        "revision, message, direction, status, checksum, normal_form, tries, database_user, "
        "os_user, host, allowed, error"
    )
    assert journal(project, names) == [
        (
            "0001",
            "step 1",
            "upgrade",
            "applied",
            hashlib.sha256(file.read_bytes()).hexdigest(),
            normal_form(file.read_bytes()),
            1,
            make_url(project.url).username,
            getpass.getuser(),
            socket.gethostname(),
            None,
            None,
        )
    ]


def test_times_are_utc_and_the_versions_are_there(project: Project) -> None:
    history(project)
    project.alembic("safe-upgrade")

    ((started, finished, versions),) = journal(project, "started", "finished", "versions")

    moments = [
        moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
        for moment in (started, finished)
    ]
    now = datetime.now(timezone.utc)
    ages = [
        now - (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc))
        for moment in moments
    ]
    assert all(timedelta(0) <= age < timedelta(minutes=1) for age in ages)
    assert [part.split()[0] for part in versions.split(", ")] == [
        "alembic-guardrails",
        "alembic",
        "sqlalchemy",
        "python",
    ]


def test_the_start_is_on_record_when_the_process_is_killed(project: Project) -> None:
    history(project, SLEEPING)
    upgrade = project.spawn("safe-upgrade")
    until(lambda: (project.path / "running").exists())

    upgrade.send_signal(signal.SIGKILL)
    upgrade.communicate()

    assert journal(project, "revision", "status", "finished IS NULL") == [
        ("0001", "applied", False),
        ("0002", "started", True),
    ]
    assert project.heads_in_database() == ("0001",)


def test_ctrl_c_is_status_130_with_nothing_applied_and_3_otherwise(project: Project) -> None:
    project.add_revision("0001", None, SLEEPING, message="slow")
    first = project.spawn("safe-upgrade")
    until(lambda: (project.path / "running").exists())
    first.send_signal(signal.SIGINT)
    output, _ = first.communicate(timeout=30)

    assert (first.returncode, journal(project, "status")) == (130, [("interrupted",)]), output
    assert "error: interrupted: Interrupted at revision 0001 slow.\n" in output

    project.revisions()[0].unlink()
    (project.path / "running").unlink()
    history(project, SLEEPING)
    second = project.spawn("safe-upgrade")
    until(lambda: (project.path / "running").exists())
    second.send_signal(signal.SIGINT)
    second.communicate(timeout=30)

    assert (second.returncode, project.heads_in_database()) == (3, ("0001",))
    assert journal(project, "status")[1:] == [("applied",), ("interrupted",)]


def test_a_failure_is_on_record_with_its_error(project: Project) -> None:
    history(project, 'raise ValueError("the data is not ready")')

    result = project.alembic("safe-upgrade")

    assert (result.returncode, journal(project, "revision", "status", "error")) == (
        3,
        [
            ("0001", "applied", None),
            ("0002", "failed", "ValueError: the data is not ready"),
        ],
    )
    assert result.stdout.endswith(
        "error: migration-failed (migrations/versions/0002_step_2.py:19): "
        "Revision 0002 step 2 failed: ValueError: the data is not ready\n"
        "    Its transaction was rolled back.\n"
        "    Applied before, and staying: 0001 step 1.\n"
        "    next: alembic safe-upgrade  # when the migration is mended\n"
    )


@pytest.mark.parametrize("brought", [("upgrade", "0002"), ("stamp", "0002")])
def test_what_plain_alembic_brought_is_recorded_as_adopted(
    project: Project, brought: tuple[str, str]
) -> None:
    history(project, "pass", "pass")
    project.alembic(*brought)

    assert project.alembic("safe-upgrade").returncode == 0
    assert sorted(journal(project, "revision", "status")) == [
        ("0001", "adopted"),
        ("0002", "adopted"),
        ("0003", "applied"),
    ]


def test_what_is_adopted_is_recorded_oldest_first_however_it_was_merged(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    for revision, down in {"a": None, "b": "a", "c": "b", "d": ("c", "a"), "e": "d"}.items():
        project.add_revision(revision, down, "pass")
    project.alembic("upgrade", "d")

    assert project.alembic("safe-upgrade").returncode == 0
    assert journal(project, "revision", "status") == [
        ("a", "adopted"),
        ("b", "adopted"),
        ("c", "adopted"),
        ("d", "adopted"),
        ("e", "applied"),
    ]


def test_a_table_of_an_older_version_is_used_as_it_is(project: Project) -> None:
    history(project, "pass")
    assert project.alembic("safe-upgrade", "0001").returncode == 0
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE alembic_guard_journal DROP COLUMN normal_form"))
        connection.execute(text("UPDATE alembic_guard_journal SET status = 'failed'"))

    assert project.alembic("safe-upgrade").returncode == 0
    with project.connect() as connection:
        names = [one["name"] for one in inspect(connection).get_columns("alembic_guard_journal")]
    assert "normal_form" not in names
    assert journal(project, "revision", "status") == [
        ("0001", "failed"),
        ("0001", "adopted"),
        ("0002", "applied"),
    ]


def test_without_a_journal_there_is_no_table(sqlite_project: Project) -> None:
    history(sqlite_project)

    result = sqlite_project.alembic("safe-upgrade", env={"ALEMBIC_GUARD_JOURNAL": "false"})

    assert (result.returncode, sqlite_project.tables()) == (0, ["alembic_version", "users"])


def test_the_table_can_have_another_name(sqlite_project: Project) -> None:
    history(sqlite_project)

    env = {"ALEMBIC_GUARD_JOURNAL_TABLE": "deployments"}
    sqlite_project.alembic("safe-upgrade", env=env)

    assert sqlite_project.tables() == ["alembic_version", "deployments", "users"]
    assert "0001 step 1" in sqlite_project.alembic("guard-log", env=env).stdout


def test_it_lies_in_the_schema_of_the_version_table(postgresql_project: Project) -> None:
    project = postgresql_project
    with project.connect() as connection:
        connection.execute(text("CREATE SCHEMA ops"))
    env = project.read("migrations/env.py")
    project.write(
        "migrations/env.py",
        env.replace(
            "target_metadata=target_metadata\n",
            'target_metadata=target_metadata, version_table_schema="ops"\n',
        ),
    )
    history(project)

    result = project.alembic("safe-upgrade")

    assert (result.returncode, project.tables()) == (0, ["users"])
    with project.connect() as connection:
        assert connection.scalar(text("SELECT status FROM ops.alembic_guard_journal")) == "applied"


def test_no_autogenerate_proposes_to_drop_it(project: Project) -> None:
    models = project.read("models.py")
    assert project.alembic("guard-revision", "-m", "first").returncode == 0
    assert project.alembic("safe-upgrade").returncode == 0
    project.write("models.py", models)

    plain_check = project.alembic("check")
    guarded = project.alembic("guard-revision", "-m", "again")

    assert (plain_check.returncode, "alembic_guard_journal" in plain_check.output) == (0, False)
    assert guarded.stdout.startswith(
        f"error: empty-revision: Nothing differs between the models and {masked_url(project)}.\n"
    )


def test_a_role_that_may_not_create_it_gets_the_ddl_for_a_dba(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project)
    role = f"guard_{project.path.parent.name[-20:].lower()}"
    with project.connect() as connection:
        connection.execute(text(f'CREATE ROLE "{role}" LOGIN'))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    url = make_url(project.url).set(username=role).render_as_string()
    project.write("alembic.ini", project.read("alembic.ini").replace(project.url, url))
    try:
        result = project.alembic("safe-upgrade")
    finally:
        with project.connect() as connection:
            connection.execute(text(f'DROP ROLE "{role}"'))

    refused = result.stdout[result.stdout.index("error: ") :].splitlines()
    assert (result.returncode, refused[:4], project.tables()) == (
        1,
        [
            "error: journal-not-writable: The role may not create or write the journal "
            "alembic_guard_journal: permission denied for schema public.",
            "    A DBA can make it, and grant SELECT, INSERT, UPDATE and DELETE on it, "
            "USAGE on alembic_guard_journal_id_seq:",
            "    CREATE TABLE alembic_guard_journal (",
            "    \tid BIGSERIAL NOT NULL,",
        ],
        [],
    )


def test_what_checks_said_is_on_record(project: Project) -> None:
    history(project)
    checks = "def precheck(connection):\n    return 1\n\n\ndef postcheck(connection):\n    return "
    project.add_revision("0002", "0001", "pass", extra=f"{checks}True")
    project.add_revision("0003", "0002", "pass", extra=f"{checks}False")

    assert project.alembic("safe-upgrade").returncode == 3
    assert project.alembic("safe-upgrade", "--allow", "postcheck-failed").returncode == 0

    said_no = "precheck: yes; postcheck: no, postcheck() returned False"
    assert journal(project, "revision", "status", "checks") == [
        ("0001", "applied", None),
        ("0002", "applied", "precheck: yes; postcheck: yes"),
        ("0003", "failed", said_no),
        ("0003", "applied", said_no),
    ]
    assert f"      checks: {said_no}\n" in project.alembic("guard-log").stdout


REFUSED_AT_COMMIT = """
op.execute("CREATE TABLE parent (id int PRIMARY KEY)")
op.execute("CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
op.execute("INSERT INTO child VALUES (1)")"""


def test_what_fails_when_it_commits_takes_the_start_of_the_next_revision_with_it(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, REFUSED_AT_COMMIT, "pass")

    assert project.alembic("safe-upgrade", "--allow", "all").returncode == 3

    assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "failed")]


def test_the_start_of_a_revision_is_committed_with_the_one_before_it(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    transactions = "SELECT status, count(*) OVER (PARTITION BY xmin::text) FROM"
    query = f"sa.text('{transactions} alembic_guard_journal ORDER BY id')"
    written = f"str([*op.get_bind().execute({query})])"
    history(project, f"import pathlib\npathlib.Path('seen').write_text({written})")

    assert project.alembic("safe-upgrade", "--allow", "all").returncode == 0

    assert (project.path / "seen").read_text() == "[('applied', 2), ('started', 2)]"
