"""How long finding takes as the index grows: Vigie's retrieval beside a plain vector query and LangChain's ensemble.

    python benchmarks/ask.py [--quick] [--baseline N] [--chunks N]... [--write]

Passages are made of sentences of the sample team's wiki. A few hundred are embedded for real; the vectors of the
others are these, perturbed. Questions are embedded for real in every search. Plain: the question's vector, Chroma's
five nearest. LangChain: its ensemble of BM25 and Chroma. Vigie: words, vectors, fusion, ledger. The baselines run to N
passages; beyond is a straight line through their last two points and says so. Each index is grown from one size to the
next, and at each size asked by a new process that does nothing else. LangChain takes part where langchain-chroma,
langchain-classic, langchain-community and rank-bm25 are installed.
`--write` renews docs/bench-ask.md and its picture.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import common
import numpy as np
import page
from common import TOP_K, child, peak_mb, percentile

BATCH = 5_000
NOISE = 0.04  # of each of 384 dimensions: neighbours at a cosine of about 0.8
WARM = 5

Find = Callable[[str], object]


def vectors(real: np.ndarray, start: int, end: int) -> np.ndarray:
    drawn = np.random.default_rng(start)
    made = real[np.arange(start, end) % len(real)] + drawn.normal(scale=NOISE, size=(end - start, real.shape[1]))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def timed(find: Find, asked: int) -> dict[str, Any]:
    texts = common.questions()
    for text in texts[:WARM]:
        find(text)
    seconds = []
    for text, _ in zip(cycle(texts), range(asked), strict=False):
        began = time.perf_counter()
        find(text)
        seconds.append(time.perf_counter() - began)
    return {"p50": percentile(seconds, 0.5), "p95": percentile(seconds, 0.95)}


# ------------------------------------------------------------------ who takes part: adds passages, finds among them


@dataclass(frozen=True)
class Contestant:
    add: Callable[[Sequence[str], np.ndarray, int], None]  # passages, their vectors, the number of the first
    find: Find


def plain(folder: Path, count: int) -> Contestant:
    import chromadb

    model, _ = common.plain_model()
    client = chromadb.PersistentClient(str(folder))
    collection = client.get_or_create_collection("passages", embedding_function=None)

    def add(texts: Sequence[str], made: np.ndarray, first: int) -> None:
        ids = [str(first + n) for n in range(len(texts))]
        collection.add(ids=ids, embeddings=made, documents=list(texts))

    return Contestant(add, lambda text: collection.query(query_embeddings=model.embed([text]), n_results=TOP_K))


def langchain(folder: Path, count: int) -> Contestant:
    """BM25 is made anew of `count` passages by each process: it is not kept."""
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_core.embeddings import Embeddings

    with warnings.catch_warnings(action="ignore"):  # it says that it is no longer maintained
        from langchain_community.retrievers import BM25Retriever

    model, _ = common.plain_model()

    class Embedded(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return model.embed(texts).tolist()

        def embed_query(self, text: str) -> list[float]:
            return model.embed([text])[0].tolist()

    store = Chroma("passages", Embedded(), persist_directory=str(folder))

    def add(texts: Sequence[str], made: np.ndarray, first: int) -> None:
        ids = [str(first + n) for n in range(len(texts))]
        store._collection.add(ids=ids, embeddings=made, documents=list(texts))

    words = BM25Retriever.from_texts(common.passages(0, count or 1))
    words.k = TOP_K
    nearest = store.as_retriever(search_kwargs={"k": TOP_K})
    return Contestant(add, EnsembleRetriever(retrievers=[words, nearest], weights=[0.5, 0.5]).invoke)


def vigie(folder: Path, count: int) -> Contestant:
    from vigie.settings import load
    from vigie.types import EVERYTHING, KINDS, Chunk, Document, Scope, SourceRef
    from vigie.wiring import LazyEmbedders
    from vigie.wiring.services import open_services

    settings = load(**common.no_sources(), VIGIE_DATA_DIR=folder)
    services = open_services(settings)
    wiki = SourceRef("confluence", "BENCH")

    def add(texts: Sequence[str], made: np.ndarray, first: int) -> None:
        fingerprint = LazyEmbedders(settings)[KINDS[0]].fingerprint
        documents = []
        for n, text in enumerate(texts, first):
            document = Document(wiki, str(n), "1", f"Note {n}", text)
            documents.append((document, [Chunk(document.id, text, 0, len(text), "")]))
        keys = [chunk.vector_key for _, chunks in documents for chunk in chunks]
        rows = {key: row.tobytes() for key, row in zip(keys, made.astype("<f4"), strict=True)}
        services.ledger.put_documents(documents, rows, fingerprint)
        services.ledger.set_fingerprint(wiki.collection, fingerprint)
        services.indexer.flush()

    return Contestant(add, lambda text: services.retriever.search(text, Scope(), TOP_K, EVERYTHING))


PIPELINES = {"plain": plain, "langchain": langchain, "vigie": vigie}
NAMES = {"plain": "plain vector query", "langchain": "LangChain ensemble", "vigie": "Vigie"}


# ------------------------------------------------------------------ measuring


def run_child(task: dict[str, Any]) -> dict[str, Any]:
    folder, start, end = Path(task["folder"]), task["start"], task["end"]
    if task["grow"]:
        real = np.load(task["vectors"])
        contestant = PIPELINES[task["who"]](folder, 0)
        for first in range(start, end, BATCH):
            last = min(first + BATCH, end)
            contestant.add(common.passages(first, last), vectors(real, first, last), first)
        return {}
    find = PIPELINES[task["who"]](folder, end).find
    find(common.questions()[0])
    first_answer = time.time() - task["began"]
    found = timed(find, task["asked"])
    peak = peak_mb()  # before the model is there that only measures
    model, runs_on = common.plain_model()
    embedding = timed(lambda text: model.embed([text]), task["asked"])["p50"]
    return {**found, "first": first_answer, "peak_mb": peak, "embedding_p50": embedding, "model": runs_on}


def measure(baseline: int, chunks: Sequence[int], quick: bool) -> dict[str, Any]:
    asked, real = (40, 64) if quick else (200, 512)
    steps = sorted({1_000, baseline // 3, baseline} if baseline > 3_000 else {1_000, baseline})
    missing = common.langchain_missing()
    found: dict[str, Any] = {"machine": common.machine(), "langchain_missing": missing}
    with tempfile.TemporaryDirectory() as scratch:
        model, found["model"] = common.plain_model()
        np.save(f"{scratch}/real.npy", model.embed(common.passages(0, real)))
        for who in (name for name in PIPELINES if name != "langchain" or not missing):
            folder = Path(scratch, who)
            folder.mkdir()
            sizes = sorted({*steps, *chunks}) if who == "vigie" else steps
            found[who] = []
            for start, end in pairwise([0, *sizes]):
                task = {"who": who, "folder": folder, "start": start, "end": end, "asked": asked}
                child(__file__, **task, vectors=f"{scratch}/real.npy", grow=True)
                found[who].append({"n": end, **child(__file__, **task, began=time.time(), grow=False)})
    return found


def told(found: dict[str, Any], quick: bool) -> tuple[list[str], str]:
    """The page's parts, and its picture."""
    rows, series, dashed = [], {}, {}
    largest = found["vigie"][-1]["n"]
    for who in (name for name in PIPELINES if name in found):
        points = [(float(one["n"]), one["p95"]) for one in found[who]]
        for one in found[who]:
            ratio = round(one["p95"] / one["embedding_p50"], 1)
            first = f"{one['first']:.1f}"
            rows.append([NAMES[who], f"{one['n']:,}", one["p50"], one["p95"], ratio, first, one["peak_mb"]])
        series[NAMES[who]] = points
        dashed[NAMES[who]] = []
        if largest > points[-1][0]:
            beyond = max(common.line_through(points, largest), points[-1][1])
            dashed[NAMES[who]] = [points[-1], (largest, beyond)]
            rows.append([f"{NAMES[who]}, extrapolated", f"{largest:,}", "", round(beyond, 1), "", "", ""])
    header = ["search", "passages", "p50 ms", "p95 ms", "p95 / embedding a question", "first answer s", "peak MB"]
    last = found["plain"][-1]
    same = next(one for one in found["vigie"] if one["n"] == last["n"])
    ratios = [
        f"- At {last['n']:,} passages Vigie takes **{same['p50'] / last['p50']:.2f} times** the plain vector query "
        f"at the median, {same['p95'] / last['p95']:.2f} times at p95."
    ]
    if "langchain" in found:
        other = found["langchain"][-1]
        ratios.append(
            f"- LangChain's ensemble, which also looks for words, takes {other['p50'] / same['p50']:.1f} times Vigie's "
            f"median at {other['n']:,}."
        )
    ratios.append(
        "- First answer: seconds from the start of a process, its libraries, model and index included. Peak MB: of a "
        "process that only asks."
    )
    lacking = found["langchain_missing"]
    notes = (
        f"`python benchmarks/ask.py{' --quick' if quick else ''} --write`: {found['machine']}. The baselines' model "
        f"runs on {found['model']}." + (f" LangChain was not run: `{lacking}` is not installed." if lacking else "")
    )
    notes += " A quick run: the figures are rough." if quick else ""
    drawing = page.picture("Milliseconds to find five passages (p95)", "passages", "milliseconds", series, dashed)
    return [notes, page.table(header, rows), "\n".join(ratios), "Dashed: extrapolated, not measured."], drawing


def main() -> None:
    common.compare(
        "ask",
        "Finding, measured",
        __doc__,
        counted="chunks",
        baselines=(3_000, 10_000),
        sizes=([10_000], [100_000, 200_000]),
        run_child=run_child,
        measure=measure,
        told=told,
    )


if __name__ == "__main__":
    main()
