import re
from itertools import islice

from footfall.collect.collector import IDS_AT_ONCE, random_ids


def test_ids_are_short_and_never_the_same() -> None:
    ids = list(islice(random_ids(), 3 * IDS_AT_ONCE))

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{16}", text) for text in ids)
