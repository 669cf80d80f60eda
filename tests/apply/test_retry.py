"""When a lock that was not granted is tried again."""

from __future__ import annotations

from alembic_guard.apply.retry import RetryPolicy


class Clock:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def delays(policy: RetryPolicy, clock: Clock) -> list[float]:
    """Every delay that a policy gives until it gives up."""
    found = []
    while (delay := policy.next_delay()) is not None:
        found.append(round(delay, 3))
        clock.sleep(delay)
    return found


def test_delays_grow_up_to_the_longest_and_end_at_the_deadline() -> None:
    clock = Clock()
    policy = RetryPolicy(3.0, clock, first=0.1, growth=2, longest=1.0, jitter=lambda: 1.0)

    assert delays(policy, clock) == [0.1, 0.2, 0.4, 0.8, 1.0, 0.5]
    assert (policy.tries, round(policy.waited, 3)) == (7, 3.0)


def test_half_of_a_delay_is_random_so_that_deployers_come_back_apart() -> None:
    shortest = RetryPolicy(9, Clock(), first=1.0, jitter=lambda: 0.0).next_delay()
    longest = RetryPolicy(9, Clock(), first=1.0, jitter=lambda: 1.0).next_delay()

    assert (shortest, longest) == (0.5, 1.0)


def test_a_new_revision_counts_from_the_start() -> None:
    clock = Clock()
    policy = RetryPolicy(1.0, clock, jitter=lambda: 1.0)
    first = delays(policy, clock)

    policy.begin()

    assert (delays(policy, clock), policy.waited) == (first, 1.0)


def test_without_time_to_retry_there_is_one_try() -> None:
    assert RetryPolicy(0.0, Clock()).next_delay() is None
