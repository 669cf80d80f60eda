"""Writes migrations for MariaDB and MySQL, whose ALTER TABLE can do all, and forgets nothing."""
