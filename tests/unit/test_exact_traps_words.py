"""What has misled the planner in the words of fields and of values, and in turns that lean on others."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def scans() -> list[Doc]:
    """Fields of several words; a state of words of its own; a sender and a receiver in short."""
    return [
        {
            "_id": n,
            "scanId": f"SCN-{n:04d}",
            "machine": f"lx-{n % 7}",
            "os": ["RHEL 9", "AIX"][n % 2],
            "salle": ["B07", "C12"][n % 2],
            "correctifsManquants": n % 40,
            "jalon": ["J+1", "J-1"][n % 2],
            "src_site": ["LYON", "PARIS"][n % 2],
            "dst_site": ["PARIS", "LYON"][n % 2],
            "verdict": ["CONFORME", "NON_CONFORME", "BLOQUE"][n % 3],
            "prio": n % 3 + 1,
            "operateur": ["Anne", "Zoé"][n % 2] if n % 5 else None,
            "lanceLe": (NOW - timedelta(hours=n)).isoformat(),
        }
        for n in range(150)
    ]


def sendings() -> list[Doc]:
    """What failed was never sent; the day they are about is no time of theirs; instants of no telling name."""
    return [
        {
            "_id": n,
            "nomRapport": ["Marges", "Stocks", "Paie"][n % 3],
            "state": ["Sent", "Sent", "Sent", "Failed"][n % 4],
            "sens": ["E", "R"][n % 2],
            "plis": 100 + n,
            "dateArrete": (NOW - timedelta(hours=3 * n, days=4)).date().isoformat(),
            "planned_at": (NOW - timedelta(hours=3 * n)).isoformat(),
            "sentAt": (NOW - timedelta(hours=3 * n)).isoformat() if n % 4 != 3 else None,
            "t_seen": int((NOW - timedelta(hours=3 * n)).timestamp()),
        }
        for n in range(160)
    ]


S, E = scans(), sendings()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("words")
    return answers(folder, {"scans_serveurs": S, "envoi_rapports": E})


def at(doc: Doc, field: str) -> datetime:
    return datetime.fromisoformat(doc[field])


def test_a_field_is_named_in_the_other_language(made: ExactAnswers) -> None:
    counted = dict(rows(made, "count scans per room"))
    assert counted == {"B07": sum(d["salle"] == "B07" for d in S), "C12": sum(d["salle"] == "C12" for d in S)}


def test_the_whole_name_of_a_field_is_that_field_whatever_its_words_mean(made: ExactAnswers) -> None:
    assert rows(made, "nombre de scans avec plus de 30 correctifs manquants") == [
        [sum(d["correctifsManquants"] > 30 for d in S)]
    ]


def test_a_field_of_two_letters_is_named_in_capitals(made: ExactAnswers) -> None:
    assert {row[0] for row in rows(made, "number of scans per OS")} == {"RHEL 9", "AIX"}


def test_a_sign_tells_one_value_from_another(made: ExactAnswers) -> None:
    assert rows(made, "combien de scans au jalon J+1 ?") == [[sum(d["jalon"] == "J+1" for d in S)]]


def test_from_a_place_is_of_the_sender(made: ExactAnswers) -> None:
    bound = sum(d["src_site"] == "LYON" for d in S)
    found = exact(made, "combien de scans depuis Lyon ?")
    assert (found.rows, [c.path for c in found.conditions]) == ([[bound]], ["src_site"])


def test_blocked_has_failed_only_where_nothing_else_has(made: ExactAnswers) -> None:
    assert rows(made, "combien de scans en échec ?") == [[sum(d["verdict"] == "NON_CONFORME" for d in S)]]


def test_p1_is_the_first_of_numbered_priorities(made: ExactAnswers) -> None:
    assert rows(made, "combien de scans P1 ?") == [[sum(d["prio"] == 1 for d in S)]]


def test_who_asks_for_the_people_of_the_records(made: ExactAnswers) -> None:
    assert {row[0] for row in rows(made, "qui a lancé les scans de la salle B07 ?")} == {"Anne", "Zoé"} & {
        d["operateur"] for d in S if d["salle"] == "B07"
    }


def test_what_failed_is_found_in_a_window_though_it_was_never_sent(made: ExactAnswers) -> None:
    since = NOW - timedelta(days=3)
    wanted = sum(d["state"] == "Failed" and at(d, "planned_at") >= since for d in E)
    assert wanted
    assert rows(made, "combien de rapports en échec ces 72 dernières heures ?") == [[wanted]]


def test_a_total_is_bounded_where_no_record_has_so_many(made: ExactAnswers) -> None:
    sums = {name: sum(d["plis"] for d in E if d["nomRapport"] == name) for name in ("Marges", "Stocks", "Paie")}
    bound = sorted(sums.values())[0]
    found = rows(made, f"quels rapports ont plus de {bound} plis depuis le 1er octobre ?")
    assert {row[0] for row in found} == {name for name, total in sums.items() if total > bound}


def test_a_letter_tells_what_was_sent(made: ExactAnswers) -> None:
    assert rows(made, "combien de rapports émis ?") == [[sum(d["sens"] == "E" for d in E)]]


def test_a_turn_that_leans_on_one_not_understood_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "combien de rapports krouchniques ?", "par sens")
    assert found is not None
    assert (found.route, found.exact) == ("clarify", None)


def test_a_next_turn_compares_with_another_value(made: ExactAnswers) -> None:
    found = exact(made, "combien de scans de la salle B07 ?", "compare avec C12")
    assert sorted(found.rows) == [["B07", 75], ["C12", 75]]


def test_a_next_turn_keeps_the_first_of_a_ranking(made: ExactAnswers) -> None:
    whole = rows(made, "nombre de scans par machine")
    assert exact(made, "nombre de scans par machine", "garde les 3 premiers").rows == whole[:3]


def test_a_comparison_of_one_side_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "compare les scans de la salle B07")
    assert found is not None
    assert found.exact is None
