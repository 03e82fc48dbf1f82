"""`evals/run.py` on two sets small enough to know the answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "evals" / "run.py"
CORPORA = {
    "fr_piaf": {
        "auth": "Le jeton AUTH-401 expire : renouveler le secret.",
        "disk": "Le volume plein se purge la nuit.",
    },
    "fr_spf": {"mine": "La galerie de la mine abrite des chauves-souris.", "oven": "Le four chauffe avant le pain."},
}
QUERIES = {"fr_piaf": {"q1": "jeton AUTH-401 expiré", "q2": "purger le volume plein"}, "fr_spf": {"q1": "pain au four"}}
RIGHT = {"fr_piaf": {"q1": "auth", "q2": "disk"}, "fr_spf": {"q1": "oven"}}


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    for name, corpus in CORPORA.items():
        folder = tmp_path / "sets" / name
        folder.mkdir(parents=True)
        for file, rows in (("corpus", corpus), ("queries", QUERIES[name])):
            lines = [json.dumps({"id": id_, "text": text}) for id_, text in rows.items()]
            (folder / f"{file}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "qrels.tsv").write_text("".join(f"{q}\t{d}\t1\n" for q, d in RIGHT[name].items()), encoding="utf-8")
    return tmp_path / "sets"


def test_the_sets_that_are_there_are_measured_and_the_others_named(sets: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(RUN), str(sets)], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )
    told = json.loads(ran.stdout)
    found = told["sets"]
    assert list(found) == ["fr_piaf", "fr_spf"]
    assert "en_mtrag/corpus.jsonl" in ran.stderr and "en_mtrag: " in ran.stderr
    assert found["fr_piaf"]["last turn"]["fused"]["hit@1"] == 1.0
    fusions = found["fr_piaf"]["fusions"]
    assert fusions["as a question is answered"]["ndcg@10"] == 1.0
    assert fusions["vectors alone"]["ndcg@10"] == found["fr_piaf"]["last turn"]["vector"]["ndcg@10"]
    gate = found["fr_piaf"]["gate"]
    assert gate["answerable refused"] == 0.0
    assert gate["fr_spf"] == {
        "questions": 1,
        "refused": 1.0,
        "auc": 1.0,
        "auc of words alone": 1.0,
        "roc": dict.fromkeys(["0.01", "0.02", "0.05", "0.1", "0.2"], 1.0),
    }
    assert {"bar": "questions of fr_spf refused", "set": "fr_piaf", "figure": 1.0, "bound": 0.6, "holds": True} in told[
        "bars"
    ]
