"""PostgreSQL's SQL is read statement by statement, and into the body of a DO."""

from __future__ import annotations

import pytest
from postgast.pg_query_pb2 import AlterTableType, Node

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AlterTable,
    CreateIndex,
    CreateTable,
    DropIndex,
    DropTable,
    SetNotNull,
)
from alembic_guard.ddl.data import (
    ControlTransaction,
    Delete,
    Insert,
    LockTable,
    Opaque,
    Read,
    SetParameter,
    Truncate,
    Update,
)
from alembic_guard.ddl.objects import CreateEnum, CreateObject, RefreshMaterializedView
from alembic_guard.ddl.postgresql_text import READERS, TOO_DEEP, read_postgresql
from alembic_guard.ddl.postgresql_text_alter import COLUMN_CLAUSES, TABLE_CLAUSES
from alembic_guard.ddl.postgresql_text_body import MADE_WHEN_IT_RUNS
from alembic_guard.schema import Column, Constraint, Index
from alembic_guard.sql_types import SqlType

INTEGER = SqlType("integer")
DYNAMIC = Opaque("EXECUTE", MADE_WHEN_IT_RUNS)
# Parts of statements, and those that `read_statement` takes apart itself.
NOT_READERS = {
    "plassign_stmt",
    "raw_stmt",
    "replica_identity_stmt",
    "return_stmt",
    "set_operation_stmt",
    "create_schema_stmt",
    "declare_cursor_stmt",
    "do_stmt",
    "explain_stmt",
    "prepare_stmt",
}
# Clauses that have classes of their own, and those that PostgreSQL makes for itself.
OTHER_CLAUSES = {
    "ALTER_TABLE_TYPE_UNDEFINED",
    "AT_AddColumn",
    "AT_AddColumnToView",
    "AT_AddConstraint",
    "AT_AddIndex",
    "AT_AddIndexConstraint",
    "AT_AlterColumnType",
    "AT_AttachPartition",
    "AT_ColumnDefault",
    "AT_CookedColumnDefault",
    "AT_DetachPartition",
    "AT_DropColumn",
    "AT_DropConstraint",
    "AT_DropNotNull",
    "AT_ReAddComment",
    "AT_ReAddConstraint",
    "AT_ReAddDomainConstraint",
    "AT_ReAddIndex",
    "AT_ReAddStatistics",
    "AT_ReplaceRelOptions",
    "AT_SetNotNull",
    "AT_ValidateConstraint",
}

TEXTS = [
    ("", []),
    ("-- nothing", []),
    (
        "alter table a alter b set not null; drop table a;",
        [SetNotNull("a", "b"), DropTable("a")],
    ),
    ("alter tabel x", [Opaque("SQL", 'syntax error at or near "tabel"')]),
    ("drop table a; alter tabel x", [Opaque("SQL", 'syntax error at or near "tabel"')]),
    (
        "create schema s create table t (a int) create view v as select * from t"
        " create index i on t (a) create sequence q",
        [
            CreateObject("schema", "s"),
            CreateTable("s.t", (Column("a", INTEGER),)),
            CreateObject("view", "s.v", "t"),
            CreateIndex("s.t", Index("i", ("a",), method="btree")),
            CreateObject("sequence", "s.q"),
        ],
    ),
    ("explain delete from a", [Read()]),
    ("explain select * from a", [Read(("a",))]),
    ("explain analyze delete from a", [Delete("a")]),
    ("explain (analyze off) delete from a", [Read()]),
    ("explain (analyze) create table a as select 1", [CreateTable("a", as_query=True)]),
    ("prepare p as delete from a", [Opaque("PREPARE", actions=(Delete("a"),))]),
    ("declare c cursor for select * from a for update", [Read(("a",), locking=True)]),
]

BODIES = [
    ("do 'begin null; end'", ("", [])),
    ("do $$ begin alter table a alter b set not null; end $$", ("", [SetNotNull("a", "b")])),
    (
        """do $$ declare r record; begin
            if exists (select 1 from pg_class) then drop table a;
            elsif 1 = 2 then delete from b; else update t set a = 1; end if;
            for r in select * from t for update loop insert into u values (r.a); end loop;
            perform set_config('lock_timeout', '1s', true);
            case 1 when 1 then drop index i; else truncate z; end case;
            while true loop lock table q; end loop;
            begin create type e as enum ('a'); exception when others then delete from c; end;
            commit; rollback;
        end $$""",
        (
            "",
            [
                Read(("pg_class",)),
                DropTable("a"),
                Delete("b"),
                Update("t", columns=("a",)),
                Read(("t",), locking=True),
                Insert("u"),
                SetParameter("lock_timeout", "1s", local=True),
                DropIndex("", "i"),
                Truncate("z"),
                LockTable("q"),
                CreateEnum("e", ("a",)),
                Delete("c"),
                ControlTransaction("COMMIT"),
                ControlTransaction("ROLLBACK"),
            ],
        ),
    ),
    (
        "do $$ declare n int := (select count(*) from a); r a%rowtype;"
        " begin n := (select 1 from b); select c into n from d; end $$",
        ("", [Read(("a",)), Read(("b",)), Read(("d",))]),
    ),
    (
        "do $$ begin execute 'drop table a; drop table b'; execute E'drop table \"it''s\"'; end $$",
        ("", [DropTable("a"), DropTable("b"), DropTable("it's")]),
    ),
    (
        "do $$ declare r record; begin for r in execute 'select * from a' loop"
        " delete from b; end loop; end $$",
        ("", [Read(("a",)), Delete("b")]),
    ),
    (
        "do $$ declare c refcursor; begin open c for execute 'select * from a'; end $$",
        ("", [Read(("a",))]),
    ),
    (
        "do $$ declare s text := 'drop table a'; begin"
        " execute s; delete from b; execute format('drop table %I', 'c'); end $$",
        (MADE_WHEN_IT_RUNS, [DYNAMIC, Delete("b"), DYNAMIC]),
    ),
    (
        "do $$ begin execute 'alter tabel x'; end $$",
        ('syntax error at or near "tabel"', [Opaque("SQL", 'syntax error at or near "tabel"')]),
    ),
    ("do $$ begin call p(1); end $$", ("", [Opaque("CALL")])),
    (
        "do $$ begin do $i$ begin drop table a; end $i$; end $$",
        ("", [Opaque("DO", actions=(DropTable("a"),))]),
    ),
    ("do language plpython3u $$ drop $$", ("its language is plpython3u", [])),
    ("do $$ bad $$", ('syntax error at or near "bad"', [])),
    (
        "do $$ begin x := 1; end $$",
        ('"x" is not a known variable', []),
    ),
]


@pytest.mark.parametrize(("sql", "expected"), TEXTS)
def test_a_text_gives_what_its_statements_do_in_their_order(
    sql: str, expected: list[Action]
) -> None:
    assert list(read_postgresql(sql)) == expected


@pytest.mark.parametrize(("sql", "expected"), BODIES)
def test_a_do_shows_what_its_body_says_and_why_the_rest_cannot_be_seen(
    sql: str, expected: tuple[str, list[Action]]
) -> None:
    reason, actions = expected
    assert list(read_postgresql(sql)) == [Opaque("DO", reason, tuple(actions))]


def test_every_kind_of_statement_that_the_parser_knows_is_read() -> None:
    kinds = {each.name for each in Node.DESCRIPTOR.fields if each.name.endswith("_stmt")}
    assert kinds - NOT_READERS == set(READERS) - {"create_schema_stmt"}


def test_every_clause_of_alter_table_that_the_parser_knows_is_read() -> None:
    assert set(AlterTableType.keys()) - OTHER_CLAUSES == {*TABLE_CLAUSES, *COLUMN_CLAUSES}


def test_the_default_schema_is_left_out_of_every_key() -> None:
    sql = """
        alter table app.a add b app.mood references app.c; drop table public.a, app.a;
        refresh materialized view app.v; alter table app.p inherit app.q
    """
    assert read_postgresql(sql, "app") == (
        AddColumn(
            "a",
            Column(
                "b",
                SqlType("mood"),
                constraints=(Constraint("foreign key", columns=("b",), refers_to="c"),),
            ),
        ),
        DropTable("public.a"),
        DropTable("a"),
        RefreshMaterializedView("v"),
        AlterTable("p", "inherit", "q"),
    )


def test_a_statement_that_is_nested_too_deep_hides_none_of_the_others() -> None:
    deep = "select " + " || ".join(["'é'"] * 200)
    assert read_postgresql(f"drop table a; {deep}; drop table b") == (
        DropTable("a"),
        Opaque("SQL", TOO_DEEP),
        DropTable("b"),
    )
    assert read_postgresql(deep) == (Opaque("SQL", TOO_DEEP),)


def test_a_text_that_is_no_unicode_is_opaque() -> None:
    reason = "'utf-8' codec can't encode character '\\ud800' in position 8: surrogates not allowed"
    assert read_postgresql("select '\ud800'") == (Opaque("SQL", reason),)
