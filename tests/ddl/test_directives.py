"""What Alembic's operations do, held against their own SQL and against whole values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import signature
from io import StringIO
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import MigrateOperation, Operations, ops
from sqlalchemy.dialects import postgresql

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropDefault,
    DropIndex,
    ModifyColumn,
    RenameColumn,
    SetDefault,
    SetNotNull,
    SetType,
)
from alembic_guard.ddl.data import Insert
from alembic_guard.ddl.directives import read_directive
from alembic_guard.ddl.objects import Describe
from alembic_guard.ddl.reading import read_sql
from alembic_guard.schema import Column, Constraint, Index
from alembic_guard.sql_types import SqlType, parse_type

INTEGER = SqlType("integer")
Directive = Callable[[Operations], object]


class Recorder(Operations):
    """Alembic's own operations, that remember what they were told."""

    def __init__(self, context: MigrationContext) -> None:
        super().__init__(context)
        self.told: list[MigrateOperation] = []

    def invoke(self, operation: MigrateOperation) -> object:  # type: ignore[override] # overloads
        self.told.append(operation)
        return super().invoke(operation)


def ran(directive: Directive, dialect: str = "postgresql") -> tuple[MigrateOperation, str]:
    """The operation of a directive, and the SQL that Alembic emits for it."""
    output = StringIO()
    options = {"as_sql": True, "output_buffer": output}
    context = MigrationContext.configure(dialect_name=dialect, opts=options)
    operations = Recorder(context)
    directive(operations)
    return operations.told[0], output.getvalue()


def read(directive: Directive, kind: str = "postgresql") -> tuple[Action, ...] | None:
    """What a directive does, read after Alembic ran it."""
    operation, _ = ran(directive, kind)
    return read_unrun(operation, kind)


def read_unrun(operation: MigrateOperation, kind: str = "postgresql") -> tuple[Action, ...] | None:
    dialect = MigrationContext.configure(dialect_name=kind).dialect
    return read_directive(operation, dialect, kind)


PARITY: dict[str, Directive] = {
    "create_table": lambda op: op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20), nullable=False, server_default="new"),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("app.users.id")),
        sa.Column("paid", sa.Boolean, server_default=sa.false()),
        sa.UniqueConstraint("name", "user_id", name="uq_orders"),
    ),
    "create_table_big_key": lambda op: op.create_table(
        "t", sa.Column("id", sa.BigInteger, primary_key=True), schema="app"
    ),
    "create_table_small_key": lambda op: op.create_table(
        "t", sa.Column("id", sa.SmallInteger, primary_key=True)
    ),
    "create_table_identity": lambda op: op.create_table(
        "t", sa.Column("id", sa.Integer, sa.Identity(), primary_key=True)
    ),
    "create_table_two_keys": lambda op: op.create_table(
        "t",
        sa.Column("a", sa.Integer, primary_key=True),
        sa.Column("b", sa.Uuid, primary_key=True),
    ),
    "create_table_generated_code": lambda op: op.create_table(
        "t",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("u", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["u"], ["users.id"], name="fk_u", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_t"),
    ),
    "create_table_indexed": lambda op: op.create_table(
        "t",
        sa.Column("a", sa.Integer, index=True),
        sa.Column("b", sa.Integer, unique=True),
    ),
    "create_table_if_not_exists": lambda op: op.create_table(
        "t", sa.Column("a", sa.Text), if_not_exists=True, prefixes=["TEMPORARY"]
    ),
    "create_table_partitioned": lambda op: op.create_table(
        "t", sa.Column("a", sa.Date), postgresql_partition_by="RANGE (a)"
    ),
    "create_table_inherits": lambda op: op.create_table(
        "t", sa.Column("a", sa.Date), postgresql_inherits="parent"
    ),
    "create_table_enum": lambda op: op.create_table(
        "t",
        sa.Column("a", sa.Enum("x", "y", name="mood")),
        sa.Column("b", postgresql.ARRAY(sa.Enum("q", name="moods"))),
        sa.Column("c", postgresql.ENUM("z", name="there", create_type=False)),
    ),
    "create_table_computed": lambda op: op.create_table(
        "t", sa.Column("a", sa.Integer), sa.Column("b", sa.Integer, sa.Computed("a + 1", True))
    ),
    "create_table_check": lambda op: op.create_table(
        "t", sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0", name="positive"))
    ),
    "create_table_enum_check": lambda op: op.create_table(
        "t", sa.Column("a", sa.Enum("x", native_enum=False, create_constraint=True, name="ck"))
    ),
    "create_table_comments": lambda op: op.create_table(
        "t", sa.Column("a", sa.Integer, comment="of a"), comment="of t"
    ),
    "drop_table": lambda op: op.drop_table("t", schema="public", if_exists=True),
    "rename_table": lambda op: op.rename_table("a", "b", schema="app"),
    "add_column": lambda op: op.add_column("t", sa.Column("a", sa.DateTime(True))),
    "add_column_not_null": lambda op: op.add_column(
        "t", sa.Column("a", sa.Numeric(10, 2), nullable=False, server_default=sa.text("0"))
    ),
    "add_column_now": lambda op: op.add_column(
        "t", sa.Column("a", sa.DateTime, server_default=sa.func.now())
    ),
    "add_column_reference": lambda op: op.add_column(
        "t", sa.Column("a", sa.Integer, sa.ForeignKey("users.id", name="fk_a"))
    ),
    "add_column_unique": lambda op: op.add_column("t", sa.Column("a", sa.Integer, unique=True)),
    "add_column_indexed": lambda op: op.add_column("t", sa.Column("a", sa.Integer, index=True)),
    "add_column_key": lambda op: op.add_column("t", sa.Column("a", sa.Integer, primary_key=True)),
    "add_column_check": lambda op: op.add_column(
        "t", sa.Column("a", sa.Enum("x", native_enum=False, create_constraint=True, name="ck"))
    ),
    "add_column_enum": lambda op: op.add_column("t", sa.Column("a", sa.Enum("x", name="mood"))),
    "add_column_if_not_exists": lambda op: op.add_column(
        "t", sa.Column("a", sa.String(3, collation="C")), if_not_exists=True
    ),
    "add_column_array": lambda op: op.add_column(
        "t", sa.Column("a", postgresql.ARRAY(sa.Text), server_default="{}")
    ),
    "drop_column": lambda op: op.drop_column("t", "a", schema="app"),
    "alter_type": lambda op: op.alter_column(
        "t", "a", type_=sa.BigInteger, postgresql_using="a::bigint"
    ),
    "alter_nullable": lambda op: op.alter_column("t", "a", nullable=False),
    "alter_nullable_back": lambda op: op.alter_column("t", "a", nullable=True),
    "alter_default": lambda op: op.alter_column("t", "a", server_default="50%"),
    "alter_default_expression": lambda op: op.alter_column(
        "t", "a", server_default=sa.text("now()")
    ),
    "alter_no_default": lambda op: op.alter_column("t", "a", server_default=None),
    "alter_name": lambda op: op.alter_column("t", "a", new_column_name="B"),
    "alter_identity": lambda op: op.alter_column(
        "t", "a", server_default=sa.Identity(), existing_server_default=None
    ),
    "alter_identity_dropped": lambda op: op.alter_column(
        "t", "a", server_default=None, existing_server_default=sa.Identity()
    ),
    "alter_everything": lambda op: op.alter_column(
        "t",
        "a",
        type_=sa.Enum("x", native_enum=False, create_constraint=True, name="new"),
        existing_type=sa.Enum("x", native_enum=False, create_constraint=True, name="old"),
        nullable=False,
        server_default="x",
        comment="of a",
        new_column_name="b",
    ),
    "create_check_constraint": lambda op: op.create_check_constraint(
        "ck", "t", sa.text("is_odd(a % 4)"), postgresql_not_valid=True
    ),
    "drop_constraint": lambda op: op.drop_constraint("uq", "t", type_="unique"),
    "drop_index": lambda op: op.drop_index(
        "ix", "t", schema="app", postgresql_concurrently=True, if_exists=True
    ),
    "create_table_comment": lambda op: op.create_table_comment("t", "of t"),
    "drop_table_comment": lambda op: op.drop_table_comment("t"),
    "create_index": lambda op: op.create_index("ix", "t", ["a", "b"], unique=True, schema="app"),
    "create_index_concurrently": lambda op: op.create_index(
        "ix", "t", ["a"], postgresql_concurrently=True, if_not_exists=True
    ),
    "create_index_directions": lambda op: op.create_index(
        "ix", "t", [sa.text("a DESC"), sa.literal_column("b NULLS FIRST"), sa.column("c").desc()]
    ),
    "create_index_options": lambda op: op.create_index(
        "ix",
        "t",
        ["a"],
        postgresql_using="gin",
        postgresql_ops={"a": "gin_trgm_ops"},
        postgresql_where=sa.text("b > 1"),
        postgresql_include=["c"],
    ),
    "create_index_expression": lambda op: op.create_index("ix", "t", [sa.text("lower(a)"), "b"]),
    "create_index_function": lambda op: op.create_index("ix", "t", [sa.func.lower(sa.column("a"))]),
    "create_foreign_key": lambda op: op.create_foreign_key(
        "fk", "t", "users", ["a"], ["id"], referent_schema="app", postgresql_not_valid=True
    ),
    "create_foreign_key_to_itself": lambda op: op.create_foreign_key("fk", "t", "t", ["a"], ["id"]),
    "create_unique_constraint": lambda op: op.create_unique_constraint("uq", "t", ["a", "b"]),
    "create_primary_key": lambda op: op.create_primary_key("pk", "t", ["a", "b"]),
    "create_exclude_constraint": lambda op: op.create_exclude_constraint(
        "ex", "t", ("a", "&&"), using="gist"
    ),
    "bulk_insert": lambda op: op.bulk_insert(sa.table("t", sa.column("a", sa.Integer)), [{"a": 1}]),
}

if "inline_references" in signature(ops.AddColumnOp).parameters:  # not in Alembic 1.18.0
    PARITY["add_column_inline_reference"] = lambda op: op.add_column(
        "t", sa.Column("a", sa.Integer, sa.ForeignKey("users.id")), inline_references=True
    )


def as_sql_says_it(action: Action) -> Action:
    """An action with no more in it than its SQL says."""
    match action:
        case CreateIndex(index=index):  # `btree` is the method where none is named
            return replace(action, index=replace(index, method=index.method or "btree"))
        case SetType():  # the type before, `existing_type`
            return replace(action, existing=None)
        case DropConstraint():  # what kind it is
            return replace(action, kind=None)
        case DropIndex():  # the table of an index
            return replace(action, table="")
        case AlterColumn(kind="comment"):  # COMMENT ON is a statement of its own
            return Describe("column", action.table)
    return action


@pytest.mark.parametrize("directive", PARITY.values(), ids=PARITY.keys())
def test_a_directive_does_what_its_sql_does(directive: Directive) -> None:
    operation, sql = ran(directive)

    found = read_unrun(operation)

    assert found is not None
    # Offline SQL is for a driver that takes `%s`.
    said = read_sql(sql.replace("%%", "%"), "postgresql")
    assert said == tuple(as_sql_says_it(action) for action in found)


def test_an_operation_that_did_not_run_is_read_without_touching_it() -> None:
    def columns() -> list[sa.Column[Any]]:
        return [
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.Integer, sa.ForeignKey("users.id"), index=True),
            sa.Column("b", sa.Boolean, sa.ForeignKey("users.id"), unique=True),
        ]

    unused = columns()
    create = ops.CreateTableOp("t", unused[:2])
    add = ops.AddColumnOp("t", unused[2])

    assert read(lambda op: op.create_table("t", *columns()[:2])) == read_unrun(create)
    assert read(lambda op: op.add_column("t", columns()[2])) == read_unrun(add)
    assert [each.table for each in unused] == [None, None, None]


def test_the_indexes_of_a_table_follow_it() -> None:
    a, b = sa.Column("b", sa.Integer, index=True), sa.Column("a", sa.Integer, index=True)

    expected = (
        CreateTable("t", columns=(Column("b", INTEGER), Column("a", INTEGER))),
        CreateIndex("t", Index("ix_t_a", ("a",))),
        CreateIndex("t", Index("ix_t_b", ("b",))),
    )
    assert expected == read(lambda op: op.create_table("t", a, b))


def test_a_default_of_the_model_is_none_of_the_database() -> None:
    column = Column("a", INTEGER, python_default=True)

    assert (AddColumn("t", column),) == read(
        lambda op: op.add_column("t", sa.Column("a", sa.Integer, default=1))
    )


def test_a_type_that_the_dialect_does_not_have_is_not_known() -> None:
    found = read_unrun(ops.AddColumnOp("t", sa.Column("a", sa.types.NullType())))

    assert (AddColumn("t", Column("a", None)),) == found


def test_mariadb_defines_a_column_anew_from_what_a_directive_says_of_it() -> None:
    expected = ModifyColumn(
        "t",
        "a",
        definition=Column("a", SqlType("bigint"), False, "'1'"),
        existing=Column("a", INTEGER, True, "'1'"),
        said=frozenset({"type", "nullable"}),
    )

    def directive(op: Operations) -> None:
        op.alter_column(
            "t",
            "a",
            type_=sa.BigInteger(),
            nullable=False,
            existing_type=sa.Integer(),
            existing_nullable=True,
            existing_server_default="1",
        )

    assert (expected,) == read(directive, "mariadb")


def test_mariadb_defines_a_renamed_column_anew() -> None:
    expected = ModifyColumn(
        "t", "a", definition=Column("b", INTEGER), existing=Column("a", INTEGER, None)
    )

    assert (expected,) == read(
        lambda op: op.alter_column("t", "a", new_column_name="b", existing_type=sa.Integer()),
        "mariadb",
    )


def test_mariadb_changes_a_default_alone_without_the_column() -> None:
    assert (SetDefault("t", "a", "'1'"),) == read(
        lambda op: op.alter_column("t", "a", server_default="1", existing_type=sa.Integer()),
        "mariadb",
    )
    assert (DropDefault("t", "a"),) == read(
        lambda op: op.alter_column("t", "a", server_default=None), "mariadb"
    )


def test_mariadb_defines_a_column_of_times_anew_for_its_default() -> None:
    expected = ModifyColumn(
        "t",
        "a",
        definition=Column("a", SqlType("datetime"), default="now()"),
        existing=Column("a", SqlType("datetime"), None),
        said=frozenset({"default"}),
    )

    assert (expected,) == read(
        lambda op: op.alter_column(
            "t", "a", server_default=sa.text("now()"), existing_type=sa.DateTime()
        ),
        "mariadb",
    )


def test_mariadb_counts_a_key_by_itself() -> None:
    expected = CreateTable(
        "t",
        columns=(
            Column("id", INTEGER, False, identity=True),
            Column("b", parse_type("BOOL", "mariadb")),
        ),
        constraints=(
            Constraint("primary key", columns=("id",)),
            Constraint("check", "ck", ("b",), expression="b IN (0, 1)"),
        ),
    )

    assert (expected,) == read(
        lambda op: op.create_table(
            "t",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("b", sa.Boolean(name="ck", create_constraint=True)),
        ),
        "mariadb",
    )


def test_an_index_of_mariadb_is_dropped_from_its_table() -> None:
    assert (DropIndex("shop.t", "ix"),) == read(
        lambda op: op.drop_index("ix", "t", schema="shop"), "mariadb"
    )


@pytest.mark.filterwarnings("ignore:Skipping unsupported ALTER")
def test_sqlite_adds_a_column_without_the_checks_of_its_type() -> None:
    assert (AddColumn("t", Column("a", SqlType("boolean"))),) == read(
        lambda op: op.add_column("t", sa.Column("a", sa.Boolean(create_constraint=True))), "sqlite"
    )


def test_operations_in_a_container_are_read_in_order() -> None:
    rename = ops.AlterColumnOp("t", "a", modify_name="b")
    strict = ops.AlterColumnOp("t", "b", modify_nullable=False)

    assert (RenameColumn("t", "a", "b"), SetNotNull("t", "b")) == read_unrun(
        ops.ModifyTableOps("t", [rename, strict])
    )


def test_rows_that_are_none_insert_nothing() -> None:
    table = sa.table("t", sa.column("a"))

    assert read_unrun(ops.BulkInsertOp(table, [])) == ()
    assert (Insert("t"),) == read_unrun(ops.BulkInsertOp(table, [{"a": 1}]))


def test_the_naming_convention_of_the_models_names_what_has_no_name() -> None:
    models = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "target_metadata": models}
    )
    operation = ops.CreateUniqueConstraintOp(None, "t", ["a"])

    found = read_directive(operation, context.dialect, "postgresql", context)

    assert (AddConstraint("t", Constraint("unique", "uq_t_a", ("a",))),) == found


class Vacuum(MigrateOperation):
    """An operation of a project's own."""


class OwnColumn(ops.AddColumnOp):
    """An operation of a project's own, that may emit anything."""


@pytest.mark.parametrize(
    "operation",
    [
        ops.ExecuteSQLOp("SELECT 1"),
        Vacuum(),
        OwnColumn("t", sa.Column("a", sa.Integer)),
        ops.ModifyTableOps("t", [ops.DropColumnOp("t", "a"), Vacuum()]),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_is_none_of_alembics_own_is_left_to_its_sql(operation: MigrateOperation) -> None:
    assert read_unrun(operation) is None


@pytest.mark.parametrize(
    "operation",
    [
        ops.CreateForeignKeyOp("fk", "t", "u", ["a", "b"], ["c"]),
        ops.AddColumnOp("t", sa.Column("a", sa.Integer, sa.ForeignKey("users"))),
        ops.CreateTableOp("t", ["no column"]),  # type: ignore[list-item]
        ops.CreateIndexOp("ix", "t", []),
        ops.AlterColumnOp("t", "a", modify_type="text"),
        ops.DropConstraintOp("c", "t", "nonsense"),
    ],
    ids=lambda operation: type(operation).__name__,
)
@pytest.mark.parametrize("kind", ["postgresql", "mysql", "sqlite"])
def test_what_alembic_refuses_raises_nothing(operation: MigrateOperation, kind: str) -> None:
    read_unrun(operation, kind)
