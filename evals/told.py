"""What is kept of a run: the release's results file, the tables of `evals/README.md`, and which bars hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gate import OWN
from sets import SETS

HERE = Path(__file__).parent
LEAD = 0.005  # nDCG@10 that the fused order may be behind the better of words and vectors
FOLLOW_UP = 0.03  # hit@10 that completed follow-ups gain over the last turn alone
REFUSED = 0.05  # most of the answerable questions
WRONG = {"fr_spf": 0.9, "fr_piaf": 0.6}  # least of the questions asked to the wrong corpus, refused
OWN_AUC = 0.73  # of a set's own unanswerable turns: above what BM25 alone reached
Results = Mapping[str, Mapping[str, Any]]


def bars(results: Results) -> list[dict[str, Any]]:
    """Each bar with its figure and whether it holds."""
    return [
        {"bar": name, "set": set_, "figure": round(figure, 4), "bound": bound, "holds": holds}
        for set_, found in results.items()
        for name, figure, bound, holds in _bars(set_, found)
    ]


def _bars(set_: str, found: Mapping[str, Any]) -> Iterator[tuple[str, float, float, bool]]:
    for turn in ("last turn", "follow-up"):
        if part := found.get(turn):
            lead = part["fused"]["ndcg@10"] - max(part[one]["ndcg@10"] for one in ("lexical", "vector"))
            yield f"fused ahead of the better list, {turn}", lead, -LEAD, lead >= -LEAD
    if "follow-up" in found:
        gain = found["follow-up"]["fused"]["hit@10"] - found["last turn"]["fused"]["hit@10"]
        yield "gain of completed follow-ups, hit@10", gain, FOLLOW_UP, gain >= FOLLOW_UP
    gate = found["gate"]
    refused = gate["answerable refused"]
    yield "answerable questions refused", refused, REFUSED, refused <= REFUSED
    for other, part in gate.items():
        if other == OWN:
            yield f"AUC against {other}", part["auc"], OWN_AUC, part["auc"] > OWN_AUC
        elif isinstance(part, dict) and set_ in WRONG:
            yield f"questions of {other} refused", part["refused"], WRONG[set_], part["refused"] >= WRONG[set_]


def write(results: Results) -> None:
    """The release's results, beside those of sets that this run did not measure again."""
    file = HERE / "results" / f"{version('vigie')}.json"
    former = json.loads(file.read_text(encoding="utf-8"))["sets"] if file.is_file() else {}
    merged = {one.name: {**former, **results}[one.name] for one in SETS if one.name in {**former, **results}}
    file.parent.mkdir(exist_ok=True)
    body = {"release": version("vigie"), "bars": bars(merged), "sets": merged}
    file.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    readme = HERE / "README.md"
    head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- results -->\n")
    tail = rest.partition("<!-- /results -->")[2]
    parts = (_retrieval, _fusions, _chunkers, _names, _gate, _bars_table)
    tables = "\n\n".join([f"Release {version('vigie')}", *(part(merged) for part in parts)])
    readme.write_text(f"{head}<!-- results -->\n{tables}\n<!-- /results -->{tail}", encoding="utf-8")


# ------------------------------------------------------------------ tables


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]], texts: int = 1) -> str:
    """`texts`: how many columns, from the left, are not numbers."""
    rule = ["---"] * texts + ["--:"] * (len(header) - texts)
    lines = [header, rule, *rows]
    return "\n".join([f"### {title}", "", *("| " + " | ".join(map(str, line)) + " |" for line in lines)])


def _retrieval(results: Results) -> str:
    rows = []
    for name, found in results.items():
        size = found["documents"]
        held = f"{size['indexed']:,}" + ("" if size["indexed"] == size["of"] else f" of {size['of']:,}")
        for turn in ("last turn", "follow-up"):
            if part := found.get(turn):
                title = name if turn == "last turn" else f"{name}, follow-ups completed"
                asked = f"{part['queries']:,}" + ("" if part["queries"] == part["of"] else f" of {part['of']:,}")
                ndcg = [f"{part[one]['ndcg@10']:.3f}" for one in ("lexical", "vector", "fused")]
                rows.append([title, held, asked, *ndcg, *(f"{part['fused'][f'hit@{at}']:.3f}" for at in (1, 5, 10))])
    header = ["set", "documents", "questions", "words", "vectors", "fused", "fused hit@1", "hit@5", "hit@10"]
    return _table("Words, vectors, both (nDCG@10)", header, rows)


def _fusions(results: Results) -> str:
    ways = list(dict.fromkeys(way for found in results.values() for way in found["fusions"] if way != "questions"))
    rows = [
        [name, found["fusions"]["questions"], *(f"{found['fusions'][way]['ndcg@10']:.3f}" for way in ways)]
        for name, found in results.items()
    ]
    return _table("Ways to fuse (nDCG@10)", ["set", "questions", *ways], rows)


def _chunkers(results: Results) -> str:
    rows = []
    for name, found in results.items():
        if told := found.get("chunkers"):
            for way, part in told["ways"].items():
                ndcg = [f"{part[one]['ndcg@10']:.3f}" for one in ("lexical", "vector", "fused")]
                asked = f"{told['questions']} over {told['documents']}"
                rows.append([name, asked, way, f"{part['chunks']:,}", *ndcg, f"{part['fused']['hit@5']:.3f}"])
    header = ["set", "questions over documents", "chunker", "chunks", "words", "vectors", "fused", "fused hit@5"]
    return _table("Ways to cut (nDCG@10)", header, rows, texts=3)


def _names(results: Results) -> str:
    rows = [
        [name, kind, part["names"], *(f"{part[one]:.1%}" for one in ("hit@1", "hit@5", "refused"))]
        for name, found in results.items()
        for kind, part in found["by name"].items()
    ]
    return _table("Asked for by its exact name", ["set", "by", "names", "first", "in five", "refused"], rows, texts=2)


def _gate(results: Results) -> str:
    rows = []
    for name, found in results.items():
        for other, part in found["gate"].items():
            if isinstance(part, dict):
                roc = [f"{part['roc'][share]:.1%}" for share in ("0.01", "0.05", "0.1")]
                refused = [f"{found['gate']['answerable refused']:.1%}", other, f"{part['refused']:.1%}"]
                rows.append([name, *refused, *roc, f"{part['auc']:.3f}", f"{part['auc of words alone']:.3f}"])
    header = ["set", "answerable refused", "asked", "refused", "at 1 %", "at 5 %", "at 10 %", "AUC", "words alone"]
    return _table("The gate", header, rows)


def _bars_table(results: Results) -> str:
    rows = [
        [one["set"], one["bar"], one["figure"], one["bound"], "yes" if one["holds"] else "**no**"]
        for one in bars(results)
    ]
    return _table("Bars", ["set", "", "figure", "bar", "holds"], rows, texts=2)
