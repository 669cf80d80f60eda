"""A server that accepts and never answers does not hold a command for ever."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from alembic_guard.runtime.connect_deadline import connect_deadline


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_silent_server_is_given_up(silent: int) -> None:
    engine = create_engine(f"postgresql+psycopg://u@127.0.0.1:{silent}/x")
    with connect_deadline(2), pytest.raises(OperationalError, match="timeout expired"):
        engine.connect()


def test_what_the_url_says_counts(silent: int) -> None:
    engine = create_engine(f"postgresql+psycopg://u@127.0.0.1:{silent}/x?connect_timeout=2")
    with connect_deadline(3600), pytest.raises(OperationalError, match="timeout expired"):
        engine.connect()


def test_a_driver_without_such_an_option_connects_as_ever() -> None:
    with connect_deadline(2), create_engine("sqlite://").connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
