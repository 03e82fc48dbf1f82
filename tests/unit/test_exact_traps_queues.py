"""What has misled the planner in consumers of queues, in patches of servers and in files of partners."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def consumed() -> list[Doc]:
    return [
        {
            "_id": n,
            "lot_ref": f"L{n:05d}",
            "topic": ["cartes.aut", "titres.pos", "avis.sms"][n % 3],
            "squad": ["cartes", "titres", "clients"][n % 3],
            "partition": n % 4,
            "outcome": ["COMMITTED", "ABORTED", "PARKED"][n % 7 % 3],
            "messages_in": 100 + n,
            "messages_dlq": n % 3,
            "polled_at": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(130)
    ]


def patched() -> list[Doc]:
    return [
        {
            "_id": n,
            "patchRef": f"KB{n:04d}",
            "hostName": f"srv-{n % 6:02d}",
            "serverRole": ["db", "app"][n % 2],
            "osVersion": ["AIX 7", "RHEL 9"][n % 6 < 2],
            "result": ["applied", "failed", "deferred"][n % 8 % 3] if n % 6 != 5 else "failed",
            "sizeMb": 10.0 + n % 13,
            "approvedBy": "m.roux" if n % 4 else None,
            "changeWindow": {"name": ["NUIT", "MIDI"][n % 2], "owner": "unix"},
            "startedOn": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(120)
    ]


def received() -> list[Doc]:
    return [
        {
            "_id": n,
            "idReception": f"R{n:05d}",
            "partenaire": ["Banque Bleue", "Caisse Verte", "Mutuelle Or"][n % 3],
            "nomFichier": f"F_{n:05d}.csv",
            "statut": ["INTEGRE", "REJETE"][n % 3 != 2 and n % 5 == 1],
            "nbLignes": 50 + n,
            "nbLignesRejetees": n % 6,
            "dateReception": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(110)
    ]


def incidents() -> list[Doc]:
    return [
        {
            "_id": n,
            "numero": f"ANO-{n:05d}",
            "application": ["Agenda", "Titres+", "Coffre"][n % 3],
            "etat": ["Ouvert", "En analyse", "Attente éditeur", "Clos", "Rejeté"][n % 5],
            "cause": ["éditeur", "code", "réseau"][n % 4 % 3],
            "risque": ["ELEVE", "FAIBLE"][n % 2],
            "date_ouverture": (NOW - timedelta(hours=5 * n + 9)).isoformat(),
            "date_resolution": (NOW - timedelta(hours=5 * n + 2)).isoformat() if n % 5 > 2 else None,
        }
        for n in range(150)
    ]


Q, P, R, D = consumed(), patched(), received(), incidents()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("queues")
    return answers(folder, {"mq_runs": Q, "patchOps": P, "receptionsFichiers": R, "incidents_applis": D})


def test_messages_are_those_that_came_in_and_no_dead_letters(made: ExactAnswers) -> None:
    sums: Counter[str] = Counter()
    for d in Q:
        sums[d["topic"]] += d["messages_in"]
    assert [row[:2] for row in rows(made, "Top 3 topics by messages consumed")] == [
        list(x) for x in sums.most_common(3)
    ]


def test_records_with_topics_and_partitions_are_of_kafka(made: ExactAnswers) -> None:
    assert rows(made, "Combien de runs kafka ABORTED ?") == [[sum(d["outcome"] == "ABORTED" for d in Q)]]
    topics = {d["topic"] for d in Q if d["squad"] == "clients"}
    assert {row[0] for row in rows(made, "Quels topics sont consommés par la squad clients ?")} == topics


def test_a_server_is_its_host_and_not_the_role_of_it(made: ExactAnswers) -> None:
    failed = Counter(d["hostName"] for d in P if d["result"] == "failed")
    assert dict(row[:2] for row in rows(made, "failed patches per server")) == failed
    assert {row[0] for row in rows(made, "Which servers are on AIX?")} == {
        d["hostName"] for d in P if d["osVersion"] == "AIX 7"
    }


def test_what_was_applied_went_well(made: ExactAnswers) -> None:
    well = {d["hostName"] for d in P if d["result"] == "applied"}
    assert rows(made, "nombre de serveurs différents patchés avec succès") == [[len(well)]]
    since = datetime.fromisoformat("2026-11-16T00:00:00+01:00")
    lately = {d["hostName"] for d in P if d["result"] == "applied" and datetime.fromisoformat(d["startedOn"]) >= since}
    found = rows(made, "serveurs sur lesquels aucun patch n'a été appliqué depuis le 16 novembre")
    assert {row[0] for row in found} == {d["hostName"] for d in P} - lately


def test_two_letters_name_a_field_of_several_words(made: ExactAnswers) -> None:
    sizes = defaultdict(list)
    for d in P:
        sizes[d["osVersion"]].append(d["sizeMb"])
    found = dict(row[:2] for row in rows(made, "Taille médiane des patchs par OS"))
    assert found == {name: pytest.approx(median(found_)) for name, found_ in sizes.items()}


def test_operations_with_no_approver_are_listed_and_not_their_windows(made: ExactAnswers) -> None:
    found = exact(made, "failed patch ops with no approver")
    assert len(found.rows) == sum(d["result"] == "failed" and d["approvedBy"] is None for d in P)


def test_no_rejected_file_is_no_missing_name(made: ExactAnswers) -> None:
    rejected = {d["partenaire"] for d in R if d["statut"] == "REJETE"}
    assert {row[0] for row in rows(made, "partenaires sans aucun fichier rejeté")} == {"Mutuelle Or"}
    assert rejected == {"Banque Bleue", "Caisse Verte"}


def test_rejected_lines_are_added_up_of_all_files(made: ExactAnswers) -> None:
    sums: Counter[str] = Counter()
    for d in R:
        sums[d["partenaire"]] += d["nbLignesRejetees"]
    assert dict(row[:2] for row in rows(made, "total rejected lines per partner")) == sums


def test_open_is_its_own_state_and_unresolved_is_all_that_is_left(made: ExactAnswers) -> None:
    assert rows(made, "combien d'incidents encore ouverts ?") == [[sum(d["etat"] == "Ouvert" for d in D)]]
    left = [d for d in D if d["etat"] in ("Ouvert", "En analyse", "Attente éditeur")]
    assert rows(made, "combien d'incidents non résolus ?") == [[len(left)]]


def test_a_state_of_two_words_is_no_other_state_and_a_cause(made: ExactAnswers) -> None:
    waiting = Counter(d["application"] for d in D if d["etat"] == "Attente éditeur")
    found = rows(made, "Quelle application a le plus d'incidents en attente éditeur ?")
    assert found[0][1] == max(waiting.values())


def test_what_was_resolved_is_dated_by_it(made: ExactAnswers) -> None:
    day = "2026-11-15"
    done = [
        d for d in D if d["date_resolution"] and datetime.fromisoformat(d["date_resolution"]).date().isoformat() == day
    ]
    assert done
    assert rows(made, "combien d'incidents résolus le 15 novembre ?") == [[len(done)]]


def test_the_level_of_a_risk_is_the_risk(made: ExactAnswers) -> None:
    expected = Counter(d["risque"] for d in D)
    assert dict(row[:2] for row in rows(made, "incidents per risk level")) == expected
    assert dict(row[:2] for row in rows(made, "nombre d'incidents par niveau de risque")) == expected


def test_both_days_are_of_things_that_had_it_on_each(made: ExactAnswers) -> None:
    days = [(NOW - timedelta(days=back)).date() for back in (1, 2)]
    on = [
        {
            d["application"]
            for d in D
            if datetime.fromisoformat(d["date_ouverture"]).date() == day and d["risque"] == "ELEVE"
        }
        for day in days
    ]
    text = "Quelles applications ont eu un incident de risque ELEVE à la fois hier et avant-hier ?"
    assert {row[0] for row in rows(made, text)} == on[0] & on[1]
    assert on[0] & on[1]


def test_the_last_day_is_included_when_it_is_said(made: ExactAnswers) -> None:
    within = [d for d in D if "2026-11-10" <= d["date_ouverture"][:10] <= "2026-11-15"]
    assert rows(made, "combien d'incidents ouverts entre le 10 et le 15 novembre inclus ?") == [[len(within)]]
