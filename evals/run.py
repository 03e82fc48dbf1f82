"""Quality of finding on judged sets: words, vectors and both; follow-ups; exact names; the evidence gate; ablations.

    python evals/run.py SETS [--write] [--only NAME]... [--characters N] [--questions N] [--sample N] [--keep DIR]

SETS holds a folder per set; those that are not there are named and left out. Prints one JSON object; `--write` also
puts each set, as soon as it is measured, into `evals/results/<release>.json` and the tables of `evals/README.md`,
beside the sets that this run does not measure again. `--keep` keeps the indexes for another run.

What is too large is sampled, the same at each run, and the tables say so: of a set's documents, those that its
questions are about and others up to N characters; at most N questions; at most `--sample` of them for the gate and the
fusions. Chunkers are compared on smaller samples.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ablation import CHUNKERS, CODE_CHUNKERS, fusions
from gate import by_name, gate
from sets import SETS, EvalSet, headings, relevant, sampled, served, some, titles, write_corpus
from told import bars, write

from vigie.cli.evaluate import Searcher, indexed, measured, opened
from vigie.cli.judged_set import NAME, JudgedSet
from vigie.settings import load
from vigie.sync.child import InlineWorker
from vigie.sync.prepare import Preparer
from vigie.types import SourceRef
from vigie.wiring.collections import Inputs
from vigie.wiring.sources import make_preparer

# Chunkers are compared on a smaller sample: each of them embeds all of it anew.
CUT_QUESTIONS = 60
CUT_SHARE = 8  # of the characters, one in


@dataclass(frozen=True)
class Limits:
    characters: int
    questions: int
    sample: int
    keep: Path | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], choices=[one.name for one in SETS])
    parser.add_argument("--characters", metavar="N", type=int, default=3_000_000)
    parser.add_argument("--questions", metavar="N", type=int, default=1_500)
    parser.add_argument("--sample", metavar="N", type=int, default=500)
    parser.add_argument("--keep", metavar="DIR", type=Path)
    given = parser.parse_args(arguments)
    limits = Limits(given.characters, given.questions, given.sample, given.keep)
    results: dict[str, Any] = {}
    for one in SETS:
        if given.only and one.name not in given.only:
            continue
        if missing := one.missing(given.sets):
            print(f"{one.folder}: {', '.join(missing)} not there, left out", file=sys.stderr)
            continue
        began = time.perf_counter()
        results[one.name] = evaluated(one, given.sets, limits)
        print(f"{one.folder}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
        if given.write:
            write(results)
    print(json.dumps({"bars": bars(results), "sets": results}, indent=1))
    return 0


def evaluated(one: EvalSet, sets: Path, limits: Limits) -> dict[str, Any]:
    judged_set = one.read(sets)
    every = one.documents(sets)
    answerable = [query for query in judged_set.queries if judged_set.judged.get(query.id)]
    asked = some(answerable, limits.questions)
    unjudged = [query for query in judged_set.queries if not judged_set.judged.get(query.id)]
    documents = sampled(every, relevant(judged_set, (query.id for query in asked)), limits.characters)
    found: dict[str, Any] = {"documents": {"indexed": len(documents), "of": len(every)}}
    with searching(one, documents, limits.keep) as searcher:
        tell = partial(_figures, judged_set=JudgedSet(asked, judged_set.judged), searcher=searcher, of=len(answerable))
        found["last turn"] = tell(follow_up=False)
        if any(query.earlier for query in asked):
            found["follow-up"] = tell(follow_up=True)
        drawn = some(asked, limits.sample)
        found["fusions"] = {"questions": len(drawn), **fusions(drawn, judged_set.judged, searcher)}
        found["by name"] = {kind: by_name(names, searcher) for kind, names in _names(one, documents).items()}
        own = replace(judged_set, queries=[*asked, *unjudged])
        found["gate"] = gate(one, sets, own, searcher, limits.sample)
    if one.cut:
        asked = some(asked, CUT_QUESTIONS)
        found["chunkers"] = chunked(one, every, replace(judged_set, queries=asked), limits.characters // CUT_SHARE)
    return found


def _figures(judged_set: JudgedSet, searcher: Searcher, of: int, follow_up: bool) -> dict[str, Any]:
    found = measured(judged_set, searcher, follow_up=follow_up)
    parts = {part: found[part] for part in ("lexical", "vector", "fused")}
    return {"queries": len(judged_set.queries), "of": of, **parts}


def _names(one: EvalSet, documents: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, set[str]]]:
    """What can be asked for by its name, where names are indexed."""
    found = {"title": titles(documents)} if one.titled else {}
    if one.pages:
        found["heading"] = headings(documents)
    return found


def here(make: Callable[[], Preparer]) -> InlineWorker:
    """Indexing in this process: starting others takes longer than most of what is compared here."""
    return InlineWorker(make())


@contextmanager
def searching(one: EvalSet, documents: Sequence[Mapping[str, Any]], keep: Path | None) -> Iterator[Searcher]:
    """The documents, indexed: pages through the Confluence source, others as they are."""
    kept = keep / one.name if keep else None
    if one.pages:
        with served(documents, one.titled) as (wiki, spaces):
            settings = load(CONFLUENCE_URL=wiki.url, CONFLUENCE_TOKEN="eval", CONFLUENCE_SPACE=",".join(spaces))
            with opened(
                settings, SourceRef("confluence", NAME), partial(make_preparer, inputs=Inputs()), kept, here
            ) as searcher:
                yield searcher
    else:
        with tempfile.TemporaryDirectory() as scratch:
            write_corpus(Path(scratch), documents)
            with indexed(Path(scratch), load(), titled=one.titled, keep=kept, worker=here) as searcher:
                yield searcher


def chunked(
    one: EvalSet, documents: Sequence[dict[str, Any]], judged_set: JudgedSet, characters: int
) -> dict[str, Any]:
    """Each chunker over the same questions and a sample of the documents."""
    asked = judged_set.queries
    drawn = sampled(documents, relevant(judged_set, (query.id for query in asked)), characters)
    ways: dict[str, Any] = {}
    for name, chunk in (CODE_CHUNKERS if one.folder.startswith("code") else CHUNKERS).items():
        with tempfile.TemporaryDirectory() as scratch:
            write_corpus(Path(scratch), drawn)
            with indexed(Path(scratch), load(), titled=one.titled, chunk=chunk, worker=here) as searcher:
                figures = _figures(judged_set, searcher, len(asked), follow_up=False)
                ways[name] = {"chunks": searcher.text.count(), **figures}
    return {"questions": len(asked), "documents": len(drawn), "ways": ways}


if __name__ == "__main__":
    sys.exit(main())
