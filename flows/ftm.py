"""Articles and the names in them as entities of FollowTheMoney, one JSON object each.

An Article for each article, a Person or an Organization for each name that stands for one, and a
Mention that joins the two. Places and other names stand in the article only. Pure; asks nothing.
https://followthemoney.tech has the model; values follow its types (three-letter languages, days or
moments without a zone, texts of 65,000 characters at most).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

Row = dict[str, Any]
Entity = dict[str, Any]

_SCHEMA = {"PER": "Person", "ORG": "Organization"}
_IN_ARTICLE = {"PER": "peopleMentioned", "ORG": "companiesMentioned", "LOC": "locationMentioned"}
_TEXT, _STRING, _NAME, _ADDRESS, _URL = 65_000, 1_024, 384, 250, 4_096

# Languages that the model knows, by the code we have.
_LANGUAGES = (
    "af:afr am:amh ar:ara az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces da:dan de:deu"
    " el:ell en:eng es:spa et:est fa:fas fi:fin fr:fra ga:gle he:heb hi:hin hr:hrv hu:hun"
    " hy:hye id:ind in:ind is:isl it:ita iw:heb ja:jpn ka:kat kk:kaz km:khm kn:kan ko:kor"
    " ky:kir lb:ltz lo:lao lt:lit lv:lav mk:mkd mn:mon mo:ron ms:msa mt:mlt my:mya ne:nep"
    " nl:nld no:nor pl:pol ps:pus pt:por ro:ron ru:rus si:sin sk:slk sl:slv sq:sqi sr:srp"
    " sv:swe sw:swa ta:tam te:tel tg:tgk th:tha tk:tuk tl:tgl tr:tur uk:ukr ur:urd uz:uzb"
    " vi:vie zh:zho"
)
_THREE_LETTERS = dict(pair.split(":") for pair in _LANGUAGES.split())


def person_or_organisation(row: Row) -> Entity:
    """The entity of a name."""
    names = {"name": [row["entity"]], "alias": row["aliases"]}
    return _entity(_id("name", row["entity_id"]), _SCHEMA[row["label"]], names)


def article(row: Row) -> Iterator[Entity]:
    """The entities of an article: itself, and its mentions."""
    document = _id("article", row["article_id"])
    names = row["names"] or []
    language = _THREE_LETTERS.get((row["language"] or "")[:2])
    yield _entity(
        document,
        "Article",
        {
            "title": [row["title"]],
            "bodyText": _parts(row["text"]),
            "author": row["authors"],
            "publishedAt": [_moment(row["published_at"], row["published_precision"])],
            "modifiedAt": [_moment(row["modified_at"])],
            "retrievedAt": [_moment(row["fetched_at"])],
            "sourceUrl": _different(row["canonical_url"], row["url"]),
            "publisher": [row["publisher"]],
            "publisherUrl": [row["publisher_url"]],
            "country": [(row["country"] or "").lower()],
            "language": [language],
            "summary": [(row["description"] or "")[:_TEXT]],
            "keywords": row["tags"],
            "mimeType": ["text/html"],
        }
        | _named(names),
    )
    for name in names:
        if name["label"] in _SCHEMA:
            yield _mention(document, name)


def _named(names: Iterable[Row]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(_IN_ARTICLE.get(name["label"], "namesMentioned"), []).append(
            name["entity"]
        )
    return found


def _mention(document: str, name: Row) -> Entity:
    resolved = _id("name", name["entity_id"])
    values = {
        "document": [document],
        "resolved": [resolved],
        "name": name["surfaces"],
        "detectedSchema": [_SCHEMA[name["label"]]],
    }
    return _entity(_id("mention", document + resolved), "Mention", values)


def _entity(entity_id: str, schema: str, properties: dict[str, Any]) -> Entity:
    """Without what is empty or too long for its type."""
    kept = {name: _kept(name, values) for name, values in properties.items()}
    return {
        "id": entity_id,
        "schema": schema,
        "properties": {name: values for name, values in kept.items() if values},
    }


def _kept(name: str, values: Iterable[str | None] | None) -> list[str]:
    most = _longest(name)
    return list(dict.fromkeys(v for v in values or () if v and v.strip() and len(v) <= most))


def _longest(name: str) -> int:
    if name in {"bodyText", "summary"}:
        return _TEXT
    if name == "locationMentioned":
        return _ADDRESS
    if name in {"name", "alias", "peopleMentioned", "companiesMentioned", "namesMentioned"}:
        return _NAME
    return _URL if name.endswith("Url") else _STRING


def _different(*values: str | None) -> list[str | None]:
    return list(dict.fromkeys(values))


def _parts(text: str) -> list[str]:
    """A text in pieces that fit, cut between paragraphs where that can be."""
    pieces = []
    while len(text) > _TEXT:
        cut = text.rfind("\n\n", 1, _TEXT)
        cut = cut if cut > 0 else _TEXT
        pieces.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [*pieces, text]


def _moment(at: datetime | None, precision: str | None = None) -> str | None:
    if at is None:
        return None
    return f"{at:%Y-%m-%d}" if precision == "day" else f"{at:%Y-%m-%dT%H:%M:%S}"


def _id(kind: str, key: str) -> str:
    return f"slugline-{kind}-{hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()[:20]}"
