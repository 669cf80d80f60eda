"""No password, however odd, comes out of any report, whoever repeated it."""

from __future__ import annotations

import configparser
import html
import json
import re
import string
from collections.abc import Callable
from importlib import import_module
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import ArgumentError

from alembic_guard import reports
from alembic_guard.commands.options import FORMATS
from alembic_guard.finding import Finding, Place
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.runtime.configuration_text import ConfigurationText, PasswordInFile
from tests.project import escaped

# The ends make it one that no other text holds; what is between them is anything that can be typed.
NASTY = st.text(string.ascii_letters + string.digits + string.punctuation, max_size=20)
PASSWORDS = NASTY.map(lambda text: f"Zq7{text}w9X")


def rendered(format: str, mask: Mask, said: str) -> str:
    """A report that repeats something wherever it can, as whoever reads the format sees it."""
    finding = Finding("env-error", said, why=said, next=(said,), place=Place(said), revision=said)
    report = Report("x", 1, [finding, finding.allow(said)], {"a": [said]}, [said]).masked(mask)
    text: str = import_module(f"{reports.__name__}.{format}").render(report)
    return text


def read_back(format: str, text: str) -> list[str]:
    """The text, and what it means to the reader of its format."""
    if format in ("json", "sarif"):
        return [text, *strings(json.loads(text))]
    if format == "markdown":
        return [text, re.sub(r"\\(?=[!-/:-@[-`{-~])", "", html.unescape(text))]
    return [text, unquote(text)]


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in (*value, *value.values()) for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def assert_masked(mask: Mask, said: str, password: str) -> None:
    forms = {password, quote(password, safe=""), escaped(password), repr(password)[1:-1]}
    for format in FORMATS:
        for text in read_back(format, rendered(format, mask, said)):
            assert not [form for form in forms if form in text], (format, said)


def said_by(call: Callable[[], object]) -> str:
    """What an error says; nothing where there is none."""
    try:
        call()
    except (configparser.Error, ArgumentError, ValueError, ModuleNotFoundError) as error:
        return f"{type(error).__name__}: {error!s} {error!r}"
    return ""


@given(PASSWORDS)
def test_a_password_in_a_url_does_not_show(password: str) -> None:
    encoded = quote(password, safe="")
    url = f"postgresql+psycopg://me:{encoded}@db/app"
    assert_masked(Mask(), f"cannot connect to {url} as me", password)
    assert_masked(Mask([url]), f"me's password {password}, or {encoded}, is wrong", password)


@given(PASSWORDS)
def test_a_password_that_configparser_repeats_does_not_show(password: str) -> None:
    line = f"sqlalchemy.url = postgresql+psycopg://me:{password}@db/app"
    mask = Mask()
    mask.learn_from(line)
    parser = configparser.ConfigParser()
    said = said_by(lambda: parser.read_string(f"[alembic]\n{line}\n"))
    said += said_by(lambda: parser.get("alembic", "sqlalchemy.url"))
    said += said_by(lambda: parser.read_string(f"{line}\n[alembic]\n"))
    said += said_by(lambda: parser.set("alembic", "url", line.partition(" = ")[2]))
    assert_masked(mask, said, password)


@given(PASSWORDS, st.sampled_from(["postgresql+psycopg://", "postgres://", "nonsense://", "x:/"]))
def test_a_password_that_sqlalchemy_repeats_does_not_show(password: str, scheme: str) -> None:
    url = f"{scheme}me:{password}@db:port/app"
    mask = Mask()
    mask.learn_from(url)
    said = said_by(lambda: make_url(url)) + said_by(lambda: create_engine(url))
    assert_masked(mask, said, password)


@given(PASSWORDS)
def test_a_password_that_a_guard_judges_does_not_show(password: str) -> None:
    found = PasswordInFile("a.ini", 1, "a", "url", "x://me:***@db/r", "x", "me", "db", password)
    assert password not in f"{found}{ConfigurationText((found,))}"


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_no_password_is_read_as_it_was_said(format: str) -> None:
    said = "revision a1 of postgresql://me@db/app"
    assert any(
        said in text.replace("\u200b", "")
        for text in read_back(format, rendered(format, Mask(), said))
    )
