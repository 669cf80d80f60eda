"""Statements that somebody typed: cut apart, and made fit for a scratch namespace.

What they make is asked of the catalogue; read here are only words that decide how to run them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_TOKENS = re.compile(
    r"""
    (?P<kept> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
            | \$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$ )
  | (?P<comment> --[^\n]* | /\*.*?\*/ )
  | (?P<word> [^\W\d][\w$]* ) | (?P<sign> [();] ) | (?P<rest> \d[\w.]* | . )
    """,
    re.DOTALL | re.VERBOSE,
)
"""PostgreSQL manual, 4.1 Lexical Structure; comments within comments end too early here."""

_NAME = r'(?P<name>"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_NAME_AGAIN = _NAME.replace("?P<name>", "?:")
_EVENT_TRIGGER = re.compile(rf"\bEVENT\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?{_NAME}", re.I)
_IN_SCHEMA = re.compile(
    rf"(?P<head>\b(?:ON|IN)\s+SCHEMA\s+)(?P<names>{_NAME}(?:\s*,\s*(?!TO\b){_NAME_AGAIN})*)", re.I
)
_CONCURRENTLY = re.compile(r"(?P<head>\bCREATE\s+(?:UNIQUE\s+)?INDEX)\s+CONCURRENTLY\b", re.I)
_DATA = re.compile(r"\s+WITH\s+(NO\s+)?DATA\s*$", re.I)

_KINDS = {
    "VIEW": "view",
    "MATERIALIZED": "materialized view",
    "FUNCTION": "function",
    "PROCEDURE": "procedure",
    "AGGREGATE": "aggregate",
    "TRIGGER": "trigger",
    "EVENT": "event trigger",
    "RULE": "rule",
    "POLICY": "policy",
    "GRANT": "grant",
    "REVOKE": "grant",
    "DOMAIN": "domain",
    "SEQUENCE": "sequence",
    "EXTENSION": "extension",
    "SCHEMA": "schema",
}
_OWNER = re.compile(
    rf"""ALTER\s+(?P<kind>TABLE|(?:MATERIALIZED\s+)?VIEW|SEQUENCE|FUNCTION|PROCEDURE|ROUTINE
        |AGGREGATE|TYPE|DOMAIN|SCHEMA)\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?
    (?P<name>(?:{_NAME_AGAIN}\s*\.\s*)?{_NAME_AGAIN}(?:\s*\(.*\))?)
    (?:\s*\*)?\s+OWNER\s+TO\s+(?P<role>{_NAME_AGAIN})""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ROWS = {"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "REFRESH", "LOCK", "NOTIFY"}
_ROWS |= {"ANALYZE", "VACUUM", "CLUSTER"}
"""The first words of what is not run in scratch: the rows might be those of the database."""

_PASSED_OVER = {"ON", "OR", "REPLACE", "TEMP", "TEMPORARY", "RECURSIVE", "CONSTRAINT"}


def statements(sql: str) -> list[str]:
    """The statements of a text, each without the semicolon at its end."""
    found, start, depth, atomic, before = [], 0, 0, 0, ""
    for token in _TOKENS.finditer(sql):
        sign, word = token["sign"], (token["word"] or "").upper()
        depth += {"(": 1, ")": -1}.get(sign or "", 0)
        if word == "ATOMIC" and before == "BEGIN":
            atomic = 1
        elif atomic and word in ("CASE", "END"):
            atomic += 1 if word == "CASE" else -1
        elif sign == ";" and depth <= 0 and not atomic:
            found.append(sql[start : token.start()])
            start = token.end()
        before = word or before
    found.append(sql[start:])
    return [each.strip() for each in found if any(_words(each))]


def tokens(sql: str) -> Iterator[re.Match[str]]:
    """The words, strings and signs of a text, without its comments."""
    for token in _TOKENS.finditer(sql):
        if not token["comment"] and token[0].strip():
            yield token


def _words(sql: str) -> Iterator[str]:
    for token in tokens(sql):
        yield token[0].upper()


def head(sql: str, words: int = 8) -> list[str]:
    """The first words of a statement, in upper case, comments left out."""
    return [word for word, _ in zip(_words(sql), range(words), strict=False)]


def kind(sql: str) -> str:
    """The kind of thing that a statement is about, "" where its words do not say."""
    said = head(sql)
    if said[:1] == ["ALTER"] and gives_owner(sql) is not None:
        return "owner"
    if said[:1] in (["CREATE"], ["ALTER"], ["COMMENT"]):
        said = [word for word in said[1:] if word not in _PASSED_OVER]
    return _KINDS.get(said[0], "") if said else ""


def gives_owner(sql: str) -> tuple[str, str, str] | None:
    """What a statement says of an owner: the kind of object, its name and the role, as written.

    None for a statement that says something else, or more than that.
    """
    found = _OWNER.fullmatch(_bare(sql))
    if found is None:
        return None
    return " ".join(found["kind"].upper().split()), found["name"], found["role"]


def _bare(sql: str) -> str:
    """A statement without comments and the semicolon at its end."""
    kept = (" " if token["comment"] else token[0] for token in _TOKENS.finditer(sql))
    return "".join(kept).strip().rstrip(";").rstrip()


def makes_nothing(sql: str) -> bool:
    """Whether a statement reads or writes rows, and makes nothing that could be compared."""
    return head(sql)[:1] in [[word] for word in _ROWS]


def of_tables(sql: str) -> bool:
    """Whether a statement may make an index or a constraint, as far as its words say."""
    said = head(sql, 4)
    return "INDEX" in said or said[:2] == ["ALTER", "TABLE"] or said[:1] == ["DO"]


def for_scratch(sql: str, token: str, stand_ins: Mapping[str, str]) -> str:
    """A statement as it is run in scratch: no data is read, and nothing of the database is met.

    :param token: what event triggers are called by there, before their own names.
    :param stand_ins: the namespaces, by the schemas for which they stand.
    """
    what = kind(sql)
    if what == "grant" or (what == "schema" and head(sql)[0] == "COMMENT"):
        return _IN_SCHEMA.sub(lambda found: _in_namespaces(found, stand_ins), sql)
    if what == "materialized view" and head(sql)[0] == "CREATE":
        plain = _DATA.sub("", sql.rstrip().rstrip(";"))
        return f"{plain}\nWITH NO DATA"
    if "CONCURRENTLY" in head(sql, 4):  # not in a transaction, nor in a DO block
        return _CONCURRENTLY.sub(lambda found: found["head"], sql, count=1)
    if what == "event trigger":
        return _EVENT_TRIGGER.sub(lambda found: _renamed(found, token), sql, count=1)
    return sql


def _in_namespaces(found: re.Match[str], stand_ins: Mapping[str, str]) -> str:
    def stand_in(name: re.Match[str]) -> str:
        plain = name[0][1:-1] if name[0].startswith('"') else name[0].lower()
        return stand_ins.get(plain, name[0])

    return found["head"] + re.sub(_NAME, stand_in, found["names"])


def _renamed(found: re.Match[str], token: str) -> str:
    name = found["name"]
    plain = name[1:-1] if name.startswith('"') else name.lower()
    return found[0][: found.start("name") - found.start()] + f'"{token}{plain}"'


_CREATE = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*CREATE\b", re.I | re.S)


def event_trigger(sql: str) -> str:
    """The name of the event trigger that a statement is about."""
    found = _EVENT_TRIGGER.search(sql)
    name = "" if found is None else found["name"]
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def replacing(sql: str) -> str:
    """A CREATE that takes the place of what is there."""
    found = _CREATE.match(sql)
    if found is None or head(sql)[1:3] == ["OR", "REPLACE"]:
        return sql
    words = " or replace" if found[0].endswith("create") else " OR REPLACE"
    return f"{found[0]}{words}{sql[found.end() :]}"


def takes_all(sql: str) -> bool:
    """Whether a query asks for all columns, in whichever order they are."""
    said = "".join(
        " " if token["comment"] or token["kept"] else token[0] for token in _TOKENS.finditer(sql)
    )
    said = re.sub(r"\(\s*\*\s*\)", "", said)  # count(*)
    return bool(re.search(r"(?:\bSELECT|\bALL|\bDISTINCT|,|\.)\s*\*|\bAS\s+TABLE\b", said, re.I))
