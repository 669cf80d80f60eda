"""The revision files of a project, as Alembic itself resolves them.

Private names of Alembic, tried on 1.18.4, 1.19.1, 1.20.0 and 1.20.1: ``ScriptDirectory.
_upgrade_revs``, which ``alembic upgrade`` uses to turn a target into steps, and
``_version_locations``, and ``RevisionMap._revision_map``, every revision by its id.
"""

from __future__ import annotations

import configparser
import functools
import hashlib
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory
from alembic.script.revision import MultipleHeads
from alembic.util import CommandError

from alembic_guard.config_files import unreadable
from alembic_guard.runtime.environment import Signal
from alembic_guard.runtime.missing import UnknownRevision, unknown_revisions

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.runtime.migration import RevisionStep
    from alembic.script import Script

    from alembic_guard.runtime.config_search import Searched
    from alembic_guard.runtime.environment import Call
    from alembic_guard.runtime.revision_files import RevisionFiles


RESERVED = frozenset({"", "base", "head", "heads"})
"""Ids that Alembic takes for something else, wherever one is asked for."""


class NoConfiguration(Exception):
    """There is no script directory to work with.

    :param looked_for: the configuration files that were read, or would have been.
    :param searched: what there is in those places.
    """

    def __init__(
        self, message: str, looked_for: tuple[str, ...], searched: Searched | None = None
    ) -> None:
        super().__init__(message)
        self.looked_for = looked_for
        self.searched = searched


class BrokenHistory(Exception):
    """The revision files do not make a history: one cannot be loaded, or two contradict each other.

    :param files: all of them, read by syntax, which may tell more than what was raised.
    :param path: the file that raised, where it is known.
    """

    def __init__(
        self,
        message: str,
        files: RevisionFiles,
        path: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.files = files
        self.path = path
        self.line = line


class SeveralHeads(Signal):
    """One target was needed, and the history has several.

    :param heads: the revisions that nothing follows.
    :param target: what was asked for, such as "head".
    :param apart: why they are not joined, where they are kept apart on purpose.
    :param command: what a new revision is written with, where one is to be written.
    """

    def __init__(
        self,
        heads: tuple[Revision, ...],
        target: str,
        apart: tuple[str, ...] = (),
        command: str = "",
    ) -> None:
        super().__init__(target)
        self.command = command
        self.heads = heads
        self.target = target
        self.apart = apart


@dataclass(frozen=True)
class Revision:
    """One revision file, as reports show it."""

    id: str
    message: str
    path: str
    down: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.id} {self.message}".strip()

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {"revision": self.id, "message": self.message, "path": self.path}


def open_script(config: Config) -> ScriptDirectory:
    """The project's script directory.

    :raises NoConfiguration: when no configuration names one, or it is not there.
    :raises WrongUsage: when a configuration file cannot be parsed.
    """
    try:
        return ScriptDirectory.from_config(config)
    except CommandError as error:
        raise _unconfigured(str(error), config) from error
    except (configparser.Error, UnicodeDecodeError) as error:
        raise unreadable(config.config_file_name or "the configuration", error) from error
    except (ValueError, TypeError, ImportError) as error:
        raise _unconfigured(f"{type(error).__name__}: {error}", config) from error


def load(script: ScriptDirectory) -> tuple[Script, ...]:
    """Every revision file, heads first, loaded once.

    :raises BrokenHistory: when a file cannot be loaded or the graph does not hold together.
    """
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            found = tuple(script.walk_revisions())
        except CommandError as error:
            raise _broken(script, str(error)) from error
        except Exception as error:
            # Alembic warns of a reference to nothing, and then stumbles over it.
            said = _said(warned, "is not present") or f"{type(error).__name__}: {error}"
            raise _broken(script, said, *_place(error, script)) from error
    said = _said(warned, "is present more than once")
    # A walk steps over what has such an id: it takes the word for a place.
    if said or not RESERVED.isdisjoint(script.revision_map._revision_map):
        raise _broken(script, said)
    return found


def heads(script: ScriptDirectory) -> tuple[Script, ...]:
    """The heads as an upgrade to ``heads`` sees them: what another depends on is no head."""
    return tuple(sorted(script.get_revisions("heads"), key=lambda found: found.revision))


def resolve(script: ScriptDirectory, name: str) -> tuple[Script, ...]:
    """The revisions that a word of the user names: an identifier or the start of one, a branch.

    :raises UnknownRevision: when it names none.
    :raises SeveralHeads: when it has to name one, and names several.
    """
    try:
        return tuple(script.get_revisions(name))
    except CommandError as error:
        raise _unresolved(script, name, error) from error


def lineage(script: ScriptDirectory, revisions: Sequence[str]) -> list[Script]:
    """These revisions and all that they rest on, dependencies included; oldest last.

    Alembic's ``get_all_current`` has only those of them that are heads.
    """
    found: dict[str, Script] = {}
    edge = script.get_revisions(tuple(revisions)) if revisions else ()
    while edge:
        found.update((one.revision, one) for one in edge)
        names = dict.fromkeys(name for one in edge for name in _below(one))
        below = script.get_revisions(tuple(names)) if names else ()
        edge = tuple(one for one in below if one.revision not in found)
    return list(found.values())


def upgrade_steps(
    script: ScriptDirectory, target: str, current: tuple[str, ...], call: Call | None = None
) -> list[RevisionStep]:
    """The steps from where a database is to a target, as ``alembic upgrade`` would take them.

    :param target: ``head``, ``heads``, ``+1``, a branch, an identifier or the start of one.
    :param current: what the database recorded.
    :param call: that database; it is looked at only where a revision of it has no file.
    :raises UnknownRevision: when the target, or what the database recorded, has no file.
    :raises SeveralHeads: when the target needs one head and there are several.
    """
    unknown_revisions(script, current, call)
    try:
        return list(script._upgrade_revs(target, current))  # type: ignore[arg-type]
    except CommandError as error:
        raise _unresolved(script, target, error) from error


def _unresolved(script: ScriptDirectory, name: str, error: CommandError) -> Signal:
    if isinstance(error.__cause__, MultipleHeads):
        from alembic_guard.runtime.heads import group_heads, version_locations  # it imports this

        found = heads(script)
        apart = group_heads(script.revision_map, found, version_locations(script)).reasons
        return SeveralHeads(tuple(map(as_revision, found)), name, apart)
    known = tuple(found.revision for found in load(script))
    return UnknownRevision(name, known=known, said=str(error))


def as_revision(script: Script) -> Revision:
    """The values of a script that reports show."""
    down = script.down_revision or ()
    return Revision(
        id=script.revision,
        message=script.doc or "",
        path=relative(script.path),
        down=(down,) if isinstance(down, str) else tuple(down),
    )


def checksum(path: str | Path) -> str:
    """SHA-256 of a revision file whose line ends are LF, so that a checkout on Windows agrees."""
    source = Path(path).read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(source).hexdigest()


def relative(path: str | Path) -> str:
    """A path as the user would type it from here: relative where that is not far."""
    return _relative(path, Path.cwd())


@functools.lru_cache(maxsize=4096)
def _relative(path: str | Path, here: Path) -> str:
    """The file system is asked where links lead, and a run shows its revisions again and again."""
    resolved = Path(path).resolve()
    for up, folder in enumerate((here, *here.parents[:1])):
        if resolved.is_relative_to(folder) and folder.name:
            return str(Path(*[os.pardir] * up, resolved.relative_to(folder)))
    return os.path.normpath(path)


def counted(number: int, noun: str) -> str:
    """A number and what it counts, such as ``2 revisions``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown(revisions: Iterable[str], nothing: str = "nothing") -> str:
    """Revision ids for a sentence."""
    return ", ".join(revisions) or nothing


def _below(script: Script) -> Iterator[str]:
    for names in (script.down_revision, script.dependencies):
        yield from (names,) if isinstance(names, str) else names or ()


def _unconfigured(said: str, config: Config) -> NoConfiguration:
    from alembic_guard.runtime.config_search import search

    files = tuple(name for name in (config.config_file_name, config.toml_file_name) if name)
    return NoConfiguration(said, files, search(config))


def _said(warned: Iterable[warnings.WarningMessage], words: str) -> str:
    return next((str(one.message) for one in warned if words in str(one.message)), "")


def _broken(
    script: ScriptDirectory, said: str, path: str | None = None, line: int | None = None
) -> BrokenHistory:
    from alembic_guard.runtime.revision_folder import read_revision_files  # a healthy one pays none

    return BrokenHistory(said, read_revision_files(script), path, line)


def _place(error: Exception, script: ScriptDirectory) -> tuple[str | None, int | None]:
    """The revision file that made loading fail, from the error itself or from its traceback."""
    if isinstance(error, SyntaxError) and error.filename:
        return relative(error.filename), error.lineno
    module = getattr(error, "obj", None)  # of an AttributeError: the file lacks down_revision
    if isinstance(module, ModuleType) and module.__file__:
        return relative(module.__file__), None
    folders = tuple(str(folder) for folder in script._version_locations)
    place: tuple[str | None, int | None] = (None, None)
    traceback = error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file.startswith(folders):
            place = (relative(file), traceback.tb_lineno)
        traceback = traceback.tb_next
    return place
