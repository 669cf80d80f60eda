"""Renders revision files where nobody sees them, and moves them into place only when all are right.

Alembic writes a revision straight into the versions folder and loads it from there. Here the text
is rendered into a temporary folder, handed to a judge before it is imported, and placed with the
others of the same command at the very end. A refusal, an interrupt or a crash before that leaves
the project as it was.

Private names of Alembic, tried on 1.18.4, 1.19.1, 1.20.0 and 1.20.1, overridden on the instance:
``ScriptDirectory._rev_path``, ``_generate_template`` and ``_ensure_directory``; and, public,
``generate_revision``.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.util import CommandError
from mako.exceptions import MakoException, RichTraceback  # type: ignore[import-untyped]

from alembic_guard.runtime.template import TemplateFailed

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

Judge = Callable[[Path, str], None]
"""Sees where a revision would be written and its text; raises to refuse."""


@dataclass(frozen=True)
class Staged:
    """A revision file that waits to be placed."""

    staged: Path
    final: Path


class Staging:
    """A temporary place for the revisions that a script directory generates.

    :param judge: sees each text before it is imported.
    """

    def __init__(self, script: ScriptDirectory, judge: Judge) -> None:
        self.script = script
        self.judge = judge
        self.files: list[Staged] = []
        self.rewritten: dict[Path, str] = {}
        """The new text of files that may be there already."""
        self._before: dict[Path, bytes | None] = {}
        self._placed: list[Path] = []
        self._folders: list[Path] = []

    @contextmanager
    def open(self) -> Iterator[None]:
        """What is generated inside the block is staged; the folder goes with the block."""
        folder = Path(tempfile.mkdtemp(prefix="alembic-guard-"))
        script: Any = self.script
        rev_path, generate = script._rev_path, script._generate_template

        def staged_path(path: Path, *args: Any, **options: Any) -> Path:
            final = Path(rev_path(path, *args, **options))
            staged = folder / final.name
            self.files.append(Staged(staged, final))
            return staged

        def generate_and_judge(source: Path, dest: Path, **options: Any) -> None:
            with _revealed(source):
                generate(source, dest, **options)
            self.judge(self.final(dest), dest.read_text(script.output_encoding))

        plain = script.generate_revision

        def generate_revision(*args: Any, **options: Any) -> Any:
            found = plain(*args, **options)
            if found is not None:
                # A revision on top of it goes to the same folder (Alembic looks at its path).
                found.path = str(self.final(found.path))
            return found

        hooks, messaging = script.hooks, script.messaging_opts
        script.hooks, script.messaging_opts = [], {"quiet": True}
        script._rev_path, script._generate_template = staged_path, generate_and_judge
        script._ensure_directory = _leave_folders_alone
        script.generate_revision = generate_revision
        try:
            yield
        finally:
            script.hooks, script.messaging_opts = hooks, messaging
            del script._rev_path, script._generate_template, script._ensure_directory
            del script.generate_revision
            shutil.rmtree(folder, ignore_errors=True)

    def final(self, staged: str | Path) -> Path:
        """Where a staged file belongs."""
        return next(file.final for file in self.files if file.staged == Path(staged))

    def place(self) -> Sequence[Path]:
        """Write every staged file where it belongs, and what is rewritten; all of it, or nothing.

        :returns: the staged files.
        :raises FileExistsError: when one is there already.
        """
        try:
            for file in self.files:
                self._place(file)
            for path, text in self.rewritten.items():
                self._before[path] = path.read_bytes() if path.exists() else None
                path.write_text(text, "utf-8", newline="\n")
        except BaseException:
            self.take_back()
            raise
        return tuple(self._placed)

    def _place(self, file: Staged) -> None:
        if file.final.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file.final))
        self._make_folder(file.final.parent)
        # Noted before it is there: an interrupt may come at any point.
        self._placed.append(file.final)
        try:
            with open(file.final, "xb") as new:
                new.write(file.staged.read_bytes())
        except FileExistsError:  # somebody else's, made a moment ago
            self._placed.remove(file.final)
            raise

    def take_back(self) -> None:
        """Remove what :meth:`place` wrote, and give files that it rewrote their own text again."""
        for path, content in self._before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        for path in self._placed:
            with suppress(NotADirectoryError):  # a file stood where its folder was to be
                path.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            with suppress(OSError):  # somebody put something into it meanwhile
                folder.rmdir()
        self._placed.clear()
        self._before.clear()

    def _make_folder(self, folder: Path) -> None:
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir()
            self._folders.append(parent)


@contextmanager
def _revealed(template: Path) -> Iterator[None]:
    """What Alembic hides behind "Template rendering failed" (util/pyfiles.py, a bare ``except``).

    The temporary file that it wrote a traceback to goes.
    """
    try:
        yield
    except CommandError as error:
        named = re.search(r"see (\S+\.txt) for a template-oriented traceback", str(error))
        hidden = error.__context__
        if named is None or hidden is None:
            raise
        with suppress(OSError):
            os.unlink(named[1])
        if isinstance(hidden, Exception):
            line: int = RichTraceback(hidden, hidden.__traceback__).lineno
            raise TemplateFailed(template, hidden, line) from hidden
        raise hidden from None  # Ctrl-C
    except (MakoException, OSError, UnicodeError, SyntaxError) as error:
        raise TemplateFailed(template, error, getattr(error, "lineno", None)) from error


def _leave_folders_alone(_path: Path) -> None:
    """A version folder that is missing is made when a file is placed in it."""
