"""`evals/run.py` on two sets small enough to know the answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    wiki = tmp_path / "sets" / "wiki_en_storage"
    wiki.mkdir()
    pages = [
        ("1", "Disks", None, "<h2>When a volume is full</h2><p>Old archives are purged at night.</p>"),
        ("2", "Tokens", "1", "<h2>How to renew a secret</h2><p>AUTH-401: renew the token.</p>"),
    ]
    (wiki / "pages.jsonl").write_text("".join(json.dumps(_page(*page)) + "\n" for page in pages), encoding="utf-8")
    (wiki / "qrels.tsv").write_text("q1\t2\t1\n", encoding="utf-8")
    (tmp_path / "sets" / "en_aws_docs").mkdir()
    asked = [{"id": "q1", "text": "renew an expired token"}, {"id": "q2", "text": "a question about another page"}]
    lines = "\n".join(map(json.dumps, asked))
    (tmp_path / "sets" / "en_aws_docs" / "queries.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path / "sets"


def _page(id_: str, title: str, parent: str | None, body: str) -> dict[str, Any]:
    return {
        "id": id_,
        "title": title,
        "space": {"key": "OPS"},
        "version": {"number": 1, "when": "2026-01-05T09:00:00.000+01:00"},
        "ancestors": [{"id": parent}] if parent else [],
        "body": {"storage": {"value": body}},
    }


def test_the_sets_that_are_there_are_measured_and_the_others_named(sets: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(RUN), str(sets)], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300
    )
    told = json.loads(ran.stdout)
    found = told["sets"]
    assert list(found) == ["fr_piaf", "fr_spf", "wiki_en_storage"]
    assert "en_mtrag/corpus.jsonl" in ran.stderr
    assert "en_mtrag: " in ran.stderr
    assert found["fr_piaf"]["last turn"]["fused"]["hit@1"] == 1.0
    fusions = found["fr_piaf"]["fusions"]
    assert fusions["as a question is answered"]["ndcg@10"] == 1.0
    assert fusions["vectors alone"]["ndcg@10"] == found["fr_piaf"]["last turn"]["vector"]["ndcg@10"]
    ways = found["fr_spf"]["chunkers"]["ways"]
    assert {name: way["chunks"] for name, way in ways.items()} == dict.fromkeys(ways, 2)
    wiki = found["wiki_en_storage"]  # through the Confluence source, asked what has a page here
    assert wiki["last turn"]["queries"] == 1
    assert wiki["last turn"]["fused"]["hit@1"] == 1.0
    by_name = {"names": 2, "hit@1": 1.0, "hit@5": 1.0, "refused": 0.0}
    assert wiki["by name"] == {"title": by_name, "heading": by_name}
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
