"""`alembic guard-lint --sql`: files are judged as `psql -f` and its like run them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from alembic_guard.commands.linting import judge_sql
from alembic_guard.ddl.reading import read_sql
from alembic_guard.settings import Settings
from tests.project import Project


def found(
    text: str, kind: str = "postgresql", **settings: tuple[str, ...]
) -> list[tuple[str, int | None]]:
    findings = judge_sql(text, "change.sql", kind, Settings(**settings))  # type: ignore[arg-type]
    return [(each.name, each.place.line if each.place else None) for each in findings]


def test_each_statement_commits_by_itself() -> None:
    assert found("CREATE INDEX CONCURRENTLY a ON t (a);\n") == []


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK", "END"])
@pytest.mark.parametrize("begin", ["BEGIN", "START TRANSACTION"])
def test_a_transaction_is_what_stands_between_begin_and_its_end(begin: str, end: str) -> None:
    index = "CREATE INDEX CONCURRENTLY {} ON t (a);\n"
    text = f"{index.format('a')}{begin};\nSAVEPOINT s;\n{index.format('b')}{end};\n"
    everything = found(text + index.format("c"))
    assert [line for name, line in everything if name == "concurrently-in-transaction"] == [4]


def test_one_statement_that_cannot_be_read_hides_no_other() -> None:
    text = "SELEKT 1;\nDROP TABLE t;\n"
    assert found(text) == [("unreadable-sql", 1), ("drop-table", 2)]


def test_without_a_parser_one_finding_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "postgast", None)
    read_sql.cache_clear()
    assert found("DROP TABLE t;\nDROP TABLE u;\n") == [("unreadable-sql", 1)]
    read_sql.cache_clear()


def test_what_is_wrong_with_a_revision_is_not_said_of_a_file() -> None:
    text = "ALTER TABLE t ADD COLUMN a int;\nALTER TABLE u ADD COLUMN a int;\n"
    assert found(text, "mariadb") == []


def test_a_setting_and_an_option_enable_rules_together(sqlite_project: Project) -> None:
    sqlite_project.write("change.sql", "CREATE INDEX CONCURRENTLY i ON t (id, id)")
    words = ("guard-lint", "--sql", "change.sql", "--enable", "wide-index")
    result = sqlite_project.alembic(*words, env={"ALEMBIC_GUARD_ENABLE": "duplicate-index-column"})
    assert "duplicate-index-column (change.sql:1)" in result.stdout


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x00\xff", "it is no text."),
        ("SELECT 1".encode("utf-16"), "it is no text."),
        ("SELECT 'é'".encode("latin-1"), "it is no UTF-8, at byte 8."),
    ],
    ids=["binary", "utf-16", "latin-1"],
)
def test_a_file_that_is_no_text_is_refused(
    sqlite_project: Project, content: bytes, why: str
) -> None:
    Path(sqlite_project.path, "change.sql").write_bytes(content)
    result = sqlite_project.alembic("guard-lint", "--sql", "change.sql")
    assert (result.returncode, result.stdout.splitlines()[0]) == (
        2,
        f"error: wrong-usage: change.sql can't be read: {why}",
    )


def test_the_mark_that_a_file_begins_with_is_no_sql(sqlite_project: Project) -> None:
    Path(sqlite_project.path, "change.sql").write_bytes(b"\xef\xbb\xbfSELECT 1;")
    result = sqlite_project.alembic("guard-lint", "--sql", "change.sql")
    assert (result.returncode, result.stdout) == (0, "Judged 1 file: no rule refuses.\n")


@pytest.mark.parametrize("words", [["--sql", "-"], ["--no-database"]])
def test_a_dialect_that_no_rule_is_about_is_refused(
    sqlite_project: Project, words: list[str]
) -> None:
    result = sqlite_project.alembic("guard-lint", *words, "--dialect", "oracle")
    assert (result.returncode, result.stderr.splitlines()[-1]) == (
        2,
        "Error: Invalid value for '--dialect': 'oracle' is not one of 'postgresql', 'mariadb', "
        "'mysql', 'sqlite'.",
    )
