"""Pages that pose as the one asked for: errors, checks for robots, questions about cookies.

They come with status 200, are short and are not marked as articles.
"""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawlers.extract.evidence import Evidence, Kind
from crawlers.extract.page import Page, one_line, text_of
from warehouse.records import Outcome

_POSING_WORDS = 250  # error, challenge and consent pages have fewer words
_MARKED_WORDS = 40  # with more words an article's marks are believed
_MARKED_CONSENT = 60
_ONLY_ASKED = 60  # words of a page that only asks something
_BARE = 15  # words of a page that is a script
_CHALLENGE_TITLE = re.compile(
    r"^(?:just a moment|attention required!|access denied|pardon our interruption|"
    r"are you (?:a )?(?:human|robot)|robot check|security check|ddos-guard|one moment,? please|"
    r"checking your browser|verif(?:y|ying) (?:that )?you are (?:a )?human|human verification|"
    r"bot verification|please wait|un momento|einen moment|un instant|captcha|request blocked|"
    r"request unsuccessful|you have been blocked|403 forbidden|forbidden)\b",
    re.IGNORECASE,
)
_CHALLENGE_MARK = re.compile(
    r"cf-browser-verification|cf-challenge|challenge-platform/h|cdn-cgi/challenge-platform|_cf_chl_opt|"
    r"captcha-delivery\.com|px-captcha|_Incapsula_Resource|ddos-guard\.net|awswaf|aws-waf-token|"
    r"g-recaptcha|h-captcha|hcaptcha\.com|cf-turnstile|sucuri_cloudproxy|kasada|perimeterx"
)
_CHALLENGE_TEXT = re.compile(
    r"enable (?:javascript|js) and cookies to continue|checking (?:if the site connection is secure|your "
    r"browser)|(?:verify|confirm|prove|check) (?:that )?you(?:'re|’re| are) (?:not a (?:ro)?bot|(?:a )?human)|"
    r"unusual (?:traffic|activity) from your|complete the (?:security check|captcha)|ray id|"
    r"you don.t have permission to access|automated (?:access|requests|traffic)|"
    r"performance (?:and|&) security by cloudflare|are not a robot|"
    # The same in other languages.
    r"вы не (?:ро)?бот|что вы человек|похожи на автоматические|не є роботом|no (?:eres|soy) un robot|"
    r"vous n.êtes pas un robot|vous êtes (?:un )?humain|kein roboter|ob sie ein mensch|non sei un robot|"
    r"não (?:é|sou) um robô|geen robot|inte (?:är )?en robot|nie jesteś robotem|robot olmadığınızı|"
    r"insan olduğunuzu|nejste robot|ロボットでは|人机验证|人機驗證|验证您是真人|로봇이 아닙니다|사람인지 확인|"
    r"لست روبوت|أنك إنسان|bukan robot|không phải (?:là )?(?:người máy|robot)",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"before you continue|bevor sie (?:fortfahren|zu)|avant de continuer|prima di continuare|"
    r"antes de continuar|voordat je verdergaat|privacy(?:-| )?(?:manager|instellingen|settings|center)|"
    r"cookie(?:s|-)? ?(?:consent|wall|einstellungen|hinweis|settings)|your privacy choices|"
    r"zustimmung|consent(?:ement)?\b|datenschutzeinstellungen|mit werbung (?:weiter|lesen)",
    re.IGNORECASE,
)
_CONSENT_TEXT = re.compile(
    r"cookies?|consent|personal(?:ised|ized)? (?:data|ads|advertising)|our (?:\d+ )?partners|privacy policy|"
    r"accept all|reject all|alle akzeptieren|zustimm\w+|einwillig\w+|datenschutz\w*|werbung|tracking|"
    r"tout accepter|consentement|données personnelles|accetta|accettare|aceptar|consentimiento|"
    r"toestemming|akkoord|accepteren|legitimate interest|store and/or access|utiq|pur-abo",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"^(?:consent|privacy|cmp|myprivacy|zustimmung)\b|consent\.")
_ERROR_TITLE = re.compile(
    r"^\W*(?:erro[re]?\W*|fehler\W*|ошибка\W*|エラー\W*|错误\W*)?(?:404|410|500|502|503)\b(?!\s+media)|"
    r"(?:page|article|story|content|file|site|resource|url|address)\s+(?:(?:you(?:'re|’re| are)?\s+\w+\s+(?:for\s+)?)?"
    r"(?:(?:was|is|has|could|can)\s*(?:not|n.t|no longer|been)?\s*(?:be\s+)?|can ?not (?:be )?))?"
    r"(?:not\s+)?(?:found|available|exist|removed|unavailable|expired|missing)\b|"
    r"(?:página não encontrad|página no encontrad|stránka (?:nenalezena|nebyla nalezena)|sivua ei löy|az oldal nem található|"
    r"pagina nu (?:a fost găsită|există)|σελίδα δεν βρέθηκε|страницата не е намерена|halaman tidak ditemukan|"
    r"không tìm thấy trang|ไม่พบหน้า|الصفحة غير موجودة|یافت نشد|הדף לא נמצא|(?:पेज|पृष्ठ) नहीं मिला|খুঁজে পাওয়া যায়নি)|"
    r"^\W*(?:not found|oops|sorry|whoops|something went wrong|server error|service unavailable|"
    r"internal server error|bad gateway|page non trouvée|page introuvable|seite nicht gefunden|"
    r"seite (?:existiert|konnte)|inhalt nicht (?:gefunden|verfügbar)|artikel nicht (?:gefunden|verfügbar)|"
    r"página no encontrada|no encontrado|página não encontrada|pagina non trovata|pagina niet gevonden|"
    r"siden (?:ble )?(?:ikke|blev ikke) fund?et|sidan (?:kunde inte hittas|hittades inte)|sayfa bulunamadı|"
    r"strona nie (?:została znaleziona|istnieje)|nie znaleziono|страница не найдена|сторінку не знайдено|"
    r"ページが見つかりません|页面不存在|找不到|페이지를 찾을 수 없)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is asked of a short page, read once."""

    page: Page
    titles: list[str]
    visible: str
    text: str
    words: int
    marked: bool


def posing(page: Page, title: str, text: str, words: int, marked: bool) -> Kind | None:
    """What else than an article a short page is, or None."""
    if words > _POSING_WORDS:
        return None
    look = _Look(page, _titles(page, title), visible_text(page), text, words, marked)
    return _challenge(look) or _consent(look) or _error(look)


def visible_text(page: Page) -> str:
    body = page.tree.find("body")
    return text_of(body if body is not None else page.tree)[:20_000]


def _titles(page: Page, title: str) -> list[str]:
    head = page.tree.find(".//title")
    texts = [title, text_of(head) if head is not None else ""]
    texts += [text_of(h1) for h1 in list(page.tree.iter("h1"))[:2]]
    return [one_line(text) for text in texts if text]


def _challenge(look: _Look) -> Kind | None:
    if look.marked and look.words > _MARKED_WORDS:
        return None
    told = _CHALLENGE_TEXT.search(look.visible[:4000])
    asked = told is not None and look.words < _ONLY_ASKED
    said = next((t for t in look.titles
                 if _CHALLENGE_TITLE.search(t) or (asked and _CHALLENGE_TEXT.search(t))), None)  # fmt: skip
    mark = _CHALLENGE_MARK.search(_scripts(look.page)) if len(look.visible) < 3000 else None
    if not (
        (said and (told or mark or look.words < _ONLY_ASKED))
        or (told and mark)
        or (mark and look.words < _BARE)
    ):
        return None
    evidence: list[Evidence] = [(2, f"titled {said[:60]!r}")] if said else []
    evidence += [(2, f"says {told[0]!r}")] if told else []
    evidence += [(3, f"holds {mark[0]!r}")] if mark else []
    evidence.append((1, f"{look.words} words"))
    return Kind.refused(
        Outcome.CHALLENGE, "challenge", "a check for robots, not the page itself", evidence
    )


def _scripts(page: Page) -> str:
    parts = [
        (e.get("src") or "") + (e.text or "")[:2000] for e in list(page.tree.iter("script"))[:30]
    ]
    parts += [
        f"{e.get('class') or ''} {e.get('id') or ''}"
        for e in list(page.tree.iter("div", "form"))[:60]
    ]
    return "\n".join(parts)


def _consent(look: _Look) -> Kind | None:
    if look.marked and look.words > _MARKED_CONSENT:
        return None
    host = urlsplit(look.page.url).hostname or ""
    title = next((t for t in look.titles if _CONSENT_TITLE.search(t)), None)
    named = title is not None or _CONSENT_HOST.search(host) is not None
    shown = look.text or look.visible[:4000]
    hits = len(_CONSENT_TEXT.findall(shown))
    total = max(look.words if look.text else len(shown.split()), 1)
    if not ((named and hits >= 2) or (hits >= 5 and hits * 12 >= total)):
        return None
    evidence = [(2, f"{hits} words of consent among {total}")]
    evidence += [(3, f"titled {title[:60]!r}" if title else f"host {host}")] if named else []
    return Kind.refused(
        Outcome.CONSENT_WALL, "consent", "a consent page, not the page itself", evidence
    )


def _error(look: _Look) -> Kind | None:
    if look.marked and look.words >= _MARKED_WORDS:
        return None
    for title in look.titles:
        if len(title) < 120 and _ERROR_TITLE.search(title):
            evidence = [(3, f"titled {title[:80]!r}"), (1, f"{look.words} words")]
            return Kind.refused(Outcome.GONE, "error", f"an error page: {title[:80]!r}", evidence)
    return None
