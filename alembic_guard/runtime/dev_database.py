"""The database of the setting ``dev_url``: another one of the same kind, to make things in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from alembic_guard.masking import Mask
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.no_scratch import NoScratch


@contextmanager
def dev_database(dev_url: str, setting: str, like: Database) -> Iterator[Database]:
    """The database of ``dev_url``, reached by the driver of the live one.

    :param setting: what says that URL, for people.
    :raises NoScratch: when it is no such database, or does not answer.
    """
    mend = f"mend {setting} in the settings of alembic_guard"
    try:
        url = make_url(dev_url)
    except ArgumentError:
        raise NoScratch(f"{setting} is no URL of a database", mend) from None
    fits = {"mysql", "mariadb"} if like.is_mysql else {like.kind}
    if url.get_backend_name() not in fits:
        raise NoScratch(f"{setting} is a {url.get_backend_name()}, and not a {like.kind}", mend)
    url = url.set(drivername=like.engine.url.drivername)
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            yield Database(connection)
    except DBAPIError as error:
        if error.connection_invalidated or not error.statement:
            raise NoScratch(
                f"{setting} does not answer: {Mask()(str(error.orig))}", mend
            ) from error
        raise
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    if not url.get_dialect().is_async:
        return create_engine(url, poolclass=NullPool)
    from sqlalchemy.ext.asyncio import create_async_engine

    return create_async_engine(url, poolclass=NullPool).sync_engine
