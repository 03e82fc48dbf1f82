"""Any BERT-like folder gives what a plain reading of the architecture gives; any other says why not.

The oracle below is BERT written out in float64 (Devlin et al. 2019, https://arxiv.org/abs/1810.04805).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from vigie.embed.onnx import OnnxEmbedder
from vigie.errors import EmbedderUnusable

HIDDEN, HEADS, LAYERS, WIDE, POSITIONS, LENGTH = 24, 3, 2, 40, 40, 12
SENTENCE = "the flow failed at night because of a certificate that expired "
WORDS = [*SENTENCE.split(), "query", "passage"]
TEXTS = ["the flow failed", "", "a", SENTENCE * 2, "unknown"]
Arrays = dict[str, Any]


def bert_tokenizer() -> Tokenizer:
    vocabulary = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.enable_truncation(5)  # as published files do; it must not matter
    tokenizer.enable_padding(length=5)
    return tokenizer


def xlm_tokenizer() -> Tokenizer:
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((f"▁{word}", -3.0) for word in WORDS)]
    tokenizer = Tokenizer(models.Unigram([*pieces, ("▁", -9.0), ("c", -9.0)], unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", None, [("<s>", 0), ("</s>", 2)])
    return tokenizer


def random_tensors(vocabulary: int, types: int) -> Arrays:
    random = np.random.default_rng(7)

    def draw(*shape: int, around: float = 0.0) -> Any:
        return (around + 0.3 * random.standard_normal(shape)).astype(np.float32)

    tensors: Arrays = {
        "embeddings.word_embeddings.weight": draw(vocabulary, HIDDEN),
        "embeddings.position_embeddings.weight": draw(POSITIONS, HIDDEN),
    }
    if types:
        tensors["embeddings.token_type_embeddings.weight"] = draw(types, HIDDEN)
    norms, denses = ["embeddings.LayerNorm"], {}
    for n in range(LAYERS):
        layer = f"encoder.layer.{n}"
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        denses |= {f"{layer}.attention.self.{part}": (HIDDEN, HIDDEN) for part in ("query", "key", "value")}
        denses |= {f"{layer}.attention.output.dense": (HIDDEN, HIDDEN)}
        denses |= {f"{layer}.intermediate.dense": (WIDE, HIDDEN), f"{layer}.output.dense": (HIDDEN, WIDE)}
    for name in norms:
        tensors |= {f"{name}.weight": draw(HIDDEN, around=1), f"{name}.bias": draw(HIDDEN)}
    for name, shape in denses.items():
        tensors |= {f"{name}.weight": draw(*shape), f"{name}.bias": draw(shape[0])}
    return tensors


def oracle(tensors: Arrays, ids: list[int], activation: str, first: int, pooling: str) -> Any:
    """One text, no padding, no batch, no fusing."""
    t = {name: value.astype(np.float64) for name, value in tensors.items()}

    def dense(x: Any, name: str) -> Any:
        return x @ t[f"{name}.weight"].T + t[f"{name}.bias"]

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
        return centred / spread * t[f"{name}.weight"] + t[f"{name}.bias"]

    def act(x: Any) -> Any:
        if activation == "relu":
            return np.maximum(x, 0)
        if activation == "gelu":
            return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    x = t["embeddings.word_embeddings.weight"][ids]
    x = x + t["embeddings.position_embeddings.weight"][first : first + len(ids)]
    if "embeddings.token_type_embeddings.weight" in t:
        x = x + t["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    for n in range(LAYERS):
        layer, size = f"encoder.layer.{n}", HIDDEN // HEADS
        heads = []
        for h in range(HEADS):
            part = slice(h * size, (h + 1) * size)
            query, key, value = (dense(x, f"{layer}.attention.self.{p}")[:, part] for p in ("query", "key", "value"))
            scores = np.exp(query @ key.T / math.sqrt(size))
            heads.append(scores / scores.sum(-1, keepdims=True) @ value)
        mixed = dense(np.concatenate(heads, axis=-1), f"{layer}.attention.output.dense")
        x = norm(mixed + x, f"{layer}.attention.output.LayerNorm")
        wide = act(dense(x, f"{layer}.intermediate.dense"))
        x = norm(dense(wide, f"{layer}.output.dense") + x, f"{layer}.output.LayerNorm")
    vector = x[0] if pooling == "cls" else x.mean(0)
    return vector / np.linalg.norm(vector)


def write_json(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))


Make = Callable[..., tuple[Path, Arrays, Tokenizer]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a small random model's folder; gives it with what it was made of."""

    def write(
        *,
        model_type: str = "bert",
        activation: str = "gelu",
        types: int = 2,
        prefix: str = "",
        dtype: str = "float32",
        pooling: dict[str, Any] | None = None,
        modules: tuple[str, ...] = ("Transformer", "Pooling", "Normalize"),
        prompts: dict[str, str] | None = None,
        sizes: dict[str, Any] | None = None,
        config: dict[str, Any] | None = None,
        rename: Callable[[str], str] = lambda name: name,
    ) -> tuple[Path, Arrays, Tokenizer]:
        folder = tmp_path / "model"
        tokenizer = bert_tokenizer() if model_type == "bert" else xlm_tokenizer()
        tensors = {
            name: value.astype(dtype) for name, value in random_tensors(tokenizer.get_vocab_size(), types).items()
        }
        described = {
            "model_type": model_type,
            "hidden_size": HIDDEN,
            "num_attention_heads": HEADS,
            "num_hidden_layers": LAYERS,
            "hidden_act": activation,
            "layer_norm_eps": 1e-5,
            "max_position_embeddings": POSITIONS,
            "pad_token_id": 0 if model_type == "bert" else 1,
        }
        write_json(folder / "config.json", described | (config or {}))
        write_json(folder / "sentence_bert_config.json", {"max_seq_length": LENGTH} if sizes is None else sizes)
        write_json(folder / "config_sentence_transformers.json", {"prompts": prompts} if prompts else {})
        write_json(folder / "1_Pooling" / "config.json", pooling or {"pooling_mode_mean_tokens": True})
        paths = ["", "1_Pooling", "2_Normalize", "3_Dense"]
        listed = [
            {"type": f"sentence_transformers.models.{m}", "path": p} for m, p in zip(modules, paths, strict=False)
        ]
        if listed:
            write_json(folder / "modules.json", listed)
        tokenizer.save(str(folder / "tokenizer.json"))
        save_file(
            {prefix + rename(name): np.ascontiguousarray(value) for name, value in tensors.items()},
            folder / "model.safetensors",
        )
        return folder, tensors, tokenizer

    return write


@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"activation": "gelu_new"},
        {"activation": "relu"},
        {"dtype": "float16"},
        {"dtype": "float64"},
        {"prefix": "bert."},
        {"types": 0},
        {"modules": ("Transformer", "Pooling")},
        {"modules": ()},
        {"pooling": {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}},
        {"pooling": {"pooling_mode": "cls"}},
        {"pooling": {"pooling_mode": "mean_sqrt_len_tokens"}},
        {"rename": lambda name: name.replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta")},
        {"model_type": "xlm-roberta", "types": 1},
        {"model_type": "camembert", "types": 1, "prefix": "roberta."},
    ],
    ids=str,
)
def test_vectors_are_those_of_the_architecture(make: Make, tmp_path: Path, variant: dict[str, Any]) -> None:
    folder, tensors, tokenizer = make(**variant)
    embedder = OnnxEmbedder(folder, tmp_path / "cache")
    tokenizer.enable_truncation(LENGTH)
    tokenizer.no_padding()
    pooling = "cls" if "cls" in str(variant.get("pooling")) else "mean"
    first = 0 if variant.get("model_type", "bert") == "bert" else 2
    vectors = embedder.embed_passages(TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        expected = oracle(tensors, tokenizer.encode(text).ids, variant.get("activation", "gelu"), first, pooling)
        np.testing.assert_allclose(vector, expected, atol=2e-5, err_msg=text)
    assert embedder.dimension == HIDDEN
    assert embedder.max_tokens == LENGTH - 2


def test_the_models_own_prompts_are_used(make: Make, tmp_path: Path) -> None:
    folder, *_ = make(prompts={"query": "query ", "document": "passage "})
    prompted = OnnxEmbedder(folder, tmp_path / "cache")
    plain = OnnxEmbedder(folder, tmp_path / "cache", query_prefix="", passage_prefix="")
    np.testing.assert_allclose(prompted.embed_query("the flow"), plain.embed_query("query the flow"), atol=1e-6)
    np.testing.assert_allclose(
        prompted.embed_passages(["the flow"])[0], plain.embed_query("passage the flow"), atol=1e-6
    )
    assert prompted.max_tokens == plain.max_tokens - 1
    assert prompted.fingerprint != plain.fingerprint


def test_lower_case_is_done_where_the_model_asks_for_it(make: Make, tmp_path: Path) -> None:
    folder, *_ = make(sizes={"max_seq_length": LENGTH, "do_lower_case": True})
    embedder = OnnxEmbedder(folder, tmp_path / "cache")
    np.testing.assert_array_equal(embedder.embed_query("THE Flow"), embedder.embed_query("the flow"))


@pytest.mark.parametrize(("model_type", "room"), [("bert", POSITIONS - 2), ("xlm-roberta", POSITIONS - 4)])
def test_without_a_length_the_position_table_decides(make: Make, tmp_path: Path, model_type: str, room: int) -> None:
    folder, *_ = make(model_type=model_type, sizes={})
    embedder = OnnxEmbedder(folder, tmp_path / "cache")
    assert embedder.max_tokens == room
    full, longer = embedder.embed_passages(["flow " * room, "flow " * room + "night " * 50])
    np.testing.assert_allclose(full, longer, atol=1e-5)


def test_the_fingerprint_is_the_same_elsewhere_and_changes_with_the_model(make: Make, tmp_path: Path) -> None:
    folder, tensors, _ = make()
    first = OnnxEmbedder(folder, tmp_path / "cache").fingerprint
    folder = folder.rename(tmp_path / "elsewhere")
    assert OnnxEmbedder(folder, tmp_path / "another cache", threads=2).fingerprint == first
    changes: list[Callable[[], Any]] = [
        lambda: save_file(tensors | {"embeddings.LayerNorm.bias": tensors["embeddings.LayerNorm.weight"]}, weights),
        lambda: write_json(folder / "sentence_bert_config.json", {"max_seq_length": LENGTH - 1}),
        lambda: write_json(folder / "1_Pooling" / "config.json", {"pooling_mode": "cls"}),
        lambda: (folder / "tokenizer.json").write_text(json.dumps(json.loads((folder / "tokenizer.json").read_text()))),
    ]
    weights, seen = folder / "model.safetensors", {first}
    for change in changes:
        change()
        seen.add(OnnxEmbedder(folder, tmp_path / "cache").fingerprint)
    assert len(seen) == 1 + len(changes)


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ({"config": {"model_type": "t5"}}, "its architecture is 't5'"),
        ({"config": {"position_embedding_type": "relative_key"}}, "its positions are 'relative_key'"),
        ({"activation": "silu"}, "its activation is 'silu'"),
        ({"modules": ("Transformer", "Pooling", "Normalize", "Dense")}, r"its modules, .* \+ Dense"),
        ({"pooling": {"pooling_mode": "max"}}, "its pooling is max"),
        (
            {"pooling": {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}},
            r"its pooling is cls \+ mean",
        ),
        ({"config": {"hidden_size": None}}, r"config\.json does not describe"),
        ({"config": {"num_attention_heads": 0}}, r"config\.json does not describe"),
        ({"config": {"num_attention_heads": 7}}, r"config\.json does not describe"),
        ({"config": {"num_hidden_layers": LAYERS + 1}}, r"model\.safetensors does not hold"),
        ({"config": {"hidden_size": 2 * HIDDEN}}, r"model\.safetensors is of other sizes"),
        ({"config": {"max_position_embeddings": 999}, "sizes": {}}, r"model\.safetensors is of other sizes"),
        ({"prompts": {"document": "passage " * 30}}, "prefix of passages"),
    ],
    ids=str,
)
def test_a_model_of_another_kind_says_so(make: Make, tmp_path: Path, variant: dict[str, Any], message: str) -> None:
    folder, *_ = make(**variant)
    with pytest.raises(EmbedderUnusable, match=message) as raised:
        OnnxEmbedder(folder, tmp_path / "cache")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer.json", "model.safetensors", "modules.json", "1_Pooling/config.json"]
)
def test_a_missing_or_damaged_file_is_named(make: Make, tmp_path: Path, name: str) -> None:
    folder, *_ = make()
    file = folder / name
    whole = file.read_bytes()
    # Without modules.json the folder is a bare BERT, which is averaged.
    absent = () if name == "modules.json" else (None,)
    for damaged in (*absent, b"", whole[: len(whole) // 2], b"\xff" * 64, b"[]"):
        file.unlink() if damaged is None else file.write_bytes(damaged)
        with pytest.raises(EmbedderUnusable, match=name.replace(".", r"\.")) as raised:
            OnnxEmbedder(folder, tmp_path / "cache")
        assert "\n" not in str(raised.value)


def test_a_tokenizer_of_another_model_is_refused(make: Make, tmp_path: Path) -> None:
    folder, *_ = make()
    tensors = load_file(folder / "model.safetensors")
    tensors["embeddings.word_embeddings.weight"] = tensors["embeddings.word_embeddings.weight"][:5].copy()
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(EmbedderUnusable, match="knows more words"):
        OnnxEmbedder(folder, tmp_path / "cache")


def test_a_damaged_cache_is_made_again(make: Make, tmp_path: Path) -> None:
    folder, *_ = make()
    expected = OnnxEmbedder(folder, tmp_path / "cache").embed_query("the flow")
    for file in (tmp_path / "cache").iterdir():
        file.write_bytes(file.read_bytes()[:40])
    np.testing.assert_array_equal(OnnxEmbedder(folder, tmp_path / "cache").embed_query("the flow"), expected)
