"""What there is where a configuration was looked for: read as text, for a sentence about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.runtime.env_text import Line, folders_up, option_line, sections
from alembic_guard.runtime.git import Repository

if TYPE_CHECKING:
    from alembic.config import Config

_SKIPPED = {"node_modules", "site-packages", "venv", "env", "templates", "__pycache__"}
_DEPTH = 2


@dataclass(frozen=True)
class Searched:
    """A configuration without a usable script directory.

    :param file: the ini file that was asked for.
    :param given: whether the user named it, with ``-c`` or ``ALEMBIC_CONFIG``.
    :param section: the section that was asked for; :param sections: those that are there.
    :param location: the line that sets ``script_location``.
    :param others: config files nearby that have one, nearest first.
    :param in_git: whether git has the file.
    :param scripts: folders nearby with an env.py, relative to the file's folder.
    """

    file: str
    given: bool
    exists: bool
    is_folder: bool
    section: str
    sections: tuple[str, ...]
    location: Line | None
    others: tuple[str, ...]
    scripts: tuple[str, ...]
    in_git: bool = False


def search(config: Config) -> Searched:
    """Look around for what a project's configuration lacks."""
    file = config.config_file_name or "alembic.ini"
    section = config.config_ini_section
    base = Path(os.path.abspath(file)).parent
    return Searched(
        file=file,
        given=bool(getattr(config.cmd_opts, "config", None) or "ALEMBIC_CONFIG" in os.environ),
        exists=Path(file).is_file(),
        is_folder=Path(file).is_dir(),
        section=section,
        sections=sections(file),
        location=option_line(file, section, "script_location"),
        others=tuple(_configs(Path.cwd(), Path(file))),
        scripts=tuple(path.relative_to(base).as_posix() for path in _scripts(base)),
        in_git=not Path(file).exists() and git_has(file),
    )


def git_has(path: str) -> bool:
    """Whether ``git checkout -- PATH`` would bring a file back."""
    repository = Repository.around(Path(path))
    return repository is not None and bool(
        repository.first("ls-files", "--", repository.inside(Path(path)))
    )


def _configs(here: Path, wrong: Path) -> Iterator[str]:
    inside = [wrong] if wrong.is_dir() else []
    for folder in (*inside, *_below(here), *folders_up(here.parent)):
        file = folder / "alembic.ini"
        if option_line(str(file), "alembic", "script_location") and file != wrong.absolute():
            yield os.path.relpath(file, here)


def _scripts(base: Path) -> Iterator[Path]:
    for folder in _below(base):
        if (folder / "env.py").is_file() and (folder / "versions").is_dir():
            yield folder


def _below(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    yield folder
    if depth == 0:
        return
    try:
        inner = sorted(each for each in folder.iterdir() if each.is_dir())
    except OSError:
        return
    for each in inner:
        if each.name not in _SKIPPED and not each.name.startswith("."):
            yield from _below(each, depth - 1)
