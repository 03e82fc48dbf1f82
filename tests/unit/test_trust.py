"""How much vectors count is a matter of the question's language and of what the model was made for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from vigie.ask.trust import FOREIGN, KNOWN, NAMES, UNSURE, Trust


class Model:
    """`pieces` tokens for each word."""

    def __init__(self, pieces: float) -> None:
        self.fingerprint, self.pieces = f"model-{pieces}", pieces

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [round(self.pieces * len(text.split())) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Any:
        """With a large part in common, as E5 models have it."""
        vectors = np.concatenate([np.eye(len(texts)), np.full((len(texts), 1), 2.0)], axis=1)
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(
    ("question", "weight"),
    [
        ("Comment relancer un flux en échec ?", FOREIGN),
        ("How do I restart a failed flow?", KNOWN),
        ("python inner join", UNSURE),
    ],
)
def test_an_english_model_is_trusted_with_english(question: str, weight: float) -> None:
    assert Trust().weight(question, Model(2.4)) == weight


def test_a_model_that_reads_french_whole_is_trusted_with_french() -> None:
    trust = Trust()
    assert trust.weight("Comment relancer un flux en échec ?", Model(1.4)) == KNOWN
    assert trust.weight("Comment relancer un flux en échec ?", Model(2.4)) == FOREIGN


def test_the_cosine_of_nothing_is_a_model_s_own() -> None:
    assert Trust().zero(Model(1.0)) == pytest.approx(0.8)


def test_a_model_reads_the_languages_that_it_knows() -> None:
    french, english = "Le responsable prévient l'équipe de nuit.", "The manager on duty calls the night team."
    assert Trust().reads(french, Model(1.4))
    assert not Trust().reads(french, Model(2.4))
    assert Trust().reads(english, Model(2.4))
    assert Trust().reads("def restart(flow): return flow", Model(2.4))


@pytest.mark.parametrize("question", ["SEPA_OUT_CIB", "ORA-00942 INC0012345", "CIB", "ordonnanceur"])
def test_words_lead_where_a_name_is_all_that_is_asked(question: str) -> None:
    assert {Trust().weight(question, Model(pieces)) for pieces in (1.4, 2.4)} == {NAMES}
    assert FOREIGN < NAMES < UNSURE
