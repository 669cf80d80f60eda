r"""Autogenerate has no models to compare the database with.

``env.py`` gives ``target_metadata = None``, or never hands it to ``context.configure()``. There is
nothing to compare, so no migration can be derived.

Fix: import the ``MetaData`` of your models in ``env.py`` and pass it on.

Bad::

    # edit: migrations/env.py: target_metadata = Base.metadata -> target_metadata = None
    $ alembic guard-revision -m "add email"

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._subjects import LoadedMetadata
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = (LoadedMetadata, EnvironmentFailed)
NEVER_ALLOWED = True


def judge(subject: LoadedMetadata | EnvironmentFailed) -> Iterator[Finding]:
    """Refuse where there is no MetaData."""
    if isinstance(subject, EnvironmentFailed):
        missing = subject.kind == "no-target-metadata"
    else:
        missing = not subject.given
    if missing:
        env_py = relative(subject.env_py)
        yield Finding(
            "no-target-metadata",
            f"{env_py} gives Alembic no target_metadata.",
            why="Without the MetaData of your models there is nothing to compare the database with.",
            next=(
                f"in {env_py}: from yourapp.models import Base; target_metadata = Base.metadata",
            ),
            place=Place(env_py),
        )
