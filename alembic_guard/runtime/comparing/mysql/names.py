"""The name that MariaDB or MySQL gives to a constraint that has none.

By "FOREIGN KEY Constraints" and "CREATE INDEX" of both manuals; measured on MariaDB 10.11.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection

from alembic_guard.runtime.comparing.facts import Fact


def chosen_name(fact: Fact, taken: Collection[str]) -> str:
    """The name of a constraint that is made now.

    :param taken: names that it cannot have.
    """
    table, lower = fact.thing.table, {each.lower() for each in taken}
    for number in itertools.count(1):
        if fact.thing.kind == "foreign key":
            name = f"{table}_ibfk_{number}"
        elif fact.thing.kind == "check":
            name = f"CONSTRAINT_{number}"
        else:
            first = fact.parts["columns"][0][0] or "functional_index"
            name = first if number == 1 else f"{first}_{number}"
        if name.lower() not in lower:
            return name
    raise AssertionError("numbers do not end")
