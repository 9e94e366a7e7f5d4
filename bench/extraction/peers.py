"""The other tools, each installed at a fixed version into an environment of its own.

The environments and what the tools answered are kept in .bench/, which git ignores: a run that is
interrupted goes on where it stopped, and a tool is asked again only about pages it has not seen.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.extraction import answers, in_peer
from bench.extraction.cases import ROOT, Case

KEPT = ROOT / ".bench"
_INSTALL_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool in one setting; `name` is also its name in in_peer.py."""

    name: str
    requirement: str
    more: tuple[str, ...] = ()  # what it needs and does not say

    @property
    def version(self) -> str:
        return self.requirement.partition("==")[2]


_TRAFILATURA = ("trafilatura==2.3.1", ("lxml_html_clean==0.4.6",))
PEERS = (
    *(Peer(name, *_TRAFILATURA) for name in in_peer.TOOLS if name.startswith("trafilatura")),
    Peer("newspaper4k", "newspaper4k==0.9.6"),
    Peer("news-please", "news-please==1.6.16"),
    Peer("goose3", "goose3==3.1.22"),
    Peer("readability-lxml", "readability-lxml==0.9"),
    Peer("resiliparse", "resiliparse==2.0.1"),
    Peer("htmldate fast", "htmldate==1.11.0"),
    Peer("htmldate extensive", "htmldate==1.11.0"),
)


class NoPeer(Exception):
    """A tool that cannot be installed or started; says why in one line."""


def ask(peer: Peer, cases: Sequence[Case]) -> dict[tuple[str, str], answers.Answer]:
    """What the tool says of each page; raises NoPeer."""
    kept = KEPT / "answers" / f"{peer.name.replace(' ', '-')}-{peer.version}.jsonl"
    known = {line["id"]: line for line in _lines(kept)}
    ids = {(case.suite, case.name): _id_of(case) for case in cases}
    missing = [case for case in cases if ids[case.suite, case.name] not in known]
    if missing:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with kept.open("a", encoding="utf-8") as out:
            for line in _answers(peer, missing, ids):
                out.write(json.dumps(line) + "\n")
                known[line["id"]] = line
    return {place: answers.of_json(known[id_]) for place, id_ in ids.items() if id_ in known}


def _id_of(case: Case) -> str:
    """Of the page's bytes and its address: the same page is not asked about twice."""
    return hashlib.sha256(case.url.encode() + b"\0" + case.html).hexdigest()[:24]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # the last line of a run that was killed
            continue


def _answers(
    peer: Peer, cases: Sequence[Case], ids: dict[tuple[str, str], str]
) -> Iterator[dict[str, Any]]:
    python = _environment(peer)
    asked = "".join(
        json.dumps({"id": ids[case.suite, case.name], "file": str(case.file.resolve()),
                    "url": case.url}) + "\n"
        for case in cases
    )  # fmt: skip
    command = [str(python), "-I", in_peer.__file__, peer.name]
    with tempfile.TemporaryFile("w+") as lines, tempfile.TemporaryFile("w+") as said:
        lines.write(asked)
        lines.seek(0)
        with subprocess.Popen(
            command, stdin=lines, stdout=subprocess.PIPE, stderr=said, text=True
        ) as child:
            assert child.stdout is not None
            yield from map(json.loads, child.stdout)
        said.seek(0)
        if child.returncode:
            last = said.read().strip().rpartition("\n")[2]
            raise NoPeer(f"{peer.name} {peer.version} ended with {child.returncode}: {last}")


def _environment(peer: Peer) -> Path:
    """The interpreter of the tool's environment, which is made when it is not there."""
    place = KEPT / "peers" / peer.requirement.replace("==", "-")
    python = place / "bin" / "python"
    if not (place / "installed").exists():
        print(f"installing {peer.requirement} into {place}", file=sys.stderr)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        try:
            _run([sys.executable, "-m", "venv", "--clear", str(place)])
            _run([*pip, peer.requirement, *peer.more])
        except (subprocess.SubprocessError, OSError) as e:
            said = getattr(e, "stderr", None) or str(e)
            last = said.strip().splitlines()[-1]
            raise NoPeer(f"{peer.requirement} cannot be installed (no network?): {last}") from e
        (place / "installed").touch()
    return python


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS)
