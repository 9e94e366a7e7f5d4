"""What can go wrong, as one tree; each leaf carries facts, the message is built from them.

SluglineError                  exit 1
├── BadInput (ValueError)      exit 2   a file, argument or query that a person can mend
│   ├── BadSeed                         an empty or binary seed
│   ├── BadToml                         a TOML file with a mistake, an unknown key or value
│   ├── BadQuery                        a search query that cannot be parsed; knows the place
│   ├── BadSql                          SQL that is wrong, writes, or reaches outside
│   └── Unknown (LookupError)           a watch, source, entity or URL nobody has heard of
├── CouldNotDo                 exit 1   the input was fine, the world was not
│   ├── Unreachable                     an address that does not answer
│   ├── CrawlFailed                     the crawl child died; its run folder is kept and continued
│   ├── BrokenRun                       a run folder that breaks its own contract
│   └── WarehouseError
│       ├── NewerWarehouse              written by a later Slugline
│       └── DiskFull
└── OutOfBounds                exit 3   ran, but outside the bounds that were set
"""

from __future__ import annotations

from pathlib import Path


class SluglineError(Exception):
    """Base of all errors meant for people: `what` happened, `where`, and what to `try_`."""

    exit_code = 1

    def __init__(self, what: str, *, where: str | Path | None = None, try_: str | None = None):
        super().__init__(what)
        self.what = what
        self.where = where
        self.try_ = try_

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} ({self.try_})" if self.try_ else text


class BadInput(SluglineError, ValueError):
    """Something a person gave us and can mend."""

    exit_code = 2


class BadSeed(BadInput):
    """A seed that holds no article."""


class BadToml(BadInput):
    """A TOML file that cannot be read, or an unknown key or value in it.

    `line` counts from 1 and is None where the parser does not tell; `nearest` is the closest
    valid key, if one is close.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | Path | None = None,
        line: int | None = None,
        key: str | None = None,
        nearest: str | None = None,
        try_: str | None = None,
    ):
        place = f"{where}:{line}" if line is not None else where
        super().__init__(
            what, where=place, try_=try_ or (f"did you mean {nearest!r}?" if nearest else None)
        )
        self.line = line
        self.key = key
        self.nearest = nearest


class BadQuery(BadInput):
    """A search query that cannot be parsed; `position` counts characters from 1."""

    def __init__(self, what: str, *, query: str, position: int, try_: str | None = None):
        super().__init__(what, try_=try_)
        self.query = query
        self.position = position

    def __str__(self) -> str:
        pointer = " " * (self.position - 1) + "^"
        return f"{super().__str__()}\n  {self.query}\n  {pointer}"


class BadSql(BadInput):
    """SQL that is wrong, that writes, or that reaches outside the warehouse."""


class Unknown(BadInput, LookupError):
    """A watch, source, entity or URL nobody has heard of."""


class CouldNotDo(SluglineError):
    """The input was fine, the world was not."""


class Unreachable(CouldNotDo):
    """An address that does not answer, or answers with nothing usable."""


class CrawlFailed(CouldNotDo):
    """The crawl child died; its run folder is kept and the next run continues it."""


class BrokenRun(CouldNotDo):
    """A run folder that breaks its own contract."""


class WarehouseError(CouldNotDo):
    """The data directory cannot be read or written."""


class NewerWarehouse(WarehouseError):
    """A data directory written by a later version of Slugline."""


class DiskFull(WarehouseError):
    """No space left where the data directory lives; nothing that had landed is lost."""


class OutOfBounds(SluglineError):
    """The run went through, but outside the bounds that were set for it."""

    exit_code = 3
