"""Which tables nobody can read because of what a revision did before, in its own transaction."""

from __future__ import annotations

from alembic_guard.rules._run import Run


def held(run: Run) -> list[str]:
    """Tables that were there before and that this revision holds in ACCESS EXCLUSIVE, by name.

    What an earlier revision holds, because env.py lets them share a transaction, is another matter:
    :mod:`~alembic_guard.rules.revisions_share_transaction`.
    """
    return sorted(key for key in run.exclusive() if run.step.revision in run.holders(key))


def listed(keys: list[str]) -> str:
    """Tables in a sentence."""
    return " and ".join(keys) if len(keys) < 3 else f"{keys[0]} and {len(keys) - 1} other tables"
