"""Who wrote an article: people in `authors`, news agencies in `agency`, nobody else.

A desk, a date, an address or the site itself is not an author.
"""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.blocks import words
from crawlers.extract.jsonld import article_of, is_article, strings, types_of
from crawlers.extract.page import Page, one_line, text_of
from warehouse.records import Lead

AGENCIES = {
    "associated press": "AP", "the associated press": "AP", "ap": "AP", "ap news": "AP",
    "reuters": "Reuters", "thomson reuters": "Reuters", "afp": "AFP", "agence france presse": "AFP",
    "agence france-presse": "AFP", "dpa": "dpa", "deutsche presse-agentur": "dpa", "apa": "APA",
    "keystone-sda": "Keystone-SDA", "sda": "Keystone-SDA", "efe": "EFE", "agencia efe": "EFE",
    "ansa": "ANSA", "tass": "TASS", "ria novosti": "RIA Novosti", "xinhua": "Xinhua", "upi": "UPI",
    "united press international": "UPI", "bloomberg news": "Bloomberg", "pa media": "PA Media",
    "press association": "PA Media", "pa": "PA Media", "belga": "Belga", "anp": "ANP", "ntb": "NTB",
    "ritzau": "Ritzau", "tt": "TT", "stt": "STT", "pap": "PAP", "čtk": "ČTK", "ctk": "ČTK",
    "kyodo": "Kyodo", "kyodo news": "Kyodo", "jiji press": "Jiji", "yonhap": "Yonhap", "pti": "PTI",
    "press trust of india": "PTI", "ians": "IANS", "ani": "ANI", "anadolu agency": "Anadolu",
    "anadolu ajansı": "Anadolu", "europa press": "Europa Press", "lusa": "Lusa", "aap": "AAP",
    "canadian press": "The Canadian Press", "the canadian press": "The Canadian Press",
    "epd": "epd", "kna": "KNA", "sid": "SID", "interfax": "Interfax", "ukrinform": "Ukrinform",
    "adnkronos": "Adnkronos", "cna": "CNA", "antara": "Antara", "vna": "VNA", "notimex": "Notimex",
}  # fmt: skip
_METAS = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "byl", "citation_author", "article.author", "og:article:author",
    "cxenseparse:author", "article:author_name", "rnews:author", "twitter:data1",
)  # fmt: skip
_BYLINE = etree.XPath(
    ".//*[@itemprop='author' or @rel='author' or contains(@class,'byline') or contains(@class,'author')"
    " or contains(@class,'Byline') or contains(@class,'Author') or contains(@id,'author')"
    " or contains(@class,'autor')]"
    "[not(ancestor-or-self::aside or ancestor::nav or ancestor-or-self::footer or"
    " ancestor-or-self::*[not(self::html or self::body or self::main or self::article)]"
    "[contains(@class,'comment') or contains(@id,'comment')"
    " or contains(@class,'related') or contains(@class,'widget')])]"
)
_SIGNED = etree.XPath(".//*[@rel='author'][not(ancestor::aside or ancestor::nav)]")
_BY = etree.XPath(
    ".//text()[normalize-space(.)='By' or normalize-space(.)='by' or normalize-space(.)='Written by'"
    " or normalize-space(.)='Von' or normalize-space(.)='Par' or normalize-space(.)='Por'"
    " or normalize-space(.)='By:' or (starts-with(normalize-space(.),'By ') and"
    " string-length(.) < 80)]/parent::*[not(ancestor-or-self::script or ancestor::aside or ancestor::nav)]"
)
_NAMED = etree.XPath(
    ".//*[@itemprop='name' or @rel='author' or contains(@href,'/author') or contains(@href,'/autor')"
    " or contains(@href,'/people/') or contains(@href,'/profile') or contains(@href,'/staff')"
    " or contains(@class,'name')]"
)
_LEADING = re.compile(
    r"^By(?=[A-Z][a-z])|^(?:(?:(?:written|posted|published|reported|story|words|reporting|text|"
    r"(?:more )?(?:stories|articles|posts)|by)\s+)?by|from|von|par|por|"
    r"di|door|av|af|od|przez|автор|текст|text|words|autor(?:in|es|a)?|auteurs?|authors?|"
    r"redaktion)\b\s*:?\s+|^[:|•·–—-]\s*",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s*(?:[|•·]|\s[–—-]\s|\bfor\b\s+[A-Z]|\(|\bis an?\b|\bvia\b|\bfollow\b|@|\bpublished\b|\bupdated\b|"
    r"\bposted\b|\bon\b\s+[A-Z]|\d).*$",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN = re.compile(r"\s*(?:[,;/|&\n•·、，]|\s(?:and|und|et|y|e|i|och|og|en|with|mit)\s)\s*")
_NOBODY = re.compile(
    r"\b(?:staff|admin|administrator|editor(?:s|ial)?|newsroom|news ?desk|desk|redaktion|redacci[oó]n|"
    r"r[ée]daction|redazione|redacci[oó]|redactie|team|contributors?|reporters?|correspondents?|"
    r"guest|anonymous|unknown|press release|agenc(?:y|ies|ia|ias|ja|ies)|agentur(?:en)?|online|"
    r"writers?|wires?|services?|bureau|editore|webmaster|user|author|desconocido|media|"
    r"newsletter|subscribe|share|comments?|editorial board|редакция|редакція|haber|merkezi|"
    r"magazine|journal|gazette|tribune|times|daily|news|post|herald|zeitung|blog|tv|radio|"
    r"learn more|read more|view all|see all|strategy|foto|photos?|bild|image|getty|credit|reviewed|edited|checked|"
    r"company|inc|ltd|llc|gmbh|university|institute|foundation|association|profile|facebook|twitter)\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"(?:the )?(?:associated press|reuters|afp|agence france|deutsche presse|dpa|ap)\b",
    re.IGNORECASE,
)
_ROLES = re.compile(
    r"(?:staff|senior|chief|political|science|health|sports?|business|special|associate|deputy|"
    r"foreign|managing|executive|technology|contributing|\w+)?\s*"
    r"(?:writer|reporter|editor|correspondent|columnist|journalist|journalistin|analyst|producer|"
    r"redakteur(?:in)?|korrespondent(?:in)?|contributor)s?$",
    re.IGNORECASE,
)
_CREDIT_AT_END = re.compile(
    r"[(\[–—/-]\s*((?:[\w-]{2,12}(?:\s*[/,+&]\s*|\s+mit\s+)?){1,3})\s*[)\]]?\s*\.?\s*$"
)
_DATELINE = re.compile(r"^[^.!?]{0,60}?[(]([^()]{2,40})[)]\s*[-–—:]")
_MAX_AUTHORS = 12
_MAX_BYLINE = 300  # letters; longer elements hold more than a byline


def authors_of(page: Page, *, lead: Lead | None, site_name: str | None) -> tuple[str, ...]:
    """Names of people, as written, each once; the first place that names one wins."""
    publishers = [name for item in page.items for name in strings(item.get("publisher"))]
    nobody = {_key(name) for name in (site_name, *publishers) if name}
    typed = {_key(name) for name in _typed(page)}
    for place in _places(page, lead):
        names = [
            name
            for text in place
            for name in (people_in(text) if _key(text) not in typed else _as_typed(text))
            if _key(name) not in nobody - typed
        ]
        if names:
            return tuple({_key(name): name for name in reversed(names)}.values())[::-1][
                :_MAX_AUTHORS
            ]
    return ()


def _typed(page: Page) -> Iterator[str]:
    """Names of the authors that structured data call persons."""
    for item in page.items:
        for author in (
            item["author"] if isinstance(item.get("author"), list) else [item.get("author")]
        ):
            if isinstance(author, dict) and "Person" in types_of(author):
                yield from strings(author.get("name"))


def _as_typed(text: str) -> Iterator[str]:
    """A person by type may be written in lower case; desks and agencies stay out."""
    parts = text.split()
    if all(part.islower() for part in parts) and 2 <= len(parts) <= 4 and is_person(text.title()):
        yield one_line(text)
    else:
        yield from people_in(text)


def _key(name: str) -> str:
    return "".join(words(name))


def _places(page: Page, lead: Lead | None) -> Iterator[list[str]]:
    article = article_of(page.items)
    if article is not None:
        yield _named_in(page, article.get("author")) or _named_in(page, article.get("creator"))
    for item in page.items:
        if item is not article and is_article(item):
            yield _named_in(page, item.get("author"))
    for name in _METAS:
        yield list(page.meta_all(name))
    yield _bylines(page.tree)
    if lead is not None:
        yield list(lead.authors)


def _named_in(page: Page, value: Any) -> list[str]:
    """Names in a JSON-LD author; organisations are left out, references looked up."""
    if isinstance(value, list):
        return [name for part in value for name in _named_in(page, part)]
    if not isinstance(value, dict):
        return list(strings(value))
    kinds = types_of(value)
    if kinds and "Person" not in kinds and any("Organization" in kind for kind in kinds):
        return []
    if not value.get("name") and value.get("@id"):
        for item in page.items:
            if item is not value and item.get("@id") == value["@id"] and item.get("name"):
                return _named_in(page, item)
        return []
    return list(strings(value.get("name")))


def _bylines(tree: HtmlElement) -> list[str]:
    for element in [*_SIGNED(tree)[:3], *_BYLINE(tree)[:8], *_BY(tree)[:3]]:
        if len(text_of(element)) > _MAX_BYLINE:
            continue
        for texts in _readings(element):
            good = [text for text in texts if any(True for _ in people_in(text))]
            if good:
                return good
    return []


def _readings(element: HtmlElement) -> Iterator[list[str]]:
    """A byline as its named parts, as its pieces of text, and as one text."""
    yield [text_of(part) for part in _NAMED(element)[:6]]
    yield [part for text in element.itertext() if (part := one_line(text))][:12]
    yield [text_of(element)]


def people_in(text: str) -> Iterator[str]:
    """The names of people in a byline or an author field."""
    text = one_line(text)
    if len(text) > 300 or "://" in text:
        return
    for part in _BETWEEN.split(_LEADING.sub("", text)):
        name = one_line(_TRAILING.sub("", _LEADING.sub("", part))).strip(" .,:;-–—|\"'“”")
        if _ROLES.fullmatch(name):
            continue
        if is_person(name):
            yield name


def is_person(name: str) -> bool:
    """Could this be a person's name? Two to five words that begin like names, no agency, no desk."""
    if (
        not 3 <= len(name) <= 60
        or name.casefold() in AGENCIES
        or _AGENCY.match(name)
        or "@" in name
        or _NOBODY.search(name)
    ):
        return False
    parts = name.split()
    if any(ch.isdigit() for ch in name):
        return False
    if len(parts) == 1:
        # Names written without spaces (Chinese, Japanese, Korean), or one name alone.
        return not name.isascii() and not name[0].isupper() and not name[0].islower()
    return (
        len(parts) <= 5
        and (parts[0][0].isupper() or not parts[0][0].islower())
        and not parts[-1][0].islower()
    )


def agency_of(page: Page, text: str) -> str | None:
    """The news agency credited as author, in the dateline, or at the end of the text."""
    article = article_of(page.items)
    credited = list(strings(article.get("author"))) if article else []
    credited += page.meta_all("author", "article:author", "parsely-author", "dc.creator")
    for credit in credited:
        for part in [credit, *re.split(r"[,/&|]| and | und | with ", credit)]:
            if part.strip().casefold() in AGENCIES:
                return AGENCIES[part.strip().casefold()]
    for pattern, place in ((_DATELINE, text[:160]), (_CREDIT_AT_END, text[-60:])):
        match = pattern.search(place)
        if match:
            for part in re.split(r"[/,+&]| mit ", match[1]):
                name = part.strip().casefold()
                if name in AGENCIES:
                    return AGENCIES[name]
    return None
