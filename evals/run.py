"""Quality of finding on judged sets: words, vectors and both; follow-ups; the evidence gate.

    python evals/run.py SETS [--keep DIR] [--only NAME]... [--sample N] [--write]

SETS holds a folder per set, as `vigie eval retrieval` reads them; those that are not there are named and left out.
Prints one JSON object; `--write` also puts it into `evals/results/<release>.json` and its table into
`evals/README.md`, beside the sets that a partial run did not measure again. `--keep` keeps the indexes for another run.
At most `--sample` questions of a set are asked for the gate, the same at each run.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from vigie.ask.followup import standalone
from vigie.ask.gate import Signals, has_evidence
from vigie.cli.evaluate import JudgedSet, Query, Searcher, indexed, measured, read_set
from vigie.settings import load
from vigie.types import EVERYTHING, Scope

HERE = Path(__file__).parent
TOP_K = 5
REFUSED = (0.01, 0.02, 0.05, 0.1, 0.2)  # shares of answerable questions at which the ROC is told
SEED = 7


@dataclass(frozen=True)
class EvalSet:
    """`wrong`: sets whose questions have no answer here. `titled` is false where titles are the questions."""

    folder: str
    wrong: tuple[str, ...]
    titled: bool = True

    @property
    def name(self) -> str:
        return self.folder.replace("/", "_")


SETS = (
    EvalSet("fr_piaf", ("fr_spf", "en_mtrag")),
    EvalSet("fr_spf", ("fr_piaf", "en_mtrag"), titled=False),
    EvalSet("en_mtrag", ("en_aws_docs", "code_cosqa", "fr_spf")),
    EvalSet("en_aws_docs", ("en_mtrag", "code_cosqa")),
    EvalSet("code_cosqa", ("en_mtrag",)),
    EvalSet("code_localisation/httpx", ("en_mtrag",)),
    EvalSet("code_localisation/procrastinate", ("en_mtrag",)),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Quality of finding on judged sets.")
    parser.add_argument("sets", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    results: dict[str, Any] = {}
    for one in SETS:
        if given.only and one.name not in given.only:
            continue
        if not (given.sets / one.folder / "qrels.tsv").is_file():
            print(f"{one.folder}: not there, left out", file=sys.stderr)
            continue
        print(one.folder, file=sys.stderr)
        results[one.name] = evaluated(one, given.sets, given.keep, given.sample)
    print(json.dumps(results, indent=1))
    if given.write and results:
        write(results)
    return 0


def evaluated(one: EvalSet, sets: Path, keep: Path | None, sample: int) -> dict[str, Any]:
    folder = sets / one.folder
    judged_set = read_set(folder)
    kept = keep / one.name if keep else None
    with indexed(folder, load(), titled=one.titled, keep=kept) as searcher:
        found = {"last turn": _figures(measured(judged_set, searcher, follow_up=False))}
        if any(query.earlier for query in judged_set.queries):
            found["follow-up"] = _figures(measured(judged_set, searcher, follow_up=True))
        return {**found, "gate": _gate(one, sets, judged_set, searcher, sample)}


def _figures(found: Mapping[str, Any]) -> dict[str, Any]:
    parts = {part: found[part] for part in ("lexical", "vector", "fused")}
    return {"queries": found["queries"] - found["without_judgement"], **parts}


# ------------------------------------------------------------------ the gate


def _gate(one: EvalSet, sets: Path, own: JudgedSet, searcher: Searcher, sample: int) -> dict[str, Any]:
    """Answerable questions against those asked to the wrong corpus, and against a set's own unanswerable turns."""
    labels = _labels(sets / one.folder)
    answerable = [q for q in own.queries if own.judged.get(q.id) and labels.get(q.id, "ANSWERABLE") == "ANSWERABLE"]
    good = _signals(_some(answerable, sample), searcher)
    against = {
        name: _some(read_set(sets / name).queries, sample)
        for name in one.wrong
        if (sets / name / "qrels.tsv").is_file()
    }
    unanswerable = [query for query in own.queries if labels.get(query.id) == "UNANSWERABLE"]
    if unanswerable:
        against["its own unanswerable"] = unanswerable
    found: dict[str, Any] = {"answerable": len(good), "answerable refused": _refused(good)}
    for name, queries in against.items():
        bad = _signals(queries, searcher)
        found[name] = {
            "questions": len(bad),
            "refused": _refused(bad),
            "auc": _auc([_margin(one) for one in good], [_margin(one) for one in bad]),
            "auc of words alone": _auc([one.lexical for one in good], [one.lexical for one in bad]),
            "roc": _roc(good, bad),
        }
    return found


def _labels(folder: Path) -> dict[str, str]:
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        bodies = [json.loads(line) for line in lines if line.strip()]
    return {body["id"]: body["answerability"] for body in bodies if "answerability" in body}


def _some(queries: Sequence[Query], sample: int) -> list[Query]:
    kept = list(queries)
    random.Random(SEED).shuffle(kept)
    return kept[:sample]


def _signals(queries: Sequence[Query], searcher: Searcher) -> list[Signals]:
    """Of each question, completed from its conversation as the product does."""
    texts = [standalone(query.text, query.earlier).search_text for query in queries]
    found = [searcher.retriever.find(text, Scope(), TOP_K, EVERYTHING).signals for text in texts]
    return [signals for signals in found if signals is not None]


def _margin(signals: Signals) -> float:
    return signals.strength - signals.bar


def _refused(found: Sequence[Signals]) -> float:
    return round(sum(not has_evidence(one, ["hit"]) for one in found) / max(len(found), 1), 3)


def _roc(good: Sequence[Signals], bad: Sequence[Signals]) -> dict[str, float]:
    """Share of answerable questions refused -> share of the others refused, by moving the bar."""
    ordered = sorted(_margin(one) for one in good)
    bars = {share: ordered[int(share * len(ordered))] for share in REFUSED}
    return {str(share): round(sum(_margin(one) < bar for one in bad) / len(bad), 3) for share, bar in bars.items()}


def _auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Probability that an answerable question scores higher than another, ties half (Mann, Whitney 1947)."""
    won = sum((one > other) + 0.5 * (one == other) for one in good for other in bad)
    return round(won / (len(good) * len(bad)), 3)


# ------------------------------------------------------------------ what is kept


def write(results: Mapping[str, Any]) -> None:
    """The release's results file, and the tables of `evals/README.md` between its marks."""
    file = HERE / "results" / f"{version('vigie')}.json"
    former = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    merged = {one.name: {**former, **results}[one.name] for one in SETS if one.name in {**former, **results}}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(merged, indent=1) + "\n", encoding="utf-8")
    readme = HERE / "README.md"
    head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- results -->\n")
    tail = rest.partition("<!-- /results -->")[2]
    tables = f"Release {version('vigie')}\n\n{_retrieval_table(merged)}\n\n{_gate_table(merged)}\n"
    readme.write_text(f"{head}<!-- results -->\n{tables}<!-- /results -->{tail}", encoding="utf-8")


def _retrieval_table(results: Mapping[str, Any]) -> str:
    lines = ["| set | questions | words | vectors | fused | fused hit@5 | hit@10 |", "|---|--:|--:|--:|--:|--:|--:|"]
    for name, found in results.items():
        for turn in ("last turn", "follow-up"):
            if part := found.get(turn):
                title = name if turn == "last turn" else f"{name}, follow-ups completed"
                ndcg = [f"{part[one]['ndcg@10']:.3f}" for one in ("lexical", "vector", "fused")]
                hits = [f"{part['fused'][one]:.3f}" for one in ("hit@5", "hit@10")]
                lines.append(f"| {' | '.join([title, str(part['queries']), *ndcg, *hits])} |")
    return "\n".join(lines)


def _gate_table(results: Mapping[str, Any]) -> str:
    lines = ["| set | answerable refused | asked | refused | AUC | words alone |", "|---|--:|---|--:|--:|--:|"]
    for name, found in results.items():
        gate = found["gate"]
        for other, part in gate.items():
            if isinstance(part, dict):
                figures = f"{part['refused']:.1%} | {part['auc']:.3f} | {part['auc of words alone']:.3f}"
                lines.append(f"| {name} | {gate['answerable refused']:.1%} | {other} | {figures} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
