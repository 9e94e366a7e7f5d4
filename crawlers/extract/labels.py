"""The words before a name that say who wrote, in some forty languages: "Text:", "Von", "記者".

Labels stand before a colon, or whatever a language sets there; prepositions ("by") before the name
itself. Those who took the pictures are somebody else.
"""
# ruff: noqa: E501 -- tables of words read better in long lines

from __future__ import annotations

import re

_AT = r"(?:^|[|·•–—;,./]\s*|--\s*|\s{2,}|[\u3000（(【\[])\s*"  # where a label may begin
_LABELLED = re.compile(
    _AT
    + r"(?:(?:written|reported|submitted|posted|words|story|text|interview) by|words|story|texts?|interview|"
    r"authors?|autor(?:in|es|as|a|i|ka|ius|s)?|auteurs?|autore|autori|texte|texto|testo|teksti|tekst|tekstas|"
    r"forfatter|författare|skribent|journalist|reporter|redactor(?:a)?|geschrieben von|eingestellt von|"
    r"propos recueillis par|recueilli par|réalisé par|yazan|haber|muhabir|yazar|szerző|írta|kirjoittaja|penulis|"
    r"oleh|pewarta|tác giả|thực hiện|mwandishi|skrywer|автор(?:и|ы|ът)?|текст|журналіст|беседовал[аи]?|piše|пише|napsala?|napisała?|napisala?|skrev|parengė|мәтін|"
    r"συντάκτης|συντάκτρια|κείμενο|γράφει|γράφουν|ρεπορτάζ|نویسنده|گزارش|خبرنگار|بقلم|كتبت?|الكاتب|إعداد|تحریر|מאת|כתב|כתבה|"
    r"लेखक|लेखिका|द्वारा|रिपोर्ट|লেখক|প্রতিবেদক|எழுதியவர்|രചന|โดย|ผู้เขียน|เรื่อง|ผู้สื่อข่าว)\s*[:：]\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
# Chinese and Japanese write the name right behind; an editor in charge is named last of all.
_EASTERN = (
    re.compile(
        r"(?:^|[\s|·•；;，,、（(【\[])"
        r"(?:(?:本[报報]|本[网網]|特[约約])?[记記]者|作者|撰文|撰稿|取材・文|構成・文|文・写真|執筆|筆者|著者|ライター|文(?=\s*[:：/／|｜＝=●]))"
        r"\s*[:：/／|｜＝=・●]?\s*(?P<rest>.*)$",
        re.DOTALL,
    ),
    re.compile(
        r"(?:^|[\s|·•（(【\[])(?:责任编辑|責任編輯|责编|責編)\s*[:：/／]\s*(?P<rest>.*)$", re.DOTALL
    ),
)
_PREPOSITION = re.compile(
    r"(?:^|[|·•–—]\s*|--\s*|(?<=\d)\s)\s*(?:(?:written|reported|submitted|posted|words|story) by|by|von|par|por|di|door|av|af|de|od|"
    r"przez|oleh|deur|ni|propos recueillis par|recueilli par|geschrieben von|eingestellt von|του|της|των|από|от|"
    r"بقلم|מאת|โดย)(?:\s+(?P<rest>.*)$|\s*$)",
    re.IGNORECASE | re.DOTALL,
)
_PICTURES = re.compile(
    r"(?:^|[\s,;|/(.–—-])(?:fotos?|photos?|photograph(?:s|y|ie)?|fotografier?|fotograf(?:ie|ía|ia)?|fotók?|foto's|bild(?:er)?|billeder?|"
    r"bilder|kuvat?|valokuvat?|zdj[eę]cia?|image|images|imagen(?:es)?|imagem|immagin[ei]|grafik|illustrations?|video|"
    r"symbolbild|quelle|source|sources|fotoğraf(?:lar)?|фото|иллюстрации|φωτο(?:γραφίες)?|תמונות|צילום|صور[ةه]?|عکس|"
    r"写真|撮影|图|图片|摄影|攝影|사진|ภาพ|ảnh)(?:\s*[:：/／＝=]|\s(?:by|von|av|af|par)\s).*$",
    re.IGNORECASE | re.DOTALL,
)
_ENOUGH = re.compile(r"[|•·●\d<>]|--|\s[–—]\s")  # ends what a label names
_HAN = re.compile("[\u3400-\u9fff]")


def without_pictures(text: str) -> str:
    """The text before the credit of its pictures."""
    return _PICTURES.sub("", text)


def after_label(text: str) -> str | None:
    """What stands behind the label that says who wrote; "" where it ends the text."""
    if ":" in text or "：" in text:
        found = _LABELLED.search(text)
        if found:
            return _named(found)
    if _HAN.search(text):
        for pattern in _EASTERN:
            found = pattern.search(text)
            if found:
                return _named(found)
    return None


def after_preposition(text: str) -> str | None:
    """What stands behind "by"; "" where it ends the text."""
    found = _PREPOSITION.search(text)
    return _named(found) if found else None


def _named(found: re.Match[str]) -> str:
    return _ENOUGH.split(found["rest"] or "", maxsplit=1)[0].strip()
