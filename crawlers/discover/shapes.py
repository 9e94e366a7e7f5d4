"""What the shape of an address says about the page behind it, without asking it.

General signs only: dates, long slugs and identifiers are an article's; words that every site uses
for its furniture are not. Knows no site.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit


class Shape(Enum):
    """What an address looks like."""

    ARTICLE = "article"  # by a date or an identifier
    HEADLINE = "headline"  # so many words that they may be a headline's
    SECTION = "section"  # a list of articles, a person, a topic
    NEVER = "never"  # a file, an account, a service
    UNKNOWN = "unknown"


_FILES = re.compile(
    r"(?i)\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|css|m?js|json|xml|rss|atom|txt|csv|pdf|"
    r"docx?|xlsx?|pptx?|od[tsp]|epub|zip|gz|rar|7z|tar|exe|dmg|apk|mp[34]|m4[av]|ogg|oga|ogv|"
    r"webm|wav|flac|mov|avi|wmv|m3u8?|ics|vcf|woff2?|ttf|eot|map|wasm)$"
)
_SERVICES = frozenset(
    [
        "login", "logout", "signin", "sign-in", "signup", "sign-up", "register", "registration",
        "subscribe", "subscription", "subscriptions", "account", "accounts", "user", "users",
        "profile", "settings", "password", "cart", "basket", "checkout", "donate", "membership",
        "abo", "abonnement", "abonnements", "anmelden", "anmeldung", "registrieren", "konto",
        "about", "about-us", "contact", "contact-us", "kontakt", "contacto", "impressum",
        "imprint", "privacy", "privacy-policy", "datenschutz", "terms", "terms-of-service",
        "terms-of-use", "terms-and-conditions", "agb", "cookies", "cookie-policy",
        "accessibility", "advertise", "advertising", "help", "faq", "support",
        "newsletter", "newsletters", "rss", "feed", "feeds", "sitemap", "search", "suche",
        "buscar", "recherche", "ricerca", "share", "print", "wp-admin", "wp-login.php",
        "wp-content", "wp-json", "cdn-cgi", "static", "assets", "apps", "mentions-legales",
        "aviso-legal",
        "tv-guide", "amp-consent", "comments", "embed",
    ]
)  # fmt: skip
_LISTS = frozenset(
    [
        "tag", "tags", "topic", "topics", "category", "categories", "author", "authors",
        "contributor", "contributors", "profiles", "columnist", "columnists",
        "by", "page",
        "label", "labels", "keyword", "keywords", "thema", "themen", "schlagwort",
        "kategorie", "kategorien", "autor", "autoren", "autores", "auteur", "auteurs", "autori",
        "autore", "tema", "temas", "etiqueta", "etiquetas", "categoria", "categorias",
        "sujet", "sujets",
        "byline", "reporter", "journalist", "etiket", "yazar",
        "kategori", "tagi", "temat", "autorzy",
    ]
)  # fmt: skip
# Lists whose pages are also articles of many words.
_LOOSE_LISTS = frozenset(
    [
        "archiv", "archive", "archives", "collection", "collections", "dossier", "dossiers",
        "people", "person", "rubric", "rubrik", "rubriken", "rubrique", "rubriques", "section",
        "sections", "series", "staff", "team",
    ]
)  # fmt: skip
# Sections of little news; what lies behind them is judged like all else.
_DOORS = frozenset(
    [
        "careers", "crossword", "crosswords", "games", "horoscope", "jobs", "meteo", "podcasts",
        "puzzles", "weather", "wetter",
    ]
)  # fmt: skip
_ANNOUNCE = frozenset(
    [
        "article", "articles", "artikel", "articolo", "articoli", "articulo", "articulos",
        "artigo", "artykul", "story", "stories", "nachricht", "noticia", "makale", "haber",
        "post", "posts", "entry", "node", "newsitem", "content",
    ]
)  # fmt: skip
_LITTLE = frozenset(
    [
        "a", "an", "and", "at", "by", "das", "de", "del", "der", "des", "die", "du", "e", "el",
        "en", "et", "for", "from", "i", "il", "in", "la", "le", "les", "los", "oder", "of", "on",
        "or", "s", "the", "to", "und", "van", "von", "vs", "with", "y",
    ]
)  # fmt: skip
_DATE = re.compile(
    r"(?:^|[/_-])(?:19|20)\d\d[/_-]?(?:0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec)[a-z]*(?:[/_-]?(?:0?[1-9]|[12]\d|3[01]))?(?=$|[/_.-])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![0-9a-zA-Z])[a-zA-Z]{0,3}\d{5,}(?![a-zA-Z])")
_MIXED_ID = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{8,}", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]{3,}|\d{3,}")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PAGE_FILE = re.compile(r"(?i)\.(?:s?html?|php\d?|aspx?|jspx?|cfm|do|amp|stm)$")
_INDEX = frozenset({"index", "default", "home", "main"})
_NAMES_OF_LISTS = _INDEX | _LISTS | _LOOSE_LISTS | _DOORS
_PARAMETERS = re.compile(
    r"(?i)(?:.*(?:id|art|article|story|news|post|item|doc|aid|nid|sid|key|no|num|idx)|p|a|n|s)$"
)
_LONG_SLUG = 4  # telling words; three make a section's name ("climate-change-news")


@lru_cache(maxsize=16_384)
def shape_of(url: str) -> Shape:
    """The shape of an absolute address."""
    parts = urlsplit(url)
    segments = [unquote(s).strip().lower() for s in parts.path.split("/") if s.strip()]
    if segments and _FILES.search(segments[-1]):
        return Shape.NEVER
    stem = _PAGE_FILE.sub("", segments[-1]) if segments else ""
    dated = _is_dated(segments, stem)
    if any(segment in _SERVICES for segment in (*segments[:-1], stem)):
        return Shape.ARTICLE if dated or _is_numbered_slug(stem) else Shape.NEVER
    if any(segment in _LISTS or segment in _LOOSE_LISTS for segment in segments[:-1]) and not dated:
        under_a_list = segments[-2] in _LISTS  # a topic's name can be long, a person's too
        long = len(_words(stem)) > _LONG_SLUG and not under_a_list
        return Shape.HEADLINE if long else Shape.SECTION
    if dated or _is_identifier(stem) or _chosen_by_query(parts.query):
        return Shape.ARTICLE
    if _is_headline(segments, stem):
        return Shape.HEADLINE
    if not segments or stem in _NAMES_OF_LISTS or (len(segments) == 1 and len(stem) < 4):
        return Shape.SECTION
    if _announced(segments, stem):
        return Shape.ARTICLE
    return Shape.UNKNOWN


def _is_dated(segments: list[str], stem: str) -> bool:
    """A date that is followed by a name or number, or that ends a name; not an archive's."""
    path = "/".join([*segments[:-1], stem])
    date = _DATE.search(path)
    if date is None:
        return False
    after, before = path[date.end() :], path[: date.start()].rpartition("/")[2]
    return bool(_NAME.search(after) or _NAME.search(before))


def _is_numbered_slug(stem: str) -> bool:
    return bool(_NUMBER.search(stem)) and len(_words(stem)) >= 2


def _is_identifier(stem: str) -> bool:
    if _NUMBER.search(stem) or _UUID.search(stem):
        return True
    return bool(_MIXED_ID.fullmatch(stem)) and sum(char.isdigit() for char in stem) >= 2


def _is_headline(segments: list[str], stem: str) -> bool:
    """Many words in the last segment, or in the one before an opaque one; fewer in a file."""
    if not segments:
        return False
    enough = _LONG_SLUG - 1 if stem != segments[-1] else _LONG_SLUG
    # Scripts without spaces and capitals: many letters are many words.
    if len(_words(stem)) >= enough or sum(char > "\u0e00" for char in stem) >= 8:
        return True
    return len(segments) > 1 and len(_words(segments[-2])) > _LONG_SLUG


def _words(stem: str) -> list[str]:
    return [
        w for w in re.split(r"[-_+.,:;~ ]+", stem) if w and w not in _LITTLE and not w.isdigit()
    ]


def _chosen_by_query(query: str) -> bool:
    """The page is chosen by a parameter that holds an identifier, as in `?p=123`."""
    return any(
        _PARAMETERS.fullmatch(name) and re.search(r"\d{3,}", value)
        for name, value in parse_qsl(query)
    )


def _announced(segments: list[str], stem: str) -> bool:
    """What follows a word for "article" is one."""
    return len(segments) > 1 and segments[-2] in _ANNOUNCE and len(stem) > 2
