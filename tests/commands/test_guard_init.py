"""`alembic guard-init`: hooks and settings go in and out of a project's own files, whole or not."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.interpreter import running
from tests.project import NO_METADATA, Project, alembic_command, environment

TEMPLATES = ["generic", "async", "multidb", "pyproject", "pyproject_async"]

INI_DIFF = """\
--- alembic.ini
+++ alembic.ini
@@ -147,3 +147,102 @@
 [formatter_generic]
 format = %(levelname)-5.5s [%(name)s] %(message)s
 datefmt = %H:%M:%S
+
+[alembic_guard]
+# Settings of alembic-guardrails, each with its default: take away the "# " to change.
+
+# names of guards and rules that only report, separated by commas
+# allow =
+
+# guard-revision merges several heads by itself
+# merge = true
+
+# safe-upgrade writes who applied what, and when
+# journal = true
+
+# the journal's table
+# journal_table = alembic_guard_journal
+
+# hard limit on waiting for another deployer; unset, 60s without progress
+# wait = 60s
+
+# how long the first try queues for a lock before it steps back
+# lock_timeout = 50ms
+
+# how long a try queues at most; each waits longer than the last
+# lock_timeout_last = 200ms
+
+# how often a revision is tried for its locks; 0 is without limit
+# lock_tries = 0
+
+# how long a statement may run in all; 0 is without limit
+# statement_timeout = 0
+
+# how long a revision is tried again when a lock is not granted
+# retry_for = 10min
+
+# how long to wait before the second try; it grows, and varies
+# retry_delay = 100ms
+
+# how long to wait between two tries at most
+# retry_delay_longest = 15s
+
+# cancel a query of the same role that blocks for so long; 0 is never
+# cancel_blockers_after = 0
+
+# a file or a folder: safe-upgrade takes a backup before it changes anything
+# backup =
+
+# safe-upgrade compares models and database at its end
+# verify = false
+
+# guard-revision runs what it writes on a scratch database first
+# prove = true
+
+# nothing is ever downgraded: no revision needs a downgrade, and none is rehearsed
+# forward_only = false
+
+# a revision that was edited after it was applied is an error
+# frozen = false
+
+# a pending revision that is not committed to git is an error
+# require_committed = false
+
+# keep a HEADS file, so that git reports two new heads as a conflict
+# heads_file = false
+
+# safe-upgrade refuses for live (what the database proves) or error (all); or off
+# lint_on_upgrade = live
+
+# the last revision of the past: guard-lint judges what comes after it
+# lint_after =
+
+# rows up to which a table is small, so that locks on it are short
+# small_table_rows = 10000
+
+# names of opt-in rules to judge by, separated by commas
+# enable =
+
+# modules with rules of your own, separated by commas
+# rules =
+
+# the server's version where no database is asked, such as 15 or 10.11
+# server_version =
+
+# a folder of .sql files that declare views, functions and their like
+# sql_objects =
+
+# PostgreSQL: compare owners, where the models say one
+# compare_owners = false
+
+# MariaDB and MySQL: the name of the database in which models are made; unset, a new one
+# scratch_database =
+
+# URL of a second database, where models and scratch ones are made
+# dev_url =
+
+# URL of a server on which safe-upgrade --rehearse works; unset, dev_url
+# shadow_url =
+
+# URL of the server itself, for migrations where env.py connects through a pooler
+# migration_url =
"""

MAKO = '''\
"""${message}"""

# revision identifiers, used by Alembic.
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''

# A dot stands for the blank at the start of an empty line, which editors take away.
MAKO_DIFF = '''\
--- migrations/script.py.mako
+++ migrations/script.py.mako
@@ -1,5 +1,13 @@
+<%!
+try:
+    from alembic_guard import mako as guard
+except ImportError:  # a teammate without alembic-guardrails can still render this template
+    class guard:
+        header = hooks = staticmethod(lambda context: "")
+%>\\
 """${message}"""
·
+${guard.header(context)}\\
 # revision identifiers, used by Alembic.
 revision = ${repr(up_revision)}
 down_revision = ${repr(down_revision)}
@@ -7,6 +15,7 @@
 depends_on = ${repr(depends_on)}
·
·
+${guard.hooks(context)}\\
 def upgrade():
     ${upgrades if upgrades else "pass"}
·
'''.replace("·", " ")


def indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines())


@pytest.fixture
def short(sqlite_project: Project) -> Project:
    """A project whose template fits on a page, with a stock config."""
    sqlite_project.write("migrations/script.py.mako", MAKO)
    ini = sqlite_project.read("alembic.ini").splitlines(keepends=True)
    assert ini[146] == "[formatter_generic]\n"
    return sqlite_project


def test_it_shows_the_whole_difference_and_names_what_it_changed(short: Project) -> None:
    result = short.alembic("guard-init")
    assert (result.returncode, result.stderr, result.stdout) == (
        0,
        "",
        f"{MAKO_DIFF}{INI_DIFF}Changed migrations/script.py.mako\nChanged alembic.ini\n",
    )


def test_the_files_hold_what_was_shown(short: Project) -> None:
    before = short.snapshot()
    short.alembic("guard-init")
    for name, diff in (("migrations/script.py.mako", MAKO_DIFF), ("alembic.ini", INI_DIFF)):
        written = [line[1:] for line in diff.splitlines()[2:] if line.startswith("+")]
        lines = short.read(name).splitlines()
        assert [line for line in written if line not in lines] == []
        assert len(lines) == len(before[name].splitlines()) + len(written)


@pytest.mark.parametrize("template", TEMPLATES)
def test_twice_changes_nothing_and_remove_brings_back_every_byte(
    tmp_path: Path, template: str
) -> None:
    path = tmp_path / "project"
    path.mkdir()
    project = Project.create(path, f"sqlite:///{path}/app.db", template)
    before = project.snapshot()
    config = "pyproject.toml" if "pyproject" in template else "alembic.ini"
    assert project.alembic("guard-init").returncode == 0
    installed = project.snapshot()
    assert {name for name in before if before[name] != installed[name]} == {
        "migrations/script.py.mako",
        config,
    }
    again = project.alembic("guard-init")
    assert (again.returncode, again.stdout) == (0, "Nothing to do: all is in place.\n")
    check = project.alembic("guard-init", "--check")
    assert (check.returncode, check.stdout) == (0, "Everything is in place.\n")
    assert project.snapshot() == installed
    removed = project.alembic("guard-init", "--remove")
    assert removed.returncode == 0
    assert project.snapshot() == before
    nothing = project.alembic("guard-init", "--remove")
    assert (nothing.returncode, nothing.stdout) == (0, "Nothing to do: everything is out.\n")


@pytest.mark.parametrize("template", TEMPLATES)
def test_after_alembic_init_the_first_revision_is_written_and_an_empty_one_is_refused(
    tmp_path: Path, template: str
) -> None:
    path = tmp_path / "project"
    path.mkdir()
    project = Project.create(path, f"sqlite:///{path}/app.db", template)
    assert project.alembic("guard-init").returncode == 0
    assert project.alembic("revision", "--autogenerate", "-m", "first").returncode == 0
    assert project.alembic("upgrade", "head").returncode == 0
    before = project.snapshot()
    refused = project.alembic("revision", "--autogenerate", "-m", "second")
    assert refused.returncode == 1
    assert "FAILED: empty-revision: Nothing differs between the models and " in refused.stdout
    assert project.snapshot() == before


def test_check_says_what_is_missing_with_status_1_and_changes_nothing(short: Project) -> None:
    before = short.snapshot()
    result = short.alembic("guard-init", "--check")
    assert (result.returncode, result.stdout) == (
        1,
        "error: not-installed (migrations/script.py.mako): migrations/script.py.mako lacks what "
        "guard-init puts there.\n"
        f"{indented(MAKO_DIFF)}"
        "    next: alembic guard-init\n"
        "error: not-installed (alembic.ini): alembic.ini lacks what guard-init puts there.\n"
        f"{indented(INI_DIFF)}"
        "    next: alembic guard-init\n",
    )
    assert short.snapshot() == before


def test_json_has_the_edits(short: Project) -> None:
    check = json.loads(short.alembic("guard-init", "--check", "--format", "json").stdout)
    edits = [
        {"path": "migrations/script.py.mako", "diff": MAKO_DIFF},
        {"path": "alembic.ini", "diff": INI_DIFF},
    ]
    assert (check["exit_status"], check["data"]) == (1, {"edits": edits})
    done = json.loads(short.alembic("guard-init", "--format", "json").stdout)
    assert (done["exit_status"], done["data"], done["findings"]) == (0, {"edits": edits}, [])
    again = json.loads(short.alembic("guard-init", "--format", "json").stdout)
    assert again["data"] == {"edits": []}


def test_what_the_user_changed_stays(short: Project) -> None:
    own = "# Copyright us\nfrom ours import *\n"
    mako = MAKO.replace("# revision", f"{own}# revision")
    short.write("migrations/script.py.mako", mako)
    short.alembic("guard-init")
    ini = short.read("alembic.ini").replace("# wait = 60s", "wait = 90s")
    short.write("alembic.ini", ini)
    assert own in short.read("migrations/script.py.mako")
    again = short.alembic("guard-init")
    assert (again.returncode, again.stdout) == (0, "Nothing to do: all is in place.\n")
    assert short.read("alembic.ini") == ini


def test_remove_leaves_settings_that_were_edited_and_says_so(short: Project) -> None:
    short.alembic("guard-init")
    ini = short.read("alembic.ini").replace("# wait = 60s", "wait = 90s")
    short.write("alembic.ini", ini)
    result = short.alembic("guard-init", "--remove")
    assert result.returncode == 0
    assert result.stdout.endswith(
        "Changed migrations/script.py.mako\n"
        "note: not-editable (alembic.ini): alembic.ini: [alembic_guard] was edited, so it "
        "stays; delete it by hand.\n"
    )
    assert short.read("alembic.ini") == ini
    assert short.read("migrations/script.py.mako") == MAKO


def test_a_hook_that_was_taken_out_by_hand_is_missed_and_put_back(short: Project) -> None:
    short.alembic("guard-init")
    installed = short.read("migrations/script.py.mako")
    without = installed.replace("${guard.hooks(context)}\\\n", "")
    short.write("migrations/script.py.mako", without)
    assert short.alembic("guard-init", "--check").returncode == 1
    assert short.alembic("guard-init").returncode == 0
    assert short.read("migrations/script.py.mako") == installed


@pytest.mark.parametrize(
    ("mako", "problem"),
    [
        (
            "nothing of the kind\n",
            'The template has no line "revision = ..." and no line "def upgrade(...)", so the '
            "guard's hooks have no place in it.",
        ),
        (
            "revision = 1\n",
            'The template has no line "def upgrade(...)", so the guard\'s hooks have no place in '
            "it.",
        ),
    ],
)
def test_a_template_without_the_expected_lines_is_refused_in_one_line_and_nothing_is_changed(
    short: Project, mako: str, problem: str
) -> None:
    short.write("migrations/script.py.mako", mako)
    before = short.snapshot()
    result = short.alembic("guard-init")
    assert (result.returncode, result.stdout) == (
        1,
        "error: not-editable (migrations/script.py.mako): migrations/script.py.mako: "
        f"{problem}\n"
        "    Nothing was changed.\n"
        "    next: mend migrations/script.py.mako, then alembic guard-init\n",
    )
    assert short.snapshot() == before


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "It cannot be read: No such file or directory."),
        (b"\xff", "It is no UTF-8 at byte 0."),
    ],
)
def test_a_template_that_cannot_be_read_is_refused(
    short: Project, content: bytes | None, problem: str
) -> None:
    mako = short.path / "migrations" / "script.py.mako"
    mako.unlink() if content is None else mako.write_bytes(content)
    before = short.snapshot()
    result = short.alembic("guard-init")
    assert (result.returncode, result.stdout.splitlines()[0]) == (
        1,
        f"error: not-editable (migrations/script.py.mako): migrations/script.py.mako: {problem}",
    )
    assert short.snapshot() == before


def test_a_second_file_that_cannot_be_written_leaves_the_first_as_it_was(
    short: Project, tmp_path: Path
) -> None:
    # The tests may run as root, whom no permission stops.
    full = """
        import pathlib

        write_bytes = pathlib.Path.write_bytes

        def no_space(path, data):
            if b"[alembic_guard]" not in data:
                return write_bytes(path, data)
            write_bytes(path, data[:100])
            raise OSError(28, "No space left on device")

        pathlib.Path.write_bytes = no_space
    """
    before = short.snapshot()
    result = short.alembic("guard-init", env=running(tmp_path / "site", full))
    assert (result.returncode, result.stdout) == (
        1,
        "error: not-editable (alembic.ini): alembic.ini: It cannot be written: No space left on "
        "device.\n"
        "    Nothing was changed.\n"
        "    next: mend alembic.ini, then alembic guard-init\n",
    )
    assert short.snapshot() == before


def test_line_endings_of_windows_stay(short: Project) -> None:
    for name in ("alembic.ini", "migrations/script.py.mako"):
        text = short.read(name).replace("\n", "\r\n")
        (short.path / name).write_bytes(text.encode())
    before = short.snapshot()
    assert short.alembic("guard-init").returncode == 0
    for name in ("alembic.ini", "migrations/script.py.mako"):
        content = (short.path / name).read_bytes()
        assert content.count(b"\n") == content.count(b"\r\n") > before[name].count(b"\n")
    assert short.alembic("guard-init", "--remove").returncode == 0
    assert short.snapshot() == before


def test_the_settings_go_into_the_file_that_names_the_scripts(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite://", "pyproject")
    subprocess.run(
        [*alembic_command(), "init", "-t", "pyproject", "migrations"],
        cwd=tmp_path,
        env=environment(),
        check=True,
        capture_output=True,
    )
    (tmp_path / "alembic.ini").unlink()
    result = project.alembic("guard-init")
    assert result.returncode == 0, result.output
    assert "\n[tool.alembic_guard]\n" in project.read("pyproject.toml")
    assert not (tmp_path / "alembic.ini").exists()


def test_another_config_file_is_the_one_that_is_changed(short: Project) -> None:
    (short.path / "deploy").mkdir()
    ini = short.path / "alembic.ini"
    moved = ini.read_text().replace("%(here)s/migrations", "%(here)s/../migrations")
    ini.unlink()
    short.write("deploy/other.ini", moved)
    result = short.alembic("-c", "deploy/other.ini", "guard-init")
    assert result.returncode == 0, result.output
    assert result.stdout.endswith(
        f"Changed migrations/script.py.mako\nChanged deploy{os.sep}other.ini\n"
    )
    assert "\n[alembic_guard]\n" in short.read("deploy/other.ini")


def test_without_a_project_it_says_so(tmp_path: Path) -> None:
    result = Project(tmp_path, "sqlite://").alembic("guard-init")
    assert result.returncode == 1
    assert result.stdout.startswith("error: no-config: ")
    assert list(tmp_path.iterdir()) == []


def test_it_needs_no_env_py_and_no_database(short: Project) -> None:
    short.write("migrations/env.py", f"raise RuntimeError\n{NO_METADATA}\n")
    assert short.alembic("guard-init").returncode == 0
    assert not (short.path / "app.db").exists()
