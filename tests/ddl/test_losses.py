"""Losses are told by the names that tables have before the run."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    CreateTable,
    DropColumn,
    DropTable,
    ModifyColumn,
    Rebuild,
    RenameColumn,
    RenameTable,
    SetSchema,
)
from alembic_guard.ddl.data import Delete, Insert, Opaque, Truncate, Update
from alembic_guard.ddl.losses import Losing, Loss
from alembic_guard.ddl.objects import DropObject
from alembic_guard.schema import Column


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([DropTable("a")], [Loss("table", "a")]),
        ([DropColumn("a", "x")], [Loss("column", "a", "x")]),
        ([Truncate("a"), Delete("b")], [Loss("rows", "a"), Loss("rows", "b")]),
        ([Delete("a", where=True)], [Loss("some rows", "a")]),
        ([Update("a", where=True)], [Loss("values", "a")]),
        ([DropObject("schema", "extra")], [Loss("schema", "extra")]),
        ([DropObject("view", "v"), Insert("a")], []),
        ([Opaque("DO", actions=(DropTable("a"),))], [Loss("table", "a")]),
        ([Rebuild("a", (DropColumn("a", "x"),))], [Loss("column", "a", "x")]),
        # what the run made itself is no loss, and nothing is lost twice
        ([CreateTable("a"), DropTable("a")], []),
        ([CreateTable("a", if_not_exists=True), DropTable("a")], [Loss("table", "a")]),
        ([AddColumn("a", Column("x")), DropColumn("a", "x")], []),
        ([DropTable("a"), DropTable("a")], [Loss("table", "a")]),
        # names are followed back
        ([RenameTable("a", "b"), DropTable("b")], [Loss("table", "a")]),
        ([RenameTable("a", "b"), CreateTable("a"), DropTable("a")], []),
        ([SetSchema("a", "old"), DropTable("old.a")], [Loss("table", "a")]),
        ([RenameColumn("a", "x", "y"), DropColumn("a", "y")], [Loss("column", "a", "x")]),
        (
            [ModifyColumn("a", "x", Column("y")), DropColumn("a", "y")],
            [Loss("column", "a", "x")],
        ),
        (
            [RenameColumn("a", "x", "y"), RenameTable("a", "b"), DropColumn("b", "y")],
            [Loss("column", "a", "x")],
        ),
        (
            [AddColumn("a", Column("x")), RenameTable("a", "b"), DropColumn("b", "x")],
            [],
        ),
    ],
)
def test_what_is_lost(actions: list[Action], expected: list[Loss]) -> None:
    losing = Losing()
    assert [loss for action in actions for loss in losing.of(action)] == expected
