"""What has misled the planner in notices, in rounds of guards, in checks of badges and in papers to be handed in."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
BAD = ("REJECTED", "TIMEOUT")


def notices() -> list[Doc]:
    """None of their states says in a plain word that it failed."""
    return [
        {
            "_id": n,
            "msgKey": f"NT-{n:05d}",
            "routeName": ["gare-fret", "gare-quai", "port-vrac", "port-ligne"][n % 4],
            "etat": ["DELIVERED", "REJECTED", "DELIVERED", "TIMEOUT", "IN_FLIGHT"][n % 5] if n % 4 else "DELIVERED",
            "canal": ["AMQP", "WS", "FTPS"][n % 3],
            "essais": 1 + n % 4,
            "rejoue": n % 7 == 0,
            "publishedAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(160)
        if n % 4 != 3 or n > 80  # port-ligne has sent nothing for days
    ]


def rounds() -> list[Doc]:
    """Told by the beginning of what the collection is called; planned, then made, some an hour late."""
    found = []
    for n in range(140):
        planned = NOW.replace(tzinfo=None) - timedelta(hours=5 * n + 2)
        late = timedelta(hours=30 if n % 10 < 3 else 0, minutes=5)
        failed = n % 10 in (3, 8)
        found.append(
            {
                "_id": n,
                "code_ron": f"TO{n % 10:02d}",
                "lib_ron": [
                    "Nord matin",
                    "Nord soir",
                    "Port",
                    "Halles",
                    "Gare",
                    "Centre",
                    "Sud",
                    "Est",
                    "Ouest",
                    "Zoo",
                ][n % 10],
                "h_prev_deb": planned.isoformat(timespec="seconds"),
                "h_prev_fin": (planned + timedelta(hours=2)).isoformat(timespec="seconds"),
                "h_reel_deb": (planned + late).isoformat(timespec="seconds"),
                "h_reel_fin": (planned + late + timedelta(hours=2)).isoformat(timespec="seconds"),
                "statut": "EN_ERREUR" if failed else "TERMINEE",
                "vigile": ["Ana Ruiz", "Léo Blin"][n % 2],
            }
        )
    return found


def checks() -> list[Doc]:
    return [
        {
            "_id": n,
            "asset": f"{['tls', 'lift'][n % 2]}-{['lobby', 'roof'][n % 3 == 0]}-{n % 5}{'-bis' * (n % 4 == 0)}",
            "kind": ["tls_cert", "badge_key"][n % 2],
            "issuer": ["GlobalCert", "maison"][n % 4 == 0],
            "result": ["compliant", "expiring", "expired"][n % 3],
            "checkedAt": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
            "expiresAt": (NOW + timedelta(hours=100 - 9 * n)).isoformat(),
        }
        for n in range(120)
    ]


def papers() -> list[Doc]:
    """Those that were missed have a deadline and no delivery."""
    found = []
    for n in range(150):
        due = NOW - timedelta(hours=8 * n + 3)
        missed = n % 9 == 4
        found.append(
            {
                "_id": n,
                "ref": f"PAP-{n:04d}",
                "title": ["Bilan eau", "Bilan air", "Bruit"][n % 3],
                "status": "missed" if missed else ["accepted", "sent", "cancelled"][0 if n % 5 else 1],
                "deadline": due.isoformat(),
                "internalDue": (due - timedelta(hours=20)).isoformat(),
                "deliveredOn": None if missed else (due - timedelta(hours=1)).isoformat(),
                "onTime": not missed and n % 4 != 0,
                "penaltyEur": 250 * (n % 3),
                "declaredAmount": 1000.5 * n,
            }
        )
    return found


def defects() -> list[Doc]:
    return [
        {
            "_id": n,
            "err_id": f"D{n:04d}",
            "err_cd": ["017", "170", "701"][n % 3],
            "st": ["ouverte", "close", "resolue", "rejetee"][n % 4],
            "tkt": f"T{n}" if n % 3 else None,
            "owner": ["Garde Nuit", "Garde", "Atelier"][n % 3],
            "raised_on": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(130)
    ]


N, R, C, P, D = notices(), rounds(), checks(), papers(), defects()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("dispatch")
    named = {"fluxNotices": N, "rondes_site": R, "badge_checks": C, "regDeliveries": P, "anomaly_log": D}
    return answers(folder, named)


def test_where_no_state_says_failed_each_of_them_is_a_way_to_fail(made: ExactAnswers) -> None:
    assert rows(made, "Combien de notices en échec ?") == [[sum(d["etat"] in BAD for d in N)]]


def test_replayed_is_the_flag_and_not_a_number_of_tries(made: ExactAnswers) -> None:
    assert rows(made, "How many notices were replayed?") == [[sum(d["rejoue"] for d in N)]]


def test_in_flight_is_told_in_french(made: ExactAnswers) -> None:
    assert rows(made, "combien de notices en vol ?") == [[sum(d["etat"] == "IN_FLIGHT" for d in N)]]


def test_nothing_after_the_verb_is_none_of_it(made: ExactAnswers) -> None:
    assert {row[0] for row in rows(made, "Which routes have sent nothing for a week?")} == {"port-ligne"}


def test_a_short_value_beside_another_one_of_its_field(made: ExactAnswers) -> None:
    found = exact(made, "ftps ou ws, quel canal a le plus de notices en échec ?")
    told = Counter(d["canal"] for d in N if d["etat"] in BAD)
    assert {row[0]: row[1] for row in found.rows} == {name: told[name] for name in ("FTPS", "WS")}


def test_a_slip_in_the_second_word_of_the_name(made: ExactAnswers) -> None:
    assert rows(made, "combien de noticces rejetées ?") == [[sum(d["etat"] == "REJECTED" for d in N)]]


def test_what_fell_is_a_list_and_no_explanation(made: ExactAnswers) -> None:
    found = exact(made, "qu'est-ce qui est tombé hier côté routes ?")
    day = {d["routeName"] for d in N if d["etat"] in BAD and d["publishedAt"][:10] == "2026-11-19"}
    assert {row[0] for row in found.rows} == day


def test_runs_are_of_when_they_were_made_and_not_of_when_they_were_planned(made: ExactAnswers) -> None:
    found = exact(made, "nombre de rondes par jour")
    days = Counter(d["h_reel_deb"][:10] for d in R)
    assert days != Counter(d["h_prev_deb"][:10] for d in R)
    assert sorted(row[-1] for row in found.rows) == sorted(days.values())


def test_things_are_told_by_their_label(made: ExactAnswers) -> None:
    failed = {d["lib_ron"] for d in R if d["statut"] == "EN_ERREUR"}
    never = {d["lib_ron"] for d in R} - failed
    assert {row[0] for row in rows(made, "quelles rondes n'ont jamais planté")} == never
    assert {row[0] for row in rows(made, "quelles rondes ont planté au moins deux fois ?")} == failed


def test_who_was_in_a_field_that_is_named(made: ExactAnswers) -> None:
    told = {d["vigile"] for d in R if d["lib_ron"] == "Port"}
    assert {row[0] for row in rows(made, "qui était le vigile de Port ?")} == told


def test_expired_is_not_expiring_nor_a_part_of_another_name(made: ExactAnswers) -> None:
    found = exact(made, "combien de certificats expirés ?")
    assert found.rows == [[sum(d["kind"] == "tls_cert" and d["result"] == "expired" for d in C)]]


def test_a_state_expiring_in_the_past_is_no_date_to_come(made: ExactAnswers) -> None:
    told = Counter(d["asset"] for d in C if d["result"] == "expiring" and d["checkedAt"] >= "2026-11-01")
    found = rows(made, "Which assets were reported as expiring at least 3 times since November 1st?")
    assert {row[0]: row[1] for row in found} == {name: n for name, n in told.items() if n > 2}


def test_a_kind_does_not_narrow_the_records_beside_it(made: ExactAnswers) -> None:
    found = ask(made, "combien de contrôles conformes sur les badges et certificats")
    assert found is not None
    assert found.exact is None or found.exact.rows == [[sum(d["result"] == "compliant" for d in C)]]


def test_a_name_with_hyphens_is_not_cut(made: ExactAnswers) -> None:
    found = rows(made, "combien de contrôles du certificat tls-lobby-2 ?")
    assert found == [[sum(d["asset"] == "tls-lobby-2" for d in C)]]


def test_what_was_missed_is_of_its_deadline(made: ExactAnswers) -> None:
    told = {d["ref"] for d in P if d["status"] == "missed" and d["deadline"][:7] == "2026-10"}
    assert told
    assert len(exact(made, "Which deliveries were missed in October?").rows) == len(told)
    assert len(exact(made, "livraisons manquées en octobre").rows) == len(told)


def test_of_late_is_said_of_what_follows(made: ExactAnswers) -> None:
    months = Counter(d["deliveredOn"][:7] for d in P if not d["onTime"] and d["deliveredOn"])
    found = exact(made, "monthly number of late deliveries")
    assert [row[-1] for row in found.rows] == [months[month] for month in sorted(months)]


def test_words_of_the_collection_in_full_and_in_french(made: ExactAnswers) -> None:
    told = sum(d["status"] == "sent" for d in P)
    assert rows(made, "How many regulatory deliveries are in status sent?") == [[told]]
    assert rows(made, "combien de remises en status sent ?") == [[told]]


def test_the_amount_of_what_a_field_of_euros_is_called(made: ExactAnswers) -> None:
    found = exact(made, "montant des pénalités par mois")
    assert sum(row[-1] for row in found.rows) in (
        sum(d["penaltyEur"] for d in P),
        sum(d["penaltyEur"] for d in P if d["deliveredOn"]),
    )


def test_every_error_failed_whatever_was_done_about_it(made: ExactAnswers) -> None:
    told = sum(d["owner"] == "Garde Nuit" for d in D)
    assert rows(made, "Combien d'erreurs sont tombées chez l'équipe Garde Nuit ?") == [[told]]


def test_a_shortened_ticket_and_code(made: ExactAnswers) -> None:
    assert rows(made, "combien d'erreurs sans ticket ?") == [[sum(d["tkt"] is None for d in D)]]
    assert {row[0] for row in rows(made, "Quels codes d'erreur en novembre ?")} == {"017", "170", "701"}


def test_by_the_hour_is_a_way_to_spread(made: ExactAnswers) -> None:
    found = exact(made, "répartition horaire des notices en échec le 18 novembre")
    assert sum(row[-1] for row in found.rows) == sum(
        d["etat"] in BAD and d["publishedAt"][:10] == "2026-11-18" for d in N
    )


def test_since_the_beginning_is_all_that_there_is(made: ExactAnswers) -> None:
    told = sum(d["etat"] in BAD for d in N)
    assert rows(made, "combien de notices en échec depuis le début ?") == [[told]]
