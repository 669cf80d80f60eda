r"""``script.py.mako`` cannot be rendered, so no migration can be written.

Alembic itself says "Template rendering failed" and names a temporary file.

Fix: mend the template at the line that the finding names. The finding has what shows the change, or
Alembic's own template to compare it with; ``alembic guard-init`` puts the hooks back in.

Bad::

    # edit: migrations/script.py.mako: ${message} -> ${mesage.title()}
    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"

Good::

    # edit: migrations/script.py.mako: ${message} -> ${message.title()}
    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.template import TemplateFailed

JUDGES = TemplateFailed
NEVER_ALLOWED = True


def judge(failed: TemplateFailed) -> Iterator[Finding]:
    """Refuse, with the line of the template."""
    path = relative(failed.template)
    yield Finding(
        "broken-template",
        f"{path} {_problem(failed)}.",
        why="Every new migration is made from it.",
        next=failed.mending,
        place=Place(path, failed.line),
    )


def _problem(failed: TemplateFailed) -> str:
    if isinstance(failed.error, FileNotFoundError) and not failed.template.exists():
        return "is not there"
    # What Mako adds, " in file '…' at line: …", is the place of the finding.
    lines = str(failed.error).strip().partition(" in file '")[0].splitlines()
    said = f": {lines[0].rstrip('.')}" if lines else ""
    return f"cannot be rendered: {type(failed.error).__name__}{said}"
