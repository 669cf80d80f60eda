"""Applying migrations without an outage: plan, lock, retry, journal, run, read the truth.

Values in, values out: it is handed its checks and a line to report progress on, and it raises the
:mod:`~alembic_guard.runtime.stopped` family. Wording and exit status are the commands'.
"""
