"""Asks the real ``git`` about the project's files; never writes, never waits for a network.

Where there is no git, no repository, or git will not answer (a repository of somebody else, an
object that was never fetched), nothing is known and nothing is said: images carry no ``.git``.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path

BUDGET = 15.0
"""Seconds that all questions to one :class:`Repository` may take together."""

# What a hook's git tells the programs that it starts; it is about the hook's own repository, and
# relative to its folder (git rev-parse --local-env-vars).
_LOCAL = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
}  # fmt: skip
_ALWAYS = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",  # `git status` would refresh the index
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what it lacks
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
}
# What a user's own settings could add to an answer, or start.
_PLAIN = (
    *("-c", "core.quotePath=false"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "log.showRoot=true"),
)
_STATES = {"??": "untracked", "!!": "ignored", "A": "added but not committed"}


class GitSilent(Exception):
    """git did not answer: it failed, or took too long."""


@dataclass
class Repository:
    """A repository with a working tree.

    :param root: of the working tree, without symbolic links.
    :param shallow: whether its history is cut off, as in most CI jobs.
    :param deadline: on ``time.monotonic()``; no question is asked after it.
    """

    root: Path
    shallow: bool
    deadline: float

    @classmethod
    def around(cls, path: Path) -> Repository | None:
        """The repository that a file or folder is in, also where the folder is yet to be made."""
        folder = next(each for each in (path, *path.resolve().parents) if each.is_dir())
        repository = cls(folder.resolve(), False, time.monotonic() + BUDGET)
        try:
            asked = ("rev-parse", "--show-toplevel", "--is-shallow-repository")
            root, shallow = os.fsdecode(repository.ask(*asked)).splitlines()
        except (GitSilent, ValueError):
            return None
        return cls(Path(root), shallow == "true", repository.deadline)

    def ask(
        self, *words: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> bytes:
        """What ``git WORDS``, run in the root, writes to stdout.

        :raises GitSilent: when it ends with another status than 0, or not in time.
        """
        kept = {name: value for name, value in os.environ.items() if name not in _LOCAL}
        try:
            done = subprocess.run(
                ["git", "--no-pager", *_PLAIN, *words],
                cwd=self.root,
                env={**kept, **_ALWAYS, **(environment or {})},
                input=stdin,
                capture_output=True,
                timeout=max(0.001, self.deadline - time.monotonic()),
            )
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            raise GitSilent(str(error)) from error
        if done.returncode:
            raise GitSilent(done.stderr.decode("utf-8", "replace").strip())
        return done.stdout

    def lines(self, *words: str) -> list[str]:
        """What ``git WORDS`` writes, by lines."""
        return [line for line in os.fsdecode(self.ask(*words)).split("\n") if line]

    def first(self, *words: str) -> str:
        """The one line that ``git WORDS`` writes; empty where git has no answer."""
        try:
            return next(iter(self.lines(*words)), "")
        except GitSilent:
            return ""

    def ids(self, names: Sequence[str]) -> dict[str, str]:
        """The object ids of those names (``REVISION:PATH``) that name a file."""
        answer = self._batch("--batch-check=%(objecttype) %(objectname)", names).splitlines()
        found = zip(names, map(os.fsdecode, answer), strict=True)
        return {name: said[5:] for name, said in found if said.startswith("blob ")}

    def texts(self, names: Sequence[str]) -> dict[str, str]:
        """The Python source of those names (``REVISION:PATH``, an id) that name a file."""
        answer, texts = self._batch("--batch=%(objecttype) %(objectsize)", names), {}
        for name in names:
            said, _, answer = answer.partition(b"\n")
            kind, _, size = said.rpartition(b" ")
            if size.isdigit():
                if kind == b"blob":
                    texts[name] = source(answer[: int(size)])
                answer = answer[int(size) + 1 :]
        return texts

    def files(self, tree: str, folder: str) -> dict[str, str]:
        """Path and object id of every file below a folder of a commit; ``.`` is the root."""
        where = () if folder == "." else (f"{folder}/",)
        answer = self.ask("ls-tree", "-r", "-z", "--full-tree", tree, "--", *where)
        entries = (entry.split("\t", 1) for entry in os.fsdecode(answer).split("\0") if entry)
        return {path: about.split()[2] for about, path in entries if about.split()[1] == "blob"}

    def inside(self, path: Path) -> str:
        """A path as git spells it: from the root, with slashes."""
        return path.resolve().relative_to(self.root).as_posix()

    def _batch(self, how: str, names: Sequence[str]) -> bytes:
        stdin = b"".join(os.fsencode(name) + b"\n" for name in names)
        return self.ask("cat-file", how, stdin=stdin) if names else b""


@dataclass(frozen=True)
class Uncommitted:
    """Revision files that are not in git as they are on disk.

    :param files: path and state of each, as :func:`uncommitted` gives them.
    """

    files: tuple[tuple[str, str], ...]


def source(content: bytes) -> str:
    """The text of a Python file as Python reads it, line ends being LF."""
    try:
        return decode_source(content)
    except (SyntaxError, UnicodeDecodeError):
        return content.decode("utf-8", "replace").replace("\r\n", "\n")


def uncommitted(paths: Iterable[Path]) -> dict[Path, str]:
    """Which files are not in git as they are on disk, and how so, in the order given.

    :returns: ``untracked``, ``ignored``, ``modified`` or ``added but not committed``; a file that
        is committed, or of which git says nothing, is left out.
    """
    found: dict[Path, str] = {}
    known: dict[Path, dict[str, str] | None] = {}
    for path in paths:
        folder = path.resolve().parent
        if folder not in known:
            known[folder] = _states(folder)
        state = _state(known[folder] or {}, path.resolve())
        if state:
            found[path] = state
    return found


def uncommitted_revisions(paths: Iterable[str | Path], required: bool) -> Uncommitted | None:
    """The revision files that ought to be in git and are not; None where nobody asks for it.

    :param paths: of the files; :param required: the setting ``require_committed``.
    """
    states = uncommitted(map(Path, paths)) if required else {}
    files = tuple((str(path), state) for path, state in states.items())
    return Uncommitted(files) if files else None


def _states(folder: Path) -> dict[str, str] | None:
    repository = Repository.around(folder)
    if repository is None:
        return None
    status = ("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all")
    try:
        answer = repository.ask(*status, "--ignored=matching", "--", str(folder))
    except GitSilent:
        return None
    entries = [entry for entry in os.fsdecode(answer).split("\0") if entry]
    return {str(repository.root / entry[3:]): entry[:2] for entry in entries}


def _state(states: Mapping[str, str], path: Path) -> str | None:
    """The state of a file, or of the folder for which git speaks instead."""
    for each in (path, *path.parents):
        if code := states.get(str(each)):
            return _STATES.get(code) or _STATES.get(code[0], "modified")
    return None
