"""Each clause of ALTER TABLE, and each RENAME and SET SCHEMA, gives an action."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    AttachPartition,
    DetachPartition,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropNotNull,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNotNull,
    SetSchema,
    SetType,
    ValidateConstraint,
)
from alembic_guard.ddl.objects import AlterObject, Rename
from alembic_guard.ddl.postgresql_text import read_postgresql
from alembic_guard.schema import Column, Constraint
from alembic_guard.sql_types import SqlType

CASES = [
    (
        (
            "alter table if exists only s.a add if not exists b int, drop column c "
            'cascade, alter d type text collate "C" using d::text, alter e set '
            "default 1, alter e drop default, alter f set not null, alter f drop not "
            "null, add constraint x check (a > 1) not valid, add unique (b), add "
            "constraint y unique using index i, drop constraint if exists z cascade, "
            "validate constraint x, alter b set statistics 5, alter b set storage "
            "plain, alter b add generated always as identity, alter b set generated "
            "always, alter b drop identity if exists, alter b drop expression, alter "
            "b set compression lz4, alter b set (n_distinct=1), alter b reset "
            "(n_distinct)"
        ),
        [
            AddColumn("s.a", Column("b", SqlType("integer")), if_not_exists=True),
            DropColumn("s.a", "c", cascade=True),
            SetType("s.a", "d", SqlType("text"), "d::text", collation="C"),
            SetDefault("s.a", "e", "1"),
            DropDefault("s.a", "e"),
            SetNotNull("s.a", "f"),
            DropNotNull("s.a", "f"),
            AddConstraint("s.a", Constraint("check", "x", ("a",), valid=False, expression="a > 1")),
            AddConstraint("s.a", Constraint("unique", columns=("b",))),
            AddConstraint("s.a", Constraint("unique", "y", using_index="i")),
            DropConstraint("s.a", "z", cascade=True),
            ValidateConstraint("s.a", "x"),
            AlterColumn("s.a", "b", "set statistics"),
            AlterColumn("s.a", "b", "set storage"),
            AlterColumn("s.a", "b", "add identity"),
            AlterColumn("s.a", "b", "set identity"),
            AlterColumn("s.a", "b", "drop identity"),
            AlterColumn("s.a", "b", "drop expression"),
            AlterColumn("s.a", "b", "set compression"),
            AlterColumn("s.a", "b", "set options"),
            AlterColumn("s.a", "b", "reset options"),
        ],
    ),
    (
        (
            "alter table a set logged, set unlogged, set tablespace x, set access "
            "method heap, set (fillfactor=70, autovacuum_enabled=false), reset "
            "(fillfactor), owner to bob, owner to current_user, enable row level "
            "security, disable row level security, force row level security, no "
            "force row level security, replica identity full, replica identity using "
            "index i, inherit s.b, no inherit b, enable trigger t, disable trigger "
            "all, enable trigger user, enable always trigger x, enable rule r, "
            "disable rule r, cluster on i, set without cluster, alter constraint x "
            "deferrable, of t, not of"
        ),
        [
            AlterTable("a", "set logged"),
            AlterTable("a", "set unlogged"),
            AlterTable("a", "set tablespace", "x"),
            AlterTable("a", "set access method", "heap"),
            AlterTable("a", "set parameters", "fillfactor=70, autovacuum_enabled=false"),
            AlterTable("a", "reset parameters", "fillfactor"),
            AlterTable("a", "owner", "bob"),
            AlterTable("a", "owner", "CURRENT_USER"),
            AlterTable("a", "enable row level security"),
            AlterTable("a", "disable row level security"),
            AlterTable("a", "force row level security"),
            AlterTable("a", "no force row level security"),
            AlterTable("a", "replica identity", "full"),
            AlterTable("a", "replica identity", "using index i"),
            AlterTable("a", "inherit", "s.b"),
            AlterTable("a", "no inherit", "b"),
            AlterTable("a", "enable trigger", "t"),
            AlterTable("a", "disable trigger", "all"),
            AlterTable("a", "enable trigger", "user"),
            AlterTable("a", "enable always trigger", "x"),
            AlterTable("a", "enable rule", "r"),
            AlterTable("a", "disable rule", "r"),
            AlterTable("a", "cluster on", "i"),
            AlterTable("a", "set without cluster"),
            AlterTable("a", "alter constraint", "x"),
            AlterTable("a", "of", "t"),
            AlterTable("a", "not of"),
        ],
    ),
    ("alter table p attach partition q default", [AttachPartition("p", "q")]),
    (
        "alter table p detach partition q concurrently",
        [DetachPartition("p", "q", concurrently=True)],
    ),
    (
        "alter table p detach partition q finalize",
        [AlterTable("p", "detach partition finalize", "q")],
    ),
    ("alter index i attach partition j", [AttachPartition("i", "j", index=True)]),
    ("alter index i set (fillfactor=1)", [AlterObject("index", "i", "set parameters")]),
    ("alter index i set tablespace x", [AlterObject("index", "i", "set tablespace")]),
    ("alter view v owner to x", [AlterObject("view", "v", "owner")]),
    (
        "alter materialized view v set (fillfactor=70)",
        [AlterObject("materialized view", "v", "set parameters")],
    ),
    (
        "alter materialized view v cluster on i",
        [AlterObject("materialized view", "v", "cluster on")],
    ),
    ("alter sequence s set logged", [AlterObject("sequence", "s", "set logged")]),
    ("alter view v alter a set default 1", [AlterObject("view", "v", "set default")]),
    ("alter view v rename to w", [Rename("view", "v", "w")]),
    ("alter materialized view s.v rename to w", [Rename("materialized view", "s.v", "s.w")]),
    ("alter sequence s owner to b", [AlterObject("sequence", "s", "owner")]),
    (
        "alter type t add attribute a int, drop attribute b",
        [AlterObject("type", "t", "add attribute"), AlterObject("type", "t", "drop attribute")],
    ),
    ("alter foreign table f add a int", [AddColumn("f", Column("a", SqlType("integer")))]),
    ("alter index i rename to j", [Rename("index", "i", "j")]),
    ("alter materialized view v rename a to b", [RenameColumn("v", "a", "b")]),
    ("alter table s.a rename to b", [RenameTable("s.a", "s.b")]),
    ("alter table a rename b to c", [RenameColumn("a", "b", "c")]),
    ("alter table a rename constraint b to c", [Rename("constraint", "b", "c", "a")]),
    ("alter trigger t on s.a rename to u", [Rename("trigger", "t", "u", "s.a")]),
    ("alter policy p on a rename to q", [Rename("policy", "p", "q", "a")]),
    ("alter domain d rename constraint a to b", [Rename("domain constraint", "a", "b", "d")]),
    ("alter role a rename to b", [Rename("role", "a", "b")]),
    ("alter schema a rename to b", [Rename("schema", "a", "b")]),
    ("alter database a rename to b", [Rename("database", "a", "b")]),
    ("alter function f(int) rename to g", [Rename("function", "f", "g")]),
    ("alter type s.t rename to u", [Rename("type", "s.t", "s.u")]),
    ("alter type t rename attribute a to b", [Rename("attribute", "a", "b", "t")]),
    ("alter type t rename value 'a' to 'b'", [Rename("enum value", "a", "b", "t")]),
    ("alter table a set schema b", [SetSchema("a", "b")]),
    ("alter view a set schema b", [AlterObject("view", "a", "set schema")]),
    ("alter function f(int) set schema b", [AlterObject("function", "f", "set schema")]),
    ("alter schema a owner to b", [AlterObject("schema", "a", "owner")]),
    ("alter function f(int) owner to b", [AlterObject("function", "f", "owner")]),
    ("alter table all in tablespace a set tablespace b", [AlterTable("", "set tablespace", "b")]),
    (
        "alter index all in tablespace a set tablespace b",
        [AlterObject("index", "", "set tablespace")],
    ),
    (
        "alter table a add constraint x not null b not valid",
        [AddConstraint("a", Constraint("not null", "x", ("b",), valid=False))],
    ),
    (
        "alter table a add foreign key (a) references public.b not valid",
        [AddConstraint("a", Constraint("foreign key", columns=("a",), valid=False, refers_to="b"))],
    ),
    (
        "alter table a add constraint c check (a > 0) not enforced",
        [
            AddConstraint(
                "a",
                Constraint("check", "c", ("a",), valid=False, enforced=False, expression="a > 0"),
            )
        ],
    ),
    (
        "alter table a add exclude using gist (c with =, (a + b) with <>)",
        [AddConstraint("a", Constraint("exclude", columns=("c", "a + b")))],
    ),
]


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_an_alteration_gives_an_action_for_each_of_its_clauses(
    sql: str, expected: list[Action]
) -> None:
    assert list(read_postgresql(sql)) == expected
