"""Is it our story? Mean average precision of relevance beside plain TF-IDF in the same run.

    python -m bench.related [same_story] [allsides] [g5w1h]

same_story: each page of the 18 events as the seed, from HTML: profile.make, then relate to the
other pages; strict labels, the running topic ("loose") neither right nor wrong. allsides and
g5w1h: `relate --all-pairs`. Reads SLUGLINE_EVAL or ../shared/eval; says so when that is absent.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse.records import Document, Watch
from warehouse.understand import profile, relevance, stages

EVAL = Path(os.environ.get("SLUGLINE_EVAL", Path(__file__).parents[2] / "shared" / "eval"))
PUBLISHED = {"allsides": 0.861, "g5w1h": 0.947}  # the data's README, plain TF-IDF


def main() -> None:
    if not EVAL.is_dir():
        sys.exit(f"no evaluation data in {EVAL}: set SLUGLINE_EVAL")
    chosen = sys.argv[1:] or ["same_story", "g5w1h", "allsides"]
    for name in chosen:
        started = time.process_time()
        same_story() if name == "same_story" else all_pairs(name)
        print(f"  {time.process_time() - started:.0f} CPU s\n", flush=True)


# --- measures ----------------------------------------------------------------------------------


def average_precision(ranked: Iterable[str], right: set[str]) -> float:
    hits, total = 0, 0.0
    for rank, id_ in enumerate(ranked, 1):
        if id_ in right:
            hits += 1
            total += hits / rank
    return total / len(right)


@dataclass
class TfIdf:
    """Plain TF-IDF fit on the documents at hand: smooth idf, cosine; as scikit-learn's default."""

    vectors: dict[str, dict[str, float]]

    @staticmethod
    def fit(texts: dict[str, str], *, sublinear: bool = False) -> TfIdf:
        counts = {i: Counter(re.findall(r"\b\w\w+\b", t.lower())) for i, t in texts.items()}
        df = Counter(w for c in counts.values() for w in c)
        idf = {w: math.log((1 + len(texts)) / (1 + n)) + 1 for w, n in df.items()}
        vectors = {}
        for i, c in counts.items():
            v = {w: (1 + math.log(n) if sublinear else n) * idf[w] for w, n in c.items()}
            norm = math.sqrt(sum(x * x for x in v.values())) or 1.0
            vectors[i] = {w: x / norm for w, x in v.items()}
        return TfIdf(vectors)

    def similarity(self, a: str, b: str) -> float:
        u, v = sorted((self.vectors[a], self.vectors[b]), key=len)
        return sum(x * v[w] for w, x in u.items() if w in v)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


# --- from pages --------------------------------------------------------------------------------


def same_story() -> None:
    labels = json.loads((EVAL / "same_story_html" / "aeb_labels.json").read_text())
    docs = _pages()
    event_of = {p: e for e, pages in labels["strict"].items() for p in pages}
    loose = _loose(labels)
    rank = _ranker(docs, event_of, loose)
    texts = {i: f"{d.title or ''}\n{d.text}" for i, d in docs.items()}
    plain, sublinear = TfIdf.fit(texts), TfIdf.fit(texts, sublinear=True)
    ours = _ours(docs, event_of)
    print(
        f"same_story_html: {len(event_of)} seeds, {len(labels['strict'])} events, {len(docs)} pages"
    )
    for name, score in (
        ("plain TF-IDF", plain.similarity),
        ("sublinear TF-IDF", sublinear.similarity),
        ("ours", lambda a, b: ours[a][b].relevance),
    ):
        maps = {seed: rank(seed, score) for seed in event_of}
        print(f"  {name:18} MAP {mean(list(maps.values())):.4f}")
    _tell_tiers(ours, event_of, loose)
    for seed, ap in sorted(maps.items(), key=lambda kv: kv[1]):
        if ap < 1 and "-v" in os.environ.get("BENCH", ""):
            print("   ", round(ap, 2), event_of[seed], docs[seed].title)


def _loose(labels: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for pages in labels.get("loose", {}).values():
        for page in pages:
            found[page] |= set(pages)
    return found


def _ranker(
    docs: dict[str, Document], event_of: dict[str, str], loose: dict[str, set[str]]
) -> Callable[[str, Callable[[str, str], float]], float]:
    def rank(seed: str, score: Callable[[str, str], float]) -> float:
        right = {p for p in event_of if event_of[p] == event_of[seed] and p != seed} & docs.keys()
        others = [i for i in docs if i != seed and (i in right or i not in loose[seed])]
        return average_precision(sorted(others, key=lambda i: (-score(seed, i), i)), right)

    return rank


def _ours(docs: dict[str, Document], seeds: Iterable[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for seed in seeds:
        made = profile.make(docs[seed].text, docs[seed].title)
        watch = Watch(watch=seed, title=made.title, language=made.language, terms=made.terms)
        ready = relevance.matcher(profile.of_watch(watch, made.text))
        found[seed] = {
            i: relevance.ready_relate(ready, d, d.language) for i, d in docs.items() if i != seed
        }
    return found


def _tell_tiers(
    ours: dict[str, dict[str, Any]], event_of: dict[str, str], loose: dict[str, set[str]]
) -> None:
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for seed, row in ours.items():
        for i, coverage in row.items():
            if i in event_of and event_of[i] == event_of[seed]:
                right[coverage.tier] += 1
            elif i not in loose[seed]:
                wrong[coverage.tier] += 1
    print(f"  tiers of the same event {dict(right)}, of other pages {dict(wrong)}")


def _pages() -> dict[str, Document]:
    folder = EVAL / "extraction" / "aeb"
    truth = json.loads((folder / "ground-truth.json").read_text())
    return {
        id_: _extracted(
            id_, entry["url"], gzip.decompress((folder / "html" / f"{id_}.html.gz").read_bytes())
        )
        for id_, entry in truth.items()
    }


def _extracted(id_: str, url: str, body: bytes) -> Document:
    """By our own extraction; what it refuses as no article is still a page to be ranked."""
    import trafilatura

    from crawlers.extract import extract

    page = extract(body, url, headers=None, lead=None, fetched_at=datetime(2020, 1, 1, tzinfo=UTC))
    text = getattr(page, "text", "") or trafilatura.extract(body, include_comments=False) or ""
    return Document(id=id_, text=text, title=getattr(page, "title", None), language="en", url=url)


# --- every document as seed --------------------------------------------------------------------

FILES = {"allsides": "allsides_full_2016_2018.jsonl", "g5w1h": "g5w1h_news_cluster.jsonl"}


def all_pairs(name: str) -> None:
    rows = [json.loads(line) for line in (EVAL / "related" / FILES[name]).open(encoding="utf-8")]
    window = timedelta(days=7) if name == "allsides" else None
    docs = [
        Document(
            id=str(r["id"]), text=r["text"], title=r.get("title"), published_at=_day(r.get("date"))
        )
        for r in rows
    ]
    cluster = {str(r["id"]): r["cluster"] for r in rows}
    members: dict[str, set[str]] = defaultdict(set)
    for id_, c in cluster.items():
        members[c].add(id_)
    ranked: dict[str, list[str]] = defaultdict(list)
    for pair in stages.relate_all_pairs(docs, window=window, top=200):
        ranked[pair["seed_id"]].append(pair["id"])
    seeds = [d for d in docs if len(members[cluster[d.id]]) > 1]
    ours = [average_precision(ranked[d.id], members[cluster[d.id]] - {d.id}) for d in seeds]
    plain = _plain(docs, seeds, members, cluster, window)
    print(f"{name}: {len(docs)} articles, {len(seeds)} seeds")
    print(f"  plain TF-IDF MAP {mean(plain):.4f} (published {PUBLISHED[name]})")
    print(f"  ours         MAP {mean(ours):.4f}")


def _plain(
    docs: Sequence[Document],
    seeds: Sequence[Document],
    members: dict[str, set[str]],
    cluster: dict[str, str],
    window: timedelta | None,
) -> list[float]:
    fit = TfIdf.fit({d.id: f"{d.title or ''}\n{d.text}" for d in docs}, sublinear=True)
    found = []
    for seed in seeds:
        others = [d for d in docs if d.id != seed.id and _near(seed, d, window)]
        ids = sorted((d.id for d in others), key=lambda i: (-fit.similarity(seed.id, i), i))
        found.append(average_precision(ids, members[cluster[seed.id]] - {seed.id}))
    return found


def _near(a: Document, b: Document, window: timedelta | None) -> bool:
    if window is None or a.published_at is None or b.published_at is None:
        return True
    return abs(a.published_at - b.published_at) <= window


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


if __name__ == "__main__":
    main()
