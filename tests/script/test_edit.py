"""A change to one file, as a value."""

from __future__ import annotations

from pathlib import Path

from alembic_guard.script.edit import Edit


def test_an_edit_shows_the_lines_that_it_adds_between_their_neighbours() -> None:
    edit = Edit(Path("alembic/script.py.mako"), "one\ntwo\nthree\n", "one\ntwo\nnew\nthree\n")

    expected = """\
--- alembic/script.py.mako
+++ alembic/script.py.mako
@@ -1,3 +1,4 @@
 one
 two
+new
 three
"""
    assert edit.changes
    assert expected == edit.diff()


def test_an_edit_that_changes_nothing_shows_nothing() -> None:
    edit = Edit(Path("alembic.ini"), "[alembic]\n", "[alembic]\n")

    assert not edit.changes
    assert edit.diff() == ""


def test_a_missing_final_newline_is_said() -> None:
    edit = Edit(Path("a.ini"), "[alembic]", "[alembic]\nkey = 1")

    expected = """\
--- a.ini
+++ a.ini
@@ -1 +1,2 @@
-[alembic]
\\ No newline at end of file
+[alembic]
+key = 1
\\ No newline at end of file
"""
    assert expected == edit.diff()


def test_a_change_of_line_endings_is_a_difference() -> None:
    edit = Edit(Path("a.ini"), "[alembic]\r\n", "[alembic]\n")

    assert edit.diff() == "--- a.ini\n+++ a.ini\n@@ -1 +1 @@\n-[alembic]\r\n+[alembic]\n"


def test_a_form_feed_ends_no_line() -> None:
    edit = Edit(Path("a"), "one\ftwo\n", "one\fthree\n")

    assert edit.diff() == "--- a\n+++ a\n@@ -1 +1 @@\n-one\ftwo\n+one\fthree\n"


def test_a_password_on_a_neighbouring_line_is_masked() -> None:
    url = "sqlalchemy.url = postgresql://app:s3cret@db/app"
    edit = Edit(Path("alembic.ini"), url, f"{url}\n\n[alembic_guard]")

    expected = """\
--- alembic.ini
+++ alembic.ini
@@ -1 +1,3 @@
-sqlalchemy.url = postgresql://app:***@db/app
\\ No newline at end of file
+sqlalchemy.url = postgresql://app:***@db/app
+
+[alembic_guard]
\\ No newline at end of file
"""
    assert expected == edit.diff()
