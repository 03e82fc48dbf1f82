"""What has misled the planner in flows by their route, in calculations of the night, in backups and in pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def passages() -> list[Doc]:
    return [
        {
            "_id": n,
            "passage_id": f"PX{n:05d}",
            "route": ["carte-debit-fr", "carte-credit-fr", "titres-be", "titres-lu"][n % 4],
            "channel": ["file", "api", "queue"][n % 3],
            "state": ["COMPLETED", "COMPLETED", "FAILED"][n % 5 % 3],
            "platform": ["prd", "rct"][n % 2],
            "reason": ["QUOTA_OUT", "CONN_CUT"][n % 2] if n % 5 == 2 else None,
            "is_replay": n % 7 == 0,
            "file_size_kb": 10 * n,
            "started_at": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def chained() -> list[Doc]:
    return [
        {
            "_id": n,
            "nomJob": f"CLO{n % 6:03d}",
            "chaine": ["SOIR", "NUIT"][n % 2],
            "etat": ["TERMINE", "EN_ERREUR"][n % 4 == 1],
            "environnement": ["PRODUCTION", "RECETTE"][n % 3 == 0],
            "dureeMin": 5.0 + 20 * (n % 6),
            "lignesTraitees": 1000 * n,
            "predecesseurs": [f"CLO{(n + 1) % 6:03d}"],
            "heureDebut": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(120)
    ]


def calculations() -> list[Doc]:
    return [
        {
            "_id": n,
            "ID_CALCUL": f"C{n:06d}",
            "CALCUL": ["VEGA", "DELTA", "THETA"][n % 3],
            "STATUT": ["TERMINE", "ERREUR"][n % 6 == 1],
            "NB_ECARTS": n % 9,
            "ECART_MAX_PCT": 0.5,
            "DUREE_S": 600 * (1 + n % 3),
            "DATE_VALEUR": (NOW + timedelta(days=5 - n % 40)).date().isoformat(),
            "DEBUT": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(160)
    ]


def backups() -> list[Doc]:
    return [
        {
            "_id": n,
            "backup_id": f"B{n:05d}",
            "target": ["srv-web", "srv-mail", "ora-paie", "ora-stock", "vm-vieux"][n % 5] if n > 20 else "srv-web",
            "target_type": ["VM", "VM", "ORACLE", "ORACLE", "VM"][n % 5] if n > 20 else "VM",
            "result": ["Success", "Failed", "Missed", "Success"][n % 4],
            "size_gb": 10.0 + n % 5,
            "depot": ["D1", "D2"][n % 2],
            "onTime": n % 3 != 0,
            "debut": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(140)
    ]


def pages() -> list[Doc]:
    return [
        {
            "_id": n,
            "page_ref": f"PG{n:05d}",
            "status": ["open", "acknowledged", "closed", "false_positive"][n % 4],
            "responder": ["l.roy", "m.bay", "t.fox"][n % 3 if n % 8 else 0],
            "rule": ["login_failures", "disk_low"][n % 2],
            "fired_at": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "acked_at": (NOW - timedelta(hours=2 * n)).isoformat() if n % 4 else None,
            "time_to_ack_s": 60 * (n % 50),
            "closed_at": (NOW - timedelta(hours=2 * n - 1)).isoformat() if n % 4 == 2 else None,
        }
        for n in range(200)
    ]


X, J, C, B, A = passages(), chained(), calculations(), backups(), pages()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("shift")
    named = {"route_runs": X, "jobsNocturnes": J, "VALO_NUIT": C, "backups": B, "oncall_pages": A}
    return answers(folder, named)


def test_flows_are_the_routes_of_what_runs_and_no_chains_of_jobs(made: ExactAnswers) -> None:
    failed = {d["route"] for d in X if d["state"] == "FAILED"}
    assert {row[0] for row in rows(made, "Quels flux ont échoué en novembre ?")} <= failed
    found = exact(made, "Quel flux a le plus échoué ?")
    assert (found.collection, found.columns[0]) == ("route_runs", "route")


def test_a_kind_beside_its_noun_is_no_field_that_is_called_so_in_part(made: ExactAnswers) -> None:
    files = [d for d in X if d["channel"] == "file" and d["platform"] == "prd"]
    assert rows(made, "combien de flux fichier en prod ?") == [[len(files)]]


def test_replays_are_told_by_their_flag(made: ExactAnswers) -> None:
    assert rows(made, "nb de rejeux sur les flux titres") == [
        [sum(d["is_replay"] and d["route"].startswith("titres") for d in X)]
    ]


def test_a_word_with_a_hyphen_is_one_whatever_its_first_part_means(made: ExactAnswers) -> None:
    reasons = Counter(d["reason"] for d in X if d["reason"] and d["route"].startswith("carte-debit"))
    found = rows(made, "quel motif d'échec revient le plus sur carte-debit ?")
    assert found[0][:2] == list(reasons.most_common(1)[0])
    assert rows(made, "combien de pages login_failures ?") == [[sum(d["rule"] == "login_failures" for d in A)]]


def test_a_share_due_to_a_cause_is_of_the_others_beside_it(made: ExactAnswers) -> None:
    failed = [d for d in X if d["state"] == "FAILED"]
    found = exact(made, "share of failed route runs due to QUOTA_OUT")
    row = dict(zip(found.columns, found.rows[0], strict=True))
    assert (row["part"], row["whole"]) == (sum(d["reason"] == "QUOTA_OUT" for d in failed), len(failed))


def test_a_job_is_its_name_before_it_is_somebodys_predecessor(made: ExactAnswers) -> None:
    assert rows(made, "durée max de CLO003") == [[max(d["dureeMin"] for d in J if d["nomJob"] == "CLO003")]]


def test_a_length_of_time_bounds_the_mean_of_how_long_they_take(made: ExactAnswers) -> None:
    lengths = defaultdict(list)
    for d in J:
        if d["environnement"] == "PRODUCTION":
            lengths[d["nomJob"]].append(d["dureeMin"])
    longer = {name for name, minutes in lengths.items() if fmean(minutes) > 60}
    assert {row[0] for row in rows(made, "Quels jobs dépassent 1h en moyenne en production ?")} == longer
    assert {row[0] for row in rows(made, "les calculs dont la durée moyenne dépasse 25 min")} == {"THETA"}


def test_what_the_field_of_numbers_calls_the_records_is_their_name(made: ExactAnswers) -> None:
    failed = Counter(d["CALCUL"] for d in C if d["STATUT"] == "ERREUR")
    assert {row[0] for row in rows(made, "top 3 des calculs en erreur")} == set(failed)
    never = {d["CALCUL"] for d in C} - set(failed)
    assert {row[0] for row in rows(made, "Which calculations never ended in error?")} == never


def test_a_mean_number_is_of_the_field_that_counts(made: ExactAnswers) -> None:
    found = rows(made, "nombre moyen d'écarts des calculs VEGA")
    assert found == [[pytest.approx(fmean(d["NB_ECARTS"] for d in C if d["CALCUL"] == "VEGA"))]]


def test_a_date_of_value_may_lie_ahead(made: ExactAnswers) -> None:
    ahead = (NOW + timedelta(days=3)).date()
    text = f"combien de calculs en date de valeur du {ahead.day} novembre ?"
    assert ahead.month == 11
    assert rows(made, text) == [[sum(d["DATE_VALEUR"] == ahead.isoformat() for d in C)]]


def test_what_was_missed_has_not_failed_where_others_have(made: ExactAnswers) -> None:
    assert rows(made, "combien de sauvegardes en échec ?") == [[sum(d["result"] == "Failed" for d in B)]]


def test_things_of_a_kind_that_had_none(made: ExactAnswers) -> None:
    since = datetime.fromisoformat("2026-11-18T00:00:00+01:00")
    lately = {d["target"] for d in B if datetime.fromisoformat(d["debut"]) >= since}
    none = {d["target"] for d in B if d["target_type"] == "VM"} - lately
    assert none
    assert {row[0] for row in rows(made, "Quelles VM n'ont pas eu de sauvegarde depuis le 18 novembre ?")} == none


def test_on_time_and_late_are_one_flag_and_its_opposite(made: ExactAnswers) -> None:
    assert rows(made, "combien de sauvegardes en retard ?") == [[sum(not d["onTime"] for d in B)]]
    assert rows(made, "combien de sauvegardes à l'heure ?") == [[sum(d["onTime"] for d in B)]]
    late = [d for d in B if not d["onTime"] and d["target"] == "ora-paie"]
    found = exact(made, "Toutes les sauvegardes de ora-paie sont-elles parties à l'heure ?")
    assert found.rows[0][:2] == [not late, len(late)]


def test_still_open_is_neither_closed_nor_a_false_positive(made: ExactAnswers) -> None:
    found = exact(made, "combien de pages encore ouvertes ?")
    assert found.rows == [[sum(d["status"] == "open" for d in A)]]


def test_unacknowledged_is_no_slip_for_acknowledged(made: ExactAnswers) -> None:
    found = exact(made, "how many unacknowledged pages?")
    assert found.rows == [[sum(d["acked_at"] is None for d in A)]]


def test_the_time_of_an_act_is_of_its_field_and_no_state(made: ExactAnswers) -> None:
    found = rows(made, "temps moyen d'acquittement des pages disk_low")
    assert found == [[pytest.approx(fmean(d["time_to_ack_s"] for d in A if d["rule"] == "disk_low"))]]


def test_who_took_the_most_is_a_number_and_no_length(made: ExactAnswers) -> None:
    most = Counter(d["responder"] for d in A).most_common(1)[0]
    assert rows(made, "Qui a pris le plus de pages ?")[0][:2] == list(most)


def test_the_oldest_is_for_the_records_and_problems_lately_are_asked_back(made: ExactAnswers) -> None:
    oldest = min((d for d in A if d["status"] == "open"), key=lambda d: d["fired_at"])
    assert oldest["page_ref"] in exact(made, "what is the oldest open page?").rows[0]
    vague = ask(made, "Est-ce qu'il y a eu des soucis récemment ?")
    assert vague is not None
    assert vague.route == "clarify"


def test_of_a_name_that_nobody_bears_nothing_is_said(made: ExactAnswers) -> None:
    found = ask(made, "Dernier passage de XYZ9040 ?")
    assert found is not None
    assert found.route == "clarify"
    assert "XYZ9040" in found.text


def test_what_was_acknowledged_on_a_day_is_of_that_date(made: ExactAnswers) -> None:
    day = (NOW - timedelta(days=1)).date()
    told = [d for d in A if d["acked_at"] and datetime.fromisoformat(d["acked_at"]).date() == day]
    assert rows(made, "How many pages were acknowledged yesterday?") == [[len(told)]]


def test_problems_are_failures_where_a_time_is_said_and_for_the_documents_elsewhere(made: ExactAnswers) -> None:
    day = (NOW - timedelta(days=1)).date()
    failed = [
        d
        for d in X
        if d["state"] == "FAILED"
        and d["route"] == "titres-be"
        and datetime.fromisoformat(d["started_at"]).date() == day
    ]
    assert rows(made, "Combien de problèmes sur titres-be hier ?") == [[len(failed)]]
    assert ask(made, "problèmes connus sur titres-be") is None
    assert ask(made, "résolution des problèmes de certificat") is None


@pytest.mark.parametrize(
    "text",
    [
        "escalade en cas d'incident majeur",
        "horaires des routes de nuit",
        "passages en échec : conduite à tenir",
        "consignes pour les jobs en échec",
    ],
)
def test_what_is_to_be_done_is_for_the_documents(made: ExactAnswers, text: str) -> None:
    assert ask(made, text) is None
