r"""A migration in which nothing changes.

Plain autogenerate writes a file with two empty functions and exits with status 0. It hides that
something was expected: a model that is not imported, a change that autogenerate does not see, a
filter that turns it away.

Fix: find out why nothing differs; the finding says which filters turned something away. For a
migration that is written by hand, ``alembic revision -m`` makes an empty file on purpose.

Bad::

    $ alembic guard-revision -m "nothing new"

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import DatabaseDraft, Draft
from alembic_guard.runtime.history import counted

JUDGES = Draft
_SHOWN = 8


def judge(draft: Draft) -> Iterator[Finding]:
    """Refuse where no database gets an operation."""
    if any(not database.upgrade.is_empty() for database in draft.databases):
        return
    where = ", ".join(database.url for database in draft.databases)
    yield Finding(
        "empty-revision",
        f"Nothing differs between the models and {where}."
        if not draft.emptied
        else "The project's own process_revision_directives left nothing to write.",
        why=_why(draft),
        next=("alembic revision -m MESSAGE  # for a migration written by hand",),
    )


def _why(draft: Draft) -> str:
    reasons = []
    if draft.emptied:
        found = counted(draft.emptied, "operation")
        reasons.append(f"Autogenerate found {found}; the hook in env.py took them out.")
    for database in draft.databases:
        reasons += _filtered(database)
    if any(not database.compares_defaults for database in draft.databases):
        reasons.append(
            "Server defaults are not compared: context.configure(compare_server_default=True)."
        )
    return "\n".join(reasons)


def _filtered(database: DatabaseDraft) -> Iterator[str]:
    for option in ("include_object", "include_name"):
        names = sorted({f"{kind} {name}" for by, kind, name in database.filtered if by == option})
        if names:
            shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
            yield f"{option} in env.py turned away: {shown}."
