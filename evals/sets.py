"""The judged sets: what is asked of each, samples of the large ones, and the wikis served as Confluence does."""

from __future__ import annotations

import html
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from vigie.cli.judged_set import JudgedSet, read_judgements, read_queries
from vigie.testing.confluence import FakeConfluence, Page
from vigie.text import without_surrogates

SEED = 7
NAMES_ASKED = 200  # of titles, and as many of headings
T = TypeVar("T")


@dataclass(frozen=True)
class EvalSet:
    """`wrong`: sets whose questions have no answer here. `titled` is False where titles are the questions.

    `pages`: the wiki's file, in Confluence's storage format; `judged` is then (queries, judgements), as files.
    """

    folder: str
    wrong: tuple[str, ...]
    titled: bool = True
    pages: str | None = None
    judged: tuple[str, str] | None = None
    cut: bool = False  # long documents, over which chunkers are compared

    @property
    def name(self) -> str:
        return self.folder.replace("/", "_")

    @property
    def files(self) -> tuple[str, str, str]:
        """Documents, queries and judgements, below the folder of sets."""
        if self.pages and self.judged:
            return (f"{self.folder}/{self.pages}", *self.judged)
        return (f"{self.folder}/corpus.jsonl", f"{self.folder}/queries.jsonl", f"{self.folder}/qrels.tsv")

    def missing(self, sets: Path) -> list[str]:
        return [file for file in self.files if not (sets / file).is_file()]

    def read(self, sets: Path) -> JudgedSet:
        """Its questions; those of a wiki that lost their page are left out."""
        _, queries, judgements = self.files
        judged = read_judgements(sets / judgements)
        asked = read_queries(sets / queries)
        return JudgedSet([one for one in asked if one.id in judged] if self.pages else asked, judged)

    def documents(self, sets: Path) -> list[dict[str, Any]]:
        with (sets / self.files[0]).open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]


SETS = (
    EvalSet("fr_piaf", ("fr_spf", "en_mtrag")),
    EvalSet("fr_spf", ("fr_piaf", "en_mtrag"), titled=False, cut=True),
    EvalSet("en_mtrag", ("en_aws_docs", "code_cosqa", "fr_spf")),
    EvalSet("en_aws_docs", ("en_mtrag", "code_cosqa"), cut=True),
    EvalSet("code_cosqa", ("en_mtrag",)),
    EvalSet("code_localisation/httpx", ("en_mtrag",), cut=True),
    EvalSet("code_localisation/procrastinate", ("en_mtrag",), cut=True),
    EvalSet(
        "wiki_fr_storage",
        ("fr_piaf", "en_mtrag"),
        titled=False,
        pages="pages.jsonl",
        judged=("fr_spf/queries.jsonl", "wiki_fr_storage/qrels_fr_spf.tsv"),
    ),
    EvalSet(
        "wiki_en_storage",
        ("en_mtrag", "code_cosqa"),
        pages="pages.jsonl",
        judged=("en_aws_docs/queries.jsonl", "wiki_en_storage/qrels.tsv"),
    ),
)


# ------------------------------------------------------------------ samples, the same at each run


def some(items: Iterable[T], most: int) -> list[T]:
    """At most so many, drawn with a fixed seed."""
    kept = list(items)
    random.Random(SEED).shuffle(kept)
    return kept[:most]


def sampled(documents: Sequence[dict[str, Any]], wanted: set[str], characters: int) -> list[dict[str, Any]]:
    """Those `wanted`, and others drawn with a fixed seed up to `characters` in all; in their order."""
    kept = {body["id"] for body in documents if body["id"] in wanted}
    room = characters - sum(len(text_of(body)) for body in documents if body["id"] in kept)
    for body in some([body for body in documents if body["id"] not in kept], len(documents)):
        size = len(text_of(body))
        if size <= room:
            kept.add(body["id"])
            room -= size
    return [body for body in documents if body["id"] in kept]


def relevant(judged_set: JudgedSet, ids: Iterable[str]) -> set[str]:
    """The documents that these questions have their answer in."""
    return {document for one in ids for document in judged_set.judged.get(one, {})}


def text_of(body: Mapping[str, Any]) -> str:
    return str(body["text"] if "text" in body else body["body"]["storage"]["value"])


# ------------------------------------------------------------------ what is asked by its name


_HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_HEADING_WORDS = 3  # fewer name no one section ("Exemple", "Voir aussi")


def titles(documents: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
    """A question that is a document's title, or its path where it has no title -> the documents called so."""
    return _drawn((str(body.get("title") or body["id"]), body["id"]) for body in documents if text_of(body).strip())


def headings(documents: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
    """A question that is a section's heading, of a page in storage format -> its page. Of one page each."""
    pairs = []
    for body in documents:
        for found in _HEADING.findall(text_of(body)):
            heading = " ".join(html.unescape(_TAG.sub(" ", found)).split())
            if len(heading.split()) >= _HEADING_WORDS:
                pairs.append((heading, body["id"]))
    pages = Counter(heading.casefold() for heading, _ in set(pairs))
    named = {str(body.get("title", "")).casefold() for body in documents}
    return _drawn((h, page) for h, page in pairs if pages[h.casefold()] == 1 and h.casefold() not in named)


def _drawn(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    by_name: dict[str, set[str]] = {}
    spelling: dict[str, str] = {}
    for name, document in pairs:
        by_name.setdefault(name.casefold(), set()).add(document)
        spelling.setdefault(name.casefold(), name)
    return {spelling[one]: by_name[one] for one in some(sorted(by_name), NAMES_ASKED)}


# ------------------------------------------------------------------ where they are read from


def write_corpus(folder: Path, documents: Sequence[Mapping[str, Any]]) -> None:
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(body) + "\n" for body in documents)


@contextmanager
def served(documents: Sequence[Mapping[str, Any]], titled: bool) -> Iterator[tuple[FakeConfluence, tuple[str, ...]]]:
    """The pages behind Confluence's REST interface, and its spaces; called by their ids where they have no title."""
    pages = [_page(body) for body in documents]
    ids = {page.id for page in pages}
    pages = [replace(page, parent=page.parent if page.parent in ids else None) for page in pages]
    if not titled:
        pages = [replace(page, title=page.id) for page in pages]
    spaces = tuple(sorted({page.space for page in pages}))
    with FakeConfluence(pages, spaces=spaces, token="eval") as wiki:
        yield wiki, spaces


def _page(body: Mapping[str, Any]) -> Page:
    above = body.get("ancestors") or []
    return Page(
        id=body["id"],
        title=without_surrogates(body["title"]),
        body=text_of(body),
        space=body["space"]["key"],
        version=body["version"]["number"],
        parent=above[-1]["id"] if above else None,
        when=body["version"]["when"],
    )
