"""Which kind of article a page is: brief, live blog, opinion, press release, gallery, video."""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from crawlers.extract.evidence import Evidence, Kind, points
from crawlers.extract.jsonld import is_article, types_of
from crawlers.extract.metadata import Said
from crawlers.extract.page import Page

_ENOUGH = 3  # points that make one of these of an article
_BRIEF_WORDS = 120
_FEW_WORDS = 250  # a gallery or a video page has fewer
_FIGURES = 8
_TYPES = {
    "LiveBlogPosting": "live", "OpinionNewsArticle": "opinion", "ImageGallery": "gallery",
    "MediaGallery": "gallery",
}  # fmt: skip
_PATHS = {
    "live": re.compile(r"/(?:[\w-]*-)?(?:live-?(?:blog|ticker|updates|news|coverage)|liveticker|news-?ticker|minute-by-minute|en-direct|en-vivo|minuto-a-minuto|live)(?:[-/.,]|$)", re.IGNORECASE),
    "opinion": re.compile(r"/(?:[\w-]+_)?(?:opinions?|op-?eds?|commentisfree|comment(?:ary)?|kommentare?|meinung(?:en)?|editorials?|columns?|columnists?|kolumnen?|leitartikel|debatte|gastkommentar|idees|tribunes?|opinioni|editoriali|opinione?s?|columnas?|ledare|leder|kronikk?|debatt?|opini|kolom|yazarlar|mneniya?|opinie|viewpoints?|perspectives|letters)(?:[-/.]|$)", re.IGNORECASE),
    "press_release": re.compile(r"/(?:press|news|media|company-news|business)?-?(?:press-?releases?|pressemitteilung(?:en)?|presseinformation(?:en)?|newsroom|communiques?(?:-de-presse)?|comunicados?(?:-de-prensa|-stampa)?|news-releases?|media-releases?|prnewswire|business-news)(?:[-/.]|$)", re.IGNORECASE),
    "gallery": re.compile(r"/(?:[\w-]+-)?(?:galler(?:y|ies)|photos?|photo-?galler\w+|slideshows?|bildergalerien?|fotostrecken?|fotogaler\w+|galer[ií]as?|diaporamas?|in-pictures|picture-gallery|bilder|foto)(?:[-/.]|$)", re.IGNORECASE),
    "video": re.compile(r"/(?:videos?|watch|mediathek|clips?|tv)(?:[-/.]|$)", re.IGNORECASE),
}  # fmt: skip
_TITLES = {
    "live": re.compile(r"\blive ?(?:blog|ticker|updates?|stream)\b|\bliveticker\b|\bnews-?ticker\b|^live\b|\blive[:|]|\bticker\b[^:]{0,20}:|\ben direct\b|\ben vivo\b|\bminuto a minuto\b|\bcanlı\b|онлайн-трансляц", re.IGNORECASE),
    "opinion": re.compile(r"^(?:opinion|op-?ed|editorial|column|comment(?:ary)?|kommentar|leitartikel|gastkommentar|kolumne|meinung|tribune|opini[oóã]n?|editoriale|columna|ledare|kronik|мнение|analysis & opinion)\b\s*[:|–—-]|\|\s*(?:opinion|comment|editorial|column)\b", re.IGNORECASE),
    "press_release": re.compile(r"^press release\b|pressemitteilung\b|^communiqué de presse|^comunicado de prensa|^comunicato stampa", re.IGNORECASE),
    "gallery": re.compile(r"^(?:photos?|in pictures|pictures|gallery|bilder|fotos|slideshow)\b\s*[:|–—-]|\b(?:photo gallery|in pictures|bildergalerie|fotostrecke)\b|\[photos\]", re.IGNORECASE),
    "video": re.compile(r"^(?:video|watch|regardez|vídeo)\s*[:|–—-]|\[video\]|\(video\)\s*$", re.IGNORECASE),
}  # fmt: skip
_SECTIONS = {
    "opinion": re.compile(r"^(?:the )?(?:opinions?|op-?eds?|comment(?:ary|isfree)?|kommentare?|meinung(?:en)?|editorials?|columns?|columnists?|gastkommentar|leitartikel|debatte?|tribunes?|opinioni|opini[oóã][na]?|columnas?|ledare|kronikk?|opini|letters?|viewpoints?)(?:$|\W)", re.IGNORECASE),
    "press_release": re.compile(r"press releases?|pressemitteilung|news release", re.IGNORECASE),
    "live": re.compile(r"^live", re.IGNORECASE),
    "gallery": re.compile(r"^(?:photos?|galler|bilder|slideshow|pictures)", re.IGNORECASE),
    "video": re.compile(r"^videos?$", re.IGNORECASE),
}  # fmt: skip
_WIRE = re.compile(
    r"/PRNewswire/|PRNewswire|\(?BUSINESS WIRE\)?--|GLOBE ?NEWSWIRE|/EINPresswire|ACCESSWIRE|FOR IMMEDIATE RELEASE|"
    r"\(ots\)|OTS\)|Medienmitteilung|PRESSEMITTEILUNG"
)
_ABOUT = re.compile(
    r"(?:^|\n)(?:About|Über|À propos de|Acerca de|Sobre|Informazioni su) [^\n]{2,80}(?:\n|$)"
)
_CONTACT = re.compile(
    r"\b(?:media|press|investor|pr) (?:contacts?|relations|inquiries|enquiries)\b|pressekontakt|contact presse",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"for more information,? (?:please )?(?:visit|contact|see)|weitere informationen (?:unter|finden|zu)|"
    r"pour (?:plus|en savoir)|para más información|per (?:maggiori|ulteriori) informazioni|"
    r"is headquartered in|shares \([A-Z]{2,6}\)|\((?:NYSE|NASDAQ|LSE|SIX|ASX|TSX)[^)]{1,15}\)",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"^(?:[A-ZÀ-Ý][\w.' -]{2,30}, ?[A-Z][\w. ]{1,20}(?:,? [^–—\n-]{0,40})?\s?(?:[–—]|-\s)|[A-ZÀ-Ý .,'-]{8,60}\n)"
)
_PLAYER = etree.XPath(
    "boolean(.//video or .//iframe[contains(@src,'youtube') or contains(@src,'player') or contains(@src,'vimeo') or contains(@src,'/embed/')])"
)
_PICTURES = etree.XPath("count(.//figure[.//img][.//figcaption])")


def article_kind(
    page: Page, text: str, words: int, *, title: str, said: Said,
    told: list[Evidence], against: list[Evidence],
) -> Kind:  # fmt: skip
    """The kind with most evidence, where that is enough; else an article or a brief."""
    named = str(page.tree.findtext(".//title") or "")
    titles = tuple(one.strip() for one in (title, page.meta("og:title") or "", named))
    types = [name for item in page.items for name in types_of(item)]
    found = {kind: [*_evidence(page, kind, titles, types, said)] for kind in _PATHS}
    found["press_release"] += _of_release(page, text)
    if words < _FEW_WORDS:
        found["gallery"] += _of_pictures(page, words)
        found["video"] += _of_video(page, words)
    else:
        found["gallery"] = found["video"] = []  # it has them, and is about more
    best = max(found, key=lambda kind: points(found[kind]))
    if points(found[best]) >= _ENOUGH:
        return Kind.article(best, [*found[best], *told], against)
    told = [*told, (1, f"{words} words")]
    return Kind.article("brief" if words < _BRIEF_WORDS else "article", told, against)


def _evidence(
    page: Page, kind: str, titles: tuple[str, ...], types: list[str], said: Said
) -> Iterator[Evidence]:
    marks = [name for name in types if _TYPES.get(name) == kind]
    if marks:
        yield 4, f"marked as {marks[0]}"
    if match := _PATHS[kind].search(urlsplit(page.url).path):
        yield 2 if kind in ("gallery", "video", "live") else 3, f"{match[0]} in its address"
    if any(_TITLES[kind].search(one) for one in titles):
        yield 3 if kind in ("opinion", "press_release") else 2, "named so in its title"
    sections = [said.section or "", *said.tags[:3]] if kind == "opinion" else [said.section or ""]
    if any(_SECTIONS[kind].search(name.strip()) for name in sections):
        yield 3 if _SECTIONS[kind].search((said.section or "").strip()) else 2, "its section"


def _of_release(page: Page, text: str) -> Iterator[Evidence]:
    ends = text[:600] + "\n" + text[-3000:]
    if match := _WIRE.search(ends):
        yield 3, f"says {match[0]!r}"
    if _ABOUT.search(text[-3000:]):
        yield 2, "ends with what its sender is"
    if match := _CONTACT.search(text[-2000:]):
        yield 2, f"names a {match[0].lower()}"
    if _DATELINE.match(text):
        yield 1, "begins with a place"
    if match := _MORE.search(text[-1200:]):
        yield 1, f"says {match[0]!r}"
    name = _own_name(page)
    if name and name in text[:400].casefold() and name in text[-1000:].casefold():
        yield 1, f"tells of {name} on its own site"


def _own_name(page: Page) -> str | None:
    """What the site is called in its address, where it is long enough to be looked for."""
    parts = (urlsplit(page.url).hostname or "").split(".")
    name = parts[-2] if len(parts) > 1 else ""
    return name if len(name) >= 4 else None


def _of_pictures(page: Page, words: int) -> Iterator[Evidence]:
    pictures = int(_PICTURES(page.tree))
    if pictures >= _FIGURES:
        yield 2, f"{pictures} pictures with captions and {words} words"


def _of_video(page: Page, words: int) -> Iterator[Evidence]:
    if (page.meta("og:type") or "").lower().startswith("video"):
        yield 2, "og:type video"
    names = [name for item in page.items for name in types_of(item)]
    if "VideoObject" in names and not any(is_article(item) for item in page.items):
        yield 2, "marked as VideoObject"
    elif words < _BRIEF_WORDS and "VideoObject" in names:
        yield 1, "holds a VideoObject"
    if words < _BRIEF_WORDS // 2 and _PLAYER(page.tree):
        yield 1, "little else than a player"
