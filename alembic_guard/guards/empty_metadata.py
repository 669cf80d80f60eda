r"""The MetaData that env.py gives holds no table.

Autogenerate would take every table of the database for one that your models dropped. Either the
modules with the models are not imported (then ``models-not-imported`` says which), or env.py names
another ``MetaData`` than the models use.

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
from alembic_guard.runtime.history import relative

JUDGES = LoadedMetadata


def judge(loaded: LoadedMetadata) -> Iterator[Finding]:
    """Refuse a MetaData without tables, unless files that were not imported explain it."""
    if not loaded.given or loaded.tables or loaded.undeclared:
        return
    env_py = relative(loaded.env_py)
    harm = (
        f"Every one of the {len(loaded.live)} tables in {loaded.url} would be dropped."
        if loaded.live
        else "The migration would be empty."
    )
    yield Finding(
        "empty-metadata",
        f"The target_metadata of {env_py} holds no table.",
        why=f"{harm} No module that defines models on this MetaData has been imported.",
        next=(f"in {env_py}: import the modules that define your models, and use their metadata",),
        place=Place(env_py),
    )
