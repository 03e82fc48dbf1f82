"""What has misled the planner in clearing: shortened states, kinds called as parts of a day, amounts within amounts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def chains() -> list[Doc]:
    """States under a shortened name, where runs are killed and some were never launched."""
    return [
        {
            "_id": n,
            "NOM_CHAINE": f"{['CLR', 'NET', 'REG'][n % 3]}_{n % 12:02d}",
            "STS": ["FINI", "FINI_AVERT", "TUE", "INTERROMPU", "EN_TRANSIT", "NON_LANCE", "FINI"][n % 7],
            "CR": f"00{10 + n % 4}",
            "DEB": (NOW - timedelta(hours=3 * n + 2)).isoformat(),
            "FIN": (NOW - timedelta(hours=3 * n + 1)).isoformat() if n % 7 not in (4, 5) else None,
        }
        for n in range(140)
    ]


def obligations() -> list[Doc]:
    """Two amounts, one of them with its currency; states that are called as dates are."""
    return [
        {
            "_id": n,
            "reference": f"OB{n:05d}",
            "statut": ["soumis", "honoré", "impayé"][n % 3],
            "montant": {"valeur": 1000.0 * n + 500, "devise": ["EUR", "USD"][n % 2]},
            "montantLitige": 7.0 if n % 10 == 0 else None,
            "soumisLe": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def defects() -> list[Doc]:
    """Taken in charge is not dealt with."""
    return [
        {
            "_id": n,
            "ref": f"DEF-{n:04d}",
            "gravite": ["haute", "basse"][n % 2],
            "etat": ["ouverte", "prise en charge", "résolue", "sans suite"][n % 4],
            "delai_prise": 5 + n % 30,
            "signalee_le": (NOW - timedelta(hours=4 * n + 2)).isoformat(),
            "close_le": (NOW - timedelta(hours=4 * n)).isoformat() if n % 4 > 1 else None,
        }
        for n in range(120)
    ]


def parcels() -> list[Doc]:
    return [
        {
            "_id": n,
            "parcel_name": f"p{n:05d}.dat",
            "wave": ["evening", "overnight", "noon"][n % 3],
            "verdict": ["received", "missing", "corrupt"][0 if n % 6 else 1],
            "hash_ok": None if n % 6 == 0 else n % 5 != 1,
            "received_at": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(160)
    ]


CH, OB, DE, PA = chains(), obligations(), defects(), parcels()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    data = {"CHAINES_NUIT": CH, "obligations": OB, "defauts": DE, "parcels": PA}
    return answers(tmp_path_factory.mktemp("records"), data)


def test_a_shortened_state_is_a_state_and_the_killed_have_failed(made: ExactAnswers) -> None:
    failed = sum(d["STS"] in ("TUE", "INTERROMPU") for d in CH)
    assert rows(made, "combien de chaînes en échec ?") == [[failed]]


def test_still_under_way_is_a_state(made: ExactAnswers) -> None:
    going = sum(d["STS"] == "EN_TRANSIT" for d in CH)
    assert rows(made, "combien de chaînes sont toujours en cours ?") == [[going]]


def test_a_return_code_is_its_field(made: ExactAnswers) -> None:
    assert rows(made, "Combien de chaînes avec le code retour 0012 ?") == [[sum(d["CR"] == "0012" for d in CH)]]


def test_the_time_until_it_is_taken_in_charge_has_its_field(made: ExactAnswers) -> None:
    mean = sum(d["delai_prise"] for d in DE) / len(DE)
    assert rows(made, "délai moyen de prise en charge des défauts")[0][0] == pytest.approx(mean)


def test_the_amount_of_an_object_is_meant_before_another(made: ExactAnswers) -> None:
    total = sum(d["montant"]["valeur"] for d in OB if d["montant"]["devise"] == "EUR")
    assert rows(made, "montant total des obligations en EUR")[0][0] == pytest.approx(total)


def test_a_bound_of_one_currency_is_of_the_amount_beside_it(made: ExactAnswers) -> None:
    over = sum(d["montant"]["devise"] == "EUR" and d["montant"]["valeur"] > 100_000 for d in OB)
    assert rows(made, "How many EUR obligations above 100 000?") == [[over]]


def test_unpaid_is_a_state_in_the_other_language(made: ExactAnswers) -> None:
    assert rows(made, "How many unpaid obligations?") == [[sum(d["statut"] == "impayé" for d in OB)]]


@pytest.mark.parametrize("wave", ["evening", "overnight"])
def test_a_kind_called_as_a_part_of_a_day_is_no_time(made: ExactAnswers, wave: str) -> None:
    assert rows(made, f"how many {wave} parcels were missing?") == [
        [sum(d["wave"] == wave and d["verdict"] == "missing" for d in PA)]
    ]


@pytest.mark.parametrize(
    "asked",
    ["how many parcels failed their hash?", "combien de parcels avec un hash KO ?", "how many parcels had a bad hash?"],
)
def test_what_failed_its_check_has_one_that_is_not_ok(made: ExactAnswers, asked: str) -> None:
    assert rows(made, asked) == [[sum(d["hash_ok"] is False for d in PA)]]


def test_flows_are_the_channels_of_what_nothing_else_names(tmp_path: Path) -> None:
    moves = [
        {"_id": n, "moveId": f"MV-{n:05d}", "channel": f"desk{n % 11}.out",
         "state": ["DELIVERED", "REJECTED"][n % 4 == 0],
         "openedAt": (NOW - timedelta(hours=n + 1)).isoformat(), "closedAt": (NOW - timedelta(hours=n)).isoformat()}
        for n in range(132)
    ]  # fmt: skip
    made = answers(tmp_path, {"moves": moves})
    failed = {d["channel"] for d in moves if d["state"] == "REJECTED" and d["openedAt"][:7] == "2026-11"}
    assert {row[0] for row in rows(made, "Quels flux sont en échec ce mois-ci ?")} == failed
