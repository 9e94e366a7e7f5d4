"""Section pages to leads: which links of a page might be articles.

Judged by the shape of the address and by the link's place and text, never by lists of sites. A
link is not a lead where it looks like a section, a tag, a person, an account or a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit

import lxml.html
from lxml import etree

from crawlers import urls
from crawlers.discover import markup
from crawlers.discover.found import Entry, Found, Origin, language_tag, plain
from crawlers.discover.shapes import Shape, shape_of
from warehouse.records import LeadKind

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FURNITURE = frozenset({"nav", "footer"})
_DEEDS = frozenset({"share", "replytocom", "print", "printable", "redirect", "returnurl"})
_WORDY = 4  # words of a headline, rather than of a section's name
_LETTERS_WITHOUT_SPACES = 10  # the same, in scripts that write no spaces
_MAX_LINKS = 20_000


@dataclass(slots=True)
class _Link:
    """All links of a page to one address, taken together."""

    url: str
    position: int
    texts: list[str]
    in_heading: bool = False
    only_in_furniture: bool = True


def read_page(
    body: bytes, url: str, *, source: str, content_type: str | None, now: datetime
) -> Found:
    """The links of a section page that might be articles, each address once, in page order.

    The title of a lead is the text of its link. `entries` counts all addresses on the page.
    """
    origin = Origin(source=source, kind=LeadKind.PAGE, found_on=url, now=now)
    unpacked, error = markup.unpack(body)
    tree = parse_page(markup.decode(unpacked, content_type))
    if tree is None:
        return Found(kind="unknown", error=error or "empty document")
    links = _links(tree, url)
    chosen = [link for link in links if might_be_article(link, url)]
    entries = [
        Entry(position=link.position, url=link.url, title=_headline(link.texts)) for link in chosen
    ]
    return Found(
        kind="page",
        leads=tuple(lead for entry in entries if (lead := origin.lead(entry))),
        error=error,
        title=plain(tree.findtext(".//title")),
        language=language_tag(tree.get("lang")),
        entries=len(links),
    )


def parse_page(text: str) -> etree._Element | None:
    """The tree of a web page; None where there is nothing to parse."""
    text = text.replace("\x00", "")
    if not text.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but comments or white space
        return None


def base_of(tree: etree._Element, url: str) -> str:
    """What relative links of the page are relative to."""
    found = tree.find(".//base[@href]")
    return (urls.clean(found.get("href"), url) if found is not None else None) or url


def might_be_article(link: _Link, page: str) -> bool:
    """Whether the address and text of a link look like an article's."""
    shape = shape_of(link.url)
    if shape is Shape.NEVER or urls.key(link.url) == urls.key(page) or _hands_on(link.url):
        return False
    if shape is Shape.ARTICLE:
        return True
    if shape is Shape.SECTION or link.only_in_furniture:
        return False
    # The address says little: then a headline must speak for it.
    return shape is Shape.HEADLINE or _is_headline(link) or _matches_text(link)


def _links(tree: etree._Element, url: str) -> list[_Link]:
    base = base_of(tree, url)
    found: dict[str, _Link] = {}
    for anchor in tree.iter("a", "area"):
        href = anchor.get("href")
        address = urls.clean(href, base) if href and not href.startswith("#") else None
        if address is None:
            continue
        link = found.get(address)
        if link is None:
            if len(found) >= _MAX_LINKS:
                break
            link = found[address] = _Link(address, len(found) + 1, [])
        _take_in(link, anchor)
    return list(found.values())


def _take_in(link: _Link, anchor: etree._Element) -> None:
    above = {el.tag for el in anchor.iterancestors()}
    headings = [el for el in anchor.iter() if el.tag in _HEADINGS]
    link.in_heading |= bool(headings) or bool(above & _HEADINGS)
    link.only_in_furniture &= bool(above & _FURNITURE)
    # A card may link as a whole: then its heading is the headline, not all of its text.
    told = headings[0] if headings else anchor
    text = _visible(told) or anchor.get("title") or _image_text(anchor)
    if text:
        link.texts.append(text)


def _visible(element: etree._Element) -> str:
    """The text inside, words of neighbouring blocks kept apart."""
    hidden = {text for el in element.iter("script", "style", "noscript") for text in el.itertext()}
    return " ".join(" ".join(t for t in element.itertext() if t not in hidden).split())


def _image_text(anchor: etree._Element) -> str:
    return next((alt for el in anchor.iter("img") if (alt := el.get("alt", "").strip())), "")


def _headline(texts: list[str]) -> str | None:
    """The longest text that is not a whole paragraph."""
    return max((t for t in texts if len(t) <= 300), key=len, default=texts[0] if texts else None)


def _is_headline(link: _Link) -> bool:
    words = max((len(text.split()) for text in link.texts), default=0)
    if link.in_heading and words >= _WORDY - 1:
        return True
    return words > _WORDY or any(
        _wide_letters(text) >= _LETTERS_WITHOUT_SPACES for text in link.texts
    )


def _wide_letters(text: str) -> int:
    return sum("\u0e00" <= char <= "\u0eff" or "\u3040" <= char <= "\ud7ff" for char in text)


def _matches_text(link: _Link) -> bool:
    """A slug that spells out the words of its own link text is made from a headline."""
    segment = unquote(urlsplit(link.url).path.rstrip("/").rpartition("/")[2]).lower()
    slug = set(re.findall(r"[^\W_]+", segment))
    text = set(re.findall(r"[^\W_]+", (_headline(link.texts) or "").lower()))
    return len(slug & text) >= _WORDY


def _hands_on(url: str) -> bool:
    """Share buttons, replies and redirects: they bear another address or say what they do."""
    return any(
        name.lower() in _DEEDS or re.match(r"(?i)https?:", value)
        for name, value in parse_qsl(urlsplit(url).query)
    )
