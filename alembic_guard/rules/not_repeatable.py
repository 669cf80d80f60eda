"""What is done outside of a transaction fails when it is done a second time.

In an ``autocommit_block()``, and always in MariaDB and MySQL, a statement stays when a later one
fails, and the revision is not recorded. The next attempt stops at what is there already, unless it
says IF NOT EXISTS or IF EXISTS. An index that is built CONCURRENTLY is another matter: there IF NOT
EXISTS hides an invalid one.

Fix: say IF NOT EXISTS or IF EXISTS.

Bad::

    with op.get_context().autocommit_block():
        op.create_table("notes", sa.Column("id", sa.BigInteger(), primary_key=True))

Good::

    with op.get_context().autocommit_block():
        op.create_table(
            "notes", sa.Column("id", sa.BigInteger(), primary_key=True), if_not_exists=True
        )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl import actions, objects
from alembic_guard.ddl.actions import Action
from alembic_guard.finding import Severity
from alembic_guard.rules._apart import code_of
from alembic_guard.rules._code import autocommit
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._repeating import fails_again
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = (
    actions.CreateTable,
    actions.DropTable,
    actions.AddColumn,
    actions.DropIndex,
    actions.CreateIndex,
    objects.AddEnumValue,
    objects.CreateObject,
    objects.DropObject,
)
SEVERITY = Severity.WARNING
OPT_IN = True
_OPTIONAL = ("extension", "materialized view", "schema", "sequence")
"""Of other objects, those whose CREATE knows IF NOT EXISTS (PostgreSQL manual, SQL Commands)."""


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found for what can say IF [NOT] EXISTS and does not."""
    committed = run.step.transaction is None or run.target.is_mysql
    if not committed or getattr(action, "concurrently", False) or not fails_again(run.step, action):
        return
    # MySQL knows the words for tables and views only (manual 8.0).
    if run.target.kind == "mysql" and not isinstance(
        action, actions.CreateTable | actions.DropTable | objects.CreateObject | objects.DropObject
    ):
        return
    if isinstance(action, objects.CreateObject) and action.kind not in _OPTIONAL:
        return
    creates = not isinstance(action, actions.DropTable | actions.DropIndex | objects.DropObject)
    yield Harm(
        f"A second attempt fails here: it says no IF {'NOT ' * creates}EXISTS.",
        why="It is committed by itself, and stays when a later statement fails.",
        fix=tuple(filter(None, [_mended(action, run, creates)])),
    )


def _mended(action: Action, run: Run, creates: bool) -> str:
    """The step with the words in it; "" where there is no place for them."""
    words = "if_not_exists=True" if creates else "if_exists=True"
    code = code_of(run.step, run.target.kind)
    if code.startswith("op.execute("):
        code = as_written(run, code)
        phrase = "IF NOT EXISTS " if creates else "IF EXISTS "
        word = _word(action)
        code = code.replace(word, word + phrase, 1) if word in code else ""
    else:
        code = f"{code.rstrip().removesuffix(')').rstrip().removesuffix(',')}, {words})"
    return autocommit(code) if code and run.step.transaction is None else code


def _word(action: Action) -> str:
    """The word behind which a statement says it."""
    match action:
        case actions.AddColumn():
            return "COLUMN "
        case actions.CreateIndex() | actions.DropIndex():
            return "INDEX "
        case objects.AddEnumValue():
            return "VALUE "
        case objects.CreateObject(kind=kind) | objects.DropObject(kind=kind):
            return f"{kind.upper()} "
    return "TABLE "
