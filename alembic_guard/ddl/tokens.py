"""A cursor that reads the tokens of a statement for MariaDB, MySQL and SQLite in order.

:mod:`~alembic_guard.ddl.statements` makes the tokens. Promised: strings and quoted names are never
taken for keywords, and what is cut out of a statement is its text as it was written. Not promised:
that a statement which could be read is one that the server accepts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


class Unreadable(Exception):
    """A statement that is not written as the readers know it, with the place in its message."""


@dataclass(frozen=True)
class Token:
    """A token.

    :param word: in capitals; "" for what is quoted, a string, a number or a sign.
    :param text: without quotes.
    :param kind: ``word``, ``quoted``, ``string``, ``number`` or ``sign``.
    :param start: of its text in the source; :param end: behind it.
    """

    word: str
    text: str
    kind: str
    start: int
    end: int


END = Token("", "", "end", 0, 0)


class Cursor:
    """Reads the tokens of a statement, or of a part of one, from left to right."""

    def __init__(self, source: str, tokens: tuple[Token, ...], kind: str) -> None:
        """Start at the first token.

        :param source: the whole text that the tokens were cut from.
        :param kind: of the database: ``mariadb``, ``mysql`` or ``sqlite``.
        """
        self.source = source
        self.tokens = tokens
        self.kind = kind
        self.place = 0

    def peek(self, ahead: int = 0) -> Token:
        """The token that comes, or the one behind it; :data:`END` past the last."""
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else END

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.place >= len(self.tokens)

    def at(self, *words: str) -> bool:
        """Whether these words, or signs, come."""
        return all(
            word in (self.peek(ahead).word, self.sign(ahead)) for ahead, word in enumerate(words)
        )

    def sign(self, ahead: int = 0) -> str:
        """The sign that comes; where it is none, one that no statement has."""
        token = self.peek(ahead)
        return token.text if token.kind == "sign" else "\0"

    def at_any(self, *words: str) -> bool:
        """Whether one of these words comes."""
        return self.peek().word in words and self.peek().word != ""

    def take(self, *words: str) -> bool:
        """Step over these words if they come; whether they did."""
        if not self.at(*words):
            return False
        self.place += len(words)
        return True

    def take_any(self, *words: str) -> str:
        """Step over one of these words if it comes; the word, else ""."""
        if not self.at_any(*words):
            return ""
        return self.next().word

    def need(self, *words: str) -> None:
        """Step over these words.

        :raises Unreadable: where others come.
        """
        if not self.take(*words):
            raise self.unreadable(" ".join(words))

    def unreadable(self, wanted: str) -> Unreadable:
        """What to raise where something else was wanted."""
        found = "its end" if self.done else repr(self.peek().text)
        return Unreadable(f"{wanted} was expected, not {found}")

    def next(self) -> Token:
        """Step over a token, and that token.

        :raises Unreadable: at the end.
        """
        if self.done:
            raise self.unreadable("more")
        self.place += 1
        return self.tokens[self.place - 1]

    def name(self) -> str:
        """Step over a name, and that name without its quotes.

        :raises Unreadable: where none comes. SQLite takes a string for a name.
        """
        kinds = ("word", "quoted", "string") if self.kind == "sqlite" else ("word", "quoted")
        if self.peek().kind not in kinds:
            raise self.unreadable("a name")
        return self.next().text

    def key(self) -> str:
        """Step over the name of a table, and its key; SQLite's ``main`` is the default schema."""
        first = self.name()
        if not self.take("."):
            return first
        second = self.name()
        return second if self.kind == "sqlite" and first.lower() == "main" else f"{first}.{second}"

    def brackets(self) -> Cursor:
        """Step over brackets, and a cursor for what stands in them.

        :raises Unreadable: where none open, or they do not close.
        """
        self.need("(")
        start, depth = self.place, 1
        while depth:
            sign = self.sign()
            self.next()
            depth += {"(": 1, ")": -1}.get(sign, 0)
        return Cursor(self.source, self.tokens[start : self.place - 1], self.kind)

    def step(self) -> Token:
        """Step over a token, with all that is in its brackets if it opens some; that token."""
        token = self.peek()
        if self.sign() == "(":
            self.brackets()
        else:
            self.next()
        return token

    def parts(self) -> Iterator[Cursor]:
        """Step to the end; cursors for what stands between the commas outside of brackets."""
        while not self.done:
            start = self.place
            while not self.done and self.sign() != ",":
                self.step()
            yield Cursor(self.source, self.tokens[start : self.place], self.kind)
            self.take(",")

    def text_from(self, start: int) -> str:
        """The text from a place of before up to here."""
        if start >= self.place:
            return ""
        return self.source[self.tokens[start].start : self.tokens[self.place - 1].end]

    def rest(self) -> str:
        """Step to the end; the text of all that was left."""
        start, self.place = self.place, len(self.tokens)
        return self.text_from(start)

    def skip_to(self, *words: str) -> bool:
        """Step forward to one of these words outside of brackets, or to the end; whether found."""
        while not self.done and not self.at_any(*words):
            self.step()
        return not self.done
