"""Reads a function or procedure by its text, typed or as SHOW CREATE has it.

Both servers keep its parameters and its body as they were typed, and write anew what stands between
them ("SHOW CREATE FUNCTION" of both manuals): the type that it returns, and how it behaves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.mysql.tokens import Token, canonical, tokens
from alembic_guard.runtime.comparing.scanning import closing

_STARTS = {"LANGUAGE": 2, "DETERMINISTIC": 1, "NOT": 2, "CONTAINS": 2, "NO": 2, "READS": 3}
_STARTS |= {"MODIFIES": 3, "SQL": 3, "COMMENT": 2}
"""What a characteristic begins with, and its words."""

_USUAL = ("LANGUAGE SQL", "NOT DETERMINISTIC", "CONTAINS SQL", "SQL SECURITY DEFINER", "COMMENT ''")
_WIDTH = re.compile(r"^((?:tiny|small|medium|big)?int|year)\(\d+\)(?!.*zerofill)")
_ALIKE = {"integer": "int", "bool": "tinyint", "boolean": "tinyint", "dec": "decimal"}
_ALIKE |= {"numeric": "decimal", "fixed": "decimal", "double precision": "double"}
_ARGUMENTS = {"decimal": "decimal(10,0)", "char": "char(1)", "binary": "binary(1)", "bit": "bit(1)"}
_OF_TEXT = re.compile(r"\s+(?:charset|character set|collate)\s+\w+")


def routine_fact(thing: Thing, sql: str) -> Fact:
    """The fact of one routine."""
    found = tokens(sql)
    start = next(at for at, each in enumerate(found) if each.upper == "(")
    end = closing(found, start)
    parts = {"parameters": canonical(found[start + 1 : end])}
    place = end + 1
    if found[place].upper == "RETURNS":
        stop = _end_of_type(found, place + 1)
        parts["returns"] = _type(found[place + 1 : stop])
        place = stop
    said = set()
    while (words := _STARTS.get(found[place].upper)) is not None:
        word = " ".join(each.upper or each.text for each in found[place : place + words])
        said.add(word)
        place += words
    parts["behaves"] = " ".join(sorted(said.difference(_USUAL)))
    parts["body"] = canonical(found[place:])
    return Fact(thing, parts, sql)


def _end_of_type(found: Sequence[Token], at: int) -> int:
    """The place behind a type: words of its own, brackets, character set and collation."""
    more = {"UNSIGNED", "ZEROFILL", "SIGNED", "PRECISION", "VARYING"}
    at += 1
    while at < len(found):
        if found[at].upper == "(":
            at = closing(found, at) + 1
        elif found[at].upper in more:
            at += 1
        elif found[at].upper in ("CHARSET", "COLLATE"):
            at += 2
        elif found[at].upper == "CHARACTER":
            at += 3
        else:
            break
    return at


def _type(found: Sequence[Token]) -> str:
    """A type as SHOW CREATE has it, without the character set that it has by default."""
    text = re.sub(r" ?([(),]) ?", r"\1", " ".join(each.text for each in found).lower())
    text = re.sub(r"\)(?=\w)", ") ", _OF_TEXT.sub("", text))
    word, rest = re.fullmatch(r"(double precision|\w+)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    if word in ("bool", "boolean"):
        return "tinyint"
    word = _ALIKE.get(word, word)
    return _ARGUMENTS.get(f"{word}{rest}", _WIDTH.sub(r"\1", f"{word}{rest}"))
