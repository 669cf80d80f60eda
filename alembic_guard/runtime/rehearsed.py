"""What a rehearsal came across: values that the guards put into words."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.schema_facts import Difference
from alembic_guard.runtime.stopped import MigrationFailed

if TYPE_CHECKING:
    from alembic.script import Script


class RehearsalFailed(MigrationFailed):
    """``upgrade()`` raised on the scratch database."""


@dataclass(frozen=True)
class DowngradeFailed:
    """``downgrade()`` raised on the scratch database.

    :param message: what it raised; :param line: where in the revision file, if there.
    """

    revision: Revision
    message: str
    line: int | None


@dataclass(frozen=True)
class LeftBehind:
    """After the upgrade and the downgrade of a revision the schema is not the one of before."""

    revision: Revision
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class AnotherSchema:
    """Upgraded after its downgrade, a revision does something else than it did at first.

    :param message: what it raised, "" where it came to its end; :param line: where.
    """

    revision: Revision
    differences: tuple[Difference, ...] = ()
    message: str = ""
    line: int | None = None


def can_be_downgraded(script: Script, changed: bool) -> bool:
    """Whether a revision's file has a downgrade, by its text.

    :param changed: whether its upgrade changed the schema, so that ``pass`` is no way back.
    """
    if not hasattr(script.module, "downgrade"):
        return False
    try:
        # a draft was loaded from where it is staged
        file = getattr(script.module, "__file__", None) or script.path
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return True
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "downgrade":
            does = [each for each in node.body if not _is_nothing(each)]
            return (bool(does) and not isinstance(does[0], ast.Raise)) or not (does or changed)
    return True


def _is_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return):
        return statement.value is None
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)
