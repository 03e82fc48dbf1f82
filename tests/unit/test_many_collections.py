"""Among many collections a question is answered as among the few that it may be about."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
KINDS = "badges navettes colis capteurs visites cantines parkings imprimantes tournees chariots".split()


def runs() -> list[Doc]:
    return [
        {
            "_id": n,
            "flux": ["SEPA_OUT", "SEPA_IN", "PAIE_OUT"][n % 3],
            "statut": ["OK", "KO", "EN_COURS"][n % 9 % 4 % 3],
            "env": ["PROD", "UAT"][n % 2],
            "duree_s": 10 + n % 50,
            "debut": (NOW - timedelta(hours=n + 1)).isoformat(),
        }
        for n in range(90)
    ]


def backups() -> list[Doc]:
    return [
        {
            "_id": n,
            "cible": ["srv-a", "srv-b", "ora-c"][n % 3],
            "resultat": ["REUSSIE", "ECHEC"][n % 5 == 1],
            "taille_go": 5 + n % 7,
            "lancee_le": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(80)
    ]


def others(kind: str) -> list[Doc]:
    return [
        {
            "_id": n,
            f"{kind}_ref": f"{kind[:2].upper()}{n:04d}",
            "batiment": ["NORD", "SUD"][n % 2],
            "couleur": ["bleu", "vert", "rouge"][n % 3],
            "vu_le": (NOW - timedelta(hours=n + 1)).isoformat(),
        }
        for n in range(20)
    ]


FEW = {"flux_runs": runs(), "sauvegardes": backups()}
QUESTIONS = (
    "Combien de flux KO hier ?",
    "Quels flux ont échoué cette nuit ?",
    "durée moyenne de SEPA_OUT en prod cette semaine",
    "combien de sauvegardes en échec depuis lundi ?",
    "Quelles cibles n'ont jamais échoué ?",
    "taille totale sauvegardée par cible",
    "combien d'échecs hier ?",
    "taux d'échec des flux par environnement",
    "combien de flux PAIE_IN hier ?",
    "top 3 des flux en échec",
)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("few"), FEW)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("many")
    return answers(folder, {**FEW, **{f"{kind}_suivi": others(kind) for kind in KINDS}})


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_answer_is_the_same(few: ExactAnswers, many: ExactAnswers, text: str) -> None:
    alone, among = ask(few, text), ask(many, text)
    assert alone is not None
    assert among is not None
    assert (among.route, among.exact and among.exact.rows) == (alone.route, alone.exact and alone.exact.rows)


def test_the_others_are_found_as_well(many: ExactAnswers) -> None:
    found = ask(many, "combien de colis verts au bâtiment NORD ?")
    assert found is not None
    assert found.exact is not None
    assert found.exact.collection == "colis_suivi"


def of_domain(domain: str) -> list[Doc]:
    return [
        {
            "_id": n,
            "flow": f"{domain}_{['IMPORT', 'EXPORT'][n % 2]}_{n % 10:04d}",
            "status": ["OK", "KO"][n % 4 == 1],
            "started_at": (NOW - timedelta(hours=n + 1)).isoformat(),
        }
        for n in range(40)
    ]


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    """Runs of twelve domains, each in a collection of its own, and payments."""
    domains = "paie sepa swift titres credit cartes risques marches compta crm fraude tiers".split()
    payments = [{"_id": n, "file": f"TIERS_IMPORT_{n:04d}", "state": "REJECTED"} for n in range(40)]
    made = {f"{domain}_runs": of_domain(domain.upper()) for domain in domains}
    return answers(tmp_path_factory.mktemp("alike"), {**made, "payments": payments})


def test_which_of_equal_collections_is_asked(alike: ExactAnswers) -> None:
    found = ask(alike, "combien de runs KO hier ?")
    assert found is not None
    assert found.route == "clarify"
    assert len(found.choices) >= 3
    chosen = ask(alike, found.choices[0].question)
    assert chosen is not None
    assert chosen.route == "exact"


def test_the_one_whose_name_is_said_is_meant(alike: ExactAnswers) -> None:
    found = ask(alike, "combien de runs swift KO hier ?")
    assert found is not None
    assert found.exact is not None
    assert found.exact.collection == "swift_runs"


def test_an_identifier_is_never_read_in_parts(alike: ExactAnswers) -> None:
    found = ask(alike, "dernier échec de PAIE_IMPORT_0004")
    assert found is not None
    assert found.exact is not None
    assert found.exact.collection == "paie_runs"
    unknown = ask(alike, "combien d'échecs de LIMITES_IMPORT_0004 ?")
    assert unknown is not None
    assert unknown.route == "clarify"
