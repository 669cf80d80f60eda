"""Rows of the tables of changes of a MariaDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from tests.autogenerate.changes import State, Written, migrated


@dataclass(frozen=True)
class Change:
    """Two states, and what is written between them.

    :param sql_before: what models cannot say of the first.
    :param exact: whether SHOW CREATE says the same as of a database made anew; it does not where
        the server has given a name.
    """

    before: State
    after: State
    expected: Written
    sql_before: tuple[str, ...] = ()
    exact: bool = True


def moved(empty: Callable[[], Engine], row: Change) -> Written:
    """Autogenerate from one state to the other, and prove both directions on the server."""
    return migrated(empty, row.before, row.after, sql_before=row.sql_before, exact=row.exact)
