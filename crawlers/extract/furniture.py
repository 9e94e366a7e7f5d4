"""What is no text of an article, by the names that pages give their elements.

The vocabulary and the order of the questions are trafilatura's (2.x, Apache-2.0, Adrien Barbaresi
and contributors). It asks them as XPath with a Python callback for each element and attribute,
which takes more time than all else it does; here each name is judged once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from lxml.html import HtmlElement

_BOXES = ("article", "div", "main", "section")
_HOLDERS = ("div", "item", "list", "p", "section", "span")

# --- where the text may be, best first -------------------------------------------------------

_BODY_ID = (
    r"(?:entry|article|art)-content|article__content|article(?:-|__)?body|articleBody|body-text"
)
_BODY_CLASS = (
    r"post[-_]text|post-body|post-?entry|post[-_]?content|postContent|post_inner_wrapper|"
    r"article-?text|articleText|(?:entry|page|text|article|art)-content|article__content|"
    r"article(?:-|__)?body|articleBody|ArticleContent|body-text|article__container"
)
_STORY_ID = r"^primary|story-body"
_STORY_CLASS = (
    r"(?i:fulltext)|^article |post-bodycopy|story-?content|(?:theme|blog|section|single)-content|"
    r"single-post|main-column|wpb_text_column|story-body|field-body"
)
_MAIN_ID = r"content-main|content-body|contentBody|[mM]ain-[cC]ontent"
_MAIN_CLASS = (
    r"content[-_]main|content(?:-|__)body|[mM]ain-[cC]ontent|[mM]ain-[cC]ontent|[pP]age-[cC]ontent"
)

# --- what is beside it -----------------------------------------------------------------------

_EITHER = "^shar|social|viral|newsletter|syndication|tags|sidebar|banner|bread-?crumb|button|author"
_ID = (
    f"{_EITHER}|^(?:jp-|dpsp-content)|bmdh|footer|Footer|share|Share|nav|Nav|menu|related|"
    "message-container|premium|^ad-"
)
_CLASS = (
    f"{_EITHER}|^(?:nav|post-nav|ZendeskForm)|subnav|avigation|navbar|navbox|menu|bar| ad |-ad-|"
    "(?:^| )ad-|dfp[Aa]d|outbrain|taboola|criteo|paid-?content|widget|footer|Footer|byline|Byline|"
    "share-|sociable|embedded|embed|tag-list|consent|modal-content|permission|elated|next-|"
    "-stories|most-popular|more-on|meta|rating|attachment|timestamp|user-info|user-profile|-icon|"
    "article-infos|message-container|slide|viewport|overlay|options|expand|obfuscated|blurred|"
    "mol-factbox|yin|zlylin|nfoline"
)
_HIDDEN_ID = "reader-comments|akismet"
_HIDDEN_CLASS = (
    "^hide-|comments-title|nocomments|-reply-|message|akismet|suggest-links|-hide-|hide-print|"
    " hidden| hide|noprint|notloaded"
)
_COMMENTS = "[Cc]omment(?!ary)|comol"
_COMMENTS_ID = f"^(?:{_COMMENTS}|disqus_thread|dsq-comments)"
_COMMENTS_CLASS = "^[Cc]omment(?!ary)|(?:article|post)-comments"
_APPENDED = "mvp-post-add-(?:box|wrap)"
_SCROLLED = f"{_APPENDED}|infinite-?scroll"


def _judge(pattern: str) -> Callable[[str], bool]:
    """Whether a name matches, remembered: a page has few names, each many times."""
    search = re.compile(pattern).search

    @lru_cache(maxsize=4096)
    def judged(name: str) -> bool:
        return search(name) is not None

    return judged


_is_body_id, _is_body_class = _judge(_BODY_ID), _judge(_BODY_CLASS)
_is_story_id, _is_story_class = _judge(_STORY_ID), _judge(_STORY_CLASS)
_is_main_id, _is_main_class = _judge(_MAIN_ID), _judge(_MAIN_CLASS)
_is_beside_id, _is_beside_class = _judge(_ID), _judge(_CLASS)
_is_hidden_id, _is_hidden_class = _judge(_HIDDEN_ID), _judge(_HIDDEN_CLASS)
_is_comments_id = _judge(_COMMENTS_ID)
_is_comment_list_id = _judge(f"^(?:{_COMMENTS})")
_is_comments_class = _judge(_COMMENTS_CLASS)
_is_appended, _is_scrolled = _judge(_APPENDED), _judge(_SCROLLED)
# One question for nearly all elements: whether any of those that follow can be answered with yes.
_is_strange_class = _judge(f"{_COMMENTS_CLASS}|{_SCROLLED}|elementor-share-buttons")
_is_strange_id = _judge(f"{_COMMENTS_ID}|{_SCROLLED}")


def frames(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Containers that may hold the text, likeliest first; `tree` may change between two."""
    for tags, is_frame in _FRAMES:
        frame = next((e for e in tree.iterdescendants(*tags) if is_frame(e)), None)
        if frame is not None:
            yield frame


def _is_body(element: HtmlElement) -> bool:
    get = element.get
    name, label = get("class", ""), get("id", "")
    return (
        name in ("post", "entry")
        or label == "articleContent"
        or get("itemprop") == "articleBody"
        or (label != "" and _is_body_id(label))
        or (name != "" and _is_body_class(name))
    )


def _is_story(element: HtmlElement) -> bool:
    get = element.get
    name, label = get("class", ""), get("id", "")
    return (
        get("role") == "article"
        or label in ("article", "story")
        or name in ("postarea", "art-postcontent", "text", "cell", "story")
        or (label != "" and _is_story_id(label))
        or (name != "" and _is_story_class(name))
    )


def _is_content(element: HtmlElement) -> bool:
    name, label = element.get("class", ""), element.get("id", "")
    return (
        label == "content"
        or name == "content"
        or (label != "" and _is_main_id(label))
        or (name != "" and _is_main_class(name))
    )


def _is_main(element: HtmlElement) -> bool:
    return element.tag == "main" or any(
        element.get(name, "").startswith("main") for name in ("class", "id", "role")
    )


_FRAMES: tuple[tuple[tuple[str, ...], Callable[[HtmlElement], bool]], ...] = (
    (_BOXES, _is_body),
    (("article",), lambda _: True),
    (_BOXES, _is_story),
    (_BOXES, _is_content),
    (_BOXES, _is_main),
)


def strangers(tree: HtmlElement) -> list[HtmlElement]:
    """Whole further articles below the page's own, share bars whose name is a body's, comments."""
    found = []
    for element in tree.iterdescendants(*_STRANGERS):
        name, label = element.get("class"), element.get("id")
        if (name and _is_strange_class(name)) or (label and _is_strange_id(label)):
            judge = _STRANGERS[element.tag]
            if judge(element, name or "", label or ""):
                found.append(element)
    return found


def _is_appendix(element: HtmlElement, name: str, label: str) -> bool:
    if "elementor-share-buttons" in name:
        return True
    names = [one for one in (name, label) if one]
    if not any(map(_is_scrolled, names)):
        return False
    return any(map(_is_appended, names)) or element.find(".//h1") is None


def _is_comments(element: HtmlElement, name: str, label: str) -> bool:
    if name and _is_comments_class(name):
        return True
    judge = _is_comment_list_id if element.tag in ("ol", "ul") else _is_comments_id
    return bool(label) and judge(label)


def _is_either(element: HtmlElement, name: str, label: str) -> bool:
    return _is_appendix(element, name, label) or _is_comments(element, name, label)


_STRANGERS = {
    "div": _is_either, "section": _is_either, "aside": _is_appendix, "list": _is_comments,
    "details": _is_comments, "ol": _is_comments, "ul": _is_comments,
}  # fmt: skip


def beside(tree: HtmlElement) -> list[HtmlElement]:
    """Share bars, navigation, newsletters, widgets and what a browser would not show."""
    found = [e for e in tree.iterdescendants(*_HOLDERS) if _is_beside(e)]
    found += [e for e in tree.iterdescendants("*") if e.attrib and _is_hidden(e)]
    return found


def _is_beside(element: HtmlElement) -> bool:
    get = element.get
    name, label, role = get("class"), get("id"), get("role")
    return bool(
        (label and _is_beside_id(label))
        or (
            name
            and (_is_beside_class(name) or ("cookie" in name and _first(element, "id") == name))
        )
        or (label and "cookie" in label and _first(element, "id") == label)
        or (role and ("nav" in role or "Nav" in role))
        or get("data-lp-replacement-content") is not None
        or "MostPopularStories" in get("data-component", "")
    )


def _is_hidden(element: HtmlElement) -> bool:
    get = element.get
    name, label, style = get("class"), get("id"), get("style")
    return bool(
        (
            name
            and (
                _is_hidden_class(name)
                or (name.startswith("reply-") and _first(element, "id") == name)
            )
        )
        or (label and (_is_hidden_id(label) or _is_label_hidden(element, label)))
        or (style and ("display:none" in style or "display: none" in style))
        or (style and "hidden" in style and _first(element, "style") == style)
        or get("aria-hidden") == "true"
    )


def _is_label_hidden(element: HtmlElement, label: str) -> bool:
    return ("hidden" in label and _first(element, "id", "style") == label) or (
        label.startswith("reply-") and _first(element, "id") == label
    )


def _first(element: HtmlElement, *names: str) -> str:
    """Whichever of these attributes the page wrote first, as XPath reads a set of two."""
    pair = ("id", "class") if names == ("id",) else ("id", "style")
    return next((str(v) for n, v in element.attrib.items() if n in pair), "")


def captions(tree: HtmlElement) -> list[HtmlElement]:
    return [
        e
        for e in tree.iterdescendants(*_HOLDERS)
        if "caption" in e.get("class", "") or "caption" in e.get("id", "")
    ]


def teasers(tree: HtmlElement) -> list[HtmlElement]:
    return [
        e
        for e in tree.iterdescendants(*_HOLDERS)
        if "easer" in (both := f"{e.get('class', '')} {e.get('id', '')}")
        and ("teaser" in both or "Teaser" in both)
    ]
