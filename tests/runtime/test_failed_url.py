"""The URL with which a connection failed, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from alembic_guard.runtime.failed_url import (
    Origin,
    backend_of,
    database_file,
    installed_drivers,
    masked,
    origin_of,
    url_in,
)

FRAME = ("env.py", 7)


def raised(url: str) -> BaseException:
    with pytest.raises((SQLAlchemyError, ValueError)) as caught:
        create_engine(url).connect()
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////no/such/app.db",
        "postgresql+psycopg://me:secret-word@127.0.0.1:1/d",
        "nonsense://me:secret-word@host/d",
        "postgresql+psycopg://me@host:99999/d",
    ],
)
def test_a_url_that_was_parsed_is_found(url: str) -> None:
    assert url_in(raised(url)) == make_url(url)


@pytest.mark.parametrize("url", ["", "no-url", "postgresql+psycopg://me:secret-word@host:port/d"])
def test_a_url_that_could_not_be_parsed_is_found_as_it_was_given(url: str) -> None:
    assert url_in(raised(url)) == url


def test_no_url_is_found_where_none_was_used() -> None:
    assert url_in(ValueError("something else")) is None


def test_every_password_of_a_url_is_masked() -> None:
    url = make_url("postgresql+psycopg://me:secret-word@h/d?sslpassword=secret-word&x=1")
    assert masked(url) == "postgresql+psycopg://me:***@h/d?sslpassword=***&x=1"
    assert (masked("me:secret-word@h"), masked(None)) == ("", "")


@pytest.mark.parametrize(
    ("url", "backend"),
    [("postgres://h", "postgresql"), ("mariadb+pymysql://h", "mysql"), ("sqlite://", "sqlite")],
)
def test_the_database_that_a_url_names(url: str, backend: str) -> None:
    assert (backend_of(make_url(url)), backend_of(url), backend_of(None)) == (backend, backend, "")


def test_the_drivers_that_are_installed() -> None:
    assert installed_drivers("sqlite:///app.db") == ("",)
    assert "pymysql" in installed_drivers("mysql://h/d")
    assert installed_drivers("nonsense://h/d") == ()


def test_the_file_of_a_sqlite_url(tmp_path: Path) -> None:
    file = database_file(make_url(f"sqlite:///{tmp_path}/no/app.db"))
    assert file is not None
    assert (file.folder, file.folder_exists, file.is_folder) == (f"{tmp_path}/no", False, False)
    assert database_file(make_url("sqlite://")) is None
    assert database_file(make_url("postgresql+psycopg://h/d")) is None


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "alembic.ini"
    file.write_text("[alembic]\nsqlalchemy.url = postgresql+psycopg://me:p%%40ss@h/d\n")
    return Config(str(file))


def test_a_url_of_the_ini_file_stands_there(config: Config) -> None:
    url, file = make_url("postgresql+psycopg://me:p%40ss@h/d"), str(config.config_file_name)
    error = ValueError()
    assert origin_of(url, config, error, FRAME) == Origin(file, 2, "sqlalchemy.url")


def test_a_url_of_a_variable_stands_in_the_dotenv_that_has_it(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, file = "sqlite:////no/such/app.db", Path(str(config.config_file_name))
    monkeypatch.setenv("APP_DB", text)
    found = origin_of(make_url(text), config, ValueError(), FRAME)
    assert found == Origin(*FRAME, "APP_DB", variable=True)
    (file.parent / ".env").write_text(f"APP_DB={text}\n")
    found = origin_of(make_url(text), config, ValueError(), FRAME)
    assert found == Origin(str(file.parent / ".env"), 1, "APP_DB", variable=True)


def test_a_url_of_neither_stands_where_it_was_used(config: Config) -> None:
    url = make_url("sqlite:///elsewhere.db")
    assert origin_of(url, config, ValueError(), FRAME) == Origin(*FRAME)
