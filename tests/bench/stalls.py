"""How long a query of the application stands still while a migration waits for its lock.

One session reads a table and leaves its transaction open; another reads the same table again and
again; a migration adds a column to it meanwhile. What is measured is how long each read takes.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from projects import project, run  # beside this script
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

HELD = 6.0
"""Seconds for which the transaction is open after the upgrade has connected."""
_SESSIONS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend'
"""
_MIGRATION = '''\
"""add a column"""
from alembic import op
import sqlalchemy as sa

revision = "add"
down_revision = None


def upgrade() -> None:
    op.add_column("stalled", sa.Column("age", sa.Integer()))
'''


@dataclass
class Stall:
    """The reads of one upgrade, in seconds."""

    taken: list[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """The read that took longest."""
        return max(self.taken)

    @property
    def p99(self) -> float:
        """What one read in a hundred took at least, of the time that all of them took.

        A read that stands still for seconds is one among thousands that do not; so each moment
        counts, and not each read.
        """
        left = sum(self.taken) * 0.01
        for taken in sorted(self.taken, reverse=True):
            left -= taken
            if left <= 0:
                return taken
        return 0.0


def made(folder: Path, alembic: str) -> None:
    """A project with one migration, which waits for a lock."""
    folder.mkdir()
    project(folder, alembic, 1, "sqlite:///unused.db")
    (folder / "migrations" / "versions" / "add.py").write_text(_MIGRATION)


def _connected(engine: Engine) -> None:
    """Wait for one more session than the reader's, the blocker's and this one."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        while connection.scalar(text(_SESSIONS)) <= 3:
            time.sleep(0.01)


def stalled(folder: Path, words: list[str], url: str) -> Stall:
    """Run an upgrade behind an open transaction, and read all the while.

    :param url: of a new, empty database.
    """
    ini = folder / "alembic.ini"
    template = ini.read_text()
    ini.write_text(template.replace("sqlite:///unused.db", url))
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stalled (id INTEGER PRIMARY KEY)"))
    stall, ended = Stall(), threading.Event()

    def read() -> None:
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            while not ended.is_set():
                began = time.perf_counter()
                connection.execute(text("SELECT count(*) FROM stalled")).scalar()
                stall.taken.append(time.perf_counter() - began)

    reader = threading.Thread(target=read)
    upgrade = threading.Thread(target=run, args=(words, folder))
    try:
        with engine.connect() as blocker:
            blocker.execute(text("SELECT count(*) FROM stalled"))
            reader.start()
            upgrade.start()
            _connected(engine)
            time.sleep(HELD)
        upgrade.join()
    finally:
        ended.set()
        reader.join()
        ini.write_text(template)
    return stall
