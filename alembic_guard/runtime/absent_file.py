"""Looks at a SQLite database whose file does not exist, without making it.

SQLite makes the file when it is connected to, so that a command which only looks would leave an
empty database behind. Removing it afterwards could take it from somebody who has begun to write;
instead such a connection goes to an empty database in memory, which looks the same.

Not covered: an engine whose ``creator`` opens the file itself, and a ``file:`` URI with a ``mode``,
which says what is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def no_new_file(wanted: bool = True) -> Iterator[list[Path]]:
    """While it is open, no engine of this process makes a SQLite file.

    :param wanted: False makes it do nothing.
    :returns: the files that would have been made, in order.
    """
    absent: list[Path] = []

    def do_connect(dialect: Any, _record: Any, words: list[Any], options: dict[str, Any]) -> None:
        name = words[0] if words else options.get("database")
        if dialect.name != "sqlite" or (file := _absent(name)) is None:
            return
        absent.append(file)
        if words:
            words[0] = ":memory:"
        else:
            options["database"] = ":memory:"

    if not wanted:
        yield absent
        return
    event.listen(Engine, "do_connect", do_connect)
    try:
        yield absent
    finally:
        event.remove(Engine, "do_connect", do_connect)


def _absent(name: object) -> Path | None:
    """The file of this name, where it would be made and is not there."""
    if not isinstance(name, str) or name in ("", ":memory:"):
        return None
    if name.startswith("file:"):  # sqlite.org/uri.html
        uri = urlsplit(name)
        if "mode=" in uri.query:
            return None
        name = unquote(uri.path)
    path = Path(name)
    return path if path.parent.is_dir() and not path.exists() else None
