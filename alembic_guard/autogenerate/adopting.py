"""What nobody declares, as ``.sql`` files: proposed, and proved by comparing once more with them.

One file for each object, below a folder for its kind. A file stays only if the models, with all
files beside them, make the very thing that the database has; nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic_guard.autogenerate.adopted_words import adopted_words
from alembic_guard.autogenerate.secret_words import may_hold_password
from alembic_guard.autogenerate.unmanaged import undeclared, url_of
from alembic_guard.runtime.comparing.comparison import NotAdopted
from alembic_guard.runtime.comparing.declared import Declaration, Declared

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Thing

_FOLDERS = {"policy": "policies", "row security": "row_security"}
"""Where the plural of a kind is not the kind with an s."""

_LONGEST = 120
"""Characters of a file's name before its ending; file systems take 255 bytes."""

Compare = Callable[[Declared], "Subject | None"]
"""Compares with something declared in addition; None where nothing could be compared."""


@dataclass(frozen=True)
class File:
    """One file that is to be written.

    :param path: below the folder, with ``/``; :param words: the statements.
    """

    path: str
    thing: Thing
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the file holds."""
        return "".join(f"{each.strip().rstrip(';')};\n" for each in self.words)


@dataclass(frozen=True)
class Adoption:
    """What is adopted of one database.

    :param refused: what is not, and why.
    """

    files: tuple[File, ...]
    refused: tuple[NotAdopted, ...]


def adoption(compare: Compare, folder: str) -> Adoption:
    """Propose files for what nobody declares, and leave out what they would not make the same.

    :param folder: where they go, as the setting ``sql_objects`` says it.
    """
    subject = compare(Declared([], []))
    if subject is None:
        reason = "models and database could not be compared"
        return Adoption((), (NotAdopted("what nobody declares", reason),))
    files, refused = _proposed(subject)
    while files:
        after = compare(_declared(files, folder))
        if after is None:
            return Adoption((), (NotAdopted(url_of(subject), "it could not be compared again"),))
        wrong = _wrong(subject, after, files, folder)
        if not wrong:
            break
        refused += [NotAdopted(str(each.thing), wrong[each]) for each in files if each in wrong]
        files = [each for each in files if each not in wrong]
    return Adoption(tuple(sorted(files, key=lambda each: each.path)), tuple(refused))


def _proposed(subject: Subject) -> tuple[list[File], list[NotAdopted]]:
    files, refused, taken = list[File](), list[NotAdopted](), set[str]()
    for thing in undeclared(subject):
        words = tuple(adopted_words(subject, subject.comparison.live[thing]))
        if any(map(may_hold_password, words)):
            refused.append(NotAdopted(str(thing), "its definition may hold a password"))
        else:
            files.append(File(_path(thing, taken), thing, words))
    return files, refused


def _path(thing: Thing, taken: set[str]) -> str:
    """Where a thing's file goes; names are kept apart also where a file system folds their case."""
    folder = _FOLDERS.get(thing.kind, f"{thing.kind}s").replace(" ", "_")
    parts = (re.sub(r"\W+", "_", each).strip("_") for each in (thing.schema, thing.table))
    own = re.sub(r"\W+", "_", thing.name).strip("_")
    name = ".".join(each for each in (*parts, own) if each)[:_LONGEST] or "_"
    found, number = f"{folder}/{name}.sql", 1
    while found.casefold() in taken:
        number += 1
        found = f"{folder}/{name}-{number}.sql"
    taken.add(found.casefold())
    return found


def _declared(files: Sequence[File], folder: str) -> Declared:
    """The files as they would be read from their folder."""
    found = sorted(files, key=lambda each: each.path)
    return Declared(
        [Declaration(sql, f"{folder}/{each.path}") for each in found for sql in each.words], []
    )


def _wrong(before: Subject, after: Subject, files: Sequence[File], folder: str) -> dict[File, str]:
    """The files that do not make what the database has, each with the reason as a clause."""
    failed = {each: reason for each in files for reason in _failed(after, f"{folder}/{each.path}")}
    if failed:  # what else there is of a kind is not known then
        return failed
    different = {each: reason for each in files for reason in _different(after, each.thing)}
    return different | dict(_privileged(before, after, files))


def _failed(after: Subject, where: str) -> Iterator[str]:
    for unknown in after.comparison.unknown:
        if unknown.source == where or unknown.source.startswith(f"{where}: "):
            yield unknown.reason


def _different(after: Subject, thing: Thing) -> Iterator[str]:
    comparison = after.comparison
    if thing not in comparison.model:
        yield "its own statement makes something else"
    elif thing in comparison.differences:
        parts = ", ".join(sorted(comparison.differences[thing].parts))
        yield f"its own statement makes it with another {parts}"


def _privileged(
    before: Subject, after: Subject, files: Sequence[File]
) -> Iterator[tuple[File, str]]:
    for difference in after.comparison.of("grant"):
        fact: Fact | None = difference.model or difference.live
        if fact is None or difference.thing in before.comparison.differences:
            continue
        for each in files:
            if any(f" ON {fact.notes['object']} " in sql for sql in each.words):
                yield each, "its own statements give it other privileges"
