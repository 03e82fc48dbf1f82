"""What has misled the planner in robots of an office, in probes of a shop's machines, in faults and in booked runs."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def macros() -> list[Doc]:
    """Each run by one of four agents, whose names all begin alike; what it took beside what it spared."""
    return [
        {
            "_id": n,
            "runRef": f"M-{n:05d}",
            "macro": ["Relevé mensuel", "Clôture dossier", "Envoi chèques"][n % 3],
            "agent": f"agt-{['iris', 'lys', 'rose', 'jade'][n % 4]}",
            "outcome": ["Completed", "Faulted", "Cancelled", "Completed"][n % 7 % 4],
            "begun": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "stopped": (NOW - timedelta(hours=5 * n) - timedelta(minutes=50 - n % 9)).isoformat(),
            "exec_min": 3 + n % 9,
            "saved_min": 10 * (n % 5),
            "pieces": {"kept": n % 6, "refused": n % 2, "total": n % 6 + n % 2},
        }
        for n in range(140)
    ]


def probes() -> list[Doc]:
    """One measure each, by the kind of probe."""
    return [
        {
            "_id": n,
            "appareil": f"{['borne', 'guichet', 'borne'][n % 3]}-{n % 12:02d}",
            "famille": ["borne", "guichet", "borne"][n % 3],
            "capteur": ["cpu", "memoire"][n % 2],
            "resultat": ["VERT", "ROUGE", "ORANGE", "VERT", "VERT"][n % 5],
            **({"cpu_pct": 50 + n % 50} if n % 2 == 0 else {"ram_pct": 20 + n % 60}),
            "releve_le": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def faults() -> list[Doc]:
    """Some belong to a ticket, some to a run."""
    return [
        {
            "_id": n,
            "faultCode": ["NET-01", "NET-07", "DSK-02"][n % 3],
            "gravity": ["MAJOR", "MINOR"][n % 2],
            "streamName": f"STREAM-{n % 8}",
            "runId": None if n % 7 == 0 else f"R-{n:05d}",
            "incidentRef": f"INC{n:05d}" if n % 4 == 0 else None,
            "seenAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(160)
    ]


def runs() -> list[Doc]:
    """A number of rejects in runs that went well too; booked under a day of its own."""
    return [
        {
            "_id": n,
            "id_execution": f"R-{n:05d}",
            "nom_flux": f"STREAM-{n % 8}",
            "etat": ["ABOUTI", "AVORTE", "ABOUTI"][n % 11 % 3],
            "nb_rejets": n % 13,
            "heure_butoir": ["06:15", "07:45"][n % 8 % 2],
            "debut": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "duree_s": 40 + n % 90,
            "date_comptable": (NOW - timedelta(hours=3 * n + 7)).date().isoformat(),
        }
        for n in range(200)
    ]


M, P, F, R = macros(), probes(), faults(), runs()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("robots")
    return answers(folder, {"macro_sessions": M, "controles_parc": P, "streamFaults": F, "executions_flux": R})


def test_colours_are_told_in_the_other_language(made: ExactAnswers) -> None:
    assert rows(made, "How many red checks?") == [[sum(d["resultat"] == "ROUGE" for d in P)]]
    assert rows(made, "How many amber checks?") == [[sum(d["resultat"] == "ORANGE" for d in P)]]


def test_a_word_that_all_values_hold_is_no_choice_among_them(made: ExactAnswers) -> None:
    faulted = Counter(d["agent"] for d in M if d["outcome"] == "Faulted")
    assert dict(rows(made, "number of faulted sessions for each agt")) == dict(faulted)
    found = exact(made, "how many agt sessions?")
    assert found.rows == [[len(M)]]
    assert not found.conditions


def test_records_beside_what_each_of_them_has_are_the_records(made: ExactAnswers) -> None:
    assert rows(made, "how many macro sessions?") == [[len(M)]]
    assert rows(made, "combien de sessions agent ?") == [[len(M)]]


def test_how_long_a_run_took_is_no_time_between_its_dates_and_not_what_it_spared(made: ExactAnswers) -> None:
    by: dict[str, list[int]] = defaultdict(list)
    for d in M:
        by[d["agent"]].append(d["exec_min"])
    found = rows(made, "Durée médiane des sessions par agent")
    assert dict(found) == {agent: statistics.median(took) for agent, took in by.items()}


def test_minutes_saved_are_added_up_in_the_unit_of_their_field(made: ExactAnswers) -> None:
    saved = sum(d["saved_min"] for d in M)
    assert rows(made, "Combien de minutes gagnées par les agents ?") == [[saved]]
    assert rows(made, "how many minutes did the agents save?") == [[saved]]
    hours = ask(made, "combien d'heures gagnées par les agents ?")
    assert hours is None or hours.exact is None


def test_what_gains_the_most_is_ranked_by_what_it_gained(made: ExactAnswers) -> None:
    by: Counter[str] = Counter()
    for d in M:
        by[d["macro"]] += d["saved_min"]
    found = rows(made, "les 2 macros agent qui font gagner le plus de minutes")
    assert [list(row[:2]) for row in found] == [list(pair) for pair in by.most_common(2)]


def test_things_of_an_object_are_its_total(made: ExactAnswers) -> None:
    assert rows(made, "Combien de sessions à 0 pièce ?") == [[sum(d["pieces"]["total"] == 0 for d in M)]]
    mean = statistics.mean(d["pieces"]["total"] for d in M if d["macro"] == "Clôture dossier")
    assert rows(made, "nb moyen de pièces par session pour Clôture dossier") == [[pytest.approx(mean)]]


def test_records_that_are_not_in_a_state_are_each_of_them(made: ExactAnswers) -> None:
    found = exact(made, "sessions de macro du 19 novembre qui ne sont pas Completed")
    left = {d["runRef"] for d in M if d["outcome"] != "Completed" and d["begun"][:10] == "2026-11-19"}
    assert left
    assert {row[found.columns.index("runRef")] for row in found.rows} == left


def test_faulted_is_a_failure(made: ExactAnswers) -> None:
    assert rows(made, "combien de sessions en échec ?") == [[sum(d["outcome"] == "Faulted" for d in M)]]


def test_machines_are_named_by_their_kind(made: ExactAnswers) -> None:
    red = {d["appareil"] for d in P if d["famille"] == "guichet" and d["resultat"] == "ROUGE"}
    assert {row[0] for row in rows(made, "liste les guichets passées en rouge")} == red


def test_a_kind_of_things_is_one_group(made: ExactAnswers) -> None:
    assert dict(rows(made, "nombre de contrôles par famille d'appareil")) == dict(Counter(d["famille"] for d in P))


def test_a_share_bounds_the_measure_that_a_probe_is_called_by(made: ExactAnswers) -> None:
    assert rows(made, "Combien de mesures cpu au dessus de 80 % ?") == [[sum(d.get("cpu_pct", 0) > 80 for d in P)]]
    assert rows(made, "combien de contrôles mémoire à plus de 60% ?") == [[sum(d.get("ram_pct", 0) > 60 for d in P)]]


def test_a_mean_is_of_the_measure_that_a_probe_is_called_by(made: ExactAnswers) -> None:
    mean = statistics.mean(d["ram_pct"] for d in P if "ram_pct" in d and d["appareil"] == "guichet-01")
    assert rows(made, "mémoire moyenne de guichet-01") == [[pytest.approx(mean)]]


def test_what_records_refer_to_is_there_or_not(made: ExactAnswers) -> None:
    without = sum(d["incidentRef"] is None for d in F)
    assert rows(made, "How many faults have an incident?") == [[len(F) - without]]
    assert rows(made, "how many faults without incident?") == [[without]]
    major = sum(d["incidentRef"] is None and d["gravity"] == "MAJOR" for d in F)
    assert rows(made, "how many MAJOR faults have no incident?") == [[major]]
    alone = sum(d["runId"] is None for d in F)
    assert rows(made, "how many faults are not linked to any run?") == [[alone]]
    assert rows(made, "combien de faults ne sont rattachées à aucun run ?") == [[alone]]
    assert rows(made, "how many faults are linked to a run?") == [[len(F) - alone]]


def test_errors_are_no_rejects_of_runs(made: ExactAnswers) -> None:
    found = ask(made, "combien d'erreurs NET-07 ?")
    assert found is not None
    assert found.exact is None or found.exact.rows == [[sum(d["faultCode"] == "NET-07" for d in F)]]
    failed = sum(d["etat"] == "AVORTE" for d in R)
    assert rows(made, "combien d'erreurs de flux dans les exécutions ?") == [[failed]]


def test_different_things_of_each_are_counted_in_the_records_that_name_both(made: ExactAnswers) -> None:
    streams: dict[str, set[str]] = defaultdict(set)
    for d in F:
        streams[d["faultCode"]].add(d["streamName"])
    found = rows(made, "fault codes vus sur au moins 8 streams différents")
    assert dict(found) == {code: len(seen) for code, seen in streams.items() if len(seen) >= 8}


def test_a_booked_day_is_no_day_of_the_calendar(made: ExactAnswers) -> None:
    day = sum(d["date_comptable"] == "2026-11-12" and d["etat"] == "AVORTE" for d in R)
    assert day != sum(d["debut"][:10] == "2026-11-12" and d["etat"] == "AVORTE" for d in R)
    assert rows(made, "Combien de flux avortés sur la journée comptable du 12 novembre ?") == [[day]]


def test_a_time_of_day_that_a_field_holds_is_its_value(made: ExactAnswers) -> None:
    early = {d["nom_flux"] for d in R if d["heure_butoir"] == "06:15"}
    assert {row[0] for row in rows(made, "quels flux ont une heure butoir à 06:15 ?")} == early


def test_to_end_normally_is_to_succeed(made: ExactAnswers) -> None:
    last = max(d["begun"] for d in M if d["agent"] == "agt-lys" and d["outcome"] == "Completed")
    found = exact(made, "When did agt-lys last end normally?")
    assert next(d["runRef"] for d in M if d["begun"] == last) in map(str, found.rows[0])


def test_to_have_no_fault_is_said_of_all_runs(made: ExactAnswers) -> None:
    day = [d for d in M if d["begun"][:10] == "2026-11-19"]
    left = {d["macro"] for d in day} - {d["macro"] for d in day if d["outcome"] == "Faulted"}
    found = {row[0] for row in rows(made, "quelles macros n'ont pas de défaut le 19 novembre ?")}
    assert found == left
