"""Tests of ``alembic_guard/commands``."""
