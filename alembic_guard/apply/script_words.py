"""What is the same in the scripts of every database: what they are for, comments, statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

AGAIN = "alembic safe-upgrade --sql"
NOT_HELD = "alembic_guard: another deployer is at work here; run the script again when it is done"
"""What the script says where the deployer lock is taken."""


@dataclass(frozen=True)
class Site:
    """The database that a script is for.

    :param kind: ``postgresql``, ``mariadb``, ``mysql`` or ``sqlite``.
    :param database: its URL without a password; empty where none was asked.
    :param server: product and version.
    :param version_table: as SQL names it, quoted where it has to be.
    :param schema: the one that names without a schema are in; empty where it is not known.
    :param key: of the deployer lock; None where there is none.
    :param session: SET statements that make the session like the migration connection's.
    :param command: how the script is run, ``FILE`` in the place of its name.
    """

    kind: str
    database: str
    server: str
    version_table: str
    schema: str
    key: int | None
    lock_timeout: float
    statement_timeout: float
    session: tuple[str, ...]
    command: str


class Words(Protocol):
    """How a kind of database says what each script says; a module each.

    The expressions are what the journal's columns are filled with. ``TABLE_MAY_MISS``: whether an
    assertion can be about a table that is not there; ``DDL_COMMITS``: whether every DDL statement
    ends the transaction.
    """

    TABLE_MAY_MISS: bool
    DDL_COMMITS: bool

    NOW: str
    ELAPSED: str
    USER: str
    CLIENT: str
    SESSION: str

    def opening(self, site: Site) -> list[str]:
        """The first lines: stop at the first error, and a session like the migrations' own."""

    def begin(self, site: Site) -> list[str]:
        """Begin a transaction, with its limits."""

    def at(self, site: Site, heads: Sequence[str]) -> list[str]:
        """Stop unless the deployer lock is free and the database is at these heads."""

    def asks(self, site: Site, question: str, says: str) -> list[str]:
        """Stop with a sentence unless a SELECT of one value says yes."""

    def leave(self, site: Site) -> list[str]:
        """What comes between the end of a transaction and statements that run outside of one."""

    def enter(self, site: Site) -> list[str]:
        """What comes between those and the next transaction."""

    def done(self, site: Site) -> list[str]:
        """What comes after a revision that has left its transaction."""

    def statement(self, text: str) -> str:
        """One statement, ended as the shell of the database wants it."""


def comment(text: str, indent: str = "") -> str:
    """One line of comment, whatever is in the text.

    :param indent: what comes before it, as it is.
    """
    return f"-- {indent}{' '.join(text.split())}".rstrip()


def terminated(text: str, terminator: str = ";") -> str:
    """A statement with one terminator, outside of a comment at its end."""
    text = re.sub(r"(?:\s|;)+\Z", "", text)
    last = text.rpartition("\n")[2]
    return f"{text}\n{terminator}" if "--" in last or "#" in last else text + terminator


def quoted(text: str) -> str:
    """A string literal of standard SQL."""
    return "'" + text.replace("'", "''") + "'"


def milliseconds(seconds: float) -> int:
    """Whole milliseconds, at least one where there is a limit."""
    return max(1, round(seconds * 1000)) if seconds else 0


def expected(heads: Sequence[str]) -> str:
    """Where the script expects the database to be, for a sentence."""
    return ", ".join(heads) or "no revision"


def holds_exactly(site: Site, heads: Sequence[str]) -> str:
    """A condition: the version table holds these heads and no other."""
    count = f"(SELECT count(*) FROM {site.version_table})"
    if not heads:
        return f"{count} = 0"
    listed = ", ".join(quoted(head) for head in heads)
    these = f"(SELECT count(*) FROM {site.version_table} WHERE version_num IN ({listed}))"
    return f"{count} = {len(heads)} AND {these} = {len(heads)}"
