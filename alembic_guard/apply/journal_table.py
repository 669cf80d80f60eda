"""The journal's table: its columns, those that an older one has, and its rows as values.

A table that was made before a column was added keeps working without it: :func:`fitted` leaves out
what is not there. It reads no more than that; :mod:`~alembic_guard.apply.journal` reads and writes
the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timezone
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from alembic_guard.runtime.recorded import OnRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection


def journal_table(name: str, schema: str | None, lacking: Collection[str] = ()) -> sa.Table:
    """The table as this version would make it.

    :param lacking: columns to leave out.
    """
    moment = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    columns: list[sa.Column[Any]] = [
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("version_table", sa.String(255)),
        sa.Column("revision", sa.String(255), nullable=False),
        sa.Column("message", sa.String(255)),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("checksum", sa.String(64)),
        sa.Column("normal_form", sa.String(80)),
        sa.Column("started", moment, nullable=False),
        sa.Column("finished", moment),
        sa.Column("milliseconds", sa.BigInteger()),
        sa.Column("tries", sa.Integer()),
        sa.Column("database_user", sa.String(255)),
        sa.Column("os_user", sa.String(255)),
        sa.Column("host", sa.String(255)),
        sa.Column("pid", sa.Integer()),
        sa.Column("versions", sa.String(255)),
        sa.Column("allowed", sa.Text()),
        sa.Column("backup", sa.Text()),
        sa.Column("cancelled", sa.Text()),
        sa.Column("checks", sa.Text()),
        sa.Column("error", sa.Text()),
    ]
    kept = [column for column in columns if column.name not in lacking]
    return sa.Table(name, sa.MetaData(), *kept, schema=schema)


SHOWN_LATER = {"id", "revision", "direction", "status", "checksum", "normal_form"}
SHOWN_LATER |= {"started", "finished", "os_user", "host"}
"""What is asked of a row to tell what a revision looked like."""
COLUMNS = tuple(journal_table("journal", None).c.keys())


def fitted(table: sa.Table, connection: Connection) -> sa.Table:
    """The table without the columns that it lacks: it was made by an older version of ours."""
    there = connection.execute(sa.select(sa.text("*")).select_from(table).limit(0)).keys()
    lacking = {*table.c.keys()} - {*there}
    return journal_table(table.name, table.schema, lacking) if lacking else table


def on_record(row: Mapping[str, Any]) -> OnRecord:
    """What a revision looked like when it was applied or adopted; of an aware row."""
    return OnRecord(
        row=row["id"],
        checksum=row["checksum"],
        normal_form=row.get("normal_form"),
        adopted=row["status"] == "adopted",
        when=row["finished"] or row["started"],
        by="@".join(part for part in (row["os_user"], row["host"]) if part),
    )


def aware(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite and MariaDB hand back the UTC that was written without its zone."""
    for name in ("started", "finished"):
        moment = row[name]
        if moment is not None and moment.tzinfo is None:
            row[name] = moment.replace(tzinfo=timezone.utc)
        elif moment is not None:
            row[name] = moment.astimezone(timezone.utc)
    return row
