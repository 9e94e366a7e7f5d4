"""All that is derived from one text alone, in one call."""

from __future__ import annotations

from warehouse.records import Document, Understanding
from warehouse.understand import names as name_finder
from warehouse.understand import quotes
from warehouse.understand.background import Background
from warehouse.understand.identity import mentions
from warehouse.understand.keywords import keywords
from warehouse.understand.known import KnownNames
from warehouse.understand.language import MODELLED, detect
from warehouse.understand.tagger import Tagger

UNDERSTANDING_VERSION = "3"  # any change of what `read` gives makes another one


def read(
    doc: Document, *, tagger: Tagger | None = None, names: KnownNames | None = None
) -> Understanding:
    """Language, names with offsets and entities, keywords and quotations of `doc.text`.

    `tagger` None: the shipped one, loaded once. `names` are looked for in languages without a
    model. Pure but for loading models; the same input gives the same output.
    """
    language = detect(doc.text, doc.language)
    if language in MODELLED and tagger is None:
        tagger = Tagger.load()
    found = mentions(name_finder.find(doc.text, language, tagger=tagger, known=names))
    return Understanding(
        id=doc.id,
        language=language,
        mentions=found,
        keywords=keywords(doc.text, doc.title, Background(language)),
        quotes=quotes.find(doc.text, found),
    )
