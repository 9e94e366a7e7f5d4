"""What kind of page it is: an article, or one of the pages that pose as one.

Short is not bad: a news brief of three lines is an article. A challenge, consent wall or error
page sent with status 200 is not, nor is a page of links. Each refusal names its evidence.
"""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from crawlers.extract.blocks import count_words
from crawlers.extract.jsonld import is_article, types_of
from crawlers.extract.metadata import Said
from crawlers.extract.page import Page, one_line, text_of
from crawlers.extract.pieces import Piece
from warehouse.records import Outcome

_STUB_WORDS = 80  # a locked page with fewer words shows a teaser only
_POSING_WORDS = 250  # error, challenge and consent pages have fewer words
_BRIEF_WORDS = 120
_NOTHING = 12  # fewer words need a date or an article's mark
_SHORT = 80
_ENOUGH = 4  # weight of evidence that makes an index page
_LINK_LETTERS = 15  # shorter links are labels
_LINE = 60  # letters of a line that may be a sentence

_CHALLENGE_TITLE = re.compile(
    r"^(?:just a moment|attention required!|access denied|pardon our interruption|"
    r"are you (?:a )?(?:human|robot)|robot check|security check|ddos-guard|one moment,? please|"
    r"checking your browser|verif(?:y|ying) (?:that )?you are (?:a )?human|human verification|"
    r"bot verification|please wait|un momento|einen moment|un instant|captcha|request blocked|"
    r"request unsuccessful|you have been blocked|403 forbidden|forbidden)\b",
    re.IGNORECASE,
)
_CHALLENGE_MARK = re.compile(
    r"cf-browser-verification|cf-challenge|challenge-platform/h|cdn-cgi/challenge-platform|_cf_chl_opt|"
    r"captcha-delivery\.com|px-captcha|_Incapsula_Resource|ddos-guard\.net|awswaf|aws-waf-token|"
    r"g-recaptcha|h-captcha|hcaptcha\.com|cf-turnstile|sucuri_cloudproxy|kasada|perimeterx"
)
_CHALLENGE_TEXT = re.compile(
    r"enable (?:javascript|js) and cookies to continue|checking (?:if the site connection is secure|your "
    r"browser)|(?:verify|confirm|prove|check) (?:that )?you(?:'re|’re| are) (?:not a (?:ro)?bot|(?:a )?human)|"
    r"unusual (?:traffic|activity) from your|complete the (?:security check|captcha)|ray id|"
    r"you don.t have permission to access|automated (?:access|requests|traffic)|"
    r"performance (?:and|&) security by cloudflare|are not a robot",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"before you continue|bevor sie (?:fortfahren|zu)|avant de continuer|prima di continuare|"
    r"antes de continuar|voordat je verdergaat|privacy(?:-| )?(?:manager|instellingen|settings|center)|"
    r"cookie(?:s|-)? ?(?:consent|wall|einstellungen|hinweis|settings)|your privacy choices|"
    r"zustimmung|consent(?:ement)?\b|datenschutzeinstellungen|mit werbung (?:weiter|lesen)",
    re.IGNORECASE,
)
_CONSENT_TEXT = re.compile(
    r"cookies?|consent|personal(?:ised|ized)? (?:data|ads|advertising)|our (?:\d+ )?partners|privacy policy|"
    r"accept all|reject all|alle akzeptieren|zustimm\w+|einwillig\w+|datenschutz\w*|werbung|tracking|"
    r"tout accepter|consentement|données personnelles|accetta|accettare|aceptar|consentimiento|"
    r"toestemming|akkoord|accepteren|legitimate interest|store and/or access|utiq|pur-abo",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"^(?:consent|privacy|cmp|myprivacy|zustimmung)\b|consent\.")
_ERROR_TITLE = re.compile(
    r"^\W*(?:error\W*)?(?:404|410|500|502|503)\b(?!\s+media)|"
    r"(?:page|article|story|content|file|site|resource|url|address)\s+(?:(?:you(?:'re|’re| are)?\s+\w+\s+(?:for\s+)?)?"
    r"(?:(?:was|is|has|could|can)\s*(?:not|n.t|no longer|been)?\s*(?:be\s+)?|can ?not (?:be )?))?"
    r"(?:not\s+)?(?:found|available|exist|removed|unavailable|expired|missing)\b|"
    r"^\W*(?:not found|oops|sorry|whoops|something went wrong|server error|service unavailable|"
    r"internal server error|bad gateway|page non trouvée|page introuvable|seite nicht gefunden|"
    r"seite (?:existiert|konnte)|inhalt nicht (?:gefunden|verfügbar)|artikel nicht (?:gefunden|verfügbar)|"
    r"página no encontrada|no encontrado|página não encontrada|pagina non trovata|pagina niet gevonden|"
    r"siden (?:ble )?(?:ikke|blev ikke) fund?et|sidan (?:kunde inte hittas|hittades inte)|sayfa bulunamadı|"
    r"strona nie (?:została znaleziona|istnieje)|nie znaleziono|страница не найдена|сторінку не знайдено|"
    r"ページが見つかりません|页面不存在|找不到|페이지를 찾을 수 없)",
    re.IGNORECASE,
)
_PAYWALL_TEXT = re.compile(
    r"subscribe(?: now)? to (?:continue|read|keep reading|unlock|access)|(?:continue|keep) reading (?:this|with|for|by)|"
    r"this (?:article|content|story|page) is (?:for|only|reserved|available|exclusive)\b.{0,40}(?:subscribers?|members?)|"
    r"(?:already (?:a )?|for )subscribers? (?:only|\? ?(?:log|sign) ?in)|subscribers?[- ]only|"
    r"(?:log|sign) in or subscribe|become a (?:member|subscriber) to|to read the (?:full|rest)|"
    r"start your (?:free )?trial|unlock this (?:article|story)|weiterlesen mit|jetzt (?:weiterlesen|abonnieren|testen)|"
    r"artikel ist (?:nur )?für abonnenten|nur für abonnenten|réservé aux abonnés|abonnez-vous pour|"
    r"il vous reste .{0,12}% de cet article|solo para suscriptores|suscríbete para|"
    r"contenuto riservato agli abbonati|abbonati per (?:leggere|continuare)|alleen voor abonnees|"
    r"exclusivo para assinantes|только для подписчиков|для абонентів|dostęp tylko dla",
    re.IGNORECASE,
)
_BARRIER = etree.XPath(
    "boolean(.//*[contains(@class,'paywall') or contains(@id,'paywall') or contains(@class,'piano-')"
    " or contains(@class,'tp-container') or contains(@class,'regwall') or contains(@class,'meter-wall')"
    " or contains(@class,'subscribe-wall') or contains(@class,'paid-barrier')])"
)
_INDEX_TYPES = frozenset(
    ("CollectionPage", "SearchResultsPage", "ItemList", "ProfilePage", "Blog", "DiscussionForumPosting",
     "QAPage", "Product", "ProductGroup", "OfferCatalog", "ImageGallery", "EventSeries", "AboutPage", "ContactPage")
)  # fmt: skip
_INDEX_PATH = re.compile(
    r"/(?:tag|tags|category|categories|topic|topics|author|authors|search|archive|archives|section|"
    r"page|thema|themen|rubrik|forums?|community|threads?|discussions?|questions|shop|products?|"
    r"collections|label|browse|c|category|list|lists|groups|"
    r"viewtopic\.php|viewforum\.php|showthread\.php|forumdisplay\.php)(?:/|$)",
    re.IGNORECASE,
)
_SLUG = re.compile(r"[^\W_]+(?:[-_][^\W_]+){3,}|\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}|\.s?html?$")
_ARTICLES = etree.XPath("count(.//article)")
_LINKS = etree.XPath(".//a[@href]")
_TEASERS = etree.XPath(
    "count(.//*[self::h2 or self::h3 or self::h4][.//a[@href] or parent::a]"
    "[not(ancestor::nav or ancestor::aside or ancestor::footer)])"
)
_TEASER_WORDS = 60
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।\"”»']$")


@dataclass(frozen=True, slots=True)
class Kind:
    """A refusal with its outcome, or (outcome None) the kind of article; `reason` is evidence."""

    outcome: Outcome | None
    kind: str
    reason: str


def kind_of(
    page: Page, pieces: list[Piece], *, title: str, said: Said, published: str | None
) -> Kind:
    """What the page is; `published` says where a date was found (None: nowhere)."""
    text = "\n".join(piece.text for piece in pieces)
    words = count_words(text)
    marked = _marked_as_article(page)
    posing = _posing(page, title, text, words, marked)
    if posing is not None:
        return posing
    if said.is_accessible_for_free is False or (
        words < _STUB_WORDS and _PAYWALL_TEXT.search(_visible(page))
    ):
        stub = _stub(page, words, said)
        if stub is not None:
            return stub
    if not words:
        return Kind(Outcome.NOT_ARTICLE, "empty", "no text was found on it")
    index = _index(page, pieces, words, marked, published)
    if index is not None:
        return index
    return Kind(None, _of_article(page, words), "")


def _marked_as_article(page: Page) -> bool:
    if any(is_article(item) for item in page.items):
        return True
    return (page.meta("og:type") or "").lower() in (
        "article",
        "news",
        "news.article",
        "newsarticle",
    ) or bool(page.meta("article:published_time", "og:article:published_time"))


def _visible(page: Page) -> str:
    body = page.tree.find("body")
    return text_of(body if body is not None else page.tree)[:20_000]


def _titles(page: Page, title: str) -> list[str]:
    head = page.tree.find(".//title")
    texts = [title, text_of(head) if head is not None else ""]
    texts += [text_of(h1) for h1 in list(page.tree.iter("h1"))[:2]]
    return [one_line(text) for text in texts if text]


def _posing(page: Page, title: str, text: str, words: int, marked: bool) -> Kind | None:
    """Error, challenge and consent pages; they are short and not marked as articles."""
    if words > _POSING_WORDS:
        return None
    titles = _titles(page, title)
    visible = _visible(page)
    if _is_challenge(page, titles, visible, words, marked):
        return Kind(Outcome.CHALLENGE, "challenge", "a check for robots, not the page itself")
    if _is_consent(page, titles, visible, text, words, marked):
        return Kind(Outcome.CONSENT_WALL, "consent_wall", "a consent page, not the page itself")
    if not marked or words < 40:
        for candidate in titles:
            if len(candidate) < 120 and _ERROR_TITLE.search(candidate):
                return Kind(Outcome.GONE, "error", f"an error page: {candidate[:80]!r}")
    return None


def _is_challenge(page: Page, titles: list[str], visible: str, words: int, marked: bool) -> bool:
    if marked and words > 40:
        return False
    said = any(_CHALLENGE_TITLE.search(title) for title in titles)
    told = bool(_CHALLENGE_TEXT.search(visible[:4000]))
    marks = len(visible) < 3000 and _CHALLENGE_MARK.search(_scripts(page)) is not None
    return (said and (told or marks or words < 60)) or (told and marks) or (marks and words < 15)


def _scripts(page: Page) -> str:
    parts = [
        (e.get("src") or "") + (e.text or "")[:2000] for e in list(page.tree.iter("script"))[:30]
    ]
    parts += [
        f"{e.get('class') or ''} {e.get('id') or ''}"
        for e in list(page.tree.iter("div", "form"))[:60]
    ]
    return "\n".join(parts)


def _is_consent(  # noqa: PLR0917 -- private
    page: Page, titles: list[str], visible: str, text: str, words: int, marked: bool
) -> bool:
    if marked and words > 60:
        return False
    host = urlsplit(page.url).hostname or ""
    named = (
        any(_CONSENT_TITLE.search(title) for title in titles)
        or _CONSENT_HOST.search(host) is not None
    )
    hits = len(_CONSENT_TEXT.findall(text or visible[:4000]))
    total = max(words, 1) if text else max(len(visible[:4000].split()), 1)
    return (named and hits >= 2) or (hits >= 5 and hits * 12 >= total)


def _stub(page: Page, words: int, said: Said) -> Kind | None:
    told = _PAYWALL_TEXT.search(_visible(page)) is not None or bool(_BARRIER(page.tree))
    locked = said.is_accessible_for_free is False
    if (locked and told and words < _STUB_WORDS) or (locked and words < _STUB_WORDS // 2):
        return Kind(Outcome.PAYWALLED, "stub", f"only a teaser of {words} words is free to read")
    if told and words < _STUB_WORDS // 2:
        return Kind(Outcome.PAYWALLED, "stub", f"a teaser of {words} words and a call to subscribe")
    return None


def _index(
    page: Page, pieces: list[Piece], words: int, marked: bool, published: str | None
) -> Kind | None:
    """A page of links, products or posts, by evidence that adds up; an article's marks speak for it."""
    if marked and published in ("json-ld", "meta", "feed"):
        return None
    if words < _NOTHING and not marked and published is None:
        return Kind(
            Outcome.NOT_ARTICLE, "index", f"{words} words, undated, not marked as an article"
        )
    evidence = [*_address_evidence(page), *_mark_evidence(page)]
    if published is None:
        evidence.append((1, "no date"))
        if words < _SHORT and not marked:
            evidence.append((1, f"{words} words"))
    if _broken(pieces):
        evidence.append((1, "few whole sentences"))
    if evidence:
        evidence += _link_evidence(page, pieces, published)
    score = sum(weight for weight, _ in evidence) - (2 if marked else 0)
    if score < _ENOUGH:
        return None
    return Kind(
        Outcome.NOT_ARTICLE,
        "index",
        "a page of links or posts: " + ", ".join(r for _, r in evidence),
    )


def _address_evidence(page: Page) -> Iterator[tuple[int, str]]:
    parts = urlsplit(page.url)
    if parts.path in ("", "/") and not parts.query:
        yield 3, "the home page of its site"
    elif not _SLUG.search(parts.path) and not parts.query:
        yield 1, "an address without a slug"
    if _INDEX_PATH.search(parts.path):
        yield 2, "the address of a listing"
    if (parts.hostname or "").startswith(("forum.", "forums.", "community.", "shop.", "store.")):
        yield 2, "a forum's or a shop's host"


def _mark_evidence(page: Page) -> Iterator[tuple[int, str]]:
    kinds = {name for item in page.items for name in types_of(item)} & _INDEX_TYPES
    if kinds:
        yield 2, f"marked as {min(kinds)}"
    og_type = (page.meta("og:type") or "").lower()
    if og_type.startswith("product"):
        yield 2, f"og:type {og_type}"
    elif og_type in ("website", "object", "profile"):
        yield 1, f"og:type {og_type}"
    if _ARTICLES(page.tree) >= 5:
        yield 1, "many articles in one page"


def _link_evidence(
    page: Page, pieces: list[Piece], published: str | None
) -> Iterator[tuple[int, str]]:
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


def _broken(pieces: list[Piece]) -> bool:
    """Most of the text is in lines that do not end like sentences."""
    lines = [line for piece in pieces for line in piece.text.split("\n")]
    whole = sum(len(line) for line in lines if _SENTENCE_END.search(line) and len(line) > _LINE)
    return whole * 2 < sum(len(line) for line in lines)


def _of_article(page: Page, words: int) -> str:
    names = {name for item in page.items for name in types_of(item)}
    if "LiveBlogPosting" in names:
        return "live"
    if "OpinionNewsArticle" in names:
        return "opinion"
    return "brief" if words < _BRIEF_WORDS else "article"
