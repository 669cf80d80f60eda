"""Operations on constraints and indexes whose reverse makes them as they were.

Where the catalogue's words are plain, so is what is written: ``op.create_index('i', 't', ['a'])``;
where they say more than Alembic's directives can, they stand in ``op.execute`` as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations import Operations, ops
from sqlalchemy.sql.elements import conv

from alembic_guard.autogenerate.operations import SqlOp, escaped, in_block
from alembic_guard.runtime.comparing.written_indexes import Part

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


class Together(ops.OpContainer, ops.MigrateOperation):
    """What makes a thing, and then what is said of it, such as a comment, where one is expected."""

    def reverse(self) -> Any:
        """Drops the thing, and all that is said of it with it."""
        return self.ops[0].reverse()


@renderers.dispatch_for(Together)
def _render_together(context: AutogenContext, operation: Together) -> list[str]:
    return [line for each in operation.ops for line in render_op(context, each)]


@Operations.implementation_for(Together)
def _run_together(operations: Any, operation: Together) -> None:
    for each in operation.ops:
        operations.invoke(each)


class OnTheWayBack(SqlOp):
    """Nothing, and something on the way back.

    :param again: what is done then.
    """

    def __init__(self, again: Any) -> None:
        super().__init__("", "", "", "")
        self.again = again

    def reverse(self) -> Any:
        """What is done on the way back."""
        return self.again


@renderers.dispatch_for(OnTheWayBack)
def _render_on_the_way_back(_context: AutogenContext, _operation: OnTheWayBack) -> list[str]:
    return []


@Operations.implementation_for(OnTheWayBack)
def _run_on_the_way_back(_operations: Any, _operation: OnTheWayBack) -> None:
    pass  # it does nothing on this way


class CreateCheckOp(ops.CreateCheckConstraintOp):
    """Alembic before 1.19 has no renderer for its own."""


@renderers.dispatch_for(CreateCheckOp)
def _render_create_check(context: AutogenContext, operation: CreateCheckOp) -> str:
    condition = escaped(str(operation.condition))
    sa = context.opts["sqlalchemy_module_prefix"] or ""
    words = [named(context, operation.constraint_name), repr(str(operation.table_name))]
    words += [f"{sa}text({condition!r})"]
    words += [f"schema={str(operation.schema)!r}"] if operation.schema else []
    words += [f"{name}={value!r}" for name, value in operation.kw.items() if value is not None]
    return f"{prefix(context)}create_check_constraint({', '.join(words)})"


class CreatePrimaryKeyOp(ops.CreatePrimaryKeyOp):
    """Alembic has no renderer for its own."""


@renderers.dispatch_for(CreatePrimaryKeyOp)
def _render_create_primary_key(context: AutogenContext, operation: CreatePrimaryKeyOp) -> str:
    words = [named(context, operation.constraint_name), repr(str(operation.table_name))]
    words += [repr([str(each) for each in operation.columns])]
    words += [f"schema={str(operation.schema)!r}"] if operation.schema else []
    return f"{prefix(context)}create_primary_key({', '.join(words)})"


class DropLiveConstraintOp(ops.DropConstraintOp):
    """Drops a constraint of the database.

    :param again: what makes it again, as the catalogue described it.
    """

    def __init__(
        self, name: str, table: str, *, type_: str | None, schema: str | None, again: Any
    ) -> None:
        super().__init__(conv(name), table, type_=type_, schema=schema)
        self.again = again

    def reverse(self) -> Any:
        """What makes it again."""
        return self.again

    def to_constraint(self) -> Any:
        """As Alembic's own, where its directives can say it."""
        return self.again.to_constraint()

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """As ``alembic check`` prints it."""
        return ("remove_constraint", str(self.constraint_name), str(self.table_name))


class CreateModelIndexOp(ops.CreateIndexOp):
    """Makes an index of the models; one that is built concurrently stands outside of the rest.

    :param written: its columns by name, its expressions as SQL, and its options.
    """

    written: Any = None

    def reverse(self) -> Any:
        """Drops it in the same way."""
        return DropLiveIndexOp(
            self.index_name,
            str(self.table_name),
            schema=self.schema,
            again=self,
            concurrently=self.written.concurrently,
        )


@renderers.dispatch_for(CreateModelIndexOp)
def _render_create_index(context: AutogenContext, operation: CreateModelIndexOp) -> list[str]:
    sa, written = context.opts["sqlalchemy_module_prefix"] or "", operation.written
    parts = [
        repr(each.sql) if each.plain else f"{sa}literal_column({each.sql!r})"
        for each in written.parts
    ]
    words = [named(context, operation.index_name), repr(str(operation.table_name))]
    words += [f"[{', '.join(parts)}]", f"unique={bool(operation.unique)!r}"]
    words += [f"schema={str(operation.schema)!r}"] if operation.schema else []
    words += [f"{name}={_value(sa, value)}" for name, value in written.options.items()]
    if written.where is not None:
        words += [f"postgresql_where={sa}text({escaped(written.where)!r})"]
    line = f"{prefix(context)}create_index({', '.join(words)})"
    return in_block(context, written.concurrently, [line])


def _value(sa: str, value: Any) -> str:
    return f"{sa}text({escaped(value.sql)!r})" if isinstance(value, Part) else repr(value)


class DropLiveIndexOp(ops.DropIndexOp):
    """Drops an index of the database.

    :param again: what makes it again, as the catalogue described it.
    :param concurrently: whether it must not hold up the table, and so stands outside of the rest.
    """

    def __init__(
        self,
        name: Any,
        table: str,
        *,
        schema: str | None,
        again: Any,
        concurrently: bool = False,
    ) -> None:
        options: dict[str, Any] = {"postgresql_concurrently": True} if concurrently else {}
        super().__init__(name, table, schema=schema, **options)
        self.again, self.concurrently = again, concurrently

    def reverse(self) -> Any:
        """What makes it again."""
        return self.again

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """As ``alembic check`` prints it."""
        return ("remove_index", str(self.index_name), str(self.table_name))


@renderers.dispatch_for(DropLiveIndexOp)
def _render_drop_index(context: AutogenContext, operation: DropLiveIndexOp) -> list[str]:
    words = [named(context, operation.index_name), f"table_name={str(operation.table_name)!r}"]
    words += [f"schema={str(operation.schema)!r}"] if operation.schema else []
    words += ["postgresql_concurrently=True"] if operation.concurrently else []
    line = f"{prefix(context)}drop_index({', '.join(words)})"
    return in_block(context, operation.concurrently, [line])


def prefix(context: AutogenContext) -> str:
    """What the directives are written with, usually ``op.``."""
    return context.opts["alembic_module_prefix"] or ""


def named(context: AutogenContext, name: object) -> str:
    """A name; one that no naming convention may change again is marked, as Alembic marks it."""
    return f"{prefix(context)}f({str(name)!r})" if isinstance(name, conv) else repr(str(name))
