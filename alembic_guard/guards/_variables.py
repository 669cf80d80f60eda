"""A variable that is not set: whether a ``.env`` has it, and how to set it."""

from __future__ import annotations

from pathlib import Path

from alembic_guard.guards._urls import EXAMPLE
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.unset import Unset


def defined(unset: Unset) -> str:
    """Where the variable is defined, and why that did not help."""
    if unset.dotenv is None:
        return "No .env of the project defines it."
    file = f"{relative(unset.dotenv.path)}:{unset.dotenv.line} defines it"
    if unset.loader is None:
        return f"{file}, and nothing loads that file."
    how = "comes too late" if unset.loader > unset.place[1] else "does not load that file"
    return f"{file}, and load_dotenv() in {relative(unset.place[0])}:{unset.loader} {how}."


def ways_to_set(unset: Unset) -> tuple[str, ...]:
    """Lines that load the ``.env``, in Python and in a shell; without one, that set a variable."""
    if unset.dotenv is None:
        whole = any(word in unset.name.upper() for word in ("URL", "URI", "DSN"))
        return (f"export {unset.name}={EXAMPLE if whole else 'VALUE'}",)
    file, path = relative(unset.dotenv.path), Path(unset.dotenv.path)
    reader, line = unset.place
    # without an argument, it looks for .env in the folder of its caller and in those above
    plain = path.name == ".env" and Path(reader).is_relative_to(path.parent)
    call = "load_dotenv()" if plain else f'load_dotenv("{file}")'
    return (
        *(() if unset.has_loader else ("pip install python-dotenv",)),
        f"in {relative(reader)}, above line {line}: from dotenv import load_dotenv; {call}",
        f"set -a; . {file if '/' in file else f'./{file}'}; set +a  # or for this shell alone",
    )
