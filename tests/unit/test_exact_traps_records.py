"""What has misled the planner in what records are called, in what never began, and in what nothing was found of."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def loads() -> list[Doc]:
    """Loads by the field of their number; a step of their incidents is called so as well."""
    return [
        {
            "_id": n,
            "id_chargement": f"CHG-{n:05d}",
            "chaine": ["ODS_PAIE", "DTM_PAIE", "ODS_CRM"][n % 3],
            "application": ["Paie", "CRM"][n % 2],
            "etat": ["TERMINE", "ECHOUE", "ANNULE"][n % 3],
            "environnement": ["PROD", "RECETTE"][n % 2],
            "incident": {"etape": ["CHARGEMENT", "EXTRACTION"][n % 2]} if n % 3 == 1 else None,
            "date_debut": (NOW - timedelta(hours=2 * n)).isoformat(),
            "duree_s": 60 + n,
        }
        for n in range(180)
    ]


def messages() -> list[Doc]:
    """What they are is told by the field of their types."""
    return [
        {
            "_id": n,
            "reference": f"SW{n:06d}",
            "type_message": ["MT103", "pacs.008", "MT202"][n % 3],
            "sens": ["SEND", "RECV"][n % 2],
            "statut": ["TRANSMIS", "REJETE"][n % 4 == 3],
            "montant": 1000.0 * n,
            "devise": "USD",
            "sla_depasse": n % 5 == 0,
            "auto_fixed": n % 3 == 0,
            "affecte_a": None if n % 6 == 0 else ["Anne", "Bob"][n % 2],
            "recu_a": (NOW - timedelta(minutes=37 * n)).isoformat(),
        }
        for n in range(200)
    ]


def feeds() -> list[Doc]:
    """Deliveries that are expected; those that are missing were never received."""
    found = []
    for n in range(240):
        due = NOW - timedelta(hours=n)
        missing, late = n % 12 == 0, n % 12 == 5
        found.append(
            {
                "_id": n,
                "deliveryId": f"DLV{n:05d}",
                "feed": ["FX_SPOT", "EQ_CLOSE", "IR_CURVE", "CR_CDX"][n % 4],
                "provider": ["ECB", "SIX"][n % 2],
                "status": "MISSING" if missing else "LATE" if late else "RECEIVED",
                "expectedAt": due.isoformat(),
                "receivedAt": None if missing else (due + timedelta(minutes=50 if late else 1)).isoformat(),
                "delayMin": None if missing else 50 if late else 1,
            }
        )
    return found


def changes() -> list[Doc]:
    """Deployments, what they closed, and the people who made them."""
    return [
        {
            "_id": n,
            "deployId": f"DPL-{n:04d}",
            "app": ["albatros", "kiosque", "mistral", "nacre"][n % 4 if n < 150 else n % 2],
            "environment": ["prod", "recette"][n % 3 == 0],
            "outcome": ["success", "failed"][n % 7 == 0],
            "components": [f"part-{n}"],
            "date_comptable": (NOW - timedelta(hours=5 * n, days=1)).date().isoformat(),
            "startedAt": (NOW - timedelta(hours=5 * n)).isoformat(),
            "size_kb": 100 + n,
        }
        for n in range(200)
    ]


L, M, F, C = loads(), messages(), feeds(), changes()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("records")
    return answers(folder, {"alimentation_dwh": L, "passerelle": M, "market_feeds": F, "deployments": C})


def expected_yesterday(doc: Doc) -> bool:
    return str(doc["expectedAt"])[:10] == "2026-11-19"


# ------------------------------------------------------------------ what records are called


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Combien de chargements en échec ?", sum(d["etat"] == "ECHOUE" for d in L)),
        ("Affiche-moi le chargement CHG-00007", 1),
        ("Combien de messages rejetés ?", sum(d["statut"] == "REJETE" for d in M)),
        ("nb de messages reçus", sum(d["sens"] == "RECV" for d in M)),
        ("how many messages over 100k USD", sum(d["montant"] > 100_000 for d in M)),
        ("Combien de mises en prod ?", sum(d["environment"] == "prod" for d in C)),
    ],
)
def test_records_are_called_by_their_number_their_type_or_what_they_do(
    made: ExactAnswers, question: str, count: int
) -> None:
    found = rows(made, question)
    assert found == [[count]] if question[0] != "A" else len(found) == 1


def test_a_list_of_messages_is_of_messages(made: ExactAnswers) -> None:
    urgent = [d["reference"] for d in M if d["montant"] > 195_000]
    said = str(rows(made, "liste les messages de plus de 195 000 USD"))
    assert all(reference in said for reference in urgent)


def test_things_come_before_values_that_are_called_so(made: ExactAnswers) -> None:
    found = exact(made, "chargements par application")
    assert sorted(map(tuple, found.rows)) == [("CRM", 90), ("Paie", 90)]


def test_a_label_rules_out_what_is_no_value_of_its_field(made: ExactAnswers) -> None:
    found = ask(made, "chargements en échec sur l'environnement ODS")
    assert found is not None
    assert found.route == "clarify"


# ------------------------------------------------------------------ what never began


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Combien de feeds manquants hier ?", sum(expected_yesterday(d) and d["status"] == "MISSING" for d in F)),
        ("how many feeds were late?", sum(d["status"] == "LATE" for d in F)),
    ],
)
def test_what_never_began_is_of_the_time_it_was_expected_at(made: ExactAnswers, question: str, count: int) -> None:
    assert count
    assert rows(made, question) == [[count]]


def test_late_yesterday_is_of_the_whole_day(made: ExactAnswers) -> None:
    found = exact(made, "How many feeds arrived late yesterday?")
    assert found.window is not None
    assert found.window.end is not None
    assert found.window.end - found.window.start == timedelta(days=1)  # type: ignore[operator]
    day = (d for d in F if d["receivedAt"] and d["receivedAt"][:10] == "2026-11-19")
    assert found.rows == [[sum(d["status"] == "LATE" for d in day)]]


def test_what_was_not_received_has_no_date_of_it(made: ExactAnswers) -> None:
    lacking = {d["feed"] for d in F if expected_yesterday(d) and d["receivedAt"] is None}
    assert {row[0] for row in rows(made, "Quels feeds n'ont pas été reçus hier ?")} == lacking


def test_the_mean_of_a_delay_is_of_its_field_whatever_state_is_called_so(made: ExactAnswers) -> None:
    delays = [d["delayMin"] for d in F if d["delayMin"] is not None]
    assert rows(made, "retard moyen des feeds") == [[pytest.approx(sum(delays) / len(delays))]]


# ------------------------------------------------------------------ what is said of them


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("combien de messages hors SLA ?", sum(d["sla_depasse"] for d in M)),
        ("nb de messages corrigés automatiquement", sum(d["auto_fixed"] for d in M)),
        ("combien de messages affectés à personne ?", sum(d["affecte_a"] is None for d in M)),
        ("combien de messages non affectés ?", sum(d["affecte_a"] is None for d in M)),
        ("Pour le comité, combien de messages rejetés ?", sum(d["statut"] == "REJETE" for d in M)),
    ],
)
def test_what_is_said_of_records(made: ExactAnswers, question: str, count: int) -> None:
    assert rows(made, question) == [[count]]


def test_a_typo_in_a_word_that_asks_is_read(made: ExactAnswers) -> None:
    assert rows(made, "durée moyene des chargements") == rows(made, "durée moyenne des chargements")


def test_groups_go_by_the_date_that_is_named(made: ExactAnswers) -> None:
    found = exact(made, "nb de déploiements par date comptable")
    days = {d["date_comptable"] for d in C}
    assert len(found.rows) == len(days)
    assert sum(row[1] for row in found.rows) == len(C)


def test_an_average_size_is_bounded_of_each(made: ExactAnswers) -> None:
    means = {}
    for app in {d["app"] for d in C}:
        sizes = [d["size_kb"] for d in C if d["app"] == app]
        means[app] = sum(sizes) / len(sizes)
    found = {row[0] for row in rows(made, "apps with an average size above 190 kB")}
    assert found == {app for app, mean in means.items() if mean > 190}


# ------------------------------------------------------------------ none of them


def test_things_of_which_nothing_was_put_live(made: ExactAnswers) -> None:
    lately = {d["app"] for d in C if d["startedAt"][:10] == "2026-10-10" and d["environment"] == "prod"}
    found = {row[0] for row in rows(made, "quelles apps n'ont pas été déployées en prod le 10 octobre ?")}
    assert found == {d["app"] for d in C} - lately


def test_none_of_a_whole_phrase_is_found_of_them(made: ExactAnswers) -> None:
    with_some = {d["chaine"] for d in L if d["etat"] == "ECHOUE" and d["environnement"] == "PROD"}
    found = {row[0] for row in rows(made, "quelles chaînes n'ont aucun chargement en échec en PROD ?")}
    assert found == {d["chaine"] for d in L} - with_some


def test_the_next_turn_asks_for_those_that_had_none(made: ExactAnswers) -> None:
    turns = ["Quelles chaînes ont eu un échec en novembre ?", "et celles qui n'en ont eu aucun ?"]
    listed = {row[0] for row in rows(made, turns[0])}
    assert {row[0] for row in rows(made, *turns)} == {d["chaine"] for d in L} - listed


def test_two_months_are_compared(made: ExactAnswers) -> None:
    found = exact(made, "compare le nombre de déploiements entre octobre et novembre")
    assert [row[0] for row in found.rows] == ["octobre", "novembre"]
    assert found.rows[0][1] == sum(d["startedAt"][:7] == "2026-10" for d in C)
