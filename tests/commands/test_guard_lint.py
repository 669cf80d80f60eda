"""`alembic guard-lint`: what is judged, what it weighs, what lets it through."""

from __future__ import annotations

import json
import subprocess

import pytest
from sqlalchemy import make_url, text

from tests.project import Project

USERS = 'op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True))'
INDEX = 'op.create_index("ix_users_id", "users", ["id"])'
FOUND = (
    "error: index-blocks-writes (migrations/versions/{revision}_step.py:{line}): "
    "Building ix_users_id makes every write to users wait until it is done.\n"
    "    CREATE INDEX takes a SHARE lock and reads the whole table under it.\n"
    "    {size}\n"
    "    next:\n"
    "        with op.get_context().autocommit_block():\n"
    '            op.create_index("ix_users_id", "users", ["id"], postgresql_concurrently=True)\n'
)
ASSUMED = "No database was asked how large users is: it is judged as a large table."
LARGE = {"ALEMBIC_GUARD_SMALL_TABLE_ROWS": "0"}


def found(revision: str = "0002", line: int = 19, size: str = ASSUMED) -> str:
    return FOUND.format(revision=revision, line=line, size=size)


@pytest.fixture
def history(postgresql_project: Project) -> Project:
    """A table with a row that is applied, and an index on it that is pending."""
    project = postgresql_project
    project.add_revision("0001", None, USERS, message="step")
    assert project.alembic("upgrade", "head").returncode == 0
    with project.connect() as connection:
        connection.execute(text("INSERT INTO users VALUES (1)"))
    project.add_revision("0002", "0001", INDEX, message="step")
    return project


# --- What is judged ------------------------------------------------------------------------------


def test_what_is_pending_is_judged_with_the_sizes_of_the_database(history: Project) -> None:
    result = history.alembic("guard-lint", env=LARGE)
    size = "users has about 1 row (24 kB)."
    database, judging, *rest = result.stdout.splitlines(keepends=True)
    assert (result.returncode, "".join(rest)) == (1, found(size=size))
    assert database.startswith("Database  postgresql+psycopg://")
    assert judging == "Judging   0002\n"


def test_a_small_table_makes_it_a_note(history: Project) -> None:
    result = history.alembic("guard-lint")
    size = "users has about 1 row (24 kB), small enough (small_table_rows is 10,000)."
    assert result.returncode == 0
    assert result.stdout.endswith(
        "Judged 1 revision: no rule refuses.\n" + found(size=size).replace("error:", "note:")
    )


def test_without_a_database_each_revision_is_judged_by_itself(history: Project) -> None:
    result = history.alembic("guard-lint", "--no-database")
    assert (result.returncode, result.stdout) == (1, found())


def test_a_database_that_cannot_be_reached_is_named_and_done_without(history: Project) -> None:
    ini = history.read("alembic.ini")
    port = make_url(history.url).port
    history.write("alembic.ini", ini.replace(f"127.0.0.1:{port}", "127.0.0.1:1"))
    result = history.alembic("guard-lint")
    first, _, rest = result.stdout.partition("\n")
    assert first.startswith("No database was asked: database-unreachable: ")
    assert (result.returncode, rest) == (1, found())


def test_nothing_is_judged_where_nothing_is_pending(history: Project) -> None:
    assert history.alembic("upgrade", "head").returncode == 0
    result = history.alembic("guard-lint")
    assert result.returncode == 0
    assert result.stdout.splitlines()[1:] == [
        "Judging   nothing is pending",
        "Judged 0 revisions: no rule refuses.",
    ]


def test_a_revision_that_is_applied_is_judged_when_it_is_named(history: Project) -> None:
    assert history.alembic("upgrade", "head").returncode == 0
    result = history.alembic("guard-lint", "0002", env=LARGE)
    assert (result.returncode, result.stdout.count("error: ")) == (1, 1)
    assert "Building ix_users_id makes every write to users wait" in result.stdout


@pytest.mark.parametrize(
    ("words", "judged"),
    [
        (["0001"], ["0001"]),
        (["0001:heads"], ["0002", "0003"]),
        (["base:0002"], ["0001", "0002"]),
        ([":0001", "0003"], ["0001", "0003"]),
        (["0002:"], ["0003"]),
    ],
)
def test_a_range_is_what_comes_after_its_first_up_to_its_last(
    history: Project, words: list[str], judged: list[str]
) -> None:
    history.add_revision("0003", "0002", "pass", message="step")
    result = history.alembic("guard-lint", "--no-database", "--format", "json", *words)
    assert json.loads(result.stdout)["data"]["revisions"] == judged


def test_a_revision_that_there_is_not_is_refused(history: Project) -> None:
    result = history.alembic("guard-lint", "nope")
    assert (result.returncode, result.stdout) == (
        1,
        "error: missing-revision: There is no revision 'nope'.\n"
        "    Can't locate revision identified by 'nope'\n"
        "    next: alembic history  # what there is\n",
    )


def test_lint_after_leaves_the_past_alone(history: Project) -> None:
    words = ("guard-lint", "--no-database")
    result = history.alembic(*words, env={"ALEMBIC_GUARD_LINT_AFTER": "0002"})
    assert (result.returncode, result.stdout) == (0, "Judged 0 revisions: no rule refuses.\n")
    result = history.alembic(*words, env={"ALEMBIC_GUARD_LINT_AFTER": "nope"})
    assert (result.returncode, result.stdout) == (
        2,
        "error: bad-setting: lint_after is 'nope', and there is no such revision.\n"
        "    lint_after: the last revision of the past: guard-lint judges what comes after it.\n"
        "    next: alembic history  # the revisions that there are\n",
    )


def test_against_a_branch_only_what_it_does_not_have_is_judged(history: Project) -> None:
    def git(*words: str) -> None:
        me = ["-c", "user.name=me", "-c", "user.email=me@example.com"]
        subprocess.run(["git", *me, *words], cwd=history.path, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "all")
    history.add_revision("0003", "0002", INDEX.replace("ix_users_id", "ix_2"), message="step")
    result = history.alembic("guard-lint", "--no-database", "--against", "main")
    assert (result.returncode, result.stdout.count("error: ")) == (1, 1)
    assert "migrations/versions/0003_step.py:19" in result.stdout
    checked = history.alembic("guard-check", "--no-database", "--against", "main")
    assert (checked.returncode, checked.stdout) == (1, result.stdout)


def test_a_downgrade_is_judged_when_it_is_asked_for(history: Project) -> None:
    history.add_revision("0003", "0002", "pass", 'op.drop_table("users")', message="step")
    words = ("guard-lint", "--no-database", "0003")
    assert history.alembic(*words).returncode == 0
    result = history.alembic(*words, "--downgrade")
    assert result.returncode == 1
    assert result.stdout.startswith("error: drop-table (migrations/versions/0003_step.py:23): ")


def test_on_a_new_database_everything_is_a_note(postgresql_project: Project) -> None:
    postgresql_project.add_revision("0001", None, USERS, message="step")
    postgresql_project.add_revision("0002", "0001", 'op.execute("DROP TABLE x")', message="step")
    result = postgresql_project.alembic("guard-lint", "--format", "json")
    findings = json.loads(result.stdout)["findings"]
    assert result.returncode == 0
    assert {each["severity"] for each in findings} == {"note"}
    named = postgresql_project.alembic("guard-lint", "0002", "--format", "json")
    assert (named.returncode, json.loads(named.stdout)["findings"][0]["severity"]) == (1, "error")


# --- Plain SQL -----------------------------------------------------------------------------------


def test_plain_sql_is_judged_with_its_lines(history: Project) -> None:
    history.write("change.sql", "SELECT 1;\n\nCREATE INDEX ix_users_id\n    ON users (id);\n")
    result = history.alembic("guard-lint", "--sql", "change.sql")
    expected = found().replace("migrations/versions/0002_step.py:19", "change.sql:3")
    assert (result.returncode, result.stdout) == (1, expected)


def test_plain_sql_comes_from_stdin_too(history: Project) -> None:
    sql = "CREATE INDEX ix_users_id ON users (id)"
    result = history.alembic("guard-lint", "--sql", "-", input=sql)
    expected = found().replace("migrations/versions/0002_step.py:19", "<stdin>:1")
    assert (result.returncode, result.stdout) == (1, expected)
    allowed = history.alembic(
        "guard-lint", "--sql", "-", "--allow", "index-blocks-writes", input=sql
    )
    assert (allowed.returncode, allowed.stdout.splitlines()[0]) == (
        0,
        "Judged 1 file: no rule refuses.",
    )


def test_plain_sql_of_another_database_is_read_as_such(history: Project) -> None:
    sql = "ALTER TABLE users ENGINE = InnoDB, ALGORITHM = COPY"
    result = history.alembic("guard-lint", "--sql", "-", "--dialect", "mysql", input=sql)
    assert result.returncode == 1
    assert "copy-algorithm (<stdin>:1)" in result.stdout


@pytest.mark.parametrize("words", [["0001"], ["--against", "main"], ["--trace"]])
def test_plain_sql_and_revisions_do_not_go_together(history: Project, words: list[str]) -> None:
    history.write("change.sql", "SELECT 1")
    result = history.alembic("guard-lint", "--sql", "change.sql", *words)
    assert (result.returncode, result.stderr.splitlines()[-1]) == (
        2,
        "Error: --sql judges files; REVISIONS, --against and --trace are for revisions.",
    )


# --- Letting through -----------------------------------------------------------------------------


def test_a_comment_with_a_reason_lets_a_finding_through(history: Project) -> None:
    line = f"{INDEX}  # guard: allow(index-blocks-writes) nobody writes at night"
    history.add_revision("0002", "0001", line, message="step")
    result = history.alembic("guard-lint", "--no-database")
    assert (result.returncode, result.stdout.splitlines()) == (
        0,
        [
            "Judged 2 revisions: no rule refuses.",
            *found().replace("error:", "allowed:").splitlines()[:3],
            "    allowed: nobody writes at night",
        ],
    )


def test_a_comment_without_a_reason_lets_nothing_through(history: Project) -> None:
    history.add_revision(
        "0002", "0001", f"{INDEX}  # guard: allow(index-blocks-writes)", message="step"
    )
    result = history.alembic("guard-lint", "--no-database")
    assert (result.returncode, result.stdout) == (
        1,
        found() + "warning: unused-allowance (migrations/versions/0002_step.py:19): "
        "allow(index-blocks-writes) has no reason, so that it allows nothing.\n"
        "    next: in migrations/versions/0002_step.py:19, write why: "
        "# guard: allow(index-blocks-writes) because …\n",
    )


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        (f"# guard: allow(index-blocks-writes) at night\n{INDEX}", ""),
        (f"if True:  # guard: allow(index-blocks-writes) at night\n    {INDEX}", ""),
        ('op.create_index(\n    "ix_users_id",  # guard: allow(index-blocks-writes) at night\n'
         '    "users",\n    ["id"],\n)', ""),
        (INDEX, 'allow = {"index-blocks-writes": "at night"}'),
        ("helper()", f"def helper():\n    {INDEX}  # guard: allow(index-blocks-writes) at night\n"),
    ],
    ids=["alone above", "around", "inside a call", "for the file", "in a helper"],
)  # fmt: skip
def test_where_an_allowance_may_stand(history: Project, body: str, extra: str) -> None:
    history.add_revision("0002", "0001", body, message="step", extra=extra)
    result = history.alembic("guard-lint", "--no-database", "--format", "json")
    assert [each["allowed"] for each in json.loads(result.stdout)["findings"]] == ["at night"]


@pytest.mark.parametrize(
    ("name", "message", "todo"),
    [
        (
            "drop-column",
            "allow(drop-column) allows nothing: drop-column is not found here.",
            "take it out",
        ),
        (
            "drop-colum",
            "There is no guard and no rule drop-colum, so that nothing is allowed.",
            "write allow(drop-column)",
        ),
    ],
)
def test_an_allowance_that_allows_nothing_is_found(
    history: Project, name: str, message: str, todo: str
) -> None:
    history.add_revision("0002", "0001", f"pass  # guard: allow({name}) it is old", message="step")
    result = history.alembic("guard-lint", "--no-database")
    assert (result.returncode, result.stdout) == (
        0,
        "Judged 2 revisions: no rule refuses.\n"
        f"warning: unused-allowance (migrations/versions/0002_step.py:19): {message}\n"
        f"    next: in migrations/versions/0002_step.py:19, {todo}\n",
    )


def test_an_allowance_by_its_option_is_reported(history: Project) -> None:
    result = history.alembic("guard-lint", "--no-database", "--allow", "index-blocks-writes")
    assert result.returncode == 0
    assert "    allowed: --allow or the setting allow\n" in result.stdout


# --- Rules ---------------------------------------------------------------------------------------


def test_an_opt_in_rule_judges_when_it_is_enabled(history: Project) -> None:
    history.add_revision(
        "0002", "0001", 'op.execute("CREATE INDEX i ON users (id, id)")', message="step"
    )
    words = ("guard-lint", "--no-database", "--format", "json")
    names = [each["name"] for each in json.loads(history.alembic(*words).stdout)["findings"]]
    assert names == ["index-blocks-writes"]
    enabled = history.alembic(*words, "--enable", "duplicate-index-column")
    names = [each["name"] for each in json.loads(enabled.stdout)["findings"]]
    assert sorted(names) == ["duplicate-index-column", "index-blocks-writes"]


RULE = '''
    """Nobody makes an index on Friday."""

    from alembic_guard.ddl.actions import CreateIndex
    from alembic_guard.rules import Harm

    JUDGES = CreateIndex


    def judge(action, run):
        yield Harm(f"{action.index.name} would be made on {run.step.revision}.")
'''


def test_a_rule_of_the_project_judges_like_ours(history: Project) -> None:
    history.write("no_fridays.py", RULE)
    result = history.alembic(
        "guard-lint", "--no-database", "--format", "json", env={"ALEMBIC_GUARD_RULES": "no_fridays"}
    )
    findings = json.loads(result.stdout)["findings"]
    assert [(each["name"], each["message"]) for each in findings][1:] == [
        ("no-fridays", "ix_users_id would be made on 0002.")
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("import nothing_of_the_kind", "rules names nothing_of_the_kind, which can't be imported"),
        ("x = 1", "rules names mine, which is no rule: it has no JUDGES or no judge()."),
        (RULE.replace("yield Harm(", "raise ValueError("), "the rule mine raised ValueError: "),
    ],
)
def test_a_rule_of_the_project_that_is_none_is_one_clear_line(
    history: Project, rule: str, said: str
) -> None:
    history.write("mine.py", rule)
    result = history.alembic("guard-lint", "--no-database", env={"ALEMBIC_GUARD_RULES": "mine"})
    assert result.returncode == 2, result.output
    assert result.stdout.startswith(f"error: bad-setting: {said}")
    assert "Traceback" not in result.output


def test_every_rule_is_listed_and_explained(history: Project) -> None:
    listed = history.alembic("guard-lint", "--list")
    assert (
        "  index-blocks-writes: An index is built while every write to its table waits.\n"
        in listed.stdout
    )
    assert "  not-recorded: A part of a migration could not be recorded" in listed.stdout
    explained = history.alembic("guard-lint", "--explain", "index-blocks-writes")
    assert explained.stdout.startswith(
        "index-blocks-writes: An index is built while every write to its table waits.\n"
    )


# --- What could not be recorded ------------------------------------------------------------------


def test_what_cannot_be_recorded_is_read_from_its_text_and_said(history: Project) -> None:
    body = f'name = op.get_bind().execute(sa.text("SELECT 1 AS a WHERE false")).one().a\n{INDEX}'
    history.add_revision("0002", "0001", body, message="step")
    result = history.alembic("guard-lint", "--no-database")
    assert result.returncode == 1
    assert result.stdout == found(line=20) + (
        "warning: not-recorded (migrations/versions/0002_step.py:19): Not all of 0002 could be "
        "recorded: upgrade() raised NoResultFound: No row was found when one was required.\n"
        "    It was read statement by statement from its text, both branches of each condition.\n"
        "    next: alembic guard-lint --trace  # runs it on a scratch database\n"
    )


def test_a_migration_that_never_ends_is_ended(history: Project) -> None:
    history.add_revision("0002", "0001", f"{INDEX}\nimport time\ntime.sleep(600)", message="step")
    result = history.alembic("guard-lint", "--no-database", timeout=60)
    assert result.stdout.startswith(found())
    assert "upgrade() raised Blocked: recording does not let a migration wait." in result.stdout


def test_linting_changes_nothing(history: Project) -> None:
    before = (history.snapshot(), history.tables(), history.heads_in_database())
    history.alembic("guard-lint")
    history.alembic("guard-lint", "--no-database")
    assert (history.snapshot(), history.tables(), history.heads_in_database()) == before
