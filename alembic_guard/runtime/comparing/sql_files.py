"""Statements in plain ``.sql`` files: every file below a folder, in the order of their paths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic_guard.runtime.comparing.declared import Declaration, Declared, Unreadable


def sql_files(folder: Path, shown: str, statements: Callable[[str], list[str]]) -> Declared:
    """What the files of a folder declare.

    :param shown: the folder as the setting names it, for messages.
    :param statements: cuts a text apart, as the kind of database reads it.
    """
    found = Declared([], [])
    if not folder.is_dir():
        found.unreadable.append(Unreadable(f"sql_objects = {shown}", "there is no such folder"))
        return found
    for path in sorted(folder.rglob("*.sql")):
        where = f"{shown.rstrip('/')}/{path.relative_to(folder).as_posix()}"
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            found.unreadable.append(Unreadable(where, reason))
        else:
            found.statements += [Declaration(sql, where) for sql in statements(text)]
    return found
