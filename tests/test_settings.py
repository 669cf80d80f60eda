"""Settings: where they come from, which wins, and one clear line for each that does not fit."""

from __future__ import annotations

import json
import string
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any

import pytest
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st

from alembic_guard import WrongUsage
from alembic_guard.setting_values import duration
from alembic_guard.settings import Settings, describe
from tests.project import Project

NAMES = (
    "allow, merge, journal, journal_table, wait, lock_timeout, lock_timeout_last, lock_tries, "
    "statement_timeout, retry_for, retry_delay, retry_delay_longest, cancel_blockers_after, "
    "backup, verify, prove, forward_only, frozen, require_committed, heads_file, lint_on_upgrade, "
    "lint_after, small_table_rows, enable, rules, server_version, sql_objects, compare_owners, "
    "scratch_database, dev_url, shadow_url, migration_url"
)


def configured(path: Path, ini: str = "", toml: str = "", name: str = "alembic") -> Config:
    """The configuration that `alembic` would make of two files."""
    (path / "alembic.ini").write_text(dedent(ini), "utf-8")
    (path / "pyproject.toml").write_text(dedent(toml), "utf-8")
    return Config(
        str(path / "alembic.ini"), toml_file=str(path / "pyproject.toml"), ini_section=name
    )


def load(path: Path, environ: Mapping[str, str] | None = None, **files: str) -> Settings:
    return Settings.load(configured(path, **files), environ or {})


def refusal(path: Path, environ: Mapping[str, str] | None = None, **files: str) -> str:
    """What is said, without the folder that it is said of."""
    with pytest.raises(WrongUsage) as refused:
        load(path, environ, **files)
    return str(refused.value).replace(f"{path}/", "")


# --- Sources and precedence ----------------------------------------------------------------------

# Weakest first; each gives lock_timeout another value, in seconds.
SOURCES = [
    ("toml", '[tool.alembic_guard]\nlock_timeout = "1s"\n'),
    ("ini", "[alembic_guard]\nlock_timeout = 2s\n"),
    ("toml", '[tool.alembic_guard.second]\nlock_timeout = "3s"\n'),
    ("ini", "[alembic_guard:second]\nlock_timeout = 4s\n"),
    ("environ", "5s"),
]


@pytest.mark.parametrize("strongest", range(len(SOURCES)), ids=lambda n: f"{SOURCES[n][0]} {n + 1}")
def test_the_stronger_source_wins(tmp_path: Path, strongest: int) -> None:
    files, environ = {"ini": "[alembic]\n", "toml": ""}, {}
    for kind, text in SOURCES[: strongest + 1]:
        if kind == "environ":
            environ["ALEMBIC_GUARD_LOCK_TIMEOUT"] = text
        else:
            files[kind] += text
    settings = Settings.load(configured(tmp_path, name="second", **files), environ)
    assert settings == Settings(lock_timeout=strongest + 1.0)
    assert settings.override(lock_timeout=9.0) == Settings(lock_timeout=9.0)


def test_without_n_the_sections_of_a_name_are_not_read(tmp_path: Path) -> None:
    ini = "[alembic]\n[alembic_guard:second]\nlock_timeout = nonsense\n"
    toml = "[tool.alembic_guard.second]\nnonsense = 1\n"
    assert load(tmp_path, ini=ini, toml=toml) == Settings()


@pytest.mark.parametrize(
    ("files", "environ"),
    [
        (
            {
                "ini": """
                [alembic_guard]
                allow = empty-revision, looks-like-rename
                merge = no
                journal = off
                journal_table = journal
                wait = 5min
                lock_timeout = 1.5
                lock_timeout_last = 2.5
                lock_tries = 3
                statement_timeout = 1h
                retry_for = 0
                retry_delay = 1s
                retry_delay_longest = 1min
                cancel_blockers_after = 30s
                backup = backups
                verify = on
                prove = off
                forward_only = on
                frozen = on
                require_committed = yes
                heads_file = 1
                lint_on_upgrade = error
                lint_after = ae10
                small_table_rows = 5_000
                enable = wide-index
                rules = migrations.rules
                server_version = 16
                sql_objects = db/objects
                compare_owners = yes
                scratch_database = shop_scratch
                dev_url = sqlite:///dev.db
                shadow_url = sqlite:///shadow.db
                migration_url = sqlite:///direct.db
                """
            },
            {},
        ),
        (
            {
                "toml": """
                [tool.alembic_guard]
                allow = ["empty-revision", "looks-like-rename"]
                merge = false
                journal = false
                journal_table = "journal"
                wait = "5min"
                lock-timeout = 1.5
                lock_timeout_last = 2.5
                lock_tries = 3
                statement_timeout = "1h"
                retry_for = 0
                retry_delay = "1s"
                retry_delay_longest = "1min"
                cancel_blockers_after = "30s"
                backup = "backups"
                verify = true
                prove = false
                forward_only = true
                frozen = true
                require_committed = true
                heads_file = true
                lint_on_upgrade = "error"
                lint_after = "ae10"
                small_table_rows = 5000
                enable = ["wide-index"]
                rules = ["migrations.rules"]
                server_version = "16"
                sql_objects = "db/objects"
                compare_owners = true
                scratch_database = "shop_scratch"
                dev_url = "sqlite:///dev.db"
                shadow_url = "sqlite:///shadow.db"
                migration_url = "sqlite:///direct.db"
                """
            },
            {},
        ),
        (
            {},
            {
                "ALEMBIC_GUARD_ALLOW": "empty-revision looks-like-rename",
                "ALEMBIC_GUARD_MERGE": "FALSE",
                "ALEMBIC_GUARD_JOURNAL": "0",
                "ALEMBIC_GUARD_JOURNAL_TABLE": "journal",
                "ALEMBIC_GUARD_WAIT": "300",
                "ALEMBIC_GUARD_LOCK_TIMEOUT": "1500ms",
                "ALEMBIC_GUARD_LOCK_TIMEOUT_LAST": "2500ms",
                "ALEMBIC_GUARD_LOCK_TRIES": "3",
                "ALEMBIC_GUARD_STATEMENT_TIMEOUT": "60min",
                "ALEMBIC_GUARD_RETRY_FOR": "0s",
                "ALEMBIC_GUARD_RETRY_DELAY": "1000ms",
                "ALEMBIC_GUARD_RETRY_DELAY_LONGEST": "60",
                "ALEMBIC_GUARD_CANCEL_BLOCKERS_AFTER": "30",
                "ALEMBIC_GUARD_BACKUP": "backups",
                "ALEMBIC_GUARD_VERIFY": "yes",
                "ALEMBIC_GUARD_PROVE": "0",
                "ALEMBIC_GUARD_FORWARD_ONLY": "1",
                "ALEMBIC_GUARD_FROZEN": "true",
                "ALEMBIC_GUARD_REQUIRE_COMMITTED": "TRUE",
                "ALEMBIC_GUARD_HEADS_FILE": "on",
                "ALEMBIC_GUARD_LINT_ON_UPGRADE": "error",
                "ALEMBIC_GUARD_LINT_AFTER": "ae10",
                "ALEMBIC_GUARD_SMALL_TABLE_ROWS": "5000",
                "ALEMBIC_GUARD_ENABLE": "wide-index",
                "ALEMBIC_GUARD_RULES": "migrations.rules",
                "ALEMBIC_GUARD_SERVER_VERSION": "16",
                "ALEMBIC_GUARD_SQL_OBJECTS": "db/objects",
                "ALEMBIC_GUARD_COMPARE_OWNERS": "1",
                "ALEMBIC_GUARD_SCRATCH_DATABASE": "shop_scratch",
                "ALEMBIC_GUARD_DEV_URL": "sqlite:///dev.db",
                "ALEMBIC_GUARD_SHADOW_URL": "sqlite:///shadow.db",
                "ALEMBIC_GUARD_MIGRATION_URL": "sqlite:///direct.db",
            },
        ),
    ],
    ids=["ini", "toml", "environment"],
)
def test_every_setting_can_be_given_everywhere(
    tmp_path: Path, files: dict[str, str], environ: dict[str, str]
) -> None:
    expected = Settings(
        allow=("empty-revision", "looks-like-rename"),
        merge=False,
        journal=False,
        journal_table="journal",
        wait=300.0,
        lock_timeout=1.5,
        lock_timeout_last=2.5,
        lock_tries=3,
        statement_timeout=3600.0,
        retry_for=0.0,
        retry_delay=1.0,
        retry_delay_longest=60.0,
        cancel_blockers_after=30.0,
        backup="backups",
        verify=True,
        prove=False,
        forward_only=True,
        frozen=True,
        require_committed=True,
        heads_file=True,
        lint_on_upgrade="error",
        lint_after="ae10",
        small_table_rows=5000,
        enable=("wide-index",),
        rules=("migrations.rules",),
        server_version="16",
        sql_objects="db/objects",
        compare_owners=True,
        scratch_database="shop_scratch",
        dev_url="sqlite:///dev.db",
        shadow_url="sqlite:///shadow.db",
        migration_url="sqlite:///direct.db",
    )
    assert all(
        value != asdict(Settings())[name] for name, value in asdict(expected).items()
    )  # else a setting is missing here
    assert load(tmp_path, environ, **files) == expected


def test_an_option_adds_to_names_and_replaces_the_rest() -> None:
    settings = Settings(allow=("empty-revision",), enable=("money-type",), server_version="12")
    options = {"allow": ("env-error",), "enable": ("char-type",), "server_version": "15.2"}
    assert settings.override(**options, merge=None, wait=None) == Settings(
        allow=("empty-revision", "env-error"),
        enable=("money-type", "char-type"),
        server_version="15.2",
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"enable": ("nonsense",)}, "there is no rule 'nonsense'"),
        ({"server_version": "15beta"}, "'15beta' is no version of a server; write 15 or 10.11"),
    ],
)
def test_an_option_that_does_not_fit_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongUsage, match=said):
        Settings().override(**options)


def test_an_option_that_is_false_or_0_is_given() -> None:
    assert Settings().override(merge=False, retry_for=0.0) == Settings(merge=False, retry_for=0.0)


def test_a_program_sets_them_without_a_file() -> None:
    config = Config()
    config.file_config.add_section("alembic_guard")
    config.set_section_option("alembic_guard", "lock_timeout", "7s")
    assert Settings.load(config, {}) == Settings(lock_timeout=7.0)


def test_without_files_there_are_the_defaults(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere.ini")
    assert Settings.load(Config(), {}) == Settings.load(Config(missing), {}) == Settings()


def test_defaults_of_the_ini_file_are_no_settings_and_no_mistakes(tmp_path: Path) -> None:
    ini = """
    [DEFAULT]
    wait = whenever
    somebody_elses = 1
    retry_for = 3s

    [alembic_guard]
    lock_timeout = %(retry_for)s
    """
    assert load(tmp_path, ini=ini) == Settings(lock_timeout=3.0)


def test_a_value_equal_to_a_default_of_the_ini_file_is_a_setting(tmp_path: Path) -> None:
    ini = "[DEFAULT]\nwait = 3s\n[alembic_guard]\nwait = 3s\n"
    assert load(tmp_path, ini=ini) == Settings(wait=3.0)


def test_a_doubled_percent_sign_is_one(tmp_path: Path) -> None:
    assert refusal(tmp_path, ini="[alembic_guard]\nwait = 5%%\n").startswith(
        "bad-setting: wait in [alembic_guard] of alembic.ini: '5%' is no duration;"
    )


@pytest.mark.parametrize("shown", [*describe()], ids=lambda setting: setting[0])
def test_a_default_that_is_shown_is_the_default(
    tmp_path: Path, shown: tuple[str, str, str]
) -> None:
    name, default, _ = shown
    expected = Settings(wait=60.0) if name == "wait" else Settings()
    assert load(tmp_path, ini=f"[alembic_guard]\n{name} = {default}\n") == expected


# --- Mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "environ", "message"),
    [
        (
            {"ini": "[alembic_guard]\nlock_timout = 1s\n"},
            {},
            "unknown-setting: There is no setting 'lock_timout', found in [alembic_guard] of "
            "alembic.ini; did you mean 'lock_timeout'?\n"
            f"  Settings: {NAMES}.\n"
            "  next: in [alembic_guard] of alembic.ini, rename lock_timout or take it out",
        ),
        (
            {"toml": "[tool.alembic_guard]\nxyzzy = 1\n"},
            {},
            "unknown-setting: There is no setting 'xyzzy', found in [tool.alembic_guard] of "
            "pyproject.toml.\n"
            f"  Settings: {NAMES}.\n"
            "  next: in [tool.alembic_guard] of pyproject.toml, rename xyzzy or take it out",
        ),
        (
            {"ini": "[alembic_guard]\nmerge = perhaps\n"},
            {},
            "bad-setting: merge in [alembic_guard] of alembic.ini: 'perhaps' is neither true nor "
            "false.\n"
            "  merge: guard-revision merges several heads by itself.\n"
            "  next: in [alembic_guard] of alembic.ini, mend merge",
        ),
        (
            {"toml": "[tool.alembic_guard]\nwait = true\n"},
            {},
            "bad-setting: wait in [tool.alembic_guard] of pyproject.toml: True is no duration; "
            "write 200ms, 5s, 10min or 1h.\n"
            "  wait: hard limit on waiting for another deployer; unset, 60s without progress.\n"
            "  next: in [tool.alembic_guard] of pyproject.toml, mend wait",
        ),
        (
            {"toml": "[tool.alembic_guard]\nallow = [1]\n"},
            {},
            "bad-setting: allow in [tool.alembic_guard] of pyproject.toml: [1] is no list of "
            "names.\n"
            "  allow: names of guards and rules that only report, separated by commas.\n"
            "  next: in [tool.alembic_guard] of pyproject.toml, mend allow",
        ),
        (
            {},
            {"ALEMBIC_GUARD_ALLOW": "emty-revision"},
            "bad-setting: ALEMBIC_GUARD_ALLOW in the environment: there is no guard or rule "
            "'emty-revision'; did you mean 'empty-revision'?\n"
            "  allow: names of guards and rules that only report, separated by commas.\n"
            "  next: in the environment, mend ALEMBIC_GUARD_ALLOW",
        ),
        (
            {"ini": "[alembic_guard]\njournal_table = my table\n"},
            {},
            "bad-setting: journal_table in [alembic_guard] of alembic.ini: 'my table' is no plain "
            "table name of at most 63 characters.\n"
            "  journal_table: the journal's table.\n"
            "  next: in [alembic_guard] of alembic.ini, mend journal_table",
        ),
        (
            {"toml": "tool.alembic_guard = 1\n"},
            {},
            "bad-setting: tool.alembic_guard in pyproject.toml is no table.",
        ),
        (
            {"ini": "[alembic_guard]\nwait = hunter2%x\n"},
            {},
            "bad-setting: alembic.ini cannot be read (InterpolationSyntaxError).\n"
            "  The option 'wait' of [alembic_guard] holds a '%' that is not doubled; in an ini "
            "file a '%' is written '%%'.\n"
            "  next: mend alembic.ini",
        ),
        (
            {"ini": "hunter2\n"},
            {},
            "bad-setting: alembic.ini:1 cannot be read (MissingSectionHeaderError).\n"
            "  A line stands before the first [section].\n"
            "  next: mend alembic.ini:1",
        ),
        (
            {"ini": "[a]\nx = 1\nhunter2\n"},
            {},
            "bad-setting: alembic.ini cannot be read (ParsingError).\n"
            "  Line 3 is neither a section, an option nor a comment.\n"
            "  next: mend alembic.ini",
        ),
        (
            {"ini": "[a]\nx = 1\nx = hunter2\n"},
            {},
            "bad-setting: alembic.ini:3 cannot be read (DuplicateOptionError).\n"
            "  The option 'x' of [a] is there twice.\n"
            "  next: mend alembic.ini:3",
        ),
        (
            {"ini": "[a]\n[a]\n"},
            {},
            "bad-setting: alembic.ini:2 cannot be read (DuplicateSectionError).\n"
            "  The section [a] is there twice.\n"
            "  next: mend alembic.ini:2",
        ),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else "",
)
def test_a_mistake_is_one_clear_message(
    tmp_path: Path, files: dict[str, str], environ: dict[str, str], message: str
) -> None:
    assert refusal(tmp_path, environ, **files) == message


def test_what_a_file_holds_is_not_repeated_where_it_cannot_be_read(tmp_path: Path) -> None:
    said = refusal(tmp_path, toml='[tool.x]\npassword = "hunter2\n')
    assert said.startswith("bad-setting: pyproject.toml")
    assert "hunter2" not in said


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    config = configured(tmp_path)
    (tmp_path / "alembic.ini").write_bytes(b"[alembic_guard]\nwait = \xff\xff\n")
    with pytest.raises(WrongUsage, match=r"cannot be read \(UnicodeDecodeError\)"):
        Settings.load(config, {})


def test_a_guard_that_does_not_exist_is_refused_from_a_program_too() -> None:
    with pytest.raises(WrongUsage, match=r"there is no guard or rule 'nonsense'\."):
        Settings().override(allow=("nonsense",))


@pytest.mark.parametrize(
    "words",
    [
        ["guard-revision", "-m", "x"],
        ["safe-upgrade"],
        ["guard-log"],
        ["guard-init"],
        ["guard-doctor"],
        ["guard-check"],
    ],
    ids=" ".join,
)
def test_every_command_refuses_an_unknown_setting_with_status_2_and_changes_nothing(
    sqlite_project: Project, words: list[str]
) -> None:
    ini = sqlite_project.read("alembic.ini")
    sqlite_project.write("alembic.ini", f"{ini}\n[alembic_guard]\nlock_timout = 1s\n")
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic(*words)
    assert (result.returncode, result.stdout) == (
        2,
        "error: unknown-setting: There is no setting 'lock_timout', found in [alembic_guard] of "
        "alembic.ini; did you mean 'lock_timeout'?\n"
        f"    Settings: {NAMES}.\n"
        "    next: in [alembic_guard] of alembic.ini, rename lock_timout or take it out\n",
    )
    assert (sqlite_project.snapshot(), sqlite_project.tables()) == (before, [])


@pytest.mark.parametrize("words", [["check"], ["revision", "--autogenerate", "-m", "x"]])
def test_a_stock_autogenerate_says_so_as_well(sqlite_project: Project, words: list[str]) -> None:
    ini = sqlite_project.read("alembic.ini")
    sqlite_project.write("alembic.ini", f"{ini}\n[alembic_guard]\nlock_timout = 1s\n")
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic(*words)
    assert (result.returncode, result.stdout.splitlines()[0]) == (
        2,
        "FAILED: unknown-setting: There is no setting 'lock_timout', found in [alembic_guard] of "
        "alembic.ini; did you mean 'lock_timeout'?",
    )
    assert sqlite_project.snapshot() == before


def test_an_error_keeps_the_shape_of_the_json_report(sqlite_project: Project) -> None:
    result = sqlite_project.alembic(
        "safe-upgrade", "--format", "json", env={"ALEMBIC_GUARD_WAIT": "soon"}
    )
    assert (result.returncode, json.loads(result.stdout)) == (
        2,
        {
            "version": 1,
            "command": "safe-upgrade",
            "exit_status": 2,
            "findings": [
                {
                    "name": "bad-setting",
                    "severity": "error",
                    "message": "ALEMBIC_GUARD_WAIT in the environment: 'soon' is no duration; "
                    "write 200ms, 5s, 10min or 1h.",
                    "why": "wait: hard limit on waiting for another deployer; unset, 60s without "
                    "progress.",
                    "next": ["in the environment, mend ALEMBIC_GUARD_WAIT"],
                    "revision": None,
                    "path": None,
                    "line": None,
                    "allowed": None,
                    "docs": "https://alembic-guardrails.readthedocs.io/en/stable/guards/bad-setting/",
                }
            ],
            "data": {},
        },
    )


# --- Anything at all -----------------------------------------------------------------------------

TEXT = st.text(string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", ""))
VALUES = st.one_of(
    TEXT, st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers() | TEXT)
)


def outcome(read: Callable[[], Settings]) -> Settings | set[str]:
    """The settings, or the names of what refused them."""
    try:
        return read()
    except WrongUsage as refused:
        return {finding.name for finding in refused.findings}


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Settings)]), VALUES))
def test_any_value_is_a_setting_or_a_named_refusal(values: dict[str, object]) -> None:
    found = outcome(lambda: Settings()._with("somewhere", values))
    assert isinstance(found, Settings) or found == {"bad-setting"}


@given(TEXT)
def test_any_ini_file_is_settings_or_a_named_refusal(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "alembic.ini")
        path.write_text(f"[alembic_guard]\n{text}", "utf-8")
        found = outcome(lambda: Settings.load(Config(str(path)), {}))
    assert isinstance(found, Settings) or found <= {"bad-setting", "unknown-setting"}


@given(st.integers(0, 10**6), st.sampled_from(["ms", "s", "min", "h"]))
def test_a_duration_is_its_number_times_its_unit(number: int, unit: str) -> None:
    seconds = {"ms": 0.001, "s": 1, "min": 60, "h": 3600}[unit]
    assert duration(f"{number}{unit}") == duration(f" {number} {unit.upper()} ") == number * seconds


def test_cmd_opts_are_no_source() -> None:
    assert Settings.load(Config(cmd_opts=Namespace(wait="1s")), {}) == Settings()
