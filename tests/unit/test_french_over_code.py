"""French questions find code that is written in English, by the words of those who write programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from asking import CODE, WIKI, Base

from vigie.ask.english import in_english
from vigie.ask.gate import has_evidence
from vigie.types import EVERYTHING, Scope

FUNCTIONS = {
    "billing/due.py": "def compute_due_date(invoice):\n    # the day an invoice has to be paid\n    return invoice.day",
    "net/retry.py": "def retry_request(url, attempts):\n    # retry the request until the server has a response",
    "text/split.py": "def split_lines(text):\n    # split a string at each line, empty ones removed",
    "stats/mean.py": "def average(values):\n    # the mean of a list of values",
    "locks/file.py": "def lock_file(path):\n    # wait for the lock of a file, raise after the timeout",
}


@pytest.fixture
def base(tmp_path: Path):
    made = Base(tmp_path)
    for path, text in FUNCTIONS.items():
        made.put(CODE, path, path, text)
    yield made
    made.ledger.close()


ASKED = {
    "où calcule-t-on l'échéance d'une facture ?": "billing/due.py",
    "relancer la requête jusqu'à la réponse du serveur": "net/retry.py",
    "découper un texte en lignes": "text/split.py",
    "calcul de la moyenne d'une liste de valeurs": "stats/mean.py",
    "quelle fonction verrouille un fichier ?": "locks/file.py",
}


@pytest.mark.parametrize(("question", "path"), ASKED.items())
def test_a_french_question_finds_english_code(base: Base, question: str, path: str) -> None:
    found = base.retriever.find(question, Scope(), 5, EVERYTHING)
    assert found.hits[0].passage.native_id == path
    assert has_evidence(found.signals, found.hits)


def test_a_french_question_of_something_else_finds_nothing_there(base: Base) -> None:
    for question in ("quels vaccins avant un voyage au Brésil ?", "qui a peint le plafond de la chapelle ?"):
        found = base.retriever.find(question, Scope(), 5, EVERYTHING)
        assert not has_evidence(found.signals, found.hits)


def test_pages_are_asked_in_the_words_of_the_question_alone(base: Base) -> None:
    base.put(WIKI, "7", "Invoices", "The due date of an invoice is computed each night.")
    hits = base.retriever.search("échéance des factures", Scope(), 5, EVERYTHING)
    by_words = {hit.passage.native_id for hit in hits if hit.lexical is not None}
    assert "billing/due.py" in by_words
    assert "7" not in by_words


def test_names_stay_as_they_are_and_english_is_left_alone() -> None:
    said = in_english("pourquoi load_rates échoue-t-il au démarrage ?")
    assert said is not None
    assert said[0] == ("load_rates",)
    assert [words[0] for words in said[1:]] == ["fail", "start"]
    assert in_english("why does load_rates fail at start?") is None
    assert in_english("SEPA_OUT_CIB") is None
