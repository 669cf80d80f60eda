"""A change of all rows, page by page along the primary key, each page a transaction of its own."""

from __future__ import annotations

import json

from alembic_guard.ddl.data import Delete, Update
from alembic_guard.ddl.reading import read_sql
from alembic_guard.rules._code import autocommit, lines, parameterless, quoted, quoted_name
from alembic_guard.rules._dropping import BATCH, deleted
from alembic_guard.rules._run import Run

# What is below every key, by type; integers where nothing is known.
_LOWEST = {
    "uuid": '"00000000-0000-0000-0000-000000000000"',
    "varchar": '""',
    "text": '""',
    "date": '"0001-01-01"',
}
_INTEGERS = "-(2**31)"


def paged(action: Update | Delete, run: Run) -> str:
    """A change without WHERE, in pages; "" where its table has no key of one column."""
    if isinstance(action, Delete):
        return deleted(run, action.table)
    key = _key(run, action.table)
    if key is None:
        return ""
    kind, statement = run.target.kind, _statement(action, run)
    name, table = quoted_name(key, kind), quoted(action.table, kind)
    page = f"SELECT {name} FROM {table} WHERE {name} > :after ORDER BY {name} LIMIT {BATCH}"
    ends = f"SELECT {name} FROM ({page}) AS page ORDER BY {name} DESC LIMIT 1"
    change = f"{statement} WHERE {name} > :after AND {name} <= :until"
    unknown = ["# Fill in the values."] if "= ..." in statement else []
    return lines(
        *unknown,
        f"ends = sa.text({json.dumps(ends)})",
        f"page = sa.text({json.dumps(change, ensure_ascii=False)})",
        f"after = {_lowest(run, action.table, key)}",
        autocommit(
            'while (until := op.get_bind().scalar(ends, {"after": after})) is not None:',
            '    op.get_bind().execute(page, {"after": after, "until": until})',
            "    after = until",
        ),
    )


def _statement(action: Update, run: Run) -> str:
    """The UPDATE as it is, where WHERE can be added to it; else one to fill in."""
    sql = run.step.sql[0].strip().rstrip(";").rstrip() if len(run.step.sql) == 1 else ""
    kind = run.target.kind
    found = read_sql(f"{sql} WHERE 1 = 1", kind) if sql else ()
    whole = len(found) == 1 and isinstance(found[0], Update) and found[0].where
    if whole and "$1" not in sql and "?" not in sql and "--" not in sql:
        return parameterless(sql)
    columns = [quoted_name(each, kind) for each in action.columns] or ["..."]
    values = ", ".join(f"{each} = ..." for each in columns)
    return f"UPDATE {quoted(action.table, kind)} SET {values}"


def _key(run: Run, key: str) -> str | None:
    """The column of the primary key; ``id`` where the table is not known."""
    table = run.table(key)
    found = [each.columns for each in table.constraints_of("primary key")] if table else []
    if found:
        return found[0][0] if len(found[0]) == 1 else None
    return None if table is not None and table.complete else "id"


def _lowest(run: Run, key: str, column: str) -> str:
    table = run.table(key)
    known = table.columns.get(column) if table is not None else None
    return _LOWEST.get(known.type.name if known and known.type else "", _INTEGERS)
