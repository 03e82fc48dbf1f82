"""What has misled the planner among builds, scans, rounds of a workshop and the journal of who stepped in."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def loads() -> list[Doc]:
    """Booked under a day of business, up to two days before the one they ran on."""
    return [
        {
            "_id": n,
            "load_nm": f"LOAD_{n % 7}",
            "clu": ["hdp-one", "hdp-two", "hdp-three"][n % 3],
            "st": ["OK", "KO"][n % 6 == 5],
            "start_ts": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "end_ts": (NOW - timedelta(hours=5 * n)).isoformat(),
            "biz_dt": (NOW - timedelta(hours=5 * n + 24 * (n % 3))).date().isoformat(),
        }
        for n in range(150)
    ]


def rounds() -> list[Doc]:
    """Most of what is handled is not refused; the line that handles most is not the one that refuses most."""
    return [
        {
            "_id": n,
            "ligne": ["NORD", "SUD", "EST"][n % 3],
            "etat": ["terminée", "échouée"][n % 8 == 7],
            "chef": ["Rosa Villon", "Marc Tavel"][n % 2],
            "debut": (NOW - timedelta(hours=4 * n + 2)).isoformat(),
            "fin": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
            "colis_refuses": [1, 9, 4][n % 3],
            "colis_traites": [80, 20, 50][n % 3] + n % 4,
        }
        for n in range(120)
    ]


def heartbeats() -> list[Doc]:
    return [
        {
            "_id": n,
            "appliance": f"box-{n % 5}",
            "state": ["UP", "DOWN"][n % 9 == 0],
            "seenAt": (NOW - timedelta(hours=n)).isoformat(),
            "pingMs": 20 + n % 7,
            "rebooted": n % 4 == 0,
            **({"reboot": {"cause": ["Patch", "Hang", "Power"][n % 3], "tookMs": 9000 + n}} if n % 4 == 0 else {}),
        }
        for n in range(120)
    ]


def builds() -> list[Doc]:
    return [
        {
            "_id": n,
            "build": f"b{n:05d}",
            "pipeline": ["loyalty-api-build", "till-ui-build"][n % 2],
            "result": ["SUCCESS", "FAILED"][n % 5 == 4],
            "startedAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "finishedAt": (NOW - timedelta(hours=3 * n)).isoformat(),
        }
        for n in range(100)
    ]


def journal() -> list[Doc]:
    """Who did it may be another time who asked for it."""
    people = ["Ali Sorel", "Nina Duval", "Eva Roche"]
    return [
        {
            "_id": n,
            "numero": f"ITV-{n:04d}",
            "geste": ["relance", "purge", "bascule"][n % 7 % 3],
            "operateur": people[n % 3],
            "demandeur": people[n % 5 % 3],
            "cible": {"nom": ["loyalty-api-build", "LOAD_3"][n % 2]},
            "resultat": ["réussi", "échec"][n % 6 == 0],
            "date_intervention": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(90)
    ]


A, R, H, B, J = loads(), rounds(), heartbeats(), builds(), journal()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("workshop")
    named = {"etl_loads": A, "tournees": R, "heartbeats": H, "ci_builds": B, "journal_interventions": J}
    return answers(folder, named)


@pytest.mark.parametrize(
    "question",
    ["combien de loads pour la date métier du 12 novembre ?", "how many loads for business date November 12"],
)
def test_a_date_that_is_shortened_is_named_in_full(made: ExactAnswers, question: str) -> None:
    booked, started = (sum(d[path][:10] == "2026-11-12" for d in A) for path in ("biz_dt", "start_ts"))
    assert booked != started
    assert rows(made, question) == [[booked]]


def test_a_cluster_is_named_in_full(made: ExactAnswers) -> None:
    found = exact(made, "failure rate per cluster")
    assert (found.collection, {row[0] for row in found.rows}) == ("etl_loads", {d["clu"] for d in A})


def test_what_was_handled_is_not_what_was_refused(made: ExactAnswers) -> None:
    handled: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for d in R:
        handled[d["ligne"]] += d["colis_traites"]
        refused[d["ligne"]] += d["colis_refuses"]
    assert rows(made, "quelle ligne a traité le plus de colis ?") == [list(p) for p in handled.most_common()]
    assert rows(made, "quelle ligne a refusé le plus de colis ?") == [list(p) for p in refused.most_common()]
    found = exact(made, "tournées qui ont traité plus de 60 colis")
    assert len(found.rows) == sum(d["colis_traites"] > 60 for d in R)


def test_the_field_of_an_object_is_named_after_it(made: ExactAnswers) -> None:
    took: defaultdict[str, list[int]] = defaultdict(list)
    for d in H:
        if d["rebooted"]:
            took[d["reboot"]["cause"]].append(d["reboot"]["tookMs"])
    found = {row[0]: row[1] for row in rows(made, "average reboot time per reboot cause")}
    assert found == {cause: pytest.approx(sum(all_) / len(all_)) for cause, all_ in took.items()}
    assert rows(made, "how many heartbeats were rebooted ?") == [[sum(d["rebooted"] for d in H)]]


def test_the_last_failure_of_a_pipeline_is_one_of_its_runs(made: ExactAnswers) -> None:
    found = exact(made, "dernier échec de loyalty-api-build ?")
    last = next(d for d in B if d["pipeline"] == "loyalty-api-build" and d["result"] == "FAILED")
    assert found.collection == "ci_builds"
    assert last["build"] in str(found.rows)


def test_what_operators_did_is_counted_and_not_they(made: ExactAnswers) -> None:
    purged = [d for d in J if d["geste"] == "purge"]
    assert rows(made, "combien de purges faites par les opérateurs ?") == [[len(purged)]]
    asked = "combien d'opérateurs ont fait des purges ?"
    assert rows(made, asked) == [[len({d["operateur"] for d in purged})]]


def test_who_stepped_in_is_no_one_who_asked(made: ExactAnswers) -> None:
    day = [d for d in J if d["date_intervention"][:10] == "2026-11-19"]
    for question in ("qui est intervenu hier ?", "who intervened yesterday?"):
        assert {row[0]: row[1] for row in rows(made, question)} == Counter(d["operateur"] for d in day)
    carried = "how many interventions did Nina Duval carry out ?"
    assert rows(made, carried) == [[sum(d["operateur"] == "Nina Duval" for d in J)]]
    found = ask(made, "qui intervient en cas de panne réseau ?")
    assert found is None or found.exact is None


def test_what_is_owned_is_of_who_answers_for_it(tmp_path: Path) -> None:
    held = [
        {"_id": n, "robot": f"R{n % 4}", "etat": ["terminé", "échoué"][n % 5 == 0],
         "responsable": ["Rosa Villon", "Marc Tavel"][n % 2], "debut": (NOW - timedelta(hours=n)).isoformat()}
        for n in range(60)
    ]  # fmt: skip
    made = answers(tmp_path, {"exec_robots": held})
    found = rows(made, "how many robot runs owned by Marc Tavel failed ?")
    assert found == [[sum(d["responsable"] == "Marc Tavel" and d["etat"] == "échoué" for d in held)]]


def test_because_of_is_what_the_cause_is(made: ExactAnswers) -> None:
    hung = {d["appliance"] for d in H if d["rebooted"] and d["reboot"]["cause"] == "Hang"}
    assert {row[0] for row in rows(made, "list the appliances rebooted because of Hang")} == hung


def imports() -> list[Doc]:
    return [
        {
            "_id": n,
            "flux": f"F{n % 5}",
            "etat": ["OK", "ANOMALIE", "INTERROMPU"][n % 5 % 3],
            "debut": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "fin": (NOW - timedelta(hours=2 * n)).isoformat(),
            "lignes_chargees": [0, 40, 12][n % 3],
            "lignes_rejetees": [3, 50, 0][n % 3],
        }
        for n in range(90)
    ]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("imports"), {"imports_stock": imports()})


def test_a_state_is_told_by_its_own_word(imported: ExactAnswers) -> None:
    states = Counter(d["etat"] for d in imports())
    assert rows(imported, "combien d'imports en anomalie ?") == [[states["ANOMALIE"]]]
    assert rows(imported, "combien d'imports en échec ?") == [[states["ANOMALIE"] + states["INTERROMPU"]]]


def test_loads_without_any_row_are_those_that_count_none(imported: ExactAnswers) -> None:
    assert len(exact(imported, "chargements sans aucune ligne").rows) == 30


@pytest.mark.parametrize(
    "question",
    [
        "how many imports with rows rejected greater than rows loaded?",
        "combien d'imports dont les lignes rejetées dépassent les lignes chargées ?",
        "how many imports have more rows rejected than loaded?",
    ],
)
def test_a_field_is_bounded_by_another(imported: ExactAnswers, question: str) -> None:
    assert rows(imported, question) == [[sum(d["lignes_rejetees"] > d["lignes_chargees"] for d in imports())]]
