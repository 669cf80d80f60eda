"""The tokens of what SHOW CREATE says, and the words in which two texts are compared.

Versioned comments (``/*!80023 INVISIBLE */``) are read as what they hold, which is what the server
does; see "Comment Syntax" of both manuals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from alembic_guard.runtime.comparing.scanning import scanned, unwrapped

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|/\*M?!\d*|\*/|/\*.*?(?:\*/|\Z)|\#[^\n]*|--(?=\s|\Z)[^\n]*)
    |(?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
    |(?P<quoted>`(?:[^`]|``)*`)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w$]))
    |(?P<word>@{0,2}[\w$]+)
    |(?P<sign><=>|\|\||&&|<<|>>|<=|>=|<>|!=|:=|->>|->|.)
    """,
    re.DOTALL | re.VERBOSE,
)
_ALIKE = {"!=": "<>"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


class Unreadable(Exception):
    """A text is not written as it was expected, with the reason as a clause."""


class Token(NamedTuple):
    """A token.

    :param kind: ``string``, ``quoted``, ``number``, ``word`` or ``sign``.
    :param text: as it was typed; :param start: of it in the source; :param end: behind it.
    :param upper: a word in capitals, or a sign; "" for the others.
    """

    kind: str
    text: str
    start: int
    end: int
    upper: str

    @property
    def value(self) -> str:
        """What it names or says, without its quotes."""
        if self.kind == "quoted":
            return self.text[1:-1].replace("``", "`")
        if self.kind != "string":
            return self.text
        quote = self.text[0]
        inner = self.text[1:-1].replace(quote * 2, quote)
        return re.sub(r"\\(.)", lambda each: _ESCAPES.get(each[1], each[1]), inner, flags=re.DOTALL)


def tokens(sql: str) -> list[Token]:
    """The tokens of a text, comments left out."""
    return [Token(*each) for each in scanned(_TOKEN, sql)]


def canonical(found: Sequence[Token]) -> str:
    """The words in which an expression or a statement is compared."""
    return " ".join(map(_word, unwrapped(found)))


def quoted(name: str) -> str:
    """A name as both servers read it, whatever it is."""
    return "`" + name.replace("`", "``") + "`"


def string(value: str) -> str:
    """A string as both servers read it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _word(token: Token) -> str:
    if token.kind == "quoted":
        name = token.value.lower()  # names of columns have no case, those of tables rarely
        return name if re.fullmatch(r"[\w$]+", name) else quoted(name)
    if token.kind == "string":
        return string(token.value)
    return _ALIKE.get(token.text, token.text.lower())
