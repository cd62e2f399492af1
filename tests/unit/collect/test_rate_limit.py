import pytest

from footfall.collect.rate_limit import RateLimiter
from footfall.errors import RateLimited


def taken(limiter: RateLimiter, now: int, tries: int, network: str = "n") -> int:
    """How many of ``tries`` were accepted."""
    accepted = 0
    for _ in range(tries):
        try:
            limiter.take(network, now)
        except RateLimited:
            continue
        accepted += 1
    return accepted


def test_a_burst_of_two_seconds_then_the_rate() -> None:
    limiter = RateLimiter(10)

    assert taken(limiter, 1_000_000, 100) == 20
    assert taken(limiter, 1_000_500, 100) == 5
    assert taken(limiter, 1_060_000, 100) == 20
    assert limiter.refused == 80 + 95 + 80


def test_each_address_has_its_own_bucket() -> None:
    limiter = RateLimiter(1)

    assert taken(limiter, 5, 10, "one") == 2
    assert taken(limiter, 5, 10, "two") == 2


def test_a_rate_below_one_per_second() -> None:
    limiter = RateLimiter(0.1)

    assert taken(limiter, 0, 5) == 1
    assert taken(limiter, 9_999, 5) == 0
    assert taken(limiter, 10_000, 5) == 1


def test_zero_means_no_limit() -> None:
    assert taken(RateLimiter(0), 0, 10_000) == 10_000


def test_the_table_is_bounded_and_forgets_the_least_recently_used() -> None:
    limiter = RateLimiter(1, max_addresses=2)
    for network in ("a", "b", "a", "c"):
        limiter.take(network, 0)

    assert taken(limiter, 0, 5, "a") == 0
    assert taken(limiter, 0, 5, "b") == 2


def test_the_message_says_what_to_do() -> None:
    limiter = RateLimiter(1)
    taken(limiter, 0, 2)

    with pytest.raises(RateLimited, match="slow down"):
        limiter.take("n", 0)
