"""What of ours fails while env.py runs is no failure of env.py, and comes out as what it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from alembic_guard.errors import GuardError
from alembic_guard.runtime.environment import Signal


class OursFailed(Signal):
    """Something of ours failed; its cause is what was raised."""


@contextmanager
def ours() -> Iterator[None]:
    """Around what is done inside of env.py.

    :raises OursFailed: for a defect; refusals and what a database says pass through.
    """
    try:
        yield
    except (Signal, GuardError, CommandError, SQLAlchemyError, OSError):
        raise
    except Exception as error:
        raise OursFailed(str(error)) from error


@contextmanager
def defects_as_they_are() -> Iterator[None]:
    """Around the run of env.py.

    :raises Exception: the defect itself.
    """
    try:
        yield
    except OursFailed as failed:
        raise failed.__cause__ or failed from None
