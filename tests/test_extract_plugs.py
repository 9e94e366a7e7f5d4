"""Lines that point away from an article go; sentences that begin like them stay."""

from __future__ import annotations

import pytest

from crawlers.extract.pieces import Piece
from crawlers.extract.plugs import is_plug, without_plugs


@pytest.mark.parametrize(
    "text",
    ["Read more: Harbour dredged for the first time", "[Related: Ten Ports]",
     "ALSO READ – Ten ports", "Lesen Sie auch", "À lire aussi : Le port", "Leggi anche",
     "Lea también: El puerto", "Czytaj więcej", "Читайте также: Порт", "関連記事",
     "延伸閱讀：港口", "اقرأ أيضا: الميناء", "Baca juga: Pelabuhan", "Comments",
     "Share this article", "Advertisement", "» Đọc thêm"],
)  # fmt: skip
def test_a_line_that_only_points_elsewhere_goes(text: str) -> None:
    assert is_plug(Piece(text))


@pytest.mark.parametrize(
    "text",
    ["Read more books, the minister told pupils.", "Related companies were searched as well.",
     "Comments by the mayor drew laughter.", "Share prices fell.", "Lire aussi peu, c'est triste.",
     "Read more: " + "a long paragraph with a point of its own. " * 8],
)  # fmt: skip
def test_a_sentence_that_begins_like_one_stays(text: str) -> None:
    assert not is_plug(Piece(text))


def test_a_page_of_nothing_else_is_left_as_it_is() -> None:
    assert without_plugs([Piece("Read more")]) == [Piece("Read more")]
    assert without_plugs([Piece("One."), Piece("Read more"), Piece("Two.")]) == [
        Piece("One."), Piece("Two.")
    ]  # fmt: skip
