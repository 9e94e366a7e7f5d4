"""Drops what is not the article from a text somebody copied off a page.

General rules about lines (link headings, share bars, comment boxes, source and cookie lines), none
about a particular site. Everything dropped is reported with its reason, so a person can object.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WHOLE = re.IGNORECASE | re.VERBOSE


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line that is not part of the article, and why."""

    line: str
    why: str


@dataclass(frozen=True, slots=True)
class _Rule:
    why: str
    pattern: re.Pattern[str]
    most_words: int  # a longer line is prose that happens to begin like this
    takes: str = ""  # "links": the headlines below too; "rest": all that follows


_RULES = (
    _Rule(
        "heading of a list of links",
        re.compile(
            r"""^\W*(?:read\s+(?:more|also|next|on)|also\s+read|more\s+(?:stories|news|on\s+this(?:\s+story)?|from\s+.*)
            |related(?:\s+(?:articles?|stories|posts?|news|content|topics|coverage|links))?|see\s+also|recommended(?:\s+.*)?
            |you\s+(?:may|might)\s+(?:also\s+)?like.*|don['’]t\s+miss|most\s+(?:read|popular|viewed)|trending(?:\s+now)?
            |latest\s+(?:news|stories|posts)|further\s+reading|what\s+to\s+read\s+next|editor['’]?s['’]?\s+picks?
            |lesen\s+sie\s+auch|mehr\s+zum\s+thema|auch\s+interessant|lire\s+aussi|à\s+lire\s+aussi|sur\s+le\s+même\s+sujet
            |(?:lea|lee|leia|leggi)\s+(?:también|tambien|também|anche)|te\s+puede\s+interesar|leia\s+mais|lees\s+ook
            |czytaj\s+(?:też|także|więcej)|читайте\s+также|читайте\s+також|läs\s+(?:också|mer)|les\s+også)\W*(?::.*)?$""",
            _WHOLE,
        ),
        25,
        "links",
    ),
    _Rule(
        "comment section",
        re.compile(
            r"""^\W*(?:\d+\s+thoughts?\s+on\b.*|(?:leave|post|add|write)\s+(?:a|your)\s+(?:comment|reply)\b.*
            |(?:no\s+comments?(?:\s+yet)?|\d+\s+(?:comments?|replies|responses?))(?:\s+(?:on|to)\b.*)?
            |join\s+the\s+(?:conversation|discussion)|comments?(?:\s+(?:are\s+)?closed)?|view\s+comments?
            |kommentar(?:e|\s+schreiben|\s+hinterlassen)|(?:laisser|ajouter)\s+un\s+commentaire|dejar?\s+un\s+comentario
            |deixe\s+(?:um|o\s+seu)\s+comentário|lascia\s+un\s+commento|добавить\s+комментарий)\W*$""",
            _WHOLE,
        ),
        40,
        "rest",
    ),
    _Rule(
        "source line",
        re.compile(
            r"""^\W*(?:(?:information|news|original|article|story|content)?\s*sources?|via|quelle|fuente|fonte|bron|źródło|источник)\s*:\s*\S.*$
            |^\W*(?:this\s+(?:article|story|post)\s+(?:was\s+)?(?:first|originally)\s+(?:appeared|published)\b.*)$""",
            _WHOLE,
        ),
        25,
    ),
    _Rule(
        "newsletter or subscription line",
        re.compile(
            r"""^\W*(?:sign\s*up\b|subscribe\b|get\s+(?:our|the)\s+(?:free\s+)?(?:daily|weekly|newsletter|app)|newsletters?\W*$
            |join\s+(?:our|us\s+on)\b|follow\s+us\b|like\s+us\s+on|download\s+(?:our|the)\s+app|become\s+a\s+(?:member|subscriber)
            |enter\s+your\s+e-?mail|your\s+e-?mail\s+address|support\s+(?:our|independent)\s+journalism|already\s+a\s+subscriber
            |jetzt\s+abonnieren|abonnez-vous|suscr[ií]b|assine\b|iscriviti|suivez-nous|folgen\s+sie\s+uns|síguenos)""",
            _WHOLE,
        ),
        40,
    ),
    _Rule(
        "cookie or privacy line",
        re.compile(
            r"""^\W*(?:(?:we|this\s+(?:site|website|page))\s+(?:and\s+our\s+partners\s+)?uses?\s+cookies|by\s+(?:continuing|using|clicking)\b.*\bcookies?
            |accept\s+(?:all\s+)?(?:cookies)?\W*$|(?:cookie\s+(?:policy|settings|preferences)|manage\s+(?:cookies|consent)|privacy\s+policy
            |terms\s+(?:of\s+(?:use|service)|and\s+conditions))\W*$|diese\s+(?:website|seite)\s+(?:verwendet|nutzt)\s+cookies
            |(?:ce\s+site|nous)\s+utilis\w+\s+.*cookies|(?:este\s+sitio|utilizamos)\s+.*cookies)""",
            _WHOLE,
        ),
        60,
    ),
    _Rule(
        "copyright line",
        re.compile(
            r"^\W*(?:©|\(c\)\s|copyright\W*(?:\(c\)|©|\d{4}|by\b)|all\s+rights\s+reserved)", _WHOLE
        ),
        40,
    ),
    _Rule(
        "who wrote it",
        re.compile(
            r"""^\W*(?:(?i:by)\s+(?:(?i:and|the)\s+|,\s*|[A-Z][\w.'’-]*[,|]?\s*){2,}(?:(?i:staff|special|chief|senior)\b.*
            |,?\s*(?i:correspondent|reporter|editor|contributor|writer)s?\b.*|\bfor\s+.*)?\W*
            |(?i:contributing|additional\s+reporting|reporting|editing|writing|edited|compiled)(?i:\s+by|\s*:|\s+from)\s+[A-Z].*
            |.*\b(?i:contributed\s+to\s+this\s+(?:report|story|article)|contributed\s+reporting)\b.*
            |.*\breported\s+from\s+[A-Z].*(?i:contribut\w+)\s*:.*)$""",
            re.VERBOSE,
        ),
        45,
    ),
    _Rule(
        "picture credit",
        re.compile(
            r"""^\W*(?:(?:photo|image|picture|file\s+photo|foto|bild|crédit\s+photo)s?(?:\s+(?:credit|by|courtesy))?\s*[:©/].*
            |.{0,80}[/|]\s*(?:AP|AFP|EPA|PA|dpa|ANSA|getty(?:\s+images)?|reuters|shutterstock|alamy|istock)\W*)$""",
            _WHOLE,
        ),
        15,
    ),
    _Rule(
        "page furniture",
        re.compile(
            r"""^\W*(?:advertise?ments?|advertisement\s+.*|anzeige|publicité|publicidad|sponsored(?:\s+content)?|skip\s+to\s+(?:main\s+)?content|menu|search
            |log\s*in|sign\s*in|register|home|print(?:\s+this)?(?:\s+(?:page|article))?|e-?mail(?:\s+this)?|copy\s+link|back\s+to\s+top|loading\W*
            |previous(?:\s+(?:post|article))?|next(?:\s+(?:post|article))?|(?:posted|filed)\s+(?:in|under)\b.*|tags?\s*:.*|categor(?:y|ies)\s*:.*|topics\s*:.*
            |\d+\s+min(?:ute)?s?\s+read|listen\s+to\s+this\s+article.*|watch\s*:.*|share(?:\s+(?:this|on)\b.*)?|tweet|teilen|partager|compartir|compartilhar
            |last\s+updated\b.*|show\s+more|load\s+more|continue\s+reading|click\s+here\b.*|show\s+hide|about\s+the\s+authors?)\W*$""",
            _WHOLE,
        ),
        12,
    ),
)

_SHARE = frozenset(
    [
        "facebook",
        "twitter",
        "x",
        "whatsapp",
        "linkedin",
        "e-mail",
        "email",
        "mail",
        "print",
        "pinterest",
        "reddit",
        "telegram",
        "share",
        "tweet",
        "copy",
        "link",
        "save",
        "flipboard",
        "tumblr",
        "messenger",
        "instagram",
        "mastodon",
        "bluesky",
        "threads",
        "pocket",
        "sms",
        "on",
        "this",
        "via",
        "pin",
        "more",
    ]
)


def drop(text: str) -> tuple[str, tuple[Dropped, ...]]:
    """`text` without furniture, and what was dropped, in order; empty where all of it is."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    dropped: list[Dropped] = []
    taking = ""
    for i, line in enumerate(lines):
        rule = _rule(line.strip()) or _shouted(line.strip(), kept)
        if rule and rule.takes == "rest" and i >= 0.5 * len(lines):
            taking = "rest"
        elif rule and rule.takes == "links":
            taking = "links" if _is_heading(line) else ""
        if rule:
            dropped.append(Dropped(line.strip(), rule.why))
        elif line.strip() and (why := _goes_along(line.strip(), taking)):
            dropped.append(Dropped(line.strip(), why))
        else:
            taking = taking if not line.strip() else ""
            kept.append(line)
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return body, tuple(dropped)


def _goes_along(line: str, taking: str) -> str:
    if taking == "rest":
        return "below the comment section"
    headline = line[-1] not in _ENDS_OF_PROSE and len(line.split()) <= 20
    return "link to another article" if taking == "links" and headline else ""


def _shouted(line: str, above: list[str]) -> _Rule | None:
    """A line in capitals amid a text that is not: sites set links to other articles so."""
    shouts = line.isupper() and len(line.split()) > 3 and line[-1] not in _ENDS_OF_PROSE
    return _IN_CAPITALS if shouts and any(c.islower() for row in above for c in row) else None


def _is_heading(line: str) -> bool:
    """Whether the links follow below; "Related post: The harbour" has its link in the line."""
    return not line.partition(":")[2].strip()


def _rule(line: str) -> _Rule | None:
    if not line:
        return None
    parts = line.split()
    for rule in _RULES:
        if len(parts) <= rule.most_words and rule.pattern.match(line):
            return rule
    tokens = [w for w in re.split(r"[\s|·•,/]+", line.lower()) if w]
    if len(tokens) > 1 and all(t in _SHARE for t in tokens):
        return _SHARE_BAR
    return None


_ENDS_OF_PROSE = ".!?…:;,\"”'’»«“)。！？」।"
_SHARE_BAR = _Rule("share bar", re.compile(""), 0)
_IN_CAPITALS = _Rule("line in capitals, as of a link", re.compile(""), 0)
