"""Runs one tool over pages, inside the environment of that tool; it knows nothing of Slugline.

    python in_peer.py TOOL < lines of {"id", "file", "url"} > lines of answers

An answer is {"id", "text", "title", "authors", "published", "ms", "error"}; what a tool does not
tell is absent. `ms` is CPU time from the bytes to the answer.
"""

import gzip
import importlib
import json
import logging
import re
import signal
import sys
import time
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

_PAGE_SECONDS = 60
_BLOCKS = (
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
)  # fmt: skip
_CHARSET = re.compile(rb"charset=[\"' ]*([\w-]+)", re.IGNORECASE)


def text_of(body: bytes) -> str:
    """For tools that want text: UTF-8 if it is, else what the page declares."""
    declared = _CHARSET.search(body[:4096])
    for name in ("utf-8", declared[1].decode() if declared else "cp1252"):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


def trafilatura(body: bytes, url: str, **settings: Any) -> dict[str, Any]:
    tool = importlib.import_module("trafilatura")
    found = tool.bare_extraction(body, url=url, with_metadata=True, **settings)
    if found is None:
        return {}
    data = found if isinstance(found, dict) else found.as_dict()
    return {
        "text": data.get("text"),
        "title": data.get("title"),
        "authors": [a for a in (data.get("author") or "").split("; ") if a],
        "published": data.get("date"),
    }


def htmldate(body: bytes, url: str, *, extensive: bool) -> dict[str, Any]:
    found = importlib.import_module("htmldate").find_date(
        body,
        url=url,
        extensive_search=extensive,
        original_date=True,
        deferred_url_extractor=True,  # the way to the time of day
        outputformat="%Y-%m-%dT%H:%M:%S%z",
    )
    return {"published": found}


def newspaper4k(body: bytes, url: str) -> dict[str, Any]:
    article = importlib.import_module("newspaper").Article(url, fetch_images=False)
    article.download(input_html=text_of(body))
    article.parse()
    return {
        "text": article.text,
        "title": article.title,
        "authors": list(article.authors),
        "published": iso(article.publish_date),
    }


def news_please(body: bytes, url: str) -> dict[str, Any]:
    found = importlib.import_module("newsplease").NewsPlease.from_html(
        text_of(body), url=url, fetch_images=False
    )
    return {
        "text": found.maintext,
        "title": found.title,
        "authors": list(found.authors or []),
        "published": iso(found.date_publish),
    }


def goose3(body: bytes, url: str) -> dict[str, Any]:
    with importlib.import_module("goose3").Goose({"enable_image_fetching": False}) as goose:
        found = goose.extract(url=url, raw_html=text_of(body))
    return {
        "text": found.cleaned_text,
        "title": found.title,
        "authors": list(found.authors or []),
        "published": _zoned(found.publish_date) or iso(found.publish_datetime_utc),
    }


def readability(body: bytes, url: str) -> dict[str, Any]:
    document = importlib.import_module("readability").Document(body, url=url)
    markup = document.summary(html_partial=True)
    return {"text": _lines(markup), "title": document.short_title()}


def _lines(markup: str) -> str:
    """The text of a tool that gives markup, with a new line at each block."""
    root = importlib.import_module("lxml.html").fromstring(markup or "<div/>")
    for element in root.iter(*_BLOCKS):
        element.text = "\n" + (element.text or "")
        element.tail = "\n" + (element.tail or "")
    return "".join(root.itertext())


def resiliparse(body: bytes, _url: str) -> dict[str, Any]:
    tree = importlib.import_module("resiliparse.parse.html").HTMLTree.parse(text_of(body))
    text = importlib.import_module("resiliparse.extract.html2text").extract_plain_text(
        tree, main_content=True, alt_texts=False, list_bullets=False, comments=False
    )
    return {"text": text, "title": tree.title}


def _zoned(text: str | None) -> str | None:
    """goose3 has the text as it stood on the page, with its zone, and the moment without."""
    try:
        return datetime.fromisoformat(text).isoformat() if text else None
    except ValueError:
        return None


def iso(when: Any) -> str | None:
    return None if when is None else when if isinstance(when, str) else when.isoformat()


TOOLS = {
    "trafilatura default": trafilatura,
    "trafilatura no comments": lambda b, u: trafilatura(b, u, include_comments=False),
    "trafilatura precision": lambda b, u: trafilatura(
        b, u, include_comments=False, favor_precision=True
    ),
    "trafilatura recall": lambda b, u: trafilatura(b, u, include_comments=False, favor_recall=True),
    "trafilatura fast": lambda b, u: trafilatura(b, u, include_comments=False, fast=True),
    "htmldate fast": lambda b, u: htmldate(b, u, extensive=False),
    "htmldate extensive": lambda b, u: htmldate(b, u, extensive=True),
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "goose3": goose3,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


class TooLong(BaseException):
    """Not an Exception, so that no tool swallows it."""


def _stop(_number: int, _frame: object) -> None:
    raise TooLong


def answer(tool: Any, asked: dict[str, str]) -> dict[str, Any]:
    path = Path(asked["file"])
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    started = time.process_time()
    signal.alarm(_PAGE_SECONDS)
    try:
        found = tool(body, asked["url"])
    except TooLong:
        found = {"error": f"took longer than {_PAGE_SECONDS} s"}
    except Exception as e:  # noqa: BLE001 - whatever another's tool raises is its answer
        found = {"error": f"{type(e).__name__}: {e}"[:200]}
    finally:
        signal.alarm(0)
    found["ms"] = round(1000 * (time.process_time() - started), 2)
    return {"id": asked["id"], **{k: v for k, v in found.items() if v}}


def main() -> None:
    tool = TOOLS[sys.argv[1]]
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _stop)
    out, sys.stdout = sys.stdout, sys.stderr  # tools print
    tool(b"<html><body><p>Warm up.</p></body></html>", "https://site.example/")
    for line in sys.stdin:
        out.write(json.dumps(answer(tool, json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
