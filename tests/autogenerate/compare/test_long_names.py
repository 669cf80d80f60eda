"""Names of more than 63 bytes, which PostgreSQL cuts: what was made under them is found again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Engine, Index, Integer, UniqueConstraint

from tests.autogenerate.changes import State, Written, metadata_of, run, snapshot, written
from tests.autogenerate.compare.rows import column, table

KEY = column("id", Integer, primary_key=True, autoincrement=False)
BYTES = "ü" * 40  # SQLAlchemy counts letters
ENUM = sa.Enum("a", name="e" * 64)

STATES: dict[str, State] = {
    "a table": table("t" * 64, KEY, lambda: Index("ix", "id"), lambda: CheckConstraint("id > 0")),
    "a column": table(
        "t", KEY, column("c" * 64), column("x", Integer, lambda: CheckConstraint("x > 0"))
    ),
    "an enum": table("t", KEY, column("e", ENUM)),
    "letters of two bytes": table(
        f"t{BYTES}",
        column(BYTES, Integer, primary_key=True, autoincrement=False),
        column("e", sa.Enum("a", name=f"e{BYTES}")),
        lambda: CheckConstraint("e <> 'a'", name=f"c{BYTES}"),
        lambda: UniqueConstraint("e", name=f"u{BYTES}"),
        lambda: Index(f"i{BYTES}", BYTES),
    ),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_what_was_made_is_as_the_models_have_it_and_goes_again(
    empty: Callable[[], Engine], state: State
) -> None:
    engine = empty()
    nothing = snapshot(engine)
    metadata = metadata_of(state)
    with engine.begin() as connection:
        migration = written(connection, metadata)

    with engine.connect() as connection:
        run(connection, migration.upgrade, metadata)
    with engine.begin() as connection:
        again = written(connection, metadata)
    with engine.connect() as connection:
        run(connection, migration.downgrade, metadata)

    assert again == Written("", "")
    assert snapshot(engine) == nothing
