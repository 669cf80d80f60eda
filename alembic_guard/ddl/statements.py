"""Cuts SQL for MariaDB, MySQL and SQLite into statements, and these into tokens.

sqlglot's tokenizer makes the tokens; its parser gives up on most clauses of ALTER TABLE, so the
readers beside this module go by the tokens. Promised: strings and comments are never taken for
statements, and a trigger or a function keeps the semicolons in its body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, ClassVar

from alembic_guard.ddl.reading import ParserMissing
from alembic_guard.ddl.tokens import Cursor, Token, Unreadable


def statements(sql: str, kind: str) -> Iterator[Cursor]:
    """The statements of a text, each without its semicolon; those without a token are left out.

    :param kind: ``mariadb``, ``mysql`` or ``sqlite``.
    :raises ParserMissing: without sqlglot.
    :raises Unreadable: where a quote does not close, or a comment is one that the server runs.
    """
    start = 0
    tokens = tuple(tokens_of(sql, kind))
    while start < len(tokens):
        end = end_of_statement(tokens, start)
        if end > start:
            yield Cursor(sql, tokens[start:end], kind)
        start = end + 1


def tokens_of(sql: str, kind: str) -> Iterator[Token]:
    """The tokens of a text, see :func:`statements`; PRIMARY KEY and its like are two each."""
    for token in raw_tokens(sql, kind):
        # MySQL manual "Comments", MariaDB "Comment Syntax": these are run, and sqlglot drops them.
        if kind != "sqlite" and any(each.startswith(("!", "M!")) for each in token.comments):
            raise Unreadable("it has a comment that the server runs")
        if token.start < len(sql):
            yield from split(token, sql)


def raw_tokens(sql: str, kind: str) -> list[Any]:
    """What sqlglot's tokenizer makes of a text and a semicolon, which takes the last comments."""
    try:
        from sqlglot.errors import TokenError

        tokenize = tokenizer(kind)
    except ImportError as missing:
        raise ParserMissing from missing
    try:
        return tokenize(f"{sql}\n;")
    except TokenError as error:
        raise Unreadable(str(error)) from error


@lru_cache(maxsize=3)
def tokenizer(kind: str) -> Callable[[str], list[Any]]:
    """Sqlglot's tokenizer, made to go on behind the words whose statements sqlglot does not read.

    Else all behind CALL, OPTIMIZE and others is one string, which ends at any semicolon.
    """
    from sqlglot.dialects.mysql import MySQL
    from sqlglot.dialects.sqlite import SQLite

    class OfMySQL(MySQL.Tokenizer):
        COMMANDS: ClassVar[set[Any]] = set()

    class OfSQLite(SQLite.Tokenizer):
        COMMANDS: ClassVar[set[Any]] = set()

    if kind == "sqlite":
        return OfSQLite(dialect="sqlite").tokenize
    return OfMySQL(dialect="mysql").tokenize


def split(token: Any, sql: str) -> Iterator[Token]:
    """The tokens in one of sqlglot's: PRIMARY KEY is one to it, and two here."""
    start, end = token.start, token.end + 1
    written = sql[start:end]
    kind = kind_of(token.token_type.name, written)
    if kind != "word":
        yield Token("", token.text, kind, start, end)
        return
    for word in written.split():
        start = sql.index(word, start)
        yield Token(word.upper(), word, kind, start, start + len(word))
        start += len(word)


def kind_of(name: str, written: str) -> str:
    """The kind of a token; :param name: of sqlglot's type; :param written: its text."""
    if name == "IDENTIFIER":
        return "quoted"
    if name == "NUMBER":
        return "number"
    if name in ("STRING", "NATIONAL_STRING", "BIT_STRING", "HEX_STRING", "BYTE_STRING"):
        return "string"
    return "word" if written[:1].isalpha() or written[:1] in "_$" else "sign"


# CREATE of these may have a body of several statements.
WITH_BODY = frozenset({"TRIGGER", "FUNCTION", "PROCEDURE", "EVENT", "PACKAGE"})


def end_of_statement(tokens: tuple[Token, ...], start: int) -> int:
    """The place of the semicolon that ends a statement, or the end of the tokens."""
    depth, place = 0, start
    compound = has_body(tokens, start)
    while place < len(tokens):
        token = tokens[place]
        if token.text == ";" and token.kind == "sign" and not depth:
            return place
        if compound and token.word == "END":
            # END IF and its like close what was not counted; END CASE closes a CASE.
            closes = place + 1 >= len(tokens) or tokens[place + 1].word not in UNCOUNTED
            depth -= closes
            place += not closes or tokens[min(place + 1, len(tokens) - 1)].word == "CASE"
        elif compound and token.word in ("BEGIN", "CASE"):
            depth += 1
        place += 1
    return len(tokens)


UNCOUNTED = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})


def has_body(tokens: tuple[Token, ...], start: int) -> bool:
    """Whether a statement may have statements with semicolons of their own in it."""
    words = [token.word for token in tokens[start : start + 12]]
    if words[:1] != ["CREATE"]:
        return words[:3] == ["BEGIN", "NOT", "ATOMIC"]
    # Before its name: OR REPLACE, DEFINER = 'a'@'b', TEMP, AGGREGATE.
    for word in words[1:]:
        if word in ("TABLE", "VIEW", "INDEX"):
            return False
        if word in WITH_BODY:
            return True
    return False
