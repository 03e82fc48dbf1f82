"""What has misled the planner where one collection holds several kinds of jobs, sizes, codes and people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def _iso(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def saves() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref": f"SV{n:05d}",
            "operation": ["backup", "backup", "restore", "purge"][n % 4],
            "status": ["OK", "OK", "FAILED", "OK_WARN", "TIMEOUT"][n * 7 % 5],
            "machine": ["lyra", "orion", "vega"][n % 3],
            "medium": ["tape", "disk"][n % 5 == 0],
            "cartridges": [f"T{n % 9}"] if n % 5 else None,
            "dataset": ["RH", "STOCK"][n % 7 < 3],
            "started": _iso(5 * n + 1),
            "durS": 60 + 13 * (n % 37),
            "srcGb": 40.0 + n % 11,
            "storedGb": 9.0 + n % 3,
            "filesKo": n % 4,
            "enc": n % 3 == 0,
        }
        for n in range(240)
    ]


def works() -> list[Doc]:
    """Some planned, most done, each asked for by one and done by another."""
    return [
        {
            "_id": n,
            "no": f"W{n:04d}",
            "kind": ["maintenance lourde", "visite de contrôle", "dépannage"][n % 3],
            "site": ["Nord", "Sud"][n % 2],
            "etat": "planifié" if n < 6 else "terminé",
            "debut_prevu": _iso(5 * n - 60),
            "debut_reel": _iso(5 * n - 59) if n >= 14 else None,
            "duree_min": 30 + n % 9,
            "minutes_indispo": [0, 15, 40][n % 7 % 3] if n >= 14 else None,
            "demandeur": ["A. Blin", "B. Caro", "C. Dumas"][n % 3],
            "intervenant": ["A. Blin", "C. Dumas", "B. Caro"][n % 4 % 3],
        }
        for n in range(150)
    ]


def gaps() -> list[Doc]:
    """Whose states are words of their own; what is settled has a date."""
    return [
        {
            "_id": n,
            "reference": f"G{n:05d}",
            "etat": ["apuré", "ouvert", "compensé", "classé sans suite", "relancé"][n % 5],
            "gestionnaire": ["A. Blin", "B. Caro"][n % 2],
            "valideur": ["B. Caro", "A. Blin", "C. Dumas"][n % 3],
            "date_detection": _iso(4 * n + 30),
            "date_resolution": _iso(4 * n + 2) if n % 5 in (0, 2, 3) else None,
        }
        for n in range(120)
    ]


def calls() -> list[Doc]:
    codes = [200, 404, 500, 200, 429, 503, 201, 502]
    return [
        {
            "_id": n,
            "api": ["tarifs", "stocks"][n % 3 == 0],
            "verb": ["GET", "POST"][n % 2],
            "path": "/v1",
            "http_code": codes[n % 8],
            "backend_code": codes[n % 8] if n % 3 else None,
            "verdict": {500: "backend_failed", 503: "backend_failed"}.get(codes[n % 8], "served"),
            "latMs": 10.0 + n % 50,
            "at": _iso(2 * n + 1),
        }
        for n in range(300)
    ]


def flows() -> list[Doc]:
    return [
        {
            "_id": n,
            "runId": f"R{n:05d}",
            "flow": f"flow-{n % 12}",
            "env": ["prd", "ppd"][n % 12 == 3 or n % 5 == 1],
            "team": ["alpha", "beta"][n % 2],
            "state": ["succeeded", "timedOut", "succeeded", "failed", "queued"][n * 3 % 5],
            "start": _iso(3 * n + (700 if n % 12 == 7 else 1)),
            "end": _iso(3 * n + (700 if n % 12 == 7 else 1) - 0.2),
            "elapsedMs": 1000 * (n % 80),
            "queueMs": 100 * (n % 17),
            "trigger": {"by": ["A. Blin", "B. Caro"][n % 2]},
            "owner": {"lead": ["B. Caro", "A. Blin", "C. Dumas"][n % 3]},
            "steps": [
                {"name": "load", "state": ["done", "failed", "notRun"][n % 3], "error": {"retried": n % 2 == 0}},
                {"name": "check", "state": ["done", "notRun"][n % 2]},
            ],
        }
        for n in range(260)
    ]


S, W, G, C, F = saves(), works(), gaps(), calls(), flows()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("kinds_of_jobs")
    named = {"bckTasks": S, "suivi_interventions": W, "ecarts_stock": G, "api_calls": C, "flowRuns": F}
    return answers(folder, named)


@pytest.mark.parametrize(
    ("said", "kind"),
    [("sauvegardes", "backup"), ("restaurations", "restore"), ("backups", "backup")],
)
def test_a_word_of_the_trade_tells_which_kind_of_the_jobs(made: ExactAnswers, said: str, kind: str) -> None:
    counted = "combien de" if said.endswith(("ations", "ardes")) else "how many"
    assert rows(made, f"{counted} {said} ?") == [[sum(d["operation"] == kind for d in S)]]


def test_a_kind_is_told_by_a_word_of_its_name(made: ExactAnswers) -> None:
    assert rows(made, "combien de maintenances ?") == [[sum(d["kind"] == "maintenance lourde" for d in W)]]


def test_what_was_backed_up_is_the_size_at_the_source(made: ExactAnswers) -> None:
    total = sum(d["srcGb"] for d in S if d["operation"] == "backup")
    assert rows(made, "Quel volume total a été sauvegardé ?") == [[pytest.approx(total)]]
    assert rows(made, "total size backed up in GB") == [[pytest.approx(total)]]


def test_a_size_that_bounds_totals_bounds_no_count(made: ExactAnswers) -> None:
    totals = {name: sum(d["srcGb"] for d in S if d["machine"] == name and d["operation"] == "backup") for name in
              ("lyra", "orion", "vega")}  # fmt: skip
    bound = sorted(totals.values())[1] / 1000
    found = rows(made, f"machines with more than {bound:.4f} TB backed up in total")
    assert {row[0] for row in found} == {name for name, total in totals.items() if total > round(bound, 4) * 1000}


def test_a_medium_is_compared_with_another(made: ExactAnswers) -> None:
    long = {m: mean(d["durS"] for d in S if d["medium"] == m and d["operation"] == "backup") for m in ("tape", "disk")}
    found = rows(made, "Les sauvegardes sur bande sont-elles plus longues que sur disque ?")
    assert {row[0]: row[1] for row in found} == pytest.approx(long)


def test_one_side_alone_is_not_compared(made: ExactAnswers) -> None:
    found = ask(made, "Les sauvegardes des machines sont-elles plus longues que sur disque ?")
    assert found is None or found.exact is None


def test_with_warnings_is_a_state_that_says_so(made: ExactAnswers) -> None:
    warned = sum(d["status"] == "OK_WARN" and d["operation"] == "backup" for d in S)
    assert rows(made, "how many backups ended with warnings?") == [[warned]]


def test_an_abbreviated_flag_is_told_in_full(made: ExactAnswers) -> None:
    restored = [d for d in S if d["operation"] == "restore"]
    assert rows(made, "combien de restaurations chiffrées ?") == [[sum(d["enc"] for d in restored)]]


def test_this_weekend_of_what_is_planned_is_the_next(made: ExactAnswers) -> None:
    found = exact(made, "quelles maintenances sont prévues ce week-end ?")
    days = [d for d in W if d["kind"] == "maintenance lourde" and d["debut_prevu"][:10] in ("2026-11-21", "2026-11-22")]
    assert days
    assert len(found.rows) == len([d for d in days if d["etat"] == "planifié"])


def test_of_two_people_the_one_whose_act_is_named(made: ExactAnswers) -> None:
    assert rows(made, "combien d'interventions de B. Caro ?") == [[sum(d["intervenant"] == "B. Caro" for d in W)]]
    assert rows(made, "combien de runs lancés par B. Caro ?") == [[sum(d["trigger"]["by"] == "B. Caro" for d in F)]]


def test_of_two_people_none_is_guessed(made: ExactAnswers) -> None:
    found = ask(made, "combien d'écarts de B. Caro ?")
    assert found is not None
    assert found.exact is None


def test_without_a_number_of_minutes_is_none_of_them(made: ExactAnswers) -> None:
    none = [d for d in W if d["kind"] == "maintenance lourde" and d["minutes_indispo"] == 0]
    found = exact(made, "maintenances sans indisponibilité")
    assert len(found.rows) == len(none)


def test_what_has_a_date_of_its_end_is_resolved_whatever_its_state_is_called(made: ExactAnswers) -> None:
    ended = sum(d["date_resolution"] is not None for d in G)
    assert rows(made, "combien d'écarts résolus ?") == [[ended]]
    assert rows(made, "combien d'écarts non résolus ?") == [[len(G) - ended]]
    assert rows(made, "how many closed discrepancies?") == [[ended]]


def test_errors_of_a_code_need_no_state(made: ExactAnswers) -> None:
    assert rows(made, "combien d'erreurs 404 ?") == [[sum(d["http_code"] == 404 for d in C)]]
    assert rows(made, "combien d'appels en erreur (4xx ou 5xx) ?") == [[sum(d["http_code"] >= 400 for d in C)]]
    assert rows(made, "how many server errors for tarifs?") == [
        [sum(d["http_code"] >= 500 and d["api"] == "tarifs" for d in C)]
    ]
    assert rows(made, "combien de réponses 5xx pour tarifs ?") == [
        [sum(d["http_code"] >= 500 and d["api"] == "tarifs" for d in C)]
    ]


def test_time_spent_waiting_is_no_state(made: ExactAnswers) -> None:
    waits = {team: mean(d["queueMs"] for d in F if d["team"] == team) for team in ("alpha", "beta")}
    for question in ("average time spent queued per team", "temps d'attente moyen par équipe"):
        assert dict(rows(made, question)) == pytest.approx(waits)


def test_to_time_out_is_one_word(made: ExactAnswers) -> None:
    out = sum(d["state"] == "timedOut" for d in F)
    assert exact(made, "Did any flow time out?").rows[0][:2] == [True, out]
    found = ask(made, "Did any call time out?", collection="api_calls")
    assert found is None or found.exact is None


def test_what_has_not_run_is_no_state_of_a_step(made: ExactAnswers) -> None:
    found = {row[0] for row in rows(made, "Which flows have not run since November 1?")}
    assert found == {"flow-7"}


def test_a_step_that_failed_is_not_its_run(made: ExactAnswers) -> None:
    failed = [doc for doc in F if doc["steps"][0]["state"] == "failed"]
    assert len(failed) != sum(doc["state"] in ("failed", "timedOut") for doc in F)
    assert rows(made, "How many runs had their load step fail?") == [[len(failed)]]
    assert rows(made, "Quelle étape casse le plus souvent ?")[0] == ["load", len(failed)]
