"""Which addresses belong to one site: the registrable domain, by the list that ships with us."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from tldextract import TLDExtract


@cache
def _extractor() -> TLDExtract:
    return TLDExtract(suffix_list_urls=(), cache_dir=None)  # the bundled snapshot, no network


def site_of(url: str) -> str:
    """The registrable domain of an address, or its host where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return _registrable(host)


@cache
def _registrable(host: str) -> str:
    return _extractor()(host).top_domain_under_public_suffix or host


def same_site(one: str, other: str) -> bool:
    return bool(site_of(one)) and site_of(one) == site_of(other)
