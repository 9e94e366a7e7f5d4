"""Which language a text is in; says nothing where a text is too short to tell."""

from __future__ import annotations

from functools import cache
from typing import Any

from warehouse.understand.tokens import words

# Languages whose names the shipped tagger finds; docs/languages.md says what the others get.
MODELLED = frozenset(["en"])

_LEAST_WORDS = 3
_SAMPLE = 4_000  # characters are plenty, and keep long texts cheap


def detect(text: str, declared: str | None = None) -> str | None:
    """ISO 639-1 code of the language of `text`, or None.

    `declared` (BCP 47, what a page or a caller says) wins only where the text itself is too
    short: pages declare the language of their template as often as that of their text.
    """
    sample = text[:_SAMPLE]
    if len(words(sample)) < _LEAST_WORDS:
        return primary(declared)
    language, probability = _identifier().classify(sample)
    return str(language) if probability > 0.5 else primary(declared)


def primary(tag: str | None) -> str | None:
    """The language part of a BCP 47 tag, lower case: "pt-BR" gives "pt"."""
    if not tag:
        return None
    code = tag.replace("_", "-").split("-")[0].strip().lower()
    return code if code.isalpha() and 2 <= len(code) <= 3 else None


@cache
def _identifier() -> Any:
    from py3langid.langid import LanguageIdentifier  # noqa: PLC0415  (loads its model)

    return LanguageIdentifier.from_model_file("data/model.npz.xz", norm_probs=True)
