"""Halves of surrogate pairs, which no store, no JSON and no model takes."""

from __future__ import annotations

import pytest

from vigie.text import well_formed, without_surrogates


@pytest.mark.parametrize(
    ("text", "joined", "one_for_one"),
    [
        ("é 😀", "é 😀", "é 😀"),
        ("a\ud800b", "a\ufffdb", "a\ufffdb"),
        ("\udc00", "\ufffd", "\ufffd"),
        ("x\udbff", "x\ufffd", "x\ufffd"),
        ("\ud83d\ude00", "😀", "\ufffd\ufffd"),
        ("\ude00\ud83d", "\ufffd\ufffd", "\ufffd\ufffd"),
        ("\ufeff\ud83d\ud83d\ude00", "\ufeff\ufffd😀", "\ufeff\ufffd\ufffd\ufffd"),
    ],
)
def test_a_half_becomes_a_sign_and_a_pair_its_character_where_places_do_not_count(
    text: str, joined: str, one_for_one: str
) -> None:
    assert well_formed(text) == joined
    assert without_surrogates(text) == one_for_one
