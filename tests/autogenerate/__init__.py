"""Tests of ``alembic_guard/autogenerate``."""
