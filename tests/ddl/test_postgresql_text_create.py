"""CREATE of what is no table gives its kind, its name and its table."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.objects import CreateDomain, CreateEnum, CreateObject
from alembic_guard.ddl.postgresql_text import read_postgresql

CASES = [
    ("create view v as select * from s.a join b using (x)", [CreateObject("view", "v", "s.a")]),
    ("create or replace view v as select 1", [CreateObject("view", "v", replace=True)]),
    (
        "create materialized view if not exists v as select * from a",
        [CreateObject("materialized view", "v", "a", if_not_exists=True)],
    ),
    (
        "create or replace function s.f() returns int language sql as 'select 1'",
        [CreateObject("function", "s.f", replace=True)],
    ),
    ("create procedure p() language sql as 'select 1'", [CreateObject("procedure", "p")]),
    (
        "create or replace trigger t before insert on s.a for each row execute function f()",
        [CreateObject("trigger", "t", "s.a", replace=True)],
    ),
    (
        "create event trigger t on ddl_command_start execute function f()",
        [CreateObject("event trigger", "t")],
    ),
    ("create rule r as on insert to a do instead nothing", [CreateObject("rule", "r", "a")]),
    ("create policy p on s.a using (true)", [CreateObject("policy", "p", "s.a")]),
    (
        "create sequence if not exists s.q owned by a.b",
        [CreateObject("sequence", "s.q", if_not_exists=True)],
    ),
    ("create extension if not exists e", [CreateObject("extension", "e", if_not_exists=True)]),
    ("create schema if not exists s", [CreateObject("schema", "s", if_not_exists=True)]),
    ("create type t as enum ('a','b')", [CreateEnum("t", ("a", "b"))]),
    ("create type t as (a int)", [CreateObject("type", "t")]),
    ("create type t as range (subtype=int)", [CreateObject("type", "t")]),
    ("create type t", [CreateObject("type", "t")]),
    ("create domain d as int check (value > 1)", [CreateDomain("d", constrained=True)]),
    ("create domain d as int default 1", [CreateDomain("d")]),
    ("create statistics s on a,b from t", [CreateObject("statistics", "s", "t")]),
    ("create publication p for table a, b", [CreateObject("publication", "p", "a")]),
    ("create publication p for all tables", [CreateObject("publication", "p")]),
    ("create subscription s connection 'x' publication p", [CreateObject("subscription", "s")]),
    ("create server s foreign data wrapper f", [CreateObject("server", "s")]),
    ("create role r", [CreateObject("role", "r")]),
    ("create user u", [CreateObject("role", "u")]),
    ("create database d", [CreateObject("database", "d")]),
    ("create cast (int as text) without function", [CreateObject("cast", "integer as text")]),
    ("create aggregate a(int) (sfunc=f, stype=int)", [CreateObject("aggregate", "a")]),
    ("create collation c (locale='x')", [CreateObject("collation", "c")]),
    (
        "create operator === (leftarg=int, rightarg=int, function=f)",
        [CreateObject("operator", "===")],
    ),
    (
        "create text search configuration c (copy=simple)",
        [CreateObject("text search configuration", "c")],
    ),
    ("import foreign schema x from server s into y", [CreateObject("foreign table", "y")]),
    ("create user mapping for x server s", [CreateObject("user mapping", "s")]),
    ("create tablespace t location '/x'", [CreateObject("tablespace", "t")]),
    ("create language l handler h", [CreateObject("language", "l")]),
    ("create access method m type table handler h", [CreateObject("access method", "m")]),
    (
        "create transform for int language sql (from sql with function f(internal))",
        [CreateObject("transform", "integer")],
    ),
    ("create conversion c for 'a' to 'b' from f", [CreateObject("conversion", "c")]),
    ("create operator family f using btree", [CreateObject("operator family", "f")]),
    (
        "create operator class c for type int using btree as storage int",
        [CreateObject("operator class", "c")],
    ),
    ("create materialized view v as select 1", [CreateObject("materialized view", "v")]),
]


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_what_is_created_is_known_by_its_kind_its_name_and_its_table(
    sql: str, expected: list[Action]
) -> None:
    assert list(read_postgresql(sql)) == expected
