"""The failures that docs/errors.md lists: each builds a project that is broken in one way."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from sqlalchemy import make_url

from tests.commands.revising import add_attribute, configure, edit, settled
from tests.commands.upgrading import blocking, history
from tests.guards.failing import MODELS, in_env_py, with_real_url, with_url
from tests.guards.histories import VERSIONS, text
from tests.guards.recording import applied, below, execute, numbered, replace, tabled
from tests.guards.test_foreign_history import another
from tests.project import Project

Build = Callable[[Project], object]
ENV_PY = "migrations/env.py"
CONNECT = "    with connectable.connect() as connection"
CONFIGURE = "        context.configure(\n            connection=connection"
TARGET = "target_metadata = Base.metadata"
REFUSED = "{}://user:secret-word@127.0.0.1:1/database"
UNNAMED = "email: Mapped[str | None] = mapped_column(unique=True)"
MONEY = 'price: Mapped[int | None] = mapped_column(__import__("mytypes").Money())'
LONG = "2026_01_01_add_the_number_of_the_invoice"


REVISE = "revision --autogenerate -m change"
WRITE = "guard-revision -m change"
USUAL = {
    "check": "guard-check",
    "current": "guard-doctor",
    "downgrade": "guard-check",
    "heads": "guard-check",
    "merge": "guard-check",
    "revision": WRITE,
    "stamp": "guard-check",
    "upgrade": "safe-upgrade",
}
"""What is typed here instead of a command of Alembic, where a failure does not say it."""


@dataclass(frozen=True)
class Failure:
    """A project that is broken in one way, and what is typed in it.

    :param guard: the name that our command gives to it.
    :param build: breaks a healthy project whose database is empty.
    :param plain: the words after ``alembic``.
    :param ours: the same for our command; `USUAL` where it is left out.
    :param database: ``sqlite``, ``postgresql`` or ``mariadb``.
    :param folder: the folder of the project in which it is typed.
    :param env: what plain Alembic has in its environment.
    :param during: what goes on while a command runs.
    """

    guard: str
    build: Callable[[Project], object]
    plain: str = "upgrade head"
    ours: str = ""
    database: str = "sqlite"
    folder: str = "."
    env: Mapping[str, str] = field(default_factory=dict)
    during: Callable[[Project], AbstractContextManager[object]] = nullcontext

    @property
    def ours_or_usual(self) -> str:
        verb = next(word for word in self.plain.split() if word in USUAL)
        return self.ours or self.plain.partition(verb)[0] + USUAL[verb]

    @property
    def typed(self) -> str:
        before = "".join(f"{name}={shlex.quote(value)} " for name, value in self.env.items())
        return f"{before}alembic {self.plain}"

    @property
    def typed_here(self) -> str:
        return f"alembic {self.ours_or_usual}"


def url(value: str) -> Build:
    """A URL in alembic.ini, just as it is given."""
    return lambda project: with_url(project, value)


def env_py(*lines: str) -> Build:
    """Lines that env.py runs before it imports the models."""
    return lambda project: in_env_py(project, *lines)


def edited(name: str, old: str, new: str) -> Build:
    """A file of the project that says something else."""
    return lambda project: edit(project, name, old, new)


def files(**texts: str) -> Build:
    """Revision files by name."""
    return lambda project: [
        project.write(f"{VERSIONS}/{name}.py", source) for name, source in texts.items()
    ]


def also(*builds: Build) -> Build:
    """One after another."""
    return lambda project: [build(project) for build in builds]


# --- Configuration and env.py ---------------------------------------------------------------------


def no_ini(project: Project) -> None:
    (project.path / "alembic.ini").unlink()


def no_logging(project: Project) -> None:
    ini = project.read("alembic.ini")
    project.write("alembic.ini", ini[: ini.index("# Logging configuration")])


def in_src(project: Project) -> None:
    project.write("src/backend/models.py", project.read("models.py"))
    edit(project, ENV_PY, MODELS, "from backend.models import Base")


def deploy(project: Project) -> None:
    (project.path / "deploy").mkdir()


def autobegun(project: Project) -> None:
    history(project)
    statement = "        connection.exec_driver_sql('SELECT 1')\n"
    edit(project, ENV_PY, CONFIGURE, statement + CONFIGURE)


# --- Server ---------------------------------------------------------------------------------------


def no_such_database(project: Project) -> None:
    nowhere = make_url(project.url).set(database="nowhere")
    with_real_url(project, nowhere.render_as_string(hide_password=False))


def to_be_altered(project: Project) -> None:
    history(project, 'op.add_column("users", sa.Column("email", sa.Text()))')
    assert project.alembic("upgrade", "0001").returncode == 0


def read_by_somebody(project: Project) -> AbstractContextManager[object]:
    return blocking(project, "SELECT * FROM users")


# --- Models ---------------------------------------------------------------------------------------


def no_tables(project: Project) -> None:
    own = f"from sqlalchemy import MetaData; {TARGET.replace('Base.metadata', 'MetaData()')}"
    edit(project, ENV_PY, TARGET, own)


def created(project: Project) -> None:
    """What `create_all()` leaves."""
    execute(project, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL)")


def custom_type(project: Project) -> None:
    settled(project)
    money = "class Money(types.TypeDecorator):\n    impl = types.Integer\n    cache_ok = True\n"
    project.write("mytypes.py", f"from sqlalchemy import types\n\n{money}")
    add_attribute(project, MONEY)


def hooked(executable: str) -> Build:
    """A post-write hook, and something to write."""
    hook = f"[post_write_hooks]\nhooks = fmt\nfmt.type = exec\nfmt.executable = {executable}"
    return also(settled, add_attribute, edited("alembic.ini", "[post_write_hooks]", hook))


# --- Revision files and history -------------------------------------------------------------------


def called_head(project: Project) -> None:
    history(project)
    project.write(f"{VERSIONS}/a.py", text("head", "0001"))


def behind(project: Project) -> None:
    settled(project).add_revision("0002", "0001", "pass", message="more")


def two_heads(project: Project) -> None:
    behind(project)
    project.add_revision("0003", "0001", "pass", message="other")


def at_both_heads(project: Project) -> None:
    two_heads(project)
    execute(project, "UPDATE alembic_version SET version_num = '0002'")
    execute(project, "INSERT INTO alembic_version VALUES ('0003')")
    add_attribute(project)


def gone(project: Project) -> None:
    execute(settled(project), "UPDATE alembic_version SET version_num = 'bbb'")


def merged(project: Project) -> None:
    settled(project)
    assert project.alembic("merge", "-m", "merge", "--rev-id", "m", "heads").returncode == 0


def inserted(project: Project) -> None:
    tabled(project, "0001", "0002")
    applied(project)
    tabled(project, "000x", down="0001")
    below(project, "0002", "000x")


def changed_since(project: Project) -> None:
    numbered(project, "0001", "0002")
    applied(project)
    replace(project, "0001", "SELECT '0001'", "SELECT '1'")


def step(*upgrades: str) -> Build:
    """A history of which the first revision creates `users` and is applied."""

    def build(project: Project) -> None:
        history(project, *upgrades)
        assert project.alembic("upgrade", "0001").returncode == 0

    return build


IN_BLOCK = """
    with op.get_context().autocommit_block():
        op.execute("CREATE TABLE u (id INTEGER)")
    op.execute("INSERT INTO nowhere VALUES (1)")
"""
ALTER = """
    op.create_table("groups", sa.Column("id", sa.Integer()))
    op.alter_column("users", "name", type_=sa.String(80))
"""
ENUM = 'op.add_column("users", sa.Column("st", sa.Enum("a", "b", name="status")))'
NOT_NULL = """
    op.execute("INSERT INTO users (id, name) VALUES (1, 'a')")
    op.add_column("users", sa.Column("req", sa.Text(), nullable=False))
"""
NOWHERE = 'op.execute("INSERT INTO nowhere VALUES (1)")'
COMMITTED = f'op.create_table("groups", sa.Column("id", sa.Integer()))\n{NOWHERE}'
UNKNOWN_NAME = 'op.add_column("users", sa.Column("price", mytypes.Money()))'
CONCURRENTLY = 'op.create_index("ix", "users", ["name"], postgresql_concurrently=True)'

FAILURES: dict[str, tuple[Failure, ...]] = {
    "Configuration": (
        Failure("no-config", no_ini),
        Failure("no-config", deploy, folder="deploy"),
        Failure("no-config", lambda project: None, "-c deploy.ini upgrade head"),
        Failure("no-config", lambda project: None, "-n staging upgrade head"),
        Failure("no-config", no_logging),
    ),
    "env.py": (
        Failure("env-import-error", in_src),
        Failure("env-import-error", deploy, "-c ../alembic.ini upgrade head", folder="deploy"),
        Failure(
            "connection-not-configured",
            edited(ENV_PY, "connection=connection,", "connection=None,"),
        ),
        Failure(
            "connection-not-configured",
            edited(ENV_PY, "connection=connection,", 'dialect_name="sqlite",'),
        ),
        Failure(
            "connection-not-configured",
            edited(ENV_PY, CONNECT, f"    connectable = None\n{CONNECT}"),
        ),
        Failure("autobegun-connection", autobegun),
        Failure("async-driver-in-sync-env", url("sqlite+aiosqlite:///app.db")),
    ),
    "URL and driver": (
        Failure("bad-database-url", url("not-a-url")),
        Failure("bad-database-url", url("driver://user:pass@localhost/dbname")),
        Failure("bad-database-url", url("postgres://user:secret-word@host/database")),
        Failure("bad-database-url", url("postgresql+psycopg://user:secret%40word@host/database")),
        Failure(
            "bad-database-url",
            env_py(
                'config.set_main_option("sqlalchemy.url", "postgresql+psycopg://user:secret%40word@host/database")'
            ),
        ),
        Failure("no-database-url", url("")),
        Failure("no-database-url", edited("alembic.ini", "sqlalchemy.url =", "was.url =")),
        Failure(
            "no-database-url",
            env_py(
                'import os; config.set_main_option("sqlalchemy.url", os.getenv("DATABASE_URL"))'
            ),
        ),
        Failure("no-database-url", env_py('import os; os.environ["DATABASE_URL"]')),
        Failure(
            "no-database-url",
            env_py('import os, sqlalchemy; sqlalchemy.create_engine(os.getenv("DATABASE_URL"))'),
        ),
        Failure("missing-driver", url("postgresql+psycopg2://user:secret-word@host/database")),
    ),
    "Server": (
        Failure("database-unreachable", url(REFUSED.format("postgresql+psycopg"))),
        Failure("database-unreachable", url(REFUSED.format("mysql+pymysql"))),
        Failure("database-unreachable", no_such_database, database="postgresql"),
        Failure("database-unreachable", no_such_database, database="mariadb"),
        Failure("database-unreachable", url("sqlite:///no/such/app.db")),
        Failure(
            "lock-not-granted",
            to_be_altered,
            ours="safe-upgrade --retry-for 1s",
            database="postgresql",
            env={"PGOPTIONS": "-c lock_timeout=500ms"},
            during=read_by_somebody,
        ),
    ),
    "Models": (
        Failure("no-target-metadata", edited(ENV_PY, TARGET, "target_metadata = None"), REVISE),
        Failure(
            "no-target-metadata", edited(ENV_PY, TARGET, "target_metadata = None"), "check", WRITE
        ),
        Failure("empty-metadata", no_tables, REVISE),
        Failure("empty-metadata", no_tables, "check", WRITE),
        Failure("empty-metadata", also(settled, no_tables), REVISE),
        Failure("tables-without-history", created, REVISE),
        Failure("tables-without-history", also(history, created)),
        Failure(
            "empty-revision",
            also(settled, lambda project: configure(project, "compare_server_default=True")),
            REVISE,
        ),
        Failure(
            "unnamed-constraint",
            also(settled, lambda project: add_attribute(project, UNNAMED)),
            REVISE,
        ),
        Failure(
            "looks-like-rename", also(settled, edited("models.py", " name:", " full_name:")), REVISE
        ),
        Failure(
            "drops-unowned-table",
            also(settled, lambda project: execute(project, "CREATE TABLE billing (id INTEGER)")),
            REVISE,
        ),
        Failure("undefined-name", custom_type, REVISE),
        Failure("write-hook-failed", hooked("false"), REVISE),
        Failure("write-hook-failed", hooked("no-such-formatter"), REVISE),
    ),
    "Revision files": (
        Failure(
            "broken-revision-file",
            files(a='revision = "a"\ndown_revision = None\ndef :\n'),
            "heads",
        ),
        Failure(
            "broken-revision-file",
            files(a='import nowhere\nrevision = "a"\ndown_revision = None\n'),
        ),
        Failure("broken-revision-file", files(helper="LIMIT = 3\n"), "heads"),
        Failure("broken-revision-file", files(a='revision = "a"\n')),
        Failure("broken-revision-file", files(c=text("ccc", "bbb"))),
        Failure("broken-revision-file", files(c=text("ccc", "bbb")), "heads"),
        Failure("revision-cycle", files(a=text("aaa", "bbb"), b=text("bbb", "aaa"))),
        Failure("revision-cycle", files(a=text("aaa", "bbb"), b=text("bbb", "aaa")), "heads"),
        Failure(
            "duplicate-revision", files(a=text("aaa"), b=text("bbb", "aaa"), c=text("bbb", "aaa"))
        ),
        Failure(
            "duplicate-revision",
            files(a=text("aaa"), b=text("bbb", "aaa"), c=text("bbb", "aaa")),
            "heads",
        ),
        Failure("reserved-revision-id", called_head),
        Failure(
            "reserved-revision-id",
            also(settled, add_attribute),
            f"{REVISE} --rev-id head",
            "guard-revision -m change --rev-id head",
        ),
        Failure("long-revision-id", files(a=text(LONG)), database="postgresql"),
    ),
    "History": (
        Failure("database-behind", behind, REVISE),
        Failure("database-behind", behind, "check", WRITE),
        Failure("database-behind", behind, "current --check-heads", WRITE),
        Failure("database-behind", two_heads, REVISE),
        Failure("several-heads", two_heads),
        Failure("several-heads", at_both_heads, "revision -m change", "guard-check"),
        Failure("several-heads", at_both_heads, REVISE, "guard-check"),
        Failure("several-heads", two_heads, "stamp head"),
        Failure("useless-merge", merged, "merge -m merge heads"),
        Failure("missing-revision", gone),
        Failure("missing-revision", gone, REVISE),
        Failure("missing-revision", gone, "current"),
        Failure("missing-revision", gone, "check"),
        Failure("missing-revision", gone, "stamp head"),
        Failure("missing-revision", gone, "downgrade -1"),
        Failure("foreign-history", also(history, another)),
        Failure("edited-after-applied", changed_since),
        Failure("revision-below-database", inserted),
        Failure("revision-below-database", inserted, "current --check-heads", "guard-check"),
    ),
    "Upgrading": (
        Failure("migration-failed", step(NOT_NULL), database="postgresql"),
        Failure("migration-failed", step(ENUM), database="postgresql"),
        Failure("migration-failed", step(CONCURRENTLY), database="postgresql"),
        Failure("migration-failed", step(ALTER)),
        Failure("migration-failed", step(UNKNOWN_NAME)),
        Failure(
            "migration-failed", lambda project: history(project, NOWHERE), database="postgresql"
        ),
        Failure("partly-applied", step(COMMITTED), database="mariadb"),
        Failure("partly-applied", step(IN_BLOCK), database="postgresql"),
    ),
}
