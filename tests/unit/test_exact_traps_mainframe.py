"""What has misled the planner where names have eight letters or two, and where suppliers are called within a quota."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, PARIS, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def spooled() -> list[Doc]:
    """Jobs that print or archive, as a mainframe names things."""
    return [
        {
            "_id": n,
            "JOBNAME": f"{'PR' if n % 2 else 'AR'}X{n % 7:03d}",
            "JOBTYPEC": "PRT" if n % 2 else "ARC",
            "JOBSTATU": ["ENDED", "ENDED", "ABENDED", "HELD"][n % 4],
            "STRTEPOC": int((NOW - timedelta(hours=3 * n + 1)).timestamp()),
            "ENDEPOCH": int((NOW - timedelta(hours=3 * n)).timestamp()),
            "ELAPSECS": 60 + 7 * n,
            "CPUSECND": 1.5 * n,
            "PAGESPRT": 100 + n if n % 2 else None,
            "MEGAOCTS": None if n % 2 else 10.0 * n,
            "ABENDCDE": ["S0C7", "SB37"][n // 4 % 2] if n % 4 == 2 else None,
            "LPARNAME": ["SYSA", "SYSB"][n % 3 > 0],
        }
        for n in range(120)
    ]


def scheduled() -> list[Doc]:
    """The log of a scheduler, in two letters."""
    return [
        {
            "_id": n,
            "jb": f"J{n % 11:04d}",
            "grp": ["CPTA", "EPAR"][n % 2],
            "st": ["FIN", "FIN", "FIN", "ABD", "HLD", "EXE"][n % 6],
            "dt_deb": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "dt_fin": None if n % 6 > 3 else (NOW - timedelta(hours=2 * n)).isoformat(),
            "cr": [0, 0, 4, 12, None, None][n % 6],
            "abd": ["S322", "U4038"][n // 6 % 2] if n % 6 == 3 else None,
        }
        for n in range(126)
    ]


def calls() -> list[Doc]:
    return [
        {
            "_id": n,
            "call_ref": f"C{n:05d}",
            "at": int((NOW - timedelta(hours=n + 1)).timestamp() * 1000),
            "supplier": {"name": ["Alto", "Brio", "Como"][n % 3]},
            "outcome": ["delivered", "delivered", "timed_out", "throttled", "circuit_open"][n % 5],
            "timing": {"connect_ms": 10 + n % 9, "total_ms": 100 + 11 * n},
            "quota": {"used": 80 + n % 40, "limit": 100},
        }
        for n in range(140)
    ]


def deposits() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref_depot": f"D{n:05d}",
            "etat": ["ACQUITTE", "REJETE"][n % 8 == 0],
            "date_depot": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "date_comptable": (NOW - timedelta(days=n // 4)).date().isoformat(),
            "montant_rejete": 2_000_000.0 if n % 8 == 0 else None,
            "montant_total": 300_000.0 * (n % 9),
        }
        for n in range(100)
    ]


P, S, C, D = spooled(), scheduled(), calls(), deposits()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("mainframe")
    return answers(folder, {"PRTARCJB": P, "depots_fonds": D, "gateway_calls": C})


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("logged"), {"ordo_jrnl": S})


def test_names_of_eight_letters_are_read_by_their_words(made: ExactAnswers) -> None:
    mean = sum(d["ELAPSECS"] for d in P) / len(P)
    assert rows(made, "durée moyenne des jobs mainframe") == [[pytest.approx(mean)]]
    cpu = {lpar: sum(d["CPUSECND"] for d in P if d["LPARNAME"] == lpar) for lpar in ("SYSA", "SYSB")}
    assert dict(rows(made, "temps CPU total par LPAR")) == cpu
    assert rows(made, "combien de pages imprimées au total ?") == [[sum(d["PAGESPRT"] or 0 for d in P)]]
    codes = Counter(d["ABENDCDE"] for d in P if d["ABENDCDE"])
    assert {row[0]: row[1] for row in rows(made, "quels codes abend ?")} == codes
    window = exact(made, "jobs abendés depuis hier 20h").window
    assert window is not None
    assert window.field == "STRTEPOC"


def test_a_type_of_three_letters_is_said_in_full(made: ExactAnswers) -> None:
    printed = [d for d in P if d["JOBTYPEC"] == "PRT"]
    assert rows(made, "combien de jobs d'impression ?") == [[len(printed)]]
    held = {d["JOBNAME"] for d in P if d["JOBTYPEC"] == "PRT" and d["JOBSTATU"] == "HELD"}
    assert {row[0] for row in rows(made, "quels jobs d'impression sont retenus ?")} == held
    archived = sum(d["MEGAOCTS"] for d in P if d["JOBTYPEC"] == "ARC")
    assert rows(made, "volume total archivé") == [[archived]]


def test_names_of_two_letters_are_read_in_full(logged: ExactAnswers) -> None:
    ended_badly = [d for d in S if d["st"] == "ABD"]
    assert rows(logged, "combien de jobs en abend ?")[0][0] == len(ended_badly)
    assert {row[0] for row in rows(logged, "quels jobs sont retenus ?")} == {d["jb"] for d in S if d["st"] == "HLD"}
    assert {row[0] for row in rows(logged, "quels jobs sont en cours d'exécution ?")} == {
        d["jb"] for d in S if d["st"] == "EXE"
    }
    codes = Counter(d["abd"] for d in ended_badly)
    assert {row[0]: row[1] for row in rows(logged, "répartition des abends par code")} == codes
    assert rows(logged, "combien de jobs avec le code retour 12 ?") == [[sum(d["cr"] == 12 for d in S)]]


def test_calls_of_suppliers_are_calls(made: ExactAnswers) -> None:
    late = sum(d["outcome"] == "timed_out" for d in C)
    assert rows(made, "how many supplier calls timed out?") == [[late]]
    assert rows(made, "nombre d'appels fournisseurs en erreur") == [[sum(d["outcome"] != "delivered" for d in C)]]
    slow = sum(d["timing"]["total_ms"] for d in C if d["supplier"]["name"] == "Alto")
    count = sum(d["supplier"]["name"] == "Alto" for d in C)
    assert rows(made, "latence moyenne de Alto") == [[pytest.approx(slow / count)]]


def test_a_quota_is_what_was_used_beside_the_limit(made: ExactAnswers) -> None:
    over = Counter(d["supplier"]["name"] for d in C if d["quota"]["used"] > d["quota"]["limit"])
    assert dict(rows(made, "suppliers that went over their quota")) == over
    assert rows(made, "combien d'appels ont dépassé leur quota ?") == [[over.total()]]


@pytest.mark.parametrize("said", ["1 M€", "1M€", "1 MEUR", "1 million d'euros", "1000 k€"])
def test_millions_are_of_what_a_deposit_comes_to(made: ExactAnswers, said: str) -> None:
    large = sum(d["montant_total"] > 1_000_000 for d in D)
    assert rows(made, f"combien de dépôts de plus de {said} ?") == [[large]]


def test_a_part_of_a_day_is_the_day_where_the_field_tells_no_more(made: ExactAnswers) -> None:
    yesterday = (NOW - timedelta(days=1)).date()
    found = exact(made, "combien de dépôts avec une date comptable d'hier soir ?")
    assert found.rows == [[sum(d["date_comptable"] == yesterday.isoformat() for d in D)]]
    assert found.window is not None
    assert found.window.start == datetime.combine(yesterday, datetime.min.time(), PARIS)
    computed = ask(made, "combien de dépôts avec une date comptable d'hier soir ?")
    assert computed is not None
    assert "jour entier" in computed.text


def test_two_words_that_many_names_hold_are_no_two_sides(tmp_path: Path) -> None:
    docs = [
        {
            "_id": n,
            "chambre": ["STET-CORE", "EBA-STEP2"][n % 2],
            "nom_fichier": f"SCT.{['STET', 'EBA'][n % 2]}.{n:04d}.xml",
            "etat": ["REJETE", "ACQUITTE"][n % 3 > 0],
            "date_remise": (NOW - timedelta(hours=n)).isoformat(),
        }
        for n in range(400)
    ]
    found = rows(answers(tmp_path, {"fichiers_sepa": docs}), "STET ou EBA, qui rejette le plus de fichiers ?")
    told = Counter(d["chambre"] for d in docs if d["etat"] == "REJETE")
    assert {row[0]: row[1] for row in found} == told


def test_alerts_right_now_are_those_that_are_not_over(tmp_path: Path) -> None:
    docs = [
        {
            "_id": n,
            "alert_ref": f"A{n}",
            "priority": f"P{n % 4 + 1}",
            "phase": ["closed", "closed", "closed", "firing", "acked"][n % 5],
            "raised": (NOW - timedelta(hours=n)).isoformat(),
            "closed": (NOW - timedelta(minutes=30 * n)).isoformat() if n % 5 < 3 else None,
        }
        for n in range(100)
    ]
    made = answers(tmp_path, {"oncall_alerts": docs})
    left = sum(d["priority"] == "P2" and d["phase"] != "closed" for d in docs)
    assert rows(made, "combien d'alertes P2 en ce moment ?") == [[left]]
    assert rows(made, "how many P2 alerts right now?") == [[left]]
    told = ask(made, "alertes par règle cette semaine")  # no field is called so; one tells when they were "réglées"
    assert told is None or told.exact is None
