"""The evidence gate: questions that have an answer here against questions that have none, as ROC per set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sets import SETS, EvalSet, some

from vigie.ask.followup import standalone
from vigie.ask.gate import Signals, has_evidence
from vigie.cli.evaluate import Searcher
from vigie.cli.judged_set import JudgedSet, Query
from vigie.types import EVERYTHING, Scope

TOP_K = 5
REFUSED = (0.01, 0.02, 0.05, 0.1, 0.2)  # shares of answerable questions at which the ROC is told
OWN = "its own unanswerable"


def gate(one: EvalSet, sets: Path, own: JudgedSet, searcher: Searcher, sample: int) -> dict[str, Any]:
    """Answerable questions against those asked to the wrong corpus, and against a set's own unanswerable turns."""
    labels = _labels(sets / one.files[1])
    answerable = [q for q in own.queries if own.judged.get(q.id) and labels.get(q.id, "ANSWERABLE") == "ANSWERABLE"]
    good = _signals(some(answerable, sample), searcher)
    others = {other.name: other for other in SETS if other.name in one.wrong and not other.missing(sets)}
    against = {name: some(other.read(sets).queries, sample) for name, other in others.items()}
    unanswerable = [query for query in own.queries if labels.get(query.id) == "UNANSWERABLE"]
    if unanswerable:
        against[OWN] = unanswerable
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


def by_name(asked: Mapping[str, set[str]], searcher: Searcher) -> dict[str, float]:
    """Documents asked for by their exact name: how often one of that name is the first, among five, refused."""
    first = five = refused = 0
    for name, documents in asked.items():
        found = searcher.retriever.find(name, Scope(), TOP_K, EVERYTHING)
        ranked = [hit.passage.native_id in documents for hit in found.hits]
        first += ranked[:1] == [True]
        five += any(ranked)
        refused += not has_evidence(found.signals, found.hits)
    shares = {"hit@1": first, "hit@5": five, "refused": refused}
    return {"names": len(asked), **{key: round(count / max(len(asked), 1), 4) for key, count in shares.items()}}


def _labels(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8") as lines:
        bodies = [json.loads(line) for line in lines if line.strip()]
    return {body["id"]: body["answerability"] for body in bodies if "answerability" in body}


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
