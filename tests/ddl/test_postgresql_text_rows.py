"""What is done to rows is known by its table, and by whether it has a WHERE."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import Action, CreateTable, Reindex
from alembic_guard.ddl.data import Copy, Delete, Insert, LockTable, Maintain, Read, Truncate, Update
from alembic_guard.ddl.objects import RefreshMaterializedView
from alembic_guard.ddl.postgresql_text import read_postgresql

CASES = [
    ("create temp table a as select * from b", [CreateTable("a", as_query=True, temporary=True)]),
    ("select * into b from a", [CreateTable("b", as_query=True)]),
    (
        "refresh materialized view concurrently s.v",
        [RefreshMaterializedView("s.v", concurrently=True)],
    ),
    ("refresh materialized view v with no data", [RefreshMaterializedView("v", with_data=False)]),
    ("vacuum", [Maintain("VACUUM")]),
    ("vacuum full a, b", [Maintain("VACUUM FULL", "a"), Maintain("VACUUM FULL", "b")]),
    ("vacuum (full, analyze) a", [Maintain("VACUUM FULL", "a")]),
    ("vacuum (full false) a", [Maintain("VACUUM", "a")]),
    ("analyze a", [Maintain("ANALYZE", "a")]),
    ("cluster a using i", [Maintain("CLUSTER", "a")]),
    ("cluster", [Maintain("CLUSTER")]),
    ("reindex table concurrently a", [Reindex("table", "a", concurrently=True)]),
    ("reindex (concurrently) index s.i", [Reindex("index", "s.i", concurrently=True)]),
    ("reindex schema s", [Reindex("schema", "s")]),
    ("reindex database d", [Reindex("database", "d")]),
    ("reindex system d", [Reindex("system", "d")]),
    (
        "lock a, s.b in share mode nowait",
        [LockTable("a", "SHARE", nowait=True), LockTable("s.b", "SHARE", nowait=True)],
    ),
    ("lock table a", [LockTable("a")]),
    ("truncate a, b cascade", [Truncate("a", cascade=True), Truncate("b", cascade=True)]),
    ("copy a from '/x'", [Copy("a")]),
    ("copy a to '/x'", [Copy("a", into=False)]),
    ("copy (select * from b) to stdout", [Read(("b",))]),
    ("select 1", [Read()]),
    (
        (
            "select * from a, s.b b2 join public.c on true where exists (select 1 "
            "from d) for update of a"
        ),
        [Read(("a", "s.b", "c", "d"), locking=True)],
    ),
    (
        (
            "with x as (delete from t where a = 1 returning *), y as (select * from "
            "z) select * from x, y"
        ),
        [Delete("t", where=True), Read(("z",))],
    ),
    (
        "with x as (delete from t returning *) insert into u select * from x",
        [Delete("t"), Insert("u", from_query=True)],
    ),
    ("insert into a values (1), (2)", [Insert("a")]),
    ("insert into a default values", [Insert("a")]),
    ("insert into a select * from b on conflict do nothing", [Insert("a", from_query=True)]),
    (
        "update s.a set b = 1, c = 2 from d where d.x = a.x",
        [Update("s.a", where=True, columns=("b", "c"))],
    ),
    ("update a set b=1", [Update("a", columns=("b",))]),
    ("delete from a using b", [Delete("a")]),
    (
        (
            "merge into a using b on a.x=b.x when matched and b.y then delete when "
            "matched then update set z=1 when not matched then insert values (1) "
            "when not matched by source then do nothing"
        ),
        [
            Delete("a", where=True),
            Update("a", where=True, columns=("z",)),
            Insert("a", from_query=True),
        ],
    ),
    ("select * from a union select * from b", [Read(("a", "b"))]),
    ("select * from t tablesample system (1)", [Read(("t",))]),
    ("table a", [Read(("a",))]),
    ("values (1)", [Read()]),
    ("vacuum (full on) a", [Maintain("VACUUM FULL", "a")]),
    ("vacuum (analyze) a", [Maintain("VACUUM", "a")]),
    ("reindex (concurrently off) table a", [Reindex("table", "a")]),
    ("select * from (select * from a for update) q", [Read(("a",), locking=True)]),
    ("select 1 from a for no key update of a", [Read(("a",), locking=True)]),
    (
        "insert into a with x as (delete from b returning *) select * from x",
        [Delete("b"), Insert("a", from_query=True)],
    ),
    (
        "with x as (update a set b = 1 returning *) delete from c using x where true",
        [Update("a", columns=("b",)), Delete("c", where=True)],
    ),
    ("select a from a where b = (select max(b) from public.a)", [Read(("a",))]),
]


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_a_statement_on_rows_gives_what_it_changes_and_what_it_reads(
    sql: str, expected: list[Action]
) -> None:
    assert list(read_postgresql(sql)) == expected
