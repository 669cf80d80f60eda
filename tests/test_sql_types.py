"""A type has one name, however a model, a statement or a server spells it."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from alembic_guard.sql_types import SqlType, parse_type

SPELLINGS = [
    ("character varying(50)", SqlType("varchar", ("50",))),
    ("VARCHAR(50)", SqlType("varchar", ("50",))),
    ("char varying ( 50 )", SqlType("varchar", ("50",))),
    ("national character varying(5)", SqlType("varchar", ("5",))),
    ("CHARACTER(5)", SqlType("char", ("5",))),
    ("char", SqlType("char", ("1",))),
    ('"char"', SqlType('"char"')),
    ("bpchar", SqlType("bpchar")),
    ("TEXT", SqlType("text")),
    ("TIMESTAMP WITHOUT TIME ZONE", SqlType("timestamp")),
    ("timestamp(3) with time zone", SqlType("timestamptz", ("3",))),
    ("TIMESTAMP WITH TIME ZONE", SqlType("timestamptz")),
    ("time(0) without time zone", SqlType("time", ("0",))),
    ("time with time zone", SqlType("timetz")),
    ("interval day to second(3)", SqlType("interval day to second", ("3",))),
    ("INTEGER[]", SqlType("integer", array=True)),
    ("int[3][4]", SqlType("integer", array=True)),
    ("int ARRAY[4]", SqlType("integer", array=True)),
    ("text array", SqlType("text", array=True)),
    ("NUMERIC(10, 2)", SqlType("numeric", ("10", "2"))),
    ("numeric(5,-2)", SqlType("numeric", ("5", "-2"))),
    ("decimal(10)", SqlType("numeric", ("10", "0"))),
    ("dec", SqlType("numeric")),
    ("DOUBLE PRECISION", SqlType("double precision")),
    ("float8", SqlType("double precision")),
    ("FLOAT", SqlType("double precision")),
    ("float(24)", SqlType("real")),
    ("float(25)", SqlType("double precision")),
    ("int4", SqlType("integer")),
    ("pg_catalog.int4", SqlType("integer")),
    ("INT2", SqlType("smallint")),
    ("int8", SqlType("bigint")),
    ("serial4", SqlType("serial")),
    ("bool", SqlType("boolean")),
    ("bit", SqlType("bit", ("1",))),
    ("bit varying(3)", SqlType("varbit", ("3",))),
    ("jsonb", SqlType("jsonb")),
    ("geometry(Point,4326)", SqlType("geometry", ("point", "4326"))),
    ('myschema."My Type"', SqlType("myschema.My Type")),
    ('My."T""x"[]', SqlType('my.T"x', array=True)),
    ('varchar(5) COLLATE "de_DE.utf8"', SqlType("varchar", ("5",))),
    ("VARCHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", SqlType("varchar", ("5",))),
    ("varchar(5) charset latin1", SqlType("varchar", ("5",))),
    ("BIGINT UNSIGNED", SqlType("bigint", unsigned=True)),
    ("INT(10) UNSIGNED ZEROFILL", SqlType("integer", ("10",), unsigned=True)),
    ("INT SIGNED", SqlType("integer")),
    ("TINYINT(1)", SqlType("tinyint", ("1",))),
    ("ENUM('a','b''c, d', '')", SqlType("enum", ("a", "b'c, d", ""))),
    ("set(`x`)", SqlType("set", ("x",))),
    ("varchar(", SqlType("varchar")),
    ("int[", SqlType("integer", array=True)),
    ("", SqlType("")),
    ("?", SqlType("?")),
]
MYSQL_SPELLINGS = [
    ("FLOAT", SqlType("float")),
    ("float(24)", SqlType("float")),
    ("float(53)", SqlType("double precision")),
    ("float(7, 4)", SqlType("float", ("7", "4"))),
    ("REAL", SqlType("double precision")),
    ("DOUBLE", SqlType("double precision")),
    ("BOOLEAN", SqlType("tinyint", ("1",))),
    ("DECIMAL", SqlType("numeric", ("10", "0"))),
    ("INT(11)", SqlType("integer")),
    ("bigint(20) unsigned", SqlType("bigint", unsigned=True)),
    ("TINYINT(4)", SqlType("tinyint")),
    ("TINYINT(1)", SqlType("tinyint", ("1",))),
    ("SERIAL", SqlType("bigint", unsigned=True)),
    ("MIDDLEINT", SqlType("mediumint")),
]
PRINTED = [
    (SqlType("varchar", ("50",)), "varchar(50)"),
    (SqlType("double precision"), "double precision"),
    (SqlType("numeric", ("10", "2"), array=True), "numeric(10, 2)[]"),
    (SqlType("bigint", unsigned=True), "bigint unsigned"),
    (SqlType("enum", ("a", "b'c")), "enum('a', 'b''c')"),
    (SqlType('my.T"x'), 'my."T""x"'),
    (SqlType('"char"'), '"char"'),
]

# Spellings that a server resolves by itself, and tells in its own words.
OF_POSTGRESQL = """
    bit; bit varying(3); bool; char; char(3); character varying; character varying(7); dec;
    dec(5); decimal(7,2); double precision; float; float(24); float(25); float4; float8; int; int2;
    int4; int8; int[3][]; integer array; interval; interval(3); national character(4); nchar(3);
    nchar varying(3); numeric; numeric(6); real; smallint; text[]; time; time(2) with time zone;
    timestamp; timestamp(3); timestamp with time zone; timestamptz(2); timetz; varbit; varchar;
    varchar(9); "char"; bpchar; pg_catalog.int4; uuid; jsonb; bytea; inet; tsvector; int4range
"""
OF_MARIADB = """
    bigint unsigned; bit; bool; boolean; char; char(3); character varying(7); dec; dec(5);
    decimal(7,2); double; double precision; enum('a', 'b''c'); fixed(3,1); float; float(24);
    float(25); float4; float8; int1; int2; int3; int4; int8; integer; middleint;
    national varchar(4); nchar(3); numeric; real; set('a','b'); smallint unsigned; text; timestamp;
    timestamp(3); datetime(2); varchar(9) character set latin1; tinyint(1); year; mediumtext
"""


def listed(spellings: str) -> list[str]:
    return [" ".join(each.split()) for each in spellings.split(";")]


@pytest.mark.parametrize(("spelling", "expected"), SPELLINGS)
def test_a_spelling_gives_the_one_name_of_its_type(spelling: str, expected: SqlType) -> None:
    assert parse_type(spelling) == expected


@pytest.mark.parametrize(("spelling", "expected"), MYSQL_SPELLINGS)
@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
def test_mariadb_and_mysql_mean_other_types_by_some_names(
    spelling: str, expected: SqlType, kind: str
) -> None:
    assert parse_type(spelling, kind) == expected


@pytest.mark.parametrize(("type_", "expected"), PRINTED)
def test_a_type_is_printed_as_sql(type_: SqlType, expected: str) -> None:
    assert str(type_) == expected


@pytest.mark.parametrize("spelling", [spelling for spelling, _ in SPELLINGS if spelling])
def test_a_printed_type_is_read_as_the_same_type(spelling: str) -> None:
    assert parse_type(str(parse_type(spelling))) == parse_type(spelling)


def test_postgresql_tells_the_same_type_by_another_name(postgresql_url: str) -> None:
    spellings = listed(OF_POSTGRESQL)
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        columns = ", ".join(f"c{at} {each}" for at, each in enumerate(spellings))
        connection.execute(text(f"CREATE TABLE t ({columns})"))
        told = connection.scalars(
            text(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
                " WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY attnum"
            )
        ).all()
    assert [(each, parse_type(each)) for each in spellings] == [
        (each, parse_type(word)) for each, word in zip(spellings, told, strict=True)
    ]


def test_mariadb_tells_the_same_type_by_another_name(mariadb_url: str) -> None:
    spellings = listed(OF_MARIADB)
    with create_engine(mariadb_url, poolclass=NullPool).connect() as connection:
        columns = ", ".join(f"c{at} {each}" for at, each in enumerate(spellings))
        connection.execute(text(f"CREATE TABLE t ({columns})"))
        told = connection.scalars(
            text(
                "SELECT column_type FROM information_schema.columns"
                " WHERE table_schema = database() AND table_name = 't' ORDER BY ordinal_position"
            )
        ).all()
    assert [(each, parse_type(each, "mariadb")) for each in spellings] == [
        (each, parse_type(word, "mariadb")) for each, word in zip(spellings, told, strict=True)
    ]
