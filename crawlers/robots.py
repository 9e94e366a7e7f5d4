"""What robots.txt says, by RFC 9309: may this address be asked, how slowly, where are sitemaps.

Pure: the answer to the request for robots.txt comes in, verdicts go out. Fetching, caching and
expiry are the crawl's.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from protego import Protego

from crawlers.urls import clean

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much must be parsed; the rest is ignored
MAX_CRAWL_DELAY = 120.0  # seconds; more is taken for a mistake, as Common Crawl does

_AGENT_LINE = re.compile(r"\s*user-?\s?agent\s*:?\s*(.*)", re.IGNORECASE)
_PATH_LINE = re.compile(r"\s*(allow|disallow)\s*:\s*(\S.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an address may be asked, and the rule that says so."""

    allowed: bool
    rule: str


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """One host's robots.txt. `unreachable`: nothing may be asked, but later it may."""

    fetched_at: datetime
    status: int | None
    unreachable: bool = False
    text: str = ""
    sitemaps: tuple[str, ...] = ()
    _parsed: Protego | None = field(default=None, repr=False, compare=False)

    def allows(self, url: str, agent: str) -> Verdict:
        """The verdict on `url` for the product token of `agent` (all before the first "/")."""
        if self.unreachable:
            return Verdict(False, f"robots.txt unreachable ({self.status or 'no answer'})")
        if self._parsed is None:
            return Verdict(True, f"no robots.txt ({self.status})")
        token = product_token(agent)
        if self._parsed.can_fetch(url, token):
            return Verdict(True, "allowed by robots.txt")
        return Verdict(False, self._rule_against(url, token))

    def crawl_delay(self, agent: str) -> float | None:
        """Seconds between two requests that the host asks for, at most 120; None: no wish."""
        wish = self._parsed.crawl_delay(product_token(agent)) if self._parsed else None
        return None if wish is None else min(max(float(wish), 0.0), MAX_CRAWL_DELAY)

    def _rule_against(self, url: str, token: str) -> str:
        """The longest Disallow line of the agent's groups that alone would forbid `url`."""
        rules = sorted(set(_disallowed(self.text, token)), key=len, reverse=True)
        for path in rules:
            if not Protego.parse(f"User-agent: *\nDisallow: {path}").can_fetch(url, "*"):
                return f"Disallow: {path}"
        return "Disallow"


def rules_from(
    status: int | None, body: bytes | None, *, fetched_at: datetime, url: str | None = None
) -> RobotsRules:
    """Rules from the answer to a request for robots.txt; `status` None: no answer.

    4xx: all is allowed (RFC 9309, 2.3.1.3), whatever the body says. 5xx, 429 and no answer:
    nothing is (2.3.1.4). `url` is the address of robots.txt, for relative sitemaps.
    """
    if status is None or status >= 500 or status == 429 or status < 200:
        return RobotsRules(fetched_at=fetched_at, status=status, unreachable=True)
    if status >= 300:
        return RobotsRules(fetched_at=fetched_at, status=status)
    text = _text(body or b"")
    parsed = Protego.parse(text)
    found = (clean(sitemap, url) for sitemap in parsed.sitemaps)
    return RobotsRules(
        fetched_at=fetched_at,
        status=status,
        text=text,
        sitemaps=tuple(dict.fromkeys(sitemap for sitemap in found if sitemap)),
        _parsed=parsed,
    )


def product_token(agent: str) -> str:
    """The name that robots.txt files address: all of a user agent before its first slash."""
    return agent.partition("/")[0].strip() or agent


def _text(body: bytes) -> str:
    """Decoded by its byte order mark or as UTF-8, cut at 500 KiB; web pages hold no rules."""
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if wide else "utf-8-sig"
    text = body[:MAX_BYTES].decode(encoding, errors="replace").replace("\x00", "")
    return "" if re.match(r"\s*<(?:!doctype|html|\?xml)", text, re.IGNORECASE) else text


def _disallowed(text: str, token: str) -> Iterator[str]:
    """Paths of the Disallow lines in the groups for `token`, else in those for everybody."""
    groups: dict[str, list[str]] = {}
    agents: list[str] = []
    in_rules = False
    for raw in text.splitlines():
        line = raw.partition("#")[0]
        if agent := _AGENT_LINE.match(line):
            agents = [] if in_rules else agents
            in_rules = False
            agents.append(agent[1].strip().lower())
        elif rule := _PATH_LINE.match(line):
            in_rules = True
            if rule[1].lower() == "disallow":
                for name in agents:
                    groups.setdefault(name, []).append(rule[2].strip())
    yield from groups.get(token.lower(), []) or groups.get("*", [])
