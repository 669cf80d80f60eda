r"""A revision whose id means something else to Alembic.

``head``, ``heads`` and ``base`` stand for a place in the history wherever a revision is asked for,
and ``@``, ``:``, ``+`` and ``-`` join or count revisions. Plain ``alembic revision --rev-id head``
accepts the word, and from then on commands end in a bare ``AssertionError`` or take another
revision for it. ``current`` is such a word only in the ranges of ``alembic history``, so a file
with that id is a warning.

Fix: give the revision another id, in its own file and in those that follow it; the finding has the
lines to paste. Leave ``--rev-id`` out, and Alembic makes one.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --rev-id head

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --rev-id 0002
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.guards._harms import new_id
from alembic_guard.guards._subjects import ProposedId
from alembic_guard.runtime.history import RESERVED, BrokenHistory
from alembic_guard.runtime.revision_files import RevisionFiles, files_of, illegal_characters
from alembic_guard.runtime.revision_syntax import RevisionFile

JUDGES = (ProposedId, BrokenHistory, RevisionFiles)
SEVERITY = "error; a warning where Alembic still finds it"
NEVER_ALLOWED = True
_CURRENT = "current"


def judge(subject: ProposedId | BrokenHistory | RevisionFiles) -> Iterator[Finding]:
    """Refuse, before such an id is written or where it is."""
    if isinstance(subject, ProposedId):
        meaning = _meaning(subject.revision)
        if meaning:
            yield Finding(
                "reserved-revision-id",
                f"A revision cannot have the id {subject.revision!r}: {meaning}.",
                why="No command could name it.",
                next=("leave --rev-id out, or choose another one",),
                revision=subject.revision,
            )
        return
    files = files_of(subject)
    for file in files.files:
        severe = file in files.unresolvable
        if severe or (file.revision == _CURRENT and isinstance(subject, RevisionFiles)):
            yield _of(file, files, Severity.ERROR if severe else Severity.WARNING)


def _of(file: RevisionFile, files: RevisionFiles, severity: Severity) -> Finding:
    revision = str(file.revision)
    new = new_id(file)
    followers = [
        f"{identifier} = {_renamed(names, revision, new)}  # {other.at(identifier)}"
        for other in files.files
        for identifier, names in (("down_revision", other.down), ("depends_on", other.depends_on))
        if revision in names
    ]
    return Finding(
        "reserved-revision-id",
        f"{file.path} has the id {revision!r}: {_meaning(revision)}.",
        why="No command can name it.",
        next=(f'revision = "{new}"  # {file.at("revision")}', *followers),
        severity=severity,
        revision=revision,
        place=Place(file.path, file.lines.get("revision")),
    )


def _meaning(revision: str) -> str:
    if characters := illegal_characters(revision):
        shown = " and ".join(map(repr, characters))
        return f"Alembic reads {shown} as a way to another revision"
    if not revision:
        return "an empty text is the base of the history"
    if revision == _CURRENT:
        return "`alembic history` takes it for what the database recorded"
    return "Alembic takes it for a place in the history" if revision in RESERVED else ""


def _renamed(names: tuple[str, ...], old: str, new: str) -> str:
    said = [f'"{new if name == old else name}"' for name in names]
    return said[0] if len(said) == 1 else f"({', '.join(said)})"
