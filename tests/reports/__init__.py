"""Tests of alembic_guard.reports."""
