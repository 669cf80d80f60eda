"""Lets Alembic write the expressions of models as they are.

Alembic compiles a default, a CHECK or a generated expression for the driver, which doubles percent
signs, and writes the text into ``sa.text()``, which takes ``:name`` for a parameter: a migration
then makes another default than the models, or fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from alembic_guard.autogenerate.operations import escaped

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render_exactly(context: AutogenContext) -> None:
    """Correct what the dialect of this autogenerate hands to Alembic's renderers."""
    impl: Any = context.migration_context.impl
    plain = impl.render_ddl_sql_expr
    if hasattr(plain, "guard_exact"):
        return
    doubled = "%%" in str(sa.text("%").compile(dialect=impl.dialect))

    def exact(expression: Any, **options: Any) -> str:
        sql: str = plain(expression, **options)
        sql = sql.replace("%%", "%") if doubled else sql
        # an index's goes into literal_column(), which has no parameters
        return sql if options.get("is_index") else escaped(sql)

    exact.guard_exact = True  # type: ignore[attr-defined]
    impl.render_ddl_sql_expr = exact
