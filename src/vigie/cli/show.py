"""The contract's JSON in words, for a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from vigie.cli.shapes import Json
from vigie.cli.watch import inert

SKIPPED_SHOWN = 10
TEXT_SHOWN = 300  # characters of a passage


def out(text: str = "") -> None:
    print(inert(text))


def report(found: Json) -> None:
    """A line per source, then what it left out."""
    for source in found["sources"]:
        counts = ", ".join(f"{source[n]} {n}" for n in ("seen", "written", "unchanged", "deleted"))
        held = f", {source['withheld']} deletions withheld" if source["withheld"] else ""
        found_by = f"{source['chunks']} chunks, {source['embedded']} embedded"
        out(f"{_name(source)}: {source['status']}; {counts}{held}; {found_by}")
        if source["error"]:
            out(f"  {source['error']}")
        _skipped(source["skipped"])
    out(f"{found['status']}, {found['seconds']:.1f} s")


def _name(source: Mapping[str, Any]) -> str:
    return " ".join(part for part in (source["source"], source["name"]) if part)


def _skipped(skips: Sequence[Mapping[str, str]]) -> None:
    if skips:
        out(f"  {len(skips)} skipped")
    for skip in skips[:SKIPPED_SHOWN]:
        out(f"    {skip['native_id']}: {skip['reason']}")
    if len(skips) > SKIPPED_SHOWN:
        out(f"    … and {len(skips) - SKIPPED_SHOWN} more")


def answer(found: Json) -> None:
    """The answer, its choices, where it comes from, what has to be known about it."""
    _markdown(found["answer"])
    for choice in found["choices"]:
        out(f"  - {choice['label']}: {choice['question']}")
    if found["citations"]:
        out()
    for citation in found["citations"]:
        parts = (citation["title"], citation["locator"], citation["url"])
        out(f"[{citation['n']}] " + " — ".join(dict.fromkeys(part for part in parts if part)))
    for notice in found["notices"]:
        out(f"! {notice['text']}")


def _markdown(text: str) -> None:
    if not sys.stdout.isatty():
        out(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(inert(text), hyperlinks=False))


def hits(found: Sequence[Json]) -> None:
    if not found:
        out("nothing found")
    for hit in found:
        out(
            f"{hit['rank']}. {hit['score']:.3f}  {hit['source']} {hit['collection']}: {hit['title']} — {hit['locator']}"
        )
        text = " ".join(hit["text"].split())
        out("   " + (text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1] + "…"))


def status(found: Json) -> None:
    if not found["sources"]:
        out("no source has been ingested yet: run `vigie ingest all`")
    for one in found["sources"]:
        source = one["source"]
        records = f"{source['records']} records in " if source["source"] == "records" else ""
        counts = f"{records}{source['documents']} {'signatures' if records else 'documents'}, {source['chunks']} chunks"
        when = (
            f"synced {source['last_sync']}: {source['outcome']}" if source["last_sync"] else "never synced to its end"
        )
        out(f"{_name(source)}: {counts}; {when}")
        if one["report"] and one["report"]["error"]:
            out(f"  {one['report']['error']}")
        _skipped(one["skipped"])
        if one["fields"]:
            out("  " + ", ".join(f"{field['role']} {field['path']}" for field in one["fields"]))
    if found["health"]:
        health(found["health"])
    for note in found["notes"]:
        out(note)
    out(f"answers by {found['model']}" if found["model"] else "answers are composed, without a language model")


def health(found: Json) -> None:
    """The indexes against the ledger."""
    out(f"indexes {found['status']}: {found['text_indexed']} of {found['text_live']} chunks in the text index")
    for one in found["collections"]:
        state = "repaired" if one["repaired"] else "lost" if one["lost"] or one["live"] != one["indexed"] else "ok"
        out(
            f"  {one['collection']}: {state}; {one['indexed']} of {one['live']} vectors, "
            f"{one['lost']} of {one['probed']} probed not found"
        )
    for note in found["notes"]:
        out(f"  {note}")
