"""The tokens of the text that SQLite keeps, and the words in which two texts are compared.

SQLite keeps CREATE as it was typed (``sqlite_master.sql``). Two texts are the same here if they
differ in comments, spaces, quotes of names, letter case, outer brackets or ``==`` for ``=`` alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from alembic_guard.runtime.comparing.scanning import scanned, unwrapped

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<blob>[xX]'[^']*')
    |(?P<string>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<sign>\|\||<<|>>|<=|>=|==|<>|!=|->>|->|.)
    """,
    re.DOTALL | re.VERBOSE,
)
_ALIKE = {"==": "=", "<>": "!="}


class Token(NamedTuple):
    """A token.

    :param kind: ``word``, ``quoted``, ``string``, ``blob``, ``number`` or ``sign``.
    :param text: as it was typed; :param start: of it in the source; :param end: behind it.
    :param upper: a word in capitals, or a sign; "" for the others.
    """

    kind: str
    text: str
    start: int
    end: int
    upper: str

    @property
    def name(self) -> str:
        """What it names, without its quotes; SQLite takes a string for a name, too."""
        if self.kind not in ("quoted", "string"):
            return self.text
        close = self.text[-1]
        inner = self.text[1:-1]
        return inner if close == "]" else inner.replace(close * 2, close)


def tokens(sql: str) -> list[Token]:
    """The tokens of a text, comments left out."""
    return [Token(*each) for each in scanned(_TOKEN, sql)]


def canonical(found: Sequence[Token], columns: Collection[str] | None = None) -> str:
    """The words in which an expression or a statement is compared.

    :param columns: what names in double quotes may mean, in small letters; the others are strings
        to SQLite (https://www.sqlite.org/quirks.html, 8). All are names where it is None.
    """
    return " ".join(_word(each, columns) for each in unwrapped(found))


def compared_name(name: str) -> str:
    """The words in which a name is compared."""
    name = name.lower()
    return name if re.fullmatch(r"[^\W\d][\w$]*", name) else quoted(name)


def bare(item: str) -> str:
    """The name in what a key or an index lists, in small letters: without order and collation."""
    item = re.sub(r"( collate \S+)?( desc)?$", "", item)
    return item[1:-1].replace('""', '"') if item.startswith('"') else item


def quoted(name: str) -> str:
    """A name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def _word(token: Token, columns: Collection[str] | None) -> str:
    if token.kind == "quoted":
        name = token.name
        if columns is not None and token.text[0] == '"' and name.lower() not in columns:
            return "'" + name.replace("'", "''") + "'"
        return compared_name(name)
    if token.kind == "string":
        return token.text
    return _ALIKE.get(token.text, token.text.lower())
