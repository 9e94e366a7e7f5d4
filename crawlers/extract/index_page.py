"""Pages of links, products or posts: listings, home pages, shops, forums.

Evidence adds up: the address, what the page calls itself, its links, prices and numbered posts.
What marks an article speaks against it. The cheap questions come first; most pages are articles,
and of those nothing but the address and the marks is looked at.
"""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from crawlers.extract.blocks import count_words
from crawlers.extract.evidence import Evidence, Kind, points
from crawlers.extract.jsonld import is_article, types_of
from crawlers.extract.page import Page, text_of
from crawlers.extract.pieces import Piece
from crawlers.extract.posing import visible_text
from warehouse.records import Outcome

_ENOUGH = 4  # points more than what speaks for an article
_NOTHING = 12  # fewer words need a date or an article's mark
_SHORT = 80
_LINK_LETTERS = 15  # shorter links are labels
_LINE = 60  # letters of a line that may be a sentence
_TEASER_WORDS = 60
_POSTS = 3  # numbered posts that make a thread
_PRICES = 12
_TYPES = {
    **dict.fromkeys(("DiscussionForumPosting", "QAPage", "Question"), 3),
    **dict.fromkeys(
        ("CollectionPage", "SearchResultsPage", "ProfilePage", "Blog", "Product", "ProductGroup",
         "OfferCatalog", "EventSeries", "AboutPage", "ContactPage", "ItemList"), 2,
    ),
}  # fmt: skip
_PATH = re.compile(
    r"/(?:tags?|categor(?:y|ies)|topics?|authors?|search|archives?|sections?|page|thema|themen|rubrik|"
    r"forums?|[\w-]+-forum|community|threads?|discussions?|questions|shop|products?|collections|label|browse|c|"
    r"lists?|groups|viewtopic|showthread|forumdisplay|viewforum|r/\w+/comments)(?:\.php)?(?:/|$)",
    re.IGNORECASE,
)
_SLUG = re.compile(r"[^\W_]+(?:[-_][^\W_]+){3,}|\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}|\.s?html?$")
_HOSTS = ("forum.", "forums.", "community.", "discuss.", "boards.", "answers.", "shop.", "store.")
# What programs of websites name the kind of page in the class of its body.
_CLASSES = re.compile(
    r"(?<![\w-])(?:archive|search-results|post-type-archive|tax-[\w-]+|"
    r"woocommerce-shop|single-product|single-topic|single-forum|bbpress|question-page|comments-page|"
    r"page-category|template-(?:collection|product|search|index|list-collections)|path-(?:taxonomy|frontpage)|"
    r"page-taxonomy|frontpage|homepage|section-front)(?![\w-])",
    re.IGNORECASE,
)
_HINTS = re.compile(r"(?<![\w-])(?:home|blog|tag|author|category|search)(?![\w-])", re.IGNORECASE)
_ARTICLE_CLASSES = re.compile(
    r"(?<![\w-])(?:single-post|single-format-\w+|post-template-default|template-article|article-page|"
    r"(?:page-)?node-type-(?:article|news|blog|story)\w*)(?![\w-])"
)
_FORUM_CLASSES = re.compile(
    r"(?<![\w-])(?:single-topic|single-forum|bbpress|question-page|comments-page)(?![\w-])"
)
_STATIC = re.compile(r"(?<![\w-])page-template|(?<![\w-])page-id-\d")
_FORUM_PROGRAM = re.compile(
    r"xenforo|vbulletin|phpbb|discourse|invision|mybb|flarum|vanilla|nodebb|bbpress", re.IGNORECASE
)
_FORUM_TEMPLATE = re.compile(r"template-thread_view|template-forum|LoggedOut")
_ARTICLES = etree.XPath("count(.//article)")
_LINKS = etree.XPath(".//a[@href]")
_TEASERS = etree.XPath(
    "count(.//*[self::h2 or self::h3 or self::h4][.//a[@href] or parent::a]"
    "[not(ancestor::nav or ancestor::aside or ancestor::footer)])"
)
_ITEMTYPES = etree.XPath(".//@itemtype", smart_strings=False)
_NUMBERED = etree.XPath(
    ".//*[starts-with(@id,'post') or starts-with(@id,'answer') or starts-with(@id,'thing_') or"
    " starts-with(@id,'js-post') or starts-with(@data-content,'post')]/@id",
    smart_strings=False,
)
_NUMBER = re.compile(
    r"^(?:js-)?(?:post|answer|thing_t1|post_content|p)[-_]?\w{0,8}?\d{2,}|^thing_t1_\w+$"
)
_PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:€|kr|zł|₽|USD|EUR)\b")
_SHELF = re.compile(
    r"\bsort by\b|\bfilter by\b|showing (?:all )?\d+|\d+ (?:results|products|items)\b|add to (?:cart|bag|basket)|"
    r"sortieren nach|in den warenkorb|trier par|ajouter au panier|ordenar por|ordina per|sorteer op",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।\"”»']$")


def for_article(page: Page, published: str | None) -> list[Evidence]:
    """What marks the page as one article."""
    told: list[Evidence] = []
    names = [name for item in page.items if is_article(item) for name in types_of(item)]
    if names:
        told.append(
            (4 if "News" in names[0] or "Report" in names[0] else 3, f"marked as {names[0]}")
        )
    og_type = (page.meta("og:type") or "").lower()
    if og_type in ("article", "news", "news.article", "newsarticle"):
        told.append((2, f"og:type {og_type}"))
    if page.meta("article:published_time", "og:article:published_time"):
        told.append((1, "article:published_time"))
    if published in ("json-ld", "meta", "feed", "sitemap", "time"):
        told.append((1, f"dated by its {published}"))
    if match := _ARTICLE_CLASSES.search(_classes(page)):
        told.append((2, f"body class {match[0]}"))
    return told


def index_of(
    page: Page, pieces: list[Piece], words: int, marks: list[Evidence], published: str | None
) -> tuple[Kind | None, list[Evidence]]:
    """The refusal of a page of links or posts, if it is one; and what evidence there was."""
    if words < _NOTHING and points(marks) < 2 and published is None:
        nothing = [(4, f"{words} words, undated, not marked as an article")]
        return _refused(nothing), nothing
    evidence = [*_of_address(page), *_of_marks(page)]
    if not evidence and points(marks) >= _ENOUGH:
        return None, evidence
    if published is None:
        evidence.append((1, "no date"))
        if words < _SHORT and points(marks) < 2:
            evidence.append((1, f"{words} words"))
    if _broken(pieces):
        evidence.append((1, "few whole sentences"))
    posts = [*_of_posts(page)] if points(evidence) >= 2 else []
    if evidence and (posts or not _strong(marks)):
        evidence += [*_of_links(page, pieces, published), *_of_shelves(page, words)]
    against = points(_believed(marks, forum=points(posts) >= 3 or _is_forum(page)))
    evidence += posts
    if points(evidence) - against < _ENOUGH:
        return None, evidence
    return _refused(evidence), evidence


def _refused(evidence: list[Evidence]) -> Kind:
    reason = "a page of links or posts: " + ", ".join(what for _, what in evidence)
    return Kind.refused(Outcome.NOT_ARTICLE, "index", reason, evidence)


def _strong(marks: list[Evidence]) -> bool:
    """Marked as an article by its structured data, and dated."""
    return points(marks) >= _ENOUGH and any(weight >= 3 for weight, _ in marks)


def _believed(marks: list[Evidence], *, forum: bool) -> list[Evidence]:
    """Programs of forums call every thread an article."""
    return [mark for mark in marks if not forum or mark[0] >= 3]


def _is_forum(page: Page) -> bool:
    return bool(_FORUM_CLASSES.search(_classes(page)))


def _of_address(page: Page) -> Iterator[Evidence]:
    parts = urlsplit(page.url)
    if parts.path in ("", "/") and not parts.query:
        yield 3, "the home page of its site"
    elif not _SLUG.search(parts.path) and not parts.query:
        yield 1, "an address without a slug"
    if _PATH.search(parts.path):
        yield 2, "the address of a listing"
    if (parts.hostname or "").startswith(_HOSTS):
        yield 2, "a forum's or a shop's host"


def _classes(page: Page) -> str:
    body = page.tree.find("body")
    return f"{page.tree.get('class') or ''} {body.get('class') or '' if body is not None else ''}"


def _of_marks(page: Page) -> Iterator[Evidence]:
    kinds = {name for item in page.items for name in types_of(item)} & _TYPES.keys()
    if kinds:
        kind = max(sorted(kinds), key=lambda name: _TYPES[name])
        yield _TYPES[kind], f"marked as {kind}"
    og_type = (page.meta("og:type") or "").lower()
    if og_type.startswith("product"):
        yield 2, f"og:type {og_type}"
    elif og_type in ("website", "object", "profile"):
        yield 1, f"og:type {og_type}"
    classes = _classes(page)
    if match := _CLASSES.search(classes):
        yield 3, f"body class {match[0]}"
    elif match := _HINTS.search(classes):
        yield 1, f"body class {match[0]}"
    elif _STATIC.search(classes):
        yield 1, "a static page"
    if _FORUM_PROGRAM.search(page.meta("generator") or "") or _FORUM_TEMPLATE.search(classes):
        yield 3, "made by a forum's program"
    if _ARTICLES(page.tree) >= 5:
        yield 1, "many articles in one page"


def _of_posts(page: Page) -> Iterator[Evidence]:
    named = {name.rsplit("/", 1)[-1] for name in _ITEMTYPES(page.tree)} & _TYPES.keys()
    forum = sorted(name for name in named if _TYPES[name] >= 3)
    if forum:
        yield 3, f"marked as {forum[0]}"
    posts = {name for name in _NUMBERED(page.tree)[:500] if _NUMBER.search(name)}
    if len(posts) >= _POSTS:
        yield 2, f"{len(posts)} numbered posts"


def _of_links(page: Page, pieces: list[Piece], published: str | None) -> Iterator[Evidence]:
    linked = {text for a in _LINKS(page.tree)[:3000] if len(text := text_of(a)) >= _LINK_LETTERS}
    text = "\n".join(piece.text for piece in pieces)
    share = sum(len(link) for link in linked if link in text) / max(1, len(text))
    if share > 0.4:
        yield 3, f"{share:.0%} of its text are links"
    heads = [piece.text for piece in pieces if piece.kind == "subhead"]
    teasers = sum(head in linked for head in heads)
    around = int(_TEASERS(page.tree))
    if teasers >= 3 and teasers * 2 > len(heads):
        yield 2, f"{teasers} of its headings are links"
    elif published is None and around >= 4 and count_words(text) < around * _TEASER_WORDS:
        yield 3, f"{around} headings that are links, little text for each"


def _of_shelves(page: Page, words: int) -> Iterator[Evidence]:
    """Prices and what one does in a shop; a long text may well name prices."""
    visible = visible_text(page)
    prices = len(_PRICE.findall(visible))
    if prices >= _PRICES and prices * 20 > words:
        yield 2, f"{prices} prices"
    if words < 3 * _SHORT and (match := _SHELF.search(visible)):
        yield 2, f"says {match[0]!r}"


def _broken(pieces: list[Piece]) -> bool:
    """Most of the text is in lines that do not end like sentences."""
    lines = [line for piece in pieces for line in piece.text.split("\n")]
    whole = sum(len(line) for line in lines if _SENTENCE_END.search(line) and len(line) > _LINE)
    return whole * 2 < sum(len(line) for line in lines)
