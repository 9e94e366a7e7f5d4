"""The date that a reader sees on a page: near the heading, labelled, or on a line of its own.

Asked only where nothing in the markup tells it. One walk over short texts in the page's order,
bounded in number, so that no page can take long.
"""
# ruff: noqa: E501 -- tables of words read better in long lines

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.language import declared_of, primary
from crawlers.extract.moments import Moment, read_moment
from crawlers.extract.page import Page, one_line

_TEXTS = etree.XPath(
    "descendant::node()[self::h1 or self::text()[string-length(.) < 220 and not(parent::script or"
    " parent::style or parent::noscript or parent::title or parent::option or parent::textarea)]]"
)
_MAX_TEXTS = 8_000
_MAX_DATES = 60  # texts with a date that are looked at closely
_LIST = 4  # dates in one kind of place are a list's
_MAYBE = re.compile(r"(?<!\d)\d{4}(?!\d)|令和|平成")
_MONTH_DAY = re.compile(r"[^\W\d]{3,}\.? \d{1,2},? \d{4}")
_DAY_MONTH = re.compile(r"(?<!\d)\d{1,2}\.? [^\W\d]{3,}\.?,? \d{4}")
_ENOUGH = 4  # points that a date needs
_SURE = 6  # points that today's date needs: it might be the page's clock
_NEAR_AFTER, _NEAR_BEFORE = 30, 12  # texts around the heading
_PUBLISHED = re.compile(
    r"publish|posted|\bpub(?:lication)?\.? ?date|\bdate\b|first posted|created on|\bissued|released?\b|"
    r"veröffentlich|erschienen|\bdatum|\bstand\b|publié|paru le|mis en ligne|publicad|\bfecha|pubblicat|"
    r"\bdata\b|gepubliceerd|geplaatst|publicera|publisert|udgivet|offentliggj|julkaistu|opublikowan|dodano|"
    r"publikován|vydáno|zveřejněn|publikovan|objavljen|közzétéve|megjelent|publicat|δημοσιε|опубликован|"
    r"размещен|\bдата|опубліковано|публик|yayın|eklenme|\bgiriş|\btarih|نشر|تاريخ|تاریخ|منتشر|פורסם|प्रकाशित|প্রকাশ|"
    r"公開|掲載|配信|投稿|発表|发布|發佈|發布|发表|時間|时间|입력|등록|작성|게시|승인|đăng|xuất bản|ngày|เผยแพร่|"
    r"diterbitkan|dipublikasikan|tayang|\bterbit|chapishwa",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"updat|modifi|edited|revis(?:ed|ion)|last (?:changed|reviewed)|reviewed|aktualisier|geändert|zuletzt|"
    r"mise? à jour|actualizad|aggiornat|modificat|atualizad|bijgewerkt|gewijzigd|uppdatera|oppdater|opdater|"
    r"päivitetty|muokattu|zaktualizow|aktualizac|aktualizov|frissít|actualizat|ενημέρωσ|обновл|изменен|оновл|"
    r"güncelle|تحديث|روزرسانی|עודכן|अपडेट|अद्यतन|আপডেট|最終更新|更新(?:日|:|：)|改訂|수정|cập nhật|อัปเดต|diperbarui|diubah|sasishwa",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"©|\(c\)|copyright|all rights|accessed|retrieved|abgerufen|consulté|expires?|valid|deadline|\bborn\b|"
    r"\bdied\b|\bevent|\bstarts?\b|\bends?\b|\bdue\b|until|established|\bsince\b|\bseit\b|opens?\b|hours|"
    r"\bversion\b|joined|registered|member since|founded|photo|foto|image|getty|\bfile\b|next|upcoming",
    re.IGNORECASE,
)
_NAMED_DATE = re.compile(
    r"date|time|publi|posted|pubdate|meta|byline|stamp|fecha|datum|\bdata\b|zeit|horario|info|credit",
    re.IGNORECASE,
)
_FURNITURE = frozenset(
    ("nav", "footer", "aside", "form", "select", "button", "figcaption", "table", "dialog")
)
_FURNITURE_NAME = re.compile(
    r"comment|related|sidebar|recent|popular|trending|footer|copyright|promo|teaser|newsletter|event|calendar|"
    r"archive|read-?more|recommend|latest|upcoming|caption|hours|weather|references|popup|modal|cookie|carousel",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s[|·•]\s|--")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?!\d)")
_LONG = 30  # letters of a line that may hold more than a date
_LATER = 8  # letters before a label that belongs to a second date
_LINKED = 3  # times the letters of the date in one link: a teaser


@dataclass(frozen=True, slots=True)
class Seen:
    """A date on the page, how much speaks for it, and whether the page calls it a change."""

    moment: Moment
    points: int
    updated: bool


def visible_dates(page: Page, *, month_first: bool | None) -> list[Seen]:
    """Dates with enough points to be the page's own, the best first."""
    language = primary(declared_of(page))
    nodes = _TEXTS(page.tree)[:_MAX_TEXTS]
    heading = _heading(nodes)
    dated = list(_dated(nodes))
    month_first = _habit([text for _, text, _ in dated], month_first)
    seen: list[tuple[Seen, str]] = []
    for index, text, before in dated:
        moment = read_moment(text, language=language, month_first=month_first)
        if moment is not None:
            node = nodes[index].getparent()
            near = _nearness(index, heading)
            seen.append((_judged(moment, text, before, node, near), _place(node)))
    return _enough(seen)


def _heading(nodes: list[Any]) -> int | None:
    """The first heading, or what stands for it where nothing is of the first level."""
    first = next((i for i, node in enumerate(nodes) if isinstance(node, HtmlElement)), None)
    if first is not None:
        return first
    return next((i for i, n in enumerate(nodes) if n.getparent().tag in ("h2", "h3")), None)


def _enough(seen: list[tuple[Seen, str]]) -> list[Seen]:
    """Dates of a list need more points, the page's only one fewer."""
    days = {s.moment.at.date() for s, _ in seen if s.points > 0}
    places = Counter(place for _, place in seen)
    least = _ENOUGH - 2 * (len(days) == 1)
    found = [s for s, place in seen if s.points >= least + 3 * (places[place] >= _LIST)]
    return sorted(found, key=lambda s: -s.points)


def _habit(texts: list[str], month_first: bool | None) -> bool | None:
    """Where months are named: whether this page writes them before the day."""
    before = sum(1 for text in texts if _MONTH_DAY.search(text))
    after = sum(1 for text in texts if _DAY_MONTH.search(text))
    return month_first if before == after else before > after


def is_sure(seen: Seen) -> bool:
    return seen.points >= _SURE


def _dated(nodes: list[str | HtmlElement]) -> Iterator[tuple[int, str, str]]:
    """Index, text and label (the text before) of the texts that may hold a date."""
    before, n = "", 0
    for index, node in enumerate(nodes):
        if not isinstance(node, str):
            continue
        if _MAYBE.search(node):
            yield index, _part(one_line(node)), before
            n += 1
            if n >= _MAX_DATES:
                return
        elif not node.isspace():
            before = one_line(node)
            continue
        if not node.isspace():
            before = ""


def _part(text: str) -> str:
    """The part of a line with the date: other parts name people and topics, or tell a change."""
    parts = _PARTS.split(text)
    dated = [index for index, part in enumerate(parts) if _MAYBE.search(part)]
    if len(dated) == 1 and len(text) > _LONG:
        own, *after = parts[dated[0] :]
        text = f"{own} {after[0]}" if after and _CLOCK.match(after[0]) else own
    change = _UPDATED.search(text, _LATER)
    before = text[: change.start()] if change else ""
    return before.strip() if _MAYBE.search(before) else text


def _nearness(index: int, heading: int | None) -> int:
    if heading is None:
        return 0
    if 0 < index - heading <= _NEAR_AFTER:
        return 3
    return 1 if 0 < heading - index <= _NEAR_BEFORE else 0


def _judged(moment: Moment, text: str, before: str, node: HtmlElement, near: int) -> Seen:
    label = f"{before[-40:]} {text}" if len(before) <= 60 else text
    letters = sum(ch.isalpha() for ch in text)
    updated = bool(_UPDATED.search(label))
    published = bool(_PUBLISHED.search(label))
    if _OTHER.search(text) or letters > 60 or (letters > 25 and not (published or updated)):
        return Seen(moment, 0, updated)
    points = near + 2 * published + 2 * updated + _of_place(node, len(text))
    points += 2 if letters <= 12 else 1
    points += _PUBLISHED.match(text) is not None
    return Seen(moment, points, updated and not _says_both(label))


def _says_both(label: str) -> bool:
    """Published … updated: the first date of the two is meant."""
    published, updated = _PUBLISHED.search(label), _UPDATED.search(label)
    return bool(published and updated and published.start() < updated.start())


def _of_place(node: HtmlElement, length: int) -> int:
    """Points for what the elements around it are named; furniture takes them away."""
    points = 0
    for level, outer in enumerate((node, *node.iterancestors())):
        name = f"{outer.get('class') or ''} {outer.get('id') or ''}"
        if outer.tag in ("body", "html", "main", "article"):
            break
        if outer.tag == "footer" and next(outer.iterancestors("article"), None) is not None:
            continue
        if outer.tag in _FURNITURE or _FURNITURE_NAME.search(name):
            return -4
        if outer.tag == "a" and len("".join(outer.itertext())) > _LINKED * length:
            return -4
        if level < 3 and not points and _NAMED_DATE.search(name):
            points = 2
    return points


def _place(node: HtmlElement) -> str:
    parent = node.getparent()
    own = f"{node.tag}.{node.get('class')}"
    return own if parent is None else f"{parent.tag}.{parent.get('class')} {own}"
