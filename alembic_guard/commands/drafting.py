"""How ``guard-revision`` comes to a migration: env.py once, every guard before anything is written.

:class:`Drafting` gathers the values that the guards judge and keeps their findings; it writes
nothing. Databases are looked at in env.py's order, and one that is refused is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard import guards
from alembic_guard.autogenerate.compared import SUBJECT, uncompared_in
from alembic_guard.autogenerate.renamed_tables import change_renamed
from alembic_guard.autogenerate.renaming import Rename
from alembic_guard.autogenerate.rewrite import apply_rename, drops_and_adds
from alembic_guard.autogenerate.unmanaged import unmanaged_in
from alembic_guard.autogenerate.unnamed import unnamed_in
from alembic_guard.commands.drafted_databases import database_draft, owned_by_history
from alembic_guard.commands.lint_draft import DraftLint
from alembic_guard.commands.standing import code_places, missing_tables, texts_of
from alembic_guard.errors import Refused, WrongUsage
from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Draft, LoadedMetadata, Position
from alembic_guard.masking import Mask
from alembic_guard.runtime.autogenerate import DraftedRevision
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.failure import NoMigrationsRun
from alembic_guard.runtime.history import as_revision, heads, upgrade_steps
from alembic_guard.runtime.missing import unknown_revisions
from alembic_guard.runtime.models import undeclared_tables
from alembic_guard.runtime.observation import Observation, live_columns, observe
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory

    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.comparison import Unmanaged


@dataclass
class Drafting:
    """One revision on its way to being written.

    :param arguments: as ``alembic revision`` has them.
    :param command: what was typed, for the findings' next commands.
    :param renames: what the user says are renames; :param no_rename: that nothing else is one.
    """

    config: Config
    script: ScriptDirectory
    settings: Settings
    mask: Mask
    arguments: dict[str, Any]
    command: str
    renames: Sequence[Rename] = ()
    no_rename: bool = False
    findings: list[Finding] = field(default_factory=list)
    observations: list[tuple[Observation, Call]] = field(default_factory=list)
    subjects: list[Subject | None] = field(default_factory=list)
    """Of each observation, what the comparators looked at."""
    unmanaged: list[Unmanaged | None] = field(default_factory=list)
    unnamed: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    """Of each observation, the kind and table of constraints that come without a name."""

    def run(self) -> DraftedRevision:
        """Run env.py and judge what came of it.

        :returns: a revision that may be written.
        :raises Refused: with everything that the guards found.
        """
        drafted = DraftedRevision(self.config, self.script, self.arguments)
        self.lint = DraftLint(self.settings)
        self.run_env_py(
            partial(self._compare, drafted),
            template_args=drafted.context.template_args,
            revision_context=drafted.context,
        )
        self.refuse()
        self._rename(drafted)
        self.judge(self._draft(drafted))
        for each in self.unmanaged:  # a report begins with what refuses
            self.judge(each)
        self.refuse()
        self.findings += self.lint.judge(upgrade for upgrade, _ in drafted.operations())
        return drafted

    def run_env_py(self, look: Callable[[Call, Any, Any], None], **options: Any) -> None:
        """Run env.py, which connects; nothing is written to a database.

        :param look: called for each database, with what env.py asked for, the revisions that are
            recorded, and Alembic's MigrationContext.
        :param options: as ``EnvironmentContext`` takes them.
        """
        calls: list[Call] = []

        def migrating(call: Call, plain: Callable[[], None]) -> None:
            calls.append(call)
            plain()

        def work(recorded: Any, context: Any) -> Iterable[Any]:
            look(calls[-1], tuple(recorded), context)
            return ()

        run_environment(
            self.config,
            self.script,
            work,
            migrating=migrating,
            as_sql=False,
            read_only=True,
            **options,
        )
        if not calls:
            raise NoMigrationsRun(self.script.env_py_location, self.config)

    def observed(self, call: Call, recorded: Any, context: Any) -> Observation | None:
        """What a database is before it is compared, None where a guard refuses to compare it."""
        observation = observe(context, recorded, self.settings.journal_table)
        self.mask.learn_url(call.connection.engine.url)
        columns = partial(live_columns, call.connection)
        said = self.judge(loaded_metadata(self.config, self.script, observation, columns))
        if observation.tables and not observation.tables & observation.live:
            said += self.judge(missing_tables(self.script, call))
        unknown_revisions(self.script, recorded, call)
        # to upgrade would fail where the tables of pending revisions exist
        if not any(one.refuses and one.name == "tables-without-history" for one in said):
            said += self.judge(self._position(observation))
        return None if any(one.refuses for one in said) else observation

    def _compare(self, drafted: DraftedRevision, call: Call, recorded: Any, context: Any) -> None:
        observation = self.observed(call, recorded, context)
        if observation is not None:
            drafted.compare(recorded, context)
            uncompared = uncompared_in(context.opts)
            if uncompared is not None:
                self.judge(uncompared)
                whole = uncompared.reason is None
                observation = replace(
                    observation, compares_defaults=observation.compares_defaults or whole
                )
            self.subjects.append(context.opts.get(SUBJECT))
            self.unmanaged.append(unmanaged_in(context.opts, self.settings.allow))
            self.unnamed.append(
                tuple((each.kind, each.table_key) for each in unnamed_in(context.opts))
            )
            self.observations.append((observation, call))
            found = [upgrade for upgrade, _ in drafted.operations()]
            if found:  # a hook of env.py may have left none
                self.lint.ask(call, found[-1])

    def judge(self, subject: Any) -> list[Finding]:
        """What the guards say of a subject; what they say of several databases is kept once."""
        said = guards.judge(subject, self.settings.allow)
        self.findings += [finding for finding in said if finding not in self.findings]
        return said

    def refuse(self) -> None:
        """Go no further where a finding refuses.

        :raises Refused: with everything that the guards found.
        """
        if any(finding.refuses for finding in self.findings):
            raise Refused(self.findings)

    def _position(self, observation: Observation) -> Position:
        pending = upgrade_steps(self.script, "heads", observation.recorded)
        return Position(
            url=observation.url,
            current=tuple(found.revision for found in self._current(observation.recorded)),
            heads=tuple(found.revision for found in heads(self.script)),
            pending=tuple(as_revision(step.revision) for step in pending),
        )

    def _current(self, recorded: tuple[str, ...]) -> Sequence[Script]:
        found = self.script.get_revisions(recorded)
        return sorted(found, key=lambda script: script.revision)

    def _rename(self, drafted: DraftedRevision) -> None:
        for rename in self.renames:
            dialect = self.observations[0][0].dialect
            pairs = list(drafted.operations())
            done = [apply_rename(rename, up, down, dialect) for up, down in pairs]
            for (up, down), subject, renamed in zip(pairs, self.subjects, done, strict=False):
                if renamed:
                    change_renamed(rename, up, down, subject)
            if not any(done):
                raise WrongUsage.one(
                    "looks-like-rename",
                    f"--rename {rename}: the migration drops no {rename.old!r} "
                    f"and adds no {rename.new!r} beside it.",
                    why=drops_and_adds(upgrade for upgrade, _ in drafted.operations()),
                )

    def _draft(self, drafted: DraftedRevision) -> Draft:
        pairs = list(drafted.operations())
        # A hook of env.py may have left fewer or more directives than databases: the last
        # observation then stands for the rest.
        seen = self.observations + self.observations[-1:] * max(
            0, len(pairs) - len(self.observations)
        )
        unnamed = self.unnamed + [()] * len(pairs)
        databases = tuple(
            replace(database_draft(observation, up, down, call.filtered), unnamed=names)
            for (up, down), (observation, call), names in zip(pairs, seen, unnamed, strict=False)
        ) or tuple(
            database_draft(observation, ops.UpgradeOps([]), ops.DowngradeOps([]), call.filtered)
            for observation, call in self.observations
        )
        return Draft(
            databases=databases,
            owned=owned_by_history(self.script, databases),
            command=self.command,
            emptied=drafted.emptied,
            renames_settled=self.no_rename,
        )


def loaded_metadata(
    config: Config,
    script: ScriptDirectory,
    observation: Observation,
    columns: Callable[[frozenset[str]], dict[str, frozenset[str]]] | None = None,
    *,
    autogenerate: bool = True,
    in_the_way: bool = False,
) -> LoadedMetadata:
    """What the guards of the metadata look at.

    :param columns: asks the database for the columns of tables; only where no revision is recorded
        and one that matches is looked for.
    :param autogenerate: False where one only looks: ``create_all()`` is then looked for in the code
        although nothing is wrong.
    :param in_the_way: whether it is said elsewhere that pending revisions create these tables.
    """
    places = code_places(config, script)
    revisions = len(list(script.walk_revisions()))
    known, doubts = observation.metadata, dict[str, Any]()
    # What these questions need is imported where they come up: most projects have the answers.
    undeclared = tuple(undeclared_tables(known, *places))
    if undeclared or not observation.tables:
        from alembic_guard.runtime.env_target import env_target, late_imports

        doubts["target"] = env_target(script.env_py_location)
        doubts["late_imports"] = late_imports(script.env_py_location)
    if not observation.tables:
        from alembic_guard.runtime.metadata_holders import metadata_holders

        doubts["holders"] = metadata_holders(*places)
    unrecorded = not observation.recorded and observation.tables & observation.live
    if columns and revisions and unrecorded:
        from alembic_guard.script.replay import matching_revision

        doubts["matching"] = matching_revision(texts_of(script), columns(observation.live))
    if unrecorded or not autogenerate:
        from alembic_guard.runtime.create_all import create_all_calls

        doubts["create_all"] = create_all_calls(known, *places)
    return LoadedMetadata(
        given=bool(observation.metadata),
        tables=observation.tables,
        undeclared=undeclared,
        env_py=script.env_py_location,
        url=observation.url,
        revisions=revisions,
        recorded=observation.recorded,
        live=observation.live,
        engines=_engines(config),
        autogenerate=autogenerate,
        in_the_way=in_the_way,
        **doubts,
    )


def _engines(config: Config) -> tuple[str, ...]:
    """As the multidb template's env.py reads them."""
    said = str(config.get_alembic_option("databases") or "")
    return tuple(re.split(r",\s*", said.strip())) if said.strip() else ()
