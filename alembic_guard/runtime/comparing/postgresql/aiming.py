"""Aims statements at a scratch namespace that would otherwise meet an object of the database.

What is created comes into the namespace by itself, for it is first in the ``search_path``. What is
altered, dropped, commented on, granted or watched by a trigger is looked for, and would be found in
the live schema where the namespace lacks it: its name is written with the namespace, so that the
statement fails and locks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alembic_guard.runtime.comparing.postgresql.typed import tokens

_RELATIONS = {"TABLE", "VIEW", "INDEX", "SEQUENCE", "TYPE", "DOMAIN", "COLUMN", "FOREIGN"}
_OBJECTS = _RELATIONS | {"FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE"}
_PARTS = {"TRIGGER", "POLICY", "RULE", "CONSTRAINT"}
_PASSED_OVER = {"IF", "EXISTS", "ONLY", "NOT", "CONCURRENTLY", "MATERIALIZED"}
_BEFORE = {"OR", "REPLACE", "CONSTRAINT", "UNIQUE"}


@dataclass(frozen=True)
class _Token:
    text: str
    start: int

    @property
    def word(self) -> str:
        return self.text.upper()

    @property
    def is_name(self) -> bool:
        return self.text[0].isalpha() or self.text[0] in '_"'


def aimed(sql: str, home: str) -> str:
    """The statement, with what it is about in a namespace.

    :param home: the namespace, as it is written; names that have a schema keep it.
    """
    found = [_Token(each[0], each.start()) for each in tokens(sql)]
    places = [found[place].start for place in sorted(set(_targets(found)))]
    for place in reversed(places):
        sql = f"{sql[:place]}{home}.{sql[place:]}"
    return sql


def _targets(found: list[_Token]) -> Iterator[int]:
    """The places of the tokens that name, without a schema, what a statement is about."""
    words = [each.word for each in found]
    head = words[0] if words else ""
    if head in ("GRANT", "REVOKE"):
        start = _after(words, "ON")
        if start and words[start] not in ("ALL", "SCHEMA", "DATABASE", "LANGUAGE", "PARAMETER"):
            yield from _listed(found, start + (words[start] in _OBJECTS))
    elif head == "CREATE":
        yield from _watched(found, words)
    elif head in ("ALTER", "DROP", "COMMENT"):
        start = 2 if head == "COMMENT" else 1
        while start < len(words) and words[start] == "MATERIALIZED":
            start += 1
        kind = words[start] if start < len(words) else ""
        if kind in _PARTS:
            on = _after(words[start:], "ON")
            on += on > 0 and words[start + on] == "DOMAIN"
            yield from _one(found, start + on if on else 0)
        elif kind in _OBJECTS:
            start = _past(words, start + 1)
            listed = _listed(found, start) if head == "DROP" else _one(found, start)
            for place in listed:
                if kind != "COLUMN" or _dots(found, place) == 1:
                    yield place
            if kind == "COLUMN" and _dots(found, start) == 1:
                yield start


def _watched(found: list[_Token], words: list[str]) -> Iterator[int]:
    """Of CREATE TRIGGER, POLICY, RULE and INDEX: the table that they are on."""
    kind = next((word for word in words[1:] if word not in _BEFORE), "")
    if kind in ("TRIGGER", "POLICY", "INDEX"):
        yield from _one(found, _past(words, _after(words, "ON")))
    elif kind == "RULE":
        yield from _one(found, _after(words, "TO"))


def _after(words: list[str], word: str) -> int:
    """The place behind the first such word, 0 where there is none."""
    place = words.index(word) + 1 if word in words else 0
    return place if place < len(words) else 0


def _past(words: list[str], place: int) -> int:
    while place < len(words) and words[place] in _PASSED_OVER:
        place += 1
    return place


def _one(found: list[_Token], place: int) -> Iterator[int]:
    if 0 < place < len(found) and found[place].is_name and not _dots(found, place):
        yield place


def _dots(found: list[_Token], place: int) -> int:
    """How many dots a name has."""
    count = 0
    while place + 2 < len(found) and found[place + 1].text == ".":
        count, place = count + 1, place + 2
    return count


def _listed(found: list[_Token], place: int) -> Iterator[int]:
    """Names with commas between them; arguments of functions are passed over."""
    while place < len(found):
        yield from _one(found, place)
        depth = 0
        while place < len(found) and (depth or found[place].text != ","):
            depth += {"(": 1, ")": -1}.get(found[place].text, 0)
            if not depth and found[place].word in ("TO", "FROM", "CASCADE", "RESTRICT"):
                return
            place += 1
        place += 1
