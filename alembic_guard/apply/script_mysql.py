"""A script for the shells of MariaDB and MySQL, which stop at the first error by themselves.

MySQL has no block outside of a procedure, so an assertion prepares a statement that does nothing
where it holds. Otherwise MariaDB's raises (every statement can be prepared from 10.6.2,
https://mariadb.com/kb/en/prepare-statement/); MySQL's selects a column whose name is the sentence,
for its PREPARE takes no SIGNAL (MySQL's manual, 15.5).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from alembic_guard.apply.script_words import (
    AGAIN,
    NOT_HELD,
    Site,
    expected,
    holds_exactly,
    quoted,
    terminated,
)
from alembic_guard.runtime.lock_key import mysql_lock_name

TABLE_MAY_MISS = False
DDL_COMMITS = True

NOW = "UTC_TIMESTAMP(6)"
ELAPSED = "TIMESTAMPDIFF(MICROSECOND, started, UTC_TIMESTAMP(6)) DIV 1000"
USER = "SUBSTRING_INDEX(CURRENT_USER(), '@', 1)"
CLIENT = "SUBSTRING_INDEX(USER(), '@', -1)"
SESSION = "CONNECTION_ID()"

_DELIMITERS = ("//", "$$", "|end|")
_RAISES = {
    "mariadb": "CONCAT('SIGNAL SQLSTATE ''45000'' SET MESSAGE_TEXT = ', QUOTE(@guard_says))",
    "mysql": "CONCAT('SELECT `', REPLACE(@guard_says, '`', ''), '`')",
}


def opening(site: Site) -> list[str]:
    """Limits are whole seconds; the deployer lock is held until the session ends."""
    lines = ["SET NAMES utf8mb4;", *site.session]
    if site.lock_timeout:
        seconds = max(1, math.ceil(site.lock_timeout))
        lines += [f"SET SESSION lock_wait_timeout = {seconds};"]
        lines += [f"SET SESSION innodb_lock_wait_timeout = {seconds};"]
    if site.statement_timeout and site.kind == "mariadb":
        lines.append(f"SET SESSION max_statement_time = {site.statement_timeout:g};")
    if site.schema:
        says = f"alembic_guard: this script is for the database {site.schema}, and this one is "
        lines += _asserting(
            site,
            f"DATABASE() <=> {_string(site.schema)}",
            f"CONCAT({_string(says)}, COALESCE(DATABASE(), 'none'))",
        )
    if site.key is not None:
        held = f"GET_LOCK({quoted(mysql_lock_name(site.key))}, 0) = 1"
        lines += _asserting(site, held, _string(NOT_HELD))
    return lines


def begin(site: Site) -> list[str]:
    """Every DDL statement ends it: what came before is committed then."""
    return ["START TRANSACTION;"]


def at(site: Site, heads: Sequence[str]) -> list[str]:
    """The lock is held since the script began."""
    says = f"alembic_guard: this script goes on from {expected(heads)}, and the database is at "
    found = f"(SELECT GROUP_CONCAT(version_num SEPARATOR ', ') FROM {site.version_table})"
    after = f": write a new one with {AGAIN}"
    return _asserting(
        site,
        holds_exactly(site, heads),
        f"CONCAT({_string(says)}, COALESCE({found}, 'no revision'), {_string(after)})",
    )


def asks(site: Site, question: str, says: str) -> list[str]:
    """A number; nothing and 0 say no."""
    return _asserting(site, f"COALESCE((\n{question}\n), 0) <> 0", _string(says))


def leave(site: Site) -> list[str]:
    """The session commits each statement by itself then; it has the deployer lock."""
    return ["COMMIT;"]


def enter(site: Site) -> list[str]:
    """Nothing was changed."""
    return []


done = enter


def statement(text: str) -> str:
    """One that holds a semicolon, such as a trigger, needs another delimiter."""
    body = re.sub(r"(?:\s|;)+\Z", "", text)
    if ";" not in body:
        return terminated(text)
    delimiter = next(sign for sign in _DELIMITERS if sign not in body)
    return f"DELIMITER {delimiter}\n{terminated(text, delimiter)}\nDELIMITER ;"


def _asserting(site: Site, condition: str, says: str) -> list[str]:
    return [
        f"SET @guard_says = {says};",
        f"SET @guard_does = IF({condition}, 'DO 0', {_RAISES[site.kind]});",
        "PREPARE guard FROM @guard_does;",
        "EXECUTE guard;",
        "DEALLOCATE PREPARE guard;",
    ]


def _string(text: str) -> str:
    """A string literal that needs no escape, whatever the session's ``sql_mode``."""
    return quoted(text) if "\\" not in text else f"CONVERT(X'{text.encode().hex()}' USING utf8mb4)"
