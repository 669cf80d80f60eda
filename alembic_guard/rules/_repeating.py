"""Which statements fail when they are done a second time, as the next attempt does."""

from __future__ import annotations

from itertools import pairwise

from alembic_guard.ddl import actions, objects
from alembic_guard.ddl.actions import Action
from alembic_guard.runtime.step import Step

_ONCE = (
    actions.AddColumn,
    actions.AddConstraint,
    actions.AttachPartition,
    actions.CreateIndex,
    actions.CreateTable,
    actions.DetachPartition,
    actions.DropColumn,
    actions.DropConstraint,
    actions.DropIndex,
    actions.DropTable,
    actions.RenameColumn,
    actions.RenameTable,
    actions.SetSchema,
    objects.AddEnumValue,
    objects.CreateDomain,
    objects.CreateEnum,
    objects.CreateObject,
    objects.DropObject,
    objects.Rename,
)


def fails_again(step: Step, action: Action) -> bool:
    """Whether a statement fails the second time, as it says neither IF EXISTS nor the like."""
    if isinstance(action, actions.CreateTable) and action.temporary:
        return False
    if not isinstance(action, _ONCE):
        return False
    words = ("if_exists", "if_not_exists", "replace")
    return not any(getattr(action, word, False) for word in words) and not says_if(step)


def says_if(step: Step) -> bool:
    """Whether the text of a step says IF [NOT] EXISTS, which few actions keep."""
    words = " ".join(step.sql).upper().split()
    return any(pair in (("IF", "EXISTS"), ("IF", "NOT")) for pair in pairwise(words))
