"""A foreign key's column has another type than the column that it refers to.

A narrower integer overflows when the referenced keys have outgrown it, long before anybody looks;
types that PostgreSQL compares by a conversion make each check convert; and types that it can't
compare, or that MariaDB and MySQL do not find alike, are refused (MySQL manual, "FOREIGN KEY
Constraints"; each measured on PostgreSQL 15 and MariaDB 10.11).

Fix: give the column the type of the one that it refers to.

Bad::

    op.add_column("orders", sa.Column("seller_id", sa.Integer()))
    op.execute(
        "ALTER TABLE orders ADD CONSTRAINT orders_seller_id_fkey "
        "FOREIGN KEY (seller_id) REFERENCES shops (id)"
    )

Good::

    op.add_column("orders", sa.Column("seller_id", sa.BigInteger()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn, AddConstraint, CreateTable
from alembic_guard.finding import Severity
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._referring import Pair, mended, pairs
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = (AddColumn, AddConstraint, CreateTable)
SEVERITY = Severity.WARNING
INTEGERS = ("tinyint", "smallint", "mediumint", "integer", "bigint")
TEXTS = frozenset({"varchar", "text", "char", "citext"})
# PostgreSQL converts each to the ones behind it without being asked (pg_cast, castcontext i).
NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
FLOATS = frozenset({"real", "double precision"})
TIMES = frozenset({"date", "datetime", "timestamp", "timestamptz"})
PLAIN = frozenset({"uuid", "boolean", "bytea", "inet", "jsonb", "float", *INTEGERS, *NUMBERS})
KNOWN = PLAIN | TEXTS | TIMES


def judge(action: AddColumn | AddConstraint | CreateTable, run: Run) -> Iterator[Harm]:
    """Found where both types are known, and it matters that they differ."""
    for pair in pairs(action, run):
        why = _why(pair, run)
        if why is None:
            continue
        what, refused = why
        yield Harm(
            f"{pair.key}.{pair.column} is {pair.type}, and {pair.parent}.{pair.referred} that it "
            f"refers to is {pair.parent_type}.",
            why=what,
            fix=mended(action, pair, run, refused=refused),
            severity=Severity.ERROR if refused else None,
        )


def _why(pair: Pair, run: Run) -> tuple[str, bool] | None:
    """What comes of it, and whether the statement fails; None where nothing does."""
    own, other = pair.type, pair.parent_type
    names = {own.name, other.name}
    if names <= TEXTS or not names <= KNOWN or own.array or other.array:
        return None
    if run.target.is_mysql:
        # Lengths and precisions may differ; datetime and timestamp too (measured on 10.11).
        same = len(names) == 1 or names == {"datetime", "timestamp"}
        if same and own.unsigned == other.unsigned:
            return None
        return "The statement fails: both need the same type and sign.", True
    if len(names) == 1 or names <= FLOATS:
        return None
    if names <= set(INTEGERS):
        if INTEGERS.index(own.name) > INTEGERS.index(other.name):
            return None
        return f"Once {pair.parent} has keys beyond {own}, nothing can refer to them.", False
    widens = names <= set(NUMBERS) and NUMBERS.index(own.name) < NUMBERS.index(other.name)
    if widens or names <= TIMES:
        return "Each check converts one type to the other.", False
    return "The statement fails: PostgreSQL has no operator to compare them.", True
