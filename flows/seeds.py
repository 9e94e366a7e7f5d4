"""A seed as people have it (plain text, Markdown, HTML, an address) becomes a title and a text.

Dropping page furniture and finding what to look for is the work of warehouse.understand.
"""

from __future__ import annotations

import codecs
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.config import Settings
from warehouse.errors import BadSeed
from warehouse.records import now_utc

_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|article|p|div)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """The article that a watch starts from."""

    text: str
    title: str | None = None
    language: str | None = None
    url: str | None = None
    published_at: datetime | None = None


def load(where: str, settings: Settings) -> Seed:
    """The seed in a file, at an address, or on standard input; raises BadSeed, Unreachable."""
    seed = _given(where, settings)
    if only_furniture(seed.text):
        what = "the seed is only page furniture, such as link headings and share bars"
        name = "standard input" if where == "-" else where
        raise BadSeed(what, where=name, try_="give it the article's text")
    return seed


def only_furniture(text: str) -> bool:
    """Whether nothing of the text is an article's."""
    from warehouse.understand import furniture  # noqa: PLC0415

    # A text that is nothing but furniture comes back whole: a line of our own tells that apart.
    kept, _ = furniture.drop(f"{_OURS}\n{text}")
    return kept.strip() == _OURS


_OURS = "The article begins here."


def _given(where: str, settings: Settings) -> Seed:
    if where == "-":
        return read(sys.stdin.buffer.read(), "standard input")
    if re.match(r"https?://", where):
        return _fetched(where, settings)
    path = Path(where)
    try:
        return read(path.read_bytes(), path)
    except IsADirectoryError as folder:
        raise BadSeed("is a folder, not an article", where=path) from folder
    except FileNotFoundError as gone:
        raise BadSeed("there is no such file", where=path) from gone


def _fetched(url: str, settings: Settings) -> Seed:
    from crawlers.run import fetch_one  # noqa: PLC0415  start-up stays quick

    answer = fetch_one(
        url,
        user_agent=settings.user_agent,
        proxy=settings.proxy,
        timeout=settings.timeout_seconds,
        max_bytes=settings.max_bytes,
        allow_private_hosts=settings.allow_private_hosts,
    )
    if answer.status >= 400:
        raise BadSeed(
            f"the page answers {answer.status}", where=url, try_="give its text in a file"
        )
    return from_html(answer.body, url, dict(answer.headers))


def read(body: bytes, name: str | Path) -> Seed:
    """The seed in these bytes; raises BadSeed where there is no text in them."""
    text = decode(body)
    if text is None:
        raise BadSeed(
            "the seed is binary, not text", where=name, try_="plain text, Markdown or HTML"
        )
    if not text.strip("\ufeff \t\r\n"):
        raise BadSeed("the seed is empty", where=name, try_="give it an article")
    if _HTML.search(body[:2_000]):
        return from_html(body, None, {}, name)
    if str(name).endswith((".md", ".markdown")) or _looks_like_markdown(text):
        return from_markdown(text)
    return Seed(text=text)  # the profile looks whether its first line is a title


def decode(body: bytes) -> str | None:
    """The text of these bytes by their mark, as UTF-8 or as Windows-1252; None if they are none."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                       (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if body.startswith(mark):
            return body.decode(name, "replace")
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in body[:4_000])
    if b"\0" in body or controls > len(body[:4_000]) / 100:
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        high = sum(byte > 127 for byte in body)
        return body.decode("cp1252", "replace") if high < len(body) / 4 else None


def from_html(
    body: bytes, url: str | None, headers: dict[str, str], name: str | Path | None = None
) -> Seed:
    """The article of a page; raises BadSeed with the extractor's reason where there is none."""
    from crawlers.extract.article import Refusal, extract  # noqa: PLC0415

    where = url or name
    found = extract(body, url or "https://seed.invalid/article.html", headers=headers, lead=None,
                    fetched_at=now_utc())  # fmt: skip
    if isinstance(found, Refusal):
        what = f"no article in the page: {found.reason}"
        raise BadSeed(what, where=where, try_="give its text in a file")
    return Seed(
        title=found.title or None,
        text=found.text,
        language=found.language,
        url=found.canonical_url if url else None,
        published_at=found.published_at,
    )


def _looks_like_markdown(text: str) -> bool:
    return bool(re.match(r"\s*(?:---\n.*?\n---\n\s*)?#{1,2} \S", text, re.DOTALL))


def from_markdown(text: str) -> Seed:
    """Title from the first heading or the front matter; marks and addresses of links dropped."""
    text = text.replace("\r\n", "\n")
    title = None
    if front := re.match(r"\s*---\n(.*?)\n---\n", text, re.DOTALL):
        named = re.search(r"""^title:\s*["']?(.+?)["']?\s*$""", front[1], re.MULTILINE)
        title, text = (named[1] if named else None), text[front.end() :]
    if heading := re.match(r"\s*#{1,2}\s+(.+?)\s*#*\s*(?:\n|$)", text):
        title, text = title or heading[1], text[heading.end() :]
    bare = _without_marks(text)
    if not bare.strip():
        raise BadSeed("the seed has a title but no text", try_="give it an article")
    return Seed(title=_without_marks(title).strip() if title else None, text=bare.strip())


def _without_marks(text: str) -> str:
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)  # pictures
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)  # links
    text = re.sub(r"^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+(?=\S))", "", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text, flags=re.DOTALL)
    return re.sub(r"(?<![\w*])([*_`])(?=\S)([^\n]+?)(?<=\S)\1(?![\w*])", r"\2", text)
