"""A finding is a whole, frozen value."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from alembic_guard import Finding, Place, Severity


def test_only_an_error_that_is_not_allowed_refuses() -> None:
    error = Finding("env-error", "Hm.")
    warning = Finding("env-error", "Hm.", severity=Severity.WARNING)
    assert [error.refuses, warning.refuses, error.allow("known").refuses] == [True, False, False]


def test_allowing_makes_another_value() -> None:
    error = Finding("env-error", "Hm.")
    allowed = error.allow("known")
    assert (error.allowed, allowed.allowed) == (None, "known")
    with pytest.raises(FrozenInstanceError):
        error.allowed = "known"  # type: ignore[misc]


def test_a_place_is_written_as_editors_read_it() -> None:
    assert (str(Place("a.py", 3)), str(Place("a.py"))) == ("a.py:3", "a.py")
