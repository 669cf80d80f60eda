"""Names as SQL writes them."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.identifiers import assigned_once, assigned_twice, names_in

LONG = "a" * 70


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite"])
def test_a_long_name_is_whole_and_texts_are_no_names(kind: str) -> None:
    names = names_in(f"SELECT {LONG}, 'ä{LONG}b' FROM orders -- {LONG}c", kind)
    assert [each for each in names if each.startswith("a") or each == "orders"] == [LONG, "orders"]


def test_quotes_are_taken_off() -> None:
    assert names_in('SELECT "a""ä" FROM "b c"', "postgresql") == ('a"ä', "b c")
    assert "b c" in names_in("SELECT a FROM `b c`", "mariadb")


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_what_no_parser_can_read_has_none(kind: str) -> None:
    assert names_in("SELECT 'a", kind) == ()


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("UPDATE t SET a = 1, b = 2, a = 3", ("a",)),
        ("UPDATE t SET (a, b) = (1, 2), b = 3", ("b",)),
        ("INSERT INTO t (a, b, a) VALUES (1, 2, 3)", ("a",)),
        ("INSERT INTO t VALUES (1, 1)", ()),
        ("UPDATE t SET a[1] = 1, a[2] = 2, b.c = 1, b.d = 2", ()),
        ("UPDATE t SET a = 1, b = 1", ()),
        ("UPDATE t SET a =", ()),
        ("DELETE FROM t", ()),
    ],
)
def test_a_column_with_two_values_is_named_once(sql: str, columns: tuple[str, ...]) -> None:
    assert assigned_twice(sql) == columns


def test_the_last_value_is_kept() -> None:
    sql = "UPDATE t SET a = 1, b = 2, a = 3 WHERE id = 1"
    assert assigned_once(sql) == "UPDATE t SET b = 2, a = 3 WHERE id = 1"
    assert assigned_once("INSERT INTO t (a, a) VALUES (1, 2)") == ""
