r"""Autogenerate has no models to compare the database with.

``env.py`` gives ``target_metadata = None``, or a class instead of its ``metadata``, or never hands
it to ``context.configure()``. There is nothing to compare, so no migration can be derived. Migrations
that are written by hand need no models: ``guard-doctor`` only notes it.

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

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.guards._subjects import LoadedMetadata
from alembic_guard.runtime.env_target import EnvTarget
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.metadata_holders import target_codes

JUDGES = (LoadedMetadata, EnvironmentFailed)
NEVER_ALLOWED = True
SEVERITY = "error; a note where no migration is to be derived"
_SHOWN = 3
_NOTHING = "Without the MetaData of your models there is nothing to compare the database with."
_BY_HAND = "Autogenerate has nothing to compare; migrations written by hand need no models."


def judge(subject: LoadedMetadata | EnvironmentFailed) -> Iterator[Finding]:
    """Refuse to derive a migration where there is no MetaData."""
    if isinstance(subject, EnvironmentFailed):
        missing = subject.kind == "no-target-metadata"
    else:
        missing = not subject.given
    if missing:
        env_py = relative(subject.env_py)
        loaded = subject if isinstance(subject, LoadedMetadata) else None
        target = (loaded and loaded.target) or EnvTarget()
        lacking = _lacking(loaded, target)
        by_hand = loaded is not None and not loaded.autogenerate
        found = _found(loaded) if loaded and target.handed and not lacking else ""
        yield Finding(
            "no-target-metadata",
            _message(env_py, target, lacking),
            why=(_BY_HAND if by_hand else _NOTHING) + found,
            next=_next(env_py, target, loaded, lacking),
            severity=Severity.NOTE if by_hand else Severity.ERROR,
            place=Place(env_py, target.line),
        )


def _lacking(loaded: LoadedMetadata | None, target: EnvTarget) -> str:
    """Multidb's databases without models, where another one has some."""
    engines = loaded.engines if loaded and target.keys else ()
    return ", ".join(engine for engine in engines if engine not in target.keys)


def _message(env_py: str, target: EnvTarget, lacking: str) -> str:
    if not target.handed:
        return f"{env_py} hands no target_metadata to context.configure()."
    if lacking:
        has = ", ".join(target.keys)
        return f"{env_py} gives Alembic a MetaData for {has} in line {target.line}, and none for {lacking}."
    if target.line:
        return f"{env_py} gives Alembic no MetaData: line {target.line} says {target.text}."
    return f"{env_py} gives Alembic no target_metadata."


def _found(loaded: LoadedMetadata) -> str:
    if not loaded.holders:
        return "\nThe project declares no Base, db or MetaData."
    said = [f"{relative(one.path)}:{one.line} has {one.name}." for one in loaded.holders[:_SHOWN]]
    return "".join(f"\n{line}" for line in said)


def _next(
    env_py: str, target: EnvTarget, loaded: LoadedMetadata | None, lacking: str
) -> tuple[str, ...]:
    if not target.handed and target.line:
        return (f"in {env_py}: context.configure(…, target_metadata=target_metadata)",)
    if lacking:
        return (f"in {env_py}, line {target.line}: add the MetaData of the models of {lacking}",)
    engines = loaded.engines if loaded and target.keyed else ()
    codes = target_codes(loaded.holders[:_SHOWN], engines) if loaded else ()
    if not codes and loaded and not loaded.autogenerate:
        return ()
    codes = codes or ("from yourapp.models import Base; target_metadata = Base.metadata",)
    where = f"in {env_py}" + (f", instead of line {target.line}" if target.line else "")
    return tuple(f"{'or, ' if number else ''}{where}: {code}" for number, code in enumerate(codes))
