"""The report for pull requests: what it says is text, whatever somebody wrote."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_guard.finding import DOCS, Finding, Place, Severity
from alembic_guard.reports import Report
from alembic_guard.reports.markdown import code, escaped, fenced, render
from tests.project import Project
from tests.reports.hostile import HOSTILE, findings, hostile, texts

FOUND = Finding(
    "several-heads",
    "There are two_heads.",
    why="First.\nSecond.",
    next=("alembic guard-merge", "alembic heads"),
    place=Place("migrations/a1.py", 3),
)


def test_a_report_is_a_heading_its_lines_and_each_finding_whole() -> None:
    note = Finding("env-error", "Hm.", why="Because.", severity=Severity.NOTE)
    report = Report("guard-check", 1, [FOUND, note, FOUND.allow("known")], lines=["3 revisions."])
    assert (
        render(report)
        == f"""\
### `alembic guard-check`: 1 error, 1 note, 1 allowed

```text
3 revisions.
```

#### error: [several-heads]({DOCS}guards/several-heads/) `migrations/a1.py:3`

There are two\\_heads.

```text
First.
Second.
```

```sh
alembic guard-merge
alembic heads
```

#### note: [env-error]({DOCS}guards/env-error/)

Hm.

Because.

#### allowed: [several-heads]({DOCS}guards/several-heads/) `migrations/a1.py:3`

There are two\\_heads.

```text
First.
Second.
```

Allowed: known
"""
    )


def test_a_clean_report_is_its_heading() -> None:
    assert render(Report("guard-check", 0)) == "### `alembic guard-check`: no findings\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", r"a\|b"),
        ("`x` *y* _z_ ~q~ $m$", r"\`x\` \*y\* \_z\_ \~q\~ \$m\$"),
        ("<script>&amp;", "&lt;script&gt;&amp;amp;"),
        ("[a](http://b)", r"\[a\](http:&#8203;//b)"),
        ("@octocat and me@host", "@&#8203;octocat and me@host"),
        ("see #12", "see #&#8203;12"),
        ("# no heading", "&#35; no heading"),
        ("- no list", "&#45; no list"),
        ("1. no list", "&#49;. no list"),
        ("two\nlines", "two lines"),
        ("C:\\x", r"C:\\x"),
        ("\x1b[2J", r"\\x1b\[2J"),
    ],
)
def test_text_stands_for_itself(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_code_has_a_fence_that_its_text_cannot_close() -> None:
    assert code("a`b") == "`` a`b ``"
    assert fenced("```\nx\n````") == "`````text\n```\nx\n````\n`````"


@given(texts)
def test_a_fence_is_longer_than_any_run_of_backticks_in_its_text(text: str) -> None:
    opening, *lines, closing = fenced(text).split("\n")
    assert opening == f"{closing}text"
    assert not any(
        set(line.strip()) == {"`"} and len(line.strip()) >= len(closing) for line in lines
    )


@given(st.lists(findings, max_size=3), st.lists(texts, max_size=2))
def test_outside_of_fences_no_text_makes_html_or_calls_anybody(
    found: list[Finding], lines: list[str]
) -> None:
    prose = outside_of_fences(render(Report("x", 1, found, lines=lines)))
    assert not re.search(r"<[^\d]|(?<!\w)@\w", re.sub(r"`+ .*? `+|`[^`]+`", "", prose))


def outside_of_fences(markdown: str) -> str:
    kept, fence = list[str](), ""
    for line in markdown.split("\n"):
        mark = re.match(r"`{3,}", line)
        if fence:
            fence = "" if line == fence else fence
        elif mark and line.endswith(("text", "sh")):
            fence = mark[0]
        else:
            kept.append(line)
    assert fence == ""
    return "\n".join(kept)


def test_a_hostile_finding_is_text_and_code() -> None:
    text = render(Report("x", 1, [hostile()], lines=[HOSTILE]))
    assert "<img" not in outside_of_fences(text).replace(code(f"{HOSTILE}:3"), "")
    assert "\x1b" not in text
    assert text.count("#### ") == 1


def test_the_command_writes_it_to_a_file_for_the_summary_of_a_step(
    sqlite_project: Project,
) -> None:
    words = ["guard-revision", "-m", "x", "--format", "markdown", "--output", "summary.md"]
    sqlite_project.write("migrations/env.py", "target_metadata = None\n")
    result = sqlite_project.alembic(*words)
    assert (result.returncode, result.stdout) == (1, "")
    summary = sqlite_project.read("summary.md")
    assert summary.startswith("### `alembic guard-revision`: 1 error\n\n#### error: [")


def test_a_rehearsal_is_a_table_with_a_row_a_statement() -> None:
    users = {"table": "users", "lock": "SHARE", "measured": True, "rows": 1200}
    notes = {"table": "my_notes", "lock": "SHARE UPDATE EXCLUSIVE", "measured": False, "rows": None}
    row = {
        "revision": "a_1",
        "line": 7,
        "statement": "CREATE INDEX ix\nON users (a | b)",
        "seconds": 0.0123,
        "tables": [users, notes, {**notes, "lock": None}],
        "verdict": "blocks writes",
    }
    said = render(Report("safe-upgrade", 0, data={"rehearsal": [row]}))
    assert said.splitlines()[2:] == [
        "| revision | line | statement | lock | live rows | time | verdict |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| a\\_1 | 7 | `CREATE INDEX ix ON users (a \\| b)` "
        "| SHARE on users<br>(SHARE UPDATE EXCLUSIVE) on my\\_notes<br>my\\_notes "
        "| about 1,200<br>unknown<br>unknown | 12.3 ms | blocks writes |",
    ]
