"""NOT NULL for code that writes NULL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, declarative_base

from alembic_guard.finding import Severity
from tests.rules.altering import EMPTY, NEW, ORDERS, altered, checked, finding, not_null
from tests.rules.judging import found

NAME = "not-null-breaks-writers"
REQUIRED = "ALTER TABLE orders ALTER note SET NOT NULL"
DEFAULT = "ALTER TABLE orders ALTER note SET DEFAULT ''"


def test_code_that_writes_null_fails_and_the_fix_says_when_to_begin() -> None:
    first, *rest = not_null("note")
    assert found(REQUIRED, only=NAME) == [
        finding(
            NAME,
            "Code that still writes NULL to orders.note, or leaves it out, fails from then on.",
            "Instances of the last release run while the next one goes out, "
            "and SQLAlchemy sends NULL for what was never set.",
            f"# Once every running instance writes orders.note:\n{first}",
            *rest,
            severity=Severity.WARNING,
        )
    ]


def test_a_column_with_a_default_is_filled_in_for_those_who_leave_it_out() -> None:
    sql = "ALTER TABLE orders ALTER status SET NOT NULL"
    assert found(sql, tables=[ORDERS], only=NAME) == []
    said = {"modify_nullable": False, "existing_server_default": sa.text("''")}
    assert altered("orders", "note", only=NAME, **said) == []


def test_a_default_of_the_same_run_is_known_to_no_running_model() -> None:
    assert len(found(DEFAULT, REQUIRED, tables=[ORDERS], only=NAME)) == 1
    assert len(found(REQUIRED, DEFAULT, tables=[ORDERS], only=NAME)) == 1
    assert found([DEFAULT], [REQUIRED], tables=[ORDERS], only=NAME, together=False) == []


def test_nothing_changes_where_null_was_refused_already() -> None:
    assert found(REQUIRED, tables=[checked(ORDERS, "note IS NOT NULL")], only=NAME) == []


def test_nobody_writes_to_a_new_table_or_an_empty_one() -> None:
    assert found(NEW, REQUIRED, only=NAME) == []
    assert found(REQUIRED, tables=[EMPTY], only=NAME) == []


def test_sqlalchemy_sends_null_for_what_was_never_set_unless_its_model_has_a_default() -> None:
    base = declarative_base()

    class Order(base):  # type: ignore[misc, valid-type]
        __tablename__ = "orders"
        id = sa.Column(sa.Integer, primary_key=True)
        note = sa.Column(sa.Text)
        status = sa.Column(sa.Text, server_default="new")

    engine = sa.create_engine("sqlite://")
    columns = "id INTEGER PRIMARY KEY, note TEXT DEFAULT 'n', status TEXT DEFAULT 's'"
    with Session(engine) as session:
        session.execute(sa.text(f"CREATE TABLE orders ({columns})"))
        session.add(Order())
        session.flush()
        assert session.execute(sa.text("SELECT note, status FROM orders")).all() == [(None, "s")]
    engine.dispose()
