r"""The database has views, functions, triggers… that are in no model, and that nobody declares.

Where nothing of a kind is declared, nothing of it is dropped: such objects are compared with
nothing, and a database that is made by the migrations lacks them. That is said once for each
database, by ``guard-revision``, and by ``guard-check`` where the database is at head. Members of
extensions, objects of roles whose rights this one does not have, and what ``include_name`` and
``include_object`` leave out are not among them.

Fix: let ``guard-revision --adopt`` write them into ``.sql`` files, and name their folder in the
setting ``sql_objects``; or declare them in another way, see docs/declaring.md. The setting
``allow = ["unmanaged"]`` leaves the note unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.comparing.comparison import Unmanaged

JUDGES = Unmanaged
SEVERITY = "note"

_SHOWN = 5
"""Objects that are named."""


def judge(unmanaged: Unmanaged) -> Iterator[Finding]:
    """Name the first of them, in one line."""
    things = unmanaged.things
    shown = ", ".join(map(str, things[:_SHOWN]))
    more = f", and {len(things) - _SHOWN} more" if len(things) > _SHOWN else ""
    count = "1 object" if len(things) == 1 else f"{len(things)} objects"
    yield Finding(
        "unmanaged",
        f"{count} of {unmanaged.url} {'is' if len(things) == 1 else 'are'} in no model: "
        f"{shown}{more}.",
        next=("alembic guard-revision --adopt",),
        severity=Severity.NOTE,
    )
