"""What one database recorded of its history, held against the revision files.

It reads the version table and the files, takes no lock and writes nothing; its work grows with the
number of revisions, however many merges there are (Alembic's ``iterate_revisions`` does not:
facts/real_histories.md).

Which revisions were never applied although the database is above them, is told from the journal and
the database together. Whenever ``safe-upgrade`` writes a row, every revision below has one already,
for it adopts first what others brought. A revision without a row below one with a row was therefore
not below it then: its file came later. Plain Alembic may have gone down and up again since, as a
rebase does, and writes no rows; so the database is asked for what the file makes
(:mod:`~alembic_guard.runtime.evidence`). What is there was applied, and the next run adopts
it. What is missing is proof, except

- where revisions on record have no file any more, and were recorded just there: the file may stand
  for them, as a squashed history does. One with their very source was only renamed;
- where the journal does not begin with its first row, and nothing below is on record: rows were
  deleted.

A database without a journal proves nothing, and nothing is said of it.

Private names of Alembic, tried on 1.18.4 and 1.20.1: ``RevisionMap._revision_map``, for one walk
over the files, and ``Revision._all_down_revisions``, dependencies included.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from alembic_guard.runtime.history import Revision, as_revision, checksum
from alembic_guard.runtime.moving import on_top
from alembic_guard.runtime.normal_form import VERSION, normal_form

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script, ScriptDirectory

_REPLACED = 5
"""How many revisions without a file are named, of those that a file may stand for."""


@dataclass(frozen=True)
class OnRecord:
    """The last row of the journal that brought a revision.

    :param row: its number; a revision has a higher one than those below it.
    :param checksum: of the file then; :param normal_form: None in a journal of an older version.
    :param adopted: whether others applied it, and it was only seen then.
    :param when: UTC; :param by: user and host, empty if unknown.
    """

    row: int
    checksum: str | None
    normal_form: str | None
    adopted: bool
    when: datetime
    by: str


@dataclass(frozen=True)
class Edited:
    """A revision whose file does something else than when the database got it.

    :param modified: whether git has another text of it.
    """

    revision: Revision
    then: OnRecord
    modified: bool = False


@dataclass(frozen=True)
class Skipped:
    """A revision below what is applied, of which there is no record.

    :param above: the applied revision that was first on record of those above it.
    :param replaces: revisions without a file that it may stand for.
    :param certain: whether it is sure that it was not there when ``above`` was applied.
    :param missing: whether the database lacks all that it makes; None where that is not known.
    :param repair: paths and the lines for them, with which it is above everything.
    """

    revision: Revision
    above: Revision
    replaces: tuple[str, ...] = ()
    certain: bool = True
    missing: bool | None = None
    repair: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RecordedHistory:
    """What is known of one database's history.

    :param edited: since it got them; :param incomparable: files that changed, nobody knows how.
    """

    edited: tuple[Edited, ...] = ()
    incomparable: tuple[Revision, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class FrozenHistory(RecordedHistory):
    """The same where no applied revision may be edited."""


def recorded_history(
    context: MigrationContext,
    script: ScriptDirectory,
    on_record: Mapping[str, OnRecord],
    *,
    frozen: bool = False,
) -> RecordedHistory:
    """Compare a database with the files.

    :param on_record: what the journal has, by revision.
    :param frozen: whether no applied revision may be edited.
    """
    found = cast("Iterable[Script | None]", script.revision_map._revision_map.values())
    files = {one.revision: one for one in found if one is not None}
    recorded = set(context.get_current_heads())
    present = oldest_first(files, recorded)
    known = [one for one in present if one.revision in on_record]
    compared = [(one, _same(one, on_record[one.revision])) for one in known]
    kind = FrozenHistory if frozen else RecordedHistory
    return kind(
        edited=tuple(
            Edited(as_revision(one), on_record[one.revision])
            for one, same in compared
            if same is False
        ),
        incomparable=tuple(as_revision(one) for one, same in compared if same is None),
        skipped=tuple(_missing(context, files, present, recorded, on_record)),
    )


def form_of(path: str | Path) -> str | None:
    """The normal form of a file; None when this Python cannot parse it."""
    try:
        return normal_form(Path(path).read_bytes())
    except SyntaxError:
        return None


def _same(script: Script, then: OnRecord) -> bool | None:
    """Whether a file does what it did; None when that cannot be known."""
    if checksum(script.path) == then.checksum:
        return True
    if then.normal_form is None or not then.normal_form.startswith(f"{VERSION}:"):
        return None
    now = form_of(script.path)
    return None if now is None else now == then.normal_form


def oldest_first(files: Mapping[str, Script], names: Iterable[str]) -> list[Script]:
    """Revisions and all that they rest on, each after what is below it.

    :param files: the revisions that there are; of ``names``, others are passed by.
    """
    ordered: dict[str, Script] = {}
    waiting = [name for name in sorted(names) if name in files]
    while waiting:
        script = files[waiting[-1]]
        below = [name for name in _below(script, files) if name not in ordered]
        if below:
            waiting += below
        else:
            ordered.setdefault(waiting.pop(), script)
    return [*ordered.values()]


def _below(script: Script, files: Mapping[str, Script]) -> list[str]:
    return [name for name in script._all_down_revisions if name in files]


def _missing(
    context: MigrationContext,
    files: Mapping[str, Script],
    present: list[Script],
    recorded: set[str],
    on_record: Mapping[str, OnRecord],
) -> Iterator[Skipped]:
    """The revisions that may never have been applied; not those whose work is in the database."""
    found = [*_skipped(files, present, recorded, on_record)]
    if not found or context.connection is None:
        return
    from alembic_guard.runtime.evidence import is_there  # few databases are asked

    paths = [files[one.revision.id].path for one in found]
    there = is_there(context.connection, paths, [one.path for one in present])
    names = {one.revision.id for one, has in zip(found, there, strict=True) if not has}
    for one, has in zip(found, there, strict=True):
        if not has:
            repair = on_top(files[one.revision.id], files, names) if one.certain else ()
            yield replace(one, missing=None if has is None else True, repair=tuple(repair))


def _skipped(
    files: Mapping[str, Script],
    present: list[Script],
    recorded: set[str],
    on_record: Mapping[str, OnRecord],
) -> Iterator[Skipped]:
    """The revisions without a row that have one with a row above them."""
    rows = {name: found.row for name, found in on_record.items()}
    floor, ceiling = _floors(files, present, rows), _ceilings(files, present, rows)
    unknown = [one for one in present if one.revision not in rows and one.revision in ceiling]
    if not unknown:
        return
    names = {one.revision for one in unknown}
    # What has a row of its own in the version table was applied, by whomever, with all below it.
    settled = {one.revision for one in oldest_first(files, recorded & names)}
    gone = sorted((rows[name], name) for name in rows if name not in files)
    gone_forms = {on_record[name].normal_form for _, name in gone} - {None}
    unknown = [
        one
        for one in unknown
        if one.revision not in settled and not (gone and form_of(one.path) in gone_forms)
    ]
    for one in unknown:
        lowest, (highest, above) = floor.get(one.revision, 0), ceiling[one.revision]
        replaced = gone[bisect(gone, (lowest, "")) : bisect(gone, (highest, ""))][:_REPLACED]
        certain = not replaced and (lowest > 0 or min(rows.values()) == 1)
        yield Skipped(
            as_revision(one),
            as_revision(files[above]),
            tuple(name for _, name in replaced),
            certain,
        )


def _floors(
    files: Mapping[str, Script], present: list[Script], rows: Mapping[str, int]
) -> dict[str, int]:
    """The highest row of what is below each revision, where there is one."""
    floor: dict[str, int] = {}
    for script in present:
        below = _below(script, files)
        found = [rows[name] for name in below if name in rows]
        found += [floor[name] for name in below if name in floor]
        if found:
            floor[script.revision] = max(found)
    return floor


def _ceilings(
    files: Mapping[str, Script], present: list[Script], rows: Mapping[str, int]
) -> dict[str, tuple[int, str]]:
    """The lowest row of what is above each revision, with its revision, where there is one."""
    ceiling: dict[str, tuple[int, str]] = {}
    for script in reversed(present):
        name = script.revision
        here = [(rows[name], name)] if name in rows else []
        here += [ceiling[name]] if name in ceiling else []
        for below in _below(script, files) if here else ():
            there = [ceiling[below]] if below in ceiling else []
            ceiling[below] = min(here + there)
    return ceiling
