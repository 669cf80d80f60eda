"""What a statement does to objects that are no tables: types, views, functions, privileges."""

from __future__ import annotations

from dataclasses import dataclass

from alembic_guard.ddl.actions import Action


@dataclass(frozen=True)
class CreateEnum(Action):
    """CREATE TYPE … AS ENUM."""

    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class AddEnumValue(Action):
    """ALTER TYPE … ADD VALUE; :param placed: whether BEFORE or AFTER is said."""

    type: str
    value: str
    placed: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True)
class CreateDomain(Action):
    """CREATE DOMAIN; :param constrained: whether it has a CHECK or NOT NULL."""

    name: str
    constrained: bool = False


@dataclass(frozen=True)
class AlterDomain(Action):
    """ALTER DOMAIN.

    :param kind: ``add constraint``, ``validate constraint``, ``set not null``, ``drop not null``,
        ``drop constraint``, ``set default``, ``drop default``.
    """

    name: str
    kind: str
    valid: bool = True


@dataclass(frozen=True)
class Rename(Action):
    """RENAME of what is no table and no column.

    :param kind: ``index``, ``constraint``, ``view``, ``materialized view``, ``sequence``,
        ``function``, ``type``, ``enum value``, ``schema``, ``trigger``, ``domain``, ``policy``…
    :param table: key of what it belongs to, if known.
    """

    kind: str
    name: str
    new: str
    table: str = ""


@dataclass(frozen=True)
class CreateObject(Action):
    """CREATE of what has no class of its own.

    :param kind: ``view``, ``materialized view``, ``function``, ``procedure``, ``trigger``,
        ``event trigger``, ``rule``, ``policy``, ``sequence``, ``extension``, ``schema``, ``type``,
        ``statistics``, ``publication``, ``subscription``, ``server``, ``role``, ``database``…
    :param table: key of the table that it is made on or, of a view, what it reads first.
    :param replace: ``OR REPLACE``.
    """

    kind: str
    name: str
    table: str = ""
    replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True)
class AlterObject(Action):
    """ALTER of what has no class of its own.

    :param kind: as of :class:`CreateObject`; :param change: in the manual's words, such as
        ``restart``, ``as type``, ``owner``, ``set schema``, ``update``.
    :param table: key of the table that it belongs to, as that of a policy.
    """

    kind: str
    name: str
    change: str = ""
    table: str = ""


@dataclass(frozen=True)
class DropObject(Action):
    """DROP of what has no class of its own; kinds as of :class:`CreateObject`."""

    kind: str
    name: str
    table: str = ""
    cascade: bool = False
    if_exists: bool = False


@dataclass(frozen=True)
class RefreshMaterializedView(Action):
    """REFRESH MATERIALIZED VIEW."""

    name: str
    concurrently: bool = False
    with_data: bool = True


@dataclass(frozen=True)
class Privilege(Action):
    """GRANT or REVOKE; :param verb: in capitals; :param on: what it is about, as written."""

    verb: str
    on: str = ""


@dataclass(frozen=True)
class Describe(Action):
    """COMMENT ON, SECURITY LABEL; :param table: key, "" where it is no table or column."""

    kind: str
    table: str = ""
