"""A night desk: calls that somebody answers or nobody, files that come late, cases that people deal with."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
PEOPLE = ["Iris Kahn", "Tom Sauvage", "Lea Bruns"]
NAMES = ["claims.auto.out", "claims.home.out", "claims.auto.in"]


def _call(n: int) -> Doc:
    at = NOW - timedelta(hours=3 * n + 1)
    answered = {"acked_at": (at + timedelta(minutes=n % 9)).isoformat(), "ack_s": 60 * (n % 9)} if n % 5 else {}
    return {
        "_id": n,
        "call_no": f"{n:05d}",
        "sev": f"S{n % 3 + 1}",
        "about": NAMES[n % 3],
        "raised_at": at.isoformat(),
    } | answered


def _file(n: int) -> Doc:
    at = NOW - timedelta(hours=2 * n + 1)
    return {
        "_id": n,
        "file": f"F_{n:05d}.csv",
        "sender": ["Aval", "Borea", "Corto"][n * n % 3],
        "state": ["conforme", "conforme", "rejete"][n % 3],
        "expected_at": at.isoformat(),
        "late_min": [0, 0, 12, 45][n % 4],
        "check": {"checksum_ok": n % 6 != 1},
        "rows_sent": 10 + n % 7,
        "rows_rejected": n % 3,
        "amount": {"value": 10.0 * n, "currency": ["EUR", "USD"][n // 3 % 2]},
    }


def _case(n: int) -> Doc:
    at = NOW - timedelta(hours=5 * n + 1)
    state = ["nouvelle", "corrigée", "classée sans suite", "contournée"][n % 4]
    dealt = {"traitee_le": (at + timedelta(hours=4)).isoformat()} if n % 4 else {}
    who = {"signalee_par": PEOPLE[n % 3], "traitee_par": PEOPLE[0 if n % 7 else 1]}
    return {"_id": n, "numero": f"K{n:04d}", "etat": state, "survenue_le": at.isoformat()} | who | dealt


CALLS, FILES, CASES = ([make(n) for n in range(120)] for make in (_call, _file, _case))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("nights"), {"desk_calls": CALLS, "deliveries": FILES, "anomalies": CASES})


@pytest.mark.parametrize(
    "text", ["how many calls did nobody acknowledge?", "combien d'appels que personne n'a acquittés ?"]
)
def test_what_nobody_did_has_no_date(made: ExactAnswers, text: str) -> None:
    assert rows(made, text) == [[sum("acked_at" not in d for d in CALLS)]]


def test_late_files_are_files_that_came_late(made: ExactAnswers) -> None:
    late = Counter(d["sender"] for d in FILES if d["late_min"])
    found = rows(made, "senders with more than 25 late files")
    assert {row[0] for row in found} == {sender for sender, n in late.items() if n > 25}
    assert 0 < len(found) < len(late)
    assert dict(rows(made, "nombre de fichiers en retard par sender")) == late


def test_a_check_that_failed_is_a_flag_that_is_not_set(made: ExactAnswers) -> None:
    assert rows(made, "how many files failed the checksum?") == [[sum(not d["check"]["checksum_ok"] for d in FILES)]]


def test_rows_sent_are_no_rows_rejected(made: ExactAnswers) -> None:
    assert rows(made, "combien de lignes envoyées ?") == [[sum(d["rows_sent"] for d in FILES)]]


def test_what_is_the_amount_is_its_total(made: ExactAnswers) -> None:
    wanted = sum(d["amount"]["value"] for d in FILES if d["amount"]["currency"] == "EUR")
    assert rows(made, "Quel est le montant total en euros des fichiers ?") == [[wanted]]


def test_people_who_handled_are_not_those_who_reported(made: ExactAnswers) -> None:
    handled = Counter(d["traitee_par"] for d in CASES)
    assert dict(rows(made, "people who handled more than 15 anomalies")) == {k: n for k, n in handled.items() if n > 15}


def test_what_was_dealt_with_is_open_no_more(made: ExactAnswers) -> None:
    assert rows(made, "combien d'anomalies encore ouvertes ?") == [[sum("traitee_le" not in d for d in CASES)]]


def test_another_word_in_a_name_is_no_slip(made: ExactAnswers) -> None:
    found = ask(made, "combien d'appels pour claims.moto.out ?")
    assert found is not None
    assert found.route == "clarify"
    assert rows(made, "combien d'appels pour claims.auto.out ?") == [
        [sum(d["about"] == "claims.auto.out" for d in CALLS)]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "combien de fichiers avec plus d'une demi-heure de retard ?",
        "combien de fichiers en retard de plus de 30 min ?",
        "combien de fichiers arrivés avec un retard supérieur à 30 minutes ?",
    ],
)
def test_how_late_is_bounded_where_nothing_tells_how_long_it_took(made: ExactAnswers, text: str) -> None:
    assert rows(made, text) == [[sum(d["late_min"] > 30 for d in FILES)]]


def test_a_length_that_no_field_tells_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "fichiers de plus de 2 h")
    assert found is not None
    assert found.route == "clarify"


def test_a_severity_before_a_night_is_no_half_year(made: ExactAnswers) -> None:
    begins, ends = (NOW.replace(hour=h, minute=0) - timedelta(days=d) for h, d in ((20, 1), (6, 0)))
    wanted = sum(d["sev"] == "S1" and begins.isoformat() <= d["raised_at"] < ends.isoformat() for d in CALLS)
    assert rows(made, "combien d'appels S1 la nuit dernière ?") == [[wanted]]


@pytest.mark.parametrize("text", ["la dernière anomalie de chaque état", "le premier appel de chaque sev"])
def test_one_record_of_each_group_is_not_counted_instead(made: ExactAnswers, text: str) -> None:
    found = ask(made, text)
    assert found is None or found.route == "clarify"
