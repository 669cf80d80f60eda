"""Where the models are made: a database beside the live one, for as long as a function runs.

On the server of the project, by one more session like its own, else on that of the setting
``dev_url``. The database is dropped on every way out, Ctrl-C among them. One that is there already
is not touched.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import DBAPIError

from alembic_guard.masking import Mask
from alembic_guard.runtime import scratch_mysql
from alembic_guard.runtime.comparing.comparison import NotCompared
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.dev_database import dev_database
from alembic_guard.runtime.first_line import first_line
from alembic_guard.runtime.no_scratch import NoScratch
from alembic_guard.runtime.scratch_names import PREFIX, abandoned, new_name
from alembic_guard.runtime.signals import surely

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.settings import Settings

_LOG = logging.getLogger("alembic_guard")
_T = TypeVar("_T")
_THERE = 1007
"""ER_DB_CREATE_EXISTS."""
_LONGEST_WAIT = 2
"""Seconds for a lock on a live object, such as a table of another database that a key refers to."""

Work = Callable[["Connection", str], _T]
"""Is handed a session that uses the scratch database, and its name."""


def in_scratch(connection: Connection, settings: Settings, work: Work[_T]) -> _T:
    """Do something in an empty scratch database, where foreign keys are not checked.

    :param connection: to the live database.
    :returns: what ``work`` returns.
    :raises NotCompared: where there can be no such database.
    """
    live = Database(connection)
    live.follow(connection)
    like = scratch_mysql.described(connection)
    name = settings.scratch_database or new_name()
    try:
        return _made(live, name, like, work)
    except NoScratch as reason:
        if not settings.dev_url:
            raise NotCompared(reason.reason, *reason.next) from reason
    try:
        with dev_database(settings.dev_url, "dev_url", live) as home:
            return _made(home, name, like, work)
    except NoScratch as reason:
        raise NotCompared(reason.reason, *reason.next) from reason


def checked(connection: Connection, *, on: bool) -> None:
    """Let the server check foreign keys, or not."""
    connection.exec_driver_sql(f"SET SESSION foreign_key_checks = {int(on)}")


def _made(home: Database, name: str, like: dict[str, Any], work: Work[_T]) -> _T:
    standing: list[str] = []

    def inside(side: Connection) -> _T:
        for each in abandoned(scratch_mysql.unused(side, PREFIX)):
            _LOG.info("Left by a process that was killed: DROP DATABASE %s;", each)
        _create(home, side, name, like)
        standing.append(name)
        side.exec_driver_sql(f"USE `{name}`")
        side.exec_driver_sql(f"SET SESSION lock_wait_timeout = {_LONGEST_WAIT}")
        checked(side, on=False)
        done = work(side, name)
        side.exec_driver_sql(f"DROP DATABASE `{name}`")
        standing.clear()
        return done

    try:
        with home.beside() as session:
            return session.ask(inside)
    finally:
        if standing:  # what was interrupted may have left its session in the middle of an answer
            surely(lambda: _drop(home, name))


def _drop(home: Database, name: str) -> None:
    with home.beside() as session:
        session.ask(lambda side: scratch_mysql.drop(side, name))


def _create(home: Database, side: Connection, name: str, like: dict[str, Any]) -> None:
    try:
        scratch_mysql.create(side, name, like)
    except DBAPIError as error:
        said = Mask()(first_line(error))
        if error.orig is not None and error.orig.args[:1] == (_THERE,):
            raise NoScratch(
                f"the database {name} is there already, and may be somebody's",
                f"DROP DATABASE {name};  # if a process that was killed has left it",
            ) from error
        grant = scratch_mysql.grant(side, PREFIX if name.startswith(PREFIX) else name)
        raise NoScratch(
            f"no database can be made beside it for the models: {said}",
            f"{grant}  # as an administrator of the server",
            'dev_url = "…"  # in the settings of alembic_guard: a server where one may be made',
        ) from error
