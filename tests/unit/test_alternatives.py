"""The parts of a computed question offered with other values: each choice is the same question but for that part."""

from __future__ import annotations

import pytest
from computing import NOW, answers, deployments, transfers

from vigie.ask.alternatives import Part, alternatives
from vigie.ask.computed import Ready
from vigie.ask.exact import ExactAnswers
from vigie.ask.language import detect
from vigie.types import Answer, Scope, Turn


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("records"), {"transferts": transfers(), "deployments": deployments()})


def offered(made: ExactAnswers, part: Part, *texts: str, n: int = 0) -> dict[str, str]:
    """Label -> question, of the last of these turns."""
    turns = [Turn("user", text) if i % 2 == 0 else Turn("assistant", "…") for text in texts for i in (0, 1)]
    answer = Answer("a", "s", texts[-1], "answered", "exact", "…", None, [], [], [], turns, [], "composed", NOW)
    return {c.label: c.question for c in alternatives(answer, turns, part, n, Scope(), made, NOW)}


@pytest.mark.parametrize(
    ("question", "label", "expected"),
    [
        ("Combien de transferts REJETE hier ?", "LIVRE", "Combien de transferts LIVRE hier ?"),
        ("Quels partenaires ont échoué hier ?", "LIVRE", "Quels partenaires avec etat LIVRE hier ?"),
        ("Combien de transferts qui ont été rejetés hier ?", "peu importe", None),
        ("Combien de transferts entrants hier ?", "SORTANT", "Combien de transferts SORTANT hier ?"),
        ("How many deployments failed in production?", "success", None),
    ],
)
def test_a_condition_takes_another_value_of_its_field(
    made: ExactAnswers, question: str, label: str, expected: str | None
) -> None:
    found = offered(made, "condition", question)
    assert label in found
    if expected is not None:
        assert found[label] == expected


def test_every_choice_is_read_as_the_same_question_but_for_its_part(made: ExactAnswers) -> None:
    question = "Combien de transferts rejetés pour Euroclear hier ?"
    was = made.read([question], None, NOW, "fr")
    assert isinstance(was, Ready)
    asked = {c.path: c.value for c in was.understood.conditions}
    assert set(asked) == {"etat", "partenaire"}
    for n, path in enumerate(asked):
        found = offered(made, "condition", question, n=n)
        assert len(found) >= 2
        for label, said in found.items():
            now = made.read([said], None, NOW, detect(said))
            assert isinstance(now, Ready)
            others = {p: values for p, values in asked.items() if p != path}
            wanted = others if label == "peu importe" else others | {path: [label]}
            assert {c.path: c.value for c in now.understood.conditions} == wanted
            assert now.understood.window == was.understood.window


def test_a_window_is_exchanged_for_another(made: ExactAnswers) -> None:
    found = offered(made, "window", "Combien de transferts rejetés hier ?")
    assert found["la semaine dernière"] == "Combien de transferts rejetés la semaine dernière ?"
    assert "hier" not in found
    assert "last week" in offered(made, "window", "How many deployments failed yesterday?")


def test_a_window_that_a_follow_up_inherits_is_exchanged_in_words_of_its_own(made: ExactAnswers) -> None:
    found = offered(made, "window", "Combien de transferts rejetés hier ?", "et pour Natixis ?")
    assert found["la semaine dernière"] == "et pour Natixis la semaine dernière ?"
    assert "hier" not in found
    assert offered(made, "window", "Combien de transferts rejetés ?") == {}


def test_another_collection_is_offered_where_the_question_fits_it(made: ExactAnswers) -> None:
    found = offered(made, "collection", "Combien d'échecs hier ?")
    assert set(found) <= {"transferts", "deployments"}
    assert all("collection" in question for question in found.values())
    assert offered(made, "collection", "Combien de transferts pour Euroclear ?") == {}


def test_a_follow_up_s_choices_follow_as_well(made: ExactAnswers) -> None:
    found = offered(made, "condition", "Combien de transferts rejetés pour Euroclear ?", "et pour Natixis ?", n=1)
    said = found["CACEIS"]
    assert said == "et pour CACEIS ?"


def test_many_values_and_numbers_are_left_to_be_written(made: ExactAnswers) -> None:
    assert offered(made, "condition", "Combien de transferts TRF00003 ?") == {}
    assert offered(made, "condition", "Combien de transferts de plus de 48 s ?") == {}
    assert offered(made, "condition", "Combien de transferts ?", n=3) == {}
    assert offered(made, "condition", "Que faire quand un transfert est rejeté ?") == {}
