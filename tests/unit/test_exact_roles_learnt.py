"""What a collection is learnt to be from its names and its values: when records began and ended, how they went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
YESTERDAY = NOW.replace(hour=0, minute=10) - timedelta(days=1)
TWO_DAYS = YESTERDAY - timedelta(days=1)
STATES = ("Terminé", "En échec", "En cours", "Planifié")


def put(doc: Doc, path: str, value: object) -> None:
    *above, last = path.split(".")
    for part in above:
        doc = doc.setdefault(part, {})
    doc[last] = value


def ran(planned: str, start: str, end: str, states: Sequence[str] = STATES, **more: object) -> list[Doc]:
    """120 runs, two an hour, planned for two hours before; what is planned has no start."""
    found = []
    for n in range(120):
        began = YESTERDAY + timedelta(hours=n % 40 // 2 - 24 * (n // 40), minutes=n % 2)
        state = states[3 if n % 20 == 7 else 2 if n % 20 == 9 else 1 if n % 6 == 5 else 0]
        doc: Doc = {"_id": n, "nom": ["ALPHA", "BETA", "GAMMA"][n % 3], "etat": state, **more}
        put(doc, planned, (began - timedelta(hours=2)).isoformat())
        put(doc, start, began.isoformat() if state != states[3] else None)
        put(doc, end, (began + timedelta(minutes=3)).isoformat() if state in states[:2] else None)
        found.append(doc)
    return found


def made(folder: Path, found: Sequence[Doc], name: str = "lots_nuit") -> ExactAnswers:
    return answers(folder, {name: found})


def on(found: Sequence[Doc], path: str, day: datetime) -> int:
    count = 0
    for doc in found:
        value: Any = doc
        for part in path.split("."):
            value = value[part]
        count += value is not None and datetime.fromisoformat(value).date() == day.date()
    return count


DATES = [
    ("planifie_le", "lance_le", "fini_le"),
    ("scheduledFor", "kickoff", "doneAt"),
    ("DT_PREV", "DT_LANC", "DT_TERM"),
    ("debut_prevu", "debut_reel", "fin_reelle"),
    ("plan.start", "actual.start", "actual.end"),
    ("eta", "rolledOutAt", "concludedAt"),
    ("creneau", "partie_le", "livree_le"),
    ("temps.prevu", "temps.lance", "temps.acheve"),
    ("expected_on", "dequeued_at", "hung_up_at"),
]


@pytest.mark.parametrize(("planned", "start", "end"), DATES)
def test_records_are_of_the_time_at_which_they_began(tmp_path: Path, planned: str, start: str, end: str) -> None:
    found = ran(planned, start, end)
    lots = made(tmp_path, found)
    expected = on(found, start, YESTERDAY)
    assert expected != on(found, planned, YESTERDAY)
    assert rows(lots, "Combien de lots hier ?") == [[expected]]
    assert rows(lots, "Durée moyenne des lots ?") == [[180.0]]


def test_what_is_missing_on_failures_tells_no_start(tmp_path: Path) -> None:
    # What failed was never sent: no window of that date would find it.
    found = ran("depose_le", "transmis_le", "recu_le")
    for doc in found:
        doc["transmis_le"] = None if doc["etat"] == "En échec" else doc["transmis_le"]
    failed = sum(d["etat"] == "En échec" and d["depose_le"][:10] == str(YESTERDAY.date()) for d in found)
    assert rows(made(tmp_path, found), "Combien de lots en échec hier ?") == [[failed]]


def test_no_end_lies_before_the_start(tmp_path: Path) -> None:
    # Who intervenes arrives, then leaves; a van leaves, then arrives.
    visits = ran("prevu_le", "arrivee", "depart")
    there = made(tmp_path / "visits", visits, "interventions")
    assert rows(there, "Durée moyenne des interventions ?") == [[180.0]]
    assert rows(there, "Combien d'interventions hier ?") == [[on(visits, "arrivee", YESTERDAY)]]
    rounds = ran("prevu_le", "depart", "arrivee")
    van = made(tmp_path / "rounds", rounds, "tournees")
    assert rows(van, "Durée moyenne des tournées ?") == [[180.0]]


@pytest.mark.parametrize(
    ("states", "question", "counted"),
    [
        (("Distribué", "Retourné", "En acheminement", "À distribuer"), "Combien de plis en échec ?", 1),
        (("Imprimé", "Bourrage", "En impression", "En file"), "Combien de plis en cours ?", 2),
        (("Imprimé", "Invalide", "En impression", "En file"), "Combien de plis en échec ?", 1),
        (("Soldé", "Rejeté", "En instruction", "Nouveau"), "Combien de plis en cours ?", 2),
        (("OK", "KO", "ENC", "ATT"), "Combien de plis en cours ?", 2),
        (("done", "failed", "in progress", "todo"), "How many letters are waiting?", 3),
        (("Abouti", "Erreur", "En cours", "Programmé"), "Combien de plis en attente ?", 3),
        (("handled", "failed", "preparing", "deferred"), "How many letters succeeded?", 0),
    ],
)
def test_states_of_both_languages(tmp_path: Path, states: Sequence[str], question: str, counted: int) -> None:
    found = ran("prevu_le", "debut", "fin", states)
    name = "letters" if "letters" in question else "plis"
    expected = sum(doc["etat"] == states[counted] for doc in found)
    assert rows(made(tmp_path, found, name), question) == [[expected]]


def test_an_alert_acknowledged_is_not_closed_where_others_are(tmp_path: Path) -> None:
    found = ran("vue_le", "levee_a", "close_le", ("Clôturée", "Clôturée", "Active", "Acquittée"))
    for doc in found:
        doc["levee_a"] = doc["levee_a"] or doc["vue_le"]
    ended = sum(doc["etat"] == "Clôturée" for doc in found)
    assert rows(made(tmp_path, found, "alertes"), "Combien d'alertes se sont bien terminées ?") == [[ended]]


def test_approved_beside_declined_alone_went_well(tmp_path: Path) -> None:
    found = ran("vu_le", "debut", "fin", ("approved", "declined", "approved", "approved"))
    expected = sum(doc["etat"] == "approved" for doc in found)
    assert rows(made(tmp_path, found, "authorizations"), "How many authorizations succeeded?") == [[expected]]


def test_a_state_is_told_by_a_field_of_codes_too(tmp_path: Path) -> None:
    found = [{"code_statut": d.pop("etat")} | d for d in ran("prevu", "debut", "fin", ("OK", "KO", "ENC", "ATT"))]
    expected = sum(d["code_statut"] == "KO" for d in found)
    assert rows(made(tmp_path, found), "Combien de lots en échec ?") == [[expected]]


def test_a_latency_without_a_unit_is_one_of_milliseconds(tmp_path: Path) -> None:
    found = [
        {"_id": n, "api": ["A", "B"][n % 2], "ts": (NOW - timedelta(minutes=n)).isoformat(), "latency": 100 + n}
        for n in range(200)
    ]
    expected = sum(d["latency"] > 200 for d in found)
    assert rows(made(tmp_path, found, "api_calls"), "How many calls took more than 0.2 seconds?") == [[expected]]


def test_what_events_are_called_is_no_state(tmp_path: Path) -> None:
    names = ["order.paid", "parcel.delivered", "user.closed", "order.failed"]
    found = [{"_id": n, "event": names[n % 4], "at": (NOW - timedelta(hours=n)).isoformat()} for n in range(80)]
    rate = ask(made(tmp_path, found, "events"), "What is the success rate?")
    assert rate is None or rate.exact is None


def test_what_was_planned_and_never_began(tmp_path: Path) -> None:
    found = ran("scheduledFor", "launchedAt", "doneAt", ("done", "failed", "running", "planned"))
    stayed = {d["nom"] for d in found if d["etat"] == "planned" and d["scheduledFor"][:10] == str(YESTERDAY.date())}
    shown = rows(made(tmp_path, found, "batch_jobs"), "Which jobs scheduled yesterday did not run?")
    assert 0 < len(stayed) < 3
    assert {row[0] for row in shown} == stayed
