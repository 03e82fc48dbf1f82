"""`vigie eval retrieval` on a set small enough to know the answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vigie.ask.metrics import first_rank, ndcg, summary
from vigie.cli.app import run
from vigie.cli.judged_set import read_set, ref_of
from vigie.errors import InputError, NotFound

CORPUS = {
    "auth": ("AUTH-401", "Le jeton a expiré : renouveler le secret de la passerelle puis relancer le flux."),
    "disk": ("Disque plein", "Le volume de dépôt est plein : purger les fichiers de plus de trente jours."),
    "contact": ("Astreinte", "L'astreinte de nuit est joignable au poste indiqué dans l'annuaire."),
}
QUERIES = [("q1", "jeton expiré AUTH-401"), ("q2", "purger le volume plein"), ("q3", "rien n'est jugé ici")]


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    folder.mkdir()
    corpus = [{"id": i, "title": title, "text": text} for i, (title, text) in CORPUS.items()]
    queries = [{"id": i, "text": text} for i, text in QUERIES]
    for name, lines in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tauth\t1\nq2\tdisk\t2\n", encoding="utf-8")
    return folder


def test_a_judged_set_is_measured_and_leaves_nothing_behind(
    judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIGIE_DATA_DIR", str(data))
    assert run(["eval", "retrieval", str(judged), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["queries"], found["without_judgement"]) == (3, 1)
    assert found["fused"] == {"ndcg@10": 1.0, "hit@1": 1.0, "hit@5": 1.0, "hit@10": 1.0, "mrr@10": 1.0}
    assert found["per_query"] == [{"id": i, "lexical": 1, "vector": 1, "fused": 1} for i in ("q1", "q2")]
    assert not data.exists() or not (data / "ledger.db").exists()


def test_a_folder_that_is_no_judged_set_is_refused(judged: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no corpus.jsonl"):
        read_set(tmp_path)
    (judged / "qrels.tsv").write_text("q1\tauth\t1\nq2\tdisk\tmuch\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_set(judged)


def test_metrics_follow_their_definitions() -> None:
    judged = {"a": 1, "b": 1}
    assert ndcg(["a", "b"], judged) == 1.0
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(0.6309, abs=1e-4)
    assert first_rank(["x", "b"], judged) == 2
    assert first_rank(["x"], judged) is None
    assert summary([["x", "a"], ["y"]], [judged, judged])["mrr@10"] == 0.25


PROGRAMS = {
    "billing/due.py": "def compute_due_date(invoice):\n    # when an invoice has to be paid\n    return invoice.day\n",
    "net/retry.py": "def retry_request(url):\n    # until the server has a response\n    return get(url)\n",
    "README.md": "# A library\n\nInvoices and requests.\n",
}


def test_a_set_of_programs_is_read_as_code(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = [{"id": i, "text": text} for i, text in PROGRAMS.items()]
    (judged / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    (judged / "queries.jsonl").write_text(
        json.dumps({"id": "q1", "text": "où calcule-t-on l'échéance d'une facture ?"})
    )
    (judged / "qrels.tsv").write_text("q1\tbilling/due.py\t1\n", encoding="utf-8")
    assert ref_of(judged / "corpus.jsonl").kind == "code"
    assert run(["eval", "retrieval", str(judged), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fused"]["hit@1"] == 1.0  # French, over English code


def test_a_set_of_pages_that_are_called_like_files_is_none_of_code(judged: Path) -> None:
    corpus = [{"id": f"guide/{i}.md", "text": text, "language": "fr"} for i, (_, text) in CORPUS.items()]
    (judged / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    assert ref_of(judged / "corpus.jsonl").kind == "confluence"
