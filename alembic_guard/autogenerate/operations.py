"""Operations that know how things were made, so that both directions of a migration are true.

They render as plain Alembic: a migration imports nothing of ours, and runs years after this plugin
was uninstalled. What the models declare is written as they do; what the database has is written in
the catalogue's own words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import ops
from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


class SqlOp(ops.ExecuteSQLOp):
    """One statement, and the one that takes it back.

    :param sql: what the upgrade runs; :param back: what the downgrade runs.
    :param says: what it does, as a clause such as ``adds view v``; :param says_back: the same of
        its reverse.
    :param autocommit: whether it must not run in a transaction.
    """

    def __init__(
        self, sql: str, back: str, says: str, says_back: str, *, autocommit: bool = False
    ) -> None:
        super().__init__(escaped(sql))
        self.sql, self.back = sql, back
        self.says, self.says_back = says, says_back
        self.autocommit = autocommit
        self.phase = 0

    def reverse(self) -> SqlOp:
        """The other direction."""
        other = SqlOp(self.back, self.sql, self.says_back, self.says, autocommit=self.autocommit)
        other.phase = self.phase
        return other

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """As ``alembic check`` prints it."""
        return ("execute", self.says, self.sql)


def escaped(sql: str) -> str:
    """A statement as ``sqlalchemy.text()`` reads it: its colons are no parameters.

    A backslash before a colon would be taken for such an escape, and is doubled. Where a colon is
    escaped, so are those that follow its word, as in ``[[:alpha:]]``: SQLAlchemy takes the first
    escape for one only then (``BIND_PARAMS_ESC`` of its compiler).
    """
    sql = re.sub(r"\\(?=:[\w$]*(?![:\w$]))", r"\\\\", sql)
    return re.sub(r"(?<![:\w\\]):(?=\w)[\w$:]*", lambda each: each[0].replace(":", r"\:"), sql)


@renderers.dispatch_for(SqlOp)
def _render_sql(context: AutogenContext, operation: SqlOp) -> list[str]:
    prefix = context.opts["alembic_module_prefix"] or ""
    line = f"{prefix}execute({literal(escaped(operation.sql))})"
    return in_block(context, operation.autocommit, [line])


def in_block(context: AutogenContext, autocommit: bool, lines: list[str]) -> list[str]:
    """Lines of a migration, in an autocommit block where they must not be in a transaction."""
    if not autocommit or not lines:
        return lines
    prefix = context.opts["alembic_module_prefix"] or ""
    # Alembic's printer indents after a colon, and comes back at an empty line
    return [f"with {prefix}get_context().autocommit_block():", *lines, ""]


def literal(sql: str) -> str:
    """A string of Python that is this text, over several lines where the text has them."""
    if "\n" not in sql.strip():
        return repr(sql.strip())
    lines = [f"{line}\n" for line in sql.strip().split("\n")]
    lines[-1] = lines[-1].rstrip("\n")
    return "\n".join(["", *(f"    {line!r}" for line in lines), ""])


def quoted(name: str) -> str:
    """An identifier, quoted where it is not plain; the servers fold what is not."""
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in RESERVED_WORDS
    return name if plain else '"' + name.replace('"', '""') + '"'
