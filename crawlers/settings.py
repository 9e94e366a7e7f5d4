"""Scrapy's settings for one crawl, computed from its request and from nothing else.

Almost everything Scrapy could add is off: redirects, robots, pace, retries, resume and limits
are decided by the crawl, where each leaves a line; what is switched off here costs time or drops
requests without a word.
"""

from __future__ import annotations

from typing import Any

from warehouse.records import CrawlRequest

_HANDLER = "crawlers.download.GuardedHandler"


def scrapy_settings(request: CrawlRequest) -> dict[str, Any]:
    """Settings of the highest priority for the one spider of this process."""
    return {
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "USER_AGENT": request.user_agent,
        **_downloads(request),
        **_no_extras(),
    }


def _downloads(request: CrawlRequest) -> dict[str, Any]:
    return {
        # file, ftp, s3 and data would let a page name a file of this machine.
        "DOWNLOAD_HANDLERS": {
            "http": _HANDLER,
            "https": _HANDLER,
            "file": None,
            "ftp": None,
            "s3": None,
            "data": None,
        },
        "DOWNLOAD_MAXSIZE": request.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_DELAY": 0,  # pace is ours (pace.py)
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS": request.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": request.concurrency,
        "TWISTED_DNS_RESOLVER": "crawlers.download.GuardedResolver",
        "DNS_TIMEOUT": min(10.0, request.timeout_seconds),
        "REACTOR_THREADPOOL_MAXSIZE": 20,  # name look-ups block a thread each
        "SLUGLINE_ALLOW_PRIVATE_HOSTS": request.allow_private_hosts or request.proxy is not None,
    }


def _no_extras() -> dict[str, Any]:
    return {
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOG_ENABLED": False,  # __main__ turns warnings into events
        "STATS_DUMP": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,  # it would run Python sent to a local port
        "COOKIES_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "DOWNLOADER_STATS": False,
        "MEMUSAGE_ENABLED": False,
    }
