"""What has misled the planner where accesses are granted, anomalies handled, cut-offs met and messages exchanged."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def at(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


ROUTES = ["prix.sor.hkg", "exec.ent.par", "collat.ent.nyc"]


def accesses() -> list[Doc]:
    return [
        {
            "_id": n,
            "dossier": f"BG-{n:05d}",
            "compte": ["root", "oracle", "svc_bus"][n * n % 7 % 3],
            "decision": ["accordé", "accordé", "refusé", "sans suite"][n % 9 % 4],
            "motif": ["changement", "incident", "audit"][n % 3],
            "chg": f"CHG{n}" if n % 3 == 0 and n % 2 else None,
            "ouvert": at(4 * n + 1),
        }
        for n in range(240)
    ]


def anomalies() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref": f"AN-{n:05d}",
            "libelle": f"la connexion du partenaire {n % 40} a été refusée",
            "route_concernee": ROUTES[n % 3],
            "echange": f"GX-{n}" if n % 4 == 0 else None,
            "horodatage": at(2 * n + 1),
            "traitee": n % 5 != 0,
            "squad": ["Socle", "Marchés"][n % 7 % 2],
        }
        for n in range(300)
    ]


def exchanges() -> list[Doc]:
    return [
        {
            "_id": n,
            "exchangeId": f"GX-{n}",
            "route": ROUTES[n % 3],
            "outcome": ["DELIVERED", "DELIVERED", "REJECTED"][n % 10 % 3],
            "begin": at(1 + n),
            "finish": at(0.9 + n),
            "msgCount": 10 + n % 50,
            "fault": {"code": "FMT-0007"} if n % 10 % 3 == 2 else None,
        }
        for n in range(400)
    ]


def cutoffs() -> list[Doc]:
    return [
        {
            "_id": n,
            "cutoffName": ["FUNDING", "SETTL"][n % 2],
            "dueAt": at(9 * n + 1),
            "result": ["MET", "MET", "LATE"][n % 5 % 3],
            "checkedBy": None if n % 6 == 0 else "chef",
        }
        for n in range(120)
    ]


def certificates() -> list[Doc]:
    return [
        {"_id": n, "cert": f"c{n % 40}", "etat": ["valide", "expiré", "révoqué"][n % 3], "controle_le": at(5 * n + 1)}
        for n in range(150)
    ]


A, N, X, K, S = accesses(), anomalies(), exchanges(), cutoffs(), certificates()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("accesses")
    given = {"acces_bg": A, "journal_anomalies": N, "bus_exchanges": X, "cutoff_acks": K, "secret_checks": S}
    return answers(folder, given)


def test_the_number_of_a_change_is_lacking_and_not_its_reason(made: ExactAnswers) -> None:
    granted = [d for d in A if d["decision"] == "accordé" and d["chg"] is None]
    assert rows(made, "combien d'accès accordés sans numéro de changement ?") == [[len(granted)]]


def test_accesses_that_were_given_were_granted(made: ExactAnswers) -> None:
    given = Counter(d["compte"] for d in A if d["decision"] == "accordé")
    found = rows(made, "est-ce qu'on a donné plus d'accès root que oracle ?")
    assert dict(found) == {"root": given["root"], "oracle": given["oracle"]}


@pytest.mark.parametrize(
    "question", ["combien d'anomalies avec un échange rattaché ?", "how many anomalies with an exchange?"]
)
def test_what_has_a_thing_linked_to_it_has_that_field(made: ExactAnswers, question: str) -> None:
    found = exact(made, question)
    count = found.rows[0][0] if len(found.rows) == 1 else len(found.rows)
    assert count == sum(d["echange"] is not None for d in N)


@pytest.mark.parametrize("after", ["et celles qui n'en ont pas ?", "et celles sans ?", "and those without?"])
def test_those_that_have_none_are_the_others(made: ExactAnswers, after: str) -> None:
    found = rows(made, "combien d'anomalies avec un échange rattaché ?", after)
    assert found == [[sum(d["echange"] is None for d in N)]]


def test_what_is_not_handled_is_open(made: ExactAnswers) -> None:
    found = rows(made, "quelle squad a le plus d'anomalies ouvertes ?")
    assert dict(found) == Counter(d["squad"] for d in N if not d["traitee"])


def test_messages_are_counted_and_not_texts_of_errors(made: ExactAnswers) -> None:
    total = sum(d["msgCount"] for d in X if d["route"] == "exec.ent.par")
    assert rows(made, "combien de messages traités par exec.ent.par ?") == [[total]]


def test_a_cut_off_that_is_kept_is_met(made: ExactAnswers) -> None:
    met = sum(d["cutoffName"] == "FUNDING" and d["result"] == "MET" for d in K)
    assert rows(made, "combien de cut-offs FUNDING tenus ?") == [[met]]


def test_confirmations_are_acknowledgements(made: ExactAnswers) -> None:
    found = exact(made, "how many cutoff confirmations that nobody checked?")
    assert found.rows == [[sum(d["checkedBy"] is None for d in K)]]


def test_what_was_piled_up_was_had(made: ExactAnswers) -> None:
    failed = Counter(d["route"] for d in X if d["outcome"] == "REJECTED")
    bound = sorted(failed.values())[1] - 1
    for question in (f"routes ayant cumulé plus de {bound} rejets", f"routes that piled up more than {bound} rejects"):
        found = {row[0] for row in rows(made, question)}
        assert found == {route for route, n in failed.items() if n > bound}


def test_certificates_that_have_expired_are_no_runs_that_took_too_long(made: ExactAnswers) -> None:
    found = exact(made, "Quels certificats sont expirés ?")
    assert found.collection == "secret_checks"
