"""Changes of one table by ALTER TABLE, which give way where a column turns out to be renamed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from alembic.operations import ops

from alembic_guard.autogenerate.mysql.clauses import altered, back
from alembic_guard.autogenerate.written import Line, WrittenOps
from alembic_guard.runtime.comparing.facts import Difference
from alembic_guard.runtime.comparing.mysql.tokens import quoted

_FORGOTTEN = re.compile(r"\b(?:GENERATED|CHECK|INVISIBLE|ON UPDATE)\b")
"""What Alembic's words for a renamed column, which say it anew, leave out."""


class AlteredOps(WrittenOps):
    """Changes of one table.

    :param told: operations that say what is done, for whoever asks; those on a column are taken
        out by whoever renames it.
    :param differences: what is done.
    """

    def __init__(
        self, table_name: str, told: Sequence[Any], differences: Sequence[Difference]
    ) -> None:
        super().__init__(table_name, told, (), ())
        self.differences = tuple(differences)
        self._come, self._gone = self._told(ops.AddColumnOp), self._told(ops.DropColumnOp)

    def reverse(self) -> AlteredOps:
        """The other direction."""
        told = [each.reverse() for each in reversed(self.ops)]
        made = AlteredOps(self.table_name, told, back(self.differences))
        made._come, made._gone = self._gone, self._come
        return made

    def lines(self) -> Sequence[Line]:
        """The statements; a column that an earlier operation renames has its new name by then."""
        come = self._come - self._told(ops.AddColumnOp)
        gone = self._gone - self._told(ops.DropColumnOp)
        found = list(_followed(self.differences, gone, come)) if come else self.differences
        return [Line(each) for each in altered(self.table_name, found)]

    def _told(self, kind: type[Any]) -> frozenset[str]:
        found = (each for each in self.ops if isinstance(each, kind))
        return frozenset(
            each.column.name if isinstance(each, ops.AddColumnOp) else each.column_name
            for each in found
        )


def _followed(
    differences: Sequence[Difference], gone: frozenset[str], come: frozenset[str]
) -> Iterator[Difference]:
    """What is left to do after columns were renamed: keys and checks follow them."""
    columns = {each.thing.name: each for each in differences if each.thing.kind == "column"}
    names = dict(_pairs(columns, gone, come))
    before = {new: old for old, new in names.items()}
    for each in differences:
        name = each.thing.name
        if each.thing.kind == "column" and name in names:
            continue
        if each.thing.kind == "column" and name in before:
            was = columns[before[name]].live
            assert was is not None
            assert each.model is not None
            same = _body(was.definition) == _body(each.model.definition)
            if not same or _FORGOTTEN.search(each.model.definition):
                yield Difference(each.thing, was, each.model)
            continue
        if each.live is not None and each.model is not None and each.thing.kind != "column":
            text = each.live.definition
            for old, new in names.items():
                text = text.replace(quoted(old), quoted(new))
            if text == each.model.definition:
                continue
        yield each


def _pairs(
    columns: dict[str, Difference], gone: frozenset[str], come: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """The new name of each column that is renamed: of the same definition, if there is one."""
    left = sorted(come)
    for old in sorted(gone):
        live = columns[old].live
        if not left or live is None:
            continue

        def unlike(new: str, body: str = _body(live.definition)) -> bool:
            model = columns[new].model
            return model is None or _body(model.definition) != body

        new = min(left, key=unlike)
        left.remove(new)
        yield old, new


def _body(definition: str) -> str:
    """A column without its name."""
    return re.sub(r"^`(?:[^`]|``)+`", "", definition)
