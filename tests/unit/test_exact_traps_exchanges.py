"""What has misled the planner in exchanges with partners, container runs, contacts and campaigns on machines."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers
from vigie.ask.planner.polarity import polarity_of

Doc = dict[str, Any]


def remittances() -> list[Doc]:
    """Acknowledged, or rejected, at the same kind of date."""
    found = []
    for n in range(200):
        state = ["VALIDE", "VALIDE", "REJETE", "EN_ATTENTE_ACK", "VALIDE"][n % 5]
        sent = NOW - timedelta(hours=5 * n + 3)
        found.append(
            {
                "_id": n,
                "no_remise": f"{n:07d}",
                "cie": ["ORLEANE", "GRAND CHENE", "PERVENCHE"][n % 3] if state == "REJETE" else "MISTRAL",
                "etat": "ACQUITTE" if state == "VALIDE" else state,
                "montant_eur": 100.0 + n,
                "dt_envoi": sent.isoformat(),
                "dt_ack": None if state == "EN_ATTENTE_ACK" else (sent + timedelta(hours=1)).isoformat(),
                "delai_ack_min": None if state == "EN_ATTENTE_ACK" else 60.0,
                "valideur": ["P. Roux", "L. Blin"][n % 2] if state == "REJETE" else "A. Noir",
            }
        )
    return found


def runs() -> list[Doc]:
    return [
        {
            "_id": n,
            "runUid": f"r-{n:05x}",
            "task": ["pricing", "purge-logs", "sync-ref"][n % 3],
            "phase": ["Succeeded", "OOMKilled", "Evicted", "Succeeded", "Failed"][n % 5],
            "startTime": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def contacts() -> list[Doc]:
    return [
        {
            "_id": n,
            "contact_id": f"C-{n:06d}",
            "channel": ["phone", "chat", "mail", "phone"][n % 4],
            "queue": ["badge", "poste"][n % 2],
            "agent": ["Ana Sol", "Ben Roc", "Cyr Lac"][n % 7 % 3],
            "caller_dept": ["Paie", "Stock", "Vente", "Quai"][n % 9 % 4],
            "lang": ["fr", "nl", "en"][n % 3],
            "csat": 1 + n % 5,
            "queued_at": (NOW - timedelta(hours=n + 1)).isoformat(),
            "ended_at": (NOW - timedelta(hours=n + 1) + timedelta(minutes=2 + n % 11)).isoformat(),
        }
        for n in range(240)
    ]


def machines() -> list[Doc]:
    """Several records of each machine, one of each campaign that it is in."""
    found = []
    for n in range(180):
        host, wave = n % 60, n // 60
        if wave == 2 and host % 7 == 0:
            continue
        day = NOW + timedelta(days=4) if wave == 2 and host % 3 == 0 else NOW - timedelta(days=60 - 20 * wave)
        ahead = day > NOW
        found.append(
            {
                "_id": n,
                "hostname": f"vm-lin{host:03d}",
                "campaign": f"MAJ-{wave + 1:02d}",
                "result": "scheduled" if ahead else ["installed", "failed"][host % 10 == 9],
                "planned_for": day.date().isoformat(),
                "window_start": None if ahead else day.isoformat(),
                "waiver": {"until": (NOW + timedelta(days=40 + n)).isoformat()} if n % 9 == 0 else None,
                "restart": {"done": wave == 0, "at": (day + timedelta(hours=5)).isoformat()}
                if wave == 0
                else {"done": False},
                "checks": [{"name": "disk", "ok": n % 4 != 0}, {"name": "agent", "ok": True}],
            }
        )
    return found


E, R, C, M = remittances(), runs(), contacts(), machines()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("exchanges")
    return answers(folder, {"envois_remises": E, "containerRuns": R, "hotline_contacts": C, "maj_machines": M})


def test_what_is_waited_for_is_no_measure(made: ExactAnswers) -> None:
    waiting = sum(d["etat"] == "EN_ATTENTE_ACK" for d in E)
    assert rows(made, "combien de remises sont toujours en attente d'accusé ?") == [[waiting]]


def test_a_date_that_rejected_ones_have_too_does_not_tell_the_state(made: ExactAnswers) -> None:
    told = sum(d["montant_eur"] for d in E if d["etat"] == "ACQUITTE" and d["dt_ack"][:7] == "2026-10")
    assert rows(made, "montant total des remises acquittées en octobre")[0][0] == pytest.approx(told)


def test_companies_are_called_so_in_short_and_reject(made: ExactAnswers) -> None:
    told = Counter(d["cie"] for d in E if d["etat"] == "REJETE")
    assert dict(map(tuple, rows(made, "quelle compagnie rejette le plus ?"))) == told


def test_a_slip_with_two_letters_is_the_same_state(made: ExactAnswers) -> None:
    assert rows(made, "nombre de remises rejettées") == [[sum(d["etat"] == "REJETE" for d in E)]]


@pytest.mark.parametrize(
    "text",
    [
        "combien de runs OOM",
        "how many OOM kills",
        "combien de runs tués pour mémoire (OOM)",
        "number of OOM-killed runs",
    ],
)
def test_killed_for_memory(made: ExactAnswers, text: str) -> None:
    assert rows(made, text) == [[sum(d["phase"] == "OOMKilled" for d in R)]]


def test_evicted_in_french(made: ExactAnswers) -> None:
    assert rows(made, "nombre de runs évincés") == [[sum(d["phase"] == "Evicted" for d in R)]]


@pytest.mark.parametrize(
    "text", ["combien d'appels téléphoniques ?", "how many phone calls", "nb d'appels au téléphone"]
)
def test_calls_are_contacts_by_phone_and_no_callers(made: ExactAnswers, text: str) -> None:
    assert rows(made, text) == [[sum(d["channel"] == "phone" for d in C)]]


def test_languages_are_told_by_their_name(made: ExactAnswers) -> None:
    assert rows(made, "combien de contacts en néerlandais") == [[sum(d["lang"] == "nl" for d in C)]]


def test_who_takes_the_most_calls_is_counted(made: ExactAnswers) -> None:
    told = Counter(d["agent"] for d in C if d["channel"] == "phone")
    assert rows(made, "l'agent qui prend le plus d'appels")[0][:2] == list(told.most_common(1)[0])


def test_the_plural_of_the_records_may_be_a_verb(made: ExactAnswers) -> None:
    told = Counter(d["caller_dept"] for d in C)
    assert dict(map(tuple, rows(made, "which department contacts the hotline the most?"))) == told


def test_satisfaction_is_called_so_in_short(made: ExactAnswers) -> None:
    told = {d["agent"] for d in C if d["csat"] == 1}
    assert {row[0] for row in rows(made, "quels agents ont reçu une note de satisfaction de 1 ?")} == told


def test_what_is_planned_is_of_the_planned_date(made: ExactAnswers) -> None:
    told = {d["hostname"] for d in M if d["result"] == "scheduled"}
    found = rows(made, "quelles machines sont prévues la semaine prochaine ?")
    assert {name for row in found for name in row if str(name).startswith("vm-")} == told
    assert found == rows(made, "les serveurs prévus la semaine prochaine")


def test_the_last_restart_is_by_its_own_date(made: ExactAnswers) -> None:
    (found,) = rows(made, "dernier redémarrage de vm-lin011 ?")
    first = next(d for d in M if d["hostname"] == "vm-lin011" and d["restart"]["done"])
    assert str(first["_id"]) in found


def test_what_is_in_no_such_campaign(made: ExactAnswers) -> None:
    campaigns = defaultdict(set)
    for d in M:
        campaigns[d["hostname"]].add(d["campaign"])
    told = {host for host, of in campaigns.items() if "MAJ-03" not in of}
    assert {row[0] for row in rows(made, "quels serveurs ne sont pas dans la campagne MAJ-03")} == told


def test_a_check_of_a_list_that_failed_is_not_the_state_of_the_record(made: ExactAnswers) -> None:
    found = ask(made, "machines where the disk check failed")
    assert found is None or found.exact is None


def test_what_was_patched_went_well() -> None:
    assert polarity_of("patched") == polarity_of("DEPLOYE") == "succeeded"


def test_words_before_what_is_looked_for(made: ExactAnswers) -> None:
    assert len(rows(made, "je cherche les runs de purge-logs en statut Evicted")) == sum(
        d["task"] == "purge-logs" and d["phase"] == "Evicted" for d in R
    )
