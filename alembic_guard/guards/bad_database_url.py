"""The database URL can't be read.

It is the template's ``driver://user:pass@localhost/dbname``, spells the dialect in a way SQLAlchemy
does not know (``postgres://``), has two slashes where SQLite wants three, names an option that the
driver does not have, or stands in an ini file with a ``%`` that is not doubled.

Fix: correct the URL; in an ini file every ``%`` is written ``%%``.

Bad::

    # edit: alembic.ini: sqlite:/// -> postgres://u:secret@h/
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._bad_urls import reason
from alembic_guard.guards._urls import place_of, stands
from alembic_guard.masking import Mask
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the URL as far as it holds no password."""
    if failed.kind != "bad-database-url":
        return
    if "interpolation" in str(failed.error) or isinstance(
        failed.error, configparser.InterpolationError
    ):
        yield _interpolated(failed)
        return
    why, remedies = reason(failed)
    yield Finding(
        "bad-database-url",
        f"The database URL that {relative(failed.frame[0])} uses can't be read: {why}.",
        why=stands(failed),
        next=remedies,
        place=place_of(failed),
    )


def _interpolated(failed: EnvironmentFailed) -> Finding:
    """In an ini file, and in what ``set_main_option()`` takes, a ``%`` begins an interpolation."""
    line, path = failed.option, relative(failed.frame[0])
    missing = isinstance(failed.error, configparser.InterpolationMissingOptionError)
    if line is None:
        return Finding(
            "bad-database-url",
            f"{path} puts a database URL into the config with a '%' that is not doubled.",
            why="set_main_option() takes '%' for the beginning of an interpolation.",
            next=(
                f'in {path}:{failed.frame[1]}, put .replace("%", "%%") '
                "behind the URL that set_main_option() is given",
            ),
            place=Place(path, failed.frame[1]),
        )
    place = Place(relative(line.path), line.line)
    name = getattr(failed.error, "reference", "")
    return Finding(
        "bad-database-url",
        f"The database URL in {place} refers to %({name})s, and no option is called so."
        if missing
        else f"The database URL in {place} holds a '%' that is not doubled.",
        why=Mask()(line.text),
        next=(
            f"in {path}, take it from the environment: "
            "import os; config.set_main_option("
            '"sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))'
            if missing
            else f"in {place}, write every % twice: %%40 for %40",
        ),
        place=place,
    )
