"""Which locks a transaction takes up front: the strongest, but none through what takes long."""

from __future__ import annotations

from alembic_guard.ddl.lock_request import LockRequest, Use, lock_requests
from alembic_guard.ddl.locks import Lock

WEAK, STRONG = Lock.SHARE_ROW_EXCLUSIVE, Lock.ACCESS_EXCLUSIVE


def test_each_table_is_requested_once_in_the_strongest_mode_by_name() -> None:
    uses = [Use({"b": WEAK}), Use({"b": STRONG, "a": WEAK}), Use({"b": WEAK})]

    assert lock_requests(uses) == (
        LockRequest("a", WEAK, WEAK),
        LockRequest("b", STRONG, STRONG),
    )


def test_what_is_needed_only_after_something_long_is_not_taken_up_front() -> None:
    uses = [
        Use({"a": WEAK}),
        Use({"b": Lock.ROW_EXCLUSIVE}, long=True),
        Use({"a": STRONG, "b": STRONG, "c": STRONG}),
    ]

    assert lock_requests(uses) == (
        LockRequest("a", STRONG, WEAK),
        LockRequest("b", STRONG, Lock.ROW_EXCLUSIVE),
        LockRequest("c", STRONG, None),
    )


def test_what_takes_long_holds_its_own_lock_from_the_beginning() -> None:
    assert lock_requests([Use({"a": STRONG}, long=True)]) == (LockRequest("a", STRONG, STRONG),)
