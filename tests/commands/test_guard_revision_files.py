"""What `guard-revision` leaves in the versions folder: whole files, or none, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import alembic
import pytest

from tests.commands.revising import add_attribute, applied, edit, refused, revise, settled, written
from tests.project import Project

OWN_TEMPLATE = Path(alembic.__file__).parent / "templates" / "generic" / "script.py.mako"

DEADLINE = 30  # seconds


@pytest.fixture
def changed(sqlite_project: Project) -> Project:
    """A project in which one column is to be written."""
    settled(sqlite_project)
    add_attribute(sqlite_project)
    return sqlite_project


@pytest.fixture
def forked(changed: Project) -> Project:
    """The same on top of two heads, so that a merge is to be written too."""
    changed.add_revision("aaa", "0001", "pass")
    changed.add_revision("bbb", "0001", "pass")
    applied(changed.alembic("upgrade", "heads"))
    return changed


def hook(project: Project, *scripts: str) -> None:
    """Have Python run these after the file is written; its path is `path` there."""
    names = [f"hook{number}" for number, _ in enumerate(scripts)]
    lines = [f"hooks = {', '.join(names)}"]
    for name, script in zip(names, scripts, strict=True):
        lead = "import os, pathlib, signal, sys, time\npath = pathlib.Path(sys.argv[1])\n"
        project.write(f"{name}_script.py", lead + script + "\n")
        lines += [f"{name}.type = exec", f"{name}.executable = {sys.executable}"]
        lines += [f"{name}.options = {name}_script.py REVISION_SCRIPT_FILENAME"]
    configure_hooks(project, *lines)


def configure_hooks(project: Project, *lines: str) -> None:
    edit(project, "alembic.ini", "[post_write_hooks]", "\n".join(["[post_write_hooks]", *lines]))


# --- Post-write hooks -----------------------------------------------------------------------------


def test_a_hook_sees_the_file_in_its_place(changed: Project) -> None:
    hook(changed, 'pathlib.Path("seen.txt").write_text(sys.argv[1])')
    applied(revise(changed, "--rev-id", "0002"))
    assert changed.read("seen.txt") == str(changed.path / "migrations/versions/0002_change.py")


def test_a_merge_goes_through_the_hooks_too(forked: Project) -> None:
    hook(forked, 'print(path.name, file=open("seen.txt", "a"))')
    applied(revise(forked))
    files = [path.name for path in written(forked) if path.name[:3] not in ("aaa", "bbb")]
    assert sorted(forked.read("seen.txt").split()) == sorted(files)
    assert len(files) == 2


def test_a_hook_that_reformats_and_ends_with_1_only_warns(changed: Project) -> None:
    hook(changed, 'path.write_text("# formatted\\n" + path.read_text()); sys.exit(1)')
    result = applied(revise(changed, "--rev-id", "0002"))
    place = "migrations/versions/0002_change.py"
    command = f"{sys.executable} hook0_script.py {changed.path / place}"
    assert result.stdout == (
        f"Generated {place}\n"
        f"warning: write-hook-failed ({place}): The post-write hook 'hook0' ended with status 1; "
        f"{place} stays.\n"
        "    Formatters and pre-commit end like this when they have reformatted the file.\n"
        f"    next: {command}\n"
    )
    assert changed.read(place).startswith("# formatted\n")


def test_a_hook_after_one_that_failed_is_run(changed: Project) -> None:
    hook(changed, "sys.exit(1)", 'pathlib.Path("second.txt").touch()')
    applied(revise(changed))
    assert (changed.path / "second.txt").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["hooks = fmt", "fmt.type = exec", "fmt.executable = no-such-formatter"],
            "could not be run: [Errno 2] No such file or directory: 'no-such-formatter'",
        ),
        (
            ["hooks = fmt", "fmt.type = nonsense"],
            "could not be run: No formatter with name 'nonsense' registered",
        ),
        (
            ["hooks = fmt", "fmt.type = mine"],
            "raised ZeroDivisionError: division by zero",
        ),
    ],
)
def test_a_hook_that_cannot_be_run_only_warns(
    changed: Project, lines: list[str], said: str
) -> None:
    configure_hooks(changed, *lines)
    own = (
        "from alembic.script import write_hooks\n"
        '@write_hooks.register("mine")\n'
        "def mine(path, options):\n    1 / 0\n\n"
        "def run_migrations_offline"
    )
    edit(changed, "migrations/env.py", "def run_migrations_offline", own)
    result = applied(revise(changed, "--rev-id", "0002"))
    place = "migrations/versions/0002_change.py"
    assert result.stdout.splitlines()[1] == (
        f"warning: write-hook-failed ({place}): The post-write hook 'fmt' {said}; {place} stays."
    )
    assert (changed.path / place).exists()


def test_a_file_that_a_hook_broke_is_taken_back(forked: Project) -> None:
    hook(forked, 'path.write_text("def upgrade(:\\n")')
    said = refused(forked, "--rev-id", "0002").splitlines()
    assert [line.partition(" migrations/")[0] for line in said if line.startswith("error")] == [
        "error: write-hook-failed: After the post-write hooks",
        "error: write-hook-failed: After the post-write hooks",
    ]
    assert said[-3:] == [
        "error: write-hook-failed: After the post-write hooks migrations/versions/0002_change.py "
        "no longer compiles: invalid syntax (0002_change.py, line 1).",
        "    A file that does not compile would stop every command, so nothing was kept.",
        "    next: mend the hooks under [post_write_hooks], then run the command again",
    ]


def test_a_hook_does_not_write_into_the_report(changed: Project) -> None:
    hook(changed, 'print("reformatted"); os.write(1, b"by the hook")')
    result = applied(revise(changed, "--rev-id", "0002"))
    assert result.stdout == "Generated migrations/versions/0002_change.py\n"
    assert "reformatted" in result.stderr


# --- A name that the file never imports -----------------------------------------------------------


def own_type(project: Project, module: str, attribute: str) -> None:
    project.write(
        f"{module}.py", "from sqlalchemy import Integer\n\n\nclass Money(Integer):\n    pass\n"
    )
    add_attribute(project, attribute)
    edit(project, "models.py", "from sqlalchemy import", f"import {module}\nfrom sqlalchemy import")


def test_a_type_of_the_project_that_the_template_does_not_import(changed: Project) -> None:
    own_type(changed, "mytypes", "price: Mapped[int | None] = mapped_column(mytypes.Money())")
    assert refused(changed, "--rev-id", "0002") == (
        "error: undefined-name (migrations/script.py.mako): migrations/versions/0002_change.py "
        "would use mytypes.Money (line 25) without importing mytypes.\n"
        "    The file would be written and imported without a word, and fail when it runs.\n"
        "    next: in migrations/script.py.mako, below the other imports: import mytypes\n"
    )
    edit(
        changed,
        "migrations/script.py.mako",
        "import sqlalchemy as sa\n",
        "import sqlalchemy as sa\nimport mytypes\n",
    )
    applied(revise(changed, "--rev-id", "0002"))
    applied(changed.alembic("upgrade", "head"))
    applied(changed.alembic("downgrade", "0001"))


def test_a_name_that_is_allowed_is_written_down(changed: Project) -> None:
    own_type(changed, "mytypes", "price: Mapped[int | None] = mapped_column(mytypes.Money())")
    result = applied(revise(changed, "--rev-id", "0002", "--allow", "undefined-name"))
    assert result.stdout == (
        "Generated migrations/versions/0002_change.py\n"
        "allowed: undefined-name (migrations/script.py.mako): migrations/versions/0002_change.py "
        "would use mytypes.Money (line 25) without importing mytypes.\n"
        "    The file would be written and imported without a word, and fail when it runs.\n"
        "    allowed: --allow or the setting allow\n"
    )


def test_a_template_that_does_not_compile(changed: Project) -> None:
    edit(changed, "migrations/script.py.mako", "def upgrade() -> None:", "def upgrade() -> None")
    assert refused(changed, "--rev-id", "0002") == (
        "error: undefined-name (migrations/script.py.mako): migrations/versions/0002_change.py "
        "would not compile: expected ':' (line 21).\n"
        "    The text comes from migrations/script.py.mako and the rendered types and defaults.\n"
        "    next: look at migrations/script.py.mako, and at custom types' __repr__\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "raised"),
    [
        ("${1 / 0}", 1, "ZeroDivisionError: division by zero"),
        ("\n% if message:\n${message}", 2, "SyntaxException: "),
    ],
)
def test_a_template_that_does_not_render(
    forked: Project, text: str, line: int, raised: str
) -> None:
    edit(forked, "migrations/script.py.mako", "${message}", text)
    path = "migrations/script.py.mako"
    first, *rest = refused(forked).splitlines()  # not even the merge
    assert first.startswith(
        f"error: broken-template ({path}:{line}): {path} cannot be rendered: {raised}"
    )
    assert rest == [
        "    Every new migration is made from it.",
        f"    next: diff {OWN_TEMPLATE} {path}  # Alembic's own, and this one",
    ]


def test_a_template_that_does_not_render_leaves_nothing_in_the_temporary_folder(
    changed: Project, tmp_path: Path
) -> None:
    edit(changed, "migrations/script.py.mako", "${message}", "${1 / 0}")
    (tmp_path / "temporary").mkdir()
    variables = {"TMPDIR": str(tmp_path / "temporary")}
    changed.alembic("guard-revision", "-m", "change", env=variables)
    assert [*(tmp_path / "temporary").iterdir()] == []


def test_a_template_that_is_not_there(changed: Project) -> None:
    (changed.path / "migrations" / "script.py.mako").unlink()
    assert refused(changed) == (
        "error: broken-template (migrations/script.py.mako): "
        "migrations/script.py.mako is not there.\n"
        "    Every new migration is made from it.\n"
        f"    next: cp {OWN_TEMPLATE} migrations/script.py.mako  # Alembic's own\n"
    )


# --- A file that is there -------------------------------------------------------------------------


def test_a_file_of_that_name_is_not_overwritten(changed: Project) -> None:
    edit(changed, "alembic.ini", "[alembic]\n", "[alembic]\nfile_template = %%(slug)s\n")
    changed.add_revision("0002", "0001", "pass", message="other")
    file = changed.path / "migrations" / "versions"
    (file / "0002_other.py").rename(file / "change.py")
    applied(changed.alembic("upgrade", "head"))
    assert refused(changed) == (
        "error: duplicate-revision (migrations/versions/change.py): There is a file "
        "migrations/versions/change.py already.\n"
        "    Nothing is ever overwritten.\n"
        "    next: choose another message, or put %%(rev)s into file_template\n"
    )


def test_an_identifier_that_is_taken_is_refused(changed: Project) -> None:
    assert refused(changed, "--rev-id", "0001") == (
        "error: duplicate-revision (migrations/versions/0001_users.py): There is a revision 0001 "
        "already: migrations/versions/0001_users.py.\n"
        "    Nothing is ever overwritten.\n"
        "    next: leave --rev-id out, or choose another one\n"
    )


# --- Interrupts and kills -------------------------------------------------------------------------

POINTS = {
    "env.py": ("migrations/env.py", "from logging.config", "{wait}\nfrom logging.config"),
    "template": ("migrations/script.py.mako", "${message}", "<% {wait} %>${{message}}"),
}
# Many short sleeps: a signal that comes just before a long one would wait for its end.
WAIT = (
    '__import__("pathlib").Path("reached").touch(); '
    '[__import__("time").sleep(0.02) for _ in range(3000) if __import__("os").getppid() > 1]'
)
"""Waits for a minute, or until nobody waits for it: the hook of a command that was killed."""


def interrupted(project: Project, number: int) -> subprocess.Popen[str]:
    """Start the command, wait until it has reached the point, and send a signal."""
    process = project.spawn("guard-revision", "-m", "change")
    end = time.monotonic() + DEADLINE
    while not (project.path / "reached").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it never came there"
        time.sleep(0.02)
    os.kill(process.pid, number)
    process.wait(DEADLINE)
    (project.path / "reached").unlink()
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("point", ["env.py", "template"])
def test_what_stops_it_before_the_end_leaves_no_file(
    forked: Project, point: str, number: int
) -> None:
    name, old, new = POINTS[point]
    edit(forked, name, old, new.format(wait=WAIT))
    before = forked.snapshot(), forked.tables()
    process = interrupted(forked, number)
    assert (forked.snapshot(), forked.tables()) == before
    assert process.returncode == (130 if number == signal.SIGINT else -number)


def test_an_interrupt_during_the_hooks_takes_the_files_back(forked: Project) -> None:
    hook(forked, WAIT)
    before = forked.snapshot()
    process = interrupted(forked, signal.SIGINT)
    assert forked.snapshot() == before
    assert (process.returncode, process.communicate()[1].splitlines()[-1]) == (
        130,
        "Interrupted; nothing was applied.",
    )


def test_a_kill_during_the_hooks_leaves_files_that_are_whole(forked: Project) -> None:
    hook(forked, WAIT)
    interrupted(forked, signal.SIGKILL)
    applied(forked.alembic("upgrade", "head"))
    assert refused(forked).startswith("error: empty-revision: ")


# --- Folders --------------------------------------------------------------------------------------


def test_a_versions_folder_that_is_missing_is_made_with_the_first_revision(
    sqlite_project: Project,
) -> None:
    (sqlite_project.path / "migrations" / "versions").rmdir()
    applied(revise(sqlite_project, "--rev-id", "0001"))
    assert [path.name for path in sqlite_project.revisions()] == ["0001_change.py"]


def test_a_merge_in_a_project_of_several_folders_goes_where_its_heads_are(
    forked: Project,
) -> None:
    folders = "version_locations = %(here)s/migrations/more:%(here)s/migrations/versions"
    edit(forked, "alembic.ini", "[alembic]\n", f"[alembic]\n{folders}\n")
    edit(forked, "alembic.ini", "path_separator = os", "path_separator = :")
    Path(forked.path, "migrations", "more").mkdir()
    before = set(forked.revisions())
    applied(revise(forked))
    assert len(set(forked.revisions()) - before) == 2
