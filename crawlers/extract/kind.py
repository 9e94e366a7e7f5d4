"""What kind of page it is: an article, or one of the pages that pose as one.

Short is not bad: a news brief of three lines is an article. A challenge, consent wall or error
page sent with status 200 is not, nor is a page of links. Each answer names its evidence.
"""

from __future__ import annotations

from crawlers.extract.article_kind import article_kind
from crawlers.extract.blocks import count_words
from crawlers.extract.evidence import Kind, points
from crawlers.extract.index_page import for_article, index_of
from crawlers.extract.metadata import Said
from crawlers.extract.page import Page
from crawlers.extract.paywall import paywalled
from crawlers.extract.pieces import Piece
from crawlers.extract.posing import posing
from warehouse.records import Outcome

_MARKED = 2  # points that mark an article


def kind_of(
    page: Page, pieces: list[Piece], *, title: str, said: Said, published: str | None
) -> Kind:
    """What the page is; `published` says where a date was found (None: nowhere)."""
    text = "\n".join(piece.text for piece in pieces)
    words = count_words(text)
    marks = for_article(page, published)
    refused = posing(page, title, text, words, points(marks) >= _MARKED) or paywalled(
        page, words, said
    )
    if refused is not None:
        return refused
    if not words:
        nothing = [(4, "no text was found on it")]
        return Kind.refused(Outcome.NOT_ARTICLE, "index", nothing[0][1], nothing)
    index, against = index_of(page, pieces, words, marks, published)
    if index is not None:
        return index
    return article_kind(page, text, words, title=title, said=said, told=marks, against=against)
