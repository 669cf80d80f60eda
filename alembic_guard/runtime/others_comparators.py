"""Comparators that libraries have registered with Alembic, which a project can't switch off.

Alembic gives each autogenerate its own copy of its global list, so there is nothing to put back.
Private name of Alembic, tried on 1.20.1: ``PriorityDispatcher._registry``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def comparators_of(context: AutogenContext, modules: Collection[str]) -> list[Any]:
    """The comparators of an autogenerate that come from some modules."""
    registry: dict[Any, list[Any]] = context.comparators._registry
    return [each for found in registry.values() for each in found if _home(each) in modules]


def leave_out(context: AutogenContext, comparators: Collection[Any]) -> None:
    """Let an autogenerate go on without some of its comparators."""
    registry: dict[Any, list[Any]] = context.comparators._registry
    for key, found in registry.items():
        registry[key] = [each for each in found if each not in comparators]


def _home(registered: Any) -> str:
    return str(getattr(registered[0], "__module__", ""))
