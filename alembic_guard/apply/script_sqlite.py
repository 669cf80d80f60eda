"""A script for the shell of SQLite, which ``.bail on`` stops at the first error.

``RAISE()`` is for triggers alone (https://www.sqlite.org/lang_createtrigger.html#raise), so that an
assertion is a row that breaks the CHECK of a temporary table; the constraint's name is the
sentence. There is no deployer lock: a script cannot hold the lock file of ``safe-upgrade``. The
transaction has the whole file, and begins with the assertion.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic_guard.apply.script_words import (
    AGAIN,
    Site,
    expected,
    holds_exactly,
    milliseconds,
    terminated,
)

TABLE_MAY_MISS = False
DDL_COMMITS = False

NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
ELAPSED = "CAST(round((julianday('now') - julianday(started)) * 86400000) AS INTEGER)"
USER = "NULL"
CLIENT = "NULL"
SESSION = "NULL"

statement = terminated


def opening(site: Site) -> list[str]:
    """A pragma says what it sets; its answer would be noise."""
    lines = [".bail on", *site.session]
    if site.lock_timeout:
        lines.append(f".timeout {milliseconds(site.lock_timeout)}")
    return lines


def begin(site: Site) -> list[str]:
    """Nobody else writes until it ends."""
    return ["BEGIN IMMEDIATE;"]


def at(site: Site, heads: Sequence[str]) -> list[str]:
    """Nothing but the heads: there is no lock to take."""
    says = (
        f"alembic_guard: this script goes on from {expected(heads)}, and the database is not "
        f"there: write a new one with {AGAIN}"
    )
    return _asserting(holds_exactly(site, heads), says)


def asks(site: Site, question: str, says: str) -> list[str]:
    """A number; nothing and 0 say no."""
    return _asserting(f"coalesce((\n{question}\n), 0) <> 0", says)


def leave(site: Site) -> list[str]:
    """The shell commits each statement by itself then."""
    return ["COMMIT;"]


def enter(site: Site) -> list[str]:
    """Nothing was changed."""
    return []


done = enter


def _asserting(condition: str, says: str) -> list[str]:
    name = says.replace('"', '""')
    return [
        f'CREATE TEMP TABLE guard (holds INTEGER, CONSTRAINT "{name}" CHECK (holds));',
        f"INSERT INTO temp.guard SELECT coalesce({condition}, 0);",
        "DROP TABLE temp.guard;",
    ]
