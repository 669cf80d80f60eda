"""Reads CREATE VIEW, FUNCTION, PROCEDURE, TRIGGER and SEQUENCE, as typed and as SHOW CREATE says.

Who defined a thing, and under which ``sql_mode``, is not compared.
"""

from __future__ import annotations

import re

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.mysql.tokens import Token, canonical, tokens

KINDS = ("view", "function", "procedure", "trigger", "sequence", "event")
"""Kinds that stand beside tables."""

_HEAD = frozenset({"TABLE", *(each.upper() for each in KINDS)})
_DEFINER = re.compile(
    r"\bDEFINER\s*=\s*(?:CURRENT_(?:USER|ROLE)(?:\s*\(\s*\))?"
    r"|(?:`(?:[^`]|``)*`|'[^']*'|[\w$]+)(?:\s*@\s*(?:`(?:[^`]|``)*`|'[^']*'|[\w$.%-]+))?)\s*",
    re.IGNORECASE,
)


def made_by(sql: str) -> Thing | None:
    """What a CREATE statement makes, None where it is none of these kinds."""
    found = tokens(_DEFINER.sub("", sql, count=1))
    if not found or found[0].upper != "CREATE":
        return None
    head = next((at for at, each in enumerate(found[:12]) if each.upper in _HEAD), None)
    if head is None:
        return None
    kind, at = found[head].upper.lower(), head + 1
    if found[at].upper == "IF":
        at += 3
    if at + 2 < len(found) and found[at + 1].upper == ".":
        at += 2
    name = found[at].value
    table = ""
    if kind == "trigger":
        place = next((each for each, word in enumerate(found) if word.upper == "ON"), 0)
        table = found[place + 1].value if place and place + 1 < len(found) else ""
    return Thing(kind, name, table)


def without_definer(sql: str) -> str:
    """A statement without the user that it names as who defined the thing."""
    head = re.search(r"\b(?:AS|BEGIN|FOR|RETURNS)\b", sql, re.IGNORECASE)
    end = head.start() if head else len(sql)
    return _DEFINER.sub("", sql[:end], count=1) + sql[end:]


def object_fact(sql: str) -> Fact | None:
    """The fact of what SHOW CREATE describes so; None for a table."""
    thing = made_by(sql)
    if thing is None or thing.kind == "table":
        return None
    found = tokens(sql)
    kinds = [at for at, each in enumerate(found) if each.upper == thing.kind.upper()]
    before = [each.upper for each in found[: kinds[0]]]
    rest = found[kinds[0] + 1 :]
    parts = {"text": canonical(_without_name(rest))}
    if thing.kind == "view":
        parts["algorithm"] = _value(before, "ALGORITHM", "UNDEFINED")
        parts["security"] = _value(before, "SECURITY", "DEFINER")
    return Fact(thing, parts, sql)


def _value(words: list[str], word: str, usual: str) -> str:
    if word not in words:
        return usual
    rest = [each for each in words[words.index(word) + 1 :] if each != "="]
    return rest[0] if rest else usual


def _without_name(found: list[Token]) -> list[Token]:
    at = 3 if found and found[0].upper == "IF" else 0
    if at + 1 < len(found) and found[at + 1].upper == ".":
        at += 2
    return found[at + 1 :]
