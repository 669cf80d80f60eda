"""A text of SQL is cut into its statements, each with the line on which it begins."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.script import statements

TEXT = "SELECT 'é;\n';\n\n-- a comment;\nCREATE TABLE a (b int);SELECT 2"
CUT = [("SELECT 'é;\n'", 1), ("CREATE TABLE a (b int)", 5), ("SELECT 2", 5)]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite"])
def test_each_statement_has_its_line(kind: str) -> None:
    assert list(statements(TEXT, kind)) == CUT


@pytest.mark.parametrize("odd", ["foo bar", "SELECT FROM FROM"])
def test_one_that_cannot_be_parsed_hides_no_other(odd: str) -> None:
    text = f"SELECT 1;\n{odd};\nDROP TABLE a;\n"
    expected = [("SELECT 1", 1), (odd, 2), ("DROP TABLE a", 3)]
    assert [(sql.strip("; "), line) for sql, line in statements(text, "postgresql")] == expected


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_where_a_quote_does_not_close_the_text_is_one_statement(kind: str) -> None:
    assert list(statements("SELECT 1;\nSELECT 'a", kind)) == [("SELECT 1;\nSELECT 'a", 1)]
