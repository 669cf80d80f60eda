"""Which declared statements may be run in scratch: those that say how something is, and no others.

They are looked at by their words, before any is run. That a COMMIT which the words hide goes
nowhere is the server's doing: EXECUTE in a DO block refuses it (PostgreSQL manual, 43.5.4).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator

from alembic_guard.runtime.comparing.postgresql.typed import gives_owner, head, tokens

_KINDS = {"VIEW", "FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE", "TRIGGER", "EVENT", "RULE"}
_KINDS |= {"POLICY", "TYPE", "DOMAIN", "SEQUENCE", "INDEX", "MATERIALIZED"}
_VERBS = {"CREATE", "ALTER", "DROP", "COMMENT"}
_MODIFIERS = {"ON", "OR", "REPLACE", "TEMP", "TEMPORARY", "RECURSIVE", "CONSTRAINT", "UNIQUE"}
_PASSED_OVER = {"IF", "NOT", "EXISTS", "CONCURRENTLY", "VIEW", "TRIGGER", "ONLY", "TABLE"}
_WHOLE = {"CREATE": {"SCHEMA", "EXTENSION"}, "COMMENT": {"SCHEMA", "EXTENSION", "TABLE", "COLUMN"}}
_WHOLE |= {"ALTER": {"TABLE", "EXTENSION"}}
_TRANSACTIONS = {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"}
_TRANSACTIONS |= {"PREPARE"}
_ROLES = {"ROLE", "USER", "GROUP"}
_UNSEEN = {("REPLICA", "IDENTITY"), ("CLUSTER", "ON"), ("SET", "STATISTICS")}
_UNSEEN |= {("TRIGGER", "ALL"), ("TRIGGER", "USER")}
"""Words of what ALTER does to a table or an index, and no catalogue is asked about."""


def objection(sql: str, schemas: Collection[str]) -> str:
    """Why a statement may not be run, as a clause, or "" where it may.

    :param schemas: those of the models.
    """
    said = head(sql, 12)
    verb = said[0]
    if verb in _TRANSACTIONS:
        return "it controls a transaction"
    if verb == "COPY":
        return "it reads or writes data"
    owned = gives_owner(sql)
    if owned is not None and owned[0] == "SCHEMA":
        schema = _plain(owned[1])
        return "" if schema in schemas else _not_ours(schema)
    if verb in ("GRANT", "REVOKE"):
        if "ON" not in [token[0].upper() for token in tokens(sql)]:
            return "it is about a role, which all databases of the server share"
        return _foreign(sql, schemas)
    if verb not in _VERBS:
        return f"{verb} declares nothing: it would be done each time that models are compared"
    kind = next((word for word in said[1:] if word not in _MODIFIERS), "")
    if kind in _ROLES:
        return "it is about a role, which all databases of the server share"
    if kind in ("DATABASE", "SYSTEM", "TABLESPACE"):
        return "it is about the server, not about this database"
    if kind not in _KINDS | _WHOLE.get(verb, set()):
        return f"{verb} {kind} declares nothing that is compared"
    return _foreign(sql, schemas)


def is_unseen(sql: str) -> bool:
    """Whether a statement makes or changes something of a kind of which nothing is compared."""
    said = head(sql, 12)
    verb, kind = said[0], next((word for word in said[1:] if word not in _MODIFIERS), "")
    if verb not in ("CREATE", "ALTER"):
        return False
    if verb == "ALTER" and _UNSEEN & {*itertools.pairwise(t[0].upper() for t in tokens(sql))}:
        return True
    if kind == "TYPE":
        return said[0] == "CREATE" and "RANGE" in [
            after for word, after in itertools.pairwise(said) if word == "AS"
        ]
    return kind not in _KINDS | _WHOLE["CREATE"] | _WHOLE["ALTER"] | {"UNLOGGED"}


def _foreign(sql: str, schemas: Collection[str]) -> str:
    found = [name for name in _homes([token[0] for token in tokens(sql)]) if name not in schemas]
    return _not_ours(found[0]) if found else ""


def _not_ours(schema: str) -> str:
    return f"it is about the schema {schema}, which is not among the models'"


def _homes(words: list[str]) -> Iterator[str]:
    """The schemas of what a statement is about; those of what it reads are none of its business."""
    upper = [word.upper() for word in words]
    if upper[0] in ("ALTER", "DROP", "COMMENT", "GRANT", "REVOKE"):
        yield from _moved(words, upper)
        column = upper[:3] == ["COMMENT", "ON", "COLUMN"]
        for place in range(1, len(words)):
            before = words[place - 1]
            of_column = column or upper[place - 2 : place] == ["OWNED", "BY"]
            if before != "." and _dots(words, place) > int(of_column):
                yield _plain(words[place])
        return
    kind = next((place for place in range(1, len(upper)) if upper[place] not in _MODIFIERS), 0)
    if upper[kind] in ("TRIGGER", "POLICY", "INDEX", "RULE"):
        word = "TO" if upper[kind] == "RULE" else "ON"
        kind = upper.index(word, kind) if word in upper[kind:] else len(upper)
    elif upper[kind] in ("SCHEMA", "EXTENSION", "EVENT"):
        return
    place = kind + 1
    while place < len(upper) and upper[place] in _PASSED_OVER:
        place += 1
    if place < len(words) and _dots(words, place):
        yield _plain(words[place])


def _moved(words: list[str], upper: list[str]) -> Iterator[str]:
    for place in range(len(upper) - 1):
        grants = upper[0] in ("GRANT", "REVOKE", "ALTER") and upper[place - 1] in ("ON", "IN")
        if upper[place] == "SCHEMA" and (upper[place - 1] == "SET" or grants):
            yield _plain(words[place + 1])


def _dots(words: list[str], place: int) -> int:
    """How many dots a name has."""
    if not (words[place][0].isalpha() or words[place][0] in '_"'):
        return 0
    count = 0
    while place + 2 < len(words) and words[place + 1] == ".":
        count, place = count + 1, place + 2
    return count


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
