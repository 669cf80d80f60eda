"""The guard's section in config files: read back by the real parsers, and byte for byte."""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Callable
from pathlib import Path

import alembic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_guard.script.config_file import (
    ConfigNotReadable,
    SectionEdited,
    SettingLine,
    has_ini,
    has_toml,
    install_ini,
    install_toml,
    remove_ini,
    remove_toml,
)
from alembic_guard.settings import describe

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SETTINGS = (
    SettingLine("lock_timeout", "200ms", "how long a statement may queue for a lock"),
    SettingLine("journal", "true", "writes who applied what, and when " + "(at length) " * 6),
    SettingLine("allow", "", "names of guards that only report"),
)

INI_SECTION = """\
[alembic_guard]
# Settings of alembic-guardrails, each with its default: take away the "# " to change.

# how long a statement may queue for a lock
# lock_timeout = 200ms

# writes who applied what, and when (at length) (at length) (at length) (at length) (at
# length) (at length)
# journal = true

# names of guards that only report
# allow =
"""

TOML_SECTION = """\
[tool.alembic_guard]
# Settings of alembic-guardrails, each with its default: take away the "# " to change.

# how long a statement may queue for a lock
# lock_timeout = "200ms"

# writes who applied what, and when (at length) (at length) (at length) (at length) (at
# length) (at length)
# journal = true

# names of guards that only report
# allow = ""
"""

INI = "[alembic]\nscript_location = %(here)s/alembic\n\n[loggers]\nkeys = root\n"
TOML = '[project]\nname = "x"\n\n[tool.alembic]\nscript_location = "alembic"\n'

Install = Callable[..., str]
KINDS = pytest.mark.parametrize(
    ("text", "section", "install", "remove"),
    [
        pytest.param(INI, INI_SECTION, install_ini, remove_ini, id="ini"),
        pytest.param(TOML, TOML_SECTION, install_toml, remove_toml, id="toml"),
    ],
)


def stock(pattern: str) -> list[Path]:
    """The config files of the templates that the installed Alembic ships."""
    return sorted(Path(alembic.__file__).parent.joinpath("templates").glob(pattern))


def parse_ini(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser({"here": "."})
    parser.read_string(text)
    return parser


@KINDS
def test_the_section_goes_to_the_end_behind_a_blank_line(
    text: str, section: str, install: Install, remove: Install
) -> None:
    assert install(text, SETTINGS) == f"{text}\n{section}"


@KINDS
def test_a_file_without_a_final_newline_ends_without_one_again(
    text: str, section: str, install: Install, remove: Install
) -> None:
    bare = text.rstrip("\n")

    assert install(bare, SETTINGS) == f"{bare}\n\n{section}".rstrip("\n")
    assert remove(install(bare, SETTINGS), SETTINGS) == bare


@KINDS
def test_an_empty_file_holds_the_section_alone(
    text: str, section: str, install: Install, remove: Install
) -> None:
    assert install("", SETTINGS) == section
    assert remove(section, SETTINGS) == ""


@KINDS
def test_the_section_has_the_line_endings_of_its_file(
    text: str, section: str, install: Install, remove: Install
) -> None:
    crlf = text.replace("\n", "\r\n")

    assert install(crlf, SETTINGS) == f"{text}\n{section}".replace("\n", "\r\n")
    assert remove(install(crlf, SETTINGS), SETTINGS) == crlf


@KINDS
def test_installing_twice_changes_nothing(
    text: str, section: str, install: Install, remove: Install
) -> None:
    once = install(text, SETTINGS)

    assert install(once, SETTINGS) == once


@KINDS
def test_removing_what_is_not_there_changes_nothing(
    text: str, section: str, install: Install, remove: Install
) -> None:
    assert remove(text, SETTINGS) == text


@KINDS
def test_a_section_that_the_user_edited_stays_and_is_named(
    text: str, section: str, install: Install, remove: Install
) -> None:
    edited = install(text, SETTINGS).replace("# journal", "journal")
    header = section.partition("\n")[0]

    with pytest.raises(SectionEdited) as raised:
        remove(edited, SETTINGS)
    assert str(raised.value) == f"{header} was edited, so it stays; delete it by hand."
    assert raised.value.header == header


@KINDS
def test_a_value_added_behind_the_section_is_an_edit_of_it(
    text: str, section: str, install: Install, remove: Install
) -> None:
    with pytest.raises(SectionEdited):
        remove(install(text, SETTINGS) + "\njournal = true\n", SETTINGS)


@KINDS
def test_what_the_user_put_around_the_section_stays(
    text: str, section: str, install: Install, remove: Install
) -> None:
    tail = "\n# theirs\n\n[theirs]\nkey = 1\n"

    assert remove(install(text, SETTINGS) + tail, SETTINGS) == text + tail
    assert remove(f"{text}{section}{tail}", SETTINGS) == text + tail


@KINDS
def test_a_final_newline_that_an_editor_added_stays(
    text: str, section: str, install: Install, remove: Install
) -> None:
    assert remove(install(text.rstrip("\n"), SETTINGS) + "\n", SETTINGS) == text


def test_a_section_of_a_named_environment_is_one_of_its_own() -> None:
    text = install_ini(INI, SETTINGS)
    named = install_ini(text, SETTINGS, "alembic_guard:prod")

    expected = INI_SECTION.replace("[alembic_guard]", "[alembic_guard:prod]")
    assert named == f"{text}\n{expected}"
    assert remove_ini(named, SETTINGS, "alembic_guard:prod") == text


@pytest.mark.parametrize(
    "text",
    [
        "[tool.alembic_guard]\n",
        "[tool.alembic_guard.prod]\nwait = 1\n",
        "[ tool . 'alembic_guard' ]\n",
        "[tool]\nalembic_guard.wait = 1\n",
        "tool = {alembic_guard = {wait = 1}}\n",
        "[[tool.alembic_guard]]\n",
    ],
)
def test_a_table_is_there_in_any_spelling(text: str) -> None:
    assert has_toml(text)
    assert install_toml(text, SETTINGS) == text


@pytest.mark.parametrize(
    "text", ["", "[tool]\n", "[alembic_guard]\n", "tool = 1\n", "# [tool.alembic_guard]\n"]
)
def test_a_table_is_not_there_by_another_name(text: str) -> None:
    assert not has_toml(text)


def test_tables_inside_of_ours_are_the_users_and_stay() -> None:
    theirs = "\n[tool.alembic_guard.prod]\nwait = 1\n"

    assert remove_toml(install_toml(TOML, SETTINGS) + theirs, SETTINGS) == TOML + theirs


def test_an_ini_section_of_a_longer_name_is_another() -> None:
    assert not has_ini("[alembic_guard:prod]\n")
    assert has_ini("[alembic_guard] ; ours\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("url = x://u:s3cret@h\n", "Line 1 is neither a section nor an option."),
        ("[a]\n\nu:s3cret\nno-option\n", "Line 4 is neither a section nor an option."),
        ("[a]\n[a]\n", "Line 2 repeats what is there already."),
        ("[a]\nb = 1\nb = s3cret\n", "Line 3 repeats what is there already."),
    ],
)
def test_a_broken_ini_is_refused_by_its_line_and_not_repeated(text: str, message: str) -> None:
    with pytest.raises(ConfigNotReadable) as raised:
        install_ini(text, SETTINGS)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nurl = s3cret\n", "It is no TOML (at line 2, column 7)."),
        ("a = '''", "It is no TOML (at end of document)."),
        ("tool = {}\n", "[tool.alembic_guard] has no place in it: tool is no open table."),
        ("tool = 1\n", "[tool.alembic_guard] has no place in it: tool is no open table."),
    ],
)
def test_a_toml_that_cannot_take_the_table_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigNotReadable) as raised:
        install_toml(text, SETTINGS)
    assert str(raised.value) == message


@pytest.mark.parametrize("path", stock("*/alembic.ini.mako"), ids=lambda path: path.parent.name)
def test_every_stock_ini_reads_as_before_with_an_empty_section(path: Path) -> None:
    text = path.read_bytes().decode()
    before, after = parse_ini(text), parse_ini(install_ini(text, SETTINGS))

    assert after.sections() == [*before.sections(), "alembic_guard"]
    assert list(after["alembic_guard"]) == list(before.defaults())
    for section in before.sections():
        assert after.items(section, raw=True) == before.items(section, raw=True)
    assert remove_ini(install_ini(text, SETTINGS), SETTINGS) == text


@pytest.mark.parametrize("path", stock("*/*.toml*"), ids=lambda path: path.parent.name)
def test_every_stock_toml_reads_as_before_with_an_empty_table(path: Path) -> None:
    text = path.read_bytes().decode()
    before, after = tomllib.loads(text), tomllib.loads(install_toml(text, SETTINGS))

    before["tool"]["alembic_guard"] = {}
    assert after == before
    assert remove_toml(install_toml(text, SETTINGS), SETTINGS) == text


def test_every_real_setting_can_be_switched_on_by_taking_its_mark_away() -> None:
    settings = [SettingLine(*line) for line in describe()]
    assignment = re.compile(r"^# (?=\w+ =)", re.MULTILINE)

    ini = parse_ini(assignment.sub("", install_ini(INI, settings)))
    toml = tomllib.loads(assignment.sub("", install_toml(TOML, settings)))

    names = [setting.name for setting in settings]
    assert [name for name in ini["alembic_guard"] if name != "here"] == names
    assert list(toml["tool"]["alembic_guard"]) == names


LINES = st.lists(
    st.tuples(
        st.sampled_from(
            ["", "# a comment", "[{}]", "key{} = 1", " # indented", "[alembic_guard.x{}]"]
        ),
        st.sampled_from(["\n", "\r\n"]),
    ),
    max_size=8,
)


@given(lines=LINES, final=st.booleans())
@pytest.mark.parametrize(
    ("install", "remove"), [(install_ini, remove_ini), (install_toml, remove_toml)]
)
def test_removing_gives_back_every_byte(
    lines: list[tuple[str, str]], final: bool, install: Install, remove: Install
) -> None:
    text = "[first]\n" + "".join(f"{line.format(n)}{end}" for n, (line, end) in enumerate(lines))
    text = text if final else text[:-1]

    try:
        installed = install(text, SETTINGS)
    except ConfigNotReadable:  # a lone carriage return at the end is no TOML
        assert text.endswith("\r")
        return
    assert installed.startswith(text)
    assert install(installed, SETTINGS) == installed
    assert remove(installed, SETTINGS) == text
