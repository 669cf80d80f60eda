"""What a statement does to rows, to locks and to its own session: the rest of the actions."""

from __future__ import annotations

from dataclasses import dataclass

from alembic_guard.ddl.actions import Action, OnTable


@dataclass(frozen=True)
class Insert(OnTable):
    """INSERT; :param from_query: rows come from a SELECT."""

    from_query: bool = False


@dataclass(frozen=True)
class Update(OnTable):
    """UPDATE; :param where: whether it has a WHERE."""

    where: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delete(OnTable):
    """DELETE; :param where: whether it has a WHERE."""

    where: bool = False


@dataclass(frozen=True)
class Truncate(OnTable):
    """TRUNCATE; a statement that names several tables is several of these."""

    cascade: bool = False


@dataclass(frozen=True)
class Copy(OnTable):
    """COPY … FROM; :param into: False for ``COPY … TO``."""

    into: bool = True


@dataclass(frozen=True)
class Read(Action):
    """A query.

    :param tables: keys of what it reads; :param locking: ``FOR UPDATE`` and its like.
    """

    tables: tuple[str, ...] = ()
    locking: bool = False


@dataclass(frozen=True)
class Maintain(Action):
    """VACUUM, VACUUM FULL, CLUSTER, ANALYZE, OPTIMIZE.

    :param verb: in capitals, ``VACUUM FULL`` with its option.
    :param table: key; "" for every table.
    """

    verb: str
    table: str = ""


@dataclass(frozen=True)
class LockTable(OnTable):
    """LOCK TABLE; :param mode: in the manual's words, ``ACCESS EXCLUSIVE`` by default."""

    mode: str = "ACCESS EXCLUSIVE"
    nowait: bool = False


@dataclass(frozen=True)
class SetParameter(Action):
    """SET, SET LOCAL, ``set_config()``, PRAGMA; :param value: as it is written."""

    name: str
    value: str = ""
    local: bool = False


@dataclass(frozen=True)
class ControlTransaction(Action):
    """BEGIN, COMMIT, ROLLBACK, END, PREPARE TRANSACTION, SAVEPOINT; :param verb: in capitals."""

    verb: str


@dataclass(frozen=True)
class Opaque(Action):
    """A statement that nobody can see into.

    :param kind: ``DO``, ``CALL``, ``EXECUTE``, or what could not be parsed, ``SQL``.
    :param reason: what the parser said, if it was asked.
    :param actions: what could be seen inside nevertheless, such as in the body of a DO.
    """

    kind: str
    reason: str = ""
    actions: tuple[Action, ...] = ()
