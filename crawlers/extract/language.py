"""Which language a page declares and which its text is in (BCP 47 primary tags, lower case)."""
# ruff: noqa: E501, SIM905 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from functools import cache

from lxml.html import HtmlElement
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from crawlers.extract.jsonld import article_of, first
from crawlers.extract.page import Page

# Languages with news sites of their own; the others of py3langid's 97 only attract short texts.
_NEWS = (
    "af am ar as az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy "
    "id is it ja ka kk km kn ko ku ky la lb lo lt lv mg mk ml mn mr ms mt nb ne nl nn no or pa pl ps "
    "pt ro ru rw se si sk sl sq sr sv sw ta te th tl tr ug uk ur vi xh zh zu"
).split()
_TAG = re.compile(r"^[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*$")
_SAMPLE = 1_200  # code points of the text that are looked at
_SHORT = 60  # below this a page's own word counts more than the detection
_ALIASES = {"nb": "no", "iw": "he", "in": "id", "fil": "tl", "mo": "ro"}


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.nb_classes)
    identifier.set_languages([code for code in _NEWS if code in known])
    return identifier


def declared_of(page: Page) -> str | None:
    """The tag the page declares, in BCP 47 form; None when there is none that could be one."""
    article = article_of(page.items) or {}
    for value in (
        _lang(page.tree),
        page.meta("content-language", "language", "dc.language", "og:locale"),
        first(article.get("inLanguage")),
    ):
        tag = (value or "").split(",")[0].strip()
        if _TAG.match(tag):
            return tag.replace("_", "-")
    return None


def _lang(tree: HtmlElement) -> str | None:
    value: str | None = tree.get("lang") or tree.get("xml:lang")
    return value


def detect(text: str, declared: str | None) -> str | None:
    """The language of `text`; a short or doubtful text is what its page declares."""
    said = primary(declared)
    sample = text[:_SAMPLE]
    if len(sample) < _SHORT:
        return said or (_classified(sample)[0] if len(sample) > 20 else None)
    found, sure = _classified(sample)
    if said and found != said and (sure < 0.9 or {found, said} in _CLOSE):
        return said
    return found


_CLOSE = (
    {"no", "nn"}, {"no", "da"}, {"hr", "sr"}, {"hr", "bs"}, {"sr", "bs"},
    {"id", "ms"}, {"cs", "sk"}, {"gl", "pt"}, {"af", "nl"}, {"xh", "zu"}, {"lb", "de"},
)  # fmt: skip


def _classified(sample: str) -> tuple[str, float]:
    code, sure = _identifier().classify(sample)
    return _ALIASES.get(code, code), float(sure)


def primary(tag: str | None) -> str | None:
    """The primary subtag, in today's spelling."""
    if not tag:
        return None
    code = tag.replace("_", "-").split("-")[0].lower()
    return _ALIASES.get(code, code)
