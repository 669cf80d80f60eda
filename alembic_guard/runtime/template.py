"""The template of revisions, and what brings back one that is not there or cannot be rendered."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import alembic
from mako.exceptions import MakoException  # type: ignore[import-untyped]
from mako.template import Template  # type: ignore[import-untyped]

from alembic_guard.runtime.git import GitSilent, Repository, source
from alembic_guard.runtime.history import relative

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


class TemplateFailed(Exception):
    """A template of revisions that is not there, is no template, or raised when it was rendered.

    :param template: its path; :param error: what it raised.
    :param line: where in the template, if it came so far.
    """

    def __init__(self, template: Path, error: Exception, line: int | None) -> None:
        super().__init__(str(error))
        self.template = template
        self.error = error
        self.line = line
        self.mending = _mending(template)


def template_failure(script: ScriptDirectory) -> TemplateFailed | None:
    """What is wrong with the template, as far as it shows before it is rendered."""
    path = Path(script.dir, "script.py.mako")
    try:
        Template(filename=str(path))
    except (MakoException, OSError, UnicodeError, SyntaxError) as error:
        return TemplateFailed(path, error, getattr(error, "lineno", None))
    return None


def _mending(template: Path) -> tuple[str, ...]:
    """What to type: git's own where it has another one, or else Alembic's."""
    missing, path = not template.exists(), shlex.quote(relative(template))
    if (git := _committed(template)) is not None:
        restore = f"{git[0]} checkout HEAD -- {git[1]}"
        if missing:
            return (restore,)
        compare = f"{git[0]} diff HEAD -- {git[1]}  # what was changed"
        return (compare, f"{restore}  # takes the change back")
    kind = "multidb" if _has_several_databases(template.with_name("env.py")) else "generic"
    own = Path(alembic.__file__).parent / "templates" / kind / template.name
    if missing:
        return (f"cp {shlex.quote(str(own))} {path}  # Alembic's own",)
    return (f"diff {shlex.quote(str(own))} {path}  # Alembic's own, and this one",)


def _committed(template: Path) -> tuple[str, str] | None:
    """How git is called here, and the path for it, where the last commit has another text."""
    repository = Repository.around(template)
    if repository is None:
        return None
    inside = repository.inside(template)
    with suppress(GitSilent):
        text = repository.texts([f"HEAD:{inside}"]).get(f"HEAD:{inside}")
        if text is None or (template.exists() and source(template.read_bytes()) == text):
            return None
        if Path.cwd().is_relative_to(repository.root):
            return "git", shlex.quote(relative(template))
        return f"git -C {shlex.quote(str(repository.root))}", shlex.quote(inside)
    return None


def _has_several_databases(env_py: Path) -> bool:
    """Whether env.py tells a migration which of its databases it is for, as that template does."""
    return env_py.is_file() and b"engine_name=" in env_py.read_bytes()
