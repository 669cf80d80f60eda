"""There is no Alembic configuration here, or it lacks what Alembic needs.

No ``alembic.ini`` or ``pyproject.toml`` names a script directory, or the one that is named does not
exist: most often a command in the wrong folder. Or env.py gives the file to ``fileConfig()``, and
it has no sections for logging.

Fix: go to the project's folder, name the file with ``-c``, or start with ``alembic init``.

Bad::

    # remove: alembic.ini
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.config_search import Searched
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import NoConfiguration, relative

JUDGES = (NoConfiguration, EnvironmentFailed)
NEVER_ALLOWED = True

_NAME = "no-config"
_OTHERS = re.compile(r"post_write_hooks|alembic_guard|(?:logger|handler|formatter)(?:s|_.*)$")
_NEW = "alembic init migrations  # for a new project"
_LOGGING = (
    r"printf '\n[loggers]\nkeys = root\n[handlers]\nkeys =\n[formatters]\nkeys =\n"
    r"[logger_root]\nhandlers =\n' >> {}"
)


def judge(subject: NoConfiguration | EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with what is missing from which file, and where there is another."""
    if isinstance(subject, EnvironmentFailed):
        if subject.kind == _NAME:
            yield _without_logging(subject)
    elif subject.searched is None:
        said = str(subject).splitlines()[0].rstrip(".")
        yield Finding(_NAME, f"No usable script_location: {said}.", next=(_NEW,))
    else:
        yield _incomplete(subject.searched, str(subject))


def _incomplete(found: Searched, said: str) -> Finding:
    file = relative(found.file)
    if found.is_folder:
        instead = tuple(_instead(found))
        return Finding(_NAME, f"{file} is a folder, and -c takes a file.", next=instead or (_NEW,))
    if not found.exists:
        why = f"There is no {Path(file).name} in {Path(found.file).absolute().parent}, and no "
        return Finding(
            _NAME,
            f"There is no {file}."
            if found.given
            else "There is no Alembic configuration in this folder.",
            why=f"{why}[tool.alembic] in a pyproject.toml there.",
            next=tuple(_instead(found)) or _again(found),
        )
    if found.section not in found.sections:
        mains = [name for name in found.sections if not _OTHERS.match(name)]
        return Finding(
            _NAME,
            f"{file} has no section [{found.section}].",
            why=f"It has {', '.join(f'[{name}]' for name in mains) or 'none that Alembic reads'}.",
            next=(*(f"-n {name}  # instead of -n {found.section}" for name in mains[:1]),)
            or _locations(found)
            or (_NEW,),
            place=Place(file),
        )
    if found.location is None:
        sentence = f"[{found.section}] of {file} has no script_location."
        return Finding(_NAME, sentence, next=_locations(found) or (_NEW,), place=Place(file))
    location = found.location.text.partition("=")[2].strip()
    place = Place(file, found.location.line)
    missing = "Path doesn't exist" in said
    return Finding(
        _NAME,
        f"script_location in {place} is {location}, and there is no such folder."
        if missing
        else f"script_location in {place} is {location}: {said.splitlines()[0].rstrip('.')}.",
        next=_locations(found) or (_NEW,),
        place=place,
    )


def _instead(found: Searched) -> Iterator[str]:
    """Where there is another config file: how to go there, or to name it."""
    for other in found.others[:1]:
        if found.given:
            yield f"-c {other}  # instead of -c {found.file}"
        else:
            yield f"cd {Path(other).parent}  # which has alembic.ini"


def _locations(found: Searched) -> tuple[str, ...]:
    file = relative(found.file)
    under = f"in {file}, under [{found.section}]"
    if found.location is not None:
        under = f"in {file}:{found.location.line}, instead of {found.location.text.strip()}"
    return tuple(f"{under}: script_location = %(here)s/{folder}" for folder in found.scripts[:1])


def _again(found: Searched) -> tuple[str, ...]:
    """How to come to a config file again; ``alembic init`` refuses where its folder is there."""
    if found.in_git:
        return (f"git checkout -- {relative(found.file)}",)
    return tuple(
        f'(cd "$(mktemp -d)" && alembic init {folder} && cp alembic.ini "$OLDPWD")'
        for folder in found.scripts[:1]
    ) or (_NEW,)


def _without_logging(failed: EnvironmentFailed) -> Finding:
    path, line = failed.frame
    file, section = relative(failed.config_file), str(failed.error).strip("'")
    missing = isinstance(failed.error, KeyError)
    add = (f"{_LOGGING.format(file)}  # instead",) if len(failed.without_logging) == 3 else ()
    absent = failed.without_logging if section in failed.without_logging else (section,)
    lacks = "section" + "s" * (len(absent) > 1) + " " + ", ".join(f"[{name}]" for name in absent)
    return Finding(
        _NAME,
        f"{relative(path)} sets up logging from {file}, which has no {lacks}."
        if missing
        else f"{relative(path)} cannot set up logging from {file}: {failed.error}.",
        why="fileConfig() wants [loggers], [handlers], [formatters] and the sections they name.",
        next=(f"in {relative(path)}, line {line}, write pass instead of fileConfig(…)", *add),
        place=Place(relative(path), line or None),
    )
