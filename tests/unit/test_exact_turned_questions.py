"""Questions the other way round: the window before a colon, what is asked for last, what no number of things is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
PARTNERS = ("ALPHA", "BETA", "GAMMA", "DELTA")
CODES = ("DISK_FULL", "DISK_FULL", "NO_ROUTE", "TIMEOUT", "NO_ROUTE")


def _exchange(n: int) -> Doc:
    began = NOW - timedelta(hours=5 * n + 1)
    failed = n % 6 in (0, 1) and n % 4 != 3  # DELTA never failed
    running = n in (2, 5, 9)
    return {
        "_id": n,
        "partenaire": PARTNERS[n % 4],
        "type": ("passerelle", "navette")[n % 2],
        "statut": "EN_COURS" if running else "KO" if failed else "OK",
        "debut": began,
        "duree_s": 30 + 7 * (n % 11),
        "lignes_lues": 0 if n % 10 == 3 else 40 + n,
        **({"code_erreur": CODES[n % 5]} if failed and not running else {}),
    }


E = [_exchange(n) for n in range(180)]
KO = [d for d in E if d["statut"] == "KO"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("turned")
    return answers(folder, {"echanges": E})


def _last_week(d: Doc) -> bool:
    start = (NOW - timedelta(days=NOW.weekday() + 7)).replace(hour=0, minute=0, second=0, microsecond=0)
    return bool(start <= d["debut"] < start + timedelta(days=7))


def test_a_window_before_a_colon_bounds_what_is_counted(made: ExactAnswers) -> None:
    expected = sum(map(_last_week, KO))
    assert 0 < expected < len(KO)
    for before in ("semaine dernière : combien", "S-1 : combien"):
        assert rows(made, f"{before} d'échanges KO ?") == [[expected]]


def test_an_occasion_before_a_colon_bounds_nothing(made: ExactAnswers) -> None:
    assert rows(made, "Pour le comité de demain : combien d'échanges KO ?") == [[len(KO)]]


@pytest.mark.parametrize(
    "question",
    [
        "les échanges plantent le plus chez quel partenaire ?",
        "on a le plus d'échanges KO avec quel partenaire ?",
        "échanges : quel partenaire a le plus de KO ?",
    ],
)
def test_what_is_asked_for_last_is_ranked(made: ExactAnswers, question: str) -> None:
    most = Counter(d["partenaire"] for d in KO).most_common(1)[0]
    assert rows(made, question)[0] == list(most)


def test_the_most_frequent_errors_are_kinds_of_errors(made: ExactAnswers) -> None:
    expected = Counter(d["code_erreur"] for d in KO).most_common(1)[0]
    assert rows(made, "les 2 erreurs les plus fréquentes des échanges")[0] == list(expected)


def test_kinds_of_things_without_a_failure_are_the_things(made: ExactAnswers) -> None:
    never = {d["partenaire"] for d in E} - {d["partenaire"] for d in KO}
    assert never == {"DELTA"}
    assert [row[0] for row in rows(made, "quels partenaires n'ont pas connu un seul échec ?")] == ["DELTA"]


@pytest.mark.parametrize(
    "question",
    [
        "combien d'échanges n'ont lu aucune ligne ?",
        "combien d'échanges avec aucune ligne lue ?",
        "how many exchanges read no lines?",
    ],
)
def test_no_thing_read_is_a_number(made: ExactAnswers, question: str) -> None:
    expected = sum(d["lignes_lues"] == 0 for d in E)
    assert 0 < expected < len(E)
    assert rows(made, question) == [[expected]]


def test_what_runs_is_what_runs_now(made: ExactAnswers) -> None:
    running = sum(d["statut"] == "EN_COURS" for d in E)
    assert rows(made, "combien d'échanges tournent ?") == [[running]]
    assert rows(made, "combien d'échanges sont en train de passer ?") == [[running]]


def test_how_long_it_took_at_most_is_no_number_of_runs(made: ExactAnswers) -> None:
    longest = max(d["duree_s"] for d in E if d["partenaire"] == "ALPHA")
    assert rows(made, "ALPHA a duré combien au maximum ?") == [[longest]]


def test_a_forecast_is_not_computed(made: ExactAnswers) -> None:
    found = ask(made, "échanges expected to fail tonight?")
    assert found is None or found.exact is None


def test_one_window_is_not_compared_with_itself(made: ExactAnswers) -> None:
    found = ask(made, "plus d'échanges KO cette nuit que la nuit précédente ?")
    assert found is None or found.exact is None


def test_what_was_read_after_the_verb_is_added_up(made: ExactAnswers) -> None:
    expected = sum(d["lignes_lues"] for d in E if d["partenaire"] == "BETA")
    assert rows(made, "BETA a lu combien de lignes ?") == [[expected]]
