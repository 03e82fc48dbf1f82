"""How long finding takes as the index grows: Vigie's retrieval beside a plain vector query and LangChain's ensemble.

    python benchmarks/ask.py [--quick] [--baseline N] [--chunks N]... [--write]

Passages are made of sentences of the sample team's wiki. A few hundred are embedded for real; the vectors of the
others are these, perturbed. Questions are embedded for real in every search. Plain: the question's vector, Chroma's
five nearest. LangChain: its ensemble of BM25 and Chroma. Vigie: words, vectors, fusion, ledger. The baselines run to N
passages; beyond is a straight line through their last two points and says so. Each contestant has a process of its
own. LangChain takes part where langchain-chroma, langchain-classic, langchain-community and rank-bm25 are installed.
`--write` renews docs/bench-ask.md and its picture.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import cycle
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


def spans(count: int) -> list[tuple[int, int]]:
    return [(start, min(start + BATCH, count)) for start in range(0, count, BATCH)]


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


def plain(folder: Path, texts: Sequence[str], real: np.ndarray) -> Find:
    import chromadb

    model, _ = common.plain_model()
    client = chromadb.PersistentClient(str(folder))
    collection = client.get_or_create_collection("passages", embedding_function=None)
    for start, end in spans(len(texts)):
        ids = [str(n) for n in range(start, end)]
        collection.add(ids=ids, embeddings=vectors(real, start, end), documents=list(texts[start:end]))
    return lambda text: collection.query(query_embeddings=model.embed([text]), n_results=TOP_K)


def langchain(folder: Path, texts: Sequence[str], real: np.ndarray) -> Find:
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
    for start, end in spans(len(texts)):
        ids = [str(n) for n in range(start, end)]
        store._collection.add(ids=ids, embeddings=vectors(real, start, end), documents=list(texts[start:end]))
    words = BM25Retriever.from_texts(list(texts))
    words.k = TOP_K
    nearest = store.as_retriever(search_kwargs={"k": TOP_K})
    return EnsembleRetriever(retrievers=[words, nearest], weights=[0.5, 0.5]).invoke


def vigie(folder: Path, texts: Sequence[str], real: np.ndarray) -> Find:
    from vigie.settings import load
    from vigie.types import EVERYTHING, KINDS, Chunk, Document, Scope, SourceRef
    from vigie.wiring import LazyEmbedders
    from vigie.wiring.services import open_services

    settings = load(**common.no_sources(), VIGIE_DATA_DIR=folder)
    model = LazyEmbedders(settings)[KINDS[0]]
    services = open_services(settings)
    wiki = SourceRef("confluence", "BENCH")
    for start, end in spans(len(texts)):
        documents = []
        for n in range(start, end):
            document = Document(wiki, str(n), "1", f"Note {n}", texts[n])
            documents.append((document, [Chunk(document.id, texts[n], 0, len(texts[n]), "")]))
        keys = [chunk.vector_key for _, chunks in documents for chunk in chunks]
        made = {key: row.tobytes() for key, row in zip(keys, vectors(real, start, end).astype("<f4"), strict=True)}
        services.ledger.put_documents(documents, made, model.fingerprint)
    if texts:
        services.ledger.set_fingerprint(wiki.collection, model.fingerprint)
        services.indexer.flush()
    return lambda text: services.retriever.search(text, Scope(), TOP_K, EVERYTHING)


PIPELINES = {"plain": plain, "langchain": langchain, "vigie": vigie}
NAMES = {"plain": "plain vector query", "langchain": "LangChain ensemble", "vigie": "Vigie"}


def run_child(task: dict[str, Any]) -> dict[str, Any]:
    real = np.load(task["vectors"])
    folder = Path(task["folder"])
    make = PIPELINES[task["who"]]
    if task["first"]:
        # An index that is there: all that a new process does before its first answer. BM25 is made anew each time.
        texts = common.passages(task["chunks"]) if task["who"] == "langchain" else []
        make(folder, texts, real)(common.questions()[0])
        return {}
    find = make(folder, common.passages(task["chunks"]), real)
    model, runs_on = common.plain_model()
    return {
        **timed(find, task["asked"]),
        "embedding_p50": timed(lambda text: model.embed([text]), task["asked"])["p50"],
        "peak_mb": peak_mb(),
        "model": runs_on,
    }


def measure(baseline: int, chunks: Sequence[int], quick: bool) -> dict[str, Any]:
    asked, real = (40, 64) if quick else (200, 512)
    steps = sorted({1_000, baseline // 3, baseline} if baseline > 3_000 else {1_000, baseline})
    missing = common.langchain_missing()
    found: dict[str, Any] = {"machine": common.machine(), "langchain_missing": missing, "first": {}}
    with tempfile.TemporaryDirectory() as scratch:
        model, found["model"] = common.plain_model()
        np.save(f"{scratch}/real.npy", model.embed(common.passages(real)))
        for who in (name for name in PIPELINES if name != "langchain" or not missing):
            found[who] = []
            for count in sorted({*steps, *chunks}) if who == "vigie" else steps:
                task = {"who": who, "chunks": count, "folder": f"{scratch}/{who}-{count}", "asked": asked}
                Path(task["folder"]).mkdir()
                one = child(__file__, **task, vectors=f"{scratch}/real.npy", first=False)
                found[who].append({"n": count, **one})
            again = child(
                __file__,
                who=who,
                chunks=steps[0],
                folder=f"{scratch}/{who}-{steps[0]}",
                vectors=f"{scratch}/real.npy",
                first=True,
            )
            found["first"][who] = again["process_seconds"]
    return found


def told(found: dict[str, Any], quick: bool) -> tuple[list[str], str]:
    """The page's parts, and its picture."""
    rows, series, dashed = [], {}, {}
    largest = found["vigie"][-1]["n"]
    for who in (name for name in PIPELINES if name in found):
        points = [(float(one["n"]), one["p95"]) for one in found[who]]
        for one in found[who]:
            ratio = round(one["p95"] / one["embedding_p50"], 1)
            rows.append([NAMES[who], f"{one['n']:,}", one["p50"], one["p95"], ratio, one["peak_mb"]])
        series[NAMES[who]] = points
        dashed[NAMES[who]] = []
        if largest > points[-1][0]:
            beyond = max(common.line_through(points, largest), points[-1][1])
            dashed[NAMES[who]] = [points[-1], (largest, beyond)]
            rows.append([f"{NAMES[who]}, extrapolated", f"{largest:,}", "", round(beyond, 1), "", ""])
    header = ["search", "passages", "p50 ms", "p95 ms", "p95 / embedding a question", "peak MB"]
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
    began = ", ".join(f"{NAMES[who]} {seconds:.1f} s" for who, seconds in found["first"].items())
    ratios.append(f"- From the start of a process to its first five passages, at {found['plain'][0]['n']:,}: {began}.")
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
