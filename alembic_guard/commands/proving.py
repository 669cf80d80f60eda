"""``guard-revision`` proves what it has drafted: the files that it would place are run first.

On a scratch database, never on live objects: upgrade, compare again, downgrade, and upgrade again.
After the upgrade autogenerate must find nothing but what a scratch database differs in by itself
(it has no privileges and, on another server, perhaps not the same extensions); after the downgrade
the schema must be the one of before. env.py is run once more for it, as every draft is rendered
when its connection is gone already.

The live database is only read: ``pg_dump`` takes ACCESS SHARE on its tables, as a query does, and
waits for it no longer than 10 s. What cannot be tried is said, and refuses nothing.
"""

from __future__ import annotations

import linecache
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from alembic_guard import guards
from alembic_guard.apply.cause import line_in, sentence
from alembic_guard.apply.rehearsal import Rehearsal, Stage, rehearse
from alembic_guard.commands.drafting import Drafting
from alembic_guard.commands.drift import drift_of
from alembic_guard.commands.scratching import scratch_of
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.history import heads
from alembic_guard.runtime.loggers import quiet_loggers
from alembic_guard.runtime.no_scratch import NoScratch
from alembic_guard.runtime.observation import observe
from alembic_guard.runtime.ours import defects_as_they_are, ours
from alembic_guard.runtime.proof import NotProved, Proved, Unconverged, scratch_context
from alembic_guard.runtime.scratch import LEFT
from alembic_guard.runtime.traced import Around, Failure, Traced
from alembic_guard.runtime.tracing import trace_as_far

if TYPE_CHECKING:
    from alembic.script import Script
    from sqlalchemy import Engine


@dataclass
class Proving:
    """The proof of one draft, for every database that it changes.

    :param revisions: as they were loaded from where they are staged, in the order of application.
    :param untouched: numbers of the calls for whose database the draft has no operation.
    :param say: takes a line for people.
    """

    drafting: Drafting
    revisions: Sequence[Script]
    untouched: frozenset[int]
    say: Callable[[str], None]
    proved: list[Proved] = field(default_factory=list)

    def run(self) -> tuple[Proved, ...]:
        """Prove; what was found is among the findings of the draft.

        :raises Refused: when the migration does not do what it should.
        """
        self.drafting.mask.learn_from(self.drafting.settings.shadow_url)
        self.drafting.mask.learn_from(self.drafting.settings.dev_url)

        def migrating(call: Call, _plain: Callable[[], None]) -> None:
            if call.number not in self.untouched:
                with ours():
                    self._serve(call)

        try:
            with defects_as_they_are(), quiet_loggers():
                run_environment(
                    self.drafting.config,
                    self.drafting.script,
                    lambda *_: (),
                    migrating=migrating,
                    read_only=True,
                )
        except CancelledError:  # what an async env.py makes of Ctrl-C
            raise KeyboardInterrupt from None
        self.drafting.refuse()
        for each in self.proved:
            if each.upgrade:
                both = "upgrade and downgrade" if each.downgrade else "upgrade"
                of = f" of {each.database}" if len(self.proved) > 1 else ""
                self.say(f"Proved    {both}{of} on a scratch database.")
        return tuple(self.proved)

    def _serve(self, call: Call) -> None:
        url = Mask()(Database(call.connection).url)
        try:
            proof = _Proof(self, call, url)
            findings, proved = proof.findings(), proof.proved
        except NoScratch as none:
            self._not_proved(url, none.reason, none.next)
            return
        except (
            SQLAlchemyError
        ) as error:  # a pooler that knows no new database, a server that is gone
            said = self.drafting.mask(sentence(error))
            self._not_proved(url, f"there it ended with {said!r}")
            return
        self.drafting.findings += [each for each in findings if each not in self.drafting.findings]
        self.proved.append(proved)
        if proved.reason is not None and not findings:
            self._not_proved(url, proved.reason)

    def _not_proved(self, url: str, reason: str, next: tuple[str, ...] = ()) -> None:
        off = f"{self.drafting.command} --no-prove  # or prove = false in the settings"
        self.drafting.judge(NotProved(url, reason, (*next, off)))
        if not any(each.database == url for each in self.proved):
            self.proved.append(Proved(url, reason=reason))


class _Proof:
    """The proof for one database.

    :param url: of it, masked.
    """

    def __init__(self, proving: Proving, call: Call, url: str) -> None:
        self.proved = Proved(url)
        self._drafting = proving.drafting
        self._say = proving.say
        self._revisions = proving.revisions
        self._call = call
        self._unlike: list[str] = []
        self._failure: Failure | None = None
        self._left: tuple[str, ...] | None = None
        self._uncompared: str | None = None

    def findings(self) -> list[Finding]:
        """What speaks against the draft.

        :raises NoScratch: when there can be no scratch database.
        """
        drafting, settings = self._drafting, self._drafting.settings
        with self._scratch(self._heed) as engine:
            found = rehearse(
                self._stage(engine),
                self._revisions,
                drafting.mask,
                round_trip=not settings.forward_only,
            )
        judged = [
            self._of_a_draft(finding, subject)
            for subject in self._seen(found)
            for finding in guards.judge(subject, settings.allow)
        ]
        self.proved = self._outcome(found, {each.name for each in judged})
        return judged

    def _seen(self, found: Rehearsal) -> Sequence[Any]:
        """What guards judge: the first harm alone, as the way back may only suffer from it."""
        left = self._really_left()
        if left:
            return [Unconverged(self.proved.database, left, self._drafting.command)]
        if found.stopped is not None:
            return [] if self._unlike else [found.stopped]
        return found.seen

    def _heed(self, line: str) -> None:
        """Say it, and remember what makes the scratch database unlike the live one."""
        self._say(line)
        if not line.startswith(LEFT):
            self._unlike.append(line)

    def _scratch(self, say: Callable[[str], None]) -> Any:
        return scratch_of(self._call, self._drafting.script, self._drafting.settings, say)

    def _stage(self, engine: Engine) -> Stage:
        run = partial(
            trace_as_far,
            self._call,
            self._drafting.script,
            engine=engine,
            keywords=self._call.keywords,
            each_in_its_own=True,
        )

        def up(revisions: Sequence[Script], around: Around) -> Traced:
            done = run(revisions, around=around)
            if self._left is None and done.failure is None:
                self._left = self._changes_on(engine)
            self._failure = self._failure or done.failure
            return done

        def down(revisions: Sequence[Script], around: Around) -> Traced:
            done = run(revisions, around=around, upgrade=False)
            self._failure = self._failure or done.failure
            return done

        return Stage(up, down)

    def _changes_on(self, engine: Engine) -> tuple[str, ...]:
        with scratch_context(self._call, self._drafting.script, engine) as context:
            return self._changes(context)

    def _changes(self, context: Any) -> tuple[str, ...]:
        """What autogenerate would do now, with the draft in the history."""
        drafting = self._drafting
        head = tuple(one.revision for one in heads(drafting.script))
        observation = observe(context, head, drafting.settings.journal_table)
        drift, uncompared = drift_of(drafting.config, drafting.script, observation, context)
        if uncompared is not None and self._uncompared is None:
            self._uncompared = uncompared.reason
        return drift.changes

    def _really_left(self) -> tuple[str, ...]:
        """What is left without what a scratch database lacks anyway; most drafts leave nothing."""
        if not self._left:
            return ()
        with self._scratch(lambda _line: None) as engine:
            own = self._changes_on(engine)
        with self._call.reading():
            drafted = self._changes(self._call.context)
        return tuple(each for each in self._left if each not in own or each in drafted)

    def _outcome(self, found: Rehearsal, names: Iterable[str]) -> Proved:
        """:param names: of what speaks against the draft."""
        reasons = [*sorted(names), *self._reasons(found)]
        converged = self._left is not None and "does-not-converge" not in names
        forward = self._drafting.settings.forward_only
        return replace(
            self.proved,
            upgrade=converged and self._uncompared is None,
            downgrade=not (reasons or found.notes or forward),
            reason=reasons[0] if reasons else None,
        )

    def _reasons(self, found: Rehearsal) -> Iterator[str]:
        """Why it could not be tried, the first cause first."""
        if found.stopped is not None and self._unlike:  # it says nothing of the draft
            line = self._unlike[0].rstrip(".")
            yield f"{line[0].lower()}{line[1:]}, and there it failed: {found.stopped.message}"
        elif self._failure is not None:
            what = "it" if self._left is None else "its downgrade"
            said = self._drafting.mask(sentence(self._failure.error))
            yield f"{what} could not be run there: {said}"
        elif self._uncompared is not None:
            yield f"the scratch database was compared by Alembic alone: {self._uncompared}"

    def _of_a_draft(self, finding: Finding, subject: Any) -> Finding:
        """The same of a file that is not there: its line as text, and how to have it all the same.

        It may be allowed; then it is placed, and the text is as true.
        """
        command = f"{self._drafting.command} --no-prove"
        line = self._line() if getattr(subject, "message", "") else ()
        return replace(
            finding,
            why="\n".join(filter(None, [finding.why, *line])),
            next=(f"{command}  # writes it as it is, to be mended by hand",),
            place=None,
        )

    def _line(self) -> Iterator[str]:
        """The line of the draft that failed."""
        if self._failure is None:
            return
        file = str(self._failure.script.module.__file__)
        number = line_in(self._failure.error, file)
        if number is not None:
            yield f"The line is: {linecache.getline(file, number).strip()}"
