"""What has misled the planner in requests for evolution, on a mainframe and at a print shop."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def evolutions() -> list[Doc]:
    """How far each is, in a field that is not called a state; a domain that is called as a field of others is."""
    return [
        {
            "_id": n,
            "numero": f"EVO{n:06d}",
            "domaine": ["Gravités", "Stocks", "Ventes"][n % 3],
            "avancement": ["à valider", "planifié", "en cours", "réalisé", "échoué", "annulé", "figé"][n % 7],
            "gravite": ["faible", "moyenne", "haute"][n % 5 % 3],
            "demandeur": {"nom": ["Roux", "Blin"][n % 2], "equipe": ["Logistique", "Caisse", "Web"][n % 4 % 3]},
            "valide_comite": n % 4 != 1,
            "coupure_min": 5 * (n % 9),
            "date_creation": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
        }
        for n in range(210)
    ]


def chains() -> list[Doc]:
    return [
        {
            "_id": n,
            "chainId": f"C{n:05d}",
            "chainName": ["PAYE01", "STOK02", "VENT03"][n % 3],
            "outcome": ["ENDED_OK", "ENDED_OK", "ENDED_NOTOK", "ABEND"][n % 4],
            "lpar": ["MVS1", "MVS2"][n % 2],
            "cpuMs": 1_000 + 700 * (n % 3) * (n % 5),
            "startedAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "endedAt": (NOW - timedelta(hours=3 * n)).isoformat(),
        }
        for n in range(160)
    ]


def prints() -> list[Doc]:
    return [
        {
            "_id": n,
            "numLot": f"{n + 70:06d}",
            "filiale": ["Nord", "Sud", "Ouest"][n % 3],
            "statut": ["TERMINE", "ECHEC", "EN_FILE"][n % 7 % 3],
            "nbPages": 10 * (100 - n),
            "coutEur": 2.0 + n % 3 + n / 100,
            "recuLe": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(90)
    ]


E, C, P = evolutions(), chains(), prints()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("mainframe")
    return answers(folder, {"evolutions": E, "mvsChains": C, "editique": P})


def count(docs: list[Doc], **wanted: Any) -> list[list[int]]:
    return [[sum(all(d[k] == v for k, v in wanted.items()) for d in docs)]]


def test_a_field_that_tells_how_far_records_are_is_their_state(made: ExactAnswers) -> None:
    assert rows(made, "Combien d'évolutions ont échoué ?") == count(E, avancement="échoué")
    assert rows(made, "How many evolutions were cancelled?") == count(E, avancement="annulé")
    assert rows(made, "How many evolutions were implemented?") == count(E, avancement="réalisé")


def test_what_was_approved_and_failed_has_not_failed_its_approval(made: ExactAnswers) -> None:
    failed = count(E, avancement="échoué", valide_comite=True)
    assert rows(made, "Combien d'évolutions validées par le comité ont échoué ?") == failed
    assert rows(made, "Combien d'évolutions validées ont échoué ?") == failed


def test_a_field_before_its_value_is_no_value_of_another_field(made: ExactAnswers) -> None:
    found = exact(made, "donne-moi les évolutions planifiées à gravité haute")
    assert len(found.rows) == sum(d["avancement"] == "planifié" and d["gravite"] == "haute" for d in E)


def test_what_a_team_requested_is_of_those_who_ask(made: ExactAnswers) -> None:
    asked = Counter(d["demandeur"]["equipe"] for d in E)
    for question in ("Which team requested the most evolutions?", "Quelle équipe a demandé le plus d'évolutions ?"):
        assert rows(made, question)[0] == list(asked.most_common(1)[0])


def test_what_was_caused_by_records_is_what_they_tell(made: ExactAnswers) -> None:
    total = sum(d["coupure_min"] for d in E if d["avancement"] == "échoué")
    assert rows(made, "total de coupure_min causée par les évolutions échouées") == [[total]]


def test_not_ok_is_no_success(made: ExactAnswers) -> None:
    bad = [d for d in C if d["outcome"] in ("ENDED_NOTOK", "ABEND")]
    assert rows(made, "how many chains failed") == [[len(bad)]]
    assert rows(made, "how many chains succeeded") == count(C, outcome="ENDED_OK")
    assert rows(made, "how many chains came back ended ok") == count(C, outcome="ENDED_OK")


def test_a_system_written_in_two_is_the_name_of_its_collection(made: ExactAnswers) -> None:
    assert rows(made, "how many failed m/VS chains") == rows(made, "how many chains failed")


def test_a_partition_is_an_lpar(made: ExactAnswers) -> None:
    found = rows(made, "Sur quelles partitions les chaînes ont planté ?")
    assert {row[0] for row in found} == {d["lpar"] for d in C if d["outcome"] != "ENDED_OK"}


def test_the_greediest_are_those_that_use_most_in_all(made: ExactAnswers) -> None:
    used: dict[str, int] = defaultdict(int)
    for d in C:
        used[d["chainName"]] += d["cpuMs"]
    for question in ("chaînes les plus gourmandes en CPU", "les chaînes les plus consommatrices de CPU"):
        assert rows(made, question)[0] == list(max(used.items(), key=lambda item: item[1]))


def test_what_costs_the_most_does_so_in_all(made: ExactAnswers) -> None:
    cost: dict[str, float] = defaultdict(float)
    for d in P:
        cost[d["filiale"]] += d["coutEur"]
    dearest = max(cost, key=lambda name: cost[name])
    assert rows(made, "quelle filiale coûte le plus cher ?")[0] == [dearest, pytest.approx(cost[dearest])]
    found = exact(made, "Nord ou Sud : lequel coûte le plus cher ?")
    assert [row[1] for row in found.rows] == [pytest.approx(cost["Nord"]), pytest.approx(cost["Sud"])]


def test_the_dearest_is_told_by_its_cost(made: ExactAnswers) -> None:
    dearest = max(P, key=lambda d: d["coutEur"])
    assert dearest["numLot"] in rows(made, "quel lot est le plus cher ?")[0]


def test_printing_runs_and_subsidiaries_in_words_of_the_trade(made: ExactAnswers) -> None:
    assert rows(made, "combien de lots d'édition en échec ?") == count(P, statut="ECHEC")
    assert {row[0] for row in rows(made, "number of lots per subsidiary")} == {"Nord", "Sud", "Ouest"}
