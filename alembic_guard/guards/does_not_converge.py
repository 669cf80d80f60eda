r"""A drafted migration does not bring the database to what the models say.

``guard-revision`` runs what it is about to write on a scratch database and compares again. What is
found then is written once more by the next ``guard-revision``, and ``guard-check`` refuses every
database at head. It comes from a template or a hook that loses an operation, from a type or a
default that the database prints differently each time, or from an operation that takes something
else with it (a column, and the view on it).

Fix: mend what loses the operation. Where the difference stays whatever a migration does, leave the
object out of the comparison with ``include_object``, or tell Alembic that both are the same
(``compare_type`` in env.py). ``--no-prove`` writes the file as it is, to be mended by hand.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    # edit: migrations/script.py.mako: ${upgrades if upgrades else "pass"} -> pass
    $ alembic guard-revision -m "add email" --prove

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --prove
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.proof import Unconverged

JUDGES = Unconverged

_SHOWN = 10
"""What is left, told one by one."""


def judge(unconverged: Unconverged) -> Iterator[Finding]:
    """Say what a second migration would do."""
    more = len(unconverged.left) - _SHOWN
    yield Finding(
        "does-not-converge",
        f"The migration does not bring {unconverged.url} to what the models say.",
        why="\n".join(
            [
                "After its upgrade(), on a scratch database, a migration would still be:",
                *(f"  {each}" for each in unconverged.left[:_SHOWN]),
                *([f"  and {more} more"] if more > 0 else []),
            ]
        ),
        next=(f"{unconverged.command} --no-prove  # writes it as it is, to be mended by hand",),
    )
