"""What `alembic guard-revision` refuses to write, each refusal in full; nothing changes by it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from tests.commands.revising import add_attribute, applied, configure, edit, refused, settled
from tests.project import Project

CONVENTION = (
    "naming_convention={'ix': 'ix_%(column_0_label)s', "
    "'uq': 'uq_%(table_name)s_%(column_0_name)s', 'ck': 'ck_%(table_name)s_%(constraint_name)s', "
    "'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s', "
    "'pk': 'pk_%(table_name)s'}"
)
BY_HAND = "    next: alembic revision -m MESSAGE  # for a migration written by hand\n"
DEFAULTS = "    Server defaults are not compared: context.configure(compare_server_default=True).\n"


@pytest.fixture
def users(sqlite_project: Project) -> Project:
    return settled(sqlite_project)


def sql(project: Project, *statements: str) -> None:
    with project.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


# --- Nothing to write ----------------------------------------------------------------------------


def test_nothing_differs(users: Project) -> None:
    where = f"error: empty-revision: Nothing differs between the models and {users.url}.\n"
    assert refused(users) == where + BY_HAND
    configure(users, 'autogenerate_plugins=["alembic.autogenerate.*", "~alembic_guard.*"]')
    assert refused(users) == where + DEFAULTS + BY_HAND


def test_where_alembic_compares_alone_it_is_said_that_defaults_are_left_out(
    mariadb_project: Project,
) -> None:
    users = settled(mariadb_project)
    where = f"error: empty-revision: Nothing differs between the models and {users.url}.\n"
    assert refused(users) == where + BY_HAND
    alone = 'autogenerate_plugins=["alembic.autogenerate.*", "~alembic_guard.*"]'
    configure(users, alone)
    assert refused(users) == where + DEFAULTS + BY_HAND
    configure(users, "compare_server_default=True")
    assert refused(users) == where + BY_HAND


def test_what_the_filters_of_env_py_turned_away_is_named(users: Project) -> None:
    options = [
        'include_object=lambda object, name, *rest: name != "email"',
        'include_name=lambda name, *rest: name != "billing"',
        "compare_server_default=True",
    ]
    configure(users, ", ".join(options))
    sql(users, "CREATE TABLE billing (id INTEGER)")
    add_attribute(users)
    assert (
        refused(users)
        == (
            f"error: empty-revision: Nothing differs between the models and {users.url}.\n"
            "    include_object in env.py turned away: column email.\n"
            "    include_name in env.py turned away: table billing.\n"
        )
        + BY_HAND
    )


def test_a_hook_of_env_py_that_empties_the_list(users: Project) -> None:
    emptying = "process_revision_directives=lambda context, revision, list: list.clear()"
    configure(users, f"{emptying}, compare_server_default=True")
    add_attribute(users)
    assert (
        refused(users)
        == (
            "error: empty-revision: "
            "The project's own process_revision_directives left nothing to write.\n"
            "    Autogenerate found 1 operation; the hook in env.py took them out.\n"
        )
        + BY_HAND
    )


# --- Something that would be lost ----------------------------------------------------------------


def test_a_table_that_no_revision_created(users: Project) -> None:
    sql(users, "CREATE TABLE billing (id INTEGER)")
    said = (
        "error: drops-unowned-table: "
        "The migration would drop billing, which no revision of this history created.\n"
        f"    It is in {users.url} and not in the models: another application's, "
        "or one that was made by hand.\n"
    )
    assert refused(users) == said + (
        "    next: in env.py: context.configure(include_name=lambda name, type_, parents: "
        'type_ != "table" or name != "billing", …)\n'
        "    next: alembic guard-revision -m change --allow drops-unowned-table"
        "  # it is yours, and it may go\n"
    )
    allowed = "    allowed: --allow or the setting allow\n"
    words = ("guard-revision", "-m", "change", "--rev-id", "0002")
    result = users.alembic(*words, "--allow", "drops-unowned-table")
    generated = "Generated migrations/versions/0002_change.py\n"
    let_through = said.replace("error: ", "allowed: ", 1)
    assert (result.returncode, result.stdout) == (0, f"{generated}{let_through}{allowed}")


def test_a_table_of_this_history_may_be_dropped(users: Project) -> None:
    users.add_revision(
        "0002", "0001", 'op.create_table("orders", sa.Column("id", sa.Integer()))', message="more"
    )
    applied(users.alembic("safe-upgrade"))
    result = users.alembic("guard-revision", "-m", "change", "--rev-id", "0003")
    assert result.stdout == "Generated migrations/versions/0003_change.py\n"
    assert "op.drop_table('orders')" in users.read("migrations/versions/0003_change.py")


def test_every_table_at_once(users: Project) -> None:
    edit(users, "models.py", '"users"', '"invoices"')
    add_attribute(users, "total: Mapped[int]")
    assert refused(users) == (
        f"error: drops-everything: The migration would drop every table of {users.url}: users.\n"
        "    The models hold none of them: most often the wrong target_metadata, the wrong schema "
        "or the wrong database.\n"
        "    next: alembic current -v  # which database, which revision\n"
        "    next: alembic guard-revision -m change --allow drops-everything  # they may all go\n"
    )


def test_a_column_that_was_renamed(users: Project) -> None:
    edit(users, "models.py", " name:", " full_name:")
    assert refused(users) == (
        "error: looks-like-rename: The migration would drop the column users.name "
        "and add users.full_name of the same shape.\n"
        "    If it is a rename, the data of users.name would be lost.\n"
        "    next: alembic guard-revision -m change --rename users.name:full_name\n"
        "    next: alembic guard-revision -m change --no-rename  # it is none\n"
    )


def test_a_constraint_without_a_name(users: Project) -> None:
    add_attribute(users, "email: Mapped[str | None] = mapped_column(unique=True)")
    assert refused(users) == (
        "error: unnamed-constraint: "
        "The models leave a unique constraint of users without a name.\n"
        "    Each kind of database makes up another one: no migration can drop it on all.\n"
        f"    next: in your models: Base.metadata = MetaData({CONVENTION})\n"
        '    next: name="NAME"  # or this, in the models: for the constraint of users\n'
    )


def test_a_constraint_without_a_name_in_a_new_table_is_harmless(sqlite_project: Project) -> None:
    add_attribute(sqlite_project, "email: Mapped[str] = mapped_column(unique=True)")
    result = sqlite_project.alembic("guard-revision", "-m", "change", "--rev-id", "0001")
    assert result.stdout == "Generated migrations/versions/0001_change.py\n"


def test_everything_that_is_wrong_is_said_at_once_and_all_lets_it_through(users: Project) -> None:
    sql(users, "CREATE TABLE billing (id INTEGER)")
    add_attribute(users, "email: Mapped[str | None] = mapped_column(unique=True)")
    edit(users, "models.py", " name:", " full_name:")
    names = ["drops-unowned-table", "looks-like-rename", "unnamed-constraint"]
    heads = [line for line in refused(users).splitlines() if line.startswith("error: ")]
    assert [head.split(": ")[1] for head in heads] == names
    words = ("guard-revision", "-m", "change", "--allow", "all", "--format", "json")
    report = json.loads(users.alembic(*words).stdout)
    assert report["exit_status"] == 0
    assert [(found["name"], found["allowed"]) for found in report["findings"]] == [
        (name, "--allow or the setting allow") for name in names
    ]


def test_all_does_not_let_a_database_through_that_is_behind(users: Project) -> None:
    users.add_revision("0002", "0001", "pass", message="more")
    add_attribute(users)
    assert refused(users, "--allow", "all").startswith("error: database-behind: ")


# --- PostgreSQL ----------------------------------------------------------------------------------


def test_partitions_and_tables_of_extensions_are_nobodys(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    models = project.read("models.py")
    project.write("models.py", f'{models}\nTable("log", Base.metadata, Column("at", Date))\n')
    edit(project, "models.py", "import String", "import Column, Date, String, Table")
    sql(
        project,
        "CREATE TABLE log (at DATE) PARTITION BY RANGE (at)",
        "CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE EXTENSION pg_trgm",
        "CREATE TABLE trigrams (id INTEGER)",
        "ALTER EXTENSION pg_trgm ADD TABLE trigrams",
    )
    assert refused(project) == (
        f"error: empty-revision: Nothing differs between the models and {project.url}.\n"
        f"{BY_HAND}"
        f"note: unmanaged: 1 object of {project.url} is in no model: extension pg_trgm.\n"
        "    next: alembic guard-revision --adopt\n"
    )
    configure(project, 'autogenerate_plugins=["alembic.autogenerate.*", "~alembic_guard.*"]')
    assert refused(project) == "".join(
        "error: drops-unowned-table: "
        f"The migration would drop {table}, which is {reason}.\n"
        f"    It is in {project.url} and not in the models; "
        "autogenerate can't tell it from a table of yours.\n"
        "    next: in env.py: context.configure(include_name=lambda name, type_, parents: "
        f'type_ != "table" or name != "{table}", …)\n'
        "    next: alembic guard-revision -m change --allow drops-unowned-table"
        "  # it is yours, and it may go\n"
        for table, reason in (
            ("log_2026", "a partition of log"),
            ("trigrams", "a member of the extension pg_trgm"),
        )
    )


def test_a_partition_is_nobodys_also_where_a_revision_made_it(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    project.add_revision(
        "0002",
        "0001",
        """
        op.execute("CREATE TABLE log (at DATE) PARTITION BY LIST (at)")
        op.execute("CREATE TABLE log_old PARTITION OF log DEFAULT")
        """,
        message="log",
    )
    applied(project.alembic("safe-upgrade"))
    configure(project, 'autogenerate_plugins=["alembic.autogenerate.*", "~alembic_guard.*"]')
    (line,) = (line for line in refused(project).splitlines() if line.startswith("error: "))
    assert line == (
        "error: drops-unowned-table: The migration would drop log_old, which is a partition of log."
    )
