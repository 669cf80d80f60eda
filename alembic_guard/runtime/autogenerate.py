"""Runs Alembic's autogenerate for a revision that is not written yet.

Private names of Alembic, tried on 1.18.4, 1.19.1, 1.20.0 and 1.20.1: ``AutogenContext.
_name_filters``, ``DropTableOp._reverse``, ``RevisionContext._default_revision`` and
``MigrationScript``'s lists.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from alembic.autogenerate.api import AutogenContext, RevisionContext
from alembic.operations import ops

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory


class DraftedRevision:
    """A revision that takes shape, one database after another.

    :param arguments: as ``alembic revision`` has them: message, head, splice, branch_label…
    """

    def __init__(self, config: Config, script: ScriptDirectory, arguments: dict[str, Any]) -> None:
        command_args = {"autogenerate": True, "sql": False, **arguments}
        self.context = RevisionContext(
            config, script, command_args, process_revision_directives=self._before_hooks
        )
        self.emptied = 0
        self._first = self.context.generated_revisions[0]
        self._found = 0

    def compare(self, recorded: Any, context: MigrationContext) -> None:
        """Autogenerate for one database; env.py's own hook has the last word."""
        revision = self.context
        if not revision.generated_revisions:
            # A cookbook hook emptied the list for the database before; Alembic would fail now.
            revision.generated_revisions.append(self._first)
        with_our_kinds(context.opts)
        with _unannounced():
            revision.run_autogenerate(recorded, context)
        if not revision.generated_revisions:
            self.emptied += self._found

    def _before_hooks(self, _context: Any, _revision: Any, directives: list[Any]) -> None:
        """Alembic calls this before env.py's own process_revision_directives."""
        last = directives[-1].upgrade_ops_list[-1]
        self._found = len(list(_leaves(last)))

    def operations(self) -> Iterator[tuple[ops.UpgradeOps, ops.DowngradeOps]]:
        """Both directions for each database, in the order in which env.py configured them."""
        for directive in self.context.generated_revisions:
            yield from zip(directive.upgrade_ops_list, directive.downgrade_ops_list, strict=True)


@contextmanager
def _unannounced() -> Iterator[None]:
    """Alembic logs a line for each plugin of an autogenerate: ours are twenty, and nobody asked."""
    logger = logging.getLogger("alembic.runtime.plugins")

    def others(record: logging.LogRecord) -> bool:
        return "alembic_guard." not in record.getMessage()

    logger.addFilter(others)
    try:
        yield
    finally:
        logger.removeFilter(others)


def with_our_kinds(options: dict[str, Any]) -> None:
    """Let our comparators of kinds take part, unless env.py has chosen among them itself.

    :param options: those of a migration context.
    """
    plugins = list(options.get("autogenerate_plugins") or ["alembic.autogenerate.*"])
    if not any(name.startswith(("alembic_guard.", "~alembic_guard.*")) for name in plugins):
        options["autogenerate_plugins"] = [*plugins, "alembic_guard.*"]


def autogen_context(context: MigrationContext) -> AutogenContext:
    """What our comparators look at, without an autogenerate."""
    with_our_kinds(context.opts)
    with _unannounced():
        return AutogenContext(context)


def add_name_filter(context: AutogenContext, keep: Callable[[str | None, str, Any], bool]) -> None:
    """Let autogenerate pass by what ``keep(name, type, parent_names)`` denies."""
    filters: list[Any] = context._name_filters
    filters.append(keep)


def items_of(operation: ops.CreateTableOp | ops.DropTableOp) -> list[Any]:
    """The columns and constraints that CREATE TABLE makes, now or on the way back."""
    made: Any = operation
    if isinstance(operation, ops.DropTableOp):
        made = operation._reverse
    return [] if made is None else made.columns


def is_of_a_type(constraint: Any) -> bool:
    """Whether an enum or a boolean brings a constraint with it, wherever its column is written."""
    return bool(getattr(constraint, "_type_bound", False))


def _leaves(container: Any) -> Iterator[Any]:
    for operation in container.ops:
        if isinstance(operation, ops.OpContainer):
            yield from _leaves(operation)
        else:
            yield operation
