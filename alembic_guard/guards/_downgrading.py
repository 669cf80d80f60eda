"""What the guards look at before a downgrade: frozen values, made by the commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic_guard.ddl.losses import Loss

if TYPE_CHECKING:
    from alembic_guard.finding import Place
    from alembic_guard.runtime.history import Revision


@dataclass(frozen=True)
class Lost:
    """What one statement of a ``downgrade()`` takes for good.

    :param count: rows or values; None where nobody knows.
    :param more: whether there are more than ``count``.
    :param copy: SQL that keeps a copy of it; "" where there is none.
    """

    revision: Revision
    place: Place | None
    loss: Loss
    count: int | None
    more: bool = False
    copy: str = ""


@dataclass(frozen=True)
class LosingDowngrade:
    """What a downgrade of one database takes for good.

    :param target: as it was typed.
    """

    target: str
    lost: tuple[Lost, ...]


@dataclass(frozen=True)
class EmptyDowngrades:
    """Revisions whose ``upgrade()`` did something, and whose ``downgrade()`` does nothing.

    :param target: as it was typed; :param forward_only: the setting, under which that is no harm.
    """

    target: str
    revisions: tuple[Revision, ...]
    forward_only: bool = False


@dataclass(frozen=True)
class RefusingDowngrades:
    """Revisions whose ``downgrade()`` raises ``NotImplementedError``."""

    revisions: tuple[tuple[Revision, Place | None], ...]
