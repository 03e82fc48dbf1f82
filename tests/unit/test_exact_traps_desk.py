"""What has misled the planner at a service desk, in messages with partners, in pods and in deliveries."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def tickets() -> list[Doc]:
    return [
        {
            "_id": n,
            "number": f"INC{n:06d}",
            "kind": ["incident", "request"][n % 3 == 0],
            "priority": ["P1", "P2", "P3"][n % 3],
            "state": ["Résolu", "Clos", "En cours", "Nouveau"][n % 4] if n > 8 else "En cours",
            "site": ["Nantes", "Lille"][n % 5 < 2],
            "assignmentGroup": ["N1", "N2", "N3"][n % 7 % 3],
            "assignee": ["e.martin", "j.petit"][n % 2],
            "slaBreached": n % 6 == 0,
            "openedAt": (NOW - timedelta(hours=7 * n + 1)).isoformat(),
            "resolvedAt": (NOW - timedelta(hours=7 * n - 3)).isoformat() if n > 8 and n % 4 < 2 else None,
        }
        for n in range(160)
    ]


def messages() -> list[Doc]:
    return [
        {
            "_id": n,
            "id_message": f"EDI{n:06d}",
            "partenaire": ["EUREX", "LCH", "BDF", "URSSAF"][n % 4],
            "sens": ["ENTRANT", "SORTANT"][n % 3 == 0],
            "statut": ["ACQUITTE", "REJETE", "EN_ATTENTE"][n % 5 % 3],
            "montant_eur": 20_000.0 * (n % 90),
            "emis_le": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(180)
    ]


def pods() -> list[Doc]:
    return [
        {
            "_id": n,
            "pod": f"worker-{n:04x}",
            "namespace": ["paiements", "risques"][n % 2],
            "phase": ["Succeeded", "Failed"][n % 6 == 5],
            "exitCode": [0, 0, 1, 137][n % 4],
            "restarts": (n * 7) % 61,
            "createdAt": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(60)
    ]


def deliveries() -> list[Doc]:
    """Asked for first, delivered later, or not yet."""
    return [
        {
            "_id": n,
            "ref_livraison": f"LIV-{n:05d}",
            "application": ["ATLAS", "ICARE", "VEGA"][n % 3],
            "equipe": ["Monétique", "Crédits"][n % 2],
            "env_cible": ["REC", "PROD"][n % 4 == 1],
            "resultat": ["REUSSIE", "ECHOUEE"][n % 5 == 1] if n > 5 else "PLANIFIEE",
            "demandee_le": (NOW - timedelta(hours=11 * n + 60)).isoformat(),
            "deployee_le": (NOW - timedelta(hours=11 * n + 2)).isoformat() if n > 5 else None,
        }
        for n in range(120)
    ]


T, M, P, L = tickets(), messages(), pods(), deliveries()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("desk")
    named = {"tickets_itsm": T, "flux_edi": M, "pods_k8s": P, "livraisons_logicielles": L}
    return answers(folder, named)


def test_what_was_sent_to_us_is_received(made: ExactAnswers) -> None:
    received = {d["partenaire"] for d in M if d["sens"] == "ENTRANT"}
    assert rows(made, "Combien de messages EDI nous a envoyés LCH ?") == [
        [sum(d["sens"] == "ENTRANT" and d["partenaire"] == "LCH" for d in M)]
    ]
    assert {row[0] for row in rows(made, "Quels partenaires nous ont envoyé des messages ?")} == received
    assert rows(made, "combien de messages EDI envoyés ?") == [[sum(d["sens"] == "SORTANT" for d in M)]]


def test_waiting_for_something_is_not_that_thing(made: ExactAnswers) -> None:
    found = ask(made, "how many EDI messages are still waiting for an acknowledgement")
    assert found is not None
    assert found.exact is None or found.exact.rows == [[sum(d["statut"] == "EN_ATTENTE" for d in M)]]


def test_millions_of_euros_are_of_the_field_of_amounts(made: ExactAnswers) -> None:
    found = exact(made, "messages EDI de plus d'1 million d'euros")
    assert len(found.rows) == sum(d["montant_eur"] > 1e6 for d in M)


def test_all_resolved_is_none_in_another_state_and_closed_is_resolved(made: ExactAnswers) -> None:
    old = [d for d in T if d["priority"] == "P1" and d["openedAt"][:10] == "2026-11-10"]
    left = [d for d in old if d["state"] not in ("Résolu", "Clos")]
    assert old
    found = exact(made, "Tous les tickets P1 du 10 novembre sont-ils résolus ?")
    assert found.rows[0][:2] == [not left, len(left)]


def test_resolved_in_the_plural_is_the_state_resolved(made: ExactAnswers) -> None:
    assert rows(made, "combien de tickets résolus ?") == [[sum(d["state"] == "Résolu" for d in T)]]


def test_not_to_breach_the_sla_is_one_condition(made: ExactAnswers) -> None:
    assert rows(made, "How many tickets did not breach the SLA?") == [[sum(not d["slaBreached"] for d in T)]]


def test_did_a_site_open_more_is_of_what_was_opened(made: ExactAnswers) -> None:
    opened = Counter(d["site"] for d in T)
    found = exact(made, "Did Nantes open more tickets than Lille?")
    assert [row[1] for row in found.rows] == [opened["Nantes"], opened["Lille"]]


def test_a_kind_is_told_in_the_other_language(made: ExactAnswers) -> None:
    found = exact(made, "Y a-t-il eu plus d'incidents ou de demandes ?")
    assert sorted(row[1] for row in found.rows) == sorted(Counter(d["kind"] for d in T).values())


def test_records_that_have_the_most_of_a_number_are_shown_themselves(made: ExactAnswers) -> None:
    most = sorted(P, key=lambda d: -d["restarts"])[:3]
    said = str(rows(made, "Quels sont les 3 pods qui ont le plus redémarré ?"))
    assert all(d["pod"] in said for d in most)


def test_the_highest_average_ranks_means(made: ExactAnswers) -> None:
    by: defaultdict[str, list[int]] = defaultdict(list)
    for d in P:
        by[d["namespace"]].append(d["restarts"])
    best = max(by, key=lambda name: sum(by[name]) / len(by[name]))
    assert rows(made, "Which namespace has the highest average restarts?")[0][0] == best


def test_delivered_is_of_the_day_it_was_deployed(made: ExactAnswers) -> None:
    when = next(d["deployee_le"][:10] for d in L[40:] if d["env_cible"] == "PROD")
    day = {d["application"] for d in L if d["env_cible"] == "PROD" and (d["deployee_le"] or "")[:10] == when}
    found = {row[0] for row in rows(made, f"Quelles applications ont été livrées en prod le {when[8:]}/{when[5:7]} ?")}
    assert found == day


def test_which_of_two_compares_them(made: ExactAnswers) -> None:
    failed = Counter(d["equipe"] for d in L if d["resultat"] == "ECHOUEE")
    found = exact(made, "Entre les équipes Monétique et Crédits, laquelle a eu le plus de livraisons échouées ?")
    assert {row[0]: row[1] for row in found.rows} == failed


def test_that_have_not_run_asks_for_no_yes(tmp_path: Path) -> None:
    runs = [
        {"_id": n, "JOB_NAME": f"JOB_{n % 6}", "STATUS": ["OK", "KO"][n % 4 == 0],
         "START_TS": (NOW - timedelta(hours=4 * n + (400 if n % 6 == 5 else 1))).isoformat(), "ELAPSED_SEC": 9 + n}
        for n in range(90)
    ]  # fmt: skip
    made = answers(tmp_path, {"jobs_datastage": runs})
    found = {row[0] for row in rows(made, "DataStage jobs that have not run since November 10")}
    assert found == {"JOB_5"}


def test_what_was_sent_to_us_is_received_where_letters_tell_the_way_too(tmp_path: Path) -> None:
    told = [
        {"_id": n, "ref": f"M{n}", "sens": ["E", "R"][n % 3 == 0], "partenaire": "LCH", "statut": "OK",
         "emis_le": (NOW - timedelta(hours=n)).isoformat()}
        for n in range(60)
    ]  # fmt: skip
    made = answers(tmp_path, {"messages": told})
    assert rows(made, "combien de messages envoyés ?") == [[40]]
    assert rows(made, "combien de messages nous a envoyés LCH ?") == [[20]]
