"""The index of a finding: a column that came with it keeps its place, without it."""

from __future__ import annotations

from alembic.operations.ops import AddColumnOp
from sqlalchemy import Column as SaColumn
from sqlalchemy import Integer, make_url

from alembic_guard import rules
from alembic_guard.ddl.directives import read_directive
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Target

DIALECT = make_url("postgresql+psycopg://").get_dialect()()


def test_a_column_that_comes_with_an_index_is_added_first_and_the_index_built_apart() -> None:
    directive = AddColumnOp("orders", SaColumn("x", Integer(), index=True))
    actions = read_directive(directive, DIALECT, "postgresql")
    assert actions is not None
    step = Step(directive, (), None, 1, "a1")
    judged = rules.judge([(step, actions)], Run(Target("postgresql", (15, 0))))
    (one,) = [each.finding for each in judged if each.finding.name == "index-under-exclusive-lock"]
    assert one.next == (
        "op.add_column('orders', sa.Column('x', sa.Integer(), nullable=True))",
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("ix_orders_x", "orders", ["x"], postgresql_concurrently=True)',
    )
