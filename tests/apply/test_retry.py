"""When a lock that was not granted is tried again."""

from __future__ import annotations

from alembic_guard.apply.retry import RetryPolicy
from alembic_guard.settings import Settings


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


def test_each_try_queues_longer_than_the_last_and_never_longer_than_the_longest() -> None:
    clock = Clock()
    policy = RetryPolicy(9.0, clock, growth=2, lock_first=0.05, lock_last=0.2)

    found = [policy.lock_timeout]
    for _ in range(3):
        policy.next_delay()
        found.append(policy.lock_timeout)

    assert found == [0.05, 0.1, 0.2, 0.2]


def test_a_first_timeout_above_the_last_one_is_not_cut_and_none_stays_none() -> None:
    assert RetryPolicy(9.0, Clock(), lock_first=0.5, lock_last=0.2).lock_timeout == 0.5
    assert RetryPolicy(9.0, Clock(), lock_first=0.0, lock_last=0.2).lock_timeout == 0.0


def test_a_number_of_tries_ends_it_before_the_deadline() -> None:
    clock = Clock()
    policy = RetryPolicy(60.0, clock, most_tries=3, jitter=lambda: 1.0)

    assert (len(delays(policy, clock)), policy.tries) == (2, 3)


def test_looks_come_close_together_and_end_at_the_deadline() -> None:
    clock = Clock()
    policy = RetryPolicy(2.0, clock, jitter=lambda: 1.0, growth=2)
    found = []
    while (delay := policy.next_look()) is not None:
        found.append(round(delay, 3))
        clock.sleep(delay)

    assert (found, policy.tries) == ([0.05, 0.1, 0.2, 0.4, 0.5, 0.5, 0.25], 0)


def test_a_policy_is_what_the_settings_say() -> None:
    settings = Settings(
        lock_timeout=0.1,
        lock_timeout_last=0.3,
        lock_tries=4,
        retry_for=50.0,
        retry_delay=0.2,
        retry_delay_longest=5.0,
    )
    clock = Clock()

    assert RetryPolicy.of(settings, clock) == RetryPolicy(
        50.0, clock, first=0.2, longest=5.0, lock_first=0.1, lock_last=0.3, most_tries=4
    )
