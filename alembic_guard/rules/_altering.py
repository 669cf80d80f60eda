"""What the rules about changed columns and names ask, and the code that they say to write.

A type, a name or an expression is changed without harm by way of a new column beside the old one:
running instances go on with the old one, and neither is locked for long.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from alembic_guard.ddl import effects, expressions
from alembic_guard.ddl.actions import Action, AddColumn, OnColumn, RenameTable, SetType
from alembic_guard.ddl.effects_on_columns import is_not_null, type_cost
from alembic_guard.ddl.objects import CreateObject, DropObject
from alembic_guard.ddl.postgresql_text_names import sql_of
from alembic_guard.ddl.type_changes import TypeChange
from alembic_guard.rules._adding import add_column, backfill, not_null
from alembic_guard.rules._code import (
    Code,
    call,
    execute,
    has_class,
    lines,
    named,
    quoted,
    type_code,
)
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Constraint
from alembic_guard.sql_types import SqlType

_A = TypeVar("_A", bound=Action)
_VIEWS = ("view", "materialized view")
LONGEST = 63  # letters of a name in PostgreSQL, of which MariaDB and MySQL take one more


def known(run: Run) -> effects.Known:
    """What the effects of PostgreSQL's statements depend on."""
    return effects.Known(run.target, run.table)


def cost(action: SetType, run: Run) -> TypeChange:
    """What a new type costs the rows and indexes of its own table."""
    return type_cost(action, known(run))


def because(change: TypeChange) -> str:
    """The reason of a cost, as the beginning of a sentence."""
    return change.reason[:1].upper() + change.reason[1:]


def is_proved(run: Run, key: str, column: str) -> bool:
    """Whether PostgreSQL knows already that a column has no NULL."""
    return is_not_null(known(run), key, column)


def was_added(run: Run, key: str, column: str) -> bool:
    """Whether nobody uses a column yet, because this very run added it."""
    return any(
        action.column.name == column and (run.together or step.revision == run.step.revision)
        for step, action in run.earlier(AddColumn, key)
    )


def views_of(action: OnColumn, run: Run) -> tuple[str, ...]:
    """The views of a table, where one of them reads the column: its type can't be changed.

    None where the transaction dropped a view: it may have been the one that reads the column.
    """
    if any(each.kind in _VIEWS for _, each in run.in_transaction(DropObject)):
        return ()
    table = run.table(action.table)
    return table.views if table is not None and action.column in table.used_by_views else ()


def checks_of(action: OnColumn, run: Run) -> list[Constraint]:
    """The valid CHECKs that name a column."""
    table = run.table(action.table)
    return [
        each
        for each in (table.constraints_of("check") if table else ())
        if each.valid
        and each.enforced
        and action.column in (*each.columns, *expressions.names(each.expression or ""))
    ]


def earlier_together(run: Run, kind: type[_A]) -> Iterator[_A]:
    """What was done before and is committed together with this step; or was by its revision."""
    if run.step.transaction is None:
        yield from (action for _, action in run.in_revision(kind))
    else:
        yield from (action for _, action in run.in_transaction(kind))


def later_together(run: Run, kind: type[_A]) -> Iterator[_A]:
    """What is done later and is committed together with this step; or is by its revision."""
    for step, action in run.later(kind):
        number = run.step.transaction
        if number is None:
            if step.revision != run.step.revision:
                return
            yield action
        elif step.transaction == number:
            yield action
        elif step.transaction is not None:
            return  # they come one after another


def keeps_name(run: Run, key: str) -> bool:
    """Whether a table or view by this name is there again when the transaction ends."""
    views = any(
        each.kind == "view" and each.name == key for each in later_together(run, CreateObject)
    )
    return views or any(each.new == key for each in later_together(run, RenameTable))


def viewed(old: str, new: str, kind: str = "postgresql") -> str:
    """A view by the name that a table had."""
    return execute(f"CREATE VIEW {quoted(old, kind)} AS SELECT * FROM {quoted(new, kind)}")


def assigned(sql: str, column: str) -> str | None:
    """What an UPDATE of PostgreSQL's gives to a column, where that needs nothing but the row.

    None also where postgast, which reads it, is not installed.
    """
    try:
        from postgast import PgQueryError, parse, walk
    except ImportError:
        return None
    try:
        statements = [each.stmt for each in parse(sql).stmts]
    except PgQueryError:
        return None
    for update in (each.update_stmt for each in statements if each.HasField("update_stmt")):
        # Other names than those of the table mean nothing in a query of it alone.
        named_otherwise = update.from_clause or update.relation.HasField("alias")
        for target in () if named_otherwise else update.target_list:
            value = target.res_target.val
            given = [type(node).__name__ for _, node in walk(value)]
            if target.res_target.name == column and "ParamRef" not in given:
                return sql_of(value)
    return None


def set_type_code(action: SetType) -> str:
    """The ``op.alter_column()`` of a type; as SQL where the type has no class."""
    name, schema = named(action.table)
    if not has_class(action.type) or action.collation:
        using = f" USING {action.using}" if action.using else ""
        collate = f" COLLATE {quoted(action.collation)}" if action.collation else ""
        clause = f"ALTER COLUMN {quoted(action.column)} TYPE {action.type}{collate}{using}"
        return execute(f"ALTER TABLE {quoted(action.table)} {clause}")
    words = {"postgresql_using": action.using} if action.using else {}
    return call(
        "alter_column", name, action.column, type_=Code(type_code(action.type)), **words, **schema
    )


def beside(
    run: Run,
    action: OnColumn,
    new: str,
    type: SqlType,
    value: str,
    *,
    where: str = "",
    required: bool = False,
) -> tuple[str, ...]:
    """A new column beside an old one, filled from it in batches.

    :param value: SQL of what a row gets; :param where: SQL of the rows in which that is not NULL,
        where they are not those in which the old column is none.
    :param required: whether it is made NOT NULL as well.
    """
    old = f"{action.table}.{action.column}"
    kind = run.target.kind
    filled = where or f"{quoted(action.column, kind)} IS NOT NULL"
    return (
        lines(
            f"# After this, let every instance write {action.column} and {new}.",
            add_column(action.table, Column(new, type), kind),
        ),
        lines(
            f"# Once they do; after this, let every instance read {new}, and drop {old} when none uses it.",
            backfill(run, action.table, new, value, where=filled),
        ),
        *(not_null(action.table, new) if required else ()),
    )


def retyped(run: Run, action: SetType, *, required: bool = False) -> tuple[str, ...]:
    """A new column of the new type beside the old one."""
    word = action.type.name.rpartition(".")[2].replace(" ", "_").strip('"')
    new = f"{action.column[: LONGEST - 4 - len(word)]}_as_{word}"
    if action.using:
        where = f"({action.using}) IS NOT NULL"
        return beside(run, action, new, action.type, action.using, where=where, required=required)
    value = f"CAST({quoted(action.column)} AS {action.type})"
    return beside(run, action, new, action.type, value, required=required)
