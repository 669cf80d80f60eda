"""Who works with the tables that are about to be locked, before anything is applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from alembic_guard.ddl.lock_request import LockRequest, Transactions
from alembic_guard.runtime.table_locks import BusyTable, BusyTables, look
from alembic_guard.runtime.table_names import default_schema

if TYPE_CHECKING:
    from alembic_guard.runtime.environment import Call

LONG = 5.0
"""Seconds after which a transaction is a long one."""


def busy_tables(call: Call, wanted: Mapping[str, Transactions]) -> BusyTables:
    """Look once, in one query.

    :param wanted: what each revision locks, by its identifier, in the order of application.
    """
    requests: dict[str, tuple[str, LockRequest]] = {}
    for revision, transactions in wanted.items():
        for request in (each for part in transactions for each in part):
            before = requests.get(request.table)
            if before is None or before[1].lock < request.lock:
                requests[request.table] = (revision, request)
    if not requests or call.connection.dialect.name != "postgresql":
        return BusyTables()
    listed = [request for _, request in requests.values()]
    try:
        with call.reading() as connection:
            found = look(connection, listed, default_schema(connection), ())
    except DBAPIError:
        if call.in_transaction:
            raise
        return BusyTables()  # no right to look into a schema: the statement itself will say so
    busy = (
        BusyTable(requests[each.table][0], requests[each.table][1].lock.value, each)
        for each in found.holders
        if each.wraparound or (not each.vacuum and (each.age or 0) >= LONG)
    )
    return BusyTables(tuple(busy))
