r"""Something of the models could not be compared with the database: nothing is said of it.

Expressions, defaults, views and their like are compared by what the database itself makes of them:
the models are created in a scratch namespace and rolled back. Where a statement of the models fails
there (a function that the server does not have, a type of a missing extension) its objects are
neither absent nor the same, and only what Alembic itself sees of them is proposed. Where no
namespace can be made at all (a standby, a role that may only read), Alembic's own comparison stands
alone. On MariaDB and MySQL a role that may make no database has its models compared by text: tables
are temporary ones of the session, and a view that both sides have in other words is named here.

Fix: mend the model as the message says, type the ``GRANT`` that it names, or name a second server
with the setting ``dev_url``, in which the models are made instead. A comparator is left out with its name in env.py:
``autogenerate_plugins=["alembic.autogenerate.*", "alembic_guard.*", "~alembic_guard.checks"]``.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.comparing.comparison import Uncompared

JUDGES = Uncompared
SEVERITY = "warning"

_ALONE = "Expressions, defaults, views and their like were not looked at."
_BY_TEXT = "What the server writes in other words than the models is named, and not proposed."
_WHY = "It is taken neither for missing nor for the same: only what Alembic sees is proposed."


def judge(uncompared: Uncompared) -> Iterator[Finding]:
    """Name each thing, and what the server said of it."""
    if uncompared.reason is not None:
        how = "by text" if uncompared.by_text else "by Alembic alone"
        yield Finding(
            "not-compared",
            f"{uncompared.url} was compared {how}: {uncompared.reason}.",
            why=_BY_TEXT if uncompared.by_text else _ALONE,
            next=uncompared.ways,
            severity=Severity.WARNING,
        )
    for each in uncompared.unknown:
        yield Finding(
            "not-compared",
            f"{each.source} was not compared: {each.reason}.",
            why=_WHY,
            severity=Severity.WARNING,
        )
