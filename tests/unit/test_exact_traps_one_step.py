"""What has misled the planner in runs of one step each, remote commands and exchanges whose ways are shortened."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def refreshes() -> list[Doc]:
    """CUBE_NORD has not run for weeks."""
    found = []
    for n in range(260):
        cube = "CUBE_NORD" if n > 230 else ["CUBE_SUD", "CUBE_EST", "CUBE_OUEST"][n % 3]
        state = "aborted" if n % 9 == 4 else "done"
        found.append(
            {
                "_id": n,
                "refreshKey": f"k-{n:05d}",
                "cube": {"name": cube, "tier": ["raw", "fine"][n % 2]},
                "step": {"name": ["load", "sort", "publish", "check"][n % 4]},
                "result": {"state": state, "rejectedRows": 7 * (n % 13)},
                "begin": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
                "finish": (NOW - timedelta(hours=4 * n)).isoformat(),
                "node": ["n1", "n2", "n3"][n % 5 % 3],
            }
        )
    return found


def commands() -> list[Doc]:
    return [
        {
            "_id": n,
            "no_op": f"OP{n:04d}",
            "borne": f"B{n % 6:02d}",
            "operation": ["REBOOT", "PURGE", "TEST"][n % 3],
            "resultat": ["FAIT", "FAIT", "SANS_REPONSE", "REFUSE"][n % 4],
            "lancee_le": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(180)
    ]


def exchanges() -> list[Doc]:
    return [
        {
            "_id": n,
            "NO_ECH": f"E{n:05d}",
            "PART": ["NORDIA", "HELVETA"][n % 2],
            "SENS": ["EMI", "REC"][n % 3 == 0],
            "ETAT": ["TERMINE", "REJETE"][n % 11 == 5],
            "VOL_MO": 0.5 + n % 17,
            "DT_DEB": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(220)
    ]


R, C, X = refreshes(), commands(), exchanges()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("steps")
    return answers(folder, {"hypercube_refresh": R, "bornes_telecommandes": C, "pel_echanges": X})


def test_steps_are_the_runs_of_what_is_run_by_steps(made: ExactAnswers) -> None:
    bad = [d for d in R if d["result"]["state"] == "aborted"]
    assert rows(made, "combien d'étapes en échec ?") == [[len(bad)]]
    nodes = Counter(d["node"] for d in bad)
    assert {row[0]: row[1] for row in rows(made, "Top 3 nodes by number of aborted steps")} == nodes
    months = exact(made, "aborted steps per month")
    assert (len(months.plan["keys"]), sum(row[-1] for row in months.rows)) == (1, len(bad))
    assert {row[0] for row in rows(made, "quelles étapes ont échoué ?")} == {d["step"]["name"] for d in bad}


def test_what_the_records_are_of_is_called_by_the_end_of_their_name(made: ExactAnswers) -> None:
    by = Counter(d["cube"]["name"] for d in R if d["result"]["state"] == "aborted")
    found = rows(made, "Quels hypercubes ont eu au moins 5 étapes en échec ?")
    assert {row[0]: row[1] for row in found} == {name: n for name, n in by.items() if n >= 5}
    assert [row[0] for row in rows(made, "Which hypercubes have not run since November 1?")] == ["CUBE_NORD"]
    lost: Counter[str] = Counter()
    for d in R:
        lost[d["cube"]["name"]] += d["result"]["rejectedRows"]
    found = rows(made, "hypercubes with more than 1000 rejected rows")
    assert {row[0]: row[1] for row in found} == {name: n for name, n in lost.items() if n > 1000}


def test_commands_from_afar_are_commands(made: ExactAnswers) -> None:
    silent = Counter(d["borne"] for d in C if d["resultat"] == "SANS_REPONSE")
    assert rows(made, "combien de commandes sans réponse ?") == [[sum(silent.values())]]
    assert {row[0]: row[1] for row in rows(made, "bornes avec au moins 2 commandes sans réponse")} == {
        name: n for name, n in silent.items() if n >= 2
    }


def test_ways_may_be_told_by_three_letters(made: ExactAnswers) -> None:
    sent = sum(d["VOL_MO"] for d in X if d["SENS"] == "EMI" and d["PART"] == "NORDIA")
    assert rows(made, "total volume in MB sent to NORDIA") == [[pytest.approx(sent)]]
    came = sum(d["SENS"] == "REC" for d in X)
    assert rows(made, "combien d'échanges reçus ?") == [[came]]


def test_which_one_is_which(made: ExactAnswers) -> None:
    sides = exact(made, "NORDIA or HELVETA: which one had more rejected exchanges?")
    by = Counter(d["PART"] for d in X if d["ETAT"] == "REJETE")
    assert {row[0]: row[1] for row in sides.rows} == by


def prices() -> list[Doc]:
    return [
        {
            "_id": n,
            "calcul_no": f"C{n:05d}",
            "part": ["ALPHA", "BETA", "GAMMA"][n % 3],
            "statut": ["VALIDE", "VALIDE", "VALIDE", "REJETE"][n % 4],
            "cours": 100.0 + n % 23,
            "debut": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
        }
        for n in range(160)
    ]


def comparisons() -> list[Doc]:
    return [
        {
            "_id": n,
            "check_no": n,
            "base": ["stocks", "ventes"][n % 2],
            "outcome": ["match", "match", "mismatch"][n % 3],
            "lag_s": 1.0 + n % 7,
            "checked_at": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("prices")
    return answers(folder, {"calculs_cours": prices(), "replica_checks": comparisons()})


def test_what_is_counted_is_what_the_records_are_and_no_number_of_theirs(priced: ExactAnswers) -> None:
    bad = [d for d in prices() if d["statut"] == "REJETE"]
    assert rows(priced, "Combien de cours rejetés ?") == [[len(bad)]]
    parts = Counter(d["part"] for d in bad)
    assert {row[0]: row[1] for row in rows(priced, "Top 5 des parts en nombre de cours rejetés")} == parts
    assert rows(priced, "cours moyen") == [[pytest.approx(sum(d["cours"] for d in prices()) / 160)]]


def test_gaps_of_replication_are_mismatches_and_latency_is_lag(priced: ExactAnswers) -> None:
    wide = Counter(d["base"] for d in comparisons() if d["outcome"] == "mismatch")
    assert rows(priced, "combien de contrôles en écart ?") == [[sum(wide.values())]]
    assert {row[0]: row[1] for row in rows(priced, "quelle base a le plus d'écarts ?")} == wide
    assert exact(priced, "latence moyenne par base").plan["measures"][0]["path"] == "lag_s"


def test_fields_are_called_by_letters_of_their_words(tmp_path: Path) -> None:
    lots = [
        {
            "_id": n,
            "num_lot": f"L{n:04d}",
            "cod_agce": f"{n % 5:05d}",
            "mt_affr_eur": 10.0 + n % 7,
            "st_lot": ["LIVRE", "REJETE"][n % 4 == 0],
            "dt_prod": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(140)
    ]
    made = answers(tmp_path, {"lots_editique": lots})
    by = Counter(d["cod_agce"] for d in lots if d["st_lot"] == "REJETE")
    assert {row[0]: row[1] for row in rows(made, "lots rejetés par agence")} == by
    assert rows(made, "montant total d'affranchissement") == [[pytest.approx(sum(d["mt_affr_eur"] for d in lots))]]
