"""What has misled the planner among parcels, repairs, grants and builds: failures told in words of the trade, people
who do and people who ask, what was decided and when, things that a number counts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
DAY = timedelta(days=1)


def mailings() -> list[Doc]:
    """Some bounced, some were refused, some timed out: each has a code, and none says that it failed."""
    states = ["handed_over", "handed_over", "bounced", "handed_over", "rejected", "gateway_timeout"]
    return [
        {
            "_id": n,
            "mailing_id": f"ML-{n:05d}",
            "topic_code": ["WELCOME", "RENEWAL", "SURVEY"][n % 3],
            "route": ["letterbox", "fax"][n % 2],
            "state": (state := states[n % 6].replace("handed_over", "delivered")),
            "error_code": None if state == "delivered" else f"E{n % 4}",
            "sent_at": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def repairs() -> list[Doc]:
    return [
        {
            "_id": n,
            "no_rep": f"R{n:05d}",
            "atelier": ["Brest", "Dijon"][n % 2],
            "engin": ["chariot", "compresseur", "pont"][n % 3],
            "etat": ["close", "echouee", "en cours"][n % 5 % 3],
            "debut": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "fin": (NOW - timedelta(hours=5 * n)).isoformat() if n % 5 % 3 < 2 else None,
            **({"tech": ["A. Roy", "B. Vidal", "C. Weil"][n % 7 % 3]} if n % 11 else {}),
            "demandeur": ["quai", "parc", "A. Roy"][n % 3],
            "sous_garantie": n % 4 == 0,
        }
        for n in range(140)
    ]


def grants() -> list[Doc]:
    return [
        {
            "_id": n,
            "idRevue": f"G{n:05d}",
            "outil": ["Atlas", "Borea", "Cobalt"][n % 3],
            "statut": "ouverte" if n < 10 else "cloturee",
            "ouverteLe": (NOW - n * DAY / 2 - timedelta(hours=2)).isoformat(),
            "echeance": (NOW - n * DAY / 2 + 3 * DAY).date().isoformat(),
            "motif": ["cumul de droits", None][n % 2],
            "relances": n % 5,
            **(
                {
                    "decision": ["maintenu", "révoqué", "modifié"][n % 4 % 3],
                    "decideeLe": (NOW - n * DAY / 2 + 2 * DAY).isoformat(),
                }
                if n >= 10
                else {}
            ),
        }
        for n in range(120)
    ]


def builds() -> list[Doc]:
    return [
        {
            "_id": n,
            "build_no": 700 + n,
            "suite": ["login", "basket", "search"][n % 3],
            "outcome": ["passed", "failed", "errored", "passed"][n % 4],
            "begin": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "finish": (NOW - timedelta(hours=2 * n)).isoformat(),
            "tests": {"total": 50 + n, "failed": n % 9 if n % 4 == 1 else 0},
        }
        for n in range(90)
    ]


def loads() -> list[Doc]:
    return [
        {
            "_id": n,
            "idExec": f"X{n}",
            "nomFlux": ["PRET_A", "PRET_B"][n % 2],
            "etatExec": ["TERMINE", "PLANTE", "TERMINE", "EN_TRAITEMENT"][n % 4],
            "dateDebut": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "dateFin": (NOW - timedelta(hours=3 * n)).isoformat(),
            "dossiersLus": 10 * n,
            "dossiersRejetes": n % 4,
            "montantEur": 100.0 * n,
        }
        for n in range(80)
    ]


M, R, G, B, F = mailings(), repairs(), grants(), builds(), loads()
FAILED = {"bounced", "rejected", "gateway_timeout"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("couriers")
    named = {"topic_mailings": M, "reparations": R, "revuesHabilitations": G, "ci_builds": B, "fluxPrets": F}
    return answers(folder, named)


def table(made: ExactAnswers, text: str) -> dict[Any, Any]:
    return {row[0]: row[1] for row in rows(made, text)}


def test_bounced_rejected_and_timed_out_have_all_failed(made: ExactAnswers) -> None:
    assert rows(made, "combien de mailings en échec ?") == [[sum(d["state"] in FAILED for d in M)]]
    assert table(made, "failed mailings per route") == Counter(d["route"] for d in M if d["state"] in FAILED)


def test_a_state_of_no_known_word_has_failed_where_codes_say_so(tmp_path: Path) -> None:
    told = [{**d, "state": d["state"].replace("bounced", "zapped")} for d in M]
    made = answers(tmp_path, {"topic_mailings": told})
    assert rows(made, "combien de mailings en échec ?") == [[sum(d["state"] in FAILED for d in M)]]


def test_a_bounce_is_what_bounced(made: ExactAnswers) -> None:
    assert rows(made, "combien de rebonds de mailings ?") == [[sum(d["state"] == "bounced" for d in M)]]


def test_which_day_had_the_most_of_two_states_asks_for_the_day(made: ExactAnswers) -> None:
    either = Counter(d["route"] for d in M if d["state"] in ("bounced", "rejected"))
    found = rows(made, "which route had the most mailings bounced or rejected?")
    assert {row[0]: row[1] for row in found} == either


def test_a_technician_is_the_field_tech_and_nobody_who_asks(made: ExactAnswers) -> None:
    by = Counter(d["tech"] for d in R if "tech" in d)
    assert table(made, "nombre de réparations par technicien") == by
    assert rows(made, "Qui a fait le plus de réparations ?")[0][0] == by.most_common(1)[0][0]
    assert len(rows(made, "réparations sans technicien renseigné")) == sum("tech" not in d for d in R)


def test_those_who_ask_are_no_technicians(tmp_path: Path) -> None:
    made = answers(tmp_path, {"reparations": [{k: v for k, v in d.items() if k != "tech"} for d in R]})
    found = ask(made, "nombre de réparations par technicien")
    assert found is None or found.exact is None


def test_under_warranty_is_a_flag_in_french(made: ExactAnswers) -> None:
    assert rows(made, "how many reparations under warranty?") == [[sum(d["sous_garantie"] for d in R)]]


def test_a_word_cut_short_is_the_one_value_that_begins_so(made: ExactAnswers) -> None:
    assert rows(made, "combien de réparations de compr ?") == [[sum(d["engin"] == "compresseur" for d in R)]]


def test_revocations_are_what_was_revoked(made: ExactAnswers) -> None:
    revoked = [d for d in G if d.get("decision") == "révoqué"]
    by = Counter(d["outil"] for d in revoked)
    assert rows(made, "combien de révocations ?") == [[len(revoked)]]
    assert table(made, "number of revocations per outil") == by
    assert table(made, "droits révoqués par outil") == by


def test_what_was_revoked_is_of_the_day_of_its_decision(made: ExactAnswers) -> None:
    last = [d for d in G if d.get("decision") == "révoqué" and "2026-11-09" <= d["decideeLe"][:10] <= "2026-11-15"]
    assert last
    assert rows(made, "combien d'accès révoqués la semaine dernière ?") == [[len(last)]]


def test_how_often_something_was_sent_again_is_no_state(made: ExactAnswers) -> None:
    assert len(rows(made, "revues relancées plus de 2 fois")) == sum(d["relances"] > 2 for d in G)


def test_what_is_due_is_past_its_date(made: ExactAnswers) -> None:
    due = [d for d in G if d["echeance"] <= NOW.date().isoformat() and d["statut"] != "cloturee"]
    assert len(rows(made, "revues échues")) == len(due)


def test_tests_in_failure_are_those_that_a_build_counts(made: ExactAnswers) -> None:
    assert rows(made, "combien de tests en échec ?") == [[sum(d["tests"]["failed"] for d in B)]]
    assert len(rows(made, "builds avec des tests en échec depuis le 1er janvier")) == sum(
        d["tests"]["failed"] > 0 for d in B
    )
    assert len(rows(made, "builds sans test en échec depuis le 1er janvier")) == sum(
        d["tests"]["failed"] == 0 for d in B
    )


def test_suites_of_tests_are_suites(made: ExactAnswers) -> None:
    bad = Counter(d["suite"] for d in B if d["outcome"] in ("failed", "errored"))
    assert table(made, "top 3 test suites by failures") == bad
    assert table(made, "nombre d'échecs par suite de tests") == bad


def test_a_word_of_the_collections_name_says_no_more_of_what_was_rejected(made: ExactAnswers) -> None:
    rejected = {name: sum(d["dossiersRejetes"] for d in F if d["nomFlux"] == name) for name in ("PRET_A", "PRET_B")}
    assert table(made, "rejected loan files per flux") == rejected


def test_handled_is_not_being_handled(made: ExactAnswers) -> None:
    assert rows(made, "montant total traité par PRET_A") == [
        [sum(d["montantEur"] for d in F if d["nomFlux"] == "PRET_A")]
    ]


def test_a_second_measure_is_not_dropped(made: ExactAnswers) -> None:
    found = ask(made, "dossiers rejetés / dossiers lus par flux")
    assert found is None or found.exact is None


def test_a_follow_up_of_what_was_not_understood_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "combien de réparations par zorglub en octobre ?", "par atelier plutôt")
    assert found is None or found.exact is None


def test_keeping_only_narrows(made: ExactAnswers) -> None:
    found = exact(made, "réparations par atelier", "en ne gardant que les chariots")
    assert {row[0]: row[1] for row in found.rows} == Counter(d["atelier"] for d in R if d["engin"] == "chariot")
