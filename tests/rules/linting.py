"""A shop, and migrations for it: judged, or really run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from alembic_guard import Finding, GuardError, lint
from tests import servers
from tests.own_modules import own_modules
from tests.project import Project
from tests.rules.shop import SHOP

MODELS = '''
    """The models of the shop: `shops.city` and `users.age` are mapped no more."""

    import sqlalchemy as sa

    metadata = sa.MetaData()
    sa.Table("users", metadata, *[sa.Column(name) for name in ("id", "email", "name")])
    orders = sa.Table(
        "orders",
        metadata,
        *[sa.Column(name) for name in ("id", "user_id", "shop_id", "number", "status", "total")],
    )
    shops = sa.Table("shops", metadata, *[sa.Column(name) for name in ("id", "name")])


    class Base:
        metadata = metadata
'''
NEXT = "# next revision"
SHARED = "target_metadata=target_metadata"
EACH_ITS_OWN = f"{SHARED}, transaction_per_migration=True"


def bodies(script: str) -> list[str]:
    """The bodies of `upgrade()` in an example, one for each of its revisions."""
    return [part.strip("\n") for part in script.split(NEXT)]


@dataclass(frozen=True)
class Shop:
    """A project whose database is the shop, at revision 0001."""

    project: Project
    kind: str

    @classmethod
    def open(cls, path: Path, url: str, kind: str) -> Shop:
        """Make the project, and the shop in its database, which is empty."""
        project = Project.create(path, url)
        project.write("models.py", MODELS)
        env = project.path / "migrations/env.py"
        env.write_text(env.read_text("utf-8").replace(SHARED, EACH_ITS_OWN), "utf-8")
        project.add_revision("0001", None, "pass", message="shop")
        with connected(url) as connection:
            fill(connection, kind)
        return cls(project, kind)

    def write(self, upgrades: Sequence[str], extra: str = "") -> None:
        """Write the revisions after 0001; those of the last example are gone."""
        for old in self.project.revisions():
            if not old.name.startswith("0001"):
                old.unlink()
        shutil.rmtree(self.project.path / "migrations/versions/__pycache__", ignore_errors=True)
        for number, body in enumerate(upgrades, start=2):
            below = f"{number - 1:04}"
            self.project.add_revision(f"{number:04}", below, body or "pass", extra=extra)

    def lint(self, *upgrades: str, extra: str = "", **options: Any) -> list[Finding]:
        """What guard-lint finds in revisions with these bodies; small tables count as large."""
        self.write(upgrades, extra)
        options = {"small_table_rows": 0, **options}
        with inside(self.project.path):
            try:
                return list(lint(Config("alembic.ini"), **options).findings)
            except GuardError as refused:
                return list(refused.findings)

    def names(self, *upgrades: str, **options: Any) -> list[str]:
        """The names of what is found and weighs more than a note, each once."""
        found = self.lint(*upgrades, **options)
        return list(dict.fromkeys(each.name for each in found if each.severity.value != "note"))

    def upgrade(self, *upgrades: str) -> None:
        """Run revisions with these bodies, as plain Alembic does."""
        self.write(upgrades)
        with inside(self.project.path):
            command.upgrade(Config("alembic.ini"), "head")


def fill(connection: Connection, kind: str) -> None:
    """Make the shop, and stamp 0001."""
    script = SHOP[kind]
    if kind == "postgresql":
        connection.exec_driver_sql(script.replace("%", "%%"))
    else:
        for statement in script.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    connection.commit()
    if kind == "postgresql":
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("ANALYZE")


@contextmanager
def inside(path: Path) -> Iterator[None]:
    """Work in a folder, as a process of its own would: no other test's models are loaded.

    `contextlib.chdir` came with Python 3.11.
    """
    before = os.getcwd()
    os.chdir(path)
    try:
        with own_modules(path):
            sys.path.insert(0, str(path))
            yield
    finally:
        os.chdir(before)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection that is closed for good afterwards."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@contextmanager
def shop(kind: str, path: Path, server: Any = None) -> Iterator[Shop]:
    """A shop of a kind, in a database of its own; `server` is where to make it."""
    os.makedirs(path, exist_ok=True)
    if kind == "sqlite":
        yield Shop.open(path, f"sqlite:///{(path / 'app.db').as_posix()}", kind)
        return
    database = servers.postgresql_database if kind == "postgresql" else servers.mariadb_database
    with database(server) as url:
        yield Shop.open(path, url.render_as_string(hide_password=False), kind)
