"""What has misled the planner in exchanges with suppliers, in awaited mail, in steps, in controls and in certificates:
states that a parenthesis spells out, what somebody has sent, what is there and what is awaited."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def exchanges() -> list[Doc]:
    return [
        {
            "_id": n,
            "id_ech": f"ECH{n:05d}",
            "fournisseur": ["MARTINET", "SOGEDEX", "VALMONT", "ORIZON"][n % 4],
            "sens": ["ENTRANT", "SORTANT"][n // 4 % 2],
            "nb_fic": 1 + n % 7,
            "taille_ko": 900.0 * (n % 11),
            "etat": ["REUSSI", "REUSSI", "ECHOUE", "REUSSI", "REFUSE"][n % 5],
            "acheteur": ["pôle achats", "logistique", "travaux"][n % 3],
            "dt_depot": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def mail() -> list[Doc]:
    """Dated by when it is due; some has an amount, some of that no currency."""
    return [
        {
            "_id": n,
            "ref": f"PLI-{n:05d}",
            "part": ["CHRONOS", "POSTALIS", "EURALIA"][n % 3],
            "st": "ATTENDU" if n < 4 else ["LIVRE", "LIVRE_TARD", "LIVRE", "NON_RECU"][n % 4],
            "ret_min": None if n < 4 else [0, 20 + n, 0, None][n % 4],
            "nb_enr": 0 if n % 10 == 7 else 100 + n,
            "mt": 50.0 + n if n % 3 else None,
            "dev": ["EUR", "USD"][n % 2] if n % 5 and n % 3 else None,
            "dt_prev": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(160)
    ]


def steps() -> list[Doc]:
    return [
        {
            "_id": n,
            "jobName": f"PAY{n % 9:03d}J",
            "stepName": f"STEP{n % 4:02d}0",
            "program": ["SORTX", "PAYB01", "IKJ"][n % 3],
            "state": ["COMPLETED", "COMPLETED", "ABENDED"][n % 7 % 3],
            "cpuMs": 100 + 37 * (n % 13) + 5_000 * (n % 3 == 1),
            "elapsedMs": 900 + n,
            "owner": ["RBLANC", "TOPS"][n % 2],
            "submittedBy": ["TOPS", "RBLANC", "CA7"][n % 3],
            "startTime": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "endTime": (NOW - timedelta(hours=2 * n + 1) + timedelta(milliseconds=900 + n)).isoformat(),
        }
        for n in range(140)
    ]


def controls() -> list[Doc]:
    return [
        {
            "_id": n,
            "code_ctrl": f"C{n % 6:03d}",
            "domaine": ["Technique", "Stock", "Prix"][n % 3],
            "magasin": ["LILLE", "NANCY", "TOURS", "BREST"][n % 4],
            "resultat": "EN_ERREUR" if n % 15 == 8 else ["CONFORME", "NON_CONFORME"][n % 5 == 0],
            "debut": (NOW - timedelta(hours=n + 1)).isoformat(),
            "duree_s": 5 + n % 40,
        }
        for n in range(150)
    ]


def rotations() -> list[Doc]:
    return [
        {
            "_id": n,
            "rotationId": f"ROT-{n:05d}",
            "commonName": f"svc{n % 8}.example",
            "keySize": [2048, 4096][n % 3 == 0],
            "state": "Failed" if n % 8 in (1, 5) and n % 3 else "Installed",
            "requestedAt": (NOW - timedelta(hours=9 * n + 1)).isoformat(),
            "elapsedSec": 30 + n,
        }
        for n in range(96)
    ]


def repairs() -> list[Doc]:
    return [
        {
            "_id": n,
            "numero": f"INT{n:05d}",
            "demandeur": ["Roux P.", "Morel A.", "Caron J."][n % 3],
            "technicien": ["Morel A.", "Caron J.", "Roux P.", "Roux P."][n % 4],
            "etat": ["CLOTUREE", "EN_COURS"][n % 6 == 0],
            "debut": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(120)
    ]


def alerts() -> list[Doc]:
    return [
        {
            "_id": n,
            "alertNo": f"AL{n:05d}",
            "host": f"srv-{n % 5}",
            "level": "critical" if n % 5 in (0, 3) and n % 2 else ["minor", "major"][n % 3 == 0],
            "raisedAt": (NOW - timedelta(hours=n + 1)).isoformat(),
        }
        for n in range(100)
    ]


X, M, S, C, R, J, A = exchanges(), mail(), steps(), controls(), rotations(), repairs(), alerts()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("spelled")
    named = {"echanges_fournisseurs": X, "livr_plis": M, "hostSteps": S, "controles_magasin": C}
    return answers(folder, {**named, "certRotations": R, "interventions": J, "probe_alerts": A})


def test_a_parenthesis_says_again_which_state_is_meant(made: ExactAnswers) -> None:
    failed = {d["magasin"] for d in C if d["resultat"] == "EN_ERREUR"}
    found = rows(made, "quels magasins ont eu des contrôles en erreur technique (EN_ERREUR) en novembre ?")
    assert {row[0] for row in found} == failed


def test_a_parenthesis_says_which_did_not_succeed(made: ExactAnswers) -> None:
    left = sum(d["etat"] in ("ECHOUE", "REFUSE") for d in X)
    assert rows(made, "Combien d'échanges n'ont pas abouti (échoués ou refusés) ?") == [[left]]
    assert rows(made, "how many exchanges did not succeed (failed or refused)?") == [[left]]
    assert rows(made, "combien d'échanges non aboutis (REFUSE) ?") == [[sum(d["etat"] == "REFUSE" for d in X)]]


def test_more_than_a_number_of_one_or_the_other_is_a_bound(made: ExactAnswers) -> None:
    bad = Counter(d["acheteur"] for d in X if d["etat"] in ("ECHOUE", "REFUSE"))
    wanted = {name for name, n in bad.items() if n > 19}
    assert wanted
    found = rows(made, "acheteurs qui ont plus de 19 échanges refusés ou échoués")
    assert {row[0] for row in found} == wanted


def test_failed_or_refused_are_both_in_either_order(made: ExactAnswers) -> None:
    left = sum(d["etat"] in ("ECHOUE", "REFUSE") for d in X)
    assert rows(made, "how many failed or refused exchanges?") == [[left]]
    assert rows(made, "how many refused or failed exchanges?") == [[left]]


def test_those_who_sent_are_counted_and_not_what_they_sent(made: ExactAnswers) -> None:
    asked = ("Combien de fournisseurs nous ont envoyé des fichiers ?", "how many suppliers sent us files?")
    everyone = {d["fournisseur"] for d in X if d["sens"] == "ENTRANT"}
    for question in (*asked, "Combien de fournisseurs différents nous ont envoyé des fichiers ?"):
        assert rows(made, question) == [[len(everyone)]]


def test_what_left_was_sent(made: ExactAnswers) -> None:
    left = sum(d["sens"] == "SORTANT" and d["taille_ko"] > 5_000 for d in X)
    assert rows(made, "combien d'échanges de plus de 5 Mo sont partis ?") == [[left]]


def test_what_is_still_expected_is_in_a_state_of_waiting(made: ExactAnswers) -> None:
    waiting = sum(d["st"] == "ATTENDU" for d in M)
    assert rows(made, "how many deliveries are still expected?") == [[waiting]]
    assert rows(made, "combien de plis sont encore attendus ?") == [[waiting]]
    assert rows(made, "combien de plis attendus ?") == [[waiting]]


def test_what_was_expected_on_a_day_is_all_that_was_due_then(made: ExactAnswers) -> None:
    due = sum(d["dt_prev"][:7] == "2026-10" for d in M)
    assert due
    assert rows(made, "combien de plis étaient attendus en octobre ?") == [[due]]


def test_no_records_is_none_of_a_short_name(made: ExactAnswers) -> None:
    assert rows(made, "combien de plis avec 0 enregistrement ?") == [[sum(d["nb_enr"] == 0 for d in M)]]
    assert rows(made, "how many deliveries with 0 records?") == [[sum(d["nb_enr"] == 0 for d in M)]]


def test_a_delivery_is_a_record_whatever_has_become_of_it(made: ExactAnswers) -> None:
    assert rows(made, "how many EURALIA deliveries?") == [[sum(d["part"] == "EURALIA" for d in M)]]
    worst = max((d for d in M if d["part"] == "EURALIA"), key=lambda d: d["ret_min"] or 0)
    assert worst["ref"] in str(exact(made, "What is the longest delay of a EURALIA delivery?").rows[0])


def test_with_an_amount_is_of_those_that_have_one(made: ExactAnswers) -> None:
    odd = sum(d["mt"] is not None and d["dev"] is None for d in M)
    assert odd
    assert rows(made, "combien de plis avec un montant mais sans devise ?") == [[odd]]
    assert rows(made, "how many deliveries with an amount but no currency?") == [[odd]]


def test_what_is_ranked_by_a_measure_is_not_of_each(made: ExactAnswers) -> None:
    used = Counter[str]()
    for d in S:
        used[d["program"]] += d["cpuMs"]
    found = rows(made, "Top 2 programs by CPU time")
    assert [row[0] for row in found] == [name for name, _ in used.most_common(2)]


def test_launched_by_is_of_who_submitted(made: ExactAnswers) -> None:
    wanted = sum(d["submittedBy"] == "RBLANC" for d in S)
    assert rows(made, "nombre de steps lancés par RBLANC") == [[wanted]]
    assert rows(made, "how many steps were launched by RBLANC?") == [[wanted]]


def test_a_key_of_so_many_bits_is_a_key_of_that_size(made: ExactAnswers) -> None:
    assert rows(made, "how many rotations with a 4096 bit key?") == [[sum(d["keySize"] == 4096 for d in R)]]


def test_what_records_are_of_is_named_and_bounded(made: ExactAnswers) -> None:
    failed = Counter(d["commonName"] for d in R if d["state"] == "Failed")
    wanted = {name for name, n in failed.items() if n > 3}
    assert wanted
    found = rows(made, "certificates with more than 3 failed rotations")
    assert {row[0] for row in found} == wanted


def test_one_or_the_other_is_compared_by_what_they_did(made: ExactAnswers) -> None:
    did = Counter(d["technicien"] for d in J)
    for question in (
        "Roux ou Morel : qui a effectué le plus d'interventions ?",
        "qui entre Roux et Morel a effectué le plus d'interventions ?",
    ):
        found = rows(made, question)
        assert {row[0]: row[1] for row in found} == {name: did[name] for name in ("Roux P.", "Morel A.")}
    assert ask(made, "Roux ou Morel : qui a le plus d'interventions ?") is not None


def test_never_had_one_is_of_those_without(made: ExactAnswers) -> None:
    had = {d["host"] for d in A if d["level"] == "critical"}
    wanted = {d["host"] for d in A} - had
    assert wanted
    for question in ("Which hosts never had a critical alert?", "which hosts have not had any critical alert?"):
        assert {row[0] for row in rows(made, question)} == wanted


@pytest.mark.parametrize(
    "question", ["how many letters are still missing?", "combien de fournisseurs ont envoyé plus de 3 fichiers ?"]
)
def test_what_would_count_all_or_others_is_asked_back(made: ExactAnswers, question: str) -> None:
    found = ask(made, question)
    assert found is None or found.exact is None or found.exact.plan["keys"]
