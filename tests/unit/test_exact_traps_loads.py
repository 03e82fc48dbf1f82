"""Records that are called by where they come from or by whom they call: each is asked for, not the callers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from computing import NOW, answers, ask, exact

from vigie.ask.exact import ExactAnswers

DAY = NOW.replace(hour=1, minute=0) - timedelta(days=1)


@pytest.fixture
def made(tmp_path: Path) -> ExactAnswers:
    """Sixty calls of three services; every fifth times out. Forty loads of four systems, each of one value date."""
    calls = [
        {
            "_id": f"c{n}",
            "requestId": f"REQ{n:04}",
            "serviceName": f"svc-{n % 3}",
            "calledAt": (DAY + timedelta(minutes=n)).isoformat(),
            "latencyMs": 20 + n,
            "outcome": "timeout" if n % 5 == 0 else "success",
        }
        for n in range(60)
    ]
    loads = [
        {
            "_id": f"l{n}",
            "num_lot": f"LOT{n:04}",
            "source": {"systeme": f"SYS{n % 4}", "fichier": f"f{n % 7}.csv"},
            "date_debut": (DAY + timedelta(minutes=n)).isoformat(),
            "date_fin": (DAY + timedelta(minutes=n + 3)).isoformat(),
            "date_valeur": (DAY - timedelta(days=n % 10)).date().isoformat(),
            "statut": "rejete" if n % 8 == 0 else "charge",
        }
        for n in range(40)
    ]
    return answers(tmp_path, {"apiCalls": calls, "chargements": loads})


def listed(made: ExactAnswers, question: str, column: str) -> list[object]:
    found = exact(made, question)
    assert column in found.columns, found.columns
    return sorted(row[found.columns.index(column)] for row in found.rows)


def test_calls_are_listed_and_not_the_services_that_were_called(made: ExactAnswers) -> None:
    assert listed(made, "list the calls that timed out yesterday", "requestId") == [
        f"REQ{n:04}" for n in range(0, 60, 5)
    ]
    found = exact(made, "Which services timed out yesterday?")
    assert sorted(row[0] for row in found.rows) == ["svc-0", "svc-1", "svc-2"]


def test_loads_are_listed_and_not_the_systems_they_come_from(made: ExactAnswers) -> None:
    assert listed(made, "chargements rejetés hier", "num_lot") == [f"LOT{n:04}" for n in range(0, 40, 8)]


@pytest.mark.parametrize(
    "said",
    [
        "dont la date de valeur est le 14 novembre",
        "dont la date valeur est le 14 novembre",
        "de date de valeur 14 novembre",
        "whose value date is November 14",
    ],
)
def test_a_date_named_before_a_day_is_the_date_that_is_meant(made: ExactAnswers, said: str) -> None:
    question = f"combien de chargements {said} ?" if said.startswith("d") else f"how many chargements {said}?"
    found = exact(made, question)
    assert found.rows == [[4]]


@pytest.fixture
def sent(tmp_path: Path) -> ExactAnswers:
    """Sixty transfers of five clients, each of some files, by three protocols; reports that are called `etat`."""
    transfers = [
        {
            "_id": n,
            "id_trf": f"TRF{n:04}",
            "client": f"CLI_{n % 5}",
            "proto": ("SFTP", "AS2", "HTTPS")[n % 3],
            "nb_fic": 1 + n % 4,
            "dt_depot": (DAY + timedelta(minutes=n)).isoformat(),
            "dt_remise": (DAY + timedelta(minutes=n + 5)).isoformat() if n % 6 else None,
            "situation": "REMIS" if n % 6 else "ECHEC",
        }
        for n in range(60)
    ]
    reports = [
        {
            "_id": n,
            "ref_production": f"P{n:03}",
            "etat": ("COREP", "FINREP", "LCR")[n % 3],
            "statut": "REJETE" if n % 3 == 1 else "TRANSMIS",
            "debut_production": (DAY + timedelta(minutes=n)).isoformat(),
        }
        for n in range(30)
    ]
    return answers(tmp_path, {"transferts_clients": transfers, "etats_reglementaires": reports})


def test_different_ones_are_counted_whatever_else_they_have(sent: ExactAnswers) -> None:
    given = ask(sent, "Combien de clients différents ont déposé des fichiers hier ?")
    assert given is not None
    assert given.exact is None or given.exact.rows == [[5]]


@pytest.mark.parametrize("question", ["transferts par protocole", "How many transfers per protocol?"])
def test_a_field_is_named_by_its_first_letters(sent: ExactAnswers, question: str) -> None:
    assert sorted(exact(sent, question).rows) == [["AS2", 20], ["HTTPS", 20], ["SFTP", 20]]


def test_a_state_that_has_a_date_stays_one_where_nothing_is_by_time(sent: ExactAnswers) -> None:
    found = exact(sent, "nombre de transferts remis par protocole")
    assert sorted(found.rows) == [["AS2", 20], ["HTTPS", 20], ["SFTP", 10]]


def test_reports_that_are_called_states_are_no_states(sent: ExactAnswers) -> None:
    assert exact(sent, "Quels états ont été rejetés hier ?").rows == [["FINREP", 10]]
    never = exact(sent, "Quels états n'ont jamais été rejetés ?")
    assert [row[0] for row in never.rows] == ["COREP", "LCR"]


@pytest.fixture
def calls(tmp_path: Path) -> ExactAnswers:
    """Forty margin calls of two counterparties."""
    issued = [
        {
            "_id": n,
            "counterparty": ("ALPHA", "BETA")[n % 2],
            "ccy": "EUR",
            "amount": 900_000 if n % 2 else 1_500_000,
            "call_status": "AGREED",
            "issued_at": (DAY + timedelta(minutes=n)).isoformat(),
        }
        for n in range(40)
    ]
    return answers(tmp_path, {"margin_calls": issued})


def test_what_is_exceeded_in_total_is_the_total_of_each(calls: ExactAnswers) -> None:
    found = exact(calls, "counterparties whose EUR margin calls exceed 20 million in total this month")
    assert found.rows == [["ALPHA", 30_000_000]]


def test_completed_ones_are_those_that_went_well(made: ExactAnswers) -> None:
    assert exact(made, "How many completed chargements were there yesterday?").rows == [[35]]


def test_how_much_is_an_amount_and_no_number_of_records(calls: ExactAnswers, made: ExactAnswers) -> None:
    assert exact(calls, "How much was called from ALPHA yesterday?").rows == [[30_000_000]]
    given = ask(made, "How much did we load yesterday?")
    assert given is None or given.exact is None


@pytest.fixture
def files(tmp_path: Path) -> ExactAnswers:
    """Sixty files of three partners: some late, some early, some never received; errors of four applications."""
    delivered = [
        {
            "_id": n,
            "ref": f"LF{n:04}",
            "fic": f"FICHIER_{n % 6}",
            "part": ("VISA", "STET", "EBA")[n % 3],
            "st": ("LIVRE", "LIVRE", "LIVRE_TARD", "NON_RECU", "LIVRE")[n % 5],
            "dt_prev": (DAY + timedelta(minutes=n)).isoformat(),
            "ret_min": (-5, -10, 12, None, 0)[n % 5],
            "mt": 100 + n,
            "dev": ("EUR", "USD")[n % 2],
        }
        for n in range(60)
    ]
    errors = [
        {
            "_id": n,
            "app": {"name": f"app-{n % 4}"},
            "message": f"Accès refusé au dossier {n}",
            "status": ("NEW", "FIXED")[n % 2],
            "assignee": ("Claire Morel", None, "Paul Roy")[n % 3],
            "firstSeen": (DAY + timedelta(minutes=n)).isoformat(),
        }
        for n in range(30)
    ]
    return answers(tmp_path, {"livr_fic": delivered, "appErrors": errors})


@pytest.mark.parametrize(
    "question", ["Combien de fichiers livrés en retard hier ?", "How many late deliveries yesterday?"]
)
def test_late_is_a_state_and_a_delay_whichever_is_said(files: ExactAnswers, question: str) -> None:
    assert exact(files, question).rows == [[12]]


def test_a_delay_that_may_be_an_advance_is_no_length(files: ExactAnswers) -> None:
    assert exact(files, "retard moyen des fichiers hier").rows == [[-0.75]]


def test_amounts_and_currencies_are_known_by_their_values(files: ExactAnswers) -> None:
    total = sum(100 + n for n in range(0, 60, 2))
    assert exact(files, "montant total en euros des fichiers d'hier").rows == [[total]]


def test_what_did_not_arrive_is_in_the_state_that_says_so(files: ExactAnswers) -> None:
    assert exact(files, "Combien de fichiers ne sont pas arrivés hier ?").rows == [[12]]


def test_errors_that_nobody_has_are_listed_one_by_one(files: ExactAnswers) -> None:
    assert len(exact(files, "app errors with no assignee yesterday").rows) == 10
    assert exact(files, "How many app errors of Claire Morel are not fixed yet?").rows == [[5]]


def test_a_mean_of_what_no_field_tells_is_asked_back(files: ExactAnswers) -> None:
    given = ask(files, "average load of files yesterday")
    assert given is None or given.exact is None


@pytest.fixture
def backups(tmp_path: Path) -> ExactAnswers:
    """Sixty backups of four kinds on three servers; every seventh failed."""
    made = [
        {
            "_id": n,
            "job": f"BKP_{n % 5}",
            "typ": ("FULL", "INCR", "DIFF", "LOG")[n % 4],
            "st": "FAILED" if n % 7 == 0 else "COMPLETED",
            "srv": f"srv-db-0{n % 3}",
            "beg": (DAY + timedelta(minutes=n)).isoformat(),
            "end": (DAY + timedelta(minutes=n + 4)).isoformat(),
        }
        for n in range(60)
    ]
    return answers(tmp_path, {"bkp_log": made})


@pytest.mark.parametrize("said", ["complètes", "différentielles", "incrémentales"])
def test_whole_ones_are_a_kind_and_no_end(backups: ExactAnswers, said: str) -> None:
    assert exact(backups, f"combien de sauvegardes {said} hier ?").rows == [[15]]


def test_a_name_of_many_parts_is_one_word_of_a_next_turn(backups: ExactAnswers) -> None:
    found = exact(backups, "Quelles sauvegardes ont échoué hier ?", "et celles qui ne sont pas sur srv-db-00 ?")
    status, server = found.columns.index("st"), found.columns.index("srv")
    assert {row[status] for row in found.rows} == {"FAILED"}
    assert {row[server] for row in found.rows} == {"srv-db-01", "srv-db-02"}
