"""A script for psql, on PostgreSQL: assertions are DO blocks, which RAISE.

An advisory lock that a session takes is the same lock as one that a transaction takes (PostgreSQL's
manual, 13.3.5), so that a revision which leaves its transaction keeps the deployer lock meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic_guard.apply.script_words import (
    AGAIN,
    NOT_HELD,
    Site,
    expected,
    holds_exactly,
    milliseconds,
    quoted,
    terminated,
)

TABLE_MAY_MISS = True
DDL_COMMITS = False

NOW = "clock_timestamp()"
ELAPSED = "(extract(epoch FROM clock_timestamp() - started) * 1000)::bigint"
USER = "current_user"
CLIENT = "coalesce(host(inet_client_addr()), 'local')"
SESSION = "pg_backend_pid()"

statement = terminated


def opening(site: Site) -> list[str]:
    """Stop at the first error; names and strings mean what they mean to the migrations."""
    lines = ["\\set ON_ERROR_STOP on", "SET client_encoding = 'UTF8';", *site.session]
    if site.schema:
        says = f"alembic_guard: this script is for the schema {site.schema}, and this one is "
        lines += _stopping(
            f"current_schema() IS DISTINCT FROM {quoted(site.schema)}",
            f"{quoted(says)} || coalesce(current_schema(), 'none')",
        )
    return lines


def begin(site: Site) -> list[str]:
    """``SET LOCAL`` ends with the transaction, so that each one sets it."""
    lines = ["BEGIN;", f"SET LOCAL lock_timeout = '{milliseconds(site.lock_timeout)}ms';"]
    if site.statement_timeout:
        limit = milliseconds(site.statement_timeout)
        lines.append(f"SET LOCAL statement_timeout = '{limit}ms';")
    return lines


def at(site: Site, heads: Sequence[str]) -> list[str]:
    """The lock first: what is read under it stays true. PL/pgSQL plans a statement when it comes to
    it, so that one about a table that is not there does no harm.
    """
    table, says = site.version_table, f"alembic_guard: this script goes on from {expected(heads)}"
    found = f"(SELECT string_agg(version_num, ', ' ORDER BY version_num) FROM {table})"
    lines = []
    if site.key is not None:
        lines += _if(f"NOT pg_try_advisory_xact_lock({site.key})", quoted(NOT_HELD))
    missing = f"to_regclass({quoted(table)}) IS NULL"
    if heads:
        lines += _if(missing, quoted(f"{says}, and there is no {table} here"))
    elsewhere = _if(
        f"NOT ({holds_exactly(site, heads)})",
        f"{quoted(f'{says}, and the database is at ')} || coalesce({found}, 'no revision')"
        f" || {quoted(f': write a new one with {AGAIN}')}",
    )
    if not heads:
        nested = [f"    {line}" for line in elsewhere]
        elsewhere = [f"    IF NOT ({missing}) THEN", *nested, "    END IF;"]
    return _block([*lines, *elsewhere])


def asks(site: Site, question: str, says: str) -> list[str]:
    """A boolean or a number; nothing, ``false`` and 0 say no."""
    answer = f"to_jsonb((\n{question}\n))"
    return _stopping(f"coalesce({answer} IN ('false'::jsonb, '0'::jsonb), true)", quoted(says))


def leave(site: Site) -> list[str]:
    """A timed-out ``CREATE INDEX CONCURRENTLY`` leaves an invalid index: no lock timeout here."""
    lines = []
    if site.key is not None:
        lines = _stopping(f"NOT pg_try_advisory_lock({site.key})", quoted(NOT_HELD))
    return [*lines, "COMMIT;", "SET lock_timeout = 0;"]


def enter(site: Site) -> list[str]:
    """As the session had it before."""
    return ["RESET lock_timeout;"]


def done(site: Site) -> list[str]:
    """Drop the session's lock."""
    if site.key is None:
        return []
    return _block([f"    PERFORM pg_advisory_unlock({site.key});"])


def _stopping(condition: str, says: str) -> list[str]:
    return _block(_if(condition, says))


def _if(condition: str, says: str) -> list[str]:
    return [
        f"    IF {condition} THEN",
        f"        RAISE EXCEPTION USING MESSAGE = {says};",
        "    END IF;",
    ]


def _block(body: Sequence[str]) -> list[str]:
    """A DO block; its tag is one that is not in it."""
    tag = "$guard$"
    while tag in "\n".join(body):
        tag = f"{tag[:-1]}_$"
    return [f"DO {tag}", "BEGIN", *body, f"END {tag};"]
