"""``safe-downgrade`` goes down by the machinery of ``safe-upgrade``, and says where it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alembic_guard.commands.invoke import load_command
from tests.commands.downgrading import NO_EMAIL, TAGS, fill, reversible
from tests.commands.test_safe_upgrade_deployers import held_lock
from tests.commands.test_safe_upgrade_interrupted import SLEEPING, interrupted
from tests.commands.upgrading import (
    USERS,
    blocking,
    change_env,
    columns,
    journal,
    masked_url,
    plain,
    run,
    said,
    until,
)
from tests.project import Project


def test_it_says_what_it_does_and_puts_it_on_record(project: Project) -> None:
    reversible(project)

    result = project.alembic("safe-downgrade", "0001")

    assert (result.returncode, plain(result.stdout)) == (
        0,
        f"Database  {masked_url(project)} (SERVER)\n"
        "Current   0003\n"
        "Target    0001\n"
        "Reverts   2\n"
        "          0003 tags\n"
        "          0002 email\n"
        "Reverted  0003 tags (N ms)\n"
        "Reverted  0002 email (N ms)\n"
        "Done: 2 revisions reverted.\n",
    ), result.output
    assert (project.heads_in_database(), columns(project, "users")) == (("0001",), ["id", "name"])
    assert journal(project, "revision", "direction", "status")[3:] == [
        ("0003", "downgrade", "applied"),
        ("0002", "downgrade", "applied"),
    ]
    assert "reverted    0002 email\n      downgrade by " in project.alembic("guard-log").stdout


def test_a_plan_changes_nothing_and_says_what_refuses(postgresql_project: Project) -> None:
    project = postgresql_project
    reversible(project)
    fill(project, "INSERT INTO users (id, email) VALUES (1, 'a')")
    before = journal(project, "id", "status"), project.tables(), project.snapshot()

    harmless = project.alembic("safe-downgrade", "0002", "--plan")
    refused = project.alembic("safe-downgrade", "0001", "--plan")

    assert (harmless.returncode, plain(harmless.stdout)) == (
        0,
        f"Database  {masked_url(project)} (SERVER)\n"
        "Current   0003\n"
        "Target    0002\n"
        "Reverts   1\n"
        "          0003 tags\n"
        "Nothing was changed: this is the plan.\n",
    )
    assert refused.returncode == 1
    assert "error: loses-data " in refused.stdout
    assert (journal(project, "id", "status"), project.tables(), project.snapshot()) == before
    assert project.heads_in_database() == ("0003",)


@pytest.mark.parametrize(
    ("target", "reached"),
    [("-1", "0002"), ("-2", "0001"), ("0002", "0002"), ("0003-2", "0001"), ("base", None)],
)
def test_targets_mean_what_they_mean_in_alembic(
    sqlite_project: Project, target: str, reached: str | None
) -> None:
    reversible(sqlite_project)

    result = sqlite_project.alembic("safe-downgrade", target)

    assert (result.returncode, sqlite_project.heads_in_database()) == (
        0,
        () if reached is None else (reached,),
    ), result.output


def test_at_the_target_nothing_is_done(sqlite_project: Project) -> None:
    reversible(sqlite_project)
    before = journal(sqlite_project, "id")

    result = sqlite_project.alembic("safe-downgrade", "0003")

    assert (result.returncode, result.stdout.splitlines()[-2:]) == (
        0,
        ["Reverts   nothing", "Done: nothing reverted."],
    )
    assert journal(sqlite_project, "id") == before


def test_one_of_several_branches_goes_down_and_a_merge_is_taken_apart(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    add = project.add_revision
    add("0001", None, USERS, 'op.drop_table("users")')
    add("blue", "0001", TAGS, 'op.drop_table("tags")')
    add("redd", "0001", TAGS.replace("tags", "reds"), 'op.drop_table("reds")')
    add("join", ("blue", "redd"), "pass")
    assert project.alembic("safe-upgrade").returncode == 0

    apart = project.alembic("safe-downgrade", "blue")
    heads = project.heads_in_database()
    one = project.alembic("safe-downgrade", "redd@-1")

    assert (apart.returncode, heads) == (0, ("blue", "redd")), apart.output
    assert (one.returncode, project.heads_in_database()) == (0, ("blue",)), one.output
    assert {"tags"} == {"tags", "reds"} & set(project.tables())


def test_a_revision_that_came_again_is_compared_with_what_it_is_now(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    reversible(project)
    project.alembic("safe-downgrade", "0002")
    path = project.revisions()[-1]
    path.write_text(path.read_text().replace('"tags"', '"labels"'))

    down = project.alembic("guard-check")
    project.alembic("upgrade", "head")
    project.add_revision("0004", "0003", "pass")
    again = project.alembic("safe-upgrade")

    assert "edited-after-applied" not in down.output + again.output
    assert "revision-below-database" not in down.output + again.output
    assert journal(project, "revision", "direction", "status")[3:] == [
        ("0003", "downgrade", "applied"),
        ("0003", "upgrade", "adopted"),
        ("0004", "upgrade", "applied"),
    ]


def test_an_edited_script_is_warned_of_and_refused_where_the_history_is_frozen(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    reversible(project)
    for path in (project.revisions()[0], project.revisions()[2]):
        path.write_text(path.read_text() + "\nEDITED = True\n")

    frozen = project.alembic("safe-downgrade", "0002", env={"ALEMBIC_GUARD_FROZEN": "true"})
    warned = project.alembic("safe-downgrade", "0002")

    assert (frozen.returncode, warned.returncode) == (1, 0), warned.output
    assert "error: edited-after-applied (migrations/versions/0003_tags.py): " in frozen.stdout
    assert "warning: edited-after-applied (migrations/versions/0003_tags.py): " in warned.stdout
    assert "0001_users.py" not in frozen.stdout + warned.stdout


def test_prechecks_and_postchecks_are_the_upgrades(sqlite_project: Project) -> None:
    project = sqlite_project
    checks = "def precheck(connection):\n    return not APPLIED\n\n\npostcheck = precheck\n"
    project.add_revision(
        "0001", None, USERS, 'op.drop_table("users")', extra="APPLIED = False\n" + checks
    )
    project.alembic("safe-upgrade")
    path = project.revisions()[0]
    path.write_text(path.read_text().replace("APPLIED = False", "APPLIED = True"))

    assert project.alembic("safe-downgrade", "base").returncode == 0


def test_a_failure_rolls_its_revision_back_and_says_what_is_reverted(project: Project) -> None:
    failing = f'{NO_EMAIL}\nop.execute("INSERT INTO nowhere VALUES (1)")'
    reversible(project, email=failing)

    result = project.alembic("safe-downgrade", "0001", "--allow", "unknown-object")

    first, *rest = [line for line in result.stdout.splitlines() if line.startswith("error: ")]
    assert result.returncode == 3
    assert first.startswith(
        "error: migration-failed (migrations/versions/0002_email.py:24): Revision 0002 email failed"
    )
    assert "    Reverted before: 0003 tags.\n" in result.stdout.replace(
        "Its transaction was rolled back.\n", ""
    )
    assert project.heads_in_database() == ("0002",)
    assert journal(project, "revision", "direction", "status")[3:] == [
        ("0003", "downgrade", "applied"),
        ("0002", "downgrade", "failed"),
    ]
    kept = "email" in columns(project, "users")
    if project.url.startswith("mariadb"):  # it commits with every DDL statement
        assert (kept, [line.split()[1] for line in rest]) == (False, ["partly-applied"])
        assert "    next: alembic safe-downgrade 0001  # goes on with" in result.stdout
        assert "    next: alembic stamp 0001  # or this" in result.stdout
    else:
        assert (kept, rest) == (True, [])
        assert "    next: alembic safe-downgrade 0001  # when" in result.stdout


def test_a_lock_is_tried_for_again_and_again(postgresql_project: Project) -> None:
    project = postgresql_project
    reversible(project)

    with blocking(project, "SELECT * FROM tags"):
        gave_up = project.alembic("safe-downgrade", "-1", "--retry-for", "1s")
        trying = project.spawn("safe-downgrade", "-1")
        said(trying, "Waiting")
    output, errors = trying.communicate(timeout=60)

    assert gave_up.returncode == 4
    assert "    next: alembic safe-downgrade -1 --retry-for 1h\n" in gave_up.stdout
    assert (trying.returncode, "Done: 1 revision reverted.\n" in output) == (0, True), errors
    assert journal(project, "revision", "direction", "status")[3:] == [
        ("0003", "downgrade", "failed"),
        ("0003", "downgrade", "applied"),
    ]


def test_one_deployer_at_a_time_and_a_relative_target_is_reached_once(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    reversible(project)
    lock = held_lock(Project(project.path, project.url))
    try:
        gave_up = project.alembic("safe-downgrade", "-1", "--wait", "500ms")
        both = [project.spawn("safe-downgrade", "-1") for _ in range(2)]
        for process in both:
            said(process, "Waiting for another deployer")
    finally:
        lock.release()
    ended = [process.communicate(timeout=60) for process in both]

    assert gave_up.returncode == 4
    assert "error: another-deployer: " in gave_up.stdout
    assert [process.returncode for process in both] == [0, 0], ended
    assert sorted(output.splitlines()[-1] for output, _ in ended) == [
        "Done: 1 revision reverted.",
        "Done: nothing reverted.",
    ]
    assert project.heads_in_database() == ("0002",)


def test_ctrl_c_is_130_with_nothing_reverted_and_3_otherwise(project: Project) -> None:
    reversible(project, email=f"{NO_EMAIL}\n{SLEEPING}")

    process = project.spawn("safe-downgrade", "base")
    until(lambda: (project.path / "running").exists(), seconds=60)
    assert interrupted(process) == (3, "error: interrupted: Interrupted at revision 0002 email.")
    if project.url.startswith("mariadb"):
        return  # the column is gone: MariaDB commits with every DDL statement
    (project.path / "running").unlink()
    process = project.spawn("safe-downgrade", "base")
    until(lambda: (project.path / "running").exists(), seconds=60)
    assert interrupted(process) == (130, "error: interrupted: Interrupted at revision 0002 email.")
    assert "email" in columns(project, "users")
    assert journal(project, "revision", "status")[3:] == [
        ("0003", "applied"),
        ("0002", "interrupted"),
        ("0002", "interrupted"),
    ]


def test_env_pys_own_transaction_is_reverted_as_a_whole(project: Project) -> None:
    reversible(project)
    change_env(project, "connectable.connect()", "connectable.begin()")

    result = project.alembic("safe-downgrade", "-2")

    assert (result.returncode, plain(result.stdout).splitlines()[-5:]) == (
        0,
        [
            "          0002 email",
            "Note      env.py opens its own transaction: all revisions are applied, "
            "or tried again, as a whole",
            "Ran       0003 tags (N ms)",
            "Ran       0002 email (N ms)",
            "Done: 2 revisions reverted.",
        ],
    ), result.output
    assert project.heads_in_database() == ("0001",)
    assert journal(project, "revision", "direction", "status")[3:] == [
        ("0003", "downgrade", "applied"),
        ("0002", "downgrade", "applied"),
    ]


def test_what_falls_with_env_pys_transaction_is_not_reverted(postgresql_project: Project) -> None:
    project = postgresql_project
    reversible(project, email='op.execute("INSERT INTO nowhere VALUES (1)")')
    change_env(project, "connectable.connect()", "connectable.begin()")

    result = project.alembic("safe-downgrade", "-2")

    assert (result.returncode, project.heads_in_database()) == (1, ("0003",)), result.output
    assert "tags" in project.tables()
    assert journal(project, "revision", "status", "error")[3:] == [
        ("0003", "failed", "rolled back together with 0002"),
        (
            "0002",
            "failed",
            'relation "nowhere" does not exist [SQL: INSERT INTO nowhere VALUES (1)]',
        ),
    ]


def test_both_databases_of_the_multidb_template_go_down(
    project_path: Path, sqlite_url: str
) -> None:
    with Project.create(project_path, sqlite_url, "multidb") as project:
        project.add_revision("0001", None, TAGS, 'op.drop_table("tags")', message="both")
        assert project.alembic("safe-upgrade").returncode == 0

        result = project.alembic("safe-downgrade", "base")

    assert (result.returncode, result.stdout.count("Ran       0001 both")) == (0, 2), result.output
    assert result.stdout.splitlines()[-1] == "Done: 2 revisions reverted."


def test_a_connection_that_is_handed_in_stays_the_callers(sqlite_project: Project) -> None:
    project = sqlite_project
    reversible(project)
    change_env(
        project,
        "    with connectable.connect() as connection:\n",
        "    if True:\n        connection = config.attributes['connection']\n",
    )

    done = run(
        project,
        """
        import alembic_guard
        from alembic.config import Config
        from sqlalchemy import create_engine, inspect

        config = Config("alembic.ini")
        engine = create_engine(config.get_main_option("sqlalchemy.url"))
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            downgraded = alembic_guard.safe_downgrade(config, "-1")
            print([reverted.revision.id for reverted in downgraded.reverted])
            print(connection.in_transaction(), inspect(connection).has_table("tags"))
        """,
    )

    assert (done.returncode, done.stdout) == (0, "['0003']\nTrue False\n"), done.stderr


def test_programs_get_what_was_reverted_and_errors_of_alembics_own_kind(
    sqlite_project: Project,
) -> None:
    reversible(sqlite_project)
    fill(sqlite_project, "INSERT INTO users (id, email) VALUES (1, 'a')")

    done = run(
        sqlite_project,
        """
        from alembic.config import Config
        from alembic.util import CommandError

        import alembic_guard

        config = Config("alembic.ini")
        downgraded = alembic_guard.safe_downgrade(config, "-1", wait=5.0)
        print([reverted.revision.id for reverted in downgraded.reverted])
        try:
            alembic_guard.safe_downgrade(config, "-1", progress=lambda line: print(line.split()[0]))
        except CommandError as error:
            print(type(error).__name__, error.exit_status, [f.name for f in error.findings])
        try:
            alembic_guard.safe_downgrade(config, "-1", retry_four=1)
        except TypeError as error:
            print(error)
        """,
    )

    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "['0003']",
            *["Database", "Current", "Target", "Reverts", "0002"],
            "Refused 1 ['loses-data']",
            "safe_downgrade() takes no retry_four",
        ],
    ), done.stderr


def test_json_has_the_plan_and_what_was_reverted(sqlite_project: Project) -> None:
    reversible(sqlite_project)

    result = sqlite_project.alembic("safe-downgrade", "-1", "--format", "json")

    report = json.loads(result.stdout)
    (database,) = report["data"]["databases"]
    (reverted,) = report["data"]["reverted"]
    revision = {
        "revision": "0003",
        "message": "tags",
        "path": "migrations/versions/0003_tags.py",
    }
    assert database.pop("server").startswith("SQLite 3.")
    assert reverted.pop("milliseconds") >= 0
    url = sqlite_project.url
    assert report == {
        "version": 1,
        "command": "safe-downgrade",
        "exit_status": 0,
        "findings": [],
        "data": {
            "databases": [
                {
                    "database": url,
                    "current": ["0003"],
                    "target": "-1",
                    "pending": [revision],
                    "notes": [],
                    "backup": None,
                }
            ],
            "reverted": [{"database": url, **revision}],
            "allowed": [],
        },
    }


def test_an_async_env_py_goes_down_too(postgresql_url: str, project_path: Path) -> None:
    with Project.create(project_path, postgresql_url, "async") as project:
        reversible(project)
        fill(project, "INSERT INTO users (id, email) VALUES (1, 'a')")

        results = [project.alembic("safe-downgrade", "-1") for _ in range(2)]

        assert [result.returncode for result in results] == [0, 1], results
        assert "drops the column users.email, which holds 1 value." in results[1].stdout
        assert project.heads_in_database() == ("0002",)


def test_no_password_is_printed(postgresql_project: Project) -> None:
    project = postgresql_project
    reversible(project, email='raise ValueError("secret-word")', tags='raise ValueError("x")')
    ini = project.read("alembic.ini").replace("postgres@", "postgres:secret-word@")
    project.write("alembic.ini", ini)

    results = [
        project.alembic("--raiseerr", "safe-downgrade", *words)
        for words in (["-1"], ["-9"], ["base", "--format", "json"], ["nowhere"])
    ]

    assert [result.returncode for result in results] == [1, 1, 1, 1]
    assert [result.output for result in results if "secret-word" in result.output] == []


def test_limits_are_those_of_safe_upgrade() -> None:
    def words(name: str) -> dict[str, str]:
        return {
            option.name: option.help
            for option in load_command(name).params
            if option.name and getattr(option, "help", None)
        }

    down, up = words("safe-downgrade"), words("safe-upgrade")
    assert {name: up[name] for name in down if name not in ("tag", "plan")} == {
        name: help for name, help in down.items() if name not in ("tag", "plan")
    }
