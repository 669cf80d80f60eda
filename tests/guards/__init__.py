"""Tests of ``alembic_guard/guards``."""
