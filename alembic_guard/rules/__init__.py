"""The rules: one module each, named for the harm; nothing is registered anywhere.

A rule says what it judges in ``JUDGES``: a class of :mod:`alembic_guard.ddl.actions` and its
neighbours (or a tuple of them), :class:`~alembic_guard.runtime.step.Step`, or
:class:`~alembic_guard.rules._run.Run` for what is known only at the end; and has
``judge(subject, run)``, which yields a :class:`~alembic_guard.rules._harm.Harm` for each. Constants:

``DATABASES``
    Kinds of database that it is about: ``postgresql``, ``mariadb``, ``mysql``, ``sqlite``.
``SEVERITY``
    An error unless it says otherwise.
``GROWS = True``
    The harm is the time under a lock, and grows with the table: on a small one it is a note.
``LOCK``
    The lock of PostgreSQL that it is about, on the table of the harm; a test takes it.
``OPT_IN = True``
    A policy or a style: judged only where the setting ``enable`` names it.
``EXAMPLE_ON``
    Kinds of database on which its Bad and Good run, where these are not all of ``DATABASES``.
``FIX_ELSEWHERE = True``
    What a finding says to write is no body of ``upgrade()``, but a line of env.py, say.

The page of a rule is its docstring, as :mod:`alembic_guard.catalogue` has it, but Bad and Good are
bodies of ``upgrade()`` for the tables of ``tests/rules/shop.py``; ``# next revision`` begins
another revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from alembic_guard.catalogue import Entry, entries
from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Opaque
from alembic_guard.finding import Finding, Severity
from alembic_guard.rules._choosing import Choosing
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Done, Run
from alembic_guard.runtime.step import Step

ASSUMED = "No database was asked how large {table} is: it is judged as a large table."
UNKNOWN = "How large {table} is, is not known: it is judged as a large table."


class RuleFailed(Exception):
    """A rule raised.

    :param own: whether it is the project's, and so no defect of ours.
    """

    def __init__(self, name: str, rule: ModuleType, error: Exception) -> None:
        super().__init__(f"the rule {name} raised {type(error).__name__}: {error}")
        self.own = not rule.__name__.startswith(__name__)


class Judged(NamedTuple):
    """A finding.

    :param step: that it is about; None for what is known only at the end.
    :param proved: whether the database itself shows that a lock would be held for long: the table
        is there, and it is not small.
    """

    step: Step | None
    finding: Finding
    proved: bool = False


def catalogue() -> dict[str, Entry]:
    """Every rule's page, by name."""
    return entries(__name__)


def names() -> tuple[str, ...]:
    """The names of all rules."""
    return tuple(catalogue())


def local(modules: Sequence[str]) -> dict[str, ModuleType]:
    """A project's own rules, of the same shape, by name.

    :param modules: dotted names; of a package, each of its modules is a rule.
    :raises ImportError: when one can't be imported.
    """
    found: dict[str, ModuleType] = {}
    for name in modules:
        module = import_module(name)
        if hasattr(module, "__path__"):
            found |= {key: entry.load() for key, entry in entries(name).items()}
        else:
            found[name.rpartition(".")[2].replace("_", "-")] = module
    return found


def judge(
    steps: Iterable[tuple[Step, Sequence[Action]]],
    run: Run,
    *,
    enable: Sequence[str] = (),
    own: dict[str, ModuleType] | None = None,
) -> Iterator[Judged]:
    """What the rules have to say of the steps of a run, in their order.

    :param steps: each with what it does; :param run: a fresh one, which goes through them.
    :param enable: names of opt-in rules, or ``all``.
    :param own: the project's own rules, by name.
    """
    rules = Choosing(run.target.kind, enable, own or {})
    flat = [(step, list(_flat(actions))) for step, actions in steps]
    run.expect([Done(step, action) for step, actions in flat for action in actions])
    for step, actions in flat:
        run.begin(step)
        yield from _found(rules, step, run)
        for action in map(run.named, actions):
            yield from _found(rules, action, run)
            run.did(action)
    yield from (each._replace(step=None) for each in _found(rules, run, run))


def _found(rules: Choosing, subject: Any, run: Run) -> Iterator[Judged]:
    for name, rule in rules.of(subject):
        for harm in _harms(name, rule, subject, run):
            finding = _finding(name, rule, harm, run)
            grows = harm.table if getattr(rule, "GROWS", False) else ""
            large = run.is_large(grows) if grows else False
            yield Judged(run.steps[-1] if run.steps else None, finding, large)


def _harms(name: str, rule: ModuleType, subject: Any, run: Run) -> Iterable[Harm]:
    try:
        return list(rule.judge(subject, run))
    except Exception as error:
        raise RuleFailed(name, rule, error) from error


def _flat(actions: Iterable[Action]) -> Iterator[Action]:
    """Every action, those inside of a DO among them."""
    for action in actions:
        yield action
        if isinstance(action, Opaque):
            yield from _flat(action.actions)


def _finding(name: str, rule: ModuleType, harm: Harm, run: Run) -> Finding:
    usual: Severity = getattr(rule, "SEVERITY", Severity.ERROR)
    severity = harm.severity or usual
    size = ""
    if harm.table and getattr(rule, "GROWS", False):
        size = _size(harm.table, run)
        if run.is_small(harm.table):
            severity = Severity.NOTE
    finding = Finding(
        name,
        harm.message,
        why="\n".join(text for text in (harm.why, size) if text),
        next=harm.fix,
        severity=severity,
    )
    if not run.steps:
        return finding
    place = harm.place or run.step.place
    return replace(finding, revision=run.step.revision or None, place=place)


def _size(key: str, run: Run) -> str:
    table = run.table(key)
    if table is None or table.rows is None:
        return (UNKNOWN if run.target.live else ASSUMED).format(table=key)
    rows = "1 row" if table.rows == 1 else f"{table.rows:,} rows"
    of = f" ({_megabytes(table.bytes)})" if table.bytes is not None else ""
    small = f", small enough (small_table_rows is {run.small:,})" if run.is_small(key) else ""
    return f"{key} has about {rows}{of}{small}."


def _megabytes(size: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 10 * 1024 or unit == "GB":
            return f"{size:,} {unit}"
        size = round(size / 1024)
    return ""
