"""Sentences and tokens keep their offsets, whatever the lines of a text look like."""

from warehouse.understand.tokens import sentences


def test_lines_wrapped_to_a_width_are_one_paragraph_and_lists_are_not():
    wrapped = (
        "The harbour wall of Tromso broke in a storm on Monday, said the mayor, Ingrid\n"
        "Holm. Water ran into forty cellars on the quay."
    )
    first, second = sentences(wrapped)
    assert [t.text for t in first[-3:]] == ["Ingrid", "Holm", "."]
    assert second[0].text == "Water"
    listed = "Ingrid Holm\nAda Berg\nTromso"
    assert [[t.text for t in s] for s in sentences(listed)] == [
        ["Ingrid", "Holm"],
        ["Ada", "Berg"],
        ["Tromso"],
    ]
    for text in (wrapped, listed, wrapped + "\n\n" + listed + "\n"):
        assert all(text[t.start : t.end] == t.text for s in sentences(text) for t in s)
