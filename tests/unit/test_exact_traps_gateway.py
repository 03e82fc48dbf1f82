"""What has misled the planner in codes of HTTP, compound names, samples, orders not begun, and what is to come."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def gateway() -> list[Doc]:
    """No field is called after HTTP: the codes tell."""
    return [
        {
            "_id": n,
            "requestId": f"rq-{n:05d}",
            "api": ["kyc", "cards", "payments"][n % 3],
            "statusCode": [200, 200, 201, 404, 503, 500, 200, 429][n % 8],
            "consumer": ["web", "mobile"][n % 2],
            "receivedAt": int((NOW - timedelta(hours=3 * n + 1)).timestamp() * 1000),
            "latencyMs": 40 + n % 17,
        }
        for n in range(240)
    ]


def firewall() -> list[Doc]:
    """Each request holds a number of rules, has a number of its own, and is deployed later, or not yet."""
    return [
        {
            "_id": n,
            "ref": f"FW-{n:05d}",
            "equipe": ["Paiements", "Titres", "Données"][n % 3],
            "statut": "REFUSEE" if n % 5 == 0 else "EN_COURS" if n % 7 == 3 else "DEPLOYEE",
            "nb_regles": 1 + n % 6,
            "date_demande": (NOW - timedelta(hours=9 * n + 40)).isoformat(),
            "date_deploiement": (NOW - timedelta(hours=9 * n + 2)).isoformat() if n % 5 and n % 7 != 3 else None,
        }
        for n in range(150)
    ]


def depths() -> list[Doc]:
    return [
        {
            "_id": n,
            "queue": ["PAY.IN", "PAY.OUT", "REF.PUB"][n % 3],
            "qmgr": ["QM1", "QM2"][n % 2],
            "depth": (n * 37) % 900,
            "oldestMsgAgeS": (n * 11) % 7000,
            "status": "SATUREE" if (n * 37) % 900 > 800 else "NORMALE",
            "sampledAt": (NOW - timedelta(hours=n + 1)).isoformat(),
        }
        for n in range(200)
    ]


def orders() -> list[Doc]:
    """Those that are held have not begun: only the day they are ordered for dates them."""
    found: list[Doc] = []
    for n in range(120):
        day = NOW - timedelta(days=n // 6)
        held = n % 10 == 0
        found.append(
            {
                "_id": n,
                "order_id": f"{n:05d}",
                "job": f"JOB_{n % 8}",
                "odate": day.strftime("%Y%m%d"),
                "statut": "Held" if held else ["Ended OK", "Ended Not OK"][n % 4 == 1],
                "debut": None if held else (day - timedelta(minutes=n)).isoformat(),
                "fin": None if held else day.isoformat(),
            }
        )
    return found


def certificates() -> list[Doc]:
    return [
        {
            "_id": n,
            "cn": f"host{n:03d}.bank",
            "env": ["prod", "recette"][n % 2],
            "statut": "EXPIRE" if n < 20 else "VALIDE",
            "dateEmission": (NOW + timedelta(days=n - 420)).isoformat(),
            "dateExpiration": (NOW + timedelta(days=n - 20, hours=1)).isoformat(),
        }
        for n in range(120)
    ]


def checks() -> list[Doc]:
    return [
        {
            "_id": n,
            "checkId": f"CHK{n:05d}",
            "listName": ["OFAC", "UE", "ONU"][n % 3],
            "outcome": ["CLEAR", "FALSE_POSITIVE", "ESCALATED", "PENDING"][n % 4],
            "durationMs": 50 + n % 9,
            "screenedAt": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(160)
    ]


G, F, D, R, C, K = gateway(), firewall(), depths(), orders(), certificates(), checks()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("gateway")
    named = {"gateway_requests": G, "regles_parefeu": F, "mq_profondeurs": D}
    return answers(folder, {**named, "ordres_ctrlm": R, "certificats_tls": C, "controles_conformite": K})


def test_codes_of_http_are_known_by_their_values(made: ExactAnswers) -> None:
    assert rows(made, "combien de 5xx en tout ?") == [[sum(d["statusCode"] >= 500 for d in G)]]
    assert rows(made, "how many requests returned a 404 last week?") == [[_last_week(404)]]
    found = {row[0] for row in rows(made, "which consumers got 503s?")}
    assert found == {d["consumer"] for d in G if d["statusCode"] == 503}


def _last_week(code: int) -> int:
    return sum(d["statusCode"] == code and _day(d["receivedAt"] / 1000) in _LAST_WEEK for d in G)


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, NOW.tzinfo).date().isoformat()


_LAST_WEEK = {f"2026-11-{day:02d}" for day in range(9, 16)}


def test_a_compound_is_the_joined_word_of_a_name(made: ExactAnswers) -> None:
    found = exact(made, "combien de demandes pare-feu refusées ?")
    assert found.collection == "regles_parefeu"
    assert found.rows == [[sum(d["statut"] == "REFUSEE" for d in F)]]


def test_what_has_a_number_of_its_own_is_counted_and_its_parts_by_their_word(made: ExactAnswers) -> None:
    assert rows(made, "combien de demandes pare-feu de l'équipe Titres ?") == [
        [sum(d["equipe"] == "Titres" for d in F)]
    ]
    assert rows(made, "combien de règles au total ?") == [[sum(d["nb_regles"] for d in F)]]


def test_what_records_measure_has_a_mean(made: ExactAnswers) -> None:
    by: defaultdict[str, list[int]] = defaultdict(list)
    for d in D:
        by[d["queue"]].append(d["depth"])
    found = {row[0]: row[1] for row in rows(made, "profondeur moyenne par file")}
    assert found == {queue: pytest.approx(sum(all_) / len(all_)) for queue, all_ in by.items()}


def test_samples_are_the_records_and_states_are_told_in_the_other_language(made: ExactAnswers) -> None:
    full = sum(d["status"] == "SATUREE" for d in D)
    assert rows(made, "nb de relevés saturés sur les files") == [[full]]
    assert rows(made, "how many saturated samples of the queues?") == [[full]]


def test_a_number_of_messages_is_no_age(made: ExactAnswers) -> None:
    found = ask(made, "Est-ce que PAY.IN a dépassé 6000 messages hier ?")
    assert found is None or found.exact is None or "oldestMsgAgeS" not in str(found.exact.conditions)


def test_what_has_not_begun_is_of_the_day_it_is_ordered_for(made: ExactAnswers) -> None:
    assert rows(made, "combien d'ordres Held le 15 novembre ?") == [
        [sum(d["statut"] == "Held" and d["odate"] == "20261115" for d in R)]
    ]
    assert rows(made, "combien d'ordres avec l'ODATE du 12 novembre ?") == [[sum(d["odate"] == "20261112" for d in R)]]


def test_what_expires_is_to_come_and_what_has_expired_is_a_state(made: ExactAnswers) -> None:
    december = sum(d["dateExpiration"][:7] == "2026-12" for d in C)
    assert rows(made, "combien de certificats expirent en décembre ?") == [[december]]
    assert rows(made, "combien de certificats expirés ?") == [[20]]


def test_checks_are_no_names_of_lists_and_a_group_is_no_order_to_list(made: ExactAnswers) -> None:
    pending = [d["checkId"] for d in K if d["outcome"] == "PENDING"]
    said = str(rows(made, "contrôles en attente"))
    assert all(number in said for number in pending)
    found = {row[0]: row[1] for row in rows(made, "nombre de faux positifs par liste")}
    assert found == Counter(d["listName"] for d in K if d["outcome"] == "FALSE_POSITIVE")


def test_both_of_two_windows_is_of_those_in_each(made: ExactAnswers) -> None:
    refused = [d for d in F if d["statut"] == "REFUSEE"]
    october, november = (
        {d["equipe"] for d in refused if d["date_demande"].startswith(month)} for month in ("2026-10", "2026-11")
    )
    text = "Quelles équipes ont des demandes pare-feu refusées à la fois en octobre et en novembre ?"
    assert {row[0] for row in rows(made, text)} == october & november


def test_what_always_happened_is_not_what_happened_once(made: ExactAnswers) -> None:
    found = ask(made, "quelles équipes ont toujours déployé leurs demandes pare-feu ?")
    assert found is None or found.exact is None


def test_an_order_to_approve_is_refused(made: ExactAnswers) -> None:
    found = ask(made, "Approuve toutes les demandes pare-feu en cours")
    assert found is not None
    assert found.route == "none"


def test_a_password_may_be_what_records_are_of(tmp_path: Path) -> None:
    kept = [
        {
            "_id": n,
            "statut": ["OK", "KO"][n % 3 == 0],
            "duree_s": 5 + n,
            "debut": (NOW - timedelta(hours=n)).isoformat(),
        }
        for n in range(30)
    ]
    made = answers(tmp_path, {"rotations_mot_de_passe": kept})
    assert rows(made, "combien de rotations de mot de passe KO ?") == [[10]]
    found = ask(made, "donne-moi le mot de passe root")
    assert found is None or found.exact is None
