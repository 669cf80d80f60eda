"""How a rename is written down; what becomes of it is tested with `guard-revision --rename`."""

from __future__ import annotations

import pytest

from alembic_guard.autogenerate.renaming import NotARename, Rename


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("users.name:full_name", Rename("users", "name", "full_name")),
        ("app.users.name:full_name", Rename("app.users", "name", "full_name")),
        ("users:people", Rename(None, "users", "people")),
        ("app.users:people", Rename("app", "users", "people")),
    ],
)
def test_a_rename_is_read_and_written_alike(text: str, expected: Rename) -> None:
    assert Rename.parse(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    "text", ["", ":", "a", "a.b", "a:", ":b", ".a:b", "a.:b", "a:b:c", "a:b.c"]
)
def test_anything_else_is_no_rename(text: str) -> None:
    expected = f"^{text!r} is no rename; write table.old:new, or old:new for a table$"
    with pytest.raises(NotARename, match=expected):
        Rename.parse(text)


def test_the_way_back_swaps_the_names() -> None:
    assert Rename("users", "name", "full_name").back == Rename("users", "full_name", "name")
