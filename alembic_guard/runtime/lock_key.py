"""What deployers of the same history lock on: the same on every machine, and in a script."""

from __future__ import annotations

import hashlib


def lock_key(schema: str, version_table: str) -> int:
    """63 bits for a history.

    A history is told by its database, schema and version table. PostgreSQL's advisory locks are
    each database's own, and MariaDB's schema is its database, so that no name out of a URL, which
    may be an alias or missing, has a part in it.
    """
    name = "\0".join((schema, version_table))
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") >> 1


def mysql_lock_name(key: int) -> str:
    """The name for ``GET_LOCK()``, which is server-wide: the key knows the database."""
    return f"alembic_guard:{key:x}"
