"""What one revision file says of itself, whatever its text is."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_guard.runtime.revision_syntax import Harm, Problem, RevisionFile, read_text

WHOLE = '''"""add the e-mail

Revision ID: 0002
Revises: 0001
Create Date: 2026-01-02 03:04:05

"""
from typing import Sequence, Union

revision: str = "0002"
down_revision: Union[str, Sequence[str], None] = "0001"
branch_labels: Union[str, Sequence[str], None] = ("jobs", "batch")
depends_on: Union[str, Sequence[str], None] = None
'''


def read(source: str | bytes, path: str = "versions/one.py") -> RevisionFile:
    return read_text(path, dedent(source) if isinstance(source, str) else source)


def ids(source: str) -> tuple[str | None, tuple[str, ...], bool]:
    file = read(source)
    return file.revision, file.down, file.opaque


def test_a_file_of_a_stock_template_is_read_whole() -> None:
    assert read(WHOLE) == RevisionFile(
        path="versions/one.py",
        revision="0002",
        down=("0001",),
        branch_labels=("jobs", "batch"),
        message="add the e-mail",
        created="2026-01-02 03:04:05",
        lines={"revision": 10, "down_revision": 11, "branch_labels": 12, "depends_on": 13},
        source=WHOLE,
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("revision = 'a'\ndown_revision = ('b', 'c')\n", ("a", ("b", "c"), False)),
        ("revision, down_revision = 'a', 'b'\n", ("a", ("b",), False)),
        ("ME = 'a'\nrevision = ME\ndown_revision = [ME]\n", ("a", ("a",), False)),
        ("revision = 'a'\nrevision = 'b'\ndown_revision = None\n", ("b", (), False)),
        ("revision = 'a'\ndown_revision = make()\n", ("a", (), True)),
        ("if x:\n    revision = 'a'\ndown_revision = None\n", (None, (), True)),
        ("from ids import revision\ndown_revision = None\n", (None, (), True)),
        ("from ids import *\nrevision = 'a'\n", ("a", (), True)),
        ("def f():\n    revision = 'b'\nrevision = 'a'\ndown_revision = None\n", ("a", (), False)),
    ],
)
def test_an_identifier_is_a_literal_or_unknown(
    source: str, expected: tuple[str | None, tuple[str, ...], bool]
) -> None:
    assert ids(source) == expected


def test_the_oldest_files_have_their_id_in_the_name() -> None:
    assert read("down_revision = None\n", "versions/1af5.py").revision == "1af5"
    assert read("down_revision = None\n", "versions/helper.py").problem == Problem(Harm.STRAY)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("LIMIT = 3\n", Problem(Harm.STRAY)),
        ("revision = 'a'\n", Problem(Harm.NO_DOWN, 1)),
        ("revision = 1\ndown_revision = None\n", Problem(Harm.NOT_TEXT, 1, "1", "revision")),
        ("revision = None\ndown_revision = None\n", Problem(Harm.NOT_TEXT, 1, "None", "revision")),
        (
            "revision = 'a'\ndown_revision = ('b', 2)\n",
            Problem(Harm.NOT_TEXT, 2, "('b', 2)", "down_revision"),
        ),
        (
            "revision = 'a'\ndown_revision = f()\n",
            Problem(Harm.COMPUTED, 2, said="down_revision"),
        ),
        (
            "revision = 'a'\ndown_revision = None\ndef upgrade(:\n",
            Problem(Harm.SYNTAX, 3, "def upgrade(:", "invalid syntax"),
        ),
    ],
)
def test_a_problem_is_told_with_its_line(source: str, problem: Problem) -> None:
    assert read(source).problem == problem


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("op.execute('x')", 4),
        ("rows = op.get_bind().execute('x')", 4),
        ("with op.batch_alter_table('t') as batch:\n    batch.drop_column('a')", 4),
        ("for t in 'ab':\n    op.drop_table(t)", 5),
        ("if online:\n    op.execute('x')", None),
        ("try:\n    op.execute('x')\nexcept NameError:\n    pass", None),
        ("def upgrade():\n    op.execute('x')", None),
        ("later = lambda: op.execute('x')", None),
    ],
)
def test_a_call_of_op_that_certainly_runs_on_loading_is_seen(call: str, line: int | None) -> None:
    source = f"from alembic import op\nrevision = 'a'\ndown_revision = None\n{call}\n"
    problem = read(source).problem
    assert problem is None if line is None else (problem and problem.harm) is Harm.OP_CALL
    assert (problem and problem.line) == line


def test_a_file_that_does_not_compile_still_says_which_revision_it_is() -> None:
    file = read('revision: str = "b"  # ours\ndown_revision = "a"\ndef upgrade(:\n')
    assert (file.revision, file.down, file.opaque) == ("b", ("a",), False)
    assert read("revision = 'b'\ndown_revision = (\n").opaque


@given(st.one_of(st.text(), st.binary()))
def test_no_text_makes_it_raise(source: str | bytes) -> None:
    assert read_text("versions/one.py", source).path == "versions/one.py"
