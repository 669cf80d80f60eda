r"""Autogenerate has no models to compare the database with.

``env.py`` gives ``target_metadata = None``, or a class instead of its ``metadata``, or never hands
it to ``context.configure()``. There is nothing to compare, so no migration can be derived.

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
from alembic_guard.runtime.env_target import EnvTarget
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = (LoadedMetadata, EnvironmentFailed)
NEVER_ALLOWED = True
_SHOWN = 3


def judge(subject: LoadedMetadata | EnvironmentFailed) -> Iterator[Finding]:
    """Refuse where there is no MetaData."""
    if isinstance(subject, EnvironmentFailed):
        missing = subject.kind == "no-target-metadata"
    else:
        missing = not subject.given
    if missing:
        env_py = relative(subject.env_py)
        loaded = subject if isinstance(subject, LoadedMetadata) else None
        target = (loaded and loaded.target) or EnvTarget()
        yield Finding(
            "no-target-metadata",
            _message(env_py, target),
            why="Without the MetaData of your models there is nothing to compare the database with."
            + (_found(loaded) if loaded and target.handed else ""),
            next=_next(env_py, target, loaded),
            place=Place(env_py, target.line),
        )


def _message(env_py: str, target: EnvTarget) -> str:
    if not target.handed:
        return f"{env_py} hands no target_metadata to context.configure()."
    if target.line:
        return f"{env_py} gives Alembic no MetaData: line {target.line} says {target.text}."
    return f"{env_py} gives Alembic no target_metadata."


def _found(loaded: LoadedMetadata) -> str:
    if not loaded.holders:
        return "\nThe project declares no Base, db or MetaData."
    said = [f"{relative(one.path)}:{one.line} has {one.name}." for one in loaded.holders[:_SHOWN]]
    return "".join(f"\n{line}" for line in said)


def _next(env_py: str, target: EnvTarget, loaded: LoadedMetadata | None) -> tuple[str, ...]:
    if not target.handed and target.line:
        return (f"in {env_py}: context.configure(…, target_metadata=target_metadata)",)
    engines = loaded.engines if loaded and target.keyed else ()
    codes = [one.code(engines) for one in loaded.holders[:_SHOWN]] if loaded else []
    codes = codes or ["from yourapp.models import Base; target_metadata = Base.metadata"]
    where = f"in {env_py}" + (f", instead of line {target.line}" if target.line else "")
    return tuple(f"{'or, ' if number else ''}{where}: {code}" for number, code in enumerate(codes))
