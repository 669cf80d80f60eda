"""Reads what SHOW CREATE TABLE says: columns, keys, constraints and options.

The grammar is what MariaDB and MySQL print ("SHOW CREATE TABLE" of both manuals), which is the same
for whatever was typed: integers have no display width here, but for ``tinyint(1)`` and ZEROFILL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from alembic_guard.runtime.comparing.mysql.tokens import (
    Token,
    Unreadable,
    canonical,
    tokens,
)
from alembic_guard.runtime.comparing.scanning import closing

_WIDTH = re.compile(r"^((?:tiny|small|medium|big)?int|year) ?\(\d+\)(?!.*zerofill)")
_KEYS = ("PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "KEY")
_ENDS = frozenset({"CHARACTER", "COLLATE", "GENERATED", "NOT", "NULL", "INVISIBLE", "DEFAULT"})
_ENDS |= {"ON", "AUTO_INCREMENT", "COMMENT", "CHECK", "COMPRESSED", "SRID", "REF_SYSTEM_ID"}
_ENDS |= {"WITHOUT", "WITH", "COLUMN_FORMAT", "STORAGE"}
_IDLE = ("NO ACTION", "RESTRICT")
"""Actions of a foreign key that InnoDB takes for the same: it checks at once in either case."""


@dataclass(frozen=True)
class Part:
    """A column, a key or a constraint.

    :param kind: ``column``, ``primary key``, ``index``, ``foreign key`` or ``check``.
    :param parts: what is compared; :param definition: the whole as it is printed.
    """

    kind: str
    name: str
    parts: dict[str, Any]
    definition: str


@dataclass
class TableText:
    """All that one text says.

    :param options: of the table, by their names in small letters; without the next number.
    :param partition: ``PARTITION BY`` and what follows, "" where there are no partitions.
    """

    name: str
    sql: str
    parts: list[Part] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    partition: str = ""


def read_table(sql: str) -> TableText:
    """Read one text.

    :raises Unreadable: where it is not written as expected.
    """
    found = tokens(sql)
    start = next((at for at, each in enumerate(found) if each.upper == "("), 0)
    if not start or found[start - 1].kind != "quoted":
        raise Unreadable("SHOW CREATE TABLE quotes no names: sql_mode has ANSI_QUOTES, perhaps")
    end = closing(found, start)
    table = TableText(found[start - 1].value, sql)
    for item in items(found[start + 1 : end]):
        table.parts.append(_part(item, sql))
    rest = found[end + 1 :]
    split = next((at for at, each in enumerate(rest) if each.upper == "PARTITION"), len(rest))
    table.options = dict(_options(rest[:split]))
    if split < len(rest):
        table.partition = sql[rest[split].start :].strip().removesuffix("*/").strip()
    return table


def without_foreign_keys(sql: str) -> str:
    """A CREATE TABLE of the same that refers to no other table."""
    found = tokens(sql)
    start = next(at for at, each in enumerate(found) if each.upper == "(")
    end = closing(found, start)
    kept = [
        sql[item[0].start : item[-1].end]
        for item in items(found[start + 1 : end])
        if not (item[0].upper == "CONSTRAINT" and item[2].upper == "FOREIGN")
    ]
    return f"{sql[: found[start].end]}{', '.join(kept)}{sql[found[end].start :]}"


def with_parts(sql: str, parts: Sequence[str]) -> str:
    """A CREATE TABLE with more in its brackets."""
    found = tokens(sql)
    start = next(at for at, each in enumerate(found) if each.upper == "(")
    end = found[closing(found, start)].start
    more = "".join(f",\n  {each}" for each in parts)
    return f"{sql[:end].rstrip()}{more}\n{sql[end:]}"


def items(found: list[Token]) -> Iterator[list[Token]]:
    """What stands between commas that are in no brackets."""
    item: list[Token] = []
    depth = 0
    for each in found:
        depth += (each.upper == "(") - (each.upper == ")")
        if each.upper == "," and not depth:
            yield item
            item = []
        else:
            item.append(each)
    if item:
        yield item


def _part(item: list[Token], sql: str) -> Part:
    definition = sql[item[0].start : item[-1].end]
    if item[0].kind == "quoted":
        return Part("column", item[0].value, _column(item[1:]), definition)
    if item[0].upper == "CONSTRAINT" and len(item) > 2:
        if item[2].upper == "FOREIGN":
            return Part("foreign key", item[1].value, _foreign_key(item[4:]), definition)
        return Part("check", item[1].value, _check(item[2:]), definition)
    if item[0].upper == "PRIMARY":
        return Part("primary key", "PRIMARY", _key(item[2:], "PRIMARY"), definition)
    if item[0].upper in _KEYS:
        kind = "" if item[0].upper == "KEY" else item[0].upper
        name = item[2] if kind else item[1]
        return Part("index", name.value, _key(item[3 if kind else 2 :], kind), definition)
    return Part("other", canonical(item), {}, definition)  # such as PERIOD FOR SYSTEM_TIME


def _column(words: list[Token]) -> dict[str, Any]:
    place = next((at for at, each in enumerate(words) if each.upper in _ENDS), len(words))
    type_ = re.sub(r" ?([(),]) ?", r"\1", canonical(words[:place]))
    tiny = type_ == "tinyint(1)"
    type_ = re.sub(r"\)(?=\w)", ") ", type_)
    parts: dict[str, Any] = {"type": type_ if tiny else _WIDTH.sub(r"\1", type_)}
    parts |= {"charset": None, "collation": None, "not null": False, "default": None}
    parts |= {"on update": None, "generated": None, "stored": False, "auto increment": False}
    parts |= {"comment": None, "invisible": False, "check": None, "more": ()}
    more: list[str] = []
    while place < len(words):
        place = _attribute(words, place, parts, more)
    parts["more"] = tuple(more)
    return parts


def _attribute(words: list[Token], at: int, parts: dict[str, Any], more: list[str]) -> int:
    """Read one attribute of a column; the place behind it."""
    upper = words[at].upper
    if upper == "CHARACTER":
        parts["charset"] = words[at + 2].text.lower()
        return at + 3
    if upper == "COLLATE":
        parts["collation"] = words[at + 1].text.lower()
        return at + 2
    if upper == "NOT":
        parts["not null"] = True
        return at + 2
    if upper == "COMMENT":
        parts["comment"] = words[at + 1].value
        return at + 2
    if upper == "CHECK":
        return _bracketed(words, at + 1, parts, "check")
    if upper == "GENERATED":
        at = _bracketed(words, at + 3, parts, "generated")
        parts["stored"] = words[at].upper in ("STORED", "PERSISTENT")
        return at + 1
    if upper in ("DEFAULT", "ON"):
        first = at + (1 if upper == "DEFAULT" else 2)
        end = _end_of_value(words, first)
        parts["default" if upper == "DEFAULT" else "on update"] = canonical(words[first:end])
        return end
    if upper in ("AUTO_INCREMENT", "INVISIBLE"):
        parts[upper.lower().replace("_", " ")] = True
    elif upper != "NULL":
        more.append(words[at].text.lower())
    return at + 1


def _bracketed(words: list[Token], at: int, parts: dict[str, Any], word: str) -> int:
    end = closing(words, at) + 1
    parts[word] = canonical(words[at:end])
    return end


def _end_of_value(words: list[Token], first: int) -> int:
    at = first
    while at < len(words):
        if words[at].upper == "(":
            at = closing(words, at)
        elif at > first and words[at].upper in _ENDS:
            break
        at += 1
    return at


def _key(words: list[Token], kind: str) -> dict[str, Any]:
    end = closing(words, 0)
    columns = tuple(_key_column(each) for each in items(words[1:end]))
    parts: dict[str, Any] = {"kind": kind, "columns": columns, "comment": None, "ignored": ""}
    rest, at = [], end + 1
    while at < len(words):
        if words[at].upper == "COMMENT":
            parts["comment"] = words[at + 1].value
            at += 2
        elif words[at].upper in ("IGNORED", "INVISIBLE"):
            parts["ignored"] = words[at].upper
            at += 1
        else:
            rest.append(words[at].text.lower())
            at += 1
    parts["using"] = " ".join(rest)
    return parts


def _key_column(words: list[Token]) -> tuple[str, str]:
    """A column of a key, and its length and order; an expression has no column."""
    if words[0].kind != "quoted":
        return "", canonical(words)
    return words[0].value, canonical(words[1:]) if len(words) > 1 else ""


def _foreign_key(words: list[Token]) -> dict[str, Any]:
    end = closing(words, 0)
    columns = tuple(each.value for each in words[1:end] if each.kind == "quoted")
    start = next(at for at, each in enumerate(words) if at > end and each.upper == "(")
    target = tuple(each.value for each in words[end + 2 : start] if each.kind == "quoted")
    stop = closing(words, start)
    actions: dict[str, Any] = {"on delete": None, "on update": None}
    said = " ".join(each.upper for each in words[stop + 1 :])
    for event, action in re.findall(
        r"ON (DELETE|UPDATE) (CASCADE|RESTRICT|SET \w+|NO ACTION)", said
    ):
        actions[f"on {event.lower()}"] = None if action in _IDLE else action
    referred = tuple(each.value for each in words[start + 1 : stop] if each.kind == "quoted")
    return {"columns": columns, "target": target, "target columns": referred, **actions}


def _check(words: list[Token]) -> dict[str, Any]:
    end = closing(words, 1)
    rest = " ".join(each.upper for each in words[end + 1 :])
    return {"expression": canonical(words[1 : end + 1]), "enforced": "NOT ENFORCED" not in rest}


def _options(found: list[Token]) -> Iterator[tuple[str, str]]:
    """What follows the bracket, by ``NAME=value``; flags such as WITH SYSTEM VERSIONING."""
    words: list[str] = []
    at = 0
    while at < len(found):
        if found[at].upper == "=" and words:
            name = " ".join(words).removeprefix("default ")
            if name != "auto_increment":
                yield name, found[at + 1].value
            words = []
            at += 2
        else:
            words.append(found[at].value.lower())
            at += 1
    if words:
        yield " ".join(words), ""
