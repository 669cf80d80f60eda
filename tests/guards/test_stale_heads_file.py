"""The HEADS file: written with every revision, and judged."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from alembic_guard import guards
from alembic_guard.runtime.heads_file import heads_files
from alembic_guard.runtime.history import load, open_script
from tests.commands.revising import add_attribute, applied, refused, revise, settled
from tests.project import Project, alembic_command, environment
from tests.repositories import commit, git, quiet, repository

HEADS = "migrations/versions/HEADS"
NOTICE = "# Kept by alembic guard-revision. A conflict in this file: the history has two heads."
WHY = "heads_file = true: git sees two new revisions as a conflict only where this file is true."


@pytest.fixture
def project(sqlite_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that keeps the file, its models one column ahead; the user is in it."""
    ini = sqlite_project.read("alembic.ini")
    sqlite_project.write("alembic.ini", f"{ini}\n[alembic_guard]\nheads_file = true\n")
    monkeypatch.chdir(sqlite_project.path)
    settled(sqlite_project)
    add_attribute(sqlite_project)
    return sqlite_project


def judged(project: Project) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """What is said of the files, having seen that nothing was changed."""
    script = open_script(Config(project.path / "alembic.ini"))
    load(script)
    before = project.snapshot()
    found = [finding for file in heads_files(script) for finding in guards.judge(file)]
    assert project.snapshot() == before
    return [(one.name, one.message, one.why, one.next) for one in found]


def stale(message: str, *heads: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    command = f"printf '%s\\n' '{NOTICE}' {' '.join(heads)} > {HEADS}"
    return [("stale-heads-file", f"{HEADS} {message}.", WHY, (command,))]


# --- Written -------------------------------------------------------------------------------------


def test_it_is_written_with_the_revision(project: Project) -> None:
    applied(revise(project, "--rev-id", "0002"))
    assert project.read(HEADS) == f"{NOTICE}\n0002\n"
    assert judged(project) == []


def test_it_is_not_written_without_the_setting(project: Project) -> None:
    ini = project.read("alembic.ini")
    project.write("alembic.ini", ini.replace("heads_file = true", "heads_file = false"))
    applied(revise(project))
    assert not (project.path / HEADS).exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_refusal_after_it_was_written_takes_it_back(project: Project, there: bool) -> None:
    if there:
        project.write(HEADS, "0001  # mine\n")
    script = project.write("break.sh", '#!/bin/sh\necho "def (" >> "$1"\n')
    script.chmod(0o755)
    hook = (
        "[post_write_hooks]\nhooks = break\nbreak.type = exec\n"
        "break.executable = %(here)s/break.sh\nbreak.options = REVISION_SCRIPT_FILENAME\n"
    )
    ini = project.read("alembic.ini")
    project.write("alembic.ini", ini.replace("[post_write_hooks]\n", hook))
    assert refused(project).startswith("error: write-hook-failed: ")


def test_each_version_folder_has_its_own(project: Project) -> None:
    ini = project.read("alembic.ini")
    locations = "version_locations = %(here)s/migrations/versions:%(here)s/other\n"
    project.write("alembic.ini", ini.replace("[alembic]\n", f"[alembic]\n{locations}", 1))
    (project.path / "other").mkdir()
    file = project.add_revision("bbb", None, "pass", branch_labels="other")
    file.rename(project.path / "other" / file.name)
    applied(project.alembic("safe-upgrade", "heads"))
    applied(revise(project, "--rev-id", "0002", "--head", "0001"))
    assert (project.read(HEADS), project.read("other/HEADS")) == (
        f"{NOTICE}\n0002\n",
        f"{NOTICE}\nbbb\n",
    )


# --- Judged --------------------------------------------------------------------------------------


def test_a_file_that_is_missing(project: Project) -> None:
    assert judged(project) == stale("is missing, and the head is 0001", "0001")


def test_a_file_that_is_out_of_date(project: Project) -> None:
    applied(revise(project, "--rev-id", "0002"))
    project.add_revision("0003", "0001", "pass")
    assert judged(project) == stale("says 0002, and the heads are 0002, 0003", "0002", "0003")


def test_the_command_makes_it_true(project: Project) -> None:
    ((*_, (command,)),) = judged(project)
    subprocess.run(command, shell=True, check=True, cwd=project.path)
    assert project.read(HEADS) == f"{NOTICE}\n0001\n"
    assert judged(project) == []


def test_order_and_comments_do_not_matter(project: Project) -> None:
    project.add_revision("0002", "0001", "pass")
    project.add_revision("0003", "0001", "pass")
    project.write(HEADS, "# ours\n0003\n\n0002 # email\n")
    assert judged(project) == []


@pytest.fixture
def conflict(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two branches that each wrote a revision, while they are merged."""
    quiet(monkeypatch)
    project.write(HEADS, f"{NOTICE}\n0001\n")
    repository(project.path)
    for branch, revision in (("ann", "aaa"), ("bob", "bbb")):
        git(project.path, "switch", "-q", "-c", branch, "main")
        project.add_revision(revision, "0001", "pass")
        project.write(HEADS, f"{NOTICE}\n{revision}\n")
        commit(project.path, f"add {revision}")
    assert "CONFLICT" in git(project.path, "merge", "ann", check=False)
    return project.path


def test_git_reports_two_new_revisions_as_a_conflict(project: Project, conflict: Path) -> None:
    assert judged(project) == [
        (
            "stale-heads-file",
            f"{HEADS} has git's conflict markers: two branches have each added a revision.",
            "They are to be joined: the heads are aaa, bbb.",
            (
                "alembic merge -m 'merge aaa and bbb' aaa bbb",
                f"""printf '%s\\n' '{NOTICE}' "$(alembic heads | cut -d' ' -f1)" > {HEADS}""",
            ),
        )
    ]


def test_what_to_type_ends_the_conflict_also_where_the_models_have_not_changed(
    project: Project, conflict: Path
) -> None:
    ((*_, commands),) = judged(project)
    path = f"{Path(alembic_command()[0]).parent}{os.pathsep}{os.environ['PATH']}"
    for command in commands:
        subprocess.run(
            command, shell=True, check=True, cwd=project.path, env=environment({"PATH": path})
        )
    assert judged(project) == []
    (head,) = ScriptDirectory.from_config(Config(project.path / "alembic.ini")).get_heads()
    assert project.read(HEADS) == f"{NOTICE}\n{head}\n"


def test_a_conflict_whose_heads_are_joined(project: Project, conflict: Path) -> None:
    applied(project.alembic("merge", "-m", "join", "--rev-id", "ccc", "aaa", "bbb"))
    assert [(message, why, next) for _, message, why, next in judged(project)] == [
        (
            f"{HEADS} has git's conflict markers: two branches have each added a revision.",
            "They are joined already: the head is ccc.",
            (f"printf '%s\\n' '{NOTICE}' ccc > {HEADS}",),
        )
    ]


def test_guard_revision_joins_the_heads_and_ends_the_conflict(
    project: Project, conflict: Path
) -> None:
    applied(project.alembic("safe-upgrade", "heads"))
    applied(revise(project, "--rev-id", "ddd"))
    assert project.read(HEADS) == f"{NOTICE}\nddd\n"
    assert judged(project) == []
