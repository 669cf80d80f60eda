from __future__ import annotations

import pytest
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from alembic_guard.ddl.locks import Lock
from tests import servers
from tests.ddl.measuring import session


def test_the_server_lets_two_locks_be_held_that_do_not_conflict(postgresql_server: URL) -> None:
    said, done = {}, {}
    with (
        servers.postgresql_database(postgresql_server) as url,
        session(url) as one,
        session(url) as other,
    ):
        one.exec_driver_sql("CREATE TABLE t ()")
        for held in Lock:
            one.exec_driver_sql(f"BEGIN; LOCK TABLE t IN {held} MODE")
            modes = one.exec_driver_sql("SELECT mode FROM pg_locks WHERE relation = 't'::regclass")
            assert held.mode in modes.scalars().all()
            for asked in Lock:
                refused = False
                other.exec_driver_sql("BEGIN")
                try:
                    other.exec_driver_sql(f"LOCK TABLE t IN {asked} MODE NOWAIT")
                except OperationalError:
                    refused = True
                other.exec_driver_sql("ROLLBACK")
                said[held, asked] = held.conflicts_with(asked)
                done[held, asked] = refused
            one.exec_driver_sql("ROLLBACK")
    assert said == done


def test_reads_wait_for_one_lock_and_writes_for_four() -> None:
    assert [lock for lock in Lock if lock.blocks_reads] == [Lock.ACCESS_EXCLUSIVE]
    assert [lock for lock in Lock if lock.blocks_writes] == [
        Lock.SHARE,
        Lock.SHARE_ROW_EXCLUSIVE,
        Lock.EXCLUSIVE,
        Lock.ACCESS_EXCLUSIVE,
    ]


@pytest.mark.parametrize("lock", Lock)
def test_a_lock_is_known_by_both_of_its_spellings(lock: Lock) -> None:
    assert [Lock.of_mode(lock.mode), Lock.of_mode(str(lock).lower())] == [lock, lock]


def test_a_lock_that_no_table_has_is_refused() -> None:
    with pytest.raises(ValueError, match="'SIReadLock' is no lock mode of a table"):
        Lock.of_mode("SIReadLock")
