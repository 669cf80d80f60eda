"""The role may connect, and may not read a table that it needs.

Most often it is ``alembic_version``, in which Alembic records where the database is: it belongs to
the role that ran the first migration, and nobody else was granted anything.

Fix: grant the role the right to read it; that is enough to look. To migrate, run as the role that
owns it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import URL

from alembic_guard.finding import Finding
from alembic_guard.guards._unreachable import said
from alembic_guard.guards._urls import place_of, stands
from alembic_guard.runtime.failed_url import backend_of
from alembic_guard.runtime.failure import EnvironmentFailed

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True

_TABLE = re.compile(r"for (?:table|relation) [`\"]?([\w.`\"]+)")


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the grant that is missing."""
    if failed.kind != "table-not-readable":
        return
    text = said(failed.error).splitlines()[0]
    found = _TABLE.search(text)
    table = re.sub(r"[`\"]", "", found[1]) if found else "alembic_version"
    user = failed.url.username if isinstance(failed.url, URL) else None
    grantee = f"'{user}'@'%'" if backend_of(failed.url) == "mysql" else user or "ROLE"
    yield Finding(
        "table-not-readable",
        f"The role {user or 'of the URL'} may not read the table {table}.",
        why="\n".join(filter(None, [f"The server says: {text.rstrip('.')}.", stands(failed)])),
        next=(f"as its owner: GRANT SELECT ON {table} TO {grantee}",),
        place=place_of(failed),
    )
