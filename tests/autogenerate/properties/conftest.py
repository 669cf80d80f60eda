"""The emptied database of the tables of changes."""

from __future__ import annotations

from tests.autogenerate.compare.conftest import empty, postgresql_engine

__all__ = ["empty", "postgresql_engine"]
