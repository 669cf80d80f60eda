"""A definition with a password is told from one that only speaks of passwords."""

from __future__ import annotations

import pytest

from alembic_guard.autogenerate.secret_words import may_hold_password

HOLDS = (
    "SELECT dblink('host=h password=geheim123', 'SELECT 1')",
    "SELECT dblink('postgresql://app:geheim123@h/d', 'SELECT 1')",
    "BEGIN secret.password := 'geheim123'; END",
    "UPDATE users SET password = 'geheim123'",
    "CREATE USER MAPPING FOR u SERVER s OPTIONS (password 'geheim123')",
    "BEGIN -- it's password=geheim123\nEND",
)
HOLDS_NONE = (
    "BEGIN NEW.password = crypt(NEW.password, gen_salt('bf')); RETURN NEW; END",
    "SELECT users.password FROM users WHERE users.password <> other.password",
    "BEGIN -- it's a trigger\n NEW.password := NULL; END",
    "SELECT 'a password', 'https://example.com/a'",
)


@pytest.mark.parametrize("sql", HOLDS)
def test_a_password_is_seen(sql: str) -> None:
    assert may_hold_password(sql)


@pytest.mark.parametrize("sql", HOLDS_NONE)
def test_what_speaks_of_passwords_holds_none(sql: str) -> None:
    assert not may_hold_password(sql)
