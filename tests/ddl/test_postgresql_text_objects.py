"""ALTER and DROP of objects, privileges and comments give an action for each object."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import Action, DropIndex, DropTable
from alembic_guard.ddl.objects import (
    AddEnumValue,
    AlterDomain,
    AlterObject,
    Describe,
    DropObject,
    Privilege,
)
from alembic_guard.ddl.postgresql_text import read_postgresql

CASES = [
    ("alter policy p on s.a using (true)", [AlterObject("policy", "p", table="s.a")]),
    (
        "alter type public.t add value if not exists 'x' before 'y'",
        [AddEnumValue("t", "x", placed=True, if_not_exists=True)],
    ),
    ("alter type t add value 'x'", [AddEnumValue("t", "x")]),
    ("alter function f(int) stable", [AlterObject("function", "f", "volatility")]),
    (
        "drop table if exists public.a, s.b cascade",
        [
            DropTable("a", cascade=True, if_exists=True),
            DropTable("s.b", cascade=True, if_exists=True),
        ],
    ),
    ("drop foreign table f", [DropTable("f")]),
    (
        "drop index concurrently if exists s.i, j",
        [
            DropIndex("", "s.i", concurrently=True, if_exists=True),
            DropIndex("", "j", concurrently=True, if_exists=True),
        ],
    ),
    ("drop view v, w", [DropObject("view", "v"), DropObject("view", "w")]),
    ("drop materialized view v", [DropObject("materialized view", "v")]),
    ("drop trigger t on s.a", [DropObject("trigger", "t", "s.a")]),
    ("drop policy p on a", [DropObject("policy", "p", "a")]),
    ("drop rule r on a", [DropObject("rule", "r", "a")]),
    ("drop function f(int), g", [DropObject("function", "f"), DropObject("function", "g")]),
    ("drop type public.t, s.u", [DropObject("type", "t"), DropObject("type", "s.u")]),
    ("drop domain d", [DropObject("domain", "d")]),
    ("drop sequence s", [DropObject("sequence", "s")]),
    (
        "drop schema a, b cascade",
        [DropObject("schema", "a", cascade=True), DropObject("schema", "b", cascade=True)],
    ),
    ("drop extension e", [DropObject("extension", "e")]),
    ("drop role a", [DropObject("role", "a")]),
    ("drop database d", [DropObject("database", "d")]),
    ("drop cast (int as text)", [DropObject("cast", "integer as text")]),
    ("drop operator class c using btree", [DropObject("operator class", "c")]),
    ("drop aggregate a(int)", [DropObject("aggregate", "a")]),
    ("drop owned by x", [DropObject("owned", "x")]),
    ("reassign owned by a to b", [AlterObject("role", "a", "reassign owned")]),
    ("drop event trigger e", [DropObject("event trigger", "e")]),
    ("drop publication p", [DropObject("publication", "p")]),
    ("drop subscription s", [DropObject("subscription", "s")]),
    ("drop server s", [DropObject("server", "s")]),
    ("drop tablespace t", [DropObject("tablespace", "t")]),
    ("drop user mapping for x server s", [DropObject("user mapping", "s")]),
    ("drop operator +(int,int)", [DropObject("operator", "+")]),
    ("drop statistics s", [DropObject("statistics", "s")]),
    ("drop transform for int language sql", [DropObject("transform", "integer")]),
    ("drop language l", [DropObject("language", "l")]),
    ("drop access method m", [DropObject("access method", "m")]),
    (
        "alter sequence s restart with 5 as bigint owned by none",
        [
            AlterObject("sequence", "s", "restart"),
            AlterObject("sequence", "s", "as type"),
            AlterObject("sequence", "s", "owned by"),
        ],
    ),
    ("alter extension e update", [AlterObject("extension", "e", "update")]),
    ("alter extension e add table t", [AlterObject("extension", "e", "add")]),
    (
        "alter domain d add check (value>1) not valid",
        [AlterDomain("d", "add constraint", valid=False)],
    ),
    ("alter domain d validate constraint x", [AlterDomain("d", "validate constraint")]),
    ("alter domain d set not null", [AlterDomain("d", "set not null")]),
    ("alter domain d drop not null", [AlterDomain("d", "drop not null")]),
    ("alter domain d set default 1", [AlterDomain("d", "set default")]),
    ("alter domain d drop default", [AlterDomain("d", "drop default")]),
    ("alter domain d drop constraint x", [AlterDomain("d", "drop constraint")]),
    ("alter role r set x = 1", [AlterObject("role", "r", "set")]),
    ("alter role r login", [AlterObject("role", "r", "canlogin")]),
    ("alter database d set x = 1", [AlterObject("database", "d", "set")]),
    ("alter database d connection limit 5", [AlterObject("database", "d", "connection_limit")]),
    ("alter system set x = 1", [AlterObject("system", "x", "set")]),
    ("alter publication p add table a", [AlterObject("publication", "p", "add", "a")]),
    ("alter publication p set (publish='insert')", [AlterObject("publication", "p", "set")]),
    ("alter subscription s disable", [AlterObject("subscription", "s", "enabled")]),
    ("alter event trigger t disable", [AlterObject("event trigger", "t", "enable")]),
    ("alter statistics s set statistics 5", [AlterObject("statistics", "s", "set statistics")]),
    ("alter collation c refresh version", [AlterObject("collation", "c", "refresh version")]),
    (
        "alter function f() depends on extension e",
        [AlterObject("function", "f", "depends on extension")],
    ),
    (
        "alter text search configuration c add mapping for a with b",
        [AlterObject("text search configuration", "c", "mapping")],
    ),
    ("alter text search dictionary d (a=b)", [AlterObject("text search dictionary", "d", "a")]),
    ("alter type t set (storage=plain)", [AlterObject("type", "t", "storage")]),
    ("alter server s options (a 'b')", [AlterObject("server", "s", "options")]),
    (
        "alter foreign data wrapper f options (a 'b')",
        [AlterObject("foreign data wrapper", "f", "options")],
    ),
    (
        "alter user mapping for x server s options (a 'b')",
        [AlterObject("user mapping", "s", "options")],
    ),
    ("alter tablespace t set (a=1)", [AlterObject("tablespace", "t", "set parameters")]),
    ("alter operator +(int,int) set (join=none)", [AlterObject("operator", "+", "set")]),
    (
        "alter operator family f using btree add storage int",
        [AlterObject("operator family", "f", "add")],
    ),
    (
        "alter default privileges in schema a grant select on tables to b",
        [Privilege("GRANT", "default privileges")],
    ),
    ("grant select, insert on a, s.b to c", [Privilege("GRANT", "a, s.b")]),
    (
        "revoke all on all tables in schema s from x",
        [Privilege("REVOKE", "all tables in schema s")],
    ),
    ("grant usage on schema s to x", [Privilege("GRANT", "schema s")]),
    ("grant execute on function f(int) to x", [Privilege("GRANT", "function f")]),
    ("grant x to y", [Privilege("GRANT", "role x")]),
    ("revoke x from y", [Privilege("REVOKE", "role x")]),
    ("comment on table s.a is 'x'", [Describe("table", "s.a")]),
    ("comment on column public.a.b is 'x'", [Describe("column", "a")]),
    ("comment on constraint c on a is 'x'", [Describe("constraint")]),
    ("comment on function f(int) is 'x'", [Describe("function")]),
    ("comment on type t is 'x'", [Describe("type")]),
    ("security label on table a is 'x'", [Describe("table", "a")]),
    ("comment on view v is 'x'", [Describe("view")]),
    ("comment on foreign table f is null", [Describe("foreign table", "f")]),
    ("revoke usage on schema public from public", [Privilege("REVOKE", "schema public")]),
]


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_what_is_done_to_an_object_names_it(sql: str, expected: list[Action]) -> None:
    assert list(read_postgresql(sql)) == expected
