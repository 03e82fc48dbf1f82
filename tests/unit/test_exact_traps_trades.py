"""Crossings, crates, tours and takings: nouns of trades in the other language, and the field an adjective is about."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from computing import NOW, answers, exact

from vigie.ask.exact import ExactAnswers
from vigie.ask.planner.glossary import kin_of

DAY = NOW.replace(hour=1, minute=0) - timedelta(days=1)


@pytest.fixture
def made(tmp_path: Path) -> ExactAnswers:
    """Forty crates, the heaviest of which are the cheapest; forty tours of meters; takings of desks 1 to 3 in four
    halls, numbered anew in each; forty crossings."""
    crates = [
        {
            "_id": f"c{n}",
            "crate_ref": f"CR{n:04}",
            "haulier": f"H{n % 4}",
            "state": "MISPLACED" if n % 10 == 0 else "SHIPPED",
            "left_at": (DAY + timedelta(minutes=n)).isoformat(),
            "weight_kg": 10.5 + n,
            "fee": {"amount": 99.5 - n, "currency": "EUR"},
        }
        for n in range(40)
    ]
    tours = [
        {
            "_id": f"t{n}",
            "id_tour": f"T{n:04}",
            "secteur": f"S{n % 4}",
            "etat": "COMPLETE" if n % 3 == 0 else "PARTIELLE",
            "ts_debut": (DAY + timedelta(minutes=n)).isoformat(),
            "ts_fin": (DAY + timedelta(minutes=n + 5)).isoformat(),
        }
        for n in range(40)
    ]
    takings = [
        {
            "_id": f"k{n}",
            "magasin": f"Hall-{'NSEW'[n % 4]}",
            "caisse": str(n % 3 + 1),
            "opened_at": (DAY - timedelta(days=n % 30)).isoformat(),
            "closed_at": None if n in (5, 6) else (DAY - timedelta(days=n % 30, hours=-8)).isoformat(),
            "recette": 100.0 + n,
        }
        for n in range(60)
    ]
    crossings = [
        {
            "_id": f"x{n}",
            "crossingNo": f"X{n:04}",
            "vessel": f"MV-{n % 5}",
            "passengers": 10 + n,
            "status": "DIVERTED" if n % 8 == 0 else "ARRIVED",
            "sailedAt": (DAY + timedelta(minutes=n)).isoformat(),
        }
        for n in range(40)
    ]
    return answers(
        tmp_path, {"crates": crates, "tours_compteurs": tours, "fonds_caisses": takings, "ferry_crossings": crossings}
    )


def column(made: ExactAnswers, question: str, name: str) -> list[object]:
    found = exact(made, question)
    assert name in found.columns, found.columns
    return [row[found.columns.index(name)] for row in found.rows]


@pytest.mark.parametrize("question", ["Les 3 crates les plus lourdes", "The 3 heaviest crates"])
def test_the_heaviest_are_those_that_weigh_most(made: ExactAnswers, question: str) -> None:
    assert column(made, question, "crate_ref") == ["CR0039", "CR0038", "CR0037"]


@pytest.mark.parametrize(
    "question", ["The 3 lightest crates", "les 3 crates les plus légères", "the 3 priciest crates"]
)
def test_the_lightest_and_the_dearest_are_ranked_by_their_own_field(made: ExactAnswers, question: str) -> None:
    assert column(made, question, "crate_ref") == ["CR0000", "CR0001", "CR0002"]


def test_the_cheapest_are_told_by_the_fee(made: ExactAnswers) -> None:
    assert column(made, "the 2 cheapest crates", "crate_ref") == ["CR0039", "CR0038"]


def test_a_state_after_the_records_is_no_date_of_their_end(made: ExactAnswers) -> None:
    assert column(made, "dernier tour complet de S2", "id_tour") == ["T0030"]


def test_a_monthly_number_is_one_of_any_field(made: ExactAnswers) -> None:
    found = exact(made, "recette mensuelle du Hall-N")
    assert found.plan["keys"][0]["bucket"] == "month"
    assert found.plan["measures"][0]["aggregate"] == "sum"


@pytest.mark.parametrize(
    "question",
    [
        "Which stores took more than 1,940 in the last 60 days?",
        "quels magasins ont encaissé plus de 1940 ces 60 derniers jours ?",
    ],
)
def test_what_is_taken_is_no_number_of_records(made: ExactAnswers, question: str) -> None:
    sums: dict[str, float] = {}
    for n in range(60):
        sums[f"Hall-{'NSEW'[n % 4]}"] = sums.get(f"Hall-{'NSEW'[n % 4]}", 0.0) + 100.0 + n
    expected = {hall: total for hall, total in sums.items() if total > 1940}
    assert 0 < len(expected) < 4
    assert dict(exact(made, question).rows) == pytest.approx(expected)


def test_tills_numbered_anew_in_each_hall_are_listed_one_by_one(made: ExactAnswers) -> None:
    assert sorted(column(made, "donne moi les caisses encore ouvertes", "_id")) == ["k5", "k6"]


@pytest.mark.parametrize("question", ["nombre de passagers transportés par navire", "passengers carried per ship"])
def test_what_is_carried_is_counted_by_the_vessel(made: ExactAnswers, question: str) -> None:
    found = exact(made, question)
    assert found.rows[0] == ["MV-4", sum(10 + n for n in range(40) if n % 5 == 4)]


def test_words_of_a_trade_are_of_both_languages(made: ExactAnswers) -> None:
    assert exact(made, "How many crossings were diverted?").rows == exact(made, "combien de crossings déroutés ?").rows


def test_words_that_only_look_alike_are_no_kin() -> None:
    assert "gare" not in kin_of("state")
    assert not {"livr", "livreur"} & kin_of("cours")
    assert "avion" not in kin_of("planned")
    assert "flight" in kin_of("vols")
    assert "flight" not in kin_of("volume")
