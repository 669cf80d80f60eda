"""What SQLite takes for the same, though it is written in another way.

By https://www.sqlite.org/datatype3.html (affinity), https://www.sqlite.org/lang_createtable.html
(a primary key that is the rowid is never NULL) and https://www.sqlite.org/stricttables.html.
"""

from __future__ import annotations

import re

from alembic_guard.runtime.comparing.sqlite.table_text import Column, TableText
from alembic_guard.runtime.comparing.sqlite.tokens import bare

_SYNONYMS = {"INT": "INTEGER", "BOOL": "BOOLEAN", "DECIMAL": "NUMERIC"}
_CONSTANTS = {"true": "1", "false": "0", "null": None}


def settle(table: TableText) -> None:
    """Write the parts of columns, and of the primary key, as SQLite takes them."""
    keys = [each for each in table.constraints if each.kind == "primary key"]
    key = {bare(name) for each in keys for name in each.parts["columns"]}
    strict, without_rowid = table.options["strict"], table.options["without rowid"]
    for column in table.columns.values():
        parts, mine = column.parts, column.name.lower() in key
        alone = mine and len(key) == 1 and not without_rowid
        rowid = alone and parts["type"] == "INTEGER"
        if rowid or (mine and (strict or without_rowid)):
            parts["not null"] = True
        word = parts["type"].partition(" ")[0]
        if word in _SYNONYMS and not (alone and word == "INT"):  # INT is no rowid
            parts["type"] = _SYNONYMS[word] + parts["type"][len(word) :]
        _default(column)


def _default(column: Column) -> None:
    """A literal as the column keeps it: '1' in a column of numbers is 1."""
    parts = column.parts
    text = parts["default"]
    if text in _CONSTANTS:
        text = _CONSTANTS[text]
    elif text is not None:
        text = text.replace("- ", "-", 1) if re.fullmatch(r"- [\d.]+", text) else text
        text = text.removeprefix("+ ")
        affinity = _affinity(parts["type"])
        if affinity == "number" and re.fullmatch(r"'-?\d+(\.\d+)?'", text):
            text = text[1:-1]
        elif affinity == "text" and re.fullmatch(r"-?\d+(\.\d+)?", text):
            text = f"'{text}'"
        if affinity == "number" and re.fullmatch(r"-?\d+\.0+", text):
            text = text.partition(".")[0]
    parts["default"] = text


def _affinity(type_: str) -> str:
    if "INT" in type_:
        return "number"
    if any(each in type_ for each in ("CHAR", "CLOB", "TEXT")):
        return "text"
    return "none" if "BLOB" in type_ or not type_ or type_ == "ANY" else "number"
