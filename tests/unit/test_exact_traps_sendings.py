"""What has misled the planner where transfers have legacy names and messages tell why a lot was refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
SITES = ("PAR1", "LYO3", "NTE1", "LIL2")
REASONS = (
    "Quai saturé, reste {n} palettes",
    "Certificat client expiré depuis {n} jours",
    "Signature illisible page {n}",
)


def _local(hours: float) -> str:
    return f"{NOW - timedelta(hours=hours) + timedelta(hours=1):%Y-%m-%d %H:%M:%S}"


def transfers() -> list[Doc]:
    return [
        {
            "_id": n,
            "NOTRF": f"T{n:05d}",
            "NMFIC": f"FIC{n % 6}.DAT",
            "STORG": SITES[n % 4],
            "STDST": SITES[(n * 7 + 1) % 4],
            "CDETT": "ERR" if n % 9 == 0 else "TRM",
            "DTDEB": _local(2 * n + 1),
            "DTFIN": _local(2 * n + 1 - 0.1 - n % 4 / 10),
            "TLOCT": 1000 + 37 * n,
            "CDRET": 8 if n % 9 == 0 else 0,
            "MARGE": n % 7 - 3,
        }
        for n in range(220)
    ]


def lots() -> list[Doc]:
    return [
        {
            "_id": n,
            "lot": f"LOT-{n:05d}",
            "depot": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "fin": (NOW - timedelta(hours=3 * n + 1) + timedelta(minutes=5 + n % 11 + 9 * (n % 3))).isoformat(),
            "quai": f"quai-{'ABC'[n % 3]}",
            "etat": "Refusé" if n % 4 == 1 else "Rangé",
            "colis": 10 + n % 13,
            "nb_ecarts": max(0, n % 5 - 2),
            "motif": REASONS[n % 3].format(n=n) if n % 4 == 1 else None,
        }
        for n in range(160)
    ]


T, L = transfers(), lots()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("sendings")
    return answers(folder, {"SVTRAN": T, "rangement_lots": L})


def test_transfers_are_called_so_after_letters_that_are_no_word(made: ExactAnswers) -> None:
    assert exact(made, "combien de transferts en erreur ?").collection == "SVTRAN"
    failed = sum(doc["CDETT"] == "ERR" for doc in T)
    assert rows(made, "nombre de transferts en erreur ?") == [[failed]]


def test_a_field_is_known_as_it_stands_in_the_data(made: ExactAnswers) -> None:
    assert rows(made, "combien de transferts avec CDRET 8 ?") == [[sum(doc["CDRET"] == 8 for doc in T)]]


def test_where_files_leave_and_where_they_arrive(made: ExactAnswers) -> None:
    left = Counter(doc["STORG"] for doc in T if doc["CDETT"] == "ERR")
    assert dict(rows(made, "erreurs de transfert par site de départ")) == dict(left)
    both = [doc for doc in T if (doc["STORG"], doc["STDST"]) == ("PAR1", "LYO3")]
    assert rows(made, "combien de transferts de PAR1 vers LYO3 ?") == [[len(both)]]


def test_a_number_under_zero(made: ExactAnswers) -> None:
    assert rows(made, "combien de transferts avec une marge négative ?") == [[sum(doc["MARGE"] < 0 for doc in T)]]


def test_words_that_only_messages_hold(made: ExactAnswers) -> None:
    for said, held in (("quai saturé", "Quai saturé"), ("certificat client expiré", "Certificat client expiré")):
        expected = sum((doc["motif"] or "").startswith(held) for doc in L)
        assert expected
        assert rows(made, f"combien de lots refusés pour {said} ?") == [[expected]], said
    found = ask(made, "combien de lots refusés pour tampon illégal ?")
    assert found is not None
    assert found.exact is None


def test_records_that_did_some_are_counted_and_not_what_they_did(made: ExactAnswers) -> None:
    some = sum(doc["nb_ecarts"] > 0 for doc in L)
    assert some != sum(doc["nb_ecarts"] for doc in L)
    assert rows(made, "combien de lots ont trouvé des écarts ?") == [[some]]
    assert rows(made, "combien d'écarts au total ?") == [[sum(doc["nb_ecarts"] for doc in L)]]


def test_a_verb_is_no_letter_of_a_name(made: ExactAnswers) -> None:
    """ "quai a" is no quai-A where it has done something."""
    each: defaultdict[str, int] = defaultdict(int)
    for doc in L:
        each[doc["quai"]] += doc["colis"]
    assert dict(rows(made, "quel quai a reçu le plus de colis ?")) == dict(each)


def test_what_is_done_fastest_is_so_on_average(made: ExactAnswers) -> None:
    lasted: defaultdict[str, list[float]] = defaultdict(list)
    for n, doc in enumerate(L):
        lasted[doc["quai"]].append(60.0 * (5 + n % 11 + 9 * (n % 3)))
    found = rows(made, "quel quai tourne le plus vite ?")
    assert found == [
        [name, pytest.approx(mean(lasted[name]))] for name in sorted(lasted, key=lambda k: mean(lasted[k]))
    ]
