"""Tests of ``alembic_guard/script``."""
