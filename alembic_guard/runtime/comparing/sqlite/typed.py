"""Statements that somebody typed for a SQLite: cut apart, and looked at before they are run."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from alembic_guard.runtime.comparing.sqlite.tokens import tokens

_KINDS = {"VIEW": "view", "TRIGGER": "trigger"}


def statements(sql: str) -> list[str]:
    """The statements of a text, each without the semicolon at its end; a trigger has its own."""
    found, start = [], 0
    for token in tokens(sql):
        if token.upper == ";" and sqlite3.complete_statement(sql[start : token.end]):
            found.append(sql[start : token.start])
            start = token.end
    found.append(sql[start:])
    return [each.strip() for each in found if tokens(each)]


def kind(sql: str) -> str:
    """The kind of thing that a statement makes, "" where it makes neither a view nor a trigger."""
    said = [each.upper for each in tokens(sql)[:2]]
    return _KINDS.get(said[1], "") if said[:1] == ["CREATE"] and len(said) > 1 else ""


def objection(sql: str, _schemas: Collection[str] = ()) -> str:
    """Why a statement may not be run, as a clause, or "" where it may."""
    if kind(sql):
        return ""
    said = [each.text.upper() for each in tokens(sql)[:2]]
    if said[:1] == ["CREATE"] and said[1:] in (["TEMP"], ["TEMPORARY"]):
        return "what is TEMPORARY is gone with its connection"
    return f"{' '.join(said)} declares nothing that is compared: on SQLite, views and triggers are"
