"""What has misled the planner where records are rejects, steps, moves into production, loads and rotations of keys."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def at(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def rejects() -> list[Doc]:
    return [
        {
            "_id": n,
            "reject_id": f"RJ{n:05d}",
            "reason": ["AC01", "AM04", "MS03"][n * n % 3],
            "status": ["REPAIRED", "REJECTED", "IN_REPAIR", "RETURNED", "REPAIRED"][n % 5],
            "auto_repair": n % 4 == 0,
            "raised_at": at(3 * n + 1),
            "handled_by": None if n % 6 == 0 else ["mroux", "jdiaz"][n % 2],
            "approved_by": None if n % 5 else "chef",
        }
        for n in range(300)
    ]


def steps() -> list[Doc]:
    return [
        {
            "_id": n,
            "numEtape": f"{10 * (1 + n % 9):03d}",
            "libelleEtape": f"Etape {n % 9}",
            "entiteJuridique": ["FR01", "LU02"][n % 2],
            "resultat": "NON_LANCE" if n in (4, 7) else ["OK", "OK", "KO", "OK_FORCE"][n % 11 % 4],
            "heureDebut": None if n in (4, 7) else at(2 * n + 1),
            "duree_min": 4 + n % 17,
            "nbEcritures": n % 100,
        }
        for n in range(270)
    ]


def moves() -> list[Doc]:
    return [
        {
            "_id": n,
            "numMep": f"M{n:04d}",
            "appli": ["PORTAIL", "LIVRET", "CARTES"][n % 3],
            "cible": ["PRD", "PPR", "INT"][n % 7 % 3],
            "plateforme": ["k8s-a", "k8s-b", "vm"][n % 5 % 3],
            "etat": ["DEPLOYEE", "DEPLOYEE", "ANNULEE"][n % 4 % 3],
            "debut": at(5 * n + 1),
            "valideur": None if n % 3 else "irene",
        }
        for n in range(200)
    ]


def loads() -> list[Doc]:
    return [
        {
            "_id": n,
            "run_ref": f"ing-{n}",
            "dataset": "rh.effectifs" if n > 300 else ["rsk.expo", "crm.clients", "fin.soldes"][n % 3],
            "source_sys": ["MUREX", "KAFKA", "SIEBEL"][n * n % 7 % 3],
            "outcome": ["loaded", "loaded", "rejected", "failed"][n % 9 % 4],
            "t_start": at(n + 1),
            "rows_read": 100 + n,
            "rows_written": 90,
            "rows_rejected": (n * 7) % 40,
        }
        for n in range(320)
    ]


def rotations() -> list[Doc]:
    return [
        {
            "_id": n,
            "id_rot": f"R{n:04d}",
            "resultat": "échec" if n % 7 in (0, 3 * (n % 2)) else "renouvelé",
            "automatique": n % 2 == 0,
            "fait_le": at(4 * n + 1),
            "duree_min": 2 + n % 5,
        }
        for n in range(210)
    ]


def chains() -> list[Doc]:
    return [
        {
            "_id": n,
            "idExec": f"X{n:05d}",
            "chaine": ["CMP_CB", "AUT_VISA", "REG_COMM", "FAC_PRO"][n % 4],
            "etatFin": ["TERMINE", "TERMINE", "EXPIRE", "ABENDE"][n % 13 % 4],
            "debExec": at(1 + n),
            "finExec": at(0.5 + n),
            "op": ["FULL", "INCR"][n // 4 % 2],
            "dureeSec": 1800,
            "reseau": ["CB", "VISA", "AMEX"][n % 5 % 3],
            "mntEur": 100.0 + (n * 37) % 1000,
        }
        for n in range(400)
        if n % 4 != 3 or not 9 <= n < 36
    ]


R, S, M, L, K, C = rejects(), steps(), moves(), loads(), rotations(), chains()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("rejects")
    given = {"payment_rejects": R, "etapesCloture": S, "mep_suivi": M, "lake_ingestion": L, "rotation_secrets": K}
    return answers(folder, {**given, "chainesCarte": C})


@pytest.mark.parametrize("question", ["combien de rejets AM04 ?", "how many AM04 rejects?"])
def test_rejects_are_the_records_whatever_became_of_them(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(d["reason"] == "AM04" for d in R)]]


def test_rejected_rejects_are_some_of_them(made: ExactAnswers) -> None:
    assert rows(made, "combien de rejets rejetés ?") == [[sum(d["status"] == "REJECTED" for d in R)]]


def test_rejects_fall_as_alerts_do(made: ExactAnswers) -> None:
    found = rows(made, "à quelle heure tombent le plus de rejets ?")
    assert sum(row[1] for row in found) <= len(R)
    hours = Counter((NOW - timedelta(hours=3 * n + 1)).hour for n in range(300))
    assert found[0][1] == max(hours.values())


@pytest.mark.parametrize(
    "question",
    [
        "combien de rejets en réparation ?",
        "combien de rejets sont en cours de réparation ?",
        "how many rejects are under repair?",
    ],
)
def test_a_state_of_what_is_under_way_is_told_by_it(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(d["status"] == "IN_REPAIR" for d in R)]]


def test_who_handles_is_no_one_who_approves(made: ExactAnswers) -> None:
    assert rows(made, "combien de rejets sans gestionnaire ?") == [[sum(d["handled_by"] is None for d in R)]]


@pytest.mark.parametrize(
    "question",
    [
        "Combien de rejets va-t-on avoir demain ?",
        "combien de rejets allons-nous recevoir la semaine prochaine ?",
        "combien d'étapes vont-elles échouer ce soir ?",
    ],
)
def test_what_lies_ahead_is_not_counted(made: ExactAnswers, question: str) -> None:
    found = ask(made, question)
    assert found is None or found.exact is None


@pytest.mark.parametrize("question", ["combien d'étapes forcées ?", "how many forced steps?"])
def test_a_state_is_told_by_what_it_says_beside_how_it_went(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(d["resultat"] == "OK_FORCE" for d in S)]]


@pytest.mark.parametrize("question", ["how many steps have not been started?", "combien d'étapes non lancées ?"])
def test_what_was_not_started_is_a_state(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[2]]


def test_a_legal_entity_is_an_entite_juridique(made: ExactAnswers) -> None:
    found = rows(made, "total number of journal entries per legal entity")
    assert {row[0]: row[1] for row in found} == {
        e: sum(d["nbEcritures"] for d in S if d["entiteJuridique"] == e) for e in ("FR01", "LU02")
    }


def test_the_environment_is_where_values_tell_environments(made: ExactAnswers) -> None:
    for question in ("number of deployments per target environment", "déploiements par environnement"):
        assert dict(rows(made, question)) == Counter(d["cible"] for d in M)
    assert dict(rows(made, "déploiements par plateforme")) == Counter(d["plateforme"] for d in M)


def test_what_lacks_is_not_where(made: ExactAnswers) -> None:
    found = exact(made, "combien de déploiements sans valideur en prod ?")
    assert found.rows == [[sum(d["valideur"] is None and d["cible"] == "PRD" for d in M)]]


def test_what_was_rejected_most_is_a_number(made: ExactAnswers) -> None:
    totals = Counter[str]()
    for d in L:
        totals[d["source_sys"]] += d["rows_rejected"]
    for question in ("quelle source a rejeté le plus de lignes ?", "which source rejected the most rows?"):
        assert rows(made, question)[0] == list(totals.most_common(1)[0])


def test_a_dotted_name_is_loaded(made: ExactAnswers) -> None:
    last = max((d for d in L if d["dataset"] == "rh.effectifs"), key=lambda d: d["t_start"])
    assert last["run_ref"] in rows(made, "Dernier chargement de rh.effectifs ?")[0]


def test_a_rate_is_compared_with_that_of_others(made: ExactAnswers) -> None:
    rate = {auto: mean(d["resultat"] == "échec" for d in K if d["automatique"] is auto) for auto in (True, False)}
    found = rows(made, "is the failure rate of automatic rotations higher than that of manual ones?")
    assert [row[1] for row in found] == pytest.approx([rate[True], rate[False]])


def test_chains_without_a_run_are_told(made: ExactAnswers) -> None:
    for question in ("which chains had no run yesterday?", "quelles chaînes n'ont eu aucune exécution hier ?"):
        assert [row[0] for row in rows(made, question)] == ["FAC_PRO"]


def test_timed_out_runs_have_expired(made: ExactAnswers) -> None:
    assert rows(made, "how many chains runs timed out?") == [[sum(d["etatFin"] == "EXPIRE" for d in C)]]


def test_a_complete_one_is_a_kind_before_an_end(made: ExactAnswers) -> None:
    last = max((d for d in C if d["op"] == "FULL"), key=lambda d: d["debExec"])
    assert last["idExec"] in rows(made, "dernière exécution complète de chaîne ?")[0]


def test_two_sides_are_compared_by_what_they_count(made: ExactAnswers) -> None:
    totals = {s: sum(d["rows_rejected"] for d in L if d["source_sys"] == s) for s in ("MUREX", "KAFKA")}
    for question in (
        "Did MUREX have more rejected rows than KAFKA?",
        "MUREX a-t-il plus de lignes rejetées que KAFKA ?",
    ):
        assert dict(rows(made, question)) == totals


def test_what_is_no_longer_loaded_has_no_load(made: ExactAnswers) -> None:
    found = rows(made, "quels datasets ne sont plus alimentés depuis 10 jours ?")
    since = NOW - timedelta(days=10)
    gone = {d["dataset"] for d in L} - {d["dataset"] for d in L if d["t_start"] >= since.isoformat()}
    assert {row[0] for row in found} == gone


@pytest.mark.parametrize(
    "question", ["which network carries the largest amount?", "quel réseau totalise le plus gros montant ?"]
)
def test_a_verb_that_bears_a_number_ranks_by_its_total(made: ExactAnswers, question: str) -> None:
    totals = Counter[str]()
    for d in C:
        totals[d["reseau"]] += d["mntEur"]
    assert rows(made, question)[0] == list(totals.most_common(1)[0])
