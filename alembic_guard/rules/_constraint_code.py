"""The code that adds constraints to tables in use, or drops them.

Each text is lines of one ``upgrade()``. What a directive or a statement said beside the constraint
itself, such as ``ON DELETE``, is kept: the code is that of the directive, or the statement with a
word more. Of one clause among several it is made anew, without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from alembic.operations import ops

from alembic_guard.ddl.actions import Action, AddColumn, AddConstraint, DropColumn, DropTable
from alembic_guard.rules._adding import add_column, key_index, not_null, text_code
from alembic_guard.rules._code import (
    allowed,
    autocommit,
    built,
    call,
    execute,
    lines,
    named,
    parameterless,
    quoted,
    quoted_name,
)
from alembic_guard.rules._constraints import (
    KEYS,
    is_indexed,
    may_repeat,
    maybe_null,
    name_of,
    will_be_indexed,
)
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Constraint, Index

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '3s'"
_OF_KEYS = ("onupdate", "ondelete", "deferrable", "initially", "match")
TYPES = {
    "foreign key": "foreignkey",
    "primary key": "primary",
    "unique": "unique",
    "check": "check",
}


def said(action: AddConstraint, run: Run, step: Step | None = None) -> str:
    """The code that adds a constraint as it was said.

    :param step: that said it, where that is not the one that is judged now.
    """
    step = step or run.step
    sql = statement(action, run, step)
    if sql and not isinstance(step.directive, ops.AddConstraintOp | ops.AddColumnOp):
        return execute(sql)
    return _before(action, run, step) + (_directive(action, run, step) or execute(sql))


def not_valid(action: AddConstraint, run: Run, step: Step | None = None) -> str:
    """The code that adds a foreign key or a check, and checks no row that is there."""
    if not action.constraint.valid:
        return said(action, run, step)
    step, constraint = step or run.step, action.constraint
    sql = statement(action, run, step)
    if (
        (constraint.name or constraint.refers_to)
        and sql
        and not isinstance(step.directive, ops.AddConstraintOp)
    ):
        return _before(action, run, step) + execute(f"{sql} NOT VALID")
    later = replace(action, constraint=replace(constraint, valid=False))
    return _before(action, run, step) + _directive(later, run, step)


def validated(key: str, name: str) -> str:
    """The code that validates a constraint after the transaction that added it.

    Without ``transaction_per_migration`` in env.py, Alembic applies all revisions in one
    transaction, so that a revision of its own is not enough: the block ends what was begun before.
    """
    return autocommit(execute(f"ALTER TABLE {quoted(key)} VALIDATE CONSTRAINT {quoted_name(name)}"))


def in_steps(action: AddConstraint, run: Run) -> tuple[str, ...]:
    """The bodies that add a foreign key, a check or a key while its table is in use."""
    key, constraint = action.table, action.constraint
    column = _before(action, run, run.step)
    made = (column.rstrip(),) if column else ()
    if constraint.kind in KEYS:
        index, taken_over = using_index(action, run)
        unique = Index(None, constraint.columns, unique=True)
        before = constraint.columns if constraint.kind == "primary key" else ()
        looked = looked_first(key, unique, index, run)
        return *made, *made_not_null(key, before, run), looked, taken_over
    first = indexed_first(action, run) if constraint.kind == "foreign key" else ()
    added = not_valid(action, run)
    if first:  # the index needs the column
        first, added = (*made, *first), added.removeprefix(column)
    return *first, added, validated(key, name_of(key, constraint))


def key_in_steps(action: AddConstraint, run: Run, rule: str) -> tuple[str, ...]:
    """A key in steps; on a partitioned table, which takes over no index, as it was said.

    "ADD CONSTRAINT USING INDEX is not supported on partitioned tables" (measured on 15).
    """
    table = run.table(action.table)
    if table is None or not table.partitioned:
        return in_steps(action, run)
    reason = "reads may wait: a partitioned table takes over no index"
    return (allowed(said(action, run), rule, reason),)


def using_index(action: AddConstraint, run: Run) -> tuple[str, str]:
    """The code that builds the index of a key while its table is in use, and of the key on it."""
    key, constraint = action.table, action.constraint
    name = name_of(key, constraint)
    words = f"{constraint.kind.upper()} USING INDEX {quoted_name(name)}"
    options = getattr(run.step.directive, "kw", {})
    if options.get("deferrable"):
        words += " DEFERRABLE"
    if options.get("initially"):
        words += f" INITIALLY {options['initially']}"
    clause = f"ALTER TABLE {quoted(key)} ADD CONSTRAINT {quoted_name(name)} {words}"
    return built(key, Index(name, constraint.columns, unique=True)), execute(clause)


def indexed_first(action: AddConstraint, run: Run) -> tuple[str, ...]:
    """The code that builds the index of a foreign key, where it is known that it has none."""
    key, columns, table = action.table, action.constraint.columns, run.table(action.table)
    if table is None or is_indexed(table, columns) or will_be_indexed(key, columns, run):
        return ()
    return key_index(key, columns, run) if columns else ()


def looked_first(key: str, index: Index, code: str, run: Run) -> str:
    """The code of an index, of a unique one after a look at whether rows repeat."""
    if not index.unique or not may_repeat(key, index.columns, run):
        return code
    columns = [each if index.expressions else quoted_name(each) for each in index.columns]
    some = index.where or " AND ".join(f"{each} IS NOT NULL" for each in columns)
    listed = ", ".join(columns)
    sql = (
        f"SELECT {listed} FROM {quoted(key)} WHERE {some} "
        f"GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"
    )
    message = f"several rows of {key} have the same {', '.join(index.columns)}"
    raised = f"    raise ValueError({json.dumps(message, ensure_ascii=False)})"
    return lines(
        f"repeated = op.get_bind().execute({text_code(sql)}).first()", "if repeated:", raised, code
    )


def orphans_first(action: AddConstraint, run: Run) -> tuple[str, ...]:
    """A look at whether rows refer to nothing; MariaDB and MySQL."""
    key, constraint = action.table, action.constraint
    parent = constraint.refers_to or ""
    referred = constraint.referred_columns or _primary(parent, run)
    names = [quoted_name(each, "mysql") for each in constraint.columns]
    others = [quoted_name(each, "mysql") for each in referred]
    pairs = zip(others, names, strict=False)
    sql = (
        f"SELECT 1 FROM {_in_backticks(key)} c "
        f"WHERE {' AND '.join(f'c.{each} IS NOT NULL' for each in names)} "
        f"AND NOT EXISTS (SELECT 1 FROM {_in_backticks(parent)} p "
        f"WHERE {' AND '.join(f'p.{one} = c.{other}' for one, other in pairs)}) LIMIT 1"
    )
    message = f"rows of {key} refer to rows of {parent} that are not there"
    return (
        f"orphan = op.get_bind().execute({text_code(sql)}).first()",
        "if orphan:",
        f"    raise ValueError({json.dumps(message, ensure_ascii=False)})",
    )


def _in_backticks(key: str) -> str:
    return ".".join(quoted_name(each, "mysql") for each in key.split(".", 1))


def dropped_said(action: DropColumn | DropTable, run: Run) -> str:
    """The directive that drops a table or a column, with the reason that it takes to do so."""
    name, schema = named(action.table)
    if isinstance(action, DropColumn):
        line = call("drop_column", name, action.column, **schema)
        return allowed(line, "drop-column", "nothing reads it any more")
    line = call("drop_table", name, **schema)
    return line if run.is_empty(action.table) else allowed(line, "drop-table", "nothing reads it")


def made_not_null(key: str, columns: Iterable[str], run: Run) -> tuple[str, ...]:
    """The code that makes columns NOT NULL while their table is in use."""
    return tuple(text for each in maybe_null(key, columns, run) for text in not_null(key, each))


def dropped_code(key: str, constraint: Constraint) -> str:
    """The ``op.drop_constraint()`` of a constraint; never with what depends on it."""
    table, schema = named(key)
    of = {"type_": TYPES[constraint.kind]} if constraint.kind in TYPES else {}
    return call("drop_constraint", constraint.name or "", table, **of, **schema)


def statement(action: Action, run: Run, step: Step) -> str:
    """The statement that is this action and nothing else; "" where there is none."""
    here = run.actions_of(step)
    if len(here) != len(step.sql) or action not in here:
        return ""
    sql = step.sql[here.index(action)].strip().rstrip(";").rstrip()
    if "--" in sql:
        return ""
    return sql if set("'\"$") & set(sql) else " ".join(sql.split())


def _before(action: AddConstraint, run: Run, step: Step) -> str:
    """The column, where the constraint came with ``op.add_column()``."""
    if not isinstance(step.directive, ops.AddColumnOp):
        return ""
    here = run.actions_of(step)
    added = [each for each in here if isinstance(each, AddColumn) and each.table == action.table]
    return "".join(f"{add_column(each.table, each.column)}\n" for each in added)


def _directive(action: AddConstraint, run: Run, step: Step) -> str:
    """The directive that adds a constraint; "" for a kind that has none."""
    constraint, (table, schema) = action.constraint, named(action.table)
    given = getattr(step.directive, "kw", {})
    name, columns = name_of(action.table, constraint), list(constraint.columns)
    kept: dict[str, Any] = {key: given[key] for key in _OF_KEYS if given.get(key) is not None}
    late = {} if constraint.valid else {"postgresql_not_valid": True}
    if constraint.kind == "check":
        expression = parameterless(constraint.expression or "true")
        return call("create_check_constraint", name, table, expression, **schema, **late)
    if constraint.kind == "foreign key" and constraint.refers_to:
        parent, above = named(constraint.refers_to)
        schemas = {"source_schema": schema.get("schema"), "referent_schema": above.get("schema")}
        kept |= {key: value for key, value in schemas.items() if value}
        referred = list(constraint.referred_columns) or _primary(constraint.refers_to, run)
        words = (name, table, parent, columns, referred)
        return call("create_foreign_key", *words, **kept, **late)
    if constraint.kind == "unique":
        return call("create_unique_constraint", name, table, columns, **schema, **kept)
    if constraint.kind == "primary key":
        return call("create_primary_key", name, table, columns, **schema)
    return ""


def _primary(key: str, run: Run) -> list[str]:
    table = run.table(key)
    found = [list(each.columns) for each in table.constraints_of("primary key")] if table else []
    return found[0] if found else ["id"]
