r"""The version table says head, and none of the tables are there.

The history of this database claims tables that it does not have: the URL names another database or
another schema than the one that was upgraded, the ``search_path`` is not the same, somebody dropped
the tables, or a revision was stamped that was never applied. Alembic finds nothing to upgrade, and
autogenerate would create every table once more. Nothing is said of a history whose SQL may move or
drop a table, or that computes the names of tables.

Fix: connect to the database and the schema that have the tables. Where they are really gone, stamp
``base`` and upgrade again.

Bad::

    $ python -c "import sqlite3; c = sqlite3.connect('app.db'); c.execute('DROP TABLE users'); c.commit()"
    $ alembic guard-revision -m "add email"

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ python -c "import sqlite3; c = sqlite3.connect('app.db'); c.execute('DROP TABLE users'); c.commit()"
    $ alembic stamp base
    $ alembic safe-upgrade
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.guards._subjects import MissingTables
from alembic_guard.runtime.history import shown

JUDGES = MissingTables
SEVERITY = "error; a warning where another schema of the database has the tables"
_SHOWN = 5


def judge(missing: MissingTables) -> Iterator[Finding]:
    """Refuse a database at head without its tables; warn where another schema of it has them."""
    number = len(missing.tables)
    names = ", ".join(missing.tables[:_SHOWN]) + (" …" if number > _SHOWN else "")
    what = f"the table {names}" if number == 1 else f"any of the {number} tables ({names})"
    where = f" in the schema {missing.schema}" if missing.schema else ""
    yield Finding(
        "head-without-tables",
        f"{missing.url} is at head ({shown(missing.recorded)}) and does not have {what}{where}.",
        why=f"The revisions create {'it' if number == 1 else 'them'}. {_places(missing)}",
        next=tuple(_next(missing)),
        severity=Severity.WARNING if _may_be_meant(missing) else Severity.ERROR,
    )


def _may_be_meant(missing: MissingTables) -> bool:
    """Whether the project may find its tables elsewhere, by names that say the schema.

    A schema of MySQL is a database, and a server has those of other applications too.
    """
    return bool(missing.elsewhere) and missing.kind not in ("mysql", "mariadb")


def _places(missing: MissingTables) -> str:
    table = missing.version_table
    version = shown(missing.version_schemas)
    said = f"{table} is in the schema {version}. " if missing.version_schemas else ""
    if missing.elsewhere:
        return f"{said}The schema {shown(missing.elsewhere)} has them all."
    return (
        f"{said}No schema of this database has them."
        if missing.version_schemas
        else (f"This database has {table} and not the tables.")
    )


def _next(missing: MissingTables) -> Iterator[str]:
    for schema in missing.elsewhere:
        if missing.kind == "postgresql":
            yield f"add to the URL: ?options=-csearch_path%3D{schema}"
        else:
            yield f"name the database {schema} in the URL  # if that is the one"
    if not _may_be_meant(missing):
        yield "check that the URL names the database that you mean"
        yield "alembic stamp base  # if the tables are gone"
        yield "alembic safe-upgrade  # makes them again"
