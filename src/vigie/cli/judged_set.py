"""The files of a judged set: documents, questions, judgements."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vigie.chunk.languages import GRAMMARS
from vigie.errors import InputError, NotFound
from vigie.sources.code_language import language_of
from vigie.types import Document, Item, Skip, SourceRef, digest

NAME = "eval"  # of the collection that a set becomes


@dataclass(frozen=True, slots=True)
class Query:
    """`earlier`: what the user said before in the conversation."""

    id: str
    text: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class JudgedSet:
    queries: Sequence[Query]
    judged: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # query -> document -> gain


def read_set(folder: Path) -> JudgedSet:
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        if not (folder / name).is_file():
            raise NotFound(f"{folder} is no judged set: it has no {name}")
    return JudgedSet(read_queries(folder / "queries.jsonl"), read_judgements(folder / "qrels.tsv"))


def read_queries(file: Path) -> list[Query]:
    return [_query(body, number) for number, body in enumerate(_lines(file), 1)]


def read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """Query -> document -> gain, of the positive ones."""
    judged: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t"), 1):
            if not "".join(row).strip():
                continue
            if len(row) < 3:
                raise InputError(f"{path.name}, line {number}: expected a query, a document and a gain between tabs")
            if number == 1 and not row[-1].strip().lstrip("-").isdigit():
                continue  # the header
            # Also TREC's four columns: query, 0, document, gain.
            query, document, gain = row[0], row[-2], row[-1]
            try:
                value = int(gain)
            except ValueError as error:
                raise InputError(f"{path.name}, line {number}: {gain[:20]!r} is no whole number") from error
            if value > 0:
                judged.setdefault(query, {})[document] = value
    return judged


def _query(body: Mapping[str, Any], number: int) -> Query:
    if not isinstance(body.get("id"), str) or not isinstance(body.get("text"), str):
        raise InputError(f"queries.jsonl, line {number}: expected an id and a text")
    history = body.get("history") or []
    earlier = tuple(str(turn["text"]) for turn in history if turn.get("speaker") == "user" and turn.get("text"))
    return Query(body["id"], body["text"], earlier)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                body = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"{file.name}, line {number}: not JSON ({error.msg})") from error
            if not isinstance(body, dict):
                raise InputError(f"{file.name}, line {number}: not an object")
            yield body


# ------------------------------------------------------------------ its documents


@dataclass(frozen=True)
class CorpusSource:
    """The documents of `corpus.jsonl` as pages, or as source files where they are code."""

    ref: SourceRef
    file: Path
    titled: bool

    def _documents(self) -> Iterator[Document]:
        code = self.ref.kind == "code"
        for body in _bodies(self.file):
            title = str(body.get("title") or (body["id"] if code else "")) if self.titled else ""
            made = Document(self.ref, body["id"], digest(title, body["text"]), title, body["text"])
            yield replace(made, language=_language(body)) if code else made

    def scan(self) -> Iterator[Item | Skip]:
        for document in self._documents():
            yield Item(document.native_id, document.version)

    def read(self, items: Iterable[Item]) -> Iterator[Document | Skip]:
        wanted = {item.native_id for item in items}
        for document in self._documents():
            if document.native_id in wanted:
                yield document


def ref_of(corpus: Path) -> SourceRef:
    """A code root where most of the documents are programs, by their language or their id's suffix; else a wiki."""
    told = [_language(body) in GRAMMARS for body in _bodies(corpus)]
    return SourceRef("code" if 2 * sum(told) > len(told) else "confluence", NAME)


def _language(body: Mapping[str, Any]) -> str | None:
    said = body.get("language")
    return said if isinstance(said, str) and said in GRAMMARS else language_of(body["id"], body["text"])


def _bodies(corpus: Path) -> Iterator[dict[str, Any]]:
    for number, body in enumerate(_lines(corpus), 1):
        if not isinstance(body.get("id"), str) or not isinstance(body.get("text"), str):
            raise InputError(f"{corpus.name}, line {number}: expected an id and a text")
        yield body
