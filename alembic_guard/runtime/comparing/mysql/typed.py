"""Statements that somebody typed for a MariaDB or MySQL: cut apart, and looked at before they run.

They are written as the server takes them: DELIMITER is a word of the ``mysql`` client, and not
needed here, as a body is told by its BEGIN and END ("Compound Statements" of both manuals).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from alembic_guard.runtime.comparing.mysql.objects import made_by
from alembic_guard.runtime.comparing.mysql.tokens import Token, tokens
from alembic_guard.runtime.comparing.scanning import closing

_KINDS = ("view", "function", "procedure", "trigger", "sequence")
_BODIES = frozenset({"FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE"})
_ENDED = frozenset({"IF", "CASE", "LOOP", "REPEAT", "WHILE", "FOR"})
"""What stands behind the END of such a statement."""


def statements(sql: str) -> list[str]:
    """The statements of a text, without the semicolons and comments around them."""
    words = tokens(sql)
    found, begun, depth, body = [], 0, 0, _has_body(words[:20])
    for at, each in enumerate(words):
        if each.upper == ";" and depth <= 0:
            found.append(words[begun:at])
            begun, depth, body = at + 1, 0, _has_body(words[at + 1 : at + 21])
        elif body:
            depth += _opens(words, at) - (each.upper == "END")
    found.append(words[begun:])
    return [sql[each[0].start : each[-1].end] for each in found if each]


def _has_body(words: Sequence[Token]) -> bool:
    head = [each.upper for each in words]
    return head[:1] == ["CREATE"] and not _BODIES.isdisjoint(head)


def _opens(words: Sequence[Token], at: int) -> bool:
    """Whether an END belongs to a word."""
    word, before = words[at].upper, words[at - 1].upper if at else ""
    if word in _ENDED and before == "END":
        return False
    if word in ("BEGIN", "CASE", "LOOP", "WHILE"):
        return True
    following = [each.upper for each in words[at + 1 : at + 3]]
    if word == "FOR":  # as a loop, such as FOR i IN 1 .. 5 DO; not FOR EACH ROW
        return following[1:] == ["IN"]
    if word == "REPEAT":
        return following[:1] != ["("]
    return word == "IF" and _is_statement(words[at + 1 :])


def _is_statement(rest: Sequence[Token]) -> bool:
    """Whether an IF, of which this is what follows, is no function and no IF EXISTS."""
    if rest and rest[0].upper == "(":
        depth = 0
        for each in rest[: closing(rest, 0)]:
            depth += (each.upper == "(") - (each.upper == ")")
            if each.upper == "," and depth == 1:
                return False
    return next((each.upper for each in rest if each.upper in ("THEN", ";")), "") == "THEN"


def kind(sql: str) -> str:
    """The kind of thing that a statement makes, "" where it is none that is compared."""
    made = made_by(sql)
    return made.kind if made is not None and made.kind in _KINDS else ""


def objection(sql: str, _schemas: Collection[str] = ()) -> str:
    """Why a statement may not be run, as a clause, or "" where it may."""
    said = [each.text.upper() for each in tokens(sql)[:2]]
    if said == ["CREATE", "TEMPORARY"]:
        return "what is TEMPORARY is gone with its connection"
    if kind(sql):
        return ""
    if said[:1] == ["DELIMITER"]:
        return "DELIMITER is of the mysql client: without it a body ends with its END"
    return (
        f"{' '.join(said)} declares nothing that is compared: on MariaDB and MySQL, views, "
        "functions, procedures, triggers and sequences are"
    )
