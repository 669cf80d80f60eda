"""A real Alembic project in a directory, driven by the real `alembic` command.

Whatever a test does here, a user could do at a shell. The command never sees the environment
of whoever runs the tests: no setting of ours, no colour, no CI.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from textwrap import dedent, indent

from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from tests import forking

MODELS = '''
    """The models of the project."""

    from sqlalchemy import String
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class Base(DeclarativeBase):
        pass


    class User(Base):
        __tablename__ = "users"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
'''

REVISION = '''"""{message}

Revision ID: {revision}
Revises: {revises}
Create Date: 2026-01-01 00:00:00

"""

from alembic import op
import sqlalchemy as sa

revision = {revision!r}
down_revision = {down!r}
branch_labels = {branch_labels!r}
depends_on = {depends_on!r}

{extra}
def upgrade({parameters}) -> None:
{upgrade}


def downgrade({parameters}) -> None:
{downgrade}
'''

# What env.py says before a user has told it of the models, by template.
NO_METADATA = "target_metadata = None"
NO_METADATA_MULTIDB = "target_metadata = {}"

PLACEHOLDER_URL = "driver://user:pass@localhost/dbname"

ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "mariadb": "mariadb+aiomysql",
    "mysql": "mysql+aiomysql",
}

# Variables that change what alembic, click, Python or a database driver say or do.
FOREIGN_VARIABLES = {
    "ALEMBIC_CONFIG",
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "DATABASE_URL",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "NO_COLOR",
    "PY_COLORS",
    "PYTHONWARNINGS",
}
FOREIGN_PREFIXES = ("ALEMBIC_GUARD_", "FLASK_", "PG", "PYTEST_")


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams, for assertions that do not care which one it was."""
        return self.stdout + self.stderr


@dataclass
class Project:
    """A project made by `Project.create`; as a context manager it ends what it spawned."""

    path: Path
    url: str
    template: str = "generic"
    second_url: str = ""  # the other database of the multidb template
    spawned: list[subprocess.Popen[str]] = field(default_factory=list)

    @classmethod
    def create(
        cls, path: Path, url: str, template: str = "generic", second_url: str | None = None
    ) -> Project:
        """Run `alembic init` and do what its README tells a user to do: URL, models, env.py.

        `url` is that of a synchronous driver, also for the async templates: the project is
        configured with the asynchronous driver of the same database. `second_url` is for
        multidb, where both databases hold the same models; an SQLite file by default.
        """
        shutil.copytree(initialised(template), path, dirs_exist_ok=True)
        default = f"sqlite:///{(path / 'second.db').as_posix()}"
        project = cls(path, url, template, second_url or default)
        project.write("models.py", MODELS)
        project._configure_url()
        project._configure_metadata()
        return project

    def _configure_url(self) -> None:
        ini = self.read("alembic.ini").replace(f"{PLACEHOLDER_URL}2", escaped(self.second_url))
        self.write("alembic.ini", ini.replace(PLACEHOLDER_URL, escaped(self.configured_url)))

    def _configure_metadata(self) -> None:
        env = self.read("migrations/env.py")
        imported = "from models import Base\n\ntarget_metadata = "
        both = '{"engine1": Base.metadata, "engine2": Base.metadata}'
        env = env.replace(NO_METADATA, f"{imported}Base.metadata")
        self.write("migrations/env.py", env.replace(NO_METADATA_MULTIDB, imported + both))

    @property
    def configured_url(self) -> str:
        """The URL in alembic.ini: that of the database, with the driver that env.py needs."""
        url = make_url(self.url)
        if "async" in self.template:
            url = url.set(drivername=ASYNC_DRIVERS[url.get_backend_name()])
        return url.render_as_string(hide_password=False)

    def alembic(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        timeout: float = 120,
        input: str | None = None,
    ) -> Result:
        """Run `alembic WORDS` in the project and wait for its end.

        `env` is added to the environment, `timeout` is in seconds, and `input` is what stdin
        holds; without it stdin is empty, so a prompt ends instead of waiting.
        """
        whole, usual = environment(env), environment()
        command = [*alembic_command(), *words]
        if not forking.forkable(command[0], whole, usual):
            done = subprocess.run(
                command,
                cwd=self.path,
                env=whole,
                timeout=timeout,
                input=input or "",
                capture_output=True,
                encoding="utf-8",
            )
            return Result(done.returncode, done.stdout, done.stderr)
        return Result(
            *forking.run(
                command, cwd=self.path, env=whole, usual=usual, timeout=timeout, input=input or ""
            )
        )

    def spawn(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start `alembic WORDS` and do not wait: for races, signals and kills."""
        process = subprocess.Popen(
            [*alembic_command(), *words],
            cwd=self.path,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.spawned.append(process)
        return process

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.spawned:
            process.kill()
            process.communicate()

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project, its text without the indentation of the test."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return file

    def read(self, name: str) -> str:
        """The text of a file of the project."""
        return (self.path / name).read_text(encoding="utf-8")

    def revisions(self) -> list[Path]:
        """The migration files, sorted by name."""
        return sorted((self.path / "migrations" / "versions").glob("*.py"))

    def add_revision(
        self,
        revision: str,
        down: str | tuple[str, ...] | None,
        upgrade: str,
        downgrade: str = "pass",
        *,
        message: str | None = None,
        extra: str = "",
        branch_labels: str | Sequence[str] | None = None,
        depends_on: str | Sequence[str] | None = None,
    ) -> Path:
        """Write a migration by hand.

        `upgrade` and `downgrade` are the bodies of the functions, `extra` is whatever else the
        module holds (imports, `precheck`, `allow`). In a multidb project both databases get both.
        """
        message = message or f"revision {revision}"
        content = REVISION.format(
            message=message,
            revision=revision,
            revises=down if isinstance(down, str) else ", ".join(down or ()),
            down=down,
            branch_labels=branch_labels,
            depends_on=depends_on,
            extra=f"{dedent(extra).strip()}\n\n" if extra else "",
            parameters="engine_name: str" if self.template == "multidb" else "",
            upgrade=indent(dedent(upgrade).strip(), "    "),
            downgrade=indent(dedent(downgrade).strip(), "    "),
        )
        name = f"{revision}_{message.lower().replace(' ', '_')}.py"
        file = self.path / "migrations" / "versions" / name
        file.write_text(content, encoding="utf-8")
        return file

    def snapshot(self) -> dict[str, bytes]:
        """Every file and its bytes, to assert that nothing changed; SQLite's own files apart."""
        return {
            file.relative_to(self.path).as_posix(): file.read_bytes()
            for file in sorted(self.path.rglob("*"))
            if file.is_file() and "__pycache__" not in file.parts and not self._is_database(file)
        }

    def _is_database(self, file: Path) -> bool:
        databases = {make_url(url).database for url in (self.url, self.second_url)}
        endings = ("", "-journal", "-wal", "-shm")
        return any(str(file) == f"{name}{ending}" for name in databases for ending in endings)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection for assertions and preparations, committed unless the block raises."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            yield connection
            connection.commit()

    def tables(self) -> list[str]:
        """The tables in the database, Alembic's own among them, sorted."""
        with self.connect() as connection:
            return sorted(inspect(connection).get_table_names())

    def heads_in_database(self) -> tuple[str, ...]:
        """What `alembic_version` holds, sorted; nothing where there is no such table."""
        if "alembic_version" not in self.tables():
            return ()
        with self.connect() as connection:
            rows = connection.scalars(text("SELECT version_num FROM alembic_version"))
            return tuple(sorted(rows))


@cache
def initialised(template: str) -> Path:
    """What `alembic init` makes of an empty directory: run once a template, as it takes 0.3 s."""
    directory = Path(mkdtemp(prefix="guard-init-"))
    atexit.register(shutil.rmtree, directory)
    subprocess.run(
        [*alembic_command(), "init", "--template", template, "migrations"],
        cwd=directory,
        env=environment(),
        check=True,
        capture_output=True,
    )
    return directory


@cache
def alembic_command() -> tuple[str, ...]:
    """The console script beside the Python of the tests, or the module where there is none."""
    script = shutil.which("alembic", path=str(Path(sys.executable).parent))
    return (script,) if script else (sys.executable, "-m", "alembic")


def environment(added: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command: what is foreign taken out, what the test wants put in.

    No bytecode is written: two versions of a migration written within a second, of the same
    length, would be mistaken for each other. Drafts are proved where that is what a test is about
    (`--prove`), for each takes a scratch database.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN_VARIABLES and not name.startswith(FOREIGN_PREFIXES)
    }
    ours = {"PYTHONDONTWRITEBYTECODE": "1", "ALEMBIC_GUARD_PROVE": "false"}
    return {**kept, **ours, **(added or {})}


def escaped(url: str) -> str:
    """A URL as an ini file takes it, where `%` begins an interpolation."""
    return url.replace("%", "%%")
