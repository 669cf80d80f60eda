"""Reads tokens of SQLite one after the other."""

from __future__ import annotations

from alembic_guard.runtime.comparing.scanning import closing
from alembic_guard.runtime.comparing.sqlite.tokens import Token


class Unreadable(Exception):
    """A text that is not written as the grammar has it, with what was expected."""


class Cursor:
    """Reads tokens from left to right."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.place = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.place >= len(self.tokens)

    def upper(self, ahead: int = 0) -> str:
        """The word, in capitals, or the sign that comes; "" for what is quoted, and at the end."""
        place = self.place + ahead
        return self.tokens[place].upper if place < len(self.tokens) else ""

    def next(self) -> Token:
        """Step over a token, and that token.

        :raises Unreadable: at the end.
        """
        if self.done:
            raise Unreadable("it ends too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def skip(self) -> None:
        """Step over a token, with all that is in its brackets if it opens some."""
        opens = self.upper() == "("
        self.place = (closing(self.tokens, self.place) if opens else self.place) + 1

    def take(self, word: str) -> bool:
        """Step over a word if it comes; whether it did."""
        if self.upper() != word:
            return False
        self.place += 1
        return True

    def need(self, word: str) -> None:
        """Step over a word.

        :raises Unreadable: where another comes.
        """
        if not self.take(word):
            raise Unreadable(f"{word} was expected")

    def brackets(self) -> list[Token]:
        """Step over brackets; them and what stands in them.

        :raises Unreadable: where none open.
        """
        if self.upper() != "(":
            raise Unreadable("a bracket was expected")
        start = self.place
        self.skip()
        return self.tokens[start : self.place]
