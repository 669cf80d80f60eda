"""Writes migrations for SQLite, whose ALTER TABLE can do little, and loses nothing."""
