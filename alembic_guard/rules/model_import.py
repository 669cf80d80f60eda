"""A migration imports the application's models, which will be others when it runs next year.

A revision describes the tables as they were when it was written; the models follow the code. When a
column is added to a model, each older revision that uses it selects and inserts a column that is
not there yet, and every new database, the tests' among them, stops at it (Alembic's cookbook and
Django's manual, "Historical models", say the same).

Fix: name the columns that the migration needs with ``sa.table()``.

Bad::

    from models import shops

    op.execute(shops.update().where(shops.c.id == 1).values(name="first"))

Good::

    shops = sa.table("shops", sa.column("id"), sa.column("name"))
    op.execute(shops.update().where(shops.c.id == 1).values(name="first"))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Severity
from alembic_guard.rules._code import Code, call, named
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.runtime.model_imports import ModelImport
from alembic_guard.runtime.step import Step

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = Step
SEVERITY = Severity.WARNING


def judge(step: Step, run: Run) -> Iterator[Harm]:
    """Found once for each model, at the first step of its revision."""
    found = run.imports.get(step.revision, ())
    if not found or (len(run.steps) > 1 and run.steps[-2].revision == step.revision):
        return
    for each in found:
        yield Harm(
            f"Revision {step.revision} imports {each.name}, which will be another when it runs "
            "again.",
            why=f"The model follows the code; {each.table} has the columns of this revision when "
            "it is applied to a new database.",
            fix=(_local(each),),
            place=each.place,
        )


def _local(found: ModelImport) -> str:
    """The table with its columns by name."""
    name, schema = named(found.table)
    columns = [Code(call("column", each).replace("op.", "sa.", 1)) for each in found.columns]
    variable = "".join(sign if sign.isalnum() else "_" for sign in name)
    return f"{variable} = {call('table', name, *columns, **schema).replace('op.', 'sa.', 1)}"
