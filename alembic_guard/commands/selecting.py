"""Which revisions are judged: what is pending, what was named, what is new.

A history is always gone through from its beginning, or from where the database is, so that what a
revision meets is known; only those that are selected are judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.errors import WrongUsage
from alembic_guard.runtime.git_join import new_since
from alembic_guard.runtime.heads import version_locations
from alembic_guard.runtime.history import lineage, resolve, upgrade_steps
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory

    from alembic_guard.runtime.environment import Call


@dataclass(frozen=True)
class Selection:
    """Revisions in the order of application.

    :param walked: those to record; :param judged: identifiers of those among them to judge.
    :param applied: identifiers of those that the database has already.
    :param asked: whether somebody asked for these very revisions.
    """

    walked: tuple[Script, ...]
    judged: frozenset[str]
    applied: frozenset[str] = frozenset()
    asked: bool = False


@dataclass(frozen=True)
class Selecting:
    """What was asked for.

    :param names: identifiers, or ranges ``FROM:TO``; what is pending, or everything, by default.
    :param against: a branch or commit of git: what it does not have.
    """

    script: ScriptDirectory
    settings: Settings
    names: Sequence[str] = ()
    against: str | None = None

    def of(self, call: Call | None) -> Selection:
        """The revisions of one database, or of none.

        :raises WrongUsage: for a name that does not fit the history.
        """
        everything = list(reversed(list(self.script.walk_revisions())))
        if call is None or not call.online:
            return self._judged(everything, everything, frozenset())
        steps = upgrade_steps(self.script, "heads", call.heads(), call)
        pending = [step.revision for step in steps]
        waiting = {one.revision for one in pending}
        applied = frozenset(one.revision for one in everything if one.revision not in waiting)
        wanted = self._named() | self._new()
        if wanted & applied:
            return self._judged(everything, everything, applied)
        return self._judged(pending, pending, frozenset())

    def _judged(
        self, walked: Iterable[Script], default: Iterable[Script], applied: frozenset[str]
    ) -> Selection:
        judged = {one.revision for one in default}
        if self.names:
            judged &= self._named()
        if self.against is not None:
            judged &= self._new()
        if self.settings.lint_after and not self.names:
            judged -= {one.revision for one in self._past()}
        asked = bool(self.names) or self.against is not None
        return Selection(tuple(walked), frozenset(judged), applied, asked)

    def _named(self) -> set[str]:
        found: set[str] = set()
        for name in self.names:
            first, colon, last = name.partition(":")
            if not colon:
                found |= {one.revision for one in resolve(self.script, name)}
                continue
            until = [one.revision for one in resolve(self.script, last or "heads")]
            inside = {one.revision for one in lineage(self.script, until)}
            if first and first != "base":
                start = [one.revision for one in resolve(self.script, first)]
                inside -= {one.revision for one in lineage(self.script, start)}
            found |= inside
        return found

    def _new(self) -> set[str]:
        if self.against is None:
            return set()
        locations = version_locations(self.script)
        files = new_since(self.against, locations, self.script.recursive_version_locations)
        return {
            one.revision
            for one in self.script.walk_revisions()
            if Path(one.path).resolve() in files
        }

    def _past(self) -> list[Script]:
        last = self.settings.lint_after
        known = {one.revision for one in self.script.walk_revisions()}
        if last not in known:
            raise WrongUsage.one(
                "bad-setting",
                f"lint_after is {last!r}, and there is no such revision.",
                why="lint_after: " + _HELP,
                next=("alembic history  # the revisions that there are",),
            )
        return lineage(self.script, [last])


_HELP = "the last revision of the past: guard-lint judges what comes after it."
