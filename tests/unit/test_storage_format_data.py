"""Real pages: no word and no byte of code is lost. Every 8th of the large wikis; with `-m slow`, all of them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vigie.sources.storage_format import storage_to_text

SharedData = Callable[[str], Path]

_CODE = re.compile(r"<ac:plain-text-body>((?:<!\[CDATA\[.*?\]\]>)+)</ac:plain-text-body>", re.DOTALL)
_HIDDEN = re.compile(
    r"<(ac:(?:default-)?parameter|ac:task-(?:id|uuid|status)|ac:adf-attribute)\b[^>]*?(?<!/)>.*?</\1>", re.DOTALL
)


def storages(folder: Path, files: list[str], step: int = 1) -> Iterator[tuple[str, str]]:
    for name in files:
        with (folder / name).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number % step == 0:
                    row = json.loads(line)
                    body = row["storage"] if "storage" in row else (row["body"].get("storage") or {}).get("value", "")
                    yield f"{name}:{number + 1}", body


def visible_words(storage: str) -> set[str]:
    """As a stranger reads it: parameters off, tags to blanks, entities resolved."""
    parts = re.split(r"<!\[CDATA\[(.*?)\]\]>", _HIDDEN.sub(" ", storage), flags=re.DOTALL)
    prose = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", part)) for part in parts[::2])
    return set(re.findall(r"\w+", " ".join([prose, *parts[1::2]])))


def check(pages: Iterator[tuple[str, str]]) -> None:
    words = lost = codes = 0
    for name, storage in pages:
        text = storage_to_text(storage)
        expected = visible_words(storage)
        # A word whose letters are marked one by one is whole in the text and in pieces in the tags-off reading.
        missing = [word for word in expected - set(re.findall(r"\w+", text)) if word not in text]
        words += len(expected)
        lost += len(missing)
        assert len(missing) <= 0.01 * len(expected), f"{name}: {missing}"
        for body in _CODE.findall(storage):
            codes += 1
            assert "".join(re.findall(r"<!\[CDATA\[(.*?)\]\]>", body, re.DOTALL)) in text, f"{name}: {body[:200]}"
    assert words > 0
    assert lost == 0, f"{lost} of {words} words, {codes} codes"


def test_real_pages_of_every_macro(shared_data: SharedData) -> None:
    check(storages(shared_data("confluence_storage"), ["pages_current.jsonl", "records_all.jsonl", "fragments.jsonl"]))


def test_french_wiki(shared_data: SharedData) -> None:
    check(storages(shared_data("wiki_fr_storage"), ["pages.jsonl"], step=8))


def test_english_technical_wiki(shared_data: SharedData) -> None:
    check(storages(shared_data("wiki_en_storage"), ["pages.jsonl"], step=8))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wiki_fr_storage", "wiki_en_storage"])
def test_whole_wikis(shared_data: SharedData, name: str) -> None:
    check(storages(shared_data(name), ["pages.jsonl"]))
