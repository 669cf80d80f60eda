"""Types of columns, by one name each, however they are spelt.

:func:`parse_type` reads the spelling of one type, from a model, a statement or a server, and gives
a value that equals that of every other spelling of the same type. It is no parser of SQL: of what
follows a type it knows COLLATE and CHARACTER SET, which it leaves out, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# By the spellings of PostgreSQL's manual, chapter "Data Types", table 8.1, and of MariaDB's and
# MySQL's manuals, "Data Types".
SYNONYMS = {
    "bit varying": "varbit",
    "bool": "boolean",
    "char varying": "varchar",
    "character": "char",
    "character varying": "varchar",
    "dec": "numeric",
    "decimal": "numeric",
    "double": "double precision",
    "fixed": "numeric",
    "float4": "real",
    "float8": "double precision",
    "int": "integer",
    "int1": "tinyint",
    "int2": "smallint",
    "int3": "mediumint",
    "int4": "integer",
    "int8": "bigint",
    "middleint": "mediumint",
    "national char": "char",
    "national char varying": "varchar",
    "national character": "char",
    "national character varying": "varchar",
    "national varchar": "varchar",
    "nchar": "char",
    "nchar varying": "varchar",
    "nvarchar": "varchar",
    "serial2": "smallserial",
    "serial4": "serial",
    "serial8": "bigserial",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
}
# Where MariaDB and MySQL mean another thing: "Numeric Data Types" of their manuals.
MYSQL_SYNONYMS = {
    "bool": "tinyint",
    "boolean": "tinyint",
    "float4": "float",
    "real": "double precision",
    "serial": "bigint",
}
# Their number is a width to print, which changes nothing of what is stored; but that of a BOOLEAN
# is how it is known: "Integer Types" of MySQL's manual, "BOOLEAN" of MariaDB's.
INTEGERS = ("tinyint", "smallint", "mediumint", "integer", "bigint", "year")
BOOLEAN = ("tinyint", ("1",))
# `char` is `char(1)`, and a scale that is not said is 0; in every database here.
DEFAULT_ARGUMENTS = {"char": ("1",), "bit": ("1",)}
QUOTED_ARGUMENTS = {"enum", "set"}
SINGLE_PRECISION = 24  # bits; FLOAT(25) is a double precision in PostgreSQL, MariaDB and MySQL
# The last alternative lets no character be lost: what is not known is kept as it is.
TOKEN = re.compile(r"""\s*("(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|''|\\.)*'|[\w$]+|\S)""")
PLAIN_NAME = re.compile(r"[^\W\d A-Z][\w$]*(?: [\w$]+)*")


@dataclass(frozen=True)
class SqlType:
    """A type of a column.

    :param name: in lower case, without its schema where that is ``pg_catalog``, by the name that
        people use: ``varchar``, ``integer``, ``timestamptz``, ``numeric``, ``double precision``.
    :param arguments: what stands in its brackets: a length, a precision and scale, enum values.
    :param array: whether it is an array of these.
    :param unsigned: MariaDB's and MySQL's.
    """

    name: str
    arguments: tuple[str, ...] = ()
    array: bool = False
    unsigned: bool = False

    def __str__(self) -> str:
        """The type as SQL; PostgreSQL's quotes are used where its name needs them."""
        if self.name == '"char"':  # PostgreSQL's one byte, which is not `char`
            name = self.name
        else:
            name = ".".join(_quoted(part) for part in self.name.split("."))
        arguments = self.arguments
        if self.name in QUOTED_ARGUMENTS:
            arguments = tuple("'" + each.replace("'", "''") + "'" for each in arguments)
        brackets = f"({', '.join(arguments)})" if arguments else ""
        return name + brackets + " unsigned" * self.unsigned + "[]" * self.array


def parse_type(text: str, kind: str = "postgresql") -> SqlType:
    """The type that a spelling means; equal for every spelling of the same type.

    :param text: such as ``character varying(50)``, ``TIMESTAMP WITHOUT TIME ZONE``, ``int4[]``,
        ``BIGINT UNSIGNED`` or ``myschema."My Type"``.
    :param kind: of the database, as of :class:`~alembic_guard.schema.Target`: FLOAT, REAL, BOOLEAN
        and SERIAL mean other types in MariaDB and MySQL than in PostgreSQL.
    :return: never an error: a type that is not known is known by its own words.
    """
    words: list[str] = []
    arguments: tuple[str, ...] = ()
    array = unsigned = False
    tokens = [match[1] for match in TOKEN.finditer(text)]
    place = 0
    while place < len(tokens):
        token = tokens[place]
        low = token.lower()
        if token == "(":
            arguments, place = _arguments(tokens, place)
        elif token == "[" or low == "array":
            array = True
            place = tokens.index("]", place) if "]" in tokens[place:] else place
        elif low in ("unsigned", "zerofill"):  # ZEROFILL makes it UNSIGNED, says MySQL's manual
            unsigned = True
        elif low in ("collate", "charset"):
            place += 1
        elif [each.lower() for each in tokens[place : place + 2]] == ["character", "set"]:
            place += 2
        elif low != "signed":
            words.append(token)
        place += 1
    return _canonical(_joined(words), arguments, array, unsigned, kind)


def _arguments(tokens: list[str], start: int) -> tuple[tuple[str, ...], int]:
    """What stands between brackets, and the place of the closing one."""
    found: list[list[str]] = [[]]
    place = start + 1
    while place < len(tokens) and tokens[place] != ")":
        if tokens[place] == ",":
            found.append([])
        else:
            found[-1].append(_unquoted(tokens[place]))
        place += 1
    return tuple("".join(each) for each in found if each), place


def _joined(words: list[str]) -> str:
    """Words with a blank between them, and parts of a qualified name with a point."""
    text = " ".join(_part(word) for word in words).replace(" . ", ".")
    return text.removeprefix("pg_catalog.")


def _part(word: str) -> str:
    return word if word == '"char"' else _unquoted(word)


def _unquoted(word: str) -> str:
    """A word in the case that it has in the database."""
    mark = word[0]
    if mark in "\"`'":
        return word[1:-1].replace(mark * 2, mark)
    return word.lower()


def _quoted(part: str) -> str:
    return part if PLAIN_NAME.fullmatch(part) else '"' + part.replace('"', '""') + '"'


def _canonical(
    name: str, arguments: tuple[str, ...], array: bool, unsigned: bool, kind: str
) -> SqlType:
    mysql = kind in ("mariadb", "mysql")
    known = (MYSQL_SYNONYMS.get(name) if mysql else None) or SYNONYMS.get(name, name)
    if mysql and name in ("bool", "boolean"):
        arguments = BOOLEAN[1]
    if mysql and name == "serial":
        unsigned = True
    if mysql and known in INTEGERS and (known, arguments) != BOOLEAN:
        arguments = ()
    if known == "float" and len(arguments) < 2:
        known, arguments = _float(arguments, mysql), ()
    if known == "numeric" and mysql and not arguments:
        arguments = ("10",)
    if known == "numeric" and len(arguments) == 1:
        arguments = (*arguments, "0")
    return SqlType(known, arguments or DEFAULT_ARGUMENTS.get(known, ()), array, unsigned)


def _float(arguments: tuple[str, ...], mysql: bool) -> str:
    """FLOAT without a precision is double in PostgreSQL, and single in MariaDB and MySQL."""
    single = "float" if mysql else "real"
    if not arguments:
        return single if mysql else "double precision"
    short = arguments[0].isdigit() and int(arguments[0]) <= SINGLE_PRECISION
    return single if short else "double precision"
