"""Operations of Alembic that are written down as our own statements.

The operations stay inside, for whoever asks what a migration does: guards, renames, ``alembic
check``. What is written, and run, are the statements, plain ``op.execute()`` all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import Operations, ops

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.claims import leaves
from alembic_guard.autogenerate.operations import escaped, in_block, literal
from alembic_guard.runtime.comparing.facts import Difference

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@dataclass(frozen=True)
class Line:
    """One statement; :param alone: whether it must not run in a transaction."""

    sql: str
    alone: bool = False


class Told(BothWaysOp):
    """What is done by the statements of the container, and by no operation of Alembic's.

    :param says: as a clause; :param says_back: the same of its reverse.
    """

    def __init__(self, says: str, says_back: str) -> None:
        super().__init__([], [])
        self.says, self.says_back = says, says_back

    def reverse(self) -> Told:
        """The other direction."""
        return Told(self.says_back, self.says)


class WrittenOps(ops.OpContainer):
    """Operations of one table, and the statements that do what they say.

    :param up: the statements; :param down: those of the reverse.
    """

    def __init__(
        self, table_name: str, told: Sequence[Any], up: Iterable[Line], down: Iterable[Line]
    ) -> None:
        super().__init__(list(told))
        self.table_name, self.schema = table_name, None
        self.up, self.down = tuple(up), tuple(down)

    def is_empty(self) -> bool:
        """Never: there are statements."""
        return False

    def reverse(self) -> WrittenOps:
        """The other direction."""
        told = [each.reverse() for each in reversed(self.ops)]
        return WrittenOps(self.table_name, told, self.down, self.up)

    def lines(self) -> Sequence[Line]:
        """The statements as they are to be run."""
        return self.up


@renderers.dispatch_for(WrittenOps)
def _render(context: AutogenContext, operation: WrittenOps) -> list[str]:
    prefix = context.opts["alembic_module_prefix"] or ""
    return [
        text
        for line in operation.lines()
        for text in in_block(
            context, line.alone, [f"{prefix}execute({literal(escaped(line.sql))})"]
        )
    ]


@Operations.implementation_for(WrittenOps)
def _run(operations: Any, operation: WrittenOps) -> None:
    for line in operation.lines():
        if line.alone:
            with operations.get_context().autocommit_block():
                operations.execute(escaped(line.sql))
        else:
            operations.execute(escaped(line.sql))


def flattened(found: Sequence[Any]) -> list[Any]:
    """Operations, those inside of containers too."""
    return [operation for _, operation in leaves(ops.UpgradeOps(ops=list(found)))]


def told_of(differences: Sequence[Difference], found: Sequence[Any]) -> Iterator[Any]:
    """Alembic's operations on columns that differ, and words for what it has none for.

    :param found: Alembic's operations on the table.
    """
    columns = (ops.AddColumnOp, ops.DropColumnOp, ops.AlterColumnOp)
    operations = {
        (each.column.name if isinstance(each, ops.AddColumnOp) else each.column_name): each
        for each in flattened(found)
        if isinstance(each, columns)
    }
    for each in differences:
        thing = each.thing
        if thing.kind == "column" and thing.name in operations:
            yield operations[thing.name]
        elif each.live is None:
            yield Told(f"adds {thing}", f"drops {thing}")
        elif each.model is None:
            yield Told(f"drops {thing}", f"adds {thing}")
        else:
            yield Told(f"changes {thing}", f"changes {thing} back")
