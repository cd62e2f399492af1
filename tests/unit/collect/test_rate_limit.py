import pytest

from footfall.collect.rate_limit import RateLimiter
from footfall.errors import RateLimited


class Timer:
    """Seconds, set by the test."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


def taken(limiter: RateLimiter, tries: int, network: str = "n") -> int:
    """How many of ``tries`` were accepted."""
    accepted = 0
    for _ in range(tries):
        try:
            limiter.take(network)
        except RateLimited:
            continue
        accepted += 1
    return accepted


def test_a_burst_of_two_seconds_then_the_rate(timer: Timer) -> None:
    limiter = RateLimiter(10, timer=timer)

    assert taken(limiter, 100) == 20
    timer.now += 0.5
    assert taken(limiter, 100) == 5
    timer.now += 60
    assert taken(limiter, 100) == 20
    assert limiter.refused == 80 + 95 + 80


def test_each_address_has_its_own_bucket(timer: Timer) -> None:
    limiter = RateLimiter(1, timer=timer)

    assert taken(limiter, 10, "one") == 2
    assert taken(limiter, 10, "two") == 2


def test_a_rate_below_one_per_second(timer: Timer) -> None:
    limiter = RateLimiter(0.1, timer=timer)

    assert taken(limiter, 5) == 1
    timer.now += 9.9
    assert taken(limiter, 5) == 0
    timer.now += 0.1
    assert taken(limiter, 5) == 1


def test_what_was_taken_beyond_the_bucket_is_owed(timer: Timer) -> None:
    limiter = RateLimiter(10, timer=timer)

    limiter.take("n", 120)
    timer.now += 10
    assert taken(limiter, 5) == 0
    timer.now += 0.1
    assert taken(limiter, 5) == 1


def test_zero_means_no_limit() -> None:
    assert taken(RateLimiter(0), 10_000) == 10_000


def test_the_table_is_bounded_and_forgets_the_least_recently_used(timer: Timer) -> None:
    limiter = RateLimiter(1, timer=timer, max_addresses=2)
    for network in ("a", "b", "a", "c"):
        limiter.take(network)

    assert taken(limiter, 5, "a") == 0
    assert taken(limiter, 5, "b") == 2


def test_the_message_says_what_to_do(timer: Timer) -> None:
    limiter = RateLimiter(1, timer=timer)
    taken(limiter, 2)

    with pytest.raises(RateLimited, match="slow down"):
        limiter.take("n")
