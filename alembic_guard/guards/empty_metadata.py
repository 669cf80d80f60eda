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

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.guards._subjects import LoadedMetadata
from alembic_guard.runtime.env_target import EnvTarget
from alembic_guard.runtime.history import counted, relative
from alembic_guard.runtime.metadata_holders import MetadataHolder

JUDGES = LoadedMetadata
SEVERITY = "error; a note where no migration is to be derived"


def judge(loaded: LoadedMetadata) -> Iterator[Finding]:
    """Refuse to derive a migration from a MetaData without tables.

    Files that were not imported explain it already.
    """
    if not loaded.given or loaded.tables or loaded.undeclared:
        return
    env_py, target = relative(loaded.env_py), loaded.target or EnvTarget()
    # one that is loaded and holds nothing is the target itself, or no better
    better = [one for one in loaded.holders if one.tables != 0]
    if target.keyed:  # of several databases, each with a MetaData of its own
        better = [one for one in better if one.expression not in target.text]
    yield Finding(
        "empty-metadata",
        f"The target_metadata of {env_py} holds no table.",
        why=f"{_harm(loaded)}\n{_cause(env_py, target, loaded.holders, better)}",
        next=_next(env_py, target, better, loaded.url),
        severity=Severity.ERROR if loaded.autogenerate else Severity.NOTE,
        place=Place(env_py, target.line),
    )


def _harm(loaded: LoadedMetadata) -> str:
    if not loaded.autogenerate:
        return "Autogenerate has nothing to compare; migrations written by hand need no models."
    if loaded.live:
        return f"Every table in {loaded.url} ({len(loaded.live)}) would be dropped."
    return "The migration would be empty."


def _cause(
    env_py: str,
    target: EnvTarget,
    holders: tuple[MetadataHolder, ...],
    better: list[MetadataHolder],
) -> str:
    own = f"{env_py}:{target.made_at} makes a MetaData of its own" if target.made_at else ""
    if better:
        found = better[0]
        its = f"{found.name} ({relative(found.path)}:{found.line})"
        given = own or f"{env_py} gives another MetaData"
        if found.tables is None:
            return f"{given}, and never imports {its}."
        return f"{given}. The models are on {its}, which has {counted(found.tables, 'table')}."
    if own:
        return f"{own}, and no other was found in the project."
    if holders:
        place = f"{relative(holders[0].path)}:{holders[0].line}"
        return f"No model was found of {holders[0].name} ({place})."
    return "No module that defines models on this MetaData has been imported."


def _next(
    env_py: str, target: EnvTarget, better: list[MetadataHolder], url: str
) -> tuple[str, ...]:
    if not better:
        return (f"in {env_py}: import the modules that define your models, and use their metadata",)
    where = f"in {env_py}" + (f", instead of line {target.line}" if target.line else "")
    if target.keyed:
        where, found = f"in {env_py}, for {url} in line {target.line}", better[0]
        return (f"{where}: {found.expression}  # from {found.module} import {found.name}",)
    return (f"{where}: {better[0].code()}",)
