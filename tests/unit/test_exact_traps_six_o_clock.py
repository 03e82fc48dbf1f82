"""What is asked at six in the morning: what runs now, what state a thing is in, what nobody acknowledged, codes of an
old scheduler, rules of a control and the messages of a queue."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def at(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def day(hours: float) -> date:
    return (NOW - timedelta(hours=hours)).date()


STATES = ["TERMINE", "INCIDENTE", "TERMINE", "TERMINE", "HEURE_DEPASSEE"]
CHAINS = ["CREDIMO-DEBLOC", "TITRISA-VALO", "GESCLI-MAJREF"]


def chains() -> list[Doc]:
    made: list[Doc] = [
        {
            "_id": n,
            "num": 70000 + n,
            "chaine": CHAINS[n % 3],
            "etat": STATES[n * n % 11 % 5],
            "espace": ["Exploitation", "Intégration", "Simulation"][n % 7 % 3],
            "date_plan": day(3 * n + 10).isoformat(),
            "debut": at(3 * n + 2),
            "fin": at(3 * n + 1),
            "duree_min": 2 + n % 50,
            "motif": "Fichier absent" if STATES[n * n % 11 % 5] == "INCIDENTE" else None,
        }
        for n in range(200)
    ]
    waiting = {"etat": "EN_ATTENTE", "espace": "Exploitation", "date_plan": day(0).isoformat(), "debut": None}
    running = {"etat": "EN_EXECUTION", "espace": "Exploitation", "date_plan": day(0).isoformat(), "debut": at(0.2)}
    for n, state in enumerate([waiting, waiting, running], 200):
        made.append({"_id": n, "num": 70000 + n, "chaine": CHAINS[n % 3], "fin": None, **state})
    return made


def controls() -> list[Doc]:
    return [
        {
            "_id": n,
            "CD_RGL": f"RG-{n % 7:03d}",
            "CD_SIT": ["PAR", "LYO", "NTE"][n % 3],
            "GRV": ["BLQ", "MAJ", "MIN"][n % 5 % 3],
            "RES": ["CNF", "ANO", "CNF", "NEX", "CNF"][n * n % 13 % 5],
            "TS_CTL": int((NOW - timedelta(hours=2 * n + 1)).timestamp()),
            "NB_LIG": 1000 + n,
            "NB_ANO": n % 9 if n % 2 else 0,
        }
        for n in range(260)
    ]


def alerts() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref": f"ALR-{n:05d}",
            "criticite": ["bloquante", "majeure", "mineure"][n % 3],
            "machine": f"lnx{n % 8:02d}",
            "levee_le": at(4 * n + 1),
            "etat": ["close", "prise en compte", "nouvelle"][0 if n % 4 else 1 + n % 8 // 4],
            "acquittement": {"le": at(4 * n + 0.5), "par": ["Nadia", "Loïc"][n % 7 % 2], "delai_s": 60 * (n % 11)}
            if n % 8 != 4
            else {},
        }
        for n in range(180)
    ]


def loads() -> list[Doc]:
    return [
        {
            "_id": n,
            "target_table": ["DWH.F_SOLDES", "DM.MARGE", "STG.MVT_CB"][n % 3],
            "state": ["LOADED", "PARTIAL", "ABORTED"][n * n % 7 % 4],
            "begun_at": at(2 * n + 1),
            "rows_read": 500 + n,
            "rows_written": 400 + n,
            "rows_rejected": n % 5 if n % 3 else 0,
            "launched_by": ["scheduler", "operator"][n % 2],
        }
        for n in range(210)
    ]


def queues() -> list[Doc]:
    return [
        {
            "_id": n,
            "topic": ["marches.cours", "Q.SWIFT.IN", "ref.tiers"][n % 3],
            "measured_at": at(3 * n + 1),
            "state": ["NORMAL", "RETARD", "BLOQUE"][n * n % 7 % 4],
            "lag": {"messages": 30 + n, "oldest_s": n},
            "partitions": [{"id": k, "lag": (30 + n) // 2} for k in range(2)] if n % 2 else [],
            "dead_letters": {"queue": f"DLQ.{n % 3}", "added": 3} if n % 10 == 0 else {},
        }
        for n in range(150)
    ]


def requests() -> list[Doc]:
    return [
        {
            "_id": n,
            "numero": f"DEM-{n:05d}",
            "type_demande": ["accès", "habilitation", "mot de passe", "restauration de fichier"][n % 4],
            "equipe": ["Crédits", "Trésorerie"][n % 3 % 2],
            "statut": ["traitée", "ouverte", "rejetée"][n % 7 % 3],
            "approbation": ["accordée", "en attente", "non requise"][n % 5 % 3],
            "date_creation": at(5 * n + 1),
        }
        for n in range(120)
    ]


S, C, A, L, Q, R = chains(), controls(), alerts(), loads(), queues(), requests()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    collections = {"suivi_chaines": S, "CTL_QUAL": C, "alertes": A, "dwh_loads": L, "queue_health": Q, "demandes": R}
    return answers(tmp_path_factory.mktemp("records"), collections)


def counted(docs: list[Doc], **wanted: object) -> list[list[int]]:
    return [[sum(all(d.get(k) == v for k, v in wanted.items()) for d in docs)]]


@pytest.mark.parametrize(
    "question",
    ["Où en est CREDIMO-DEBLOC ?", "statut de CREDIMO-DEBLOC", "état actuel de CREDIMO-DEBLOC ?",
     "quel est l'état de CREDIMO-DEBLOC ?", "what is the status of CREDIMO-DEBLOC?"],
)  # fmt: skip
def test_the_state_of_a_thing_is_that_of_its_last_run(made: ExactAnswers, question: str) -> None:
    (found,) = rows(made, question)
    last = max((d for d in S if d["chaine"] == "CREDIMO-DEBLOC" and d["debut"]), key=lambda d: d["debut"])
    assert last["num"] in found


@pytest.mark.parametrize("question", ["qu'est-ce qui tourne en ce moment ?", "what is running right now?"])
def test_what_runs_now(made: ExactAnswers, question: str) -> None:
    assert [d["num"] for d in S if d["etat"] == "EN_EXECUTION"] == [
        value for row in rows(made, question) for value in row if isinstance(value, int) and value > 70000
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("combien de chaînes pas encore démarrées ?", counted(S, etat="EN_ATTENTE")),
        ("combien d'incidents ?", counted(S, etat="INCIDENTE")),
        ("nb d'incidents en prod", counted(S, etat="INCIDENTE", espace="Exploitation")),
        ("combien de contrôles non exécutés ?", counted(C, RES="NEX")),
        ("combien de contrôles en anomalie à Lyon ?", counted(C, RES="ANO", CD_SIT="LYO")),
        ("combien de contrôles en anomalie à Nantes ?", counted(C, RES="ANO", CD_SIT="NTE")),
        ("combien d'anomalies bloquantes ?", counted(C, RES="ANO", GRV="BLQ")),
        ("how many blocking anomalies?", counted(C, RES="ANO", GRV="BLQ")),
        ("combien de chargements avortés ?", counted(L, state="ABORTED")),
        ("how many loads had rejected rows?", [[sum(d["rows_rejected"] > 0 for d in L)]]),
        ("combien de chargements ont eu des lignes rejetées ?", [[sum(d["rows_rejected"] > 0 for d in L)]]),
        ("combien de lignes chargées ?", [[sum(d["rows_written"] for d in L)]]),
        ("combien d'alertes pas encore acquittées ?", [[sum(not d["acquittement"] for d in A)]]),
        ("combien d'alertes bloquantes jamais acquittées ?",
         [[sum(not d["acquittement"] and d["criticite"] == "bloquante" for d in A)]]),
        ("combien d'alertes acquittées ?", [[sum(bool(d["acquittement"]) for d in A)]]),
        ("lag moyen de Q.SWIFT.IN", [[sum(d["lag"]["messages"] for d in Q if d["topic"] == "Q.SWIFT.IN") / 50]]),
        ("How many requests are still waiting for approval?", counted(R, approbation="en attente")),
        ("how many access requests?", counted(R, type_demande="accès")),
    ],
)  # fmt: skip
def test_what_is_counted(made: ExactAnswers, question: str, expected: list[list[Any]]) -> None:
    assert rows(made, question) == expected


@pytest.mark.parametrize("question", ["rien en incident hier ?", "aucun incident hier ?"])
def test_nothing_of_a_kind_is_asked_as_whether_there_was_some(made: ExactAnswers, question: str) -> None:
    some = sum(d["etat"] == "INCIDENTE" and (d["debut"] or "")[:10] == day(24).isoformat() for d in S)
    assert some
    assert rows(made, question) == [[False, some]]


def test_a_plan_is_a_date_of_its_own(made: ExactAnswers) -> None:
    planned = day(34)
    found = exact(made, f"répartition des exécutions par état, plan du {planned:%d/%m}")
    assert {row[0]: row[1] for row in found.rows} == Counter(
        d["etat"] for d in S if d["date_plan"] == planned.isoformat()
    )
    assert found.window is not None
    assert found.window.field == "date_plan"


def test_lines_in_anomaly_are_what_counts_them(made: ExactAnswers) -> None:
    told = Counter[str]()
    for d in C:
        told[d["CD_RGL"]] += d["NB_ANO"]
    assert rows(made, "Top 3 des règles par nombre de lignes en anomalie") == [list(one) for one in told.most_common(3)]


def test_a_mean_by_what_is_acknowledged_keeps_its_groups(made: ExactAnswers) -> None:
    found = exact(made, "délai moyen d'acquittement par criticité")
    assert {row[0] for row in found.rows} == {"bloquante", "majeure", "mineure"}


def test_who_acknowledged_most(made: ExactAnswers) -> None:
    told = Counter(d["acquittement"]["par"] for d in A if d["acquittement"])
    assert rows(made, "qui a acquitté le plus d'alertes ?") == [list(one) for one in told.most_common()]


def test_what_a_table_rejects_most(made: ExactAnswers) -> None:
    told = Counter[str]()
    for d in L:
        told[d["target_table"]] += d["rows_rejected"]
    assert rows(made, "quelle table rejette le plus de lignes ?")[0] == list(told.most_common(1)[0])


def test_a_verb_is_no_kind_of_records(made: ExactAnswers) -> None:
    told = Counter(d["equipe"] for d in R)
    assert rows(made, "which team files the most requests?") == [list(one) for one in told.most_common()]


def test_one_of_two_things_is_no_order(made: ExactAnswers) -> None:
    found = ask(made, "purge ou sauvegarde, laquelle échoue le plus ?")
    assert found is None or "ne modifie" not in found.text


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("topics en retard en ce moment", "en ce moment"),  # of a history of measures: the last of each is not computed
        ("y a-t-il plus de chargements avortés le lundi ?", "plus"),
    ],
)
def test_what_is_not_computed_is_asked_back(made: ExactAnswers, question: str, word: str) -> None:
    found = ask(made, question)
    assert found is not None
    assert found.exact is None
    assert word in found.text


@pytest.mark.parametrize(
    "turns",
    [
        ("les chaînes en incident et leurs motifs",),
        ("Quelles chaînes sont tombées en incident ?", "avec leur motif"),
    ],
)
def test_what_is_shown_of_each(made: ExactAnswers, turns: tuple[str, ...]) -> None:
    found = exact(made, *turns)
    assert "motif" in found.columns
    assert len(found.rows) == sum(d["etat"] == "INCIDENTE" for d in S)


def test_the_most_often_of_those_that_were_listed(made: ExactAnswers) -> None:
    told = Counter(d["chaine"] for d in S if d["etat"] == "INCIDENTE")
    assert rows(made, "Quelles chaînes sont tombées en incident ?", "et le plus souvent ?")[0] == list(
        told.most_common(1)[0]
    )
