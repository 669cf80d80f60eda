"""How each statement of a migration is committed: with its transaction, or by itself.

Facts about the databases, and one question about them; nothing here runs anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Protocol

from alembic_guard.runtime.executed import verb_of

# What MariaDB and MySQL commit before and after (mariadb.com/kb, "SQL statements that cause an
# implicit commit").
COMMITS_ITSELF = {
    *("ALTER", "ANALYZE", "BEGIN", "CHECK", "CREATE", "DROP", "FLUSH", "GRANT", "INSTALL"),
    *("LOCK", "OPTIMIZE", "RENAME", "REPAIR", "REVOKE", "START", "TRUNCATE", "UNLOCK"),
}
# What SQLite refuses or ignores inside a transaction, and what would end ours behind our back. A
# pragma that is only read stays inside.
SQLITE_OUTSIDE = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
    r"(?:PRAGMA\s+(?:\w+\.)?(?:foreign_keys|journal_mode|synchronous)\s*[=(]"
    r"|VACUUM\b|ATTACH\b|DETACH\b|BEGIN\b|COMMIT\b|END\b|ROLLBACK(?!\s+TO\b))",
    re.IGNORECASE | re.DOTALL,
)
# What holds for a table of one session, and commits nothing (the same page).
_TEMPORARY = re.compile(r"\s*(?:CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?TEMPORARY\b", re.IGNORECASE)
# What a transaction of PostgreSQL holds, by its first word; CONCURRENTLY apart.
_HELD = {
    *("ALTER", "COMMENT", "CREATE", "DELETE", "DROP", "INSERT", "MERGE", "REFRESH", "REPLACE"),
    *("SELECT", "TRUNCATE", "UPDATE", "VALUES", "WITH"),
}
# What it does not hold, of these (postgresql.org/docs, the Notes of each command).
_NEVER_HELD = re.compile(
    r"\bCONCURRENTLY\b|^\s*(?:CREATE|DROP|ALTER)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION|SYSTEM)\b",
    re.IGNORECASE,
)
_CHANGES_ROWS = {"INSERT", "UPDATE", "DELETE", "REPLACE"}


class Commits(Enum):
    """How a statement is committed."""

    LATER = auto()
    """With the transaction that is open."""
    ALONE = auto()
    """By itself, and a transaction could hold it."""
    ITSELF = auto()
    """By itself, whatever is open; what was open before is committed with it."""
    OPEN = auto()
    """It is a COMMIT."""


class Keeper(Protocol):
    """Keeps record of the statements of an ``upgrade()``."""

    def run(
        self,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        execute: Callable[[], None],
        commits: Commits,
    ) -> None:
        """Run a statement by ``execute``, or pass it over."""

    def committing(self) -> None:
        """The transaction is about to be committed in the middle of a revision."""


def commits_of(statement: str, kind: str, *, autocommit: bool, outside: bool) -> Commits:
    """How a statement that is about to run will be committed.

    :param kind: of the database.
    :param autocommit: whether the connection commits each statement.
    :param outside: SQLite: whether no transaction is open, neither ours nor the driver's.
    """
    verb, mysql = verb_of(statement), kind in ("mariadb", "mysql")
    if verb in ("COMMIT", "END"):
        return Commits.OPEN
    if autocommit:
        held = verb in (_CHANGES_ROWS if mysql else _HELD)
        return Commits.ALONE if held and not _NEVER_HELD.search(statement) else Commits.ITSELF
    if mysql:
        itself = verb in COMMITS_ITSELF and not _TEMPORARY.match(statement)
        return Commits.ITSELF if itself else Commits.LATER
    if not outside or verb in _CHANGES_ROWS:  # sqlite3 begins a transaction before these
        return Commits.LATER
    return Commits.ITSELF if SQLITE_OUTSIDE.match(statement) else Commits.ALONE
