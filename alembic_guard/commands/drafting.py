"""How ``guard-revision`` comes to a migration: env.py once, every guard before anything is written.

:class:`Drafting` gathers the values that the guards judge and keeps their findings; it writes
nothing. Databases are looked at in env.py's order, and one that is refused is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard import guards
from alembic_guard.autogenerate.rewrite import Rename, apply_rename
from alembic_guard.commands.lint_draft import DraftLint
from alembic_guard.commands.standing import code_places, missing_tables, texts_of
from alembic_guard.errors import Refused, WrongUsage
from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import (
    DatabaseDraft,
    Draft,
    LoadedMetadata,
    Position,
    operations,
)
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

    def run(self) -> DraftedRevision:
        """Run env.py and judge what came of it.

        :returns: a revision that may be written.
        :raises Refused: with everything that the guards found.
        """
        drafted = DraftedRevision(self.config, self.script, self.arguments)
        self.lint = DraftLint(self.settings)
        calls: list[Call] = []

        def migrating(call: Call, plain: Callable[[], None]) -> None:
            calls.append(call)
            plain()

        def work(recorded: Any, context: Any) -> Iterable[Any]:
            self._compare(drafted, calls[-1], recorded, context)
            return ()

        run_environment(
            self.config,
            self.script,
            work,
            migrating=migrating,
            as_sql=False,
            read_only=True,
            template_args=drafted.context.template_args,
            revision_context=drafted.context,
        )
        if not calls:
            raise NoMigrationsRun(self.script.env_py_location, self.config)
        self.refuse()
        self._rename(drafted)
        self.judge(self._draft(drafted))
        self.refuse()
        self.findings += self.lint.judge(upgrade for upgrade, _ in drafted.operations())
        return drafted

    def _compare(self, drafted: DraftedRevision, call: Call, recorded: Any, context: Any) -> None:
        recorded = tuple(recorded)
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
        if not any(one.refuses for one in said):
            drafted.compare(recorded, context)
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
            done = [apply_rename(rename, up, down, dialect) for up, down in drafted.operations()]
            if not any(done):
                raise WrongUsage.one(
                    "looks-like-rename",
                    f"--rename {rename}: the migration drops no {rename.old!r} "
                    f"and adds no {rename.new!r} beside it.",
                    why=_drops_and_adds(drafted),
                )

    def _draft(self, drafted: DraftedRevision) -> Draft:
        pairs = list(drafted.operations())
        # A hook of env.py may have left fewer or more directives than databases: the last
        # observation then stands for the rest.
        seen = self.observations + self.observations[-1:] * max(
            0, len(pairs) - len(self.observations)
        )
        databases = tuple(
            database_draft(observation, up, down, call.filtered)
            for (up, down), (observation, call) in zip(pairs, seen, strict=False)
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


def database_draft(
    observation: Observation,
    upgrade: ops.UpgradeOps,
    downgrade: ops.DowngradeOps,
    filtered: Iterable[tuple[str, str, str]] = (),
) -> DatabaseDraft:
    """What the guards look at, from what was observed and what would be written."""
    return DatabaseDraft(
        url=observation.url,
        dialect=observation.dialect,
        upgrade=upgrade,
        downgrade=downgrade,
        live=observation.live,
        nobodys=observation.nobodys,
        filtered=tuple(filtered),
        compares_defaults=observation.compares_defaults,
    )


def owned_by_history(script: ScriptDirectory, databases: Sequence[DatabaseDraft]) -> frozenset[str]:
    """The tables that the history owns; the files are read only where a table would be dropped."""
    drops = any(
        isinstance(operation, ops.DropTableOp)
        for database in databases
        for operation in operations(database.upgrade)
    )
    if not drops:
        return frozenset()
    from alembic_guard.script.replay import owned_tables

    return owned_tables(Path(found.path) for found in script.walk_revisions())


def _drops_and_adds(drafted: DraftedRevision) -> str:
    lines = []
    for upgrade, _ in drafted.operations():
        for operation in operations(upgrade):
            if isinstance(operation, ops.DropColumnOp):
                lines.append(f"It drops {operation.table_name}.{operation.column_name}.")
            elif isinstance(operation, ops.AddColumnOp):
                lines.append(f"It adds {operation.table_name}.{operation.column.name}.")
            elif isinstance(operation, ops.DropTableOp):
                lines.append(f"It drops the table {operation.table_name}.")
            elif isinstance(operation, ops.CreateTableOp):
                lines.append(f"It creates the table {operation.table_name}.")
    return "\n".join(lines) or "It drops and adds nothing."
