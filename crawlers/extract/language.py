"""Which language a page declares and which its text is in (BCP 47 primary tags, lower case)."""
# ruff: noqa: E501, SIM905 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections import Counter
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
_GLANCE = 500  # that are enough where they are in the language the page declares
_SURE = 0.9
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
    found, sure = _classified(sample[:_GLANCE])
    if found == said and sure >= _SURE:
        return found  # two witnesses agree
    found, sure = _classified(sample)
    if said and found != said and (sure < _SURE or {found, said} in _CLOSE):
        return said
    return found


_CLOSE = (
    {"no", "nn"}, {"no", "da"}, {"hr", "sr"}, {"hr", "bs"}, {"sr", "bs"},
    {"id", "ms"}, {"cs", "sk"}, {"gl", "pt"}, {"af", "nl"}, {"xh", "zu"}, {"lb", "de"},
)  # fmt: skip


# First and last code points of the scripts that texts of the web's news are in (ISO 15924).
_SCRIPTS = (
    ("Latn", "A-Za-z\u00c0-\u024f\u1e00-\u1eff"), ("Cyrl", "\u0400-\u052f"), ("Grek", "\u0370-\u03ff\u1f00-\u1fff"),
    ("Arab", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"), ("Hebr", "\u0590-\u05ff"),
    ("Deva", "\u0900-\u097f"), ("Beng", "\u0980-\u09ff"), ("Guru", "\u0a00-\u0a7f"), ("Gujr", "\u0a80-\u0aff"),
    ("Orya", "\u0b00-\u0b7f"), ("Taml", "\u0b80-\u0bff"), ("Telu", "\u0c00-\u0c7f"), ("Knda", "\u0c80-\u0cff"),
    ("Mlym", "\u0d00-\u0d7f"), ("Sinh", "\u0d80-\u0dff"), ("Thai", "\u0e00-\u0e7f"), ("Laoo", "\u0e80-\u0eff"),
    ("Tibt", "\u0f00-\u0fff"), ("Mymr", "\u1000-\u109f"), ("Geor", "\u10a0-\u10ff"), ("Armn", "\u0530-\u058f"),
    ("Ethi", "\u1200-\u137f"), ("Khmr", "\u1780-\u17ff"), ("Hang", "\uac00-\ud7af\u1100-\u11ff"),
    ("Kana", "\u3040-\u30ff"), ("Hani", "\u3400-\u9fff"),
)  # fmt: skip
_OF_SCRIPT = tuple((name, re.compile(f"[{span}]")) for name, span in _SCRIPTS)
_JAPANESE = 0.1  # of the letters are kana in a Japanese text


def script_of(text: str) -> str | None:
    """The script of most letters, as ISO 15924 names it; Jpan for kanji with kana."""
    sample = text[:_SAMPLE]
    letters = Counter(sample)  # few different ones: asked of each once
    seen = "".join(letters)
    counts = {name: sum(letters[one] for one in p.findall(seen)) for name, p in _OF_SCRIPT}
    total = sum(counts.values())
    if not total:
        return None
    if counts["Kana"] > _JAPANESE * total:
        return "Jpan"
    most = max(counts, key=lambda name: counts[name])
    return "Kore" if most == "Hang" else most


def _classified(sample: str) -> tuple[str, float]:
    code, sure = _identifier().classify(sample)
    return _ALIASES.get(code, code), float(sure)


def primary(tag: str | None) -> str | None:
    """The primary subtag, in today's spelling."""
    if not tag:
        return None
    code = tag.replace("_", "-").split("-")[0].lower()
    return _ALIASES.get(code, code)
