"""Which words of a byline are the names of people."""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator

from crawlers.extract.agencies import AGENCIES
from crawlers.extract.page import one_line

_LEADING = re.compile(
    r"^By(?=[A-Z][a-z])|^(?:(?:(?:written|posted|published|reported|story|words|reporting|text|"
    r"(?:more )?(?:stories|articles|posts)|by)\s+)?by|from|von|par|por|"
    r"di|door|av|af|od|przez|автор|текст|text|words|autor(?:in|es|a)?|auteurs?|authors?|"
    r"redaktion)\b\s*:?\s+|^[:|•·–—-]\s*",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s*(?:[|•·]|\s[–—-]\s|\bfor\b\s+[A-Z]|\((?![^()]{1,20}\)\s[^\s,]+$)|\bis an?\b|\bvia\b|\bfollow\b|@|\bpublished\b|\bupdated\b|"
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
    r"expert|networks?|edition|nation|tips|guide|cleaning|digital|security|group|cent(?:er|re)|council|committee|"
    r"department|ministry|school|college|academy|club|studios?|productions?|solutions|technolog(?:y|ies)|systems|"
    r"labs?|partners|consulting|marketing|software|insurance|bank|editors?|publishing|publications?|society|"
    r"redaksjonen|redaktionen|toimitus|szerkesztőség|redakcja|redakce|yazı işleri|haber|"
    r"learn more|read more|view all|see all|view in|strategy|foto|photos?|bild|image|getty|credit|reviewed|edited|checked|"
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
# Degrees behind a name; the short ones only behind a comma ("Jack Ma" has none).
_DEGREES = re.compile(
    r"(?:,\s*|\s)(?:M\.?D|Ph\.?\s?D|MBA|MPH|RDN|FOMA|DABOM|FAAFP|LCSW|Pharm\.?D|CSCS|Esq)\b\.?(?=[,\s]|$)|"
    r",\s*(?:M\.?Sc|B\.?Sc|M\.?A|B\.?A|RD|LD|RN|CPA|CFP|CFA|JD|DO|DDS|DVM|MS)\b\.?(?=[,\s]|$)"
)
_DATE_AT_END = re.compile(
    r"[\s,|•·-]+(?:(?:january|february|july|september|october|november|december)\b.*|"
    r"(?:march|april|may|june|august)\s+\d.*|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*)$",
    re.IGNORECASE,
)


def people_in(text: str) -> Iterator[str]:
    """The names of people in a byline or an author field."""
    text = one_line(_DEGREES.sub("", text))
    if len(text) > 300 or "://" in text:
        return
    text = _DATE_AT_END.sub("", text)
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
