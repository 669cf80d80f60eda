"""Kinds of columns that schemas are drawn of, each with what can be said in terms of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql as pg

Texts = tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of column; ``{0}`` in its texts is the column.

    :param made: makes the type, of those that a MetaData has been given by their names.
    :param computed: expressions of the same type; :param ordered: whether it can be in a key.
    :param operators: classes for an index; :param whole: whether it can have an identity.
    """

    made: Callable[[sa.MetaData, dict[str, Any]], Any]
    defaults: Texts = ()
    checks: Texts = ()
    expressions: Texts = ()
    computed: Texts = ()
    ordered: bool = True
    operators: Texts = ()
    whole: bool = False


def _plain(type_: Callable[[], Any]) -> Callable[[sa.MetaData, dict[str, Any]], Any]:
    return lambda _metadata, _types: type_()


def _shared(key: str, type_: Callable[[sa.MetaData], Any]) -> Any:
    def made(metadata: sa.MetaData, types: dict[str, Any]) -> Any:
        return types.setdefault(key, type_(metadata))

    return made


def _whole(type_: Callable[[], Any]) -> Kind:
    return Kind(
        _plain(type_),
        ("0", "42", "'7'", "-1", "(1 + 2)", "length('abc')"),
        (
            "{0} > 0",
            "{0} IN (1, 2, 3)",
            "{0} BETWEEN 1 AND 10",
            "NOT ({0} = 5)",
            "{0} % 2 = 0",
            "{0} <> ALL (ARRAY[1, 2])",
            "abs({0}) < 100 OR {0} IS NULL",
        ),
        ("abs({0})", "({0} + 1)", "({0} % 10)", "({0}::text)", "(-{0})"),
        ("{0} * 2", "{0} + 1", "CASE WHEN {0} > 0 THEN {0} ELSE 0 END", "coalesce({0}, 0)"),
        operators=("int4_ops",) if type_ is sa.Integer else (),
        whole=True,
    )


def _text(type_: Callable[[], Any], operators: Texts = ()) -> Kind:
    return Kind(
        _plain(type_),
        ("'a'", "'it''s'", "'a' || 'b'", "'100%'", "':x'", "upper('q')", "E'back\\\\slash'", "''"),
        (
            "{0} <> ''",
            "{0} LIKE 'a%'",
            "{0} IN ('a', 'b')",
            "length({0}) > 2",
            "{0} ~ '^[a-z]:\\d$'",
            "{0} = ANY (ARRAY['x', 'y'])",
            "lower({0}) = {0}",
            "{0} NOT LIKE '%it''s%'",
            "{0} || ' ' <> ':x '",
        ),
        (
            "lower({0})",
            "length({0})",
            "({0} || 'X')",
            "coalesce({0}, 'N::ull')",
            "substr({0}, 1, 3)",
        ),
        ("lower({0})", "coalesce({0}, '') || ':y'", "upper({0}) || '%'", "trim({0})"),
        operators=operators,
    )


def _time(type_: Callable[[], Any], *defaults: str) -> Kind:
    return Kind(_plain(type_), defaults, ("{0} > '2020-01-01'", "{0} IS NOT NULL"), (), ())


COLOURS = _shared("colour", lambda m: sa.Enum("red", "green", "it's", name="colour", metadata=m))
COLOURS_2 = _shared(
    "colour", lambda m: sa.Enum("red", "amber", "green", "it's", "%", name="colour", metadata=m)
)
MOODS = _shared("Mood x", lambda m: sa.Enum("ok", "a:b", name='Mood "x"', metadata=m))
POSITIVE = _shared(
    "positive",
    lambda m: pg.DOMAIN("positive", sa.Integer, check=sa.text("VALUE > 0"), metadata=m),
)
POSITIVE_2 = _shared(
    "positive",
    lambda m: pg.DOMAIN(
        "positive", sa.Integer, check=sa.text("VALUE > 1"), default="7", metadata=m
    ),
)

POSTGRESQL: dict[str, Kind] = {
    "integer": _whole(sa.Integer),
    "bigint": _whole(sa.BigInteger),
    "smallint": _whole(sa.SmallInteger),
    "numeric": Kind(
        _plain(sa.Numeric),
        ("0", "1.50", "'3'"),
        ("{0} > 0.0", "{0} < 1e3"),
        ("round({0})",),
        ("{0} * 1.1", "round({0}, 2)"),
    ),
    "numeric(10,2)": Kind(
        _plain(lambda: sa.Numeric(10, 2)),
        ("0", "1.50"),
        ("{0} >= 0",),
        ("round({0}, 1)",),
        ("{0} * 2",),
    ),
    "real": Kind(_plain(sa.REAL), ("0", "1.5"), ("{0} > 0",), ("({0} * 2)",)),
    "double": Kind(_plain(sa.Double), ("0", "'1e10'"), ("{0} > 0",), ("abs({0})",)),
    "text": _text(sa.Text, ("text_pattern_ops",)),
    "varchar": _text(sa.String, ("varchar_pattern_ops",)),
    "varchar(20)": _text(lambda: sa.String(20)),
    "varchar(30) C": _text(lambda: sa.String(30, collation="C")),
    "char(5)": _text(lambda: sa.CHAR(5)),
    "boolean": Kind(
        _plain(sa.Boolean),
        ("true", "false", "'f'"),
        ("{0} IS TRUE", "NOT {0}", "{0}"),
        ("(NOT {0})",),
        ("NOT {0}",),
    ),
    "date": _time(sa.Date, "CURRENT_DATE", "'2020-01-01'", "now()"),
    "timestamp": _time(sa.DateTime, "CURRENT_TIMESTAMP", "now()", "timezone('utc', now())"),
    "timestamptz": _time(lambda: sa.DateTime(timezone=True), "now()", "now() + interval '1 day'"),
    "timestamp(3)": _time(lambda: pg.TIMESTAMP(precision=3), "localtimestamp", "now()"),
    "time": Kind(_plain(sa.Time), ("'12:00'", "CURRENT_TIME"), ("{0} > '08:00'",)),
    "interval": Kind(_plain(sa.Interval), ("'1 day'", "'24:00:00'"), ("{0} > '1 hour'",)),
    "json": Kind(_plain(sa.JSON), ("'{{}}'", "'[1, 2]'::json"), ordered=False),
    "jsonb": Kind(
        _plain(pg.JSONB),
        ("'{{}}'", "'{{\"a\": 1}}'::jsonb", "jsonb_build_object('a', ':b')"),
        ("{0} ? 'a'", "jsonb_typeof({0}) = 'object'"),
        ("({0} ->> 'a')", "({0} -> 'b'::text)"),
        operators=("jsonb_path_ops",),
    ),
    "uuid": Kind(_plain(sa.Uuid), ("gen_random_uuid()",), ("{0} IS NOT NULL",)),
    "bytea": Kind(_plain(sa.LargeBinary), ("'\\x00'",), ("length({0}) > 1",), ("md5({0})",)),
    "integer[]": Kind(
        _plain(lambda: sa.ARRAY(sa.Integer)),
        ("'{{}}'", "ARRAY[1, 2]"),
        ("cardinality({0}) > 0", "1 = ANY ({0})"),
        ("({0}[1])",),
    ),
    "text[]": Kind(
        _plain(lambda: sa.ARRAY(sa.Text)),
        ("'{{}}'", "ARRAY['a', 'b:c']", "'{{}}'::text[]"),
        ("'a' <> ALL ({0})", "{0} @> ARRAY['a']"),
    ),
    "inet": Kind(_plain(pg.INET), ("'127.0.0.1'", "'::1'"), ("{0} << '10.0.0.0/8'",)),
    "bit(3)": Kind(_plain(lambda: pg.BIT(3)), ("B'101'", "'000'")),
    "bit varying": Kind(_plain(lambda: pg.BIT(varying=True))),
    "int4range": Kind(_plain(pg.INT4RANGE), ("'empty'", "int4range(1, 5)"), ("NOT isempty({0})",)),
    "tsvector": Kind(_plain(pg.TSVECTOR), ("''",), (), ()),
    "colour": Kind(COLOURS, ("'red'", "'it''s'"), ("{0} <> 'green'", "{0} IN ('red', 'green')")),
    "colour 2": Kind(COLOURS_2, ("'red'", "'amber'"), ("{0} <> 'green'",)),
    "mood": Kind(MOODS, ("'ok'", "'a:b'"), ("{0} = 'ok'",)),
    "mood[]": Kind(
        lambda m, types: sa.ARRAY(MOODS(m, types)), ("'{{}}'", "'{{ok}}'"), ("'ok' = ANY ({0})",)
    ),
    "positive": Kind(POSITIVE, ("1",), ("{0} < 100",)),
    "positive 2": Kind(POSITIVE_2, ("2",), ("{0} < 100",)),
}

SQLITE: dict[str, Kind] = {
    "integer": Kind(
        _plain(sa.Integer),
        ("0", "42", "-1", "(1 + 2)"),
        ("{0} > 0", "{0} IN (1, 2)", "{0} % 2 = 0"),
        ("abs({0})", "({0} + 1)"),
        ("{0} * 2", "coalesce({0}, 0)"),
        whole=True,
    ),
    "bigint": Kind(_plain(sa.BigInteger), ("0", "42"), ("{0} > 0",), ("abs({0})",), ("{0} * 2",)),
    "numeric": Kind(_plain(lambda: sa.Numeric(10, 2)), ("0", "1.50"), ("{0} > 0.0",)),
    "text": Kind(
        _plain(sa.Text),
        ("'a'", "'it''s'", "('a' || 'b')", "'100%'", "':x'"),
        ("{0} <> ''", "{0} LIKE 'a%'", "{0} IN ('a', 'b')", "length({0}) > 2"),
        ("lower({0})", "({0} || 'X')"),
        ("lower({0})", "{0} || ':y'"),
    ),
    "varchar(20)": Kind(_plain(lambda: sa.String(20)), ("'q'",), ("{0} <> ''",), ("upper({0})",)),
    "nocase": Kind(_plain(lambda: sa.String(20, collation="NOCASE")), ("'q'",), ("{0} <> ''",)),
    "boolean": Kind(_plain(sa.Boolean), ("0", "1"), ("{0} IN (0, 1)",)),
    "date": Kind(_plain(sa.Date), ("CURRENT_DATE",)),
    "timestamp": Kind(_plain(sa.DateTime), ("CURRENT_TIMESTAMP", "(datetime('now'))")),
    "json": Kind(_plain(sa.JSON), ("'{{}}'",)),
    "blob": Kind(_plain(sa.LargeBinary)),
    "enum": Kind(_plain(lambda: sa.Enum("a", "it's", name="e")), ("'a'",)),
}

_NUMBERS = (
    "{0} > 0",
    "{0} IN (1, 2)",
    "{0} BETWEEN 1 AND 10",
    "NOT ({0} = 5)",
    "{0} % 2 = 0 OR {0} IS NULL",
    "abs({0}) < 100 AND {0} != 7",
)
_WORDS = (
    "'a'",
    "'it''s'",
    "'100%'",
    "':x'",
    "''",
    "'b\\\\s'",
    "(concat('a', 'b'))",
    "(upper('q'))",
)
_TEXTS = (
    "{0} <> ''",
    "{0} LIKE 'a%'",
    "{0} NOT LIKE '%it''s:%'",
    "{0} IN ('a', 'b')",
    "length({0}) > 2",
    "lower({0}) = {0} XOR {0} REGEXP '^[a-z]:x$'",
)
_NOW = ("CURRENT_TIMESTAMP", "now()", "'2020-01-01 00:00:00'", "(now() + INTERVAL 1 DAY)")

MYSQL: dict[str, Kind] = {
    "integer": Kind(
        _plain(sa.Integer),
        ("0", "42", "'7'", "-1", "(1 + 2)"),
        _NUMBERS,
        (),
        ("{0} * 2", "{0} + 1 - 2", "coalesce({0}, 0)", "CASE WHEN {0} > 0 THEN {0} ELSE 0 END"),
    ),
    "unsigned": Kind(_plain(lambda: mysql.INTEGER(unsigned=True)), ("0",), _NUMBERS),
    "bigint": Kind(_plain(sa.BigInteger), ("0", "42"), _NUMBERS, (), ("{0} * 2", "{0} DIV 2")),
    "smallint": Kind(_plain(sa.SmallInteger), ("3",), _NUMBERS),
    "boolean": Kind(_plain(sa.Boolean), ("0", "1", "true"), ("{0}", "NOT {0}", "{0} IS TRUE")),
    "numeric(10,2)": Kind(
        _plain(lambda: sa.Numeric(10, 2)), ("0", "1.50", "1.5"), ("{0} > 0.0",), (), ("{0} * 2",)
    ),
    "double": Kind(_plain(sa.Double), ("0", "1.5"), ("{0} < 1e3",), (), ("{0} / 2",)),
    "float": Kind(_plain(sa.Float), ("1e3",), ("{0} > 0",)),
    "varchar(20)": Kind(
        _plain(lambda: sa.String(20)),
        _WORDS,
        _TEXTS,
        (),
        ("lower({0})", "concat({0}, ':y%')", "trim({0})", "substr({0}, 1, 3)"),
    ),
    "varchar(30) binary": Kind(
        _plain(lambda: sa.String(30, collation="utf8mb4_bin")), ("'a'",), _TEXTS
    ),
    "char(3) latin1": Kind(
        _plain(lambda: mysql.CHAR(3, charset="latin1", collation="latin1_bin")), ("'a'",)
    ),
    "text": Kind(_plain(sa.Text), _WORDS, _TEXTS, (), ("left({0}, 3)",), ordered=False),
    "longtext": Kind(_plain(mysql.LONGTEXT), ("'a'",), _TEXTS, ordered=False),
    "blob": Kind(_plain(sa.LargeBinary), (), ("length({0}) > 1",), ordered=False),
    "binary(16)": Kind(_plain(lambda: mysql.BINARY(16)), (), ("length({0}) > 1",)),
    "date": _time(sa.Date, "'2020-01-01'", "(curdate())"),
    "datetime": _time(sa.DateTime, *_NOW),
    "datetime(6)": _time(lambda: mysql.DATETIME(fsp=6), "CURRENT_TIMESTAMP(6)", "now(6)"),
    "timestamp": _time(
        mysql.TIMESTAMP, "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"
    ),
    "time": _time(sa.Time, "'12:00:00'"),
    "year": Kind(_plain(mysql.YEAR), ("2020",), ("{0} > 2000",)),
    "json": Kind(_plain(sa.JSON), ("'{{}}'", "(json_array(1, 2))"), (), ordered=False),
    "enum": Kind(_plain(lambda: sa.Enum("a", "it's", "b,c")), ("'a'",), ("{0} <> 'a'",)),
    "enum 2": Kind(_plain(lambda: sa.Enum("a", "it's", "b,c", "%:d")), ("'%:d'",)),
    "set": Kind(_plain(lambda: mysql.SET("a", "b")), ("'a'",), ("{0} <> 'a'",)),
    "bit(3)": Kind(_plain(lambda: mysql.BIT(3)), ("b'101'",)),
    "uuid": Kind(_plain(sa.Uuid), (), ("{0} IS NOT NULL",)),
}
