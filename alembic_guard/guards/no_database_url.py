"""env.py has no URL to connect to.

The config lacks ``sqlalchemy.url``, or it is empty, or the environment variable that env.py reads
is not set: most often because a ``.env`` file defines it and nothing loads that file.

Fix: set the variable, load the ``.env``, or set the option.

Bad::

    # edit: alembic.ini: sqlalchemy.url -> was.url
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._urls import EXAMPLE
from alembic_guard.guards._variables import defined, ways_to_set
from alembic_guard.runtime.env_text import Line
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.unset import Unset

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with what was asked for, by which line, and who would have it."""
    if failed.kind != "no-database-url":
        return
    unset = failed.unset
    place = Place(relative(unset.place[0]), unset.place[1] or None)
    yield _variable(unset, place) if unset.variable else _option(failed, unset, place)


def _variable(unset: Unset, place: Place) -> Finding:
    return Finding(
        "no-database-url",
        f"{place.path} finds no database URL: it reads the variable {unset.name}, "
        "which is not set.",
        why=defined(unset),
        next=ways_to_set(unset),
        place=place,
    )


def _option(failed: EnvironmentFailed, unset: Unset, place: Place) -> Finding:
    file = relative(failed.config_file)
    if unset.option is not None and not unset.empty:
        return _handed(failed, unset.option, place)
    if unset.option is not None:
        said = f"{unset.name} in {file}:{unset.option.line} is empty"
        place = Place(file, unset.option.line)
    elif unset.section in unset.sections:
        said = f"[{unset.section}] of {file} has no {unset.name}"
    else:
        said = f"{file} has no section [{unset.section}]"
    others = ", ".join(f"[{name}]" for name in unset.sections)
    return Finding(
        "no-database-url",
        f"{relative(failed.env_py)} finds no database URL: {said}.",
        why="" if unset.section in unset.sections or not others else f"It has {others}.",
        next=(
            f"in {place}, instead of {unset.option.text.strip()}: {unset.name} = {EXAMPLE}"
            if unset.option is not None
            else f"in {file}, under [{unset.section}]: {unset.name} = {EXAMPLE}",
        ),
        place=place,
    )


def _handed(failed: EnvironmentFailed, option: Line, place: Place) -> Finding:
    return Finding(
        "no-database-url",
        f"{relative(failed.env_py)} finds no database URL: what {place} hands over is none.",
        why=f"{relative(option.path)}:{option.line} has one, which is not what is used.",
        next=(f"in {place}, hand over a URL, or take the line out to use that of the file",),
        place=place,
    )
