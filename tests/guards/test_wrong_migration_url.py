"""Each way in which `migration_url` can be wrong, in words."""

from __future__ import annotations

import pytest

from alembic_guard import guards
from alembic_guard.runtime.stopped import WrongMigrationUrl

URL, ENV = "postgresql+psycopg://me:***@db:5432/shop", "postgresql+psycopg://me:***@pool:6432/shop"


@pytest.mark.parametrize(
    ("cause", "message", "why"),
    [
        ("unparsable", f"is no URL: {URL}.", f"env.py connects to {ENV}."),
        (
            "kind",
            f"is of another kind than env.py's: {URL}.",
            f"env.py connects to {ENV}; only a server has a way past a pooler.",
        ),
        ("unreachable", f"does not answer: {URL}.", "refused"),
        ("elsewhere", f"leads to another database than env.py's: {URL}.", "refused."),
        (
            "wrote",
            f"cannot be followed to {URL}: env.py has written already.",
            "In the transaction that is open on its connection it ran more than SELECT before "
            "context.configure(); that would be lost.",
        ),
    ],
)
def test_it_says_where_it_leads(cause: str, message: str, why: str) -> None:
    (finding,) = guards.judge(WrongMigrationUrl(cause, URL, ENV, "refused"), ["all"])

    assert (finding.name, finding.refuses) == ("wrong-migration-url", True)
    assert (finding.message, finding.why) == (f"migration_url {message}", why)
    assert finding.next == (
        "alembic guard-doctor --migration-url postgresql://HOST:PORT  # of the server",
    )
