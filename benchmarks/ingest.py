"""How fast an index is there: Vigie beside the plain pipeline that people copy and beside LangChain's, in one run.

    python benchmarks/ingest.py [--quick] [--baseline N] [--records N]... [--write]

Plain: one vector per record, batches of 128, random ids, Chroma's `add`. LangChain: its splitter (800, 100) before the
same, added through its Chroma. Both are timed from the first batch on, with the model loaded; Vigie's time is all of a
sync, with its processes' start. The plain pipeline runs to N records, LangChain's, which embeds as fast, to a sixteenth
of them; beyond is a straight line through their last two points and says so. Each contestant has a process of its
own; LangChain takes part where it is installed (see ask.py). `--write` renews docs/bench-ingest.md and its picture.
"""

from __future__ import annotations

import re
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import common
import page
from common import BATCH, TOP_K, child, cpu_seconds, peak_mb

# What somebody types who does not know the code.
FAMILIES = {
    "AUTH-401": "le jeton d'accès a expiré, accès non autorisé",
    "ORA-12541": "la base Oracle n'écoute pas, pas de listener",
    "ORA-00060": "interblocage entre deux sessions de la base",
    "ORA-00942": "table or view missing in the database",
    "SFTP-TIMEOUT": "the SFTP partner does not answer, connection timed out",
    "SFTP-NOFILE": "le fichier attendu n'est pas arrivé",
    "KAFKA-LAG": "retard de consommation Kafka, lag on a partition",
    "SCHEMA-MISMATCH": "une colonne inattendue dans le fichier CSV",
    "DISK-FULL": "plus de place sur le disque",
    "CERT-EXPIRED": "the TLS certificate has expired",
}


def family_share(find: Callable[[str], Sequence[str]], file: Path) -> dict[str, float]:
    """Of the descriptions of error families that `file` holds: found among the first five, and share of the five."""
    held = {code for code in FAMILIES if code in file.read_text(encoding="utf-8")}
    shares = [
        sum(bool(re.search(re.escape(code), text)) for text in find(FAMILIES[code])) / TOP_K for code in sorted(held)
    ]
    return {
        "families": len(shares),
        "hit@5": round(sum(share > 0 for share in shares) / len(shares), 3),
        "precision@5": round(sum(shares) / len(shares), 3),
    }


def batched(texts: Sequence[str], sizes: Sequence[int], add: Callable[[Sequence[str]], None]) -> list[dict[str, float]]:
    """Adds all texts in batches; where each size was reached."""
    began, used = time.perf_counter(), cpu_seconds()
    points, start = [], 0
    for size in sizes:
        while start < size:
            end = min(start + BATCH, size)
            add(texts[start:end])
            start = end
        points.append({"n": size, "seconds": time.perf_counter() - began, "cpu": cpu_seconds() - used})
    return points


def plain(file: Path, sizes: Sequence[int], kind: str) -> dict[str, Any]:
    import chromadb

    model, runs_on = common.plain_model()
    model.embed(["warm"])
    texts = texts_of(file, sizes[-1], kind)
    with tempfile.TemporaryDirectory() as folder:
        collection = chromadb.PersistentClient(folder).create_collection("runs", embedding_function=None)

        def add(some: Sequence[str]) -> None:
            ids = [str(uuid.uuid4()) for _ in some]
            collection.add(ids=ids, embeddings=model.embed(some), documents=list(some))

        def find(text: str) -> Sequence[str]:
            found = collection.query(query_embeddings=model.embed([text]), n_results=TOP_K)["documents"]
            return (found or [[]])[0]

        points = batched(texts, sizes, add)
        quality = family_share(find, file) if kind == "records" else None
    return {"points": points, "peak_mb": peak_mb(), "model": runs_on, "quality": quality, "tokens": tokens(texts)}


def langchain(file: Path, sizes: Sequence[int], kind: str) -> dict[str, Any]:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    model, runs_on = common.plain_model()
    model.embed(["warm"])

    class Embedded(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return model.embed(texts).tolist()

        def embed_query(self, text: str) -> list[float]:
            return model.embed([text])[0].tolist()

    texts = texts_of(file, sizes[-1], kind)
    splitter = RecursiveCharacterTextSplitter(chunk_size=800, chunk_overlap=100)
    with tempfile.TemporaryDirectory() as folder:
        store = Chroma("runs", Embedded(), persist_directory=folder)
        points = batched(texts, sizes, lambda some: store.add_documents(splitter.create_documents(list(some))) and None)
    return {"points": points, "peak_mb": peak_mb(), "model": runs_on}


def vigie(file: Path, kind: str) -> dict[str, Any]:
    """A first sync and one in which nothing changed."""
    from vigie.settings import load
    from vigie.types import EVERYTHING, Scope
    from vigie.wiring.services import open_services

    with tempfile.TemporaryDirectory() as folder:
        source = {"records": {"RECORDS_DIR": file.parent}, "code": {"CODE_ROOTS": str(file.parent)}}[kind]
        nothing: dict[str, Any] = common.no_sources()
        services = open_services(load(**{**nothing, "VIGIE_DATA_DIR": folder, **source}))
        try:
            timed = []
            for _ in range(2):
                began, used = time.perf_counter(), cpu_seconds()
                report = services.syncer().run((kind,))
                assert not any(line.error for line in report.sources), report
                timed.append((time.perf_counter() - began, cpu_seconds() - used, report.sources))
            peak = peak_mb()
            scope = Scope(frozenset({kind}))
            quality = None
            if kind == "records":

                def find(text: str) -> Sequence[str]:
                    hits = services.retriever.search(text, scope, TOP_K, EVERYTHING)
                    return [hit.passage.chunk.embedded_text for hit in hits]

                quality = family_share(find, file)
        finally:
            services.close()
    (seconds, cpu, lines), (again, again_cpu, _) = timed
    return {
        "n": sum(line.seen for line in lines),
        "vectors": sum(line.embedded for line in lines),
        "seconds": seconds,
        "cpu": cpu,
        "again": again,
        "again_cpu": again_cpu,
        "peak_mb": peak,
        "quality": quality,
    }


def texts_of(file: Path, count: int, kind: str) -> list[str]:
    if kind == "records":
        return common.record_texts(file, count)
    return [path.read_text(encoding="utf-8") for path in sorted(file.parent.glob("*.md"))][:count]


def tokens(texts: Sequence[str]) -> int:
    """Of the model, as far as it reads each text."""
    from vigie.embed.models import resolve
    from vigie.embed.onnx import OnnxEmbedder

    folder = resolve(common.MODEL, Path(tempfile.gettempdir()) / "vigie-bench-cache")
    counter = OnnxEmbedder(folder, folder.parent)
    return sum(min(count, counter.max_tokens) for count in counter.count_tokens(texts))


def run_child(task: dict[str, Any]) -> dict[str, Any]:
    file, kind = Path(task["file"]), task["kind"]
    match task["who"]:
        case "plain":
            return plain(file, task["sizes"], kind)
        case "langchain":
            return langchain(file, task["sizes"], kind)
        case _:
            return vigie(file, kind)


def measure(baseline: int, sizes: Sequence[int], quick: bool) -> dict[str, Any]:
    unique = 100 if quick else 1_000
    steps = sorted({max(BATCH, baseline // 4), baseline // 2, baseline})
    sixteenth = [max(BATCH, baseline // 32), max(2 * BATCH, baseline // 16)]
    missing = common.langchain_missing()
    found: dict[str, Any] = {"machine": common.machine(), "langchain_missing": missing, "vigie": []}
    with tempfile.TemporaryDirectory() as scratch:
        files = common.runs(Path(scratch), {baseline, *sizes})
        found["plain"] = child(__file__, who="plain", file=files[baseline], sizes=steps, kind="records")
        if not missing:
            found["langchain"] = child(__file__, who="langchain", file=files[baseline], sizes=sixteenth, kind="records")
        for file in files.values():
            found["vigie"].append(child(__file__, who="vigie", file=file, kind="records"))
        prose = Path(scratch, "prose")
        prose.mkdir()
        for n, text in enumerate(common.passages(0, unique)):
            (prose / f"{n:06}.md").write_text(text, encoding="utf-8")
        first = prose / "000000.md"
        found["unique"] = {
            "plain": child(__file__, who="plain", file=first, sizes=[unique], kind="code"),
            "vigie": child(__file__, who="vigie", file=first, kind="code"),
        }
    return found


def told(found: dict[str, Any], quick: bool) -> tuple[list[str], str]:
    """The page's parts, and its picture."""
    names = {"plain": "plain pipeline", "langchain": "LangChain"}
    rows, series, dashed = [], {}, {}
    ours = found["vigie"]
    largest = ours[-1]
    for who in (name for name in names if name in found):
        points = [(point["n"], point["seconds"]) for point in found[who]["points"]]
        cpu = [(point["n"], point["cpu"]) for point in found[who]["points"]]
        for (n, seconds), (_, used) in zip(points, cpu, strict=True):
            rows.append([names[who], f"{n:,}", f"{seconds:.1f}", f"{n / seconds:,.0f}", f"{n / used:,.0f}", f"{n:,}"])
        rows[-1].append(found[who]["peak_mb"])
        series[names[who]] = points
        beyond = [ours[-1]["n"]] if ours[-1]["n"] > points[-1][0] else []
        dashed[names[who]] = [points[-1], *((n, common.line_through(points, n)) for n in beyond)]
        for n in beyond:
            seconds, used = common.line_through(points, n), common.line_through(cpu, n)
            rows.append(
                [f"{names[who]}, extrapolated", f"{n:,}", f"{seconds:,.0f}", f"{n / seconds:,.0f}", f"{n / used:,.0f}"]
            )
    for one in ours:
        n = one["n"]
        speed = [f"{one['seconds']:.1f}", f"{n / one['seconds']:,.0f}", f"{n / one['cpu']:,.0f}"]
        rows.append(["Vigie", f"{n:,}", *speed, f"{one['vectors']:,}", one["peak_mb"]])
        rows.append(["Vigie, nothing changed", f"{n:,}", f"{one['again']:.2f}", f"{n / one['again']:,.0f}"])
    series["Vigie"] = [(one["n"], one["seconds"]) for one in ours]
    series["Vigie, nothing changed"] = [(one["n"], one["again"]) for one in ours]
    rows = [[*row, *[""] * (7 - len(row))] for row in rows]
    header = ["pipeline", "records", "seconds", "records a second", "records a CPU second", "vectors", "peak MB"]

    last = found["plain"]["points"][-1]
    same = next(one for one in ours if one["n"] == last["n"])
    unique = found["unique"]
    read = unique["plain"]["tokens"]
    bare, whole = read / unique["plain"]["points"][-1]["cpu"], read / unique["vigie"]["cpu"]
    moving = read / (unique["vigie"]["cpu"] - unique["vigie"]["again_cpu"])
    plain_rate, rate = last["n"] / last["seconds"], largest["n"] / largest["seconds"]
    ratios = [
        f"- At {last['n']:,} records Vigie's rate is **{last['seconds'] / same['seconds']:.1f} times** the plain "
        f"pipeline's; its rate at {largest['n']:,} is **{rate / plain_rate:.0f} times** the plain one's at "
        f"{last['n']:,}.",
        f"- A sync in which nothing changed is {largest['seconds'] / largest['again']:.0f} times faster than the "
        f"first, at {largest['n']:,} records.",
        f"- Unique text ({unique['vigie']['n']:,} pages, {read:,} tokens), tokens a CPU second: plain {bare:,.0f}, "
        f"Vigie {whole:,.0f} with the start of its processes, chunking, ledger and both indexes "
        f"({whole / bare:.2f} times), {moving:,.0f} less what a sync takes in which nothing changed "
        f"({moving / bare:.2f} times).",
        "- Descriptions of error families among the first five, over the same "
        f"{last['n']:,} records: "
        + "; ".join(
            f"{name} hit@5 {quality['hit@5']}, precision@5 {quality['precision@5']}"
            for name, quality in [(names["plain"], found["plain"]["quality"]), ("Vigie", same["quality"])]
        )
        + f" ({same['quality']['families']} families).",
    ]
    lacking = found["langchain_missing"]
    notes = [
        f"`python benchmarks/ingest.py{' --quick' if quick else ''} --write`: {found['machine']}. The plain pipeline's "
        f"model runs on {found['plain']['model']}."
        + (f" LangChain was not run: `{lacking}` is not installed." if lacking else "")
        + (" A quick run: the figures are rough." if quick else ""),
    ]
    drawing = page.picture("Seconds to index flow runs", "records", "seconds", series, dashed)
    return [*notes, page.table(header, rows), "\n".join(ratios), "Dashed: extrapolated, not measured."], drawing


def main() -> None:
    common.compare(
        "ingest",
        "Indexing, measured",
        __doc__,
        counted="records",
        baselines=(300, 10_000),
        sizes=([1_000, 10_000, 30_000], [1_000, 100_000, 1_000_000]),
        run_child=run_child,
        measure=measure,
        told=told,
    )


if __name__ == "__main__":
    main()
