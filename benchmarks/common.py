"""What the comparisons share: generated data, the pipelines people copy, processes to measure in."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from importlib.metadata import version
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import page

from vigie.demo.runs import write_runs
from vigie.demo.team import team_files

ROOT = Path(__file__).resolve().parents[1]
ZONE = ZoneInfo("Europe/Paris")
NOW = datetime.fromisoformat("2026-11-20T09:30:00+01:00")
CORES = os.cpu_count() or 1
MODEL = "sentence-transformers/all-MiniLM-L6-v2"
BATCH = 128  # the plain recipe's
TOP_K = 5


# ------------------------------------------------------------------ data


def runs(folder: Path, sizes: Iterable[int]) -> dict[int, Path]:
    """Of each size an export of generated flow runs, in a folder of its own: the first lines of the largest."""
    files = {size: folder / str(size) / "vanish_flows.ndjson" for size in sorted(set(sizes))}
    *smaller, largest = files
    for file in files.values():
        file.parent.mkdir()
    with files[largest].open("wb") as out:
        out.writelines(islice(_runs(), largest))
    for size in smaller:
        with files[largest].open("rb") as lines, files[size].open("wb") as out:
            out.writelines(islice(lines, size))
    return files


def _runs() -> Iterator[bytes]:
    """Without end, one JSON object a line: six weeks of the sample team after another, each its own seed. Those
    that would bear the `_id` of another one, a few of a million, are left out."""
    seen: set[bytes] = set()
    # Making them takes longer than to load them: by all cores. Spawned, as libraries may have threads already.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for seed in count(7, CORES):
            for lines in pool.map(_six_weeks, range(seed, seed + CORES)):
                fresh = {_id(line): line for line in lines if _id(line) not in seen}
                seen.update(fresh)
                yield from fresh.values()


def _id(line: bytes) -> bytes:
    return line[:40]  # {"_id":{"$oid":"6a95f965bcb773da4c00060c


def _six_weeks(seed: int) -> list[bytes]:
    with tempfile.TemporaryDirectory() as scratch:
        write_runs(Path(scratch), NOW, seed)
        return Path(scratch, "vanish_flows.ndjson").read_bytes().splitlines(keepends=True)


def record_texts(file: Path, count: int) -> list[str]:
    """Of each record, what the plain recipe embeds: its fields, a line each."""
    with file.open(encoding="utf-8") as lines:
        bodies = [json.loads(line) for line, _ in zip(lines, range(count), strict=False)]
    return ["\n".join(f"{key}: {value}" for key, value in body.items()) for body in bodies]


def passages(start: int, end: int) -> list[str]:
    """Distinct passages of about 100 words, of sentences of the sample team's wiki: those numbered so."""
    sentences = []
    for file in sorted((team_files() / "wiki").glob("*.xml")):
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", file.read_text(encoding="utf-8")))
        sentences += [s for s in re.split(r"(?<=[.!?]) ", text) if 5 <= len(s.split()) <= 40]
    return [f"Note {n}. " + " ".join(random.Random(n).sample(sentences, 6)) for n in range(start, end)]


def questions() -> list[str]:
    lines = (ROOT / "examples/team/questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def no_sources() -> dict[str, Any]:
    """Settings that read nothing, whatever the environment names."""
    return {**dict.fromkeys(["CONFLUENCE_URL", "MONGO_URI", "RECORDS_DIR", "LITELLM_MODEL"]), "CODE_ROOTS": ()}


# ------------------------------------------------------------------ the plain pipeline's model


class Model(Protocol):
    def embed(self, texts: Sequence[str]) -> np.ndarray: ...


def plain_model() -> tuple[Model, str]:
    """sentence-transformers where it is installed, else the same model on ONNX Runtime; which of them."""
    from vigie.embed.models import resolve

    folder = resolve(MODEL, Path(tempfile.gettempdir()) / "vigie-bench-cache")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        from vigie.embed.onnx import OnnxEmbedder

        class Onnx:
            def __init__(self) -> None:
                self._model = OnnxEmbedder(folder, folder.parent, threads=2)

            def embed(self, texts: Sequence[str]) -> np.ndarray:
                return self._model.embed_passages(texts)

        return Onnx(), "Vigie's ONNX Runtime embedder (sentence-transformers is not installed)"

    class Torch:
        def __init__(self) -> None:
            self._model = SentenceTransformer(str(folder), device="cpu")

        def embed(self, texts: Sequence[str]) -> np.ndarray:
            return self._model.encode(list(texts), batch_size=BATCH, normalize_embeddings=True)

    return Torch(), f"sentence-transformers {version('sentence-transformers')}"


def langchain_missing() -> str | None:
    """The package that the LangChain pipeline lacks."""
    for module, package in [
        ("langchain_chroma", "langchain-chroma"),
        ("langchain_community.retrievers", "langchain-community"),
        ("langchain_classic.retrievers", "langchain-classic"),
        ("rank_bm25", "rank-bm25"),
    ]:
        try:
            with warnings.catch_warnings(action="ignore"):
                __import__(module)
        except ImportError:
            return package
    return None


# ------------------------------------------------------------------ measuring


def child(script: str, **task: Any) -> dict[str, Any]:
    """What `script --child TASK` prints: each contestant has a process, and so a peak of memory, of its own."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, script, "--child", json.dumps(task, default=str)],
        stdout=subprocess.PIPE,
        env={**os.environ, "TOKENIZERS_PARALLELISM": "true", "OMP_NUM_THREADS": "2"},
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{task} failed with status {done.returncode}")
    return {**json.loads(done.stdout.splitlines()[-1]), "process_seconds": time.perf_counter() - began}


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_mb() -> int:
    """Of this process and, added, of its largest child: never too little. What the process that started this one held
    counts in `ru_maxrss`, and not in VmHWM."""
    status = Path("/proc/self/status")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if status.exists():
        own = next((int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")), own)
    return (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024


def percentile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds."""
    return round(1000 * sorted(seconds)[round(share * (len(seconds) - 1))], 2)


def line_through(points: Sequence[tuple[float, float]], at: float) -> float:
    """A straight line through the last two points, read at `at`."""
    (x0, y0), (x1, y1) = points[-2:]
    return y1 + (at - x1) * (y1 - y0) / (x1 - x0)


def machine() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load before {load}"


def command_line(name: str, about: str | None, counted: str) -> argparse.ArgumentParser:
    """What each of them can be told; `child` is theirs alone."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="about two minutes")
    again = f"{counted} of Vigie, may be repeated"
    parser.add_argument(f"--{counted}", dest="sizes", metavar="N", type=int, action="append", help=again)
    parser.add_argument("--write", action="store_true", help=f"renew docs/bench-{name}.md and its picture")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    return parser


def compare(
    name: str,
    heading: str,
    about: str | None,
    *,
    counted: str,
    baselines: tuple[int, int],
    sizes: tuple[list[int], list[int]],
    run_child: Callable[[dict[str, Any]], dict[str, Any]],
    measure: Callable[[int, Sequence[int], bool], dict[str, Any]],
    told: Callable[[dict[str, Any], bool], tuple[list[str], str]],
) -> None:
    """The command line of a comparison. `counted`: what the sizes are sizes of; each default with --quick and without.

    `measure` takes the baselines' size, Vigie's sizes and whether it shall be quick; `told` makes of what it found the
    page's parts and its picture.
    """
    parser = command_line(name, about, counted)
    few, many = baselines
    told_of = f"{counted} of the baselines ({few} with --quick, else {many})"
    parser.add_argument("--baseline", metavar="N", type=int, help=told_of)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(run_child(json.loads(given.child))))
        return
    usual = 0 if given.quick else 1
    found = measure(given.baseline or baselines[usual], given.sizes or sizes[usual], given.quick)
    page.show(name, heading, *told(found, given.quick), write=given.write)
