"""The error tree: Alembic's own error above it, an exit status and whole sentences in each."""

from __future__ import annotations

import pytest
from alembic.util import CommandError

import alembic_guard
from alembic_guard import (
    Finding,
    GaveUpWaiting,
    GuardError,
    Refused,
    StoppedPartWay,
    WrongUsage,
    errors,
)


@pytest.mark.parametrize(
    ("error", "status"), [(Refused, 1), (WrongUsage, 2), (StoppedPartWay, 3), (GaveUpWaiting, 4)]
)
def test_each_error_has_its_exit_status_and_is_alembics_too(
    error: type[GuardError], status: int
) -> None:
    assert (error.exit_status, issubclass(error, GuardError)) == (status, True)
    assert issubclass(error, CommandError)
    assert f"{error.__name__:<19}{status}" in (errors.__doc__ or "")


def test_an_error_says_everything_that_its_findings_say() -> None:
    error = Refused(
        [
            Finding("several-heads", "Two.", why="One.\nTwo.", next=("alembic heads",)),
            Finding("env-error", "Hm."),
        ],
        {"applied": []},
    )
    assert str(error) == (
        "several-heads: Two.\n  One.\n  Two.\n  next: alembic heads\nenv-error: Hm."
    )
    assert error.data == {"applied": []}


def test_one_makes_an_error_of_the_class_that_it_is_asked_of() -> None:
    error = WrongUsage.one("bad-setting", "No.", next=("mend it",))
    assert type(error) is WrongUsage
    assert error.findings == (Finding("bad-setting", "No.", next=("mend it",)),)


def test_the_public_names_are_lazy_and_all_there() -> None:
    assert {name: hasattr(alembic_guard, name) for name in alembic_guard.__all__} == dict.fromkeys(
        alembic_guard.__all__, True
    )
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        alembic_guard.nonsense  # noqa: B018
