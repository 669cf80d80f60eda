from __future__ import annotations

import pytest

from alembic_guard.ddl.expressions import names, proves_not_null


@pytest.mark.parametrize(
    ("check", "proved"),
    [
        ("a IS NOT NULL", True),
        ("((a IS NOT NULL))", True),
        ('"a" is not null', True),
        ("(a IS NOT NULL) AND (b > 0)", True),
        ("b BETWEEN 1 AND 2 AND a IS NOT NULL", True),
        ("a IS NOT NULL OR b > 0", False),
        ("b = ' or ' AND a IS NOT NULL", True),
        ("b IS NOT NULL", False),
        ('"A" IS NOT NULL', False),
        ("lower(a) IS NOT NULL", False),
        ("a IS NULL", False),
        ("a > 0", False),
        ("", False),
    ],
)
def test_a_check_proves_what_postgresql_takes_for_proved(check: str, proved: bool) -> None:
    assert proves_not_null(check, "a") is proved


def test_names_are_those_that_are_not_in_strings_and_comments() -> None:
    found = names("""lower(a) = 'b' || "C" -- d""")
    assert found == frozenset({"lower", "a", "C"})
