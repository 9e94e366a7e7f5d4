"""Lines that point away from an article: "read more: …", share bars, headings of other things.

They stand among the paragraphs and in the same elements, so only their words tell. A line goes
only where these words are all of it, or are followed by a colon or dash and another headline.
"""

from __future__ import annotations

import re

from crawlers.extract.pieces import Piece

_LONGEST = 260  # letters; a longer paragraph says something of its own
_ELSEWHERE = (
    r"read (?:more|also|next|on)|also read|see also|more on this|more from",
    r"related(?: (?:articles?|stor(?:y|ies)|news|coverage|content|posts?|topics?))?",
    r"recommended(?: stories| for you| reading)?|don['’]t miss|must read",
    r"you (?:may|might) also (?:like|be interested)",
    r"(?:à )?lire (?:aussi|également|la suite|plus)|sur le même sujet|voir aussi",
    r"lesen sie (?:auch|mehr|hier)|mehr (?:zum thema|dazu|lesen)|lesetipp|auch interessant",
    r"das könnte sie auch interessieren",
    r"lea (?:también|además|más)|leer (?:más|también)|(?:te|le) puede interesar|ver también",
    r"leia (?:também|mais)|veja também|saiba mais",
    r"leggi anche|leggi tutto|per approfondire|vedi anche",
    r"lees (?:ook|meer|verder)|läs (?:också|även|mer)|les (?:også|mer)|læs (?:også|mere)",
    r"lue (?:myös|lisää)|lesa meira",
    r"(?:czytaj|zobacz) (?:też|także|również|więcej|dalej)|čtěte (?:také|též|dále)|přečtěte si",
    r"čítajte (?:aj|tiež)|preberite (?:tudi|še)|pročitajte (?:još|i)|citește (?:și|mai mult)",
    r"olvass(?:a el)? (?:tovább|még)|διαβάστε (?:επίσης|περισσότερα|ακόμα)",
    r"читайте (?:также|ещ[её]|також|далі|дальше)|по теме|по темі|вижте (?:още|също)",
    r"(?:bunu da |ayrıca )?okuyun|ilgili haber(?:ler)?|baca (?:juga|selengkapnya)",
    r"(?:đọc|xem) thêm|soma (?:pia|zaidi)",
    r"اقرأ (?:أيضا|أيضًا|المزيد|ايضا)|بیشتر بخوانید|קראו (?:גם|עוד)",
    r"यह भी पढ़ें|ये भी पढ़ें|और पढ़ें|আরও পড়ুন|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง",
    r"関連記事|関連ニュース|あわせて読みたい|相关(?:阅读|新闻|报道)|延伸閱讀|相關(?:新聞|報導)",
    r"더 보기|관련 ?기사",
)
_ALONE = (
    r"advertisement|anzeige|werbung|publicité|publicidade?|pubblicità|reklama?|реклама|annons",
    r"mainos|newsletter|loading|most read|meistgelesen|trending(?: now)?|comments?",
    r"share(?: this(?: article| story| post)?)?|share on (?:facebook|twitter|x|whatsapp|linkedin)",
    r"teilen|partager|compartir|compartilhar|condividi|delen|dela|udostępnij|поделиться|paylaş",
    r"bagikan|follow us(?: on [\w ,]+)?|sign up (?:here|now)|subscribe(?: now)?",
    r"leave a (?:comment|reply)",
)
_POINTS_AWAY = re.compile(
    rf"\W*(?:{'|'.join(_ELSEWHERE)})(?:\s*[:：|>»→\-–—…].{{0,{_LONGEST}}}|\W*)",
    re.IGNORECASE | re.DOTALL,
)
_SAYS_NOTHING = re.compile(rf"\W*(?:{'|'.join(_ALONE)})\W*", re.IGNORECASE)


def without_plugs(pieces: list[Piece]) -> list[Piece]:
    """`pieces` but for those that only point elsewhere; all of them if that would be all."""
    return [piece for piece in pieces if not is_plug(piece)] or pieces


def is_plug(piece: Piece) -> bool:
    text = piece.text
    return (
        len(text) <= _LONGEST
        and piece.kind != "table"
        and (_POINTS_AWAY.fullmatch(text) or _SAYS_NOTHING.fullmatch(text)) is not None
    )
