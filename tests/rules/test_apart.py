"""A revision that is divided does in its parts what it did as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import URL

from tests.rules.linting import Shop, shop


@pytest.fixture
def there(postgresql_server: URL, tmp_path: Path) -> Iterator[Shop]:
    with shop("postgresql", tmp_path / "shop", postgresql_server) as made:
        yield made


def fix(there: Shop, rule: str, body: str) -> list[str]:
    (found,) = [each for each in there.lint(dedent(body).strip()) if each.name == rule]
    return list(found.next)


def test_its_statements_stay_as_they_are_with_loops_unnamed_keys_and_defaults(there: Shop) -> None:
    first = """
        op.add_column("users", sa.Column("z", sa.Integer))
        op.create_table(
            "visits",
            sa.Column("id", sa.BigInteger, primary_key=True),
            sa.Column("u", sa.Integer, sa.ForeignKey("users.id")),  # unnamed
        )
        op.alter_column("users", "z", server_default=sa.text("nextval('invoice_numbers')"))
    """
    second = """
        batch = sa.text("UPDATE users SET z = 0 WHERE id IN (SELECT id FROM users WHERE z IS NULL)")
        with op.get_context().autocommit_block():
            while op.get_bind().execute(batch).rowcount:
                pass
    """
    parts = [dedent(first).strip(), dedent(second).strip()]
    found = fix(there, "ddl-before-autocommit", "\n".join(parts))
    assert found == parts
    there.upgrade(*found)


def test_an_allowance_stays_at_its_line(there: Shop) -> None:
    dropped = 'op.drop_column("users", "age")  # guard: allow(drop-column) nobody reads it'
    found = fix(
        there,
        "index-under-exclusive-lock",
        f'{dropped}\nop.create_index("ix_users_name", "users", ["name"])',
    )
    assert found[0] == dropped
    assert [each.allowed for each in there.lint(*found)] == ["nobody reads it"]


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        ("unique-constraint-blocks-reads", 'sa.Column("code", sa.String(10), unique=True)'),
        ("foreign-key-blocks-writes", 'sa.Column("code", sa.Integer, sa.ForeignKey("users.id"))'),
    ],
)
def test_a_column_comes_before_the_index_and_the_key_that_it_is_added_with(
    there: Shop, rule: str, column: str
) -> None:
    found = fix(there, rule, f'op.add_column("orders", {column})')
    assert found[0].startswith('op.add_column("orders", sa.Column("code", ')
    assert there.names(*found) == []
    there.upgrade(*found)
