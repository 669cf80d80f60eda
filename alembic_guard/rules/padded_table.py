"""The order of a new table's columns leaves gaps in every row.

A value of eight bytes begins at a multiple of eight, so that a boolean before a bigint costs eight
bytes (PostgreSQL manual 73.6.1, Table Row Layout, and ``typlen`` and ``typalign`` of ``pg_type``).
Of text, numeric and other types without a fixed length nothing is counted.

Fix: the widest alignment first, what has no fixed length last.

Bad::

    op.create_table(
        "visits",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
    )

Good::

    op.create_table(
        "visits",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
    )
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alembic_guard.ddl.actions import CreateTable
from alembic_guard.finding import Severity
from alembic_guard.rules._creating import uncounted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._keys import is_a_table_of_its_own, table_code, with_columns
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column

DATABASES = ("postgresql",)
JUDGES = CreateTable
SEVERITY = Severity.WARNING
OPT_IN = True
ROW = 8  # bytes; MAXALIGN of a machine of 64 bits, to which every row is rounded up

# Length and alignment in bytes: pg_type.typlen and typalign of PostgreSQL 15.
_SIZES = {
    "bigint": (8, 8),
    "boolean": (1, 1),
    "date": (4, 4),
    "double precision": (8, 8),
    "integer": (4, 4),
    "interval": (16, 8),
    "money": (8, 8),
    "oid": (4, 4),
    "point": (16, 8),
    "real": (4, 4),
    "smallint": (2, 2),
    "time": (8, 8),
    "timestamp": (8, 8),
    "timestamptz": (8, 8),
    "timetz": (12, 8),
    "uuid": (16, 1),
}


def judge(action: CreateTable, run: Run) -> Iterator[Harm]:
    """Found where another order makes every row shorter."""
    if not is_a_table_of_its_own(action, run):
        return
    best = sorted(action.columns, key=_rank)
    now, then = row_bytes(action.columns), row_bytes(best)
    if now <= then:
        return
    code = table_code(with_columns(action, best), run)
    yield Harm(
        f"The order of its columns makes each row of {action.table} {now - then} bytes longer.",
        why="Values are aligned to 2, 4 or 8 bytes. The shortest order is "
        f"{', '.join(each.name for each in best)}.",
        fix=(code,) if code else (),
    )


def row_bytes(columns: Iterable[Column]) -> int:
    """The bytes of the columns of a fixed length, with their gaps, as a row has them."""
    end = 0
    for column in columns:
        length, alignment = _size(column) or (0, 1)
        end += -end % alignment + length
    return end + -end % ROW


def _rank(column: Column) -> int:
    """The widest alignment first; timetz, of 12 bytes, behind the others that begin at 8."""
    size = _size(column)
    if size is None:
        return 0
    length, alignment = size
    return -alignment if length % alignment == 0 else 1 - alignment


def _size(column: Column) -> tuple[int, int] | None:
    """Length and alignment; None for what has no fixed length, or is not known."""
    type_ = uncounted(column).type
    return None if type_ is None or type_.array else _SIZES.get(type_.name)
