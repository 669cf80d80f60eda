r"""The MetaData that env.py gives holds no table.

Autogenerate would take every table of the database for one that your models dropped. Either the
modules with the models are not imported (then ``models-not-imported`` says which), or env.py names
another ``MetaData`` than the models use: a second ``Base``, or one that it makes itself.

Fix: import the modules that define your models in ``env.py``, and give it their own
``Base.metadata``.

Bad::

    # edit: migrations/env.py: target_metadata = Base.metadata -> target_metadata = __import__("sqlalchemy").MetaData()
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
from alembic_guard.runtime.history import counted, relative
from alembic_guard.runtime.metadata_holders import MetadataHolder

JUDGES = LoadedMetadata


def judge(loaded: LoadedMetadata) -> Iterator[Finding]:
    """Refuse a MetaData without tables, unless files that were not imported explain it."""
    if not loaded.given or loaded.tables or loaded.undeclared:
        return
    env_py, target = relative(loaded.env_py), loaded.target or EnvTarget()
    harm = (
        f"Every table in {loaded.url} ({len(loaded.live)}) would be dropped."
        if loaded.live
        else "The migration would be empty."
    )
    # one that is loaded and holds nothing is the target itself, or no better
    better = [one for one in loaded.holders if one.tables != 0]
    yield Finding(
        "empty-metadata",
        f"The target_metadata of {env_py} holds no table.",
        why=f"{harm}\n{_cause(env_py, target, loaded.holders, better)}",
        next=_next(env_py, target, better, loaded.engines),
        place=Place(env_py, target.line),
    )


def _cause(
    env_py: str,
    target: EnvTarget,
    holders: tuple[MetadataHolder, ...],
    better: list[MetadataHolder],
) -> str:
    own = f"{env_py}:{target.made_at} makes one of its own" if target.made_at else ""
    if better:
        found = better[0]
        place = f"{relative(found.path)}:{found.line}"
        if found.tables is None:
            return f"{own or f'{env_py} gives another'}; it never imports {found.name} of {place}."
        tables = counted(found.tables, "table")
        return f"{own or f'{env_py} gives another'}; the models are on {found.name} of {place}, with {tables}."
    if own:
        return f"{own}, and no other was found in the project."
    if holders:
        place = f"{relative(holders[0].path)}:{holders[0].line}"
        return f"No model was found of {holders[0].name} ({place})."
    return "No module that defines models on this MetaData has been imported."


def _next(
    env_py: str, target: EnvTarget, better: list[MetadataHolder], engines: tuple[str, ...]
) -> tuple[str, ...]:
    if not better:
        return (f"in {env_py}: import the modules that define your models, and use their metadata",)
    where = f"in {env_py}" + (f", instead of line {target.line}" if target.line else "")
    return (f"{where}: {better[0].code(engines if target.keyed else ())}",)
