"""The index of a finding, built as its statement says it but while its table is in use.

``op.create_index()`` in a fix says columns, method and condition. A statement that says more, such
as an operator class, is kept as SQL, with CONCURRENTLY put in by PostgreSQL's own parser; without
that parser what it says more is lost.
"""

from __future__ import annotations

from typing import Any

from alembic.operations.ops import AddColumnOp

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.ddl.postgresql_text_names import word_of
from alembic_guard.rules._apart import steps_of, written
from alembic_guard.rules._code import autocommit, built, execute, index_code, index_name
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step


def built_as_said(action: CreateIndex, run: Run, step: Step | None = None) -> str:
    """The lines that build an index concurrently; plainly on a table that nobody uses yet.

    :param step: that says it, if that is not the one that is judged now.
    """
    if run.is_new(action.table):
        return created_as_said(action, run)
    sql = _sql(action, step or run.step, concurrently=True)
    return autocommit(execute(sql)) if sql else built(action.table, action.index)


def created_as_said(action: CreateIndex, run: Run, **options: Any) -> str:
    """The line that creates an index.

    :param options: ``postgresql_concurrently=True`` or nothing.
    """
    sql = _sql(action, run.step, concurrently=bool(options))
    return execute(sql) if sql else index_code(action.table, action.index, **options)


def indexes_apart(run: Run) -> tuple[str, ...]:
    """The revision that is judged now, in order, with a revision for each index that it builds.

    :returns: nothing where the statement of this index holds more, so that it can't be divided.
    """
    if _built_by(run.step, run) is None:
        return ()
    parts, rest = list[str](), list[Step]()
    for step in steps_of(run):
        index = _built_by(step, run)
        # Rendered by Alembic, the column comes without its index.
        if index is None or isinstance(step.directive, AddColumnOp):
            rest.append(step)
        if index is not None:
            parts += [written(rest, run), built_as_said(index, run, step)]
            rest = []
    return tuple(text for text in (*parts, written(rest, run)) if text)


def _built_by(step: Step, run: Run) -> CreateIndex | None:
    """The index that is all that a step does, or what it does beside its column."""
    actions = run.actions_of(step)
    if len(actions) > 1 and not isinstance(step.directive, AddColumnOp):
        return None
    for each in actions:
        if isinstance(each, CreateIndex) and not each.concurrently and not run.is_new(each.table):
            return each
    return None


def _sql(action: CreateIndex, step: Step, *, concurrently: bool) -> str:
    """The statement of an index that says more than ``op.create_index()`` would; "" for others."""
    try:
        from postgast import PgQueryError, deparse, parse
    except ImportError:
        return ""
    for text in step.sql:
        try:
            tree = parse(text)
        except (PgQueryError, UnicodeEncodeError):
            continue
        for each in tree.stmts:
            statement = each.stmt.index_stmt
            if statement.idxname == (action.index.name or "") and _says_more(statement):
                statement.idxname = index_name(action.table, action.index)
                statement.concurrent = concurrently
                statement.if_not_exists = False
                return str(deparse(type(tree)(stmts=[each])))
    return ""


def _says_more(statement: Any) -> bool:
    more = statement.options or statement.table_space or statement.nulls_not_distinct
    columns = [each.index_elem for each in statement.index_params]
    return bool(more) or any(
        each.collation
        or each.opclass
        or each.opclassopts
        or word_of(each, "ordering") != "SORTBY_DEFAULT"
        or word_of(each, "nulls_ordering") != "SORTBY_NULLS_DEFAULT"
        for each in columns
    )
