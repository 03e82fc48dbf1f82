"""What has misled the planner at a desk of tickets, file transfers, deliveries and reconciliations."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def at(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def transfers() -> list[Doc]:
    return [
        {
            "_id": n,
            "idf": ["SEPAVIR", "RELBANC", "TITRES01"][n % 3],
            "partenaire": ["STET", "BDF", "CACEIS"][n * n % 7 % 3],
            "sens": ["EMISSION", "RECEPTION"][n % 2],
            "etat": "EN_ERREUR" if n % 9 == 0 else "TERMINE",
            "taille_ko": 10 + n,
            "date_heure": at(3 * n + 1),
            "appli": ["PAIEMENTS", "TITRES"][n % 5 % 2],
        }
        for n in range(200)
    ]


def tickets() -> list[Doc]:
    made = []
    for n in range(180):
        closed = n % 6 != 0
        times = {"openedAt": at(4 * n + 3), **({"resolvedAt": at(4 * n + 1)} if closed else {})}
        made.append(
            {
                "_id": n,
                "ticketId": f"INC{100000 + n}",
                "priority": ["P1", "P2", "P3"][n * n % 11 % 3],
                "status": "Closed" if closed else ["New", "In Progress"][n % 4 // 2],
                "ci": ["T24", "MUREX", "DWH"][n % 3],
                "assignment": {"group": ["N1", "N2"][n % 5 % 2], "owner": ["a.martin", "b.leroy"][n % 7 % 2]},
                "timestamps": times,
                "reopenCount": 1 if n % 8 == 0 else 0,
            }
        )
    return made


def deliveries() -> list[Doc]:
    return [
        {
            "_id": n,
            "NUM_MEP": f"MEP{n:05d}",
            "CD_APP": ["T24", "MUREX", "SAB"][n % 3],
            "VERS": f"3.{n}.0",
            "ENVT": ["PRD", "PPR"][n % 2],
            "DT_DEB": int((NOW - timedelta(hours=9 * n + 2)).timestamp()),
            "STT": ["OK", "OK", "KO", "RBK"][n * n % 13 % 4],
            "OPE": ["jdurand", "skone", "automate"][n % 4 % 3],
            "TYP": ["STD", "URG"][n % 5 // 4],
        }
        for n in range(120)
    ]


def reconciliations() -> list[Doc]:
    states = ["MATCHED", "BREAK", "PARTIAL", "MATCHED"]
    return [
        {
            "_id": n,
            "recon_name": ["NOSTRO_EUR", "NOSTRO_USD"][n % 2],
            "counterparty": ["SG", "JPM", "CITI"][n % 3],
            "status": states[n * n % 7 % 4],
            "breaks_count": 0 if states[n * n % 7 % 4] == "MATCHED" else n % 40,
            "started_at": at(5 * n + 1),
        }
        for n in range(160)
    ]


T, TICKETS, M, R = transfers(), tickets(), deliveries(), reconciliations()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    collections = {"transferts_cft": T, "incidents": TICKETS, "MEP": M, "recon_runs": R}
    return answers(tmp_path_factory.mktemp("records"), collections)


def test_received_by_partner_is_grouped_and_not_turned(made: ExactAnswers) -> None:
    found = exact(made, "taille moyenne des fichiers reçus par partenaire")
    assert [c.value for c in found.conditions] == [["RECEPTION"]]
    assert {row[0] for row in found.rows} == {"STET", "BDF", "CACEIS"}
    turned = exact(made, "combien de fichiers reçus par STET ?")
    assert ["EMISSION"] in [c.value for c in turned.conditions]


def test_to_whom_something_is_sent(made: ExactAnswers) -> None:
    told = Counter(d["partenaire"] for d in T if d["sens"] == "EMISSION")
    assert rows(made, "à qui envoie-t-on le plus de fichiers ?") == [list(one) for one in told.most_common()]


def test_who_sends_the_largest_volume_sends_it_in_all(made: ExactAnswers) -> None:
    told = Counter[str]()
    for d in T:
        told[d["partenaire"]] += d["taille_ko"] * (d["sens"] == "RECEPTION")
    assert rows(made, "quel partenaire nous envoie le plus gros volume ?")[0] == list(told.most_common(1)[0])


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("incidents rouverts", sum(d["reopenCount"] > 0 for d in TICKETS)),
        ("P1 non résolus", sum(d["priority"] == "P1" and d["status"] != "Closed" for d in TICKETS)),
        ("P1 résolus en plus d'une heure", sum(d["priority"] == "P1" and d["status"] == "Closed" for d in TICKETS)),
        ("MEP urgentes en prod", sum(d["TYP"] == "URG" and d["ENVT"] == "PRD" for d in M)),
    ],
)
def test_few_words_name_records(made: ExactAnswers, question: str, count: int) -> None:
    assert len(rows(made, question)) == count


@pytest.mark.parametrize(
    ("question", "docs", "key", "wanted"),
    [
        ("top 3 des CI par nombre d'incidents", TICKETS, "ci", {}),
        ("quelles applis ont eu un rollback ?", M, "CD_APP", {"STT": "RBK"}),
        ("qui a fait le plus de MEP ?", M, "OPE", {}),
    ],
)
def test_what_is_grouped(made: ExactAnswers, question: str, docs: list[Doc], key: str, wanted: Doc) -> None:
    told = Counter(d[key] for d in docs if all(d[k] == v for k, v in wanted.items()))
    assert {row[0]: row[1] for row in rows(made, question)} == told


def test_the_backlog_is_what_is_open(made: ExactAnswers) -> None:
    told = Counter(d["assignment"]["group"] for d in TICKETS if d["status"] != "Closed")
    assert {row[0]: row[1] for row in rows(made, "backlog par groupe")} == told


def test_the_current_version_is_the_last_delivered(made: ExactAnswers) -> None:
    (found,) = rows(made, "version actuelle de MUREX en prod ?")
    last = max((d for d in M if d["CD_APP"] == "MUREX" and d["ENVT"] == "PRD"), key=lambda d: d["DT_DEB"])
    assert last["VERS"] in found


def test_breaks_are_counted_by_their_number_and_said_of_a_state(made: ExactAnswers) -> None:
    assert rows(made, "combien de breaks sur NOSTRO_USD ?") == [
        [sum(d["breaks_count"] for d in R if d["recon_name"] == "NOSTRO_USD")]
    ]
    found = exact(made, "combien de recons en break ?")
    assert found.matched == sum(d["status"] == "BREAK" for d in R)


def test_records_that_are_none_called_so_are_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "incidents critiques")
    assert found is not None
    assert found.route == "clarify"
