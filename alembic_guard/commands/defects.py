"""A defect of ours, in words; its traceback is shown by :mod:`~alembic_guard.commands.invoke`."""

from __future__ import annotations

from alembic_guard.finding import Finding

DEFECT = "defect"
ISSUES = "https://github.com/alembic-guardrails/alembic-guardrails/issues"
PLEASE_REPORT = f"Please report it with the traceback above: {ISSUES}"


def defect(error: Exception) -> Finding:
    """The finding about an exception that nobody expected."""
    return Finding(
        DEFECT,
        f"This is a defect of alembic_guard: {type(error).__name__}.",
        why=PLEASE_REPORT,
    )
