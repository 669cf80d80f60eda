"""Passwords that a config file itself holds: where each stands, and what git knows of the file.

The files are read as text, so that a line can be named and one that does not parse says no less.
A password stays in its value, which does not show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from alembic_guard.masking import STARS
from alembic_guard.runtime.git import uncommitted
from alembic_guard.runtime.history import relative

if TYPE_CHECKING:
    from alembic.config import Config

# As in masking.py: what counts is the last "@" of the word, for a password may hold one unescaped.
_URL = re.compile(
    r"(?P<scheme>[a-zA-Z][\w+.-]*)://(?P<user>[^\s:/@]*):(?P<password>[^\s'\"]*)@(?P<rest>[^\s'\"]*)"
)
_SECTION = re.compile(r"\s*\[+\s*([^]]+?)\s*\]+\s*$")
_OPTION = re.compile(r"\s*[\"']?([\w.-]+)[\"']?\s*[=:]")
_COMMENT = re.compile(r"\s*[#;]")


@dataclass(frozen=True)
class PasswordInFile:
    """A URL with a password, in a config file.

    :param path: relative; :param line: counted from 1; :param option: the name of its setting.
    :param masked: the URL without its password.
    """

    path: str
    line: int
    section: str
    option: str
    masked: str
    scheme: str
    user: str
    host: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class ConfigurationText:
    """What the config files of a project hold.

    :param env_py: its path, relative; :param ignored: files that git is told to leave out.
    """

    passwords: tuple[PasswordInFile, ...]
    env_py: str = "env.py"
    ignored: frozenset[str] = frozenset()


def configuration_text(config: Config, env_py: str = "env.py") -> ConfigurationText:
    """Read the ini file and the ``pyproject.toml`` that Alembic uses.

    :param env_py: its path, for the line to paste.
    """
    names = (config.config_file_name, config.toml_file_name)
    paths = [Path(name) for name in names if name is not None and Path(name).is_file()]
    found = [each for path in paths for each in passwords_in(path)]
    states = uncommitted({Path(each.path) for each in found})
    ignored = frozenset(str(path) for path, state in states.items() if state == "ignored")
    return ConfigurationText(tuple(found), relative(env_py), ignored)


def passwords_in(path: Path) -> Iterator[PasswordInFile]:
    """Every URL with a password in a file; of a ``.toml``, in the tables of Alembic only."""
    section = option = ""
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if _COMMENT.match(line):
            continue
        if header := _SECTION.match(line):
            section, option = header[1], ""
        elif name := _OPTION.match(line):
            option = name[1] if "://" not in name[1] else option
        if path.suffix == ".toml" and not section.startswith("tool.alembic"):
            continue
        for url in _URL.finditer(line):
            yield _password(url, relative(path), number, section, option)


def _password(
    url: re.Match[str], path: str, number: int, section: str, option: str
) -> PasswordInFile:
    return PasswordInFile(
        path,
        number,
        section,
        option,
        masked=f"{url['scheme']}://{url['user']}:{STARS}@{url['rest']}",
        scheme=url["scheme"],
        user=unquote(url["user"]),
        host=re.split(r"[:/?]", url["rest"])[0],
        password=unquote(url["password"].replace("%%", "%")),
    )
