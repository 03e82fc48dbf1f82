"""Questions are answered in the language they are asked in."""

from __future__ import annotations

import pytest

from vigie.ask.language import Language, detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Quels flux ont échoué cette nuit ?", "fr"),
        ("Pourquoi SEPA_OUT tombe en AUTH-401 ?", "fr"),
        ("et en recette ?", "fr"),
        ("liste des erreurs d'hier", "fr"),
        ("combien de KO ?", "fr"),
        ("Which flows failed last night?", "en"),
        ("what about UAT?", "en"),
        ("Why does SEPA_OUT fail with AUTH-401?", "en"),
        ("list errors of yesterday", "en"),
        ("how many KO on the café server?", "en"),
    ],
)
def test_the_language_of_a_question(text: str, language: Language) -> None:
    assert detect(text) == language
    assert detect(text, "fr" if language == "en" else "en") == language


def test_what_tells_nothing_is_in_the_language_of_the_conversation() -> None:
    for text in ("ORA-00942", "", "???", "SEPA_OUT_CIB"):
        assert (detect(text), detect(text, "en")) == ("fr", "en")
