"""Who did what, what is due, what is still planned: requests, their approvers and the releases of a platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
WHO = ["Ana Ruiz", "Bo Lind", "Cy Noël"]


def _request(n: int) -> Doc:
    opened = NOW - timedelta(hours=5 * n + 1)
    state = ["livré", "ouvert", "annulé", "en cours"][n % 4]
    answered = {"pris_par": WHO[(n + 1) % 3], "pris_le": (opened + timedelta(hours=30)).isoformat()} if n % 3 else {}
    return {
        "_id": n,
        "no_demande": f"RQ-{n:04d}",
        "demandeur": {"nom": WHO[n % 3], "site": ["NORD", "SUD"][n % 2]},
        "affecte_a": WHO[(n + 1) % 3],
        "etat": state,
        "ouvert_le": opened.isoformat(),
        "echeance": (opened + timedelta(days=3)).date().isoformat(),
        "valide_par": WHO[(n + 2) % 3],
        "clos_par": WHO[n % 3],
        "attente_h": 1 + n % 7,
        "duree_h": 20 + n % 9,
    } | answered


def _release(n: int) -> Doc:
    begins = NOW + timedelta(days=6) - timedelta(hours=19 * n)
    future = begins > NOW
    return {
        "_id": n,
        "chg_id": f"C{n:04d}",
        "produit": ["Atlas", "Boreal"][n % 2],
        "cible": ["PROD", "REC"][n // 2 % 2],
        "statut": "planned" if future else ["deployed", "failed", "deployed"][n % 3],
        "debut": begins.isoformat(),
        "fin": (begins + timedelta(hours=1)).isoformat(),
        "downtime_min": n % 11,
        "risk": ["low", "high", None][n % 3],
    }


def _exchange(n: int) -> Doc:
    at = NOW - timedelta(minutes=50 * n + 5)
    return {
        "_id": n,
        "exchangeId": f"X{n:05d}",
        "fileName": f"EX_{n:05d}.csv",
        "counterparty": {"code": f"0{n % 4}00", "name": ["Halden", "Ostrava Bank", "Sud Crédit", "Vilnius"][n % 4]},
        "direction": ["OUT", "IN", "OUT"][n % 3],
        "state": ["DELIVERED", "REJECTED", "DELIVERED", "TIMED_OUT", "ABORTED", "DELIVERED"][n % 6],
        "paymentCount": 10 + n % 40,
        "size_kb": 100 + n % 50,
        "amount": {"value": 100.0 * n, "currency": ["EUR", "CHF"][n // 2 % 2]},
        "startedAt": at.isoformat(),
    }


ASKED = [_request(n) for n in range(120)]
SHIPPED = [_release(n) for n in range(90)]
SENT = [_exchange(n) for n in range(600)]
BAD = ("REJECTED", "TIMED_OUT", "ABORTED")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder = tmp_path_factory.mktemp("people")
    return answers(folder, {"demandes": ASKED, "chg_platform": SHIPPED, "file_transfers": SENT})


def _tally(docs: list[Doc], key: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for doc in docs:
        found[key(doc)] = found.get(key(doc), 0) + 1
    return found


def test_who_did_it_is_the_field_that_the_verb_names(made: ExactAnswers) -> None:
    assert dict(rows(made, "qui valide le plus de demandes ?")) == _tally(ASKED, lambda d: d["valide_par"])
    taken = [d for d in ASKED if "pris_par" in d]
    assert dict(rows(made, "nombre de demandes par demandeur")) == _tally(ASKED, lambda d: d["demandeur"]["nom"])
    assert rows(made, "combien de demandes validées par Bo Lind ?") == [
        [sum(d["valide_par"] == "Bo Lind" for d in ASKED)]
    ]
    assert rows(made, "combien de demandes ouvertes par Cy Noël ?") == [
        [sum(d["demandeur"]["nom"] == "Cy Noël" for d in ASKED)]
    ]
    assert len(taken) < len(ASKED)


def test_requesters_are_those_who_asked(made: ExactAnswers) -> None:
    assert exact(made, "top 3 requesters").columns[0] == "demandeur.nom"


def test_what_is_overdue_is_past_its_date_and_not_done(made: ExactAnswers) -> None:
    today = NOW.date().isoformat()
    late = sum(d["echeance"] <= today and d["etat"] in ("ouvert", "en cours") for d in ASKED)
    assert rows(made, "combien de demandes ont dépassé leur échéance ?") == [[late]]
    still = sum(d["echeance"] <= today and d["etat"] == "ouvert" for d in ASKED)
    assert len(rows(made, "liste des demandes dont l'échéance est dépassée et qui sont toujours ouvertes")) == still
    assert rows(made, "how many overdue requests?") == [[late]]


def test_a_wait_is_not_how_long_it_took(made: ExactAnswers) -> None:
    assert exact(made, "les 3 demandes les plus longues").rows[0][-1] is not None
    longest = max(d["duree_h"] for d in ASKED)
    assert rows(made, "durée maximale des demandes")[0][0] in (longest, longest * 3600)


def test_the_last_one_has_taken_place(made: ExactAnswers) -> None:
    past = [d for d in SHIPPED if d["debut"] <= NOW.isoformat() and d["produit"] == "Atlas"]
    found = exact(made, "dernier changement d'Atlas ?")
    shown = found.rows[0][found.columns.index("chg_id")]
    assert shown == max(past, key=lambda d: d["debut"])["chg_id"]


def test_downtime_is_added_up_and_no_state(made: ExactAnswers) -> None:
    wanted = sum(d["downtime_min"] for d in SHIPPED if d["produit"] == "Boreal" and d["cible"] == "PROD")
    assert rows(made, "total d'indisponibilité des changements Boreal en prod")[0][0] == wanted


def test_a_level_of_risk_is_the_risk(made: ExactAnswers) -> None:
    lacking = sum(d["risk"] is None for d in SHIPPED)
    assert rows(made, "combien de changements sans niveau de risque ?") == [[lacking]]


def test_transfers_are_no_payments(made: ExactAnswers) -> None:
    rejected = sum(d["state"] == "REJECTED" for d in SENT)
    assert rows(made, "combien de transferts rejetés ?") == [[rejected]]
    assert rows(made, "nb de transferts vers Halden", "et rejetés ?") == [
        [
            sum(
                d["state"] == "REJECTED" and d["direction"] == "OUT" and d["counterparty"]["name"] == "Halden"
                for d in SENT
            )
        ]
    ]


def test_where_nothing_says_failed_what_was_rejected_did(made: ExactAnswers) -> None:
    assert rows(made, "combien de transferts en échec ?") == [[sum(d["state"] in BAD for d in SENT)]]


def test_delivered_amounts_are_those_delivered(made: ExactAnswers) -> None:
    wanted = sum(d["amount"]["value"] for d in SENT if d["state"] == "DELIVERED" and d["amount"]["currency"] == "CHF")
    assert rows(made, "montant total livré en CHF")[0][0] == pytest.approx(wanted)
    euros = [d for d in SENT if d["state"] == "REJECTED" and d["amount"]["currency"] == "EUR"]
    assert max(d["amount"]["value"] for d in euros) in rows(made, "plus gros montant rejeté en euros")[0]


def test_a_code_after_its_object_is_its_code(made: ExactAnswers) -> None:
    wanted = sum(d["counterparty"]["code"] == "0100" and d["direction"] == "OUT" for d in SENT)
    assert rows(made, "combien de fichiers vers la contrepartie 0100 ?") == [[wanted]]


def test_partners_are_counted_once_each(made: ExactAnswers) -> None:
    names = {d["counterparty"]["name"] for d in SENT if d["state"] == "REJECTED"}
    assert rows(made, "combien de contreparties ont eu un rejet ?") == [[len(names)]]


def test_several_times_is_twice_at_least(made: ExactAnswers) -> None:
    failed = [
        d for d in SENT if d["state"] in BAD and d["startedAt"] > (NOW - timedelta(hours=9, minutes=30)).isoformat()
    ]
    several = {name for name, n in _tally(failed, lambda d: d["counterparty"]["name"]).items() if n > 1}
    found = rows(made, "contreparties tombées plusieurs fois en échec aujourd'hui")
    assert {row[0] for row in found} == several


def test_sides_bear_the_accents_that_were_left_out(made: ExactAnswers) -> None:
    found = exact(made, "plus de rejets cette semaine que la semaine derniere ?")
    assert "la semaine dernière" in [*found.columns, *(row[0] for row in found.rows)]


def test_who_are_and_which_are_is_no_question_for_the_documents(made: ExactAnswers) -> None:
    found = ask(made, "liste des demandes qui sont en cours")
    assert found is not None
    assert found.route == "exact"


def test_what_comes_before_a_colon_is_left_out_unless_it_says_something(made: ExactAnswers) -> None:
    plain = rows(made, "combien de transferts rejetés ?")
    assert rows(made, "Bonjour, pour le point de demain 9h : combien de transferts rejetés ?") == plain
    halden = rows(made, "combien de transferts rejetés pour Halden ?")
    assert rows(made, "Halden : combien de transferts rejetés ?") == halden != plain


def test_two_windows_of_each_group_stand_side_by_side(made: ExactAnswers) -> None:
    days = [(NOW - timedelta(days=n)).date().isoformat() for n in (1, 2)]
    of_day = [
        _tally([d for d in SENT if d["startedAt"][:10] == day], lambda d: d["counterparty"]["name"]) for day in days
    ]
    found = rows(made, "nombre de transferts par contrepartie hier vs avant-hier")
    assert {row[0]: row[1:] for row in found} == {name: [n, of_day[1].get(name, 0)] for name, n in of_day[0].items()}


def test_the_first_ones_of_each_group_are_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "top 2 des codes par contrepartie")
    assert found is not None
    assert found.route == "clarify"


def test_whether_all_is_well_is_whether_nothing_failed(made: ExactAnswers) -> None:
    failed = sum(d["state"] in BAD and d["startedAt"][:10] == NOW.date().isoformat() for d in SENT)
    assert rows(made, "tout est ok côté transferts aujourd'hui ?")[0] == [False, failed]


def test_how_long_it_was_down_is_no_duration_of_what_failed(made: ExactAnswers) -> None:
    found = exact(made, "durée moyenne d'indisponibilité par produit")
    assert (found.collection, found.plan["measures"][0]["path"]) == ("chg_platform", "downtime_min")
    assert not found.conditions


def test_a_size_that_none_has_is_no_total(made: ExactAnswers) -> None:
    assert rows(made, "combien de transferts de plus de 10 Mo ?") == [[0]]
