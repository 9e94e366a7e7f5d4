"""Where stages read from: a file, standard input, or an address."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from flows import output
from flows.config import Settings
from warehouse.errors import BadInput, Unreachable

if TYPE_CHECKING:
    from crawlers.run import Fetched


def body_of(where: str, settings: Settings) -> bytes:
    """All bytes of a file, of standard input ("-"), or of what an address answers."""
    if re.match(r"https?://", where):
        answer = fetched(where, settings)
        if answer.status >= 400:
            raise Unreachable(f"answers {answer.status}", where=where, try_="check the address")
        return answer.body
    with opened(where) as stream:
        return stream.read()


def fetched(url: str, settings: Settings) -> Fetched:
    """What an address answers, be it an error page; raises Unreachable."""
    from crawlers.run import fetch_one

    return fetch_one(
        url,
        user_agent=settings.user_agent,
        proxy=settings.proxy,
        timeout=settings.timeout_seconds,
        max_bytes=settings.max_bytes,
        allow_private_hosts=settings.allow_private_hosts,
    )


@contextmanager
def opened(where: str) -> Iterator[BinaryIO]:
    """A file to read, or standard input for "-"."""
    if where == "-":
        if sys.stdin.isatty():
            output.say("reading from the terminal; end with Ctrl-D")
        yield sys.stdin.buffer
        return
    path = Path(where)
    if path.is_dir():
        raise BadInput("is a folder, not a file", where=path)
    if not path.exists():  # what is no plain file may be a pipe, as the shell's <(...) is
        raise BadInput("there is no such file", where=path)
    with path.open("rb") as stream:
        yield stream


def each_line(where: str, work: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Send every JSON line through `work` to standard output, in order, at once.

    A bad line gives {"line", "id", "error"}, and the next one goes on.
    """
    with opened(where) as stream:
        for number, value in output.lines(stream):
            emit(_done(number, value, work))


def _done(
    number: int,
    value: dict[str, Any] | BadInput,
    work: Callable[[dict[str, Any]], dict[str, Any]],
) -> dict[str, Any]:
    if isinstance(value, BadInput):
        return bad_line(number, None, value)
    if "error" in value and "line" in value:
        return value  # an earlier stage could not do it and has said so
    try:
        return work(value)
    except (ValueError, TypeError, KeyError) as wrong:
        return bad_line(number, value, wrong)


def bad_line(number: int, value: dict[str, Any] | None, wrong: Exception) -> dict[str, Any]:
    """What takes the place of a line that could not be worked on."""
    name = (value or {}).get("id", (value or {}).get("url"))
    what = f"{wrong.args[0]!r} is missing" if isinstance(wrong, KeyError) else str(wrong)
    return {"line": number, "id": name, "error": what or type(wrong).__name__}


def emit(value: dict[str, Any]) -> None:
    """One JSON line, handed on at once so that pipes flow."""
    sys.stdout.write(output.line(value) + "\n")
    sys.stdout.flush()
