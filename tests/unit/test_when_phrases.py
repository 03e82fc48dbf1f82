"""What people type about time, one phrase a line, and the local ranges it stands for."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from vigie.ask.language import Language
from vigie.ask.when import Times, read_times

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=PARIS)  # a Friday
DATA = Path(__file__).parents[1] / "data"


def lines(language: Language) -> list[tuple[str, str]]:
    text = (DATA / f"when_{language}.txt").read_text(encoding="utf-8")
    pairs = (line.split(" => ") for line in text.splitlines() if not line.startswith("#"))
    return [(phrase, expected) for phrase, expected in pairs]


FRENCH, ENGLISH = lines("fr"), lines("en")


def edge(when: datetime | None) -> str:
    if when is None:
        return "-"
    if when == NOW:
        return "now"
    local = when.astimezone(PARIS)
    clock = f"{local: %H:%M}" if local.hour or local.minute else ""
    return f"{local:%d/%m}" + (f"/{local:%y}" if local.year != 2026 else "") + clock


def said(times: Times) -> str:
    ranges = [f"{edge(w.start)} > {edge(w.end)}" + ("" if w.strong else " ?") for w in times.ranges]
    return " + ".join([*ranges, *(["vague"] if times.vague else [])]) or "nothing"


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@pytest.mark.parametrize(("phrase", "expected"), FRENCH)
def test_french_phrases_are_read_as_their_local_ranges(phrase: str, expected: str) -> None:
    assert said(read_times(phrase, NOW, PARIS, "fr")) == expected


@pytest.mark.parametrize(("phrase", "expected"), ENGLISH)
def test_english_phrases_are_read_as_their_local_ranges(phrase: str, expected: str) -> None:
    assert said(read_times(phrase, NOW, PARIS, "en")) == expected


def test_there_are_enough_phrases_to_learn_from() -> None:
    assert len(FRENCH) > 300
    assert len(ENGLISH) > 150


@pytest.mark.parametrize("rewrite", [plain, str.lower, lambda text: unicodedata.normalize("NFD", text)])
@pytest.mark.parametrize(("table", "language"), [(FRENCH, "fr"), (ENGLISH, "en")])
def test_accents_and_case_do_not_matter(rewrite: object, table: list[tuple[str, str]], language: Language) -> None:
    assert callable(rewrite)
    for phrase, expected in table:
        assert said(read_times(rewrite(phrase), NOW, PARIS, language)) == expected, phrase


@pytest.mark.parametrize("mark", ["’", "ʼ", "´"])
def test_any_apostrophe_will_do(mark: str) -> None:
    for phrase, expected in FRENCH:
        assert said(read_times(phrase.replace("'", mark), NOW, PARIS, "fr")) == expected, phrase


def test_phrases_are_read_inside_of_questions() -> None:
    for phrase, expected in FRENCH:
        if expected.count(">") != 1 or phrase[0].isupper() or "?" in phrase or "?" in expected:
            continue
        question = f"Combien de KO SEPA_OUT_CIB {phrase} ?"
        times = read_times(question, NOW, PARIS, "fr")
        assert said(times) == expected, question
        [found] = times.ranges
        assert question[slice(*found.at)] == found.phrase


@pytest.mark.parametrize("stuck", ["FLUX_{}_OUT", "srv-{}-012", "/var/log/{}.log", "x_{}"])
def test_nothing_is_read_inside_of_names(stuck: str) -> None:
    for word in ("hier", "lundi", "octobre", "S42", "T3", "2024", "w12", "nuit", "mars", "8h", "3/4", "Q1"):
        assert read_times(f"KO de {stuck.format(word)}", NOW, PARIS, "fr") == Times(), (stuck, word)
