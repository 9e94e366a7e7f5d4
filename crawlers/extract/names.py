"""Which words of a byline are the names of people."""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator

from crawlers.extract.agencies import AGENCIES
from crawlers.extract.labels import after_label, without_pictures
from crawlers.extract.page import one_line

_LEADING = re.compile(
    r"^By(?=[A-Z][a-z])|^(?:(?:(?:written|posted|published|reported|submitted|story|words|reporting|text|"
    r"(?:more )?(?:stories|articles|posts)|by)\s+)?by|from|(?:(?:geschrieben|eingestellt|verfasst)\s+)?von|(?:propos\s+)?recueillis?\s+par|par|por|"
    r"di|door|av|af|od|przez|oleh|deur|του|της|των|от|від|بقلم|מאת|โดย|penulis|yazan|автор|текст|text|words|autor(?:in|es|a)?|auteurs?|authors?|"
    r"redaktion)\b\s*:?\s+|^[:|•·–—-]\s*",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s*(?:[|•·<]|\s[–—-]\s|--|(?<=\w\w\w)(?<!Prof)(?<!Dipl)\.\s|\bfor\b\s+[A-Z]|\((?![^()]{1,20}\)\s[^\s,]+$)|\bis an?\b|\bvia\b|\bfollow\b|@|\bpublished\b|\bupdated\b|"
    r"\bposted\b|\bon\b\s+[A-Z]|\d).*$",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN = re.compile(
    r"\s*(?:[,;/|&\n•·、，／]|(?<=[ก-๙])\s*และ|\s(?:and|und|et|y|e|i|och|og|en|ve|a|és|ja|și|и|і|та|και|και η|और|এবং|dan|và|with|mit)\s)\s*"
)
# Names that are written in one word, as in East Asia.
_ONE_WORD = re.compile(
    "(?=[々\u3040-\u30ff]*[\u3400-\u9fff])[\u3400-\u9fff々\u3040-\u30ff]{3,8}|[\uac00-\ud7af]{3}"
    "|[\u3400-\u9fff\u30a0-\u30ff]+(?:[·・＝=][\u3400-\u9fff\u30a0-\u30ff]+)+"
)
# Where something says that it is a name.
_SHORT = re.compile("[\u3400-\u9fff々]{2}|[\u30a0-\u30ff]{2,10}|[\uac00-\ud7af]{2,4}")
_KOREAN = re.compile(
    r"(?<![\uac00-\ud7af])([\uac00-\ud7af]{2,4})\s?(?:[\uac00-\ud7af]{1,6}\s?)?(?:기자|특파원|논설위원|칼럼니스트|객원기자)"
)
_NOBODY_EAST = re.compile(
    r"[社网網报報部组組室局台站]$|编辑|編集|編輯|[记記]者|[报報]道|報導|报导|[新][闻聞]|综合|通[讯訊信]|公司|中心|频道|頻道|オンライン|取材班|特派|翻訳|訳者|写真|撮影|"
    r"来源|來源|責任|责任|편집|취재|뉴스|온라인|데스크|기자|신문|일보|방송"
)
_NOBODY_ELSEWHERE = re.compile(
    r"редакц|корреспондент|агентств|пресс-служб|новост|новин|укрінформ|тасс|риа |интерфакс|вестник|газета|"
    r"συντακτικ|ομάδα|αθηναϊκό πρακτορείο|التحرير|وكالات|وكالة|رويترز|مراسل|صحيفة|الجزيرة|متابعات|تحریریه|خبرگزاری|گروه |"
    r"ڈیسک|نیوز|ویب |מערכת|סוכנויות|כתבי |डेस्क|टीम|एजेंसी|ब्यूरो|समाचार|न्यूज|न्यूज़|संवाददाता|প্রতিবেদক|প্রতিনিধি|ডেস্ক|অনলাইন|সংবাদদাতা|"
    r"กองบรรณาธิการ|ทีมข่าว|ออนไลน์|ban biên tập|nhóm pv|phóng viên|redaksi|tim liputan",
    re.IGNORECASE,
)
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
    r"learn more|read more|view all|see all|view in|strategy|foto|photo(?:s|graph(?:s|ers?|y)?)?|bild|image|getty|credit|reviewed|edited|checked|"
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
    text = one_line(_DEGREES.sub("", without_pictures(text)))
    if len(text) > 300 or "://" in text:
        return
    if korean := _KOREAN.findall(text):
        yield from (name for name in korean if is_called(name))
        return
    labelled = after_label(text)
    text = labelled or text
    text = _DATE_AT_END.sub("", text)
    for part in _BETWEEN.split(_LEADING.sub("", text)):
        name = one_line(_TRAILING.sub("", _LEADING.sub("", part))).strip(
            " .,:;-–—|\"'“”()（）【】[]『』"
        )
        if _ROLES.fullmatch(name):
            continue
        if is_person(name) or (labelled and is_called(name)):
            yield name


def is_korean_byline(text: str) -> bool:
    """Does it name a reporter the Korean way, the role behind the name?"""
    return _KOREAN.search(text) is not None


def is_called(name: str) -> bool:
    """A short name of East Asia; only where a label or a type says that it is one."""
    return bool(_SHORT.fullmatch(name)) and not _NOBODY_EAST.search(name)


def is_person(name: str) -> bool:
    """Could this be a person's name? Two to five words that begin like names, no agency, no desk."""
    if (
        not 3 <= len(name) <= 60
        or name.casefold() in AGENCIES
        or _AGENCY.match(name)
        or "@" in name
        or _NOBODY.search(name)
        or (not name.isascii() and _NOBODY_ELSEWHERE.search(name))
    ):
        return False
    parts = name.split()
    if any(ch.isdigit() for ch in name):
        return False
    if len(parts) == 1:
        return bool(_ONE_WORD.fullmatch(name)) and not _NOBODY_EAST.search(name)
    return (
        len(parts) <= 5
        and (parts[0][0].isupper() or not parts[0][0].islower())
        and not parts[-1][0].islower()
    )
