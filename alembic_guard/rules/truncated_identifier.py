"""A name is longer than the database allows.

PostgreSQL cuts it to 63 bytes with no more than a notice (manual 4.1.1): the object is called
something else than the code says, and two long names become one. MariaDB and MySQL refuse names of
more than 64 characters (manual, "Identifier Length Limits"). SQLAlchemy refuses the long names of
constraints and indexes by itself; names in SQL reach the database.

Fix: a shorter name.

Bad::

    op.execute(
        "CREATE TABLE orders_that_were_paid_late_and_were_not_delivered_before_the_year_ended "
        "(id bigint PRIMARY KEY)"
    )

Good::

    op.execute("CREATE TABLE orders_paid_late (id bigint PRIMARY KEY)")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.identifiers import names_in
from alembic_guard.finding import Severity
from alembic_guard.rules._code import execute
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = Step
SEVERITY = Severity.WARNING

BYTES, CHARACTERS = 63, 64  # of PostgreSQL, of MariaDB and MySQL


def judge(step: Step, run: Run) -> Iterator[Harm]:
    """Found once for each name of a step."""
    if all(len(sql.encode()) <= BYTES for sql in step.sql):
        return
    for name in dict.fromkeys(name for sql in step.sql for name in names_in(sql, run.target.kind)):
        short = cut(name, run.target.kind)
        if short == name:
            continue
        code = tuple(execute(sql.replace(name, short)) for sql in step.sql if name in sql)
        if run.target.is_mysql:
            yield Harm(
                f"{name} is longer than {CHARACTERS} characters, so the statement fails.",
                fix=code,
                severity=Severity.ERROR,
            )
        else:
            yield Harm(
                f"{name} is longer than {BYTES} bytes: PostgreSQL calls it {short}.",
                why="It cuts the name, and says so in a notice only.",
                fix=code,
            )


def cut(name: str, kind: str) -> str:
    """A name as long as the database allows."""
    if kind in ("mariadb", "mysql"):
        return name[:CHARACTERS]
    return name.encode()[:BYTES].decode(errors="ignore")
