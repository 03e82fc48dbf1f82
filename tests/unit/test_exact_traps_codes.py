"""What has misled the planner where values are codes: slots, branches, kinds of several English words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def parcels() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref_colis": f"CO{n:06d}",
            "etat": ["LIVRE", "PERDU", "EN_COURS"][n % 7 % 3],
            "depot": ["00074", "00310", "01200"][n % 3],
            "tournee": ["06H30", "14H00", "21H15"][n % 5 % 3],
            "dt_depart": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(240)
    ]


def audits() -> list[Doc]:
    kinds = ["USER_DISABLED", "TOKEN_REVOKED", "BADGE_STOLEN", "LOGON_REFUSAL", "USER_CREATED", "LICENSE_EXPIRING"]
    return [
        {
            "_id": n,
            "kind": [*kinds, "LICENSE_EXPIRED", "ROUTE_BLOCKED", "DNS_ANOMALY"][n % 11 % 9],
            "user": ["p.noel", "l.dupuis", "z.haddad"][n % 5 % 3],
            "async": n % 3 == 0,
            "validUntil": (NOW + timedelta(hours=9 * n - 400)).isoformat(),
            "raisedAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(200)
    ]


def printed() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref_pli": f"PL{n:06d}",
            "modele": ["AVIS_CONTRAT", "AVIS_PRIME", "LETTRE_RAPPEL", "RELEVE_PRIME", "ALERTE_STOCK"][n % 7 % 5],
            "etat": ["EXPEDIE", "ABANDONNE"][n % 9 == 4],
            "dt_demande": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(160)
    ]


def exchanges() -> list[Doc]:
    return [
        {
            "_id": n,
            "exchangeId": f"X{n:06d}",
            "flow": ["kyc.check", "pay.send", "doc.fetch"][n % 3],
            "protocol": ["SOAP", "AMQP"][n % 4 == 1],
            "httpStatus": [200, 200, 404, 503][n % 13 % 4],
            "waitMs": 40 + n,
            "sentAt": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def runs() -> list[Doc]:
    return [
        {
            "_id": n,
            "feed": ["stock_moves", "price_lists"][n % 3 == 0],
            "result": ["done", "failed"][n % 8 == 3],
            "origin_app": ["wms", "erp"][n % 5 % 2],
            "rows_read": 100 * n,
            "rows_written": 90 * n,
            "rows_rejected": n % 7,
            "began_at": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(90)
    ]


def plants() -> list[Doc]:
    return [
        {
            "_id": n,
            "task": ["stock.move", "belt.check"][n % 4 == 0],
            "result": ["done", "failed", "alert"][n % 6 % 3],
            "area": ["stock", "yard"][n % 7 % 2],
            "origin_system": ["scada", "plc"][n % 5 % 2],
            "tookMs": 10 * n,
            "began_at": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(90)
    ]


C, A, E, X, R, P = parcels(), audits(), printed(), exchanges(), runs(), plants()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(
        tmp_path_factory.mktemp("codes"),
        {
            "colis_expedies": C,
            "secu_journal": A,
            "plis_editique": E,
            "bus_exchanges": X,
            "feed_runs": R,
            "plant_runs": P,
        },
    )


def test_a_value_that_looks_like_a_length_of_time_is_the_value(made: ExactAnswers) -> None:
    late = sum(d["tournee"] == "21H15" and d["etat"] == "PERDU" for d in C)
    assert rows(made, "Combien de colis perdus de la tournée 21H15 ?") == [[late]]
    assert rows(made, "how many parcels lost on round 21H15?") == [[late]]
    day = sum(d["tournee"] == "21H15" and d["dt_depart"][:10] == "2026-11-19" for d in C)
    assert day
    assert rows(made, "combien de colis de la tournée 21H15 hier ?") == [[day]]


@pytest.mark.parametrize("said", ["du dépôt 00310", "du dépôt n° 310", "from depot 00310"])
def test_digits_after_their_field_are_a_text_of_it(made: ExactAnswers, said: str) -> None:
    assert rows(made, f"combien de colis {said} ?") == [[sum(d["depot"] == "00310" for d in C)]]


def test_a_second_code_is_of_the_same_field(made: ExactAnswers) -> None:
    two = sum(d["depot"] in ("00074", "01200") for d in C)
    assert rows(made, "combien de colis des dépôts 00074 et 01200 ?") == [[two]]


def test_a_code_that_no_record_has_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "combien de colis du dépôt 00555 ?")
    assert found is not None
    assert found.exact is None


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Combien d'utilisateurs désactivés ont été vus ?", "USER_DISABLED"),
        ("Combien de jetons ont été révoqués ?", "TOKEN_REVOKED"),
        ("Combien de badges volés ?", "BADGE_STOLEN"),
        ("combien de refus de logon ?", "LOGON_REFUSAL"),
        ("combien de licences expirées ?", "LICENSE_EXPIRED"),
        ("how many expiring licenses?", "LICENSE_EXPIRING"),
    ],
)
def test_a_value_of_several_words_is_told_in_the_other_language(made: ExactAnswers, question: str, kind: str) -> None:
    found = exact(made, question)
    assert [(c.path, c.value) for c in found.conditions] == [("kind", [kind])]


def test_what_the_value_is_of_is_listed_by_its_own_field(made: ExactAnswers) -> None:
    shut = {d["user"] for d in A if d["kind"] == "USER_DISABLED"}
    assert {row[0] for row in rows(made, "Quels utilisateurs ont été désactivés ?")} == shut


@pytest.mark.parametrize("said", ["postes bloqués", "comptes révoqués", "lots révoqués"])
def test_part_of_a_value_alone_does_not_tell_it(made: ExactAnswers, said: str) -> None:
    found = ask(made, f"combien de {said} ?")
    assert found is None or found.exact is None


def test_asynchronous_is_a_flag_and_its_opposite(made: ExactAnswers) -> None:
    one, other = sum(d["async"] for d in A), sum(not d["async"] for d in A)
    assert rows(made, "combien d'événements asynchrones ?") == [[one]]
    assert rows(made, "combien d'événements synchrones ?") == [[other]]


@pytest.mark.parametrize(("said", "model"), [("avis de contrat", "AVIS_CONTRAT"), ("relevés de prime", "RELEVE_PRIME")])
def test_a_value_may_be_said_with_of(made: ExactAnswers, said: str, model: str) -> None:
    assert rows(made, f"Combien de {said} expédiés ?") == [
        [sum(d["modele"] == model and d["etat"] == "EXPEDIE" for d in E)]
    ]


@pytest.mark.parametrize("said", ["relevés de contrat", "relevés de compte", "lots abandonnés"])
def test_what_no_value_is_called_is_asked_back(made: ExactAnswers, said: str) -> None:
    found = ask(made, f"Combien de {said} dans les plis ?")
    assert found is None or found.exact is None


def test_a_shortened_name_of_a_collection_is_said_in_full(made: ExactAnswers) -> None:
    total = [[len(A)]]
    assert rows(made, "how many security events?") == total
    assert rows(made, "combien d'événements de sécurité ?") == total


def test_what_is_exchanged_over_http_is_called(made: ExactAnswers) -> None:
    mean = [d["waitMs"] for d in X if d["protocol"] == "SOAP"]
    assert rows(made, "Combien d'appels en 503 ?") == [[sum(d["httpStatus"] == 503 for d in X)]]
    assert rows(made, "average wait of SOAP calls") == [[sum(mean) / len(mean)]]


@pytest.mark.parametrize("order", ["déconnecte-les toutes", "bloque-les", "restaure-les"])
def test_an_order_is_no_value(made: ExactAnswers, order: str) -> None:
    found = ask(made, "Combien d'utilisateurs désactivés ?", order)
    assert found is None or found.exact is None


def test_rows_that_were_rejected_are_added_up_of_their_own_field(made: ExactAnswers) -> None:
    wanted = [[sum(d["rows_rejected"] for d in R if d["feed"] == "stock_moves")]]
    assert rows(made, "How many rows were rejected by stock_moves?") == wanted
    assert rows(made, "Combien de lignes ont été rejetées par stock_moves ?") == wanted
    written = [[sum(d["rows_written"] for d in R if d["feed"] == "stock_moves")]]
    assert rows(made, "how many rows did stock_moves write?") == written


def test_a_bound_after_of_is_of_the_field_before_it(made: ExactAnswers) -> None:
    found = sum(d["waitMs"] >= 150 for d in X)
    assert rows(made, "Combien d'échanges avec un temps d'attente d'au moins 150 ?") == [[found]]


def test_a_name_as_it_is_written_tells_its_collection(made: ExactAnswers) -> None:
    found = exact(made, "When did stock_moves last succeed?")
    assert found.collection == "feed_runs"
    found = exact(made, "When did stock.move last succeed?")
    assert found.collection == "plant_runs"


def test_a_field_said_in_full_tells_its_collection(made: ExactAnswers) -> None:
    assert exact(made, "failure rate per origin system").collection == "plant_runs"
    assert exact(made, "failure rate per origin app").collection == "feed_runs"


def test_other_things_are_asked_next(made: ExactAnswers) -> None:
    lost = {d["depot"] for d in C if d["etat"] == "PERDU"}
    said = rows(made, "Quelles tournées ont eu des colis perdus ?", "et quels dépôts ?")
    assert {row[0] for row in said} == lost
    said = rows(made, "Quelles tournées ont eu des colis perdus ?", "et les dépôts ?")
    assert {row[0] for row in said} == lost
    first = rows(made, "which depot had the most lost parcels?")[0]
    then = rows(made, "which round had the most lost parcels?", "and depot?")[0]
    assert then[:2] == first[:2]


def test_a_value_of_two_words_wins_over_two_values_of_one(made: ExactAnswers) -> None:
    found = exact(made, "Combien d'alertes de stock ?")
    assert found.collection == "plis_editique"
    assert [(c.path, c.value) for c in found.conditions] == [("modele", ["ALERTE_STOCK"])]


def test_a_general_word_beside_a_value_of_its_own_names_no_other(made: ExactAnswers) -> None:
    found = exact(made, "combien d'anomalies DNS ?")
    assert [(c.path, c.value) for c in found.conditions] == [("kind", ["DNS_ANOMALY"])]


def test_what_is_to_come_is_not_dropped(made: ExactAnswers) -> None:
    found = ask(made, "combien de licences vont expirer ?")
    assert found is None or found.exact is None
    ahead = sum(d["validUntil"][:7] == "2026-12" for d in A)
    assert rows(made, "combien d'événements expirent en décembre ?") == [[ahead]]
