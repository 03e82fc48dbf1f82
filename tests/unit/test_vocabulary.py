"""The file in which an operator corrects what was inferred."""

from __future__ import annotations

import pytest

from vigie.ask.planner.vocabulary import Vocabulary, read_vocabulary
from vigie.errors import SettingError


def test_nouns_roles_and_words_are_read() -> None:
    text = "lots:\n  nouns: [tournée]\n  roles: {status: x2}\n  fields:\n    x2: [atelier]\nautres: {}\n"
    assert read_vocabulary(text, "vocabulary.yaml") == {
        "lots": Vocabulary({"status": "x2"}, ["tournée"], {"x2": ["atelier"]}),
        "autres": Vocabulary({}, [], {}),
    }
    assert read_vocabulary("", "v") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is not YAML"),
        ("- a", "expected collections"),
        ("lots: {noun: [a]}", "'noun' is not known"),
        ("lots: {roles: {colour: x}}", "expected a field for some of"),
        ("lots: {nouns: a}", "are lists"),
        ("lots: {fields: {x: a}}", "are lists"),
        ("!!python/object/apply:os.system ['true']", "is not YAML"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        read_vocabulary(text, "vocabulary.yaml")
