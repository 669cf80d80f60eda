"""What databases do with a statement: locks, rewrites, scans. Data and pure functions.

- :mod:`~alembic_guard.ddl.actions`: what a statement does, in the terms of SQL, whoever wrote it;
- :mod:`~alembic_guard.ddl.directives` reads them from an operation of Alembic,
  :mod:`~alembic_guard.ddl.postgresql_text` and :mod:`~alembic_guard.ddl.other_text` from SQL;
- :mod:`~alembic_guard.ddl.known`: how actions change what is known of the tables;
- the rest: the facts of each database, with their sources.
"""
