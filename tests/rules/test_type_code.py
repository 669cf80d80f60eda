"""A type, written as code and compiled again, is the same type."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import sqlalchemy.dialects.mysql
import sqlalchemy.dialects.postgresql

from alembic_guard.rules._code import has_class, type_code
from alembic_guard.sql_types import parse_type

POSTGRESQL = (
    "varchar(5)|varchar|text|numeric(10, 2)|numeric|timestamp|timestamp(3)|timestamptz|"
    "timestamptz(3)|time(3)|timetz|date|boolean|uuid|json|jsonb|inet|tsrange|bytea|char(3)|real|"
    "double precision|smallint|integer|bigint|integer[]|varchar(20)[]"
)
MYSQL = (
    "tinyint(1)|integer unsigned|bigint|enum('a','b')|datetime(3)|datetime|timestamp|double|json|"
    "longtext|varchar(20)|decimal(10,2)|text|date"
)
CASES = [
    *(("postgresql", text) for text in POSTGRESQL.split("|")),
    *(("mysql", text) for text in MYSQL.split("|")),
    *(("mariadb", text) for text in MYSQL.split("|")),
    *(("sqlite", text) for text in ["integer", "varchar(20)", "text", "numeric(10, 2)", "date"]),
]


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_code_of_a_type_makes_the_same_type(kind: str, text: str) -> None:
    type_ = parse_type(text, kind)
    made = eval(type_code(type_, kind), {"sa": sa})
    dialect = sa.make_url(f"{kind}://").get_dialect()()
    assert (has_class(type_, kind), parse_type(made.compile(dialect=dialect), kind)) == (
        True,
        type_,
    )


@pytest.mark.parametrize("text", ["mood", 'shop."My Type"', "serial", "amount(3)"])
def test_a_type_without_a_class_is_known_to_have_none(text: str) -> None:
    assert not has_class(parse_type(text))
