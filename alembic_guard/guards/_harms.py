"""What is wrong with one revision file, in words."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from pathlib import PurePath

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.revision_syntax import Harm, Problem, RevisionFile

LOADED = "Alembic loads every file of a version location for every command"
# A reader of syntax cannot follow these; Alembic can.
HARMLESS = (Harm.COMPUTED, Harm.COMPILED)

_UNJUDGED = "What the files make of the history is not judged: heads, duplicates, cycles."
_WORDS = {
    Harm.SYNTAX: (
        "{place} is no Python: {said}.",
        "{text}",
        "python -m py_compile {quoted}",
    ),
    Harm.OP_CALL: (
        "{place} calls {text} outside of upgrade() and downgrade().",
        f"{LOADED}, and `op` is there only while a migration runs.",
        "move line {line} of {path} into upgrade()",
    ),
    Harm.STRAY: (
        "{path} is in a version location, and is no revision: it has no `revision`.",
        f"{LOADED}, and stops at the first that is none.",
        "mv {quoted} {elsewhere}",
    ),
    Harm.NO_DOWN: (
        "{path} is revision {revision}, and has no `down_revision`.",
        "Nobody knows which revision it follows.",
        "down_revision = None  # below {place}; or the id that it follows",
    ),
    Harm.NOT_TEXT: (
        "{place} has {text} as its `{said}`, which is no text.",
        "An identifier is a text.",
        "put the identifier of {place} in quotes",
    ),
    Harm.UNREADABLE: (
        "{path} cannot be read: {said}.",
        f"{LOADED}.",
        "ls -l {quoted}",
    ),
    Harm.COMPILED: ("{path} has no source.", _UNJUDGED, ""),
    Harm.COMPUTED: ("{place} computes its `{said}`.", _UNJUDGED, ""),
}


def finding(name: str, file: RevisionFile, problem: Problem) -> Finding:
    """What a guard says of a file.

    :param name: of the guard.
    """
    path = PurePath(file.path)
    place = Place(file.path, problem.line)
    known = {
        "path": file.path,
        "place": str(place),
        "line": problem.line,
        "text": problem.text,
        "said": problem.said,
        "revision": file.revision,
        "quoted": shlex.quote(file.path),
        "elsewhere": shlex.quote(str(path.parent.parent / path.name)),
    }
    message, why, command = (words.format(**known) for words in _WORDS[problem.harm])
    return Finding(
        name,
        message,
        why=why,
        next=(command,) if command else (),
        severity=Severity.NOTE if problem.harm in HARMLESS else Severity.ERROR,
        revision=file.revision,
        place=place,
    )


def new_id(file: RevisionFile) -> str:
    """An id for a file that needs another one, like Alembic's, and the same every time."""
    return hashlib.sha256(file.path.encode()).hexdigest()[:12]


def join(ids: Sequence[str]) -> str:
    """What joins heads. ``guard-revision`` does it too, but only where the models have changed."""
    return shlex.join(["alembic", "merge", "-m", f"merge {' and '.join(ids)}", *ids])
