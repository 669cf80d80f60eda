"""SQL is read by the parser of its database, and a parser that is missing is said once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alembic_guard.ddl.actions import DropTable
from alembic_guard.ddl.data import Opaque
from alembic_guard.ddl.reading import read_sql
from tests.interpreter import without

READ = """
from alembic_guard.ddl.reading import ParserMissing, read_sql
try:
    read_sql("drop table a", {kind!r})
except ParserMissing as missing:
    print(missing.extra, "|", missing)
"""


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite"])
def test_every_database_of_ours_has_a_reader(kind: str) -> None:
    assert read_sql("DROP TABLE a", kind) == (DropTable("a"),)


def test_a_database_without_a_parser_is_named() -> None:
    assert read_sql("DROP TABLE a", "oracle") == (Opaque("SQL", "no parser for oracle"),)


def test_the_default_schema_of_postgresql_is_public_unless_it_is_said() -> None:
    assert read_sql("DROP TABLE public.a", "postgresql") == (DropTable("a"),)
    assert read_sql("DROP TABLE public.a", "postgresql", "app") == (DropTable("public.a"),)


def test_a_text_that_was_read_is_not_read_again() -> None:
    sql = "DROP TABLE read_once"
    assert read_sql(sql, "postgresql") is read_sql(sql, "postgresql")


def test_a_missing_parser_is_said_with_what_to_type(tmp_path: Path) -> None:
    environment = {**os.environ, **without(tmp_path, "postgast")}
    environment["PYTHONPATH"] += os.pathsep + str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", READ.format(kind="postgresql")],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "lint | pip install 'alembic-guardrails[lint]'\n"
