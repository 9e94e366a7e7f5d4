"""Looks through older articles for names that were learned after they had landed.

A landing looks for every name that is known by then (named.py). What is learned later is looked up
in the index of words, for all such names at once: at night, or after many readings where nobody
runs that. What has been found lands like anything else, so doing it twice does nothing.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from warehouse import manifest, migrate
from warehouse.answers import open_reader
from warehouse.landing import land_rows
from warehouse.relations import quoted, script

_NAME = "learned-"  # of the batch that says up to which generation names were looked for
_AT_ONCE = 2_000  # names; the articles that hold the rarest word of each are held in memory
_OVERDUE = 200  # batches of readings


def overdue(data: Path) -> bool:
    """Whether so much was read since names were last looked for that it should not wait."""
    read = 0
    for batch in reversed(manifest.read(data, schema=migrate.newest()).batches):
        if batch.startswith(_NAME):
            return False
        read += batch.startswith("understood-")
        if read >= _OVERDUE:
            return True
    return False


def look_for_names(data: Path, *, now: datetime) -> int:
    """Lands where names learned since the last time stand; returns how many places were found."""
    if not manifest.read(data, schema=migrate.newest()).generation:
        return 0
    found = 0
    with open_reader(data) as con:
        con.execute(script("derive/names_memory.sql").format(folder=quoted(str(data / "tables"))))
        generation, sought = con.execute(script("derive/names_sought.sql")).fetchall()[0]
        con.execute(script("derive/names_waiting.sql"), {"sought": sought})
        ((last,),) = con.execute("SELECT coalesce(max(number), 0) FROM learned").fetchall()
        for first in range(1, last + 1, _AT_ONCE):
            told = con.execute(
                script("derive/names_learned.sql"), {"first": first, "stop": first + _AT_ONCE}
            )
            names = [column[0] for column in told.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in told.fetchall()]
            found += len(rows)
            batch = f"{_NAME}{generation}-{first}"
            if rows:
                land_rows(data, batch, {"article_entities": rows}, now=now)
    if last:
        land_rows(data, f"{_NAME}{generation}", {}, now=now)
    return found
