"""News agencies: their names as credits write them, and which of them an article credits."""

from __future__ import annotations

import re

from crawlers.extract.jsonld import article_of, strings
from crawlers.extract.page import Page

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
_CREDIT_AT_END = re.compile(
    r"[(\[–—/-]\s*((?:[\w-]{2,12}(?:\s*[/,+&]\s*|\s+mit\s+)?){1,3})\s*[)\]]?\s*\.?\s*$"
)
_DATELINE = re.compile(r"^[^.!?]{0,60}?[(]([^()]{2,40})[)]\s*[-–—:]")


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
