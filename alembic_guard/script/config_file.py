"""The guard's section in a project's own ini file or ``pyproject.toml``, put in and taken out.

The section is a header and comments: every setting with its default and what it is for, so that it
changes nothing until somebody takes away a "# ". It goes to the end of the file.

- ``remove(install(text)) == text``, line endings and a missing final one included.
- A section that is there already is never touched, whoever wrote it.
- A section that somebody edited is not taken out: :class:`SectionEdited`.

Formatting is never rewritten: ``configparser`` and ``tomllib`` only say whether the section is
there, and whether the file can be read at all. No file is read or written.
"""

from __future__ import annotations

import configparser
import json
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # Alembic depends on it below Python 3.11

SECTION = "alembic_guard"
TABLE = "tool.alembic_guard"

_INTRODUCTION = (
    'Settings of alembic-guardrails, each with its default: take away the "# " to change.'
)
_WIDTH = 88  # characters, "# " included


@dataclass(frozen=True)
class SettingLine:
    """A setting as it is shown to whoever may want to change it.

    :param name: its name.
    :param default: its default, as it is written in an ini file.
    :param help: what it is for.
    """

    name: str
    default: str
    help: str


class ConfigNotReadable(ValueError):
    """A config file cannot be parsed, so nothing can be put in it; its own text is not repeated."""


class SectionEdited(ValueError):
    """A section is not what ``install`` wrote, so it is not taken out.

    :param header: the section's header, brackets included.
    """

    def __init__(self, header: str) -> None:
        self.header = header
        super().__init__(f"{header} was edited, so it stays; delete it by hand.")


def install_ini(text: str, settings: Sequence[SettingLine], section: str = SECTION) -> str:
    """Put a documented section at the end of an ini file.

    :param text: the whole file.
    :param settings: what the section is to show, in order.
    :param section: its name.
    :returns: the text with the section; the same text when it has one of that name.
    :raises ConfigNotReadable: when ``configparser`` cannot read the file.
    """
    return text if has_ini(text, section) else _append(text, _ini_lines(settings, section))


def remove_ini(text: str, settings: Sequence[SettingLine], section: str = SECTION) -> str:
    """Take the section out of an ini file.

    :param text: the whole file.
    :param settings: what :func:`install_ini` was given.
    :param section: its name.
    :returns: the text without the section; the same text when it has none of that name.
    :raises SectionEdited: when it is not exactly what :func:`install_ini` wrote.
    :raises ConfigNotReadable: when ``configparser`` cannot read the file.
    """
    return _cut(text, _ini_lines(settings, section)) if has_ini(text, section) else text


def has_ini(text: str, section: str = SECTION) -> bool:
    """Whether an ini file has the section, written by us or by anybody.

    :param text: the whole file.
    :param section: its name.
    :raises ConfigNotReadable: when ``configparser`` cannot read the file.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.ParsingError as error:
        line = getattr(error, "lineno", None) or error.errors[0][0]
        raise ConfigNotReadable(f"Line {line} is neither a section nor an option.") from None
    except (configparser.DuplicateSectionError, configparser.DuplicateOptionError) as error:
        raise ConfigNotReadable(f"Line {error.lineno} repeats what is there already.") from None
    return parser.has_section(section)


def install_toml(text: str, settings: Sequence[SettingLine]) -> str:
    """Put a documented ``[tool.alembic_guard]`` table at the end of a ``pyproject.toml``.

    :param text: the whole file.
    :param settings: what the table is to show, in order.
    :returns: the text with the table; the same text when it has one, or a table inside of it.
    :raises ConfigNotReadable: when the file is no TOML, or its ``tool`` can take no table.
    """
    if has_toml(text):
        return text
    with_table = _append(text, _toml_lines(settings))
    try:
        tomllib.loads(with_table)
    except tomllib.TOMLDecodeError:
        raise ConfigNotReadable(f"[{TABLE}] has no place in it: tool is no open table.") from None
    return with_table


def remove_toml(text: str, settings: Sequence[SettingLine]) -> str:
    """Take the ``[tool.alembic_guard]`` table out of a ``pyproject.toml``.

    :param text: the whole file.
    :param settings: what :func:`install_toml` was given.
    :returns: the text without the table (tables inside of it, ``[tool.alembic_guard.NAME]``, were
        never ours and stay); the same text when it has none.
    :raises SectionEdited: when it is not exactly what :func:`install_toml` wrote.
    :raises ConfigNotReadable: when the file is no TOML.
    """
    return _cut(text, _toml_lines(settings)) if has_toml(text) else text


def has_toml(text: str) -> bool:
    """Whether a ``pyproject.toml`` has the table, in any of TOML's spellings, or one inside of it.

    :param text: the whole file.
    :raises ConfigNotReadable: when the file is no TOML.
    """
    try:
        tool: Any = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError as error:
        raise ConfigNotReadable(f"It is no TOML{_position(error)}.") from None
    return isinstance(tool, dict) and SECTION in tool


def _position(error: ValueError) -> str:
    """Where the parser stopped: what it says before that may quote the file."""
    found = re.search(r"\((at [^()]*)\)$", str(error))
    return f" ({found[1]})" if found else ""


def _ini_lines(settings: Sequence[SettingLine], section: str) -> list[str]:
    return _lines(section, settings, lambda default: default)


def _toml_lines(settings: Sequence[SettingLine]) -> list[str]:
    return _lines(TABLE, settings, _toml_value)


def _toml_value(default: str) -> str:
    """A default in TOML: as it is where that means something (``true``, ``10``), else a string."""
    try:
        tomllib.loads(f"value = {default}")
    except tomllib.TOMLDecodeError:
        return json.dumps(default, ensure_ascii=False)
    return default


def _lines(header: str, settings: Sequence[SettingLine], value: Callable[[str], str]) -> list[str]:
    lines = [f"[{header}]", *_comment(_INTRODUCTION)]
    for setting in settings:
        assignment = f"# {setting.name} = {value(setting.default)}".rstrip()
        lines += ["", *_comment(setting.help), assignment]
    return lines


def _comment(text: str) -> list[str]:
    wrapped = textwrap.wrap(text, _WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in wrapped]


def _append(text: str, lines: list[str]) -> str:
    """A blank line and the section at the end; a final newline only if there was one before.

    That is how :func:`_cut` knows which it was.
    """
    newline = _newline(text)
    section = newline.join(lines)
    if not text:
        return section + newline
    if text.endswith("\n"):
        return text + newline + section + newline
    return text + newline + newline + section


def _cut(text: str, lines: list[str]) -> str:
    newline = _newline(text)
    section = newline.join(lines)
    found = re.search(rf"^{re.escape(section)}(\r?\n|\Z)", text, re.MULTILINE)
    if found is None or not _holds_only_comments(text[found.end() :]):
        raise SectionEdited(lines[0])
    before, after = text[: found.start()], text[found.end() :]
    if not found[1]:
        return before.removesuffix(newline).removesuffix(newline)
    without_blank = before.removesuffix(newline)
    return (without_blank if without_blank.endswith("\n") else before) + after


def _holds_only_comments(rest: str) -> bool:
    """Whether nothing is set between here and the next section: it would lose its section."""
    for line in map(str.strip, rest.split("\n")):
        if line and not line.startswith(("#", ";")):
            return line.startswith("[")
    return True


def _newline(text: str) -> str:
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
