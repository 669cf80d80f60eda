r"""``guard-revision --adopt`` would not write down what the database has: nothing is written.

Each object is declared as the server itself describes it, and the comparison is made once more with
the new files. An object is not adopted where that would not come out the same (its statement cannot
be run in scratch, or makes something else there), where its definition may hold a password, and
where its file is there already: none is overwritten.

As soon as one object of a kind is declared, the others of that kind are managed, and a migration
drops what is not declared. So nothing is written until somebody has decided.

Fix: declare the object by hand, or leave it out with ``include_object`` in ``env.py``; then adopt
again. ``--allow not-adopted`` adopts all the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.comparing.comparison import NotAdopted

JUDGES = NotAdopted


def judge(refused: NotAdopted) -> Iterator[Finding]:
    """Say what is not adopted, and why."""
    yield Finding(
        "not-adopted",
        f"{refused.what} is not adopted: {refused.reason}.",
        next=("alembic guard-revision --adopt --allow not-adopted  # all the others",),
    )
