"""Tests of ``alembic_guard/runtime``."""
