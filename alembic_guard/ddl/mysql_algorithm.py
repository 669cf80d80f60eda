"""The ways in which MariaDB and MySQL change a table, in the words of ALGORITHM and LOCK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alembic_guard.schema import Target


@dataclass(frozen=True)
class Algorithm:
    """How a table is changed.

    :param name: the ALGORITHM that the server chooses, MariaDB's NOCOPY being an "inplace" that
        does not rebuild.
    :param blocks: what waits until it is done; "nothing" is ``LOCK=NONE``.
    :param rebuilds: whether the rows are written anew, which takes as long and as much room as
        they have.
    """

    name: Literal["instant", "inplace", "copy"]
    blocks: Literal["nothing", "writes", "everything"]
    rebuilds: bool


INSTANT = Algorithm("instant", "nothing", rebuilds=False)
# In place without a rebuild: metadata, or an index that is built.
METADATA = Algorithm("inplace", "nothing", rebuilds=False)
REBUILD = Algorithm("inplace", "nothing", rebuilds=True)
SLOW_REBUILD = Algorithm("inplace", "writes", rebuilds=True)
COPY = Algorithm("copy", "writes", rebuilds=True)
ONLINE_COPY = Algorithm("copy", "nothing", rebuilds=True)

NAMES = ("instant", "inplace", "copy")
BLOCKS = ("nothing", "writes", "everything")


def copied(target: Target, *, online: bool = True) -> Algorithm:
    """A copy, which blocks writes, in MariaDB up to 11.1.

    :param online: whether MariaDB 11.2 has LOCK=NONE for it (MDEV-16329, not measured here).
    """
    if online and target.kind == "mariadb" and target.version >= (11, 2):
        return ONLINE_COPY
    return COPY


def heaviest(*algorithms: Algorithm) -> Algorithm:
    """The heaviest of some; :data:`INSTANT` of none."""
    found = INSTANT
    for each in algorithms:
        found = Algorithm(
            max(found.name, each.name, key=NAMES.index),
            max(found.blocks, each.blocks, key=BLOCKS.index),
            rebuilds=found.rebuilds or each.rebuilds,
        )
    return found
