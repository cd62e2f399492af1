"""Recognizes bots: crawlers, monitors, headless browsers, HTTP libraries."""

import re2
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from footfall.enrich.draft import Draft
from footfall.model import DropReason

MORE_PATTERNS = (
    r"^[\s-]*$",
    r"(?i)^java/",
    r"^(node|Ruby|undici|wrk)$",
    r"^(Bun|Dart|Deno|Faraday|GuzzleHttp|Symfony HttpClient|Typhoeus|lwp)",
    r"^(http\.rb|hyper|reqwest|rest-client|ureq)",
    r"^(ApacheBench|PostmanRuntime|hey/|insomnia/|k6/)",
    r"Cypress/",
    r"Datadog/Synthetics",
    r"SlimerJS",
    r"jsdom/",
)
"""Patterns that the list of crawlers lacks. An empty user agent counts as a bot too."""


class Bots:
    """All patterns in one automaton: a match costs about a microsecond."""

    def __init__(self) -> None:
        options = re2.Options()
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        for entry in CRAWLER_USER_AGENTS_DATA:
            self._set.Add(entry["pattern"])
        for pattern in MORE_PATTERNS:
            self._set.Add(pattern)
        self._set.Compile()

    def __contains__(self, user_agent: str) -> bool:
        return bool(self._set.Match(user_agent))


def drop_bots(draft: Draft) -> DropReason | None:
    """Step: drops the events of bots."""
    return DropReason.BOT if draft.agent.bot else None
