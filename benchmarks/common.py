"""What the comparisons share: generated data, the pipelines people copy, processes to measure in, pictures."""

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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol
from xml.sax.saxutils import escape

import numpy as np

from vigie.demo.runs import write_runs
from vigie.demo.team import team_files

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime.fromisoformat("2026-11-20T09:30:00+01:00")
MODEL = "sentence-transformers/all-MiniLM-L6-v2"
BATCH = 128  # the plain recipe's
TOP_K = 5


# ------------------------------------------------------------------ data


def runs(file: Path, count: int) -> None:
    """Generated flow runs, one JSON object a line: six weeks of the sample team after another, each its own seed."""
    with tempfile.TemporaryDirectory() as scratch, file.open("w", encoding="utf-8") as out:
        written, seed = 0, 7
        while written < count:
            write_runs(Path(scratch), NOW, seed)
            with Path(scratch, "vanish_flows.ndjson").open(encoding="utf-8") as lines:
                for line, _ in zip(lines, range(count - written), strict=False):
                    out.write(line)
                    written += 1
            seed += 1


def record_texts(file: Path, count: int) -> list[str]:
    """Of each record, what the plain recipe embeds: its fields, a line each."""
    with file.open(encoding="utf-8") as lines:
        bodies = [json.loads(line) for line, _ in zip(lines, range(count), strict=False)]
    return ["\n".join(f"{key}: {value}" for key, value in body.items()) for body in bodies]


def passages(count: int) -> list[str]:
    """Distinct passages of about 100 words, of sentences of the sample team's wiki."""
    sentences = []
    for page in sorted((team_files() / "wiki").glob("*.xml")):
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.read_text(encoding="utf-8")))
        sentences += [s for s in re.split(r"(?<=[.!?]) ", text) if 5 <= len(s.split()) <= 40]
    drawn = random.Random(7)
    return [f"Note {n}. " + " ".join(drawn.sample(sentences, 6)) for n in range(count)]


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
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="about two minutes")
    few, many = baselines
    told_of = f"{counted} of the baselines ({few} with --quick, else {many})"
    parser.add_argument("--baseline", metavar="N", type=int, help=told_of)
    again = f"{counted} of Vigie, may be repeated"
    parser.add_argument(f"--{counted}", dest="sizes", metavar="N", type=int, action="append", help=again)
    parser.add_argument("--write", action="store_true", help=f"renew docs/bench-{name}.md and its picture")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(run_child(json.loads(given.child))))
        return
    usual = 0 if given.quick else 1
    found = measure(given.baseline or baselines[usual], given.sizes or sizes[usual], given.quick)
    lines, drawing = told(found, given.quick)
    print("\n\n".join(lines))
    if given.write:
        write_page(name, heading, lines, drawing)


# ------------------------------------------------------------------ showing


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def ticks(low: float, high: float) -> Iterator[float]:
    power = 10 ** np.floor(np.log10(low))
    while power <= high * 1.0001:
        if power >= low * 0.9999:
            yield float(power)
        power *= 10


def picture(
    title: str,
    x_label: str,
    y_label: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    dashed: Mapping[str, Any],
) -> str:
    """Both axes logarithmic; `dashed` continues a series beyond what was measured."""
    wide, high, left, top, right, bottom = 720, 400, 70, 40, 170, 50
    every = [point for points in (*series.values(), *dashed.values()) for point in points]
    (x0, x1), (y0, y1) = ((min(v) / 1.3, max(v) * 1.3) for v in zip(*every, strict=True))

    def at(x: float, y: float) -> tuple[float, float]:
        across = np.log(x / x0) / np.log(x1 / x0)
        up = np.log(y / y0) / np.log(y1 / y0)
        return round(left + across * (wide - left - right), 1), round(high - bottom - up * (high - top - bottom), 1)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">',
        f'<rect width="{wide}" height="{high}" fill="#fff"/>',
        f'<text x="{left}" y="22" font-size="15">{escape(title)}</text>',
        f'<text x="{left}" y="{high - 10}">{escape(x_label)}</text>',
        f'<text transform="translate(16 {high - bottom}) rotate(-90)">{escape(y_label)}</text>',
    ]
    for tick in ticks(x0, x1):
        x, _ = at(tick, y0)
        drawn.append(f'<path d="M{x} {top}V{high - bottom}" stroke="#ddd"/>')
        drawn.append(f'<text x="{x}" y="{high - bottom + 16}" text-anchor="middle">{tick:,.0f}</text>')
    for tick in ticks(y0, y1):
        _, y = at(x0, tick)
        drawn.append(f'<path d="M{left} {y}H{wide - right}" stroke="#ddd"/>')
        drawn.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{tick:g}</text>')
    for colour, (name, points) in zip(("#b4530a", "#5b6770", "#0b6b57", "#3b5bb5"), series.items(), strict=False):
        for part, style in ((points, ""), (dashed.get(name, ()), ' stroke-dasharray="5 4"')):
            if part:
                path = "L".join(f"{x} {y}" for x, y in (at(*point) for point in part))
                drawn.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{style}/>')
        for x, y in (at(*point) for point in points):
            drawn.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
        x, y = at(*(dashed.get(name) or points)[-1])
        drawn.append(f'<text x="{x + 6}" y="{y + 4}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*drawn, "</svg>", ""])


def write_page(name: str, heading: str, lines: Sequence[str], drawing: str) -> None:
    """docs/bench-NAME.md and its picture."""
    (ROOT / f"docs/bench-{name}.svg").write_text(drawing, encoding="utf-8")
    text = "\n\n".join([f"# {heading}", *lines, f"![{heading}](bench-{name}.svg)"])
    (ROOT / f"docs/bench-{name}.md").write_text(text + "\n", encoding="utf-8")
