"""The one spider. Scrapy downloads for it; what to ask, when, and what it means is the crawl's.

Its `start` runs the whole crawl and awaits each download, so that every request comes back to
the line that made it, as a response or as an exception. Requests that are yielded to Scrapy's
scheduler can vanish on the way (overlong, seen before, meta refresh), and then a URL found would
have no outcome.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawlers.crawl import Crawl
from crawlers.settings import scrapy_settings
from warehouse.records import CrawlRequest


class NewsSpider(scrapy.Spider):
    """Carries out one Crawl; `failure` is what ended it early, if anything did."""

    name = "news"

    def __init__(self, crawl: Crawl, **kwargs: Any):
        super().__init__(**kwargs)
        self._crawl = crawl
        self.failure: BaseException | None = None

    async def start(self) -> AsyncIterator[Any]:
        try:
            await self._crawl.run(self._download)
        except BaseException as e:
            self.failure = e  # Scrapy would only log it
            raise
        nothing: tuple[Any, ...] = ()
        for each in nothing:  # Scrapy wants an asynchronous generator
            yield each

    async def _download(self, request: scrapy.Request) -> Response:
        engine = self.crawler.engine
        assert engine is not None
        return await engine.download_async(request)


def run_spider(crawl: Crawl, request: CrawlRequest) -> None:
    """Carry out the crawl; returns when it is done. Once a process: reactors do not restart."""
    process = AsyncCrawlerProcess(scrapy_settings(request))
    crawler = process.create_crawler(NewsSpider)
    process.crawl(crawler, crawl=crawl)
    process.start(install_signal_handlers=False)
    spider = crawler.spider
    if isinstance(spider, NewsSpider) and spider.failure is not None:
        raise _first(spider.failure)


def _first(failure: BaseException) -> BaseException:
    """What a group of failures began with."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure
