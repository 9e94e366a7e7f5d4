"""Pages of which only a teaser is free to read."""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re

from lxml import etree

from crawlers.extract.evidence import Evidence, Kind
from crawlers.extract.metadata import Said
from crawlers.extract.page import Page
from crawlers.extract.posing import visible_text
from warehouse.records import Outcome

_STUB_WORDS = 80  # a locked page with fewer words shows a teaser only
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


def paywalled(page: Page, words: int, said: Said) -> Kind | None:
    """The stub that a paywall left, or None: a short text alone is none."""
    locked = said.is_accessible_for_free is False
    if words >= _STUB_WORDS:
        return None
    told = _PAYWALL_TEXT.search(visible_text(page))
    barrier = bool(_BARRIER(page.tree)) if locked else False
    if locked and (told or barrier or words < _STUB_WORDS // 2):
        reason = f"only a teaser of {words} words is free to read"
    elif told and words < _STUB_WORDS // 2:
        reason = f"a teaser of {words} words and a call to subscribe"
    else:
        return None
    evidence: list[Evidence] = [(1, f"{words} words")]
    evidence += [(3, "marked as not free")] if locked else []
    evidence += [(2, f"says {told[0]!r}")] if told else []
    evidence += [(1, "a barrier in its markup")] if barrier else []
    return Kind.refused(Outcome.PAYWALLED, "paywall", reason, evidence)
