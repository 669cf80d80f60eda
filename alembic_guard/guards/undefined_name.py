r"""The migration would fail when it runs, on a name that it never imports.

Autogenerate writes a custom type as ``mytypes.Money()`` and does not add the import. The file can
be imported; only running it fails, in production.

Fix: add the import to ``script.py.mako``, so that every migration has it.

Bad::

    # file: mytypes.py
    from sqlalchemy import types

    class Money(types.TypeDecorator):
        impl = types.Integer
        cache_ok = True
    # edit: models.py: name: -> price: Mapped[int | None] = mapped_column(__import__("mytypes").Money())\n    name:
    $ alembic guard-revision -m "price"

Good::

    # file: mytypes.py
    from sqlalchemy import types

    class Money(types.TypeDecorator):
        impl = types.Integer
        cache_ok = True
    # edit: models.py: name: -> price: Mapped[int | None] = mapped_column(__import__("mytypes").Money())\n    name:
    # edit: migrations/script.py.mako: import sqlalchemy as sa -> import sqlalchemy as sa\nimport mytypes
    $ alembic guard-revision -m "price"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._subjects import RenderedText
from alembic_guard.runtime.names import import_for, undefined_names

JUDGES = RenderedText


def judge(rendered: RenderedText) -> Iterator[Finding]:
    """One finding for each name, and one for a text that does not compile."""
    try:
        found = undefined_names(rendered.text, rendered.path)
    except SyntaxError as error:
        yield Finding(
            "undefined-name",
            f"{rendered.path} would not compile: {error.msg} (line {error.lineno}).",
            why=f"The text comes from {rendered.template} and the rendered types and defaults.",
            next=(f"look at {rendered.template}, and at custom types' __repr__",),
            place=Place(rendered.template),
        )
        return
    seen: set[str] = set()
    for name in found:
        line = import_for(name)
        if line in seen:
            continue
        seen.add(line)
        yield Finding(
            "undefined-name",
            f"{rendered.path} would use {name.dotted} (line {name.line}) "
            f"without importing {name.name}.",
            why="The file would be written and imported without a word, and fail when it runs.",
            next=(f"in {rendered.template}, below the other imports: {line}",),
            place=Place(rendered.template),
        )
