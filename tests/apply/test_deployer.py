"""How long a deployer waits for another one; with a clock of its own, and no database."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from alembic_guard.apply.deployer import PATIENCE, DeployerWait
from alembic_guard.runtime.stopped import AnotherDeployer
from tests.apply.test_retry import Clock


class Held:
    """A deployer lock that somebody holds for some seconds."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.clock = clock
        self.free_at = clock.now + seconds
        self.released = 0

    def try_acquire(self) -> bool:
        return self.clock.now >= self.free_at

    def holder(self) -> str:
        return "pid 7"

    def is_held(self) -> bool:
        return True

    def release(self) -> None:
        self.released += 1


class Somewhere:
    """A database, of which only the masked URL is asked."""

    url = "sqlite:///app.db"


def waiting(
    seconds: float, wait: float | None, mark: Callable[[], object]
) -> tuple[DeployerWait, Clock, list[str]]:
    """A wait for a lock that is held for some seconds, its clock, and what it says."""
    clock, said = Clock(), list[str]()
    wait_ = DeployerWait(
        Somewhere(),  # type: ignore[arg-type]
        Held(clock, seconds),
        wait=wait,
        progress_mark=mark,
        say=said.append,
        clock=clock,
        sleep=clock.sleep,
    )
    return wait_, clock, said


def test_a_holder_that_makes_no_progress_is_waited_for_as_long_as_patience_lasts() -> None:
    wait, _, _ = waiting(1000, None, lambda: "still")

    with pytest.raises(AnotherDeployer) as refused:
        wait.acquire()

    assert PATIENCE <= refused.value.waited < PATIENCE + 1
    assert (refused.value.holder, refused.value.url) == ("pid 7", "sqlite:///app.db")


def test_a_holder_whose_journal_moves_is_waited_for_however_long_it_takes() -> None:
    moves = count()
    wait, clock, _ = waiting(1000, None, lambda: next(moves))

    wait.acquire()

    assert clock.now >= 1100


def test_a_hard_limit_holds_also_where_the_journal_moves() -> None:
    moves = count()
    wait, _, _ = waiting(1000, 5.0, lambda: next(moves))

    with pytest.raises(AnotherDeployer) as refused:
        wait.acquire()

    assert 5.0 <= refused.value.waited < 6.1


def test_it_says_who_is_waited_for_at_once_and_now_and_then() -> None:
    wait, _, said = waiting(25, None, lambda: "still")

    wait.acquire()

    assert said == ["Waiting for another deployer (pid 7)."] * 3


def test_a_holder_that_takes_a_backup_is_waited_for_until_it_is_complete() -> None:
    wait, clock, _ = waiting(1000, None, lambda: "still")
    began = clock.now
    wait.busy = lambda: clock.now < began + 3 * PATIENCE
    with pytest.raises(AnotherDeployer):
        wait.acquire()
    assert 3 * PATIENCE <= clock.now - began <= 4 * PATIENCE + 2
